-- 0080 ladder: what happens when a limit comes near, runs out and stays unmet. The ladders of the policy (conf/policy_rungs.h) are compiled
-- into rows when a revision is applied; each running clock knows when its next rung is; the leader fires what is due.
--
--  * A rung's time is counted as the due time is: limit and extension, plus its time from the due time or times its share, from the start in
--    the clock's own calendar, the one in force, pauses left out. (A clock that was counted with an earlier one is counted anew first.) A rung that would lie at or before the start is left out; one whose time would lie before that
--    of the rung below it has that one's.
--  * clock.rung is how many rungs of clock.ladder are behind it: fired, or passed by a higher one. While the clock keeps its start it only
--    grows, with one exception: when more time is granted (an extension, a pause that was asked for), what lies ahead by the limit that holds
--    then is not behind the clock any more, for the longer limit is called, too. What was told of the shorter one is settled.
--  * clock.next_rung_at is when there is something to do: the next rung, or the first second after the due time if that has not passed before.
--    It is an alarm clock and no more: what is due is computed from the clock at the moment of firing.
--  * Of several rungs that are due the highest fires; the others are recorded with it as passed. One call is one transaction, so a rung fires
--    once whoever is killed meanwhile, and time going backwards brings none back.
--  * What cannot be fired (a broken row) is left alone for a minute and keeps nothing else back.
--  * A clock that stands still or has stopped has nothing due (the index leaves it out); a merged case has no clocks.
--  * Another ladder comes to hold (another priority, another revision): what was reached in the old one and stands in the new one, word for word,
--    is behind the clock, and everything below it.
--  * Events: 'breach' {clock}: the limit has run out; flag breached, no new version, for due_at had said so. 'rung' {clock, rung, who, what,
--    passed, at (its time), revision (whose calendar and ladder it is by), alarm, clocks}: a new version only where the row changed. Neither has a `before`: nobody undoes them.
SET ROLE fenbo_owner;

-- --- ladders of the policy ---------------------------------------------------------------------------------------------

-- A ladder is known by its content: one that a new revision leaves alone keeps its number, and clocks what they have climbed.
CREATE TABLE fenbo.ladder (
	id    integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	rungs jsonb NOT NULL UNIQUE                      -- as in the policy
);
CREATE TABLE fenbo.rung (
	ladder integer NOT NULL REFERENCES fenbo.ladder,
	rung   integer NOT NULL,                         -- from 1, in order
	share  double precision,                         -- of the limit; NULL: days and at_s from the due time
	days   integer NOT NULL DEFAULT 0,
	at_s   integer NOT NULL DEFAULT 0,
	who    text NOT NULL CHECK (who IN ('owner', 'dispatchers', 'supervisor', 'unit', 'head', 'district', 'leader')),
	what   text NOT NULL CHECK (what IN ('notice', 'alarm', 'supervise', 'priority', 'reassign', 'letter')),
	PRIMARY KEY (ladder, rung)
);
CREATE TABLE fenbo.ladder_of (
	revision integer NOT NULL REFERENCES fenbo.routing_revision,
	kind     text NOT NULL,
	priority fenbo.priority NOT NULL,
	ladder   integer NOT NULL REFERENCES fenbo.ladder,
	PRIMARY KEY (revision, kind, priority)
);
-- How far the running clocks have been set anew since ladders changed: the leader goes through them in bites. One row.
CREATE TABLE fenbo.ladder_walk (
	one      boolean PRIMARY KEY DEFAULT true CHECK (one),
	revision integer NOT NULL,                       -- the ladders that hold for every clock up to (no, kind)
	no       bigint NOT NULL,
	kind     text NOT NULL,
	done     boolean NOT NULL
);
INSERT INTO fenbo.ladder_walk VALUES (true, 0, 0, '', true);

-- What is due is found by this, whatever is open.
CREATE INDEX clock_rung ON fenbo.clock (next_rung_at) WHERE stopped_at IS NULL AND paused_since IS NULL;

-- The ladders of a revision as rows, before it takes effect.
CREATE FUNCTION fenbo._ladder_compile(rev integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	p jsonb := (SELECT coalesce(r.policy -> 'clocks', '{}') FROM fenbo.routing_revision r WHERE r.revision = rev);
	k text;
	pr fenbo.priority;
	spec jsonb;
	number integer;
BEGIN
	FOREACH k IN ARRAY ARRAY['dispatch', 'contact', 'handle', 'rate', 'rule'] LOOP
		FOREACH pr IN ARRAY enum_range(NULL::fenbo.priority) LOOP
			spec := coalesce(p #> ARRAY[k, 'priorities', pr::text], p #> ARRAY[k, 'rungs'], '[]');
			CONTINUE WHEN jsonb_array_length(spec) = 0;
			INSERT INTO fenbo.ladder (rungs) VALUES (spec) ON CONFLICT DO NOTHING RETURNING id INTO number;
			IF number IS NOT NULL THEN
				INSERT INTO fenbo.rung (ladder, rung, share, days, at_s, who, what)
				SELECT number, r.n, (r.v ->> 'share')::double precision, coalesce((r.v ->> 'days')::integer, 0), coalesce((r.v ->> 'at_s')::integer, 0),
					r.v ->> 'tell', r.v ->> 'do' FROM jsonb_array_elements(spec) WITH ORDINALITY r(v, n);
			END IF;
			INSERT INTO fenbo.ladder_of SELECT rev, k, pr, l.id FROM fenbo.ladder l WHERE l.rungs = spec;
		END LOOP;
	END LOOP;
	-- Clocks need be looked at again only when a ladder is another one than before.
	IF EXISTS ((SELECT o.kind, o.priority, o.ladder FROM fenbo.ladder_of o WHERE o.revision = rev
			EXCEPT SELECT o.kind, o.priority, o.ladder FROM fenbo.ladder_of o WHERE o.revision = fenbo._revision())
		UNION ALL (SELECT o.kind, o.priority, o.ladder FROM fenbo.ladder_of o WHERE o.revision = fenbo._revision()
			EXCEPT SELECT o.kind, o.priority, o.ladder FROM fenbo.ladder_of o WHERE o.revision = rev)) THEN
		UPDATE fenbo.ladder_walk w SET revision = rev, no = 0, kind = '', done = false;
	END IF;
END
$$;

CREATE FUNCTION fenbo._ladder_of(kind text, p fenbo.priority) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT o.ladder FROM fenbo.ladder_of o WHERE o.revision = fenbo._revision() AND o.kind = _ladder_of.kind AND o.priority = p);
END
$$;

-- --- when ----------------------------------------------------------------------------------------------------------------

-- The rungs of the clock's ladder that lie above `above`, and when each is: seconds of the clock's calendar since its start, and the instant.
CREATE FUNCTION fenbo._rungs(k fenbo.clock, above integer) RETURNS TABLE (rung integer, after_s bigint, at timestamptz, who text, what text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	whole bigint := k.limit_s + k.extended_s;
	day_s integer := CASE k.calendar WHEN 'working' THEN fenbo._day_s() ELSE 86400 END;
BEGIN
	RETURN QUERY
	SELECT r.rung, r.s, fenbo._clock_due(k.started_at, r.s + k.paused_s, k.calendar), r.who, r.what
	FROM (SELECT x.rung, x.who, x.what, max(CASE WHEN x.share IS NOT NULL THEN round(whole * x.share)::bigint ELSE whole + x.days * day_s + x.at_s END)
			OVER (ORDER BY x.rung) AS s FROM fenbo.rung x WHERE x.ladder = k.ladder) r
	WHERE r.rung > above AND r.s > 0 ORDER BY r.rung;
END
$$;

-- The clock with the ladder that holds for it now, and when there is next something to do. Nobody is late for the end of the time to rate.
CREATE FUNCTION fenbo._ladder_arm(k fenbo.clock, p fenbo.priority) RETURNS fenbo.clock
LANGUAGE plpgsql STABLE AS $$
DECLARE
	l integer := fenbo._ladder_of(k.kind, p);
BEGIN
	IF l IS DISTINCT FROM k.ladder THEN
		IF k.rung > 0 THEN
			k.rung := coalesce((SELECT max(n.rung) FROM fenbo.rung n JOIN fenbo.rung o ON (n.share, n.days, n.at_s, n.who, n.what)
				IS NOT DISTINCT FROM (o.share, o.days, o.at_s, o.who, o.what) WHERE n.ladder = l AND o.ladder = k.ladder AND o.rung <= k.rung), 0);
		END IF;
		k.ladder := l;
	END IF;
	k.next_rung_at := NULL;
	IF l IS NOT NULL THEN
		SELECT r.at INTO k.next_rung_at FROM fenbo._rungs(k, k.rung) r LIMIT 1;
	END IF;
	IF k.breached_at IS NULL AND k.kind <> 'rate' THEN
		k.next_rung_at := least(k.next_rung_at, k.due_at + interval '1 s');
	END IF;
	RETURN k;
END
$$;

-- Something has become of a clock of the case (kind NULL: of all of them). When it has stopped, what waits to be told about it is taken back.
CREATE OR REPLACE FUNCTION fenbo._ladder_set(no bigint, kind text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	k fenbo.clock;
	p fenbo.priority;
BEGIN
	FOR k IN SELECT * FROM fenbo.clock t WHERE t.no = _ladder_set.no AND (_ladder_set.kind IS NULL OR t.kind = _ladder_set.kind) LOOP
		IF k.stopped_at IS NOT NULL OR k.paused_since IS NOT NULL THEN
			UPDATE fenbo.clock t SET next_rung_at = NULL WHERE t.no = k.no AND t.kind = k.kind AND t.next_rung_at IS NOT NULL;
			IF k.stopped_at IS NOT NULL THEN PERFORM fenbo._rungs_settle(k.no, k.kind); END IF;
		ELSE
			IF p IS NULL THEN SELECT q.priority INTO p FROM fenbo.queue q WHERE q.no = k.no; END IF;
			k := fenbo._ladder_arm(k, p);
			UPDATE fenbo.clock t SET ladder = k.ladder, rung = k.rung, next_rung_at = k.next_rung_at WHERE t.no = k.no AND t.kind = k.kind;
		END IF;
	END LOOP;
END
$$;

-- More time was granted: of the clocks that became others thereby (`was`: all of them before) what lies ahead now comes again, and what was told of it
-- is of no use any more. A rung whose time has come is behind the clock or is due, as before.
CREATE FUNCTION fenbo._ladder_again(of_case bigint, was jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	k fenbo.clock;
	reached integer;
BEGIN
	FOR k IN SELECT t.* FROM fenbo.clock t JOIN jsonb_object_keys(fenbo._clock_changes(was, fenbo._clocks(of_case))) x ON t.kind = x
		WHERE t.no = of_case AND t.stopped_at IS NULL AND t.rung > 0 ORDER BY t.kind LOOP
		reached := coalesce((SELECT max(r.rung) FROM fenbo._rungs(k, 0) r WHERE r.at <= coalesce(k.paused_since, fenbo.now_())), 0);
		CONTINUE WHEN reached >= k.rung;
		UPDATE fenbo.clock t SET rung = reached WHERE t.no = k.no AND t.kind = k.kind;
		PERFORM fenbo._rungs_settle(k.no, k.kind);
		PERFORM fenbo._ladder_set(k.no, k.kind);
	END LOOP;
END
$$;

-- The same for a clock that an undo has put back, beside what had become of it meanwhile: nothing that was reached fires again. If it was
-- started anew in between, everything whose time has come is behind it.
CREATE FUNCTION fenbo._ladder_keep(k fenbo.clock, meanwhile fenbo.clock) RETURNS fenbo.clock
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF meanwhile.started_at <> k.started_at THEN
		k.rung := greatest(k.rung, (SELECT max(r.rung) FROM fenbo._rungs(k, k.rung) r WHERE r.at <= fenbo.now_()));
	ELSIF meanwhile.ladder IS NOT DISTINCT FROM k.ladder THEN
		k.rung := greatest(k.rung, meanwhile.rung);
	ELSE
		k.ladder := meanwhile.ladder; k.rung := meanwhile.rung;
	END IF;
	IF meanwhile.started_at = k.started_at AND meanwhile.breached_at = k.due_at AND meanwhile.stopped_at IS NULL AND meanwhile.paused_since IS NULL THEN
		k.breached_at := k.due_at;                   -- the sweep has told it; what the undone action noticed, the sweep will tell
	END IF;
	RETURN k;
END
$$;

-- What the dispatch clocks of new cases begin with, for each priority's limit (urgent, fast, normal): {ladder, seconds from the start to the first
-- thing to do}, where every second counts. (Of one that counts working time the first sweep finds out.)
CREATE FUNCTION fenbo._ladder_first(limits integer[]) RETURNS integer[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	k fenbo.clock;
	first integer[] := '{}';
BEGIN
	FOR i IN 1 .. 3 LOOP
		k.kind := 'dispatch'; k.started_at := '2000-01-01'; k.limit_s := limits[i]; k.extended_s := 0; k.paused_s := 0; k.calendar := 'always';
		k.ladder := NULL; k.rung := 0; k.due_at := k.started_at + make_interval(secs => limits[i]);
		k := fenbo._ladder_arm(k, (enum_range(NULL::fenbo.priority))[i]);
		first := first || ARRAY[ARRAY[k.ladder, extract(epoch FROM k.next_rung_at - k.started_at)::integer]];
	END LOOP;
	RETURN first;
END
$$;

-- --- whom to tell --------------------------------------------------------------------------------------------------------

-- The end of the hours in which what can wait is held back, when `at` lies in them; else `at`.
CREATE FUNCTION fenbo._after_quiet(at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	quiet jsonb := (SELECT r.policy #> '{working,quiet}' FROM fenbo.routing_revision r WHERE r.revision = fenbo._revision());
	zone text := fenbo._zone();
	wall timestamp := at AT TIME ZONE zone;
	minute integer := extract(hour FROM wall) * 60 + extract(minute FROM wall);
	from_ integer := (quiet ->> 0)::integer;
	until_ integer := (quiet ->> 1)::integer;
BEGIN
	IF quiet IS NULL OR NOT (CASE WHEN from_ < until_ THEN minute >= from_ AND minute < until_ ELSE minute >= from_ OR minute < until_ END) THEN
		RETURN at;
	END IF;
	RETURN (wall::date + CASE WHEN minute >= until_ THEN 1 ELSE 0 END + make_interval(mins => until_)) AT TIME ZONE zone;
END
$$;

-- The district above a unit; itself, if it is one. NULL when there is none.
CREATE FUNCTION fenbo._district_of(code text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	u fenbo.unit;
BEGIN
	FOR i IN 1 .. 16 LOOP
		SELECT * INTO u FROM fenbo.unit t WHERE t.code = _district_of.code;
		IF NOT FOUND THEN RETURN NULL; END IF;
		IF u.level = 'district' THEN RETURN u.code; END IF;
		code := u.parent;
	END LOOP;
	RETURN NULL;
END
$$;

-- Whom a rung means: a case's owner is its unit once it has one; who is to speak with the citizen of a confidential case is the centre (0084).
CREATE FUNCTION fenbo._rung_who(who text, kind text, stage fenbo.stage, flags integer) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN kind = 'contact' AND flags & 4 <> 0 AND who IN ('owner', 'unit', 'head') THEN 'dispatchers'
		WHEN who = 'owner' AND stage <> 'triage' THEN 'unit' ELSE who END
$$;

-- A rung tells somebody. `q` is the row as it will be written, `o` as it was: who had the case is told even if it is taken from him. Answers what
-- consoles are to hear of it, for the event.
CREATE FUNCTION fenbo._rung_tell(c fenbo.call, o fenbo.queue, q fenbo.queue, k fenbo.clock, rung integer, who text, what text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
	level text := CASE what WHEN 'notice' THEN 'notice' ELSE 'alarm' END;
	facts jsonb := jsonb_build_object('clock', k.kind, 'rung', rung, 'what', what, 'due_at', k.due_at);
	unit text := coalesce(o.unit, q.unit);
	target text;
BEGIN
	who := fenbo._rung_who(who, k.kind, o.stage, o.flags);
	CASE who
	WHEN 'owner' THEN
		RETURN fenbo._alarm_put(q.no, 'rung', level, 'dispatcher', o.desk, CASE WHEN o.lease_until > c.now THEN o.owner END, 'rung ' || k.kind, facts, true);
	WHEN 'dispatchers' THEN
		RETURN fenbo._alarm_put(q.no, 'rung', level, 'dispatcher', q.desk, NULL, 'rung ' || k.kind, facts, true);
	WHEN 'supervisor' THEN
		RETURN fenbo._alarm_put(q.no, 'rung', level, 'supervisor', q.desk, NULL, 'rung ' || k.kind, facts, true);
	WHEN 'unit' THEN target := 'unit:' || unit;
	WHEN 'head' THEN target := 'head:' || unit;
	WHEN 'district' THEN target := 'district:' || fenbo._district_of(coalesce(unit, q.desk));
	ELSE target := 'leader';
	END CASE;
	-- A dispatch clock knows no unit, and not every unit a district: then it is the supervisor's.
	IF target IS NULL THEN
		RETURN fenbo._alarm_put(q.no, 'rung', level, 'supervisor', q.desk, NULL, 'rung ' || k.kind, facts, true);
	END IF;
	PERFORM fenbo._tell_later(c, q, target, 'rung', facts, CASE WHEN what = 'alarm' OR q.priority = 'urgent' OR q.flags & 64 <> 0 THEN 0
		ELSE ceil(extract(epoch FROM fenbo._after_quiet(c.now) - c.now))::integer END);
	IF who = 'unit' THEN
		RETURN fenbo._alarm_put(q.no, 'rung', level, 'unit', unit, NULL, 'rung ' || k.kind, facts, true);
	END IF;
	RETURN '[]';
END
$$;

-- The clock has stopped, or has more time: nobody need be told any more what has not been told yet, and what stands in the lists of alarms has been settled.
CREATE FUNCTION fenbo._rungs_settle(no bigint, kind text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
BEGIN
	UPDATE fenbo.alarm a SET settled_at = now_
	WHERE a.no = _rungs_settle.no AND a.settled_at IS NULL AND a.acknowledged_at IS NULL AND a.code = 'rung ' || _rungs_settle.kind;
	UPDATE fenbo.outbox o SET state = 'cancelled', cancelled_at = now_, settled_at = now_, answer = 'of no use any more'
	WHERE o.no = _rungs_settle.no AND o.kind = 'rung' AND o.state = 'waiting' AND o.hold_until > now_ AND o.body ->> 'clock' = _rungs_settle.kind;
END
$$;

-- The case leaves its unit: what its ladders told that unit is not its any more, nor what waits to be told to it or its head.
CREATE FUNCTION fenbo._rungs_leave(no bigint, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.alarm a SET settled_at = _rungs_leave.at
	WHERE a.no = _rungs_leave.no AND a.kind = 'rung' AND a.to_role = 'unit' AND a.settled_at IS NULL AND a.acknowledged_at IS NULL;
	UPDATE fenbo.outbox o SET state = 'cancelled', cancelled_at = _rungs_leave.at, settled_at = _rungs_leave.at, answer = 'of no use any more'
	WHERE o.no = _rungs_leave.no AND o.kind = 'rung' AND o.state = 'waiting' AND o.hold_until > _rungs_leave.at
		AND fenbo._target_class(o.target) IN ('unit', 'head');
END
$$;

-- --- what to do ----------------------------------------------------------------------------------------------------------

-- One priority up. The limits of the higher one begin now, and give no clock more time than it had; the dispatch clock that has run out gets the
-- new limit, for somebody must have it by then; the others stay late.
CREATE FUNCTION fenbo._rung_priority(c fenbo.call, q fenbo.queue) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
DECLARE
	k fenbo.clock;
	limit_s integer;
	left_s bigint;
BEGIN
	IF q.priority = 'urgent' THEN RETURN q; END IF;
	q.priority := CASE q.priority WHEN 'normal' THEN 'fast' ELSE 'urgent' END;
	UPDATE fenbo.queue t SET priority = q.priority WHERE t.no = q.no;       -- ladders ask the row
	FOR k IN SELECT * FROM fenbo.clock t WHERE t.no = q.no ORDER BY t.kind LOOP
		limit_s := fenbo._limit_of(k.kind, q.item, q.priority);
		IF k.stopped_at IS NOT NULL THEN
			IF k.kind = 'dispatch' THEN PERFORM fenbo._clock_limit(q.no, k.kind, limit_s); END IF;
			CONTINUE;
		END IF;
		CONTINUE WHEN k.paused_since IS NOT NULL;
		left_s := CASE k.calendar WHEN 'working' THEN fenbo._working_between(c.now, k.due_at) ELSE extract(epoch FROM k.due_at - c.now)::bigint END;
		IF k.due_at > c.now THEN
			IF limit_s < left_s THEN PERFORM fenbo._clock_start(q.no, k.kind, c.now, limit_s, k.calendar);
			ELSE PERFORM fenbo._ladder_set(q.no, k.kind); END IF;
		ELSIF k.kind = 'dispatch' THEN
			PERFORM fenbo._clock_start(q.no, k.kind, c.now, limit_s, k.calendar);
		END IF;
	END LOOP;
	RETURN q;
END
$$;

-- Out of the hands that let it lie. In triage: to the supervisor. With a unit: to the one above it when the unit's side is told (a desk gets it in
-- its triage), else back to the triage of its desk, sent up, as after a return. Without anybody above: under supervision.
CREATE FUNCTION fenbo._rung_reassign(c fenbo.call, o fenbo.queue, who text) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	up fenbo.unit;
BEGIN
	IF o.stage = 'triage' THEN
		q.session := NULL; q.owner := NULL; q.lease_until := NULL;
		q.flags := q.flags | 256;
		RETURN q;
	ELSIF o.stage = 'resolved' THEN
		q.flags := q.flags | 2;
		RETURN q;
	END IF;
	IF who IN ('unit', 'head', 'district') THEN
		SELECT p.* INTO up FROM fenbo.unit u JOIN fenbo.unit p ON p.code = u.parent WHERE u.code = o.unit AND p.active;
		IF NOT FOUND THEN
			q.flags := q.flags | 2;
			RETURN q;
		END IF;
	END IF;
	q := fenbo._leave_unit(c, q);
	IF up.code IS NOT NULL AND NOT up.desk THEN
		q.unit := up.code; q.stage := 'dispatched';
		IF q.step > 0 THEN q.steps[q.step] := up.code; END IF;
		q.passed := array_remove(q.passed, up.code);
		PERFORM fenbo._tell(c, q, 'unit:' || q.unit, 'dispatch', jsonb_build_object('from', o.unit));
	ELSE
		q.desk := coalesce(up.code, q.desk);
		q.stage := 'triage'; q.unit := NULL; q.assist := '{}'; q.passed := '{}'; q.steps := '{}'; q.step := 0;
		q.flags := q.flags & ~512 | 256;             -- whoever gets it next is not whom a ruling was about
		PERFORM fenbo._clock_stop(o.no, '{contact,handle}', c.now);
		PERFORM fenbo._clock_go_on(o.no, '{dispatch}');
	END IF;
	PERFORM fenbo._tell(c, q, 'unit:' || o.unit, 'taken', jsonb_strip_nulls(jsonb_build_object('to', q.unit)));
	RETURN fenbo._stand_down(c, o, q, 'rung');
END
$$;

-- A rung fires: `o` is locked, `k` written with the rung behind it. Returns the row as it stands now, written with its event.
CREATE FUNCTION fenbo._rung_do(c fenbo.call, o fenbo.queue, k fenbo.clock, r record, passed integer[]) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	ev jsonb := jsonb_build_object('clock', k.kind, 'rung', r.rung, 'who', r.who, 'what', r.what, 'at', r.at, 'revision', fenbo._revision());
	told jsonb;
	clocks jsonb;
	e record;
BEGIN
	IF cardinality(passed) > 0 THEN ev := ev || jsonb_build_object('passed', to_jsonb(passed)); END IF;
	IF r.what IN ('priority', 'reassign') THEN clocks := fenbo._clocks(o.no); END IF;
	IF r.what NOT IN ('notice', 'alarm') THEN
		q.version := o.version + 1;                  -- what is written beside the row carries it
		CASE r.what
		WHEN 'supervise' THEN q.flags := q.flags | 2;
		WHEN 'priority' THEN q := fenbo._rung_priority(c, q);
		WHEN 'reassign' THEN q := fenbo._rung_reassign(c, q, r.who);
		WHEN 'letter' THEN
			IF q.unit IS NOT NULL AND q.stage IN ('dispatched', 'handling') AND NOT (k.kind = 'contact' AND q.flags & 4 <> 0) THEN
				q.flags := q.flags | 262144;
				ev := ev || fenbo._letter(c, q, q.unit, 'rung');
				IF q.priority <> 'urgent' AND q.flags & 64 = 0 THEN
					UPDATE fenbo.outbox t SET hold_until = greatest(t.hold_until, fenbo._after_quiet(c.now))
					WHERE t.no = q.no AND t.version = q.version AND t.kind = 'letter';
				END IF;
			END IF;
		END CASE;
		IF clocks IS NOT NULL THEN
			q := fenbo._face(q);
			ev := ev || fenbo._clock_args(q, clocks);
		END IF;
		IF NOT ev ? 'letter' AND (q.stage, q.priority, q.desk, q.unit, q.flags, q.owner, q.due_at, q.clock)
			IS NOT DISTINCT FROM (o.stage, o.priority, o.desk, o.unit, o.flags, o.owner, o.due_at, o.clock) THEN
			q.version := o.version;
		END IF;
	END IF;
	told := fenbo._rung_tell(c, o, q, k, r.rung, r.who, r.what);
	IF told <> '[]' THEN ev := ev || jsonb_build_object('alarm', told); END IF;
	e := fenbo._log(c, q, 'rung', NULL, ev);
	q.head := e.hash;
	IF q.version > o.version THEN
		PERFORM fenbo._update_queue(q);
	ELSE
		UPDATE fenbo.queue t SET head = q.head, flags = q.flags WHERE t.no = q.no;
	END IF;
	RETURN q;
END
$$;

-- What is due on one clock of a case that is locked. what: of the rung that fired, NULL when none did.
CREATE FUNCTION fenbo._ladder_fire(c fenbo.call, o fenbo.queue, k fenbo.clock, OUT what text, OUT passed integer, OUT at timestamptz, OUT breached boolean)
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	r record;
	top record;
	below integer[] := '{}';
	e record;
BEGIN
	breached := false; passed := 0;
	IF k.calendar = 'working' AND k.calendar_no < fenbo._calendar_no() THEN      -- hours have changed, and no sweep has come by since
		PERFORM fenbo._retime_case(q, c.now);
		SELECT * INTO q FROM fenbo.queue t WHERE t.no = o.no;
		SELECT * INTO k FROM fenbo.clock t WHERE t.no = o.no AND t.kind = k.kind;
	END IF;
	k := fenbo._ladder_arm(k, q.priority);
	IF k.next_rung_at IS NULL OR k.next_rung_at > c.now THEN            -- the hint was early
		UPDATE fenbo.clock t SET ladder = k.ladder, rung = k.rung, next_rung_at = k.next_rung_at WHERE t.no = k.no AND t.kind = k.kind;
		RETURN;
	END IF;
	IF k.breached_at IS NULL AND k.kind <> 'rate' AND k.due_at < date_trunc('second', c.now) THEN
		k.breached_at := k.due_at;
		q.flags := q.flags | 32768;
		breached := true;
	END IF;
	IF k.ladder IS NOT NULL THEN
		FOR r IN SELECT * FROM fenbo._rungs(k, k.rung) LOOP
			EXIT WHEN r.at > c.now;
			IF what IS NOT NULL THEN below := below || top.rung; END IF;
			top := r; what := r.what;
		END LOOP;
	END IF;
	IF what IS NOT NULL THEN k.rung := top.rung; at := top.at; passed := cardinality(below); END IF;
	k := fenbo._ladder_arm(k, q.priority);
	UPDATE fenbo.clock t SET ladder = k.ladder, rung = k.rung, next_rung_at = k.next_rung_at, breached_at = k.breached_at
	WHERE t.no = k.no AND t.kind = k.kind;
	IF breached THEN
		e := fenbo._log(c, q, 'breach', NULL, jsonb_build_object('clock', k.kind));
		q.head := e.hash;
		IF what IS NULL THEN
			UPDATE fenbo.queue t SET head = q.head, flags = q.flags WHERE t.no = q.no;
		END IF;
	END IF;
	IF what IS NOT NULL THEN PERFORM fenbo._rung_do(c, q, k, top, below); END IF;
END
$$;

-- --- the leader's turn -----------------------------------------------------------------------------------------------------

-- Ladders have changed: the next clocks that run get theirs. In the order of the primary key, so that one pass meets each; whatever starts meanwhile
-- starts with the new ones. Nobody is waited for: who holds a clock sets it himself, or its old hint brings it up.
CREATE FUNCTION fenbo._ladder_walk_on(most integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	w fenbo.ladder_walk;
	k fenbo.clock;
	p fenbo.priority;
	n integer := 0;
BEGIN
	SELECT * INTO w FROM fenbo.ladder_walk t WHERE NOT t.done FOR UPDATE;
	IF NOT FOUND THEN RETURN; END IF;
	FOR k IN SELECT * FROM fenbo.clock t WHERE (t.no, t.kind) > (w.no, w.kind) ORDER BY t.no, t.kind LIMIT most LOOP
		n := n + 1; w.no := k.no; w.kind := k.kind;
		CONTINUE WHEN k.stopped_at IS NOT NULL OR k.paused_since IS NOT NULL;
		SELECT q.priority INTO p FROM fenbo.queue q WHERE q.no = k.no;
		CONTINUE WHEN p IS NULL OR fenbo._ladder_of(k.kind, p) IS NOT DISTINCT FROM k.ladder;
		PERFORM FROM fenbo.clock t WHERE t.no = k.no AND t.kind = k.kind FOR UPDATE SKIP LOCKED;
		CONTINUE WHEN NOT FOUND;
		BEGIN
			PERFORM fenbo._ladder_set(k.no, k.kind);
		EXCEPTION WHEN OTHERS THEN
			RAISE WARNING 'fenbo.ladder: % % keeps its ladder: %', k.no, k.kind, SQLERRM;
		END;
	END LOOP;
	UPDATE fenbo.ladder_walk t SET no = w.no, kind = w.kind, done = n < most;
END
$$;

-- Rungs that only tell somebody, and limits that have run out, of many cases at once: the same as _ladder_fire does one by one, in one statement that costs
-- a tenth. Every case once; locked by the caller. Answers the positions in `nos` that it dealt with and their tally; what changes a case, or has come under
-- another ladder or calendar, is left to _ladder_fire.
CREATE FUNCTION fenbo._ladder_tell(c fenbo.call, nos bigint[], kinds text[], OUT done integer[], OUT tally jsonb)
LANGUAGE plpgsql SET jit = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
	now_ timestamptz := c.now;
	second_ timestamptz := date_trunc('second', c.now);
	tx_ xid8 := pg_current_xact_id();
	revision_ integer := fenbo._revision();
	calendar_no_ integer := fenbo._calendar_no();
	day_s_ integer := fenbo._day_s();
	quiet_until timestamptz := fenbo._after_quiet(c.now);
BEGIN
	WITH d AS MATERIALIZED (
		SELECT u.i::integer AS i, k.no, k.kind, k.started_at, k.limit_s + k.extended_s AS whole, k.due_at, k.paused_s, k.calendar, k.breached_at, k.rung, k.ladder,
			q.head, q.flags, q.stage, q.desk, q.unit, q.priority, q.version, CASE WHEN q.lease_until > now_ THEN q.owner END AS holder, fenbo._frame(q) AS frame,
			k.breached_at IS NULL AND k.kind <> 'rate' AND k.due_at < second_ AS breach
		FROM unnest(nos, kinds) WITH ORDINALITY u(no, kind, i)
		JOIN fenbo.clock k ON k.no = u.no AND k.kind = u.kind AND k.stopped_at IS NULL AND k.paused_since IS NULL
		JOIN fenbo.queue q ON q.no = u.no
		WHERE k.ladder IS NOT DISTINCT FROM (SELECT o.ladder FROM fenbo.ladder_of o WHERE o.revision = revision_ AND o.kind = u.kind AND o.priority = q.priority)
			AND (k.calendar <> 'working' OR k.calendar_no = calendar_no_)
	), r AS MATERIALIZED (
		SELECT d.*, x.reached, x.at, x.next_at, t.rung AS top, t.who, t.what
		FROM d
		CROSS JOIN LATERAL (SELECT array_agg(z.rung ORDER BY z.rung) FILTER (WHERE z.at <= now_) AS reached, max(z.at) FILTER (WHERE z.at <= now_) AS at,
				min(z.at) FILTER (WHERE z.at > now_) AS next_at
			FROM (SELECT y.rung, CASE d.calendar WHEN 'working' THEN fenbo._clock_due(d.started_at, y.s + d.paused_s, d.calendar)
					ELSE d.started_at + make_interval(secs => y.s + d.paused_s) END AS at
				FROM (SELECT g.rung, max(CASE WHEN g.share IS NOT NULL THEN round(d.whole * g.share)::bigint
						ELSE d.whole + g.days * CASE d.calendar WHEN 'working' THEN day_s_ ELSE 86400 END + g.at_s END) OVER (ORDER BY g.rung) AS s
					FROM fenbo.rung g WHERE g.ladder = d.ladder) y
				WHERE y.rung > d.rung AND y.s > 0) z) x
		LEFT JOIN fenbo.rung t ON t.ladder = d.ladder AND t.rung = x.reached[cardinality(x.reached)]
	), w AS MATERIALIZED (
		SELECT r.*, v.who1, CASE v.who1 WHEN 'unit' THEN 'unit:' || r.unit WHEN 'head' THEN 'head:' || r.unit WHEN 'leader' THEN 'leader'
				WHEN 'district' THEN 'district:' || fenbo._district_of(coalesce(r.unit, r.desk)) END AS target,
			jsonb_build_object('clock', r.kind, 'rung', r.top, 'what', r.what, 'due_at', r.due_at) AS facts,
			CASE WHEN r.breach THEN nextval('fenbo.event_id') END AS id1
		FROM r CROSS JOIN LATERAL (SELECT fenbo._rung_who(r.who, r.kind, r.stage, r.flags) AS who1) v
		WHERE r.what IS NULL OR r.what IN ('notice', 'alarm')
	), a AS (
		INSERT INTO fenbo.alarm AS t (no, kind, level, to_role, to_desk, to_account, code, args, first_at, at, announced)
		SELECT w.no, 'rung', w.what, CASE WHEN w.who1 IN ('owner', 'dispatchers') THEN 'dispatcher' WHEN w.who1 = 'unit' AND w.target IS NOT NULL THEN 'unit' ELSE 'supervisor' END,
			CASE WHEN w.who1 = 'unit' AND w.target IS NOT NULL THEN w.unit ELSE w.desk END, CASE WHEN w.who1 = 'owner' THEN w.holder END,
			'rung ' || w.kind, w.facts, now_, now_, true
		FROM w WHERE w.what IS NOT NULL AND (w.target IS NULL OR w.who1 = 'unit')
		ON CONFLICT (no, kind, to_role, coalesce(to_desk, ''), coalesce(to_account, ''),
			(CASE WHEN no = 0 OR kind <> 'rung' THEN code ELSE split_part(code, ' ', 1) END)) WHERE acknowledged_at IS NULL AND settled_at IS NULL
		DO UPDATE SET level = CASE WHEN 'alarm' IN (t.level, excluded.level) THEN 'alarm' ELSE 'notice' END, code = excluded.code, args = excluded.args,
			at = excluded.at, count = t.count + 1
		RETURNING t.no, fenbo._alarm_frame(t) AS frame
	), m AS MATERIALIZED (                           -- by case: a join of two CTEs would be a nested loop over both
		SELECT jsonb_object_agg(a.no, a.frame) AS frames FROM a
	), o AS (
		INSERT INTO fenbo.outbox (no, version, target, kind, body, hold_until)
		SELECT w.no, w.version, w.target, 'rung', jsonb_build_object('id', lpad(w.no::text, 13, '0'), 'stage', w.stage, 'at', now_) || w.facts,
			CASE WHEN w.what = 'alarm' OR w.priority = 'urgent' OR w.flags & 64 <> 0 THEN now_ ELSE quiet_until END
		FROM w WHERE w.what IS NOT NULL AND w.target IS NOT NULL
	), e1 AS MATERIALIZED (
		SELECT w.*, f.after, CASE WHEN w.breach THEN fenbo._event_hash(w.head, w.id1, w.no, w.version, now_, tx_, 'breach', 'system', '', NULL, NULL, NULL, f.after,
				jsonb_build_object('clock', w.kind)) ELSE w.head END AS hash1,
			CASE WHEN w.what IS NOT NULL THEN nextval('fenbo.event_id') END AS id2,
			CASE WHEN w.what IS NOT NULL THEN jsonb_build_object('clock', w.kind, 'rung', w.top, 'who', w.who, 'what', w.what, 'at', w.at, 'revision', revision_)
				|| CASE WHEN cardinality(w.reached) > 1 THEN jsonb_build_object('passed', to_jsonb(w.reached[:cardinality(w.reached) - 1])) ELSE '{}' END
				|| CASE WHEN m.frames ? w.no::text THEN jsonb_build_object('alarm', jsonb_build_array(m.frames -> w.no::text)) ELSE '{}' END END AS args
		FROM w CROSS JOIN m
		CROSS JOIN LATERAL (SELECT CASE WHEN w.breach AND w.flags & 32768 = 0 THEN w.frame || jsonb_build_object('flags', fenbo._flags(w.flags | 32768)) ELSE w.frame END AS after) f
	), e2 AS MATERIALIZED (
		SELECT e1.*, CASE WHEN e1.what IS NOT NULL THEN fenbo._event_hash(e1.hash1, e1.id2, e1.no, e1.version, now_, tx_, 'rung', 'system', '', NULL, NULL, NULL, e1.after, e1.args)
			ELSE e1.hash1 END AS hash2 FROM e1
	), i AS (
		INSERT INTO fenbo.event (id, no, version, at, tx, action, actor, after, args, prev, hash)
		SELECT id1, no, version, now_, tx_, 'breach', 'system', after, jsonb_build_object('clock', kind), head, hash1 FROM e2 WHERE breach
		UNION ALL SELECT id2, no, version, now_, tx_, 'rung', 'system', after, args, hash1, hash2 FROM e2 WHERE what IS NOT NULL
	), uq AS (
		UPDATE fenbo.queue t SET head = e2.hash2, flags = CASE WHEN e2.breach THEN e2.flags | 32768 ELSE e2.flags END
		FROM e2 WHERE t.no = e2.no AND (e2.breach OR e2.what IS NOT NULL)
	), uc AS (
		UPDATE fenbo.clock t SET rung = coalesce(e2.top, e2.rung), breached_at = CASE WHEN e2.breach THEN e2.due_at ELSE e2.breached_at END,
			next_rung_at = least(e2.next_at, CASE WHEN NOT e2.breach AND e2.breached_at IS NULL AND e2.kind <> 'rate' THEN e2.due_at + interval '1 s' END)
		FROM e2 WHERE t.no = e2.no AND t.kind = e2.kind
	), y AS (
		SELECT kind || ' breach' AS key, 0 AS passed, extract(epoch FROM now_ - due_at) AS late FROM e2 WHERE breach
		UNION ALL SELECT kind || ' ' || what, cardinality(reached) - 1, extract(epoch FROM now_ - at) FROM e2 WHERE what IS NOT NULL
	)
	SELECT (SELECT array_agg(e2.i) FROM e2), (SELECT jsonb_object_agg(z.key, jsonb_build_object('n', z.n, 'passed', z.passed, 'late', z.late, 'most', z.most))
		FROM (SELECT y.key, count(*) AS n, sum(y.passed) AS passed, sum(y.late) AS late, max(y.late) AS most FROM y GROUP BY y.key) z) INTO done, tally;
	done := coalesce(done, '{}'); tally := coalesce(tally, '{}');
END
$$;

-- One batch of what is due, the oldest first; of a case one clock, the others in the next. careful: one by one, each in a subtransaction; what fails is left alone
-- for a minute and costs only itself.
CREATE FUNCTION fenbo._ladder_batch(c fenbo.call, most integer, careful boolean, OUT tally jsonb, OUT looked integer)
LANGUAGE plpgsql SET jit = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
	nos bigint[];
	kinds text[];
	done integer[] := '{}';
	q fenbo.queue;
	k fenbo.clock;
	f record;
BEGIN
	tally := '{}';
	WITH l AS MATERIALIZED (SELECT t.no, t.kind, t.next_rung_at FROM fenbo.clock t JOIN fenbo.queue u ON u.no = t.no
		WHERE t.stopped_at IS NULL AND t.paused_since IS NULL AND t.next_rung_at <= c.now
		ORDER BY t.next_rung_at LIMIT most FOR UPDATE OF u, t SKIP LOCKED)
	SELECT array_agg(x.no ORDER BY x.at, x.no), array_agg(x.kind ORDER BY x.at, x.no) INTO nos, kinds
	FROM (SELECT DISTINCT ON (l.no) l.no, l.kind, l.next_rung_at AS at FROM l ORDER BY l.no, l.next_rung_at, l.kind) x;
	looked := coalesce(cardinality(nos), 0);
	IF looked = 0 THEN RETURN; END IF;
	IF NOT careful THEN
		SELECT t.done, t.tally INTO done, tally FROM fenbo._ladder_tell(c, nos, kinds) t;
	END IF;
	FOR i IN 1 .. looked LOOP
		CONTINUE WHEN i = ANY (done);
		SELECT * INTO q FROM fenbo.queue t WHERE t.no = nos[i];
		SELECT * INTO k FROM fenbo.clock t WHERE t.no = nos[i] AND t.kind = kinds[i];
		IF careful THEN
			BEGIN
				f := fenbo._ladder_fire(c, q, k);
			EXCEPTION WHEN OTHERS THEN
				RAISE WARNING 'fenbo.ladder: % %: %', nos[i], kinds[i], SQLERRM;
				UPDATE fenbo.clock t SET next_rung_at = c.now + interval '1 minute' WHERE t.no = nos[i] AND t.kind = kinds[i];
				CONTINUE;
			END;
		ELSE
			f := fenbo._ladder_fire(c, q, k);
		END IF;
		IF f.breached THEN tally := fenbo._tally(tally, k.kind || ' breach', 0, extract(epoch FROM c.now - k.due_at)); END IF;
		IF f.what IS NOT NULL THEN tally := fenbo._tally(tally, k.kind || ' ' || f.what, f.passed, extract(epoch FROM c.now - f.at)); END IF;
	END LOOP;
END
$$;

-- Fire what is due, at most `most` clocks (1,000). One row for each clock kind and rung that fired: how many, how many were passed by, and how late
-- they were; breaches as what = 'breach'. The last row (clock NULL) says how many clocks and alarms were looked at and in how many seconds there is
-- something to do next: NULL = nothing is armed. Costs by what is due. A case that somebody is working on waits for the next call.
CREATE FUNCTION fenbo.ladder(most integer) RETURNS TABLE (clock text, what text, fired integer, passed integer, late_s double precision,
	late_max_s double precision, next_s double precision)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
	c fenbo.call := fenbo._system_call(fenbo.now_());
	b record;
	key text;
	one jsonb;
	again integer;
BEGIN
	PERFORM fenbo._must_lead();
	PERFORM fenbo._ladder_walk_on(2000);
	again := fenbo._alarms_again(c, 100);
	BEGIN
		b := fenbo._ladder_batch(c, least(most, 1000), false);
	EXCEPTION WHEN OTHERS THEN
		b := fenbo._ladder_batch(c, least(most, 1000), true);
	END;
	FOR key, one IN SELECT * FROM jsonb_each(b.tally) LOOP
		clock := split_part(key, ' ', 1); what := split_part(key, ' ', 2);
		fired := (one ->> 'n')::integer; passed := (one ->> 'passed')::integer;
		late_s := (one ->> 'late')::double precision; late_max_s := (one ->> 'most')::double precision;
		RETURN NEXT;
	END LOOP;
	clock := NULL; what := NULL; passed := NULL; late_s := NULL; late_max_s := NULL;
	fired := b.looked + again;
	next_s := extract(epoch FROM least((SELECT min(t.next_rung_at) FROM fenbo.clock t WHERE t.stopped_at IS NULL AND t.paused_since IS NULL),
		(SELECT min(a.again_at) FROM fenbo.alarm a WHERE a.again_at IS NOT NULL)) - c.now);
	IF NOT (SELECT w.done FROM fenbo.ladder_walk w) THEN next_s := least(next_s, 0); END IF;
	RETURN NEXT;
END
$$;

CREATE FUNCTION fenbo._tally(tally jsonb, key text, passed integer, late double precision) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	one jsonb := coalesce(tally -> key, '{"n": 0, "passed": 0, "late": 0, "most": 0}');
BEGIN
	RETURN tally || jsonb_build_object(key, jsonb_build_object('n', (one ->> 'n')::integer + 1, 'passed', (one ->> 'passed')::integer + passed,
		'late', (one ->> 'late')::double precision + late, 'most', greatest((one ->> 'most')::double precision, late)));
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.ladder(integer) TO fenbo_feed;

RESET ROLE;
