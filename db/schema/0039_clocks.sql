-- 0039 clocks: the limits that run on a case, and the only functions that may touch them.
--
-- A clock of a case is one row of fenbo.clock: kind (dispatch, contact, handle, rate, rule), start, limit, calendar. With calendar 'always'
-- every second counts; with 'working' only working time (0038), and its limit is in working seconds: days × _day_s().
--
--	due_at = the first instant by which limit_s + extended_s + paused_s have passed since started_at, counted in the clock's calendar
--	paused_s = what the instants of `pauses` took in that calendar
--
-- so that it does not matter in which order pauses, extensions and changes of the limit came. Rules:
--  * Server time, whole seconds: every instant is cut to its second before it enters a clock.
--  * A clock starts at receipt: the dispatch clock when the appeal was received, a unit's when the case reaches it, signed for or not.
--  * A paused clock stands still from paused_since on; due_at then still says what it said. Resuming adds the pause. Stopping a paused clock
--    ends its pause.
--  * _clock_go_on: a stopped clock runs on as if it had never stopped (a returned case).
--  * A clock is late once the second after due_at has begun while it ran. `breached_at` is then the due time that passed, whoever found it:
--    the leader's sweep, or the next function here that touches the clock. It stays until the clock starts anew: a longer limit given later
--    moves the due time, not the fact. A clock stopped or paused in time is not late. Nobody is late with a rating: when that clock
--    runs out, the window for it has closed.
--  * A pause or an extension that is granted counts from the moment it was asked for: what was found late after that was not (the log says
--    `in_time`), unless by the limit that holds now it was late before. If the longer limit has run out meanwhile, the next look finds that.
--    What of the ladder lies ahead by the limit that holds now comes again (fenbo._ladder_again).
--  * Changed working hours or holidays (a new routing revision) hold for every clock that runs: limits in days keep their days, starts and
--    pauses stay, pauses are counted in the new calendar; fenbo._retime does it in batches and writes the event 'retime' where anything
--    has changed. `calendar_no` says which calendar a working clock was counted with. A clock that had stopped is counted anew if it runs again.
--  * Limits of a new revision hold for clocks that start under it, and for a case whose priority or duty item is changed; not for others.
--
-- Whatever changes a clock inside an action hands fenbo._clocks(no), taken before, to fenbo._write: that keeps them for undo, and puts
-- what became of each into the event's args as `clocks` (fenbo._clock_changes), from which every clock can be computed anew: fenbo-routing(5), CLOCKS.
-- After it, q := fenbo._face(q).
SET ROLE fenbo_owner;

-- --- limits of the policy in force -------------------------------------------------------------------------------------

-- Does a clock of this kind run day and night, or in working time?
CREATE FUNCTION fenbo._clock_calendar(kind text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN fenbo._policy_text(ARRAY['clocks', kind, 'calendar'], CASE kind WHEN 'handle' THEN 'working' ELSE 'always' END);
END
$$;

-- Days of a limit in the seconds of a kind's calendar.
CREATE FUNCTION fenbo._days_s(kind text, days integer) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN days * CASE fenbo._clock_calendar(kind) WHEN 'working' THEN fenbo._day_s() ELSE 86400 END;
END
$$;

CREATE FUNCTION fenbo._dispatch_limit(p fenbo.priority) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN fenbo._policy_int(ARRAY['priorities', p::text, 'dispatch_s'], CASE p WHEN 'urgent' THEN 1800 WHEN 'fast' THEN 7200 ELSE 28800 END);
END
$$;

CREATE FUNCTION fenbo._contact_limit(p fenbo.priority) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN fenbo._policy_int(ARRAY['priorities', p::text, 'contact_s'], 86400);
END
$$;

-- The duty item's days; the priority's are the longest that a case of it may take.
CREATE FUNCTION fenbo._handle_limit(item text, p fenbo.priority) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE
	most integer := fenbo._policy_int(ARRAY['priorities', p::text, 'handle_days'], NULL);
	days integer;
BEGIN
	SELECT i.handle_days INTO days FROM fenbo.duty_item i WHERE i.revision = fenbo._revision() AND i.code = item;
	RETURN fenbo._days_s('handle', coalesce(least(days, most), 5));
END
$$;

CREATE FUNCTION fenbo._rate_limit(p fenbo.priority) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN fenbo._days_s('rate', fenbo._policy_int(ARRAY['priorities', p::text, 'rate_days'], 7));
END
$$;

-- Until a supervisor has ruled whose a disputed case is.
CREATE FUNCTION fenbo._rule_limit(p fenbo.priority) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN fenbo._policy_int(ARRAY['priorities', p::text, 'rule_s'], 86400);
END
$$;

-- --- arithmetic --------------------------------------------------------------------------------------------------------

CREATE FUNCTION fenbo._clock_due(started timestamptz, seconds bigint, calendar text) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF calendar = 'working' THEN RETURN fenbo._working_add(started, seconds); END IF;
	RETURN started + make_interval(secs => seconds);
END
$$;

-- What pauses take of a calendar.
CREATE FUNCTION fenbo._pauses_s(pauses tstzmultirange, calendar text) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF isempty(pauses) THEN RETURN 0; END IF;
	RETURN (SELECT sum(CASE calendar WHEN 'working' THEN fenbo._working_between(lower(p), upper(p))
		ELSE extract(epoch FROM upper(p) - lower(p))::bigint END) FROM unnest(pauses) p);
END
$$;

-- The clock with its sums, in the calendar in force: a limit in days that was taken when a day had other hours keeps its days.
CREATE FUNCTION fenbo._clock_sum(k fenbo.clock) RETURNS fenbo.clock
LANGUAGE plpgsql STABLE AS $$
DECLARE
	number integer;
	was_s integer;
	day_s integer;
BEGIN
	IF k.calendar = 'working' THEN
		number := fenbo._calendar_no();
		IF k.calendar_no NOT IN (0, number) AND k.kind IN ('handle', 'rate') THEN
			SELECT c.day_s INTO was_s FROM fenbo.working_calendar c WHERE c.number = k.calendar_no;
			day_s := fenbo._day_s();
			k.limit_s := k.limit_s::bigint * day_s / was_s;
			k.extended_s := k.extended_s * day_s / was_s;
		END IF;
		k.calendar_no := number;
	END IF;
	k.paused_s := fenbo._pauses_s(k.pauses, k.calendar);
	k.due_at := fenbo._clock_due(k.started_at, k.limit_s + k.extended_s + k.paused_s, k.calendar);
	RETURN k;
END
$$;

-- --- the row -----------------------------------------------------------------------------------------------------------

-- A clock has another due time, or has stopped, paused or gone on: what the ladder does about it. 0080 puts the real one in its place.
CREATE FUNCTION fenbo._ladder_set(no bigint, kind text) RETURNS void
LANGUAGE plpgsql AS $$ BEGIN END $$;

CREATE FUNCTION fenbo._clock_put(k fenbo.clock) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.clock t SET started_at = k.started_at, limit_s = k.limit_s, calendar = k.calendar, due_at = k.due_at, paused_since = k.paused_since,
		paused_s = k.paused_s, stopped_at = k.stopped_at, breached_at = k.breached_at, extended_s = k.extended_s, pauses = k.pauses,
		calendar_no = k.calendar_no
	WHERE t.no = k.no AND t.kind = k.kind;
	PERFORM fenbo._ladder_set(k.no, k.kind);
END
$$;

-- Was it late by `at`, without anybody having noticed? Every function below asks before it changes what there would be to notice.
CREATE FUNCTION fenbo._clock_late(k fenbo.clock, at timestamptz) RETURNS fenbo.clock
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	IF k.kind <> 'rate' AND k.breached_at IS NULL AND k.stopped_at IS NULL AND k.paused_since IS NULL AND k.due_at < date_trunc('second', at) THEN
		k.breached_at := k.due_at;
	END IF;
	RETURN k;
END
$$;

-- Something was asked for at `at` and is granted now: who decided late does not make the unit late. What the limit that holds now says of the
-- time before it was asked stands.
CREATE FUNCTION fenbo._clock_granted(k fenbo.clock, at timestamptz) RETURNS fenbo.clock
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	at := greatest(k.started_at, date_trunc('second', at));
	IF k.breached_at >= at THEN k.breached_at := NULL; END IF;
	RETURN fenbo._clock_late(k, at);
END
$$;

-- As an event's `before` keeps them.
CREATE FUNCTION fenbo._clocks(no bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(to_jsonb(c) - 'no' ORDER BY c.kind), '[]') FROM fenbo.clock c WHERE c.no = _clocks.no);
END
$$;

-- The clocks as an event's `before` kept them: an undo. Since they are what they were, the time that has passed counts. What the ladder did
-- meanwhile is not done again, and hours or holidays changed meanwhile hold.
CREATE FUNCTION fenbo._clocks_put(no bigint, clocks jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	k fenbo.clock;
	now_k fenbo.clock;
BEGIN
	DELETE FROM fenbo.clock t WHERE t.no = _clocks_put.no
		AND t.kind NOT IN (SELECT c ->> 'kind' FROM jsonb_array_elements(clocks) c);
	FOR k IN SELECT * FROM jsonb_populate_recordset(NULL::fenbo.clock, clocks) LOOP
		k.no := _clocks_put.no;
		IF k.stopped_at IS NULL AND k.calendar = 'working' AND k.calendar_no <> fenbo._calendar_no() THEN
			k := fenbo._clock_sum(k);
		END IF;
		SELECT * INTO now_k FROM fenbo.clock t WHERE t.no = k.no AND t.kind = k.kind;
		IF FOUND THEN
			k := fenbo._ladder_keep(k, now_k);
			UPDATE fenbo.clock t SET ladder = k.ladder, rung = k.rung WHERE t.no = k.no AND t.kind = k.kind;
			PERFORM fenbo._clock_put(k);
		ELSE
			INSERT INTO fenbo.clock SELECT (k).*;
			PERFORM fenbo._ladder_set(k.no, k.kind);
		END IF;
	END LOOP;
END
$$;

-- --- what can happen to a clock ------------------------------------------------------------------------------------------

-- A limit begins to run: new, or from the beginning.
CREATE FUNCTION fenbo._clock_start(no bigint, kind text, at timestamptz, limit_s integer, calendar text) RETURNS void
LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
	at := date_trunc('second', at);
	INSERT INTO fenbo.clock (no, kind, started_at, limit_s, calendar, due_at, calendar_no)
	VALUES (_clock_start.no, _clock_start.kind, _clock_start.at, _clock_start.limit_s, _clock_start.calendar,
		fenbo._clock_due(_clock_start.at, _clock_start.limit_s, _clock_start.calendar),
		CASE _clock_start.calendar WHEN 'working' THEN fenbo._calendar_no() ELSE 0 END)
	ON CONFLICT (no, kind) DO UPDATE SET started_at = excluded.started_at, limit_s = excluded.limit_s, calendar = excluded.calendar,
		due_at = excluded.due_at, calendar_no = excluded.calendar_no, paused_since = NULL, paused_s = 0, pauses = '{}', extended_s = 0,
		stopped_at = NULL, breached_at = NULL, rung = 0, next_rung_at = NULL;
	PERFORM fenbo._ladder_set(_clock_start.no, _clock_start.kind);
END
$$;

-- The end of a pause, not yet written.
CREATE FUNCTION fenbo._clock_resumed(k fenbo.clock, at timestamptz) RETURNS fenbo.clock
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF k.paused_since IS NULL THEN RETURN k; END IF;
	k.pauses := k.pauses + tstzmultirange(tstzrange(k.paused_since, greatest(k.paused_since, date_trunc('second', at))));
	k.paused_since := NULL;
	RETURN fenbo._clock_sum(k);
END
$$;

-- These clocks end, as far as they run. One that stands still goes on first, and may be late in that moment: its limit was made shorter meanwhile.
CREATE FUNCTION fenbo._clock_stop(no bigint, kinds text[], at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	k fenbo.clock;
BEGIN
	FOR k IN SELECT * FROM fenbo.clock t WHERE t.no = _clock_stop.no AND t.kind = ANY (kinds) AND t.stopped_at IS NULL ORDER BY t.kind LOOP
		k := fenbo._clock_late(fenbo._clock_resumed(fenbo._clock_late(k, at), at), at);
		k.stopped_at := date_trunc('second', at);
		PERFORM fenbo._clock_put(k);
	END LOOP;
END
$$;

-- Stopped clocks run on as if they had never stopped.
CREATE FUNCTION fenbo._clock_go_on(no bigint, kinds text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	k fenbo.clock;
BEGIN
	FOR k IN SELECT * FROM fenbo.clock t WHERE t.no = _clock_go_on.no AND t.kind = ANY (kinds) AND t.stopped_at IS NOT NULL ORDER BY t.kind LOOP
		k.stopped_at := NULL;
		PERFORM fenbo._clock_put(fenbo._clock_sum(k));
	END LOOP;
END
$$;

-- All clocks of the case that run stand still from `at` on. That may lie back, when a pause is granted from the moment it was asked for.
CREATE FUNCTION fenbo._clock_pause(no bigint, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	k fenbo.clock;
BEGIN
	FOR k IN SELECT * FROM fenbo.clock t WHERE t.no = _clock_pause.no AND t.stopped_at IS NULL AND t.paused_since IS NULL ORDER BY t.kind LOOP
		k := fenbo._clock_granted(k, at);
		k.paused_since := greatest(k.started_at, date_trunc('second', at));
		PERFORM fenbo._clock_put(k);
	END LOOP;
END
$$;

-- Go on after a pause: the due time moves by the time that the pause took of this clock's own calendar.
CREATE FUNCTION fenbo._clock_resume(no bigint, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	k fenbo.clock;
BEGIN
	FOR k IN SELECT * FROM fenbo.clock t WHERE t.no = _clock_resume.no AND t.paused_since IS NOT NULL ORDER BY t.kind LOOP
		PERFORM fenbo._clock_put(fenbo._clock_resumed(k, at));
	END LOOP;
END
$$;

-- More days for a clock that has not stopped, of its own calendar: working days, or of 24 hours where every second counts. Asked for at `asked`.
CREATE FUNCTION fenbo._clock_extend(no bigint, kind text, days integer, asked timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	k fenbo.clock;
BEGIN
	SELECT * INTO k FROM fenbo.clock t WHERE t.no = _clock_extend.no AND t.kind = _clock_extend.kind AND t.stopped_at IS NULL;
	IF NOT FOUND THEN RETURN; END IF;
	k := fenbo._clock_sum(fenbo._clock_granted(k, asked));         -- in the calendar in force, before days of it are added
	k.extended_s := k.extended_s + days * CASE k.calendar WHEN 'working' THEN fenbo._day_s() ELSE 86400 END;
	PERFORM fenbo._clock_put(fenbo._clock_sum(k));
END
$$;

-- Another limit from the same start; pauses and extensions stay. A clock that has stopped gets it, too, for the case that it goes on.
CREATE FUNCTION fenbo._clock_limit(no bigint, kind text, limit_s integer) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	k fenbo.clock;
BEGIN
	SELECT * INTO k FROM fenbo.clock t WHERE t.no = _clock_limit.no AND t.kind = _clock_limit.kind;
	IF NOT FOUND THEN RETURN; END IF;
	k := fenbo._clock_sum(fenbo._clock_late(k, fenbo.now_()));
	k.limit_s := _clock_limit.limit_s;
	PERFORM fenbo._clock_put(fenbo._clock_sum(k));
END
$$;

CREATE FUNCTION fenbo._limit_of(kind text, item text, p fenbo.priority) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE kind WHEN 'dispatch' THEN fenbo._dispatch_limit(p) WHEN 'contact' THEN fenbo._contact_limit(p)
		WHEN 'handle' THEN fenbo._handle_limit(item, p) WHEN 'rate' THEN fenbo._rate_limit(p) ELSE fenbo._rule_limit(p) END;
END
$$;

-- The limits that a case of this priority and duty item has: for those of its clocks that run, and for the dispatch clock in any case,
-- because it goes on if the unit sends the case back.
CREATE FUNCTION fenbo._clocks_limit(q fenbo.queue) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	kind text;
BEGIN
	FOR kind IN SELECT t.kind FROM fenbo.clock t WHERE t.no = q.no AND (t.stopped_at IS NULL OR t.kind = 'dispatch') ORDER BY t.kind LOOP
		PERFORM fenbo._clock_limit(q.no, kind, fenbo._limit_of(kind, q.item, q.priority));
	END LOOP;
END
$$;

-- The clock that the queue shows: of those that run, the one due first. Flag 11 says that the case is paused, flag 15 that a clock of it
-- has ever run out (fenbo._late_still).
CREATE FUNCTION fenbo._face(q fenbo.queue) RETURNS fenbo.queue
LANGUAGE plpgsql STABLE AS $$
DECLARE
	k record;
BEGIN
	q.due_at := NULL; q.clock := NULL;
	q.flags := q.flags & ~2048;
	FOR k IN SELECT t.kind, t.due_at, t.paused_since, t.stopped_at, t.breached_at FROM fenbo.clock t WHERE t.no = q.no ORDER BY t.due_at, t.kind LOOP
		IF k.breached_at IS NOT NULL THEN q.flags := q.flags | 32768; END IF;
		IF k.stopped_at IS NOT NULL THEN
			NULL;
		ELSIF k.paused_since IS NOT NULL THEN
			q.flags := q.flags | 2048;
		ELSIF q.clock IS NULL THEN
			q.due_at := k.due_at; q.clock := k.kind;
		END IF;
	END LOOP;
	RETURN q;
END
$$;

-- --- changed working hours ------------------------------------------------------------------------------------------------

-- The clocks of one case that run, in the calendar in force; returns how many were counted with an earlier one.
CREATE FUNCTION fenbo._clock_retime(no bigint, at timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	k fenbo.clock;
	n integer := 0;
BEGIN
	FOR k IN SELECT * FROM fenbo.clock t WHERE t.no = _clock_retime.no AND t.calendar = 'working' AND t.stopped_at IS NULL
		AND t.calendar_no < fenbo._calendar_no() ORDER BY t.kind LOOP
		PERFORM fenbo._clock_put(fenbo._clock_sum(fenbo._clock_late(k, at)));
		n := n + 1;
	END LOOP;
	RETURN n;
END
$$;

-- The same for a case whose row the caller holds, and put on its record where anything has changed by it.
CREATE FUNCTION fenbo._retime_case(q fenbo.queue, at timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	was jsonb := fenbo._clocks(q.no);
	n integer := fenbo._clock_retime(q.no, at);
	args jsonb := fenbo._clock_args(q, was);
BEGIN
	IF args <> '{}' THEN
		q := fenbo._face(q);
		q.version := q.version + 1;
		UPDATE fenbo.queue t SET version = q.version, due_at = q.due_at, clock = q.clock, flags = q.flags WHERE t.no = q.no;
		PERFORM fenbo._event_by(q, 'retime', NULL, args, NULL, 'system', '', NULL);
	END IF;
	RETURN n;
END
$$;

-- Count the running clocks anew that were counted with an earlier calendar, a bounded number of cases at a time; returns how many clocks.
-- The leader's sweep calls it. A case that somebody is working on waits for the next turn; what cannot be counted costs only itself.
CREATE FUNCTION fenbo._retime(most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	one bigint;
	q fenbo.queue;
	number integer := fenbo._calendar_no();
	n integer := 0;
BEGIN
	FOR one IN SELECT DISTINCT t.no FROM (SELECT c.no FROM fenbo.clock c WHERE c.calendar = 'working' AND c.stopped_at IS NULL
			AND c.calendar_no < number ORDER BY c.calendar_no, c.no LIMIT most) t LOOP
		SELECT * INTO q FROM fenbo.queue t WHERE t.no = one FOR UPDATE SKIP LOCKED;
		CONTINUE WHEN NOT FOUND;
		BEGIN
			n := n + fenbo._retime_case(q, fenbo.now_());
		EXCEPTION WHEN OTHERS THEN
			RAISE WARNING 'fenbo.sweep: % is not counted anew: %', one, SQLERRM;
		END;
	END LOOP;
	RETURN n;
END
$$;
-- --- what the log keeps --------------------------------------------------------------------------------------------------

-- What became of each clock from `was` to `becomes` (both as fenbo._clocks gives them): {kind: {member: value}} with members started {at, limit_s,
-- calendar, …}, limit_s (the new one), extended_s (all extensions together), retimed (true: counted anew, with the calendar of `revision`), paused, resumed, stopped (from
-- or until when), went_on (true), late (true: its due time had passed, and no sweep had said so), in_time (true: it had been found late, and was not,
-- because what was granted had been asked for before). NULL: nothing.
CREATE FUNCTION fenbo._clock_changes(was jsonb, becomes jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	n fenbo.clock;
	b fenbo.clock;
	since timestamptz;
	one jsonb;
	all_ jsonb;
BEGIN
	FOR n IN SELECT * FROM jsonb_populate_recordset(NULL::fenbo.clock, becomes) ORDER BY kind LOOP
		SELECT * INTO b FROM jsonb_populate_recordset(NULL::fenbo.clock, was) x WHERE x.kind = n.kind;
		one := '{}';
		IF NOT FOUND OR b.started_at <> n.started_at OR b.calendar <> n.calendar THEN
			one := jsonb_build_object('started', jsonb_strip_nulls(jsonb_build_object('at', n.started_at, 'limit_s', n.limit_s, 'calendar', n.calendar,
				'extended_s', nullif(n.extended_s, 0), 'pauses', CASE WHEN NOT isempty(n.pauses) THEN to_jsonb(n.pauses::text) END)));
			IF b.breached_at IS NULL AND (fenbo._clock_late(b, n.started_at)).breached_at IS NOT NULL THEN        -- of the unit it is taken from
				one := one || '{"late": true}';
			END IF;
		ELSE
			IF n.limit_s <> b.limit_s THEN one := one || jsonb_build_object('limit_s', n.limit_s); END IF;
			IF n.calendar_no <> b.calendar_no AND (n.due_at, n.paused_s) IS DISTINCT FROM (b.due_at, b.paused_s) THEN
				one := one || '{"retimed": true}';
			END IF;
			IF n.extended_s <> b.extended_s THEN one := one || jsonb_build_object('extended_s', n.extended_s); END IF;
			since := coalesce(b.paused_since, lower(n.pauses - b.pauses), n.paused_since);
			IF b.paused_since IS NULL AND since IS NOT NULL THEN one := one || jsonb_build_object('paused', since); END IF;
			IF since IS NOT NULL AND n.paused_since IS NULL THEN
				one := one || jsonb_build_object('resumed', coalesce(upper(n.pauses - b.pauses), since));
			END IF;
			IF b.stopped_at IS NULL AND n.stopped_at IS NOT NULL THEN one := one || jsonb_build_object('stopped', n.stopped_at); END IF;
			IF b.breached_at IS NULL AND n.breached_at IS NOT NULL THEN one := one || '{"late": true}'; END IF;
			IF b.breached_at IS NOT NULL AND n.breached_at IS NULL THEN one := one || '{"in_time": true}'; END IF;
			IF b.stopped_at IS NOT NULL AND n.stopped_at IS NULL THEN one := one || '{"went_on": true}'; END IF;
		END IF;
		IF one <> '{}' THEN all_ := coalesce(all_, '{}') || jsonb_build_object(n.kind, one); END IF;
	END LOOP;
	RETURN all_;
END
$$;

-- The same as an event's args have it, from `was` to what stands now (beside the queue row, or folded into the appeal of a case that has left), with
-- the routing revision whose limits and calendar they are. {} when nothing became of any.
CREATE FUNCTION fenbo._clock_args(q fenbo.queue, was jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	changes jsonb := fenbo._clock_changes(was, CASE WHEN q.stage IN ('closed', 'merged')
		THEN (SELECT a.state -> 'clocks' FROM fenbo.appeal a WHERE a.no = q.no) ELSE fenbo._clocks(q.no) END);
BEGIN
	RETURN CASE WHEN changes IS NULL THEN '{}' ELSE jsonb_build_object('clocks', changes, 'revision', fenbo._revision()) END;
END
$$;

-- --- what stays of it ------------------------------------------------------------------------------------------------------

-- Was this event, or what it says of that clock, undone?
CREATE FUNCTION fenbo._was_undone(of_case bigint, event bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN EXISTS (SELECT FROM fenbo.event u WHERE u.no = of_case AND u.id > event AND u.action = 'undo' AND (u.args ->> 'undoes')::bigint = event);
END
$$;

-- The event `v` of the case found clock `kind` late (a breach, or an action that says so). Is that so still? Not if it was undone, or if more time or
-- a pause was granted later that had been asked for before; nor if that is being done now: `granted` are the clocks that an event not yet written says
-- to be in time.
CREATE FUNCTION fenbo._late_stands(v fenbo.event, kind text, granted text[] DEFAULT '{}') RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
	x jsonb;
BEGIN
	IF v.before IS NOT NULL AND fenbo._was_undone(v.no, v.id) THEN RETURN false; END IF;
	IF v.args #> ARRAY['clocks', kind, 'started'] IS NOT NULL THEN RETURN true; END IF;      -- it was of the clock that ended there
	SELECT e.args #> ARRAY['clocks', _late_stands.kind] INTO x FROM fenbo.event e
	WHERE e.no = v.no AND e.id > v.id AND e.action <> 'undo' AND e.args #> ARRAY['clocks', _late_stands.kind] ?| '{started,in_time}'
		AND NOT fenbo._was_undone(e.no, e.id)
	ORDER BY e.id LIMIT 1;
	RETURN CASE WHEN x IS NULL THEN kind <> ALL (granted) ELSE NOT x ? 'in_time' END;
END
$$;

-- Was any clock of the case late, as the record has it now?
CREATE FUNCTION fenbo._late_still(of_case bigint, granted text[]) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN EXISTS (SELECT FROM fenbo.event v CROSS JOIN LATERAL (SELECT v.args ->> 'clock' AS kind WHERE v.action = 'breach'
			UNION ALL SELECT k.key FROM jsonb_each(v.args -> 'clocks') k WHERE k.value @> '{"late": true}') f
		WHERE v.no = of_case AND v.action <> 'undo' AND fenbo._late_stands(v, f.kind, granted));
END
$$;

RESET ROLE;
