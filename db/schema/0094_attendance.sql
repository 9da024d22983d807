-- 0094 attendance: who is on, since when, with how much in hand; and who came, came late, left early or did not come.
--
--  * Presence is a console session (not one of fenboctl's) that overlaps the turn. One that was opened longer before it than the policy's attendance.before says (a console
--    left running over night) counts only from one's first action on, unless one worked the turn before.
--  * While a turn runs everything is derived anew at each look. When it is over the leader writes it down (_turns_close), because sessions are
--    forgotten after a month. A supervisor's correction stands beside what was derived, with who, when and why.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.attendance (
	start_at timestamptz NOT NULL REFERENCES fenbo.shift_turn,
	account  text NOT NULL REFERENCES fenbo.account,
	how      text NOT NULL,                          -- crew, swap, leave; extra: not on this turn
	other    text,
	state    text NOT NULL CHECK (state IN ('expected', 'present', 'absent', 'leave', 'extra')),
	came_at  timestamptz,
	left_at  timestamptz,
	late_s   integer NOT NULL DEFAULT 0,
	early_s  integer NOT NULL DEFAULT 0,
	decided  integer NOT NULL DEFAULT 0,
	as_      text CHECK (as_ IN ('present', 'late', 'early', 'absent', 'leave')),  -- as a supervisor has it
	as_by    text,
	as_at    timestamptz,
	note     text NOT NULL DEFAULT '',
	PRIMARY KEY (start_at, account)
);
CREATE INDEX ON fenbo.attendance (account, start_at);
CREATE INDEX session_ended ON fenbo.session (ended_at) WHERE ended_at IS NOT NULL;

-- "Events of this instant and later have ids above this": a mark a minute, so that what somebody did in a shift is found without reading the month.
CREATE TABLE fenbo.event_mark (
	at timestamptz PRIMARY KEY,
	id bigint NOT NULL
);

CREATE FUNCTION fenbo._event_low(t timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT m.id FROM fenbo.event_mark m WHERE m.at <= t ORDER BY m.at DESC LIMIT 1), 0);
END
$$;

CREATE FUNCTION fenbo._event_mark() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	low bigint := (SELECT last_value FROM fenbo.event_id);       -- read first: whoever draws a higher one began later
	at_ timestamptz := fenbo.now_() + (clock_timestamp() - statement_timestamp());
BEGIN
	IF EXISTS (SELECT FROM fenbo.event_mark m WHERE m.at > at_) THEN DELETE FROM fenbo.event_mark m WHERE m.at > at_; END IF;
	IF NOT EXISTS (SELECT FROM fenbo.event_mark m WHERE m.at > at_ - interval '1 minute') THEN
		INSERT INTO fenbo.event_mark VALUES (at_, low);
		DELETE FROM fenbo.event_mark m WHERE m.at < at_ - interval '40 days';
	END IF;
END
$$;

-- What these people have decided since then, each case once, less what they took back; and when each last did anything.
CREATE FUNCTION fenbo._decided(accounts text[], from_ timestamptz, until_ timestamptz) RETURNS TABLE (account text, decided integer,
	first_at timestamptz, last_at timestamptz)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	low bigint := fenbo._event_low(from_);
BEGIN
	RETURN QUERY
	WITH e AS (
		SELECT v.actor, v.no, v.id, v.action, v.at FROM fenbo.event v
		WHERE v.actor = ANY (accounts) AND v.before IS NOT NULL AND v.id > low AND v.at >= from_ AND v.at < until_),
	d AS (
		SELECT DISTINCT ON (e.actor, e.no) e.actor, e.action FROM e
		WHERE e.action IN ('confirm', 'override', 'parallel', 'merge', 'split', 'answer', 'end', 'rule', 'undo') ORDER BY e.actor, e.no, e.id DESC)
	SELECT x.actor, coalesce((SELECT count(*) FROM d WHERE d.actor = x.actor AND d.action <> 'undo'), 0)::integer, min(x.at), max(x.at)
	FROM e x GROUP BY x.actor;
END
$$;

-- The consoles that overlapped the turn: how long each account was seen, by sessions opened for it.
CREATE FUNCTION fenbo._seen(x fenbo.shift_turn, at_ timestamptz) RETURNS TABLE (account text, came_at timestamptz, left_at timestamptz,
	alive boolean, old boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	opened timestamptz := x.start_at - make_interval(secs => fenbo._shift_policy('attendance', 'before_s', 3600));
BEGIN
	RETURN QUERY
	WITH s AS (
		SELECT t.account, t.started_at, least(t.alive_until, at_) AS until_, t.alive_until > at_ AS alive FROM fenbo.session t
		WHERE t.ended_at IS NULL AND t.alive_until > x.start_at AND t.client <> 'fenboctl'
		UNION ALL
		SELECT t.account, t.started_at, least(t.ended_at, t.alive_until), false FROM fenbo.session t
		WHERE t.ended_at > x.start_at AND t.alive_until > x.start_at AND t.client <> 'fenboctl')
	SELECT s.account, min(greatest(s.started_at, x.start_at)) FILTER (WHERE s.started_at >= opened), max(least(s.until_, x.end_at)), bool_or(s.alive),
		bool_or(s.started_at < opened)
	FROM s JOIN fenbo.account a ON a.name = s.account AND a.role IN ('dispatcher', 'supervisor')
	WHERE s.started_at < x.end_at AND s.until_ > s.started_at GROUP BY s.account;
END
$$;

-- Everybody of the turn and everybody else who was there, as of `at_`.
CREATE FUNCTION fenbo._attends(x fenbo.shift_turn, at_ timestamptz) RETURNS TABLE (account text, how text, other text, state text,
	came_at timestamptz, left_at timestamptz, late_s integer, early_s integer, decided integer, last_at timestamptz, alive boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	grace interval := make_interval(secs => fenbo._shift_policy('attendance', 'grace_s', 300));
	before_it fenbo.shift_turn := fenbo._turn_at(x.start_at - interval '1 second');
	worked_before text[] := ARRAY(SELECT r.account FROM fenbo._roster(before_it) r WHERE r.how IN ('crew', 'swap'));
BEGIN
	RETURN QUERY
	WITH r AS (SELECT * FROM fenbo._roster(x)),
	s AS (SELECT * FROM fenbo._seen(x, at_)),
	p AS (SELECT r.account FROM r WHERE r.how <> 'gone' UNION SELECT s.account FROM s),
	d AS (SELECT * FROM fenbo._decided(ARRAY(SELECT p.account FROM p), x.start_at, least(x.end_at, at_ + interval '1 second'))),
	-- The hours of the turn that leave takes off at its beginning or end.
	b AS (SELECT p.account,
			greatest(x.start_at, (SELECT max(y.until_at) FROM fenbo.absence y WHERE y.account = p.account AND y.state = 'approved'
				AND y.from_at <= x.start_at AND y.until_at < x.end_at)) AS from_,
			least(x.end_at, (SELECT min(y.from_at) FROM fenbo.absence y WHERE y.account = p.account AND y.state = 'approved'
				AND y.until_at >= x.end_at AND y.from_at > x.start_at)) AS until_ FROM p),
	c AS (SELECT p.account, coalesce(r.how, 'extra') AS how, r.other, s.left_at, coalesce(s.alive, false) AS alive, d.decided, d.last_at, b.from_, b.until_,
			CASE WHEN s.old AND p.account = ANY (worked_before) THEN x.start_at ELSE least(s.came_at, CASE WHEN s.old THEN d.first_at END) END AS came_at
		FROM p LEFT JOIN r ON r.account = p.account LEFT JOIN s ON s.account = p.account LEFT JOIN d ON d.account = p.account
		JOIN b ON b.account = p.account)
	SELECT c.account, CASE WHEN c.how = 'gone' THEN 'extra' ELSE c.how END, c.other,
		CASE WHEN c.came_at IS NOT NULL THEN CASE WHEN c.how IN ('extra', 'gone') THEN 'extra' ELSE 'present' END
			WHEN c.how = 'leave' THEN 'leave' WHEN at_ <= c.from_ + grace AND at_ < x.end_at THEN 'expected' ELSE 'absent' END,
		c.came_at, CASE WHEN c.came_at IS NOT NULL AND NOT (c.alive AND at_ < x.end_at) THEN c.left_at END,
		CASE WHEN c.how IN ('crew', 'swap') AND c.came_at > c.from_ + grace THEN extract(epoch FROM c.came_at - c.from_)::integer ELSE 0 END,
		CASE WHEN c.how IN ('crew', 'swap') AND at_ >= x.end_at AND c.came_at IS NOT NULL AND c.left_at < c.until_ - grace
			THEN extract(epoch FROM c.until_ - c.left_at)::integer ELSE 0 END,
		coalesce(c.decided, 0), c.last_at, c.alive
	FROM c WHERE c.came_at IS NOT NULL OR c.how NOT IN ('extra', 'gone');
END
$$;

-- One word for it: as corrected, else what was derived.
CREATE FUNCTION fenbo._attended(state text, late_s integer, early_s integer, as_ text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(as_, CASE WHEN state <> 'present' THEN state WHEN late_s > 0 THEN 'late' WHEN early_s > 0 THEN 'early' ELSE 'present' END)
$$;

-- Who is on at an instant (NULL = now): the people of the turn and everybody else with a console open, what each holds, has decided in this turn
-- and since when he is idle (from his last action, or from when he came). For a turn that is over: as it was written down, nothing held.
CREATE FUNCTION fenbo.shift_on(at_ timestamptz) RETURNS TABLE (account text, person text, role text, desk text, crew integer, how text, other text,
	state text, came_at timestamptz, left_at timestamptz, late_s integer, early_s integer, alive boolean, held integer, decided integer,
	idle_s integer, corrected boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin');
	s fenbo.scope := fenbo._scope(w);
	now_ timestamptz := fenbo.now_();
	x fenbo.shift_turn := fenbo._turn_at(coalesce(at_, now_));
BEGIN
	IF x.start_at IS NULL THEN                       -- no shifts: whoever is there today
		x.start_at := fenbo._day(now_)::timestamp AT TIME ZONE fenbo._zone(); x.end_at := x.start_at + interval '1 day';
		x.day := fenbo._day(now_); x.shift := ''; x.crews := '{}';
	END IF;
	RETURN QUERY
	WITH h AS (SELECT q.owner, count(*)::integer AS n FROM fenbo.queue q WHERE q.session IS NOT NULL AND q.stage = 'triage' AND q.lease_until > now_
			GROUP BY q.owner),
	p AS (
		SELECT y.account, y.how, y.other, y.state, y.came_at, y.left_at, y.late_s, y.early_s, y.decided, y.last_at, y.alive
		FROM fenbo._attends(x, now_) y WHERE x.closed_at IS NULL
		UNION ALL
		SELECT y.account, y.how, y.other, y.state, y.came_at, y.left_at, y.late_s, y.early_s, y.decided, NULL, false FROM fenbo.attendance y
		WHERE x.closed_at IS NOT NULL AND y.start_at = x.start_at)
	SELECT p.account, a.person, a.role, coalesce(a.desk, 'centre'), a.crew, p.how, coalesce(fenbo._person(p.other), ''),
		fenbo._attended(p.state, p.late_s, p.early_s, k.as_), p.came_at, p.left_at, p.late_s, p.early_s, p.alive,
		CASE WHEN x.closed_at IS NULL THEN coalesce(h.n, 0) ELSE 0 END, p.decided,
		CASE WHEN p.alive THEN extract(epoch FROM now_ - greatest(p.last_at, p.came_at))::integer END, k.as_ IS NOT NULL
	FROM p JOIN fenbo.account a ON a.name = p.account LEFT JOIN h ON h.owner = p.account
	LEFT JOIN fenbo.attendance k ON k.start_at = x.start_at AND k.account = p.account
	WHERE fenbo._desk_in(s, coalesce(a.desk, 'centre')) OR p.account = w.account
	ORDER BY p.alive DESC, p.state = 'extra', a.role DESC, coalesce(h.n, 0) DESC, p.account;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.shift_on(timestamptz) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin;

-- The shift that is on, for the line at the top of the screen: "三班 16–20", whether the caller works it, and until when that line is true.
CREATE FUNCTION fenbo.my_shift(OUT shift text, OUT own boolean, OUT ends_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who();
	now_ timestamptz := fenbo.now_();
	x fenbo.shift_turn := fenbo._turn_at(now_);
	midnight timestamptz := (fenbo._day(now_) + 1)::timestamp AT TIME ZONE fenbo._zone();
BEGIN
	shift := coalesce(fenbo._turn_label(x), ''); own := x.start_at IS NOT NULL AND fenbo._works(w.account, x);
	ends_at := least(x.end_at, midnight);            -- "today" begins anew then
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.my_shift() TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit, fenbo_feed;

-- --- the record ----------------------------------------------------------------------------------------------------

-- Attendance of the turns that begin on these days, of everybody in scope or of one account; the turn that is on as it stands.
CREATE FUNCTION fenbo.attendance_list(from_ date, to_ date, of_account text) RETURNS TABLE (day date, shift text, name text, start_at timestamptz,
	account text, person text, how text, other text, state text, came_at timestamptz, left_at timestamptz, late_s integer, early_s integer,
	decided integer, derived text, corrected_by text, corrected_at timestamptz, note text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin');
	s fenbo.scope := fenbo._scope(w);
	now_ timestamptz := fenbo.now_();
BEGIN
	IF coalesce(to_, from_) - coalesce(from_, fenbo._day(now_)) > 366 THEN
		PERFORM fenbo._fail('invalid', 'to', 'at most a year');
	END IF;
	RETURN QUERY
	SELECT x.day, x.shift, x.name, x.start_at, p.account, a.person, p.how, coalesce(fenbo._person(p.other), ''),
		fenbo._attended(p.state, p.late_s, p.early_s, k.as_), p.came_at, p.left_at, p.late_s, p.early_s, p.decided,
		fenbo._attended(p.state, p.late_s, p.early_s, NULL), k.as_by, k.as_at, coalesce(k.note, '')
	FROM fenbo.shift_turn x CROSS JOIN LATERAL (
		SELECT y.account, y.how, y.other, y.state, y.came_at, y.left_at, y.late_s, y.early_s, y.decided FROM fenbo.attendance y
		WHERE x.closed_at IS NOT NULL AND y.start_at = x.start_at
		UNION ALL
		SELECT y.account, y.how, y.other, y.state, y.came_at, y.left_at, y.late_s, y.early_s, y.decided FROM fenbo._attends(x, now_) y
		WHERE x.closed_at IS NULL) p
	JOIN fenbo.account a ON a.name = p.account
	LEFT JOIN fenbo.attendance k ON k.start_at = x.start_at AND k.account = p.account
	WHERE x.day BETWEEN coalesce(from_, fenbo._day(now_)) AND coalesce(to_, from_, fenbo._day(now_)) AND x.start_at <= now_
		AND (of_account IS NULL OR p.account = of_account)
		AND (p.account = w.account OR (w.role <> 'dispatcher' AND fenbo._desk_in(s, coalesce(a.desk, 'centre'))))
	ORDER BY x.start_at, p.account;
END
$$;

-- The same counted for each person.
CREATE FUNCTION fenbo.attendance_sum(from_ date, to_ date) RETURNS TABLE (account text, person text, turns bigint, present bigint, late bigint,
	early bigint, absent bigint, leave bigint, extra bigint, decided bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
BEGIN
	RETURN QUERY SELECT l.account, l.person, count(*) FILTER (WHERE l.state <> 'extra'), count(*) FILTER (WHERE l.state IN ('present', 'late', 'early')),
		count(*) FILTER (WHERE l.state = 'late'), count(*) FILTER (WHERE l.state = 'early'), count(*) FILTER (WHERE l.state = 'absent'),
		count(*) FILTER (WHERE l.state = 'leave'), count(*) FILTER (WHERE l.state = 'extra'), sum(l.decided)
	FROM fenbo.attendance_list(from_, to_, NULL) l WHERE l.state <> 'expected' GROUP BY l.account, l.person ORDER BY l.account;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.attendance_list(date, date, text), fenbo.attendance_sum(date, date)
	TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin;

-- A supervisor sets right what was derived: as_ present, late, early, absent or leave; NULL takes the correction back. Not his own.
CREATE FUNCTION fenbo.attendance_correct(day date, shift text, account text, as_ text, note text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('supervisor');
	x fenbo.shift_turn;
	y record;
	was text;
	why text := coalesce(fenbo._arg(jsonb_build_object('note', note), 'note', 200), '');
	salt bytea := uuid_send(gen_random_uuid());
BEGIN
	SELECT * INTO x FROM fenbo.shift_turn t WHERE t.day = attendance_correct.day AND t.shift = attendance_correct.shift
		AND t.start_at <= fenbo.now_() ORDER BY t.start_at DESC LIMIT 1;
	IF x.start_at IS NULL THEN
		PERFORM fenbo._fail('not_found', 'shift', 'there is no such shift, or it has not begun');
	ELSIF as_ NOT IN ('present', 'late', 'early', 'absent', 'leave') THEN
		PERFORM fenbo._fail('invalid', 'as', 'present, late, early, absent or leave is expected');
	ELSIF account = w.account THEN
		PERFORM fenbo._fail('forbidden', 'account', 'nobody corrects his own attendance');
	ELSIF as_ IS NOT NULL AND why = '' THEN
		PERFORM fenbo._fail('missing', 'note', 'say why');
	ELSIF NOT EXISTS (SELECT FROM fenbo.account a WHERE a.name = attendance_correct.account AND fenbo._desk_in(fenbo._scope(w), coalesce(a.desk, 'centre'))) THEN
		PERFORM fenbo._fail('not_found', 'account', 'there is no such person, or not at your desk');
	END IF;
	SELECT p.* INTO y FROM fenbo._attends(x, fenbo.now_()) p WHERE p.account = attendance_correct.account AND x.closed_at IS NULL;
	INSERT INTO fenbo.attendance AS t (start_at, account, how, other, state, came_at)
	VALUES (x.start_at, attendance_correct.account, coalesce(y.how, 'extra'), y.other, coalesce(y.state, 'extra'), y.came_at)
	ON CONFLICT ON CONSTRAINT attendance_pkey DO NOTHING;
	SELECT t.as_ INTO was FROM fenbo.attendance t WHERE t.start_at = x.start_at AND t.account = attendance_correct.account FOR UPDATE;
	UPDATE fenbo.attendance t SET as_ = attendance_correct.as_, as_by = w.account, as_at = fenbo.now_(), note = why
	WHERE t.start_at = x.start_at AND t.account = attendance_correct.account;
	PERFORM fenbo._event0('attendance', jsonb_build_object('day', x.day, 'shift', x.shift, 'account', account, 'was', was, 'as', as_,
		'salt', encode(salt, 'hex')), jsonb_build_object('note', jsonb_build_object('sha256', fenbo._commit(salt, why))));
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.attendance_correct(date, text, text, text, text) TO fenbo_supervisor;

-- --- what the leader does ------------------------------------------------------------------------------------------

-- Write down who was there in turns that are over; swaps of turns that have begun lapse. At most twenty turns at a time.
CREATE FUNCTION fenbo._turns_close() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
	x fenbo.shift_turn;
	n integer := 0;
BEGIN
	FOR x IN SELECT * FROM fenbo.shift_turn t WHERE t.closed_at IS NULL AND t.end_at <= now_ ORDER BY t.start_at LIMIT 20 FOR UPDATE LOOP
		INSERT INTO fenbo.attendance AS t (start_at, account, how, other, state, came_at, left_at, late_s, early_s, decided)
		SELECT x.start_at, p.account, p.how, p.other, CASE p.state WHEN 'expected' THEN 'absent' ELSE p.state END, p.came_at, p.left_at, p.late_s, p.early_s, p.decided
		FROM fenbo._attends(x, now_) p
		ON CONFLICT ON CONSTRAINT attendance_pkey DO UPDATE SET how = excluded.how, other = excluded.other, state = excluded.state,
			came_at = excluded.came_at, left_at = excluded.left_at, late_s = excluded.late_s, early_s = excluded.early_s, decided = excluded.decided;
		UPDATE fenbo.shift_turn t SET closed_at = now_ WHERE t.start_at = x.start_at;
		n := n + 1;
	END LOOP;
	UPDATE fenbo.swap s SET state = 'lapsed', decided_at = now_, decided_by = 'system'
	WHERE s.state IN ('asked', 'agreed') AND least(s.day, s.other_day) <= fenbo._day(now_) AND EXISTS (SELECT FROM fenbo.shift_turn t
		WHERE t.start_at <= now_ AND ((t.day = s.day AND t.shift = s.shift) OR (t.day = s.other_day AND t.shift = s.other_shift)));
	RETURN n;
END
$$;

-- Every few seconds: turns ahead, turns that are over, handovers that are due. Returns how much it did.
CREATE FUNCTION fenbo.shift_tick() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
	n integer := 0;
BEGIN
	PERFORM fenbo._must_lead();
	PERFORM fenbo._event_mark();
	IF coalesce((SELECT t.end_at FROM fenbo.shift_turn t ORDER BY t.start_at DESC LIMIT 1), '-infinity') < fenbo.now_() + interval '30 days'
		AND EXISTS (SELECT FROM fenbo.routing_revision r WHERE r.revision = fenbo._revision() AND jsonb_array_length(r.policy -> 'shifts') > 0) THEN
		n := n + fenbo._turns_make();
	END IF;
	n := n + fenbo._handover_work();
	RETURN n + fenbo._turns_close();
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.shift_tick() TO fenbo_feed;

RESET ROLE;
