-- 0090 shifts: which crew works when, who that is, who has swapped or is on leave.
--
--  * A turn is one shift of one day. It belongs to the day it begins on, in the centre's zone, also when it goes over midnight. The turns of the
--    coming sixty days stand in fenbo.shift_turn, made by the policy ([shift.N], [rotation]): whose shift an instant was is one look-up.
--  * A turn that has begun keeps its beginning whatever revision comes, and its end, unless the same shift of that day ends later from then on. Those
--    to come are made anew with every revision, and the first of them begins when the one that is on ends; so there is never a gap or two at
--    once. Only where a policy had no shifts there are no turns, and none are invented afterwards: nobody was asked to come.
--  * A shift changes when clocks show its beginning: the second time, where daylight saving makes them show it twice; when they have jumped, where
--    they never show it.
--  * Who is on a turn: the people of its crews (account.crew), less who gave it away, plus who took it, less who is on leave. For a turn that is
--    over, fenbo.attendance says who it was.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.shift_turn (
	start_at  timestamptz PRIMARY KEY,
	end_at    timestamptz NOT NULL CHECK (end_at > start_at),
	day       date NOT NULL,
	shift     text NOT NULL,                         -- code of the policy
	name      text NOT NULL,
	crews     integer[] NOT NULL,
	revision  integer NOT NULL,
	closed_at timestamptz                            -- its attendance has been written
);
CREATE INDEX ON fenbo.shift_turn (day, shift);
CREATE INDEX shift_turn_open ON fenbo.shift_turn (start_at) WHERE closed_at IS NULL;

-- One shift of one day goes from `account` to `other`; for it `account` takes other_shift of other_day, or nothing (NULL).
CREATE TABLE fenbo.swap (
	id          bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	account     text NOT NULL REFERENCES fenbo.account,
	day         date NOT NULL,
	shift       text NOT NULL,
	other       text NOT NULL REFERENCES fenbo.account CHECK (other <> account),
	other_day   date,
	other_shift text,
	state       text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'agreed', 'declined', 'approved', 'refused', 'withdrawn', 'lapsed')),
	asked_at    timestamptz NOT NULL,
	asked_by    text NOT NULL,
	reason      text NOT NULL DEFAULT '',
	agreed_at   timestamptz,
	decided_at  timestamptz,
	decided_by  text,
	note        text NOT NULL DEFAULT '',
	CHECK ((other_day IS NULL) = (other_shift IS NULL))
);
CREATE INDEX swap_open ON fenbo.swap (day) WHERE state IN ('asked', 'agreed');
CREATE INDEX swap_of ON fenbo.swap (day, shift) WHERE state = 'approved';
CREATE INDEX swap_for ON fenbo.swap (other_day, other_shift) WHERE state = 'approved';

CREATE TABLE fenbo.absence (
	id         bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	account    text NOT NULL REFERENCES fenbo.account,
	from_at    timestamptz NOT NULL,
	until_at   timestamptz NOT NULL CHECK (until_at > from_at),
	kind       text NOT NULL CHECK (kind IN ('leave', 'sick', 'training', 'duty')),
	state      text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn')),
	asked_at   timestamptz NOT NULL,
	asked_by   text NOT NULL,
	reason     text NOT NULL DEFAULT '',
	decided_at timestamptz,
	decided_by text,
	note       text NOT NULL DEFAULT ''
);
CREATE INDEX absence_of ON fenbo.absence (account, until_at);
CREATE INDEX absence_open ON fenbo.absence (from_at) WHERE state = 'asked';

-- --- turns ---------------------------------------------------------------------------------------------------------

-- The instant at which clocks in the zone show `wall` for the last time; the first at which they show more, where they never show it.
CREATE FUNCTION fenbo._instant(wall timestamp, zone text) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	t timestamptz := wall AT TIME ZONE zone;         -- of two, PostgreSQL takes the later
	shows timestamp := t AT TIME ZONE zone;
BEGIN
	IF shows = wall THEN RETURN t; END IF;
	RETURN (SELECT min(i) FROM generate_series(t - (shows - wall), t, interval '1 minute') i WHERE i AT TIME ZONE zone >= wall);
END
$$;

-- The turns of these days as a policy wants them, in order.
CREATE FUNCTION fenbo._turns_wanted(policy jsonb, revision integer, from_ date, to_ date) RETURNS SETOF fenbo.shift_turn
LANGUAGE plpgsql STABLE AS $$
DECLARE
	zone text := fenbo._zone();
	first date := (policy #>> '{rotation,first}')::date;
	cycle jsonb := policy #> '{rotation,cycle}';
	t fenbo.shift_turn;
	s record;
	of_day jsonb;
BEGIN
	FOR d IN 0 .. to_ - from_ LOOP
		t.day := from_ + d; t.revision := revision;
		of_day := CASE WHEN jsonb_array_length(cycle) > 0
			THEN cycle -> (((t.day - first) % jsonb_array_length(cycle) + jsonb_array_length(cycle)) % jsonb_array_length(cycle)) END;
		FOR s IN SELECT v ->> 'code' AS code, v ->> 'name' AS name, (v ->> 'start')::integer AS start, (v ->> 'end')::integer AS stop, i
			FROM jsonb_array_elements(policy -> 'shifts') WITH ORDINALITY x(v, i) ORDER BY 3 LOOP
			t.start_at := fenbo._instant(t.day + make_interval(mins => s.start), zone);
			t.end_at := fenbo._instant(t.day + make_interval(mins => s.stop + CASE WHEN s.stop <= s.start THEN 1440 ELSE 0 END), zone);
			CONTINUE WHEN t.end_at <= t.start_at;    -- the clock jumps over all of it
			t.shift := s.code; t.name := s.name;
			t.crews := CASE WHEN of_day IS NOT NULL THEN ARRAY(SELECT c::integer FROM jsonb_array_elements_text(of_day -> (s.i - 1)::integer) c)
				WHEN s.code ~ '^[1-9]\d?$' THEN ARRAY[s.code::integer] ELSE '{}' END;
			RETURN NEXT t;
		END LOOP;
	END LOOP;
END
$$;

-- Make the turns to come as the policy in force wants them. Returns how many.
CREATE FUNCTION fenbo._turns_make() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
	rev integer := fenbo._revision();
	policy jsonb := (SELECT r.policy FROM fenbo.routing_revision r WHERE r.revision = rev);
	last fenbo.shift_turn;
	t fenbo.shift_turn;
	n integer := 0;
BEGIN
	PERFORM pg_advisory_xact_lock(4661, 0);
	DELETE FROM fenbo.shift_turn x WHERE x.start_at > now_;
	SELECT * INTO last FROM fenbo.shift_turn x ORDER BY x.start_at DESC LIMIT 1;
	FOR t IN SELECT * FROM fenbo._turns_wanted(policy, rev, fenbo._day(now_) - 1, fenbo._day(now_) + 60) LOOP
		CONTINUE WHEN t.end_at <= greatest(last.end_at, now_);
		IF t.start_at < last.end_at AND t.day = last.day AND t.shift = last.shift THEN
			UPDATE fenbo.shift_turn x SET end_at = t.end_at WHERE x.start_at = last.start_at;
			last.end_at := t.end_at;
			CONTINUE;
		END IF;
		t.start_at := greatest(t.start_at, last.end_at);
		INSERT INTO fenbo.shift_turn SELECT (t).*;
		last := t; n := n + 1;
	END LOOP;
	RETURN n;
END
$$;

-- The turn at an instant; all NULL when there are no shifts. Where none was made: as the policy in force has it.
CREATE FUNCTION fenbo._turn_at(t timestamptz) RETURNS fenbo.shift_turn
LANGUAGE plpgsql STABLE AS $$
DECLARE
	found_ fenbo.shift_turn;
BEGIN
	SELECT * INTO found_ FROM fenbo.shift_turn x WHERE x.start_at <= t ORDER BY x.start_at DESC LIMIT 1;
	IF found_.end_at > t THEN RETURN found_; END IF;
	found_ := NULL;
	SELECT w.* INTO found_ FROM fenbo.routing_revision r,
		LATERAL fenbo._turns_wanted(r.policy, r.revision, fenbo._day(t) - 2, fenbo._day(t) + 1) w
	WHERE r.revision = fenbo._revision() AND w.start_at <= t AND w.end_at > t LIMIT 1;
	RETURN found_;
END
$$;

-- Its code: what decisions and reports are counted under.
CREATE FUNCTION fenbo._shift(t timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	r record;
BEGIN
	SELECT x.shift, x.end_at INTO r FROM fenbo.shift_turn x WHERE x.start_at <= t ORDER BY x.start_at DESC LIMIT 1;
	IF r.end_at > t THEN RETURN r.shift; END IF;
	RETURN (fenbo._turn_at(t)).shift;
END
$$;

CREATE FUNCTION fenbo.shift_of(t timestamptz) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	RETURN fenbo._shift(coalesce(t, fenbo.now_()));
END
$$;

-- The turn at an instant (NULL = now), with what its crews are called.
CREATE FUNCTION fenbo.shift_at(t timestamptz) RETURNS TABLE (day date, shift text, name text, start_at timestamptz, end_at timestamptz,
	crews integer[], crew_names text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	x fenbo.shift_turn := fenbo._turn_at(coalesce(t, fenbo.now_()));
BEGIN
	IF x.start_at IS NOT NULL THEN
		RETURN QUERY SELECT x.day, x.shift, x.name, x.start_at, x.end_at, x.crews, fenbo._crew_names(x.crews);
	END IF;
END
$$;

-- "一组、二组": crews as the policy calls them.
CREATE FUNCTION fenbo._crew_names(crews integer[]) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT string_agg(coalesce((SELECT v ->> 'name' FROM fenbo.routing_revision r, jsonb_array_elements(r.policy -> 'crews') v
		WHERE r.revision = fenbo._revision() AND v ->> 'crew' = c::text), c::text), '、' ORDER BY i) FROM unnest(crews) WITH ORDINALITY u(c, i));
END
$$;

-- "三班 16–20": for the line at the top of a screen.
CREATE FUNCTION fenbo._turn_label(x fenbo.shift_turn) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	a timestamp := x.start_at AT TIME ZONE fenbo._zone();
	b timestamp := x.end_at AT TIME ZONE fenbo._zone();
BEGIN
	RETURN x.name || ' ' || to_char(a, CASE WHEN extract(minute FROM a) = 0 THEN 'HH24' ELSE 'HH24:MI' END) || '–'
		|| CASE WHEN b::time = '00:00' THEN '24' ELSE to_char(b, CASE WHEN extract(minute FROM b) = 0 THEN 'HH24' ELSE 'HH24:MI' END) END;
END
$$;

-- --- people --------------------------------------------------------------------------------------------------------

-- May the caller see, and as a supervisor decide about, somebody of this desk?
CREATE FUNCTION fenbo._desk_in(s fenbo.scope, desk text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT s.whole OR desk = ANY (s.desks) $$;

-- What the policy has at this path as a number of seconds or cases.
CREATE FUNCTION fenbo._shift_policy(section text, key text, otherwise integer) RETURNS integer
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN fenbo._policy_int(ARRAY[section, key], otherwise); END $$;

-- Everybody whom a turn concerns. how: crew (its own), swap (took it from `other`), gone (gave it to `other`), leave.
CREATE FUNCTION fenbo._roster(x fenbo.shift_turn) RETURNS TABLE (account text, how text, other text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM fenbo.swap s WHERE s.state = 'approved' AND s.day = x.day AND s.shift = x.shift)
		AND NOT EXISTS (SELECT FROM fenbo.swap s WHERE s.state = 'approved' AND s.other_day = x.day AND s.other_shift = x.shift) THEN
		RETURN QUERY                                 -- nobody has swapped: nearly always
		SELECT a.name, CASE WHEN b.account IS NOT NULL THEN 'leave' ELSE 'crew' END, NULL::text
		FROM fenbo.account a LEFT JOIN (SELECT DISTINCT y.account FROM fenbo.absence y
			WHERE y.state = 'approved' AND y.from_at <= x.start_at AND y.until_at >= x.end_at) b ON b.account = a.name
		WHERE a.crew = ANY (x.crews) AND a.role IN ('dispatcher', 'supervisor') AND (a.disabled_at IS NULL OR a.disabled_at > x.start_at);
		RETURN;
	END IF;
	RETURN QUERY
	WITH own AS (
		SELECT a.name FROM fenbo.account a
		WHERE a.crew = ANY (x.crews) AND a.role IN ('dispatcher', 'supervisor') AND (a.disabled_at IS NULL OR a.disabled_at > x.start_at)),
	given AS (
		SELECT s.account AS gives, s.other AS takes, s.decided_at FROM fenbo.swap s WHERE s.state = 'approved' AND s.day = x.day AND s.shift = x.shift
		UNION ALL
		SELECT s.other, s.account, s.decided_at FROM fenbo.swap s WHERE s.state = 'approved' AND s.other_day = x.day AND s.other_shift = x.shift),
	moved AS (SELECT takes AS name, 1 AS n, gives AS whom, decided_at FROM given UNION ALL SELECT gives, -1, takes, decided_at FROM given),
	net AS MATERIALIZED (
		SELECT p.name, coalesce((SELECT 1 FROM own o WHERE o.name = p.name), 0) + coalesce((SELECT sum(m.n) FROM moved m WHERE m.name = p.name), 0) AS n,
			(SELECT m.whom FROM moved m WHERE m.name = p.name ORDER BY m.decided_at DESC LIMIT 1) AS whom
		FROM (SELECT own.name FROM own UNION SELECT moved.name FROM moved) p),
	-- Whoever took the turn has left the house since: it is again whose it was before.
	left_ AS (SELECT n.name, n.whom FROM net n JOIN fenbo.account a ON a.name = n.name WHERE n.n >= 1 AND a.disabled_at <= x.start_at)
	SELECT n.name, CASE WHEN n.n + (SELECT count(*) FROM left_ l WHERE l.whom = n.name) < 1 THEN 'gone'
		WHEN EXISTS (SELECT FROM fenbo.absence b WHERE b.account = n.name AND b.state = 'approved' AND b.from_at <= x.start_at AND b.until_at >= x.end_at)
			THEN 'leave'
		WHEN EXISTS (SELECT FROM own o WHERE o.name = n.name) THEN 'crew' ELSE 'swap' END, n.whom
	FROM net n WHERE n.name NOT IN (SELECT l.name FROM left_ l);
END
$$;

-- Is the account to work that turn?
CREATE FUNCTION fenbo._works(who text, x fenbo.shift_turn) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT FROM fenbo._roster(x) r WHERE r.account = who AND r.how IN ('crew', 'swap')) $$;

-- The turns that begin on these days (NULL = today), each with its people where `people`: [{account, person, role, desk, how, other}].
CREATE FUNCTION fenbo.shift_roster(from_ date, to_ date, people boolean) RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin');
	s fenbo.scope := fenbo._scope(w);
	today date := fenbo._day(fenbo.now_());
	x fenbo.shift_turn;
BEGIN
	from_ := coalesce(from_, today); to_ := coalesce(to_, from_);
	IF to_ - from_ > 92 OR to_ < from_ THEN
		PERFORM fenbo._fail('invalid', 'to', 'at most 93 days, the first before the last');
	END IF;
	FOR x IN SELECT * FROM fenbo.shift_turn t WHERE t.day BETWEEN from_ AND to_ ORDER BY t.start_at LOOP
		RETURN NEXT (
			WITH r AS (
				SELECT a.name, a.person, a.role, coalesce(a.desk, 'centre') AS desk, p.how, p.other
				FROM (SELECT y.account, y.how, y.other FROM fenbo._roster(x) y WHERE x.closed_at IS NULL
					UNION ALL SELECT y.account, y.how, y.other FROM fenbo.attendance y WHERE x.closed_at IS NOT NULL AND y.start_at = x.start_at) p
				JOIN fenbo.account a ON a.name = p.account WHERE fenbo._desk_in(s, coalesce(a.desk, 'centre')))
			SELECT jsonb_build_object('day', x.day, 'shift', x.shift, 'name', x.name, 'start_at', x.start_at, 'end_at', x.end_at,
				'crews', x.crews, 'crew_names', coalesce(fenbo._crew_names(x.crews), ''), 'label', fenbo._turn_label(x),
				'on', (SELECT count(*) FROM r WHERE how IN ('crew', 'swap')), 'swapped', (SELECT count(*) FROM r WHERE how = 'swap'),
				'leave', (SELECT count(*) FROM r WHERE how = 'leave'), 'mine', EXISTS (SELECT FROM r WHERE r.name = w.account AND how IN ('crew', 'swap')))
				|| CASE WHEN people THEN jsonb_build_object('people', (SELECT coalesce(jsonb_agg(jsonb_build_object('account', r.name, 'person', r.person,
					'role', r.role, 'desk', r.desk, 'how', r.how, 'other', coalesce(fenbo._person(r.other), ''))
					ORDER BY r.role DESC, r.name), '[]') FROM r)) ELSE '{}' END);
	END LOOP;
END
$$;

-- Put somebody into a crew, or into none (NULL).
CREATE FUNCTION fenbo.shift_crew(account text, crew integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('supervisor', 'admin');
	a fenbo.account;
BEGIN
	SELECT * INTO a FROM fenbo.account t WHERE t.name = shift_crew.account AND t.disabled_at IS NULL FOR UPDATE;
	IF a.name IS NULL OR NOT fenbo._desk_in(fenbo._scope(w), coalesce(a.desk, 'centre')) THEN
		PERFORM fenbo._fail('not_found', 'account', 'there is no such person, or not at your desk');
	ELSIF a.role NOT IN ('dispatcher', 'supervisor') THEN
		PERFORM fenbo._fail('invalid', 'account', 'only dispatchers and supervisors work in crews');
	ELSIF crew NOT BETWEEN 1 AND 99 THEN
		PERFORM fenbo._fail('invalid', 'crew', 'a crew is a number from 1 to 99');
	END IF;
	UPDATE fenbo.account t SET crew = shift_crew.crew WHERE t.name = a.name;
	PERFORM fenbo._event0('crew', jsonb_build_object('account', a.name, 'was', a.crew, 'crew', crew), '{}');
END
$$;

-- --- swaps ---------------------------------------------------------------------------------------------------------

-- Is the account on leave for the whole of that turn?
CREATE FUNCTION fenbo._on_leave(who text, x fenbo.shift_turn) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN EXISTS (SELECT FROM fenbo.absence b WHERE b.account = who AND b.state = 'approved' AND b.from_at <= x.start_at AND b.until_at >= x.end_at);
END
$$;

-- What is the matter with a swap now? Raises; nothing when it can be done.
CREATE FUNCTION fenbo._swap_check(s fenbo.swap) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
	giver fenbo.account := (SELECT a FROM fenbo.account a WHERE a.name = s.account AND a.disabled_at IS NULL);
	taker fenbo.account := (SELECT a FROM fenbo.account a WHERE a.name = s.other AND a.disabled_at IS NULL);
	x fenbo.shift_turn;
	y fenbo.shift_turn;
BEGIN
	IF giver.name IS NULL OR taker.name IS NULL OR taker.role NOT IN ('dispatcher', 'supervisor') THEN
		PERFORM fenbo._fail('not_found', 'other', 'there is no such person, or not at your desk');
	ELSIF giver.role <> taker.role OR giver.desk IS DISTINCT FROM taker.desk THEN
		PERFORM fenbo._fail('invalid', 'other', 'a shift is swapped with somebody of the same role and desk');
	END IF;
	SELECT * INTO x FROM fenbo.shift_turn t WHERE t.day = s.day AND t.shift = s.shift ORDER BY t.start_at DESC LIMIT 1;
	IF x.start_at IS NULL THEN
		PERFORM fenbo._fail('not_found', 'shift', format('there is no shift %s on %s', s.shift, s.day));
	END IF;
	IF s.other_day IS NOT NULL THEN
		SELECT * INTO y FROM fenbo.shift_turn t WHERE t.day = s.other_day AND t.shift = s.other_shift ORDER BY t.start_at DESC LIMIT 1;
		IF y.start_at IS NULL THEN
			PERFORM fenbo._fail('not_found', 'other_shift', format('there is no shift %s on %s', s.other_shift, s.other_day));
		ELSIF y.start_at = x.start_at THEN
			PERFORM fenbo._fail('invalid', 'other_shift', 'both are the same shift');
		END IF;
	END IF;
	IF least(x.start_at, y.start_at) <= fenbo.now_() THEN
		PERFORM fenbo._fail('impossible', 'day', 'the shift has begun');
	ELSIF NOT fenbo._works(s.account, x) THEN
		PERFORM fenbo._fail('impossible', 'shift', format('%s does not work this shift', giver.person));
	ELSIF fenbo._works(s.other, x) THEN
		PERFORM fenbo._fail('impossible', 'shift', format('%s works this shift already', taker.person));
	ELSIF fenbo._on_leave(s.other, x) THEN
		PERFORM fenbo._fail('impossible', 'shift', format('%s is on leave then', taker.person));
	ELSIF y.start_at IS NOT NULL AND NOT fenbo._works(s.other, y) THEN
		PERFORM fenbo._fail('impossible', 'other_shift', format('%s does not work this shift', taker.person));
	ELSIF y.start_at IS NOT NULL AND fenbo._works(s.account, y) THEN
		PERFORM fenbo._fail('impossible', 'other_shift', format('%s works this shift already', giver.person));
	ELSIF y.start_at IS NOT NULL AND fenbo._on_leave(s.account, y) THEN
		PERFORM fenbo._fail('impossible', 'other_shift', format('%s is on leave then', giver.person));
	END IF;
END
$$;

CREATE FUNCTION fenbo._swap_said(s fenbo.swap) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._event0('swap', to_jsonb(s) - ARRAY['reason', 'note'], '{}');
END
$$;

-- Ask somebody to take one's shift of a day; other_day, other_shift: what one takes for it (NULL = nothing). A supervisor may ask for somebody else
-- (`account`; NULL = oneself). Returns the swap's number.
CREATE FUNCTION fenbo.shift_swap_ask(account text, day date, shift text, other text, other_day date, other_shift text, reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor');
	s fenbo.swap;
BEGIN
	s.account := coalesce(nullif(account, ''), w.account); s.day := day; s.shift := shift; s.other := other;
	s.other_day := other_day; s.other_shift := nullif(other_shift, ''); s.asked_at := fenbo.now_(); s.asked_by := w.account;
	s.reason := coalesce(fenbo._arg(jsonb_build_object('reason', reason), 'reason', 200), '');
	IF s.account <> w.account AND (w.role <> 'supervisor' OR NOT EXISTS (SELECT FROM fenbo.account a WHERE a.name = s.account
		AND fenbo._desk_in(fenbo._scope(w), coalesce(a.desk, 'centre')))) THEN
		PERFORM fenbo._fail('forbidden', 'account', 'one asks for oneself; a supervisor for people of his desk');
	ELSIF day IS NULL OR coalesce(shift, '') = '' OR coalesce(other, '') = '' OR (other_day IS NULL) <> (s.other_shift IS NULL) THEN
		PERFORM fenbo._fail('missing', CASE WHEN coalesce(other, '') = '' THEN 'other' ELSE 'shift' END, 'a required value is missing');
	ELSIF s.other = s.account THEN
		PERFORM fenbo._fail('invalid', 'other', 'nobody swaps with himself');
	END IF;
	PERFORM fenbo._swap_check(s);
	IF EXISTS (SELECT FROM fenbo.swap o WHERE o.state IN ('asked', 'agreed') AND o.account = s.account AND o.day = s.day AND o.shift = s.shift) THEN
		PERFORM fenbo._fail('conflict', 'shift', 'this shift has been offered already');
	END IF;
	INSERT INTO fenbo.swap (account, day, shift, other, other_day, other_shift, asked_at, asked_by, reason)
	VALUES (s.account, s.day, s.shift, s.other, s.other_day, s.other_shift, s.asked_at, s.asked_by, s.reason) RETURNING * INTO s;
	PERFORM fenbo._swap_said(s);
	RETURN s.id;
END
$$;

-- The swap, locked, if it is in one of these states.
CREATE FUNCTION fenbo._swap_in(id bigint, states text[]) RETURNS fenbo.swap
LANGUAGE plpgsql AS $$
DECLARE
	s fenbo.swap;
BEGIN
	SELECT * INTO s FROM fenbo.swap t WHERE t.id = _swap_in.id FOR UPDATE;
	IF s.id IS NULL THEN
		PERFORM fenbo._fail('not_found', 'id', 'there is no such swap');
	ELSIF s.state <> ALL (states) THEN
		PERFORM fenbo._fail('impossible', 'id', format('the swap is %s already', s.state), NULL, s.decided_by, coalesce(s.decided_at, s.agreed_at));
	END IF;
	RETURN s;
END
$$;

-- decision: agree or decline (whom it was asked of), withdraw (who asked), approve or refuse (a supervisor of the desk who is not one of the two).
CREATE FUNCTION fenbo.shift_swap(id bigint, decision text, note text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor');
	s fenbo.swap;
BEGIN
	IF coalesce(decision, '') NOT IN ('agree', 'decline', 'withdraw', 'approve', 'refuse') THEN
		PERFORM fenbo._fail('invalid', 'decision', 'agree, decline, withdraw, approve or refuse is expected');
	END IF;
	s := fenbo._swap_in(id, CASE decision WHEN 'agree' THEN '{asked}'::text[] WHEN 'decline' THEN '{asked}' ELSE '{asked,agreed}' END);
	IF (CASE WHEN decision IN ('agree', 'decline') THEN w.account <> s.other WHEN decision = 'withdraw' THEN w.account NOT IN (s.account, s.asked_by)
		ELSE w.role <> 'supervisor' OR w.account IN (s.account, s.other) OR NOT EXISTS (SELECT FROM fenbo.account a WHERE a.name = s.account
			AND fenbo._desk_in(fenbo._scope(w), coalesce(a.desk, 'centre'))) END) THEN
		PERFORM fenbo._fail('forbidden', 'decision', format('it is not yours to %s', decision));
	ELSIF decision = 'approve' AND s.state <> 'agreed' THEN
		PERFORM fenbo._fail('impossible', 'id', format('%s has not agreed yet', fenbo._person(s.other)));
	END IF;
	IF decision IN ('agree', 'approve') THEN
		PERFORM pg_advisory_xact_lock(4662, 0);      -- two approvals that together would put somebody on twice
		PERFORM fenbo._swap_check(s);
	END IF;
	UPDATE fenbo.swap t SET state = CASE decision WHEN 'agree' THEN 'agreed' WHEN 'decline' THEN 'declined' WHEN 'withdraw' THEN 'withdrawn'
			WHEN 'approve' THEN 'approved' ELSE 'refused' END,
		agreed_at = CASE WHEN decision = 'agree' THEN fenbo.now_() ELSE t.agreed_at END,
		decided_at = CASE WHEN decision <> 'agree' THEN fenbo.now_() END, decided_by = CASE WHEN decision <> 'agree' THEN w.account END,
		note = coalesce(fenbo._arg(jsonb_build_object('note', shift_swap.note), 'note', 200), '')
	WHERE t.id = s.id RETURNING * INTO s;
	PERFORM fenbo._swap_said(s);
	RETURN s.state;
END
$$;

-- Swaps not decided yet, soonest first; with `all_` those of the past month and all to come. Dispatchers see their own, supervisors their desk's.
CREATE FUNCTION fenbo.shift_swaps(all_ boolean) RETURNS TABLE (id bigint, account text, person text, day date, shift text, other text,
	other_person text, other_day date, other_shift text, state text, reason text, asked_at timestamptz, decided_by text, note text, name text,
	other_name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin');
	sc fenbo.scope := fenbo._scope(w);
BEGIN
	RETURN QUERY
	SELECT s.id, s.account, a.person, s.day, s.shift, s.other, b.person, s.other_day, s.other_shift, s.state, s.reason, s.asked_at, s.decided_by, s.note,
		coalesce((SELECT t.name FROM fenbo.shift_turn t WHERE t.day = s.day AND t.shift = s.shift LIMIT 1), s.shift),
		coalesce((SELECT t.name FROM fenbo.shift_turn t WHERE t.day = s.other_day AND t.shift = s.other_shift LIMIT 1), s.other_shift)
	FROM fenbo.swap s JOIN fenbo.account a ON a.name = s.account JOIN fenbo.account b ON b.name = s.other
	WHERE (s.state IN ('asked', 'agreed') OR (all_ AND s.day > fenbo._day(fenbo.now_()) - 31))
		AND (w.account IN (s.account, s.other) OR (w.role <> 'dispatcher' AND fenbo._desk_in(sc, coalesce(a.desk, 'centre'))))
	ORDER BY s.state NOT IN ('asked', 'agreed'), s.day, s.shift, s.id;
END
$$;

-- --- leave ---------------------------------------------------------------------------------------------------------

-- On the record, where nothing is ever erased: who is away from when to when, and what became of it; not that he is ill.
CREATE FUNCTION fenbo._leave_said(b fenbo.absence) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._event0('leave', to_jsonb(b) - ARRAY['kind', 'reason', 'note'], '{}');
END
$$;

-- Ask for leave, for oneself; or, as a supervisor, enter somebody's, which stands at once. kind: leave, sick, training, duty (away on duty).
CREATE FUNCTION fenbo.shift_leave_ask(account text, from_ timestamptz, until_ timestamptz, kind text, reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor');
	b fenbo.absence;
	own boolean := coalesce(nullif(account, ''), w.account) = w.account;
BEGIN
	IF NOT own AND (w.role <> 'supervisor' OR NOT EXISTS (SELECT FROM fenbo.account a WHERE a.name = shift_leave_ask.account
		AND fenbo._desk_in(fenbo._scope(w), coalesce(a.desk, 'centre')))) THEN
		PERFORM fenbo._fail('forbidden', 'account', 'one asks for oneself; a supervisor for people of his desk');
	ELSIF from_ IS NULL OR until_ IS NULL OR until_ <= from_ THEN
		PERFORM fenbo._fail('invalid', 'until', 'leave ends after it begins');
	ELSIF kind IS NULL OR kind NOT IN ('leave', 'sick', 'training', 'duty') THEN
		PERFORM fenbo._fail('invalid', 'kind', 'leave, sick, training or duty is expected');
	END IF;
	INSERT INTO fenbo.absence (account, from_at, until_at, kind, state, asked_at, asked_by, reason, decided_at, decided_by)
	VALUES (CASE WHEN own THEN w.account ELSE shift_leave_ask.account END, from_, until_, kind, CASE WHEN own THEN 'asked' ELSE 'approved' END,
		fenbo.now_(), w.account, coalesce(fenbo._arg(jsonb_build_object('reason', reason), 'reason', 200), ''),
		CASE WHEN NOT own THEN fenbo.now_() END, CASE WHEN NOT own THEN w.account END)
	RETURNING * INTO b;
	PERFORM fenbo._leave_said(b);
	RETURN b.id;
END
$$;

-- decision: withdraw (who asked; also leave that was approved, before it begins), approve or refuse (a supervisor of the desk, not his own).
CREATE FUNCTION fenbo.shift_leave(id bigint, decision text, note text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor');
	b fenbo.absence;
BEGIN
	SELECT * INTO b FROM fenbo.absence t WHERE t.id = shift_leave.id FOR UPDATE;
	IF b.id IS NULL THEN
		PERFORM fenbo._fail('not_found', 'id', 'there is no such leave');
	ELSIF decision IS NULL OR decision NOT IN ('withdraw', 'approve', 'refuse') THEN
		PERFORM fenbo._fail('invalid', 'decision', 'withdraw, approve or refuse is expected');
	ELSIF (CASE decision WHEN 'withdraw' THEN w.account NOT IN (b.account, b.asked_by)
		ELSE w.role <> 'supervisor' OR w.account = b.account OR NOT EXISTS (SELECT FROM fenbo.account a WHERE a.name = b.account
			AND fenbo._desk_in(fenbo._scope(w), coalesce(a.desk, 'centre'))) END) THEN
		PERFORM fenbo._fail('forbidden', 'decision', format('it is not yours to %s', decision));
	ELSIF b.state <> 'asked' AND NOT (decision = 'withdraw' AND b.state = 'approved' AND b.from_at > fenbo.now_()) THEN
		PERFORM fenbo._fail('impossible', 'id', format('the leave is %s already', b.state), NULL, b.decided_by, b.decided_at);
	END IF;
	UPDATE fenbo.absence t SET state = CASE decision WHEN 'withdraw' THEN 'withdrawn' WHEN 'approve' THEN 'approved' ELSE 'refused' END,
		decided_at = fenbo.now_(), decided_by = w.account, note = coalesce(fenbo._arg(jsonb_build_object('note', shift_leave.note), 'note', 200), '')
	WHERE t.id = b.id RETURNING * INTO b;
	PERFORM fenbo._leave_said(b);
	RETURN b.state;
END
$$;

-- Leave not decided, and with `all_` what stands from a month ago on.
CREATE FUNCTION fenbo.shift_leaves(all_ boolean) RETURNS TABLE (id bigint, account text, person text, from_at timestamptz, until_at timestamptz,
	kind text, state text, reason text, asked_at timestamptz, decided_by text, note text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin');
	sc fenbo.scope := fenbo._scope(w);
BEGIN
	RETURN QUERY
	SELECT b.id, b.account, a.person, b.from_at, b.until_at, b.kind, b.state, b.reason, b.asked_at, b.decided_by, b.note
	FROM fenbo.absence b JOIN fenbo.account a ON a.name = b.account
	WHERE (b.state = 'asked' OR (all_ AND b.until_at > fenbo.now_() - interval '31 days'))
		AND (w.account = b.account OR (w.role <> 'dispatcher' AND fenbo._desk_in(sc, coalesce(a.desk, 'centre'))))
	ORDER BY b.state <> 'asked', b.from_at, b.id;
END
$$;

GRANT EXECUTE ON FUNCTION fenbo.shift_of(timestamptz), fenbo.shift_at(timestamptz)
	TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit, fenbo_feed;
GRANT EXECUTE ON FUNCTION fenbo.shift_roster(date, date, boolean), fenbo.shift_swaps(boolean), fenbo.shift_leaves(boolean)
	TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin;
GRANT EXECUTE ON FUNCTION fenbo.shift_crew(text, integer) TO fenbo_supervisor, fenbo_admin;
GRANT EXECUTE ON FUNCTION fenbo.shift_swap_ask(text, date, text, text, date, text, text), fenbo.shift_swap(bigint, text, text),
	fenbo.shift_leave_ask(text, timestamptz, timestamptz, text, text), fenbo.shift_leave(bigint, text, text) TO fenbo_dispatcher, fenbo_supervisor;

RESET ROLE;
