-- 0092 roll-ups: what has become of each case, one narrow row each (fenbo.fact), and those rows added up by day (fenbo.rollup), so that a
-- month over years of cases is read in a moment. Both are drawn from the event log alone and can be made again from it.
--
--  * A fact is a function of the events of its case (_facts): what was undone never happened, and so did its undoing. It is never brought
--    forward by one event; whenever an event of the case is read, the fact is made anew of all of them read so far. So it does not matter
--    in which order events of different cases arrive, nor how the reading is cut.
--  * Reading follows the log in its canonical order (tx, id) below the oldest transaction still running, as fenbo.learn does (0070), on the
--    connection that leads.
--  * A case counts on up to four days: the one on which it was received, first sent to a unit, first resolved, and closed. _counted
--    says what it counts for on each. A roll-up is the sum of that over all facts, kept by difference: what the old fact
--    counted goes, what the new one counts comes. What happens late (a redo after midnight, a reopening weeks on) changes the row of the
--    day that it belongs to.
--  * Percentiles come of histograms that can be added up: working time in buckets of half a working hour (1800 s), 2000 of them, the last one
--    open (from 999.5 working hours on). hist packs a bucket and its count in one number (bucket << 32 | count), sorted.
--  * What the calendar and the gazetteer say is taken as it is when the fact is made. After a correction of those fenbo.report_again() counts
--    again. The shift is that of the turn that was on then, which no correction changes.
--  * fenbo.report_check() makes facts and sums again out of the raw events and tells what differs: nothing.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.fact (
	no            bigint PRIMARY KEY,
	received_at   timestamptz NOT NULL,
	received_day  date NOT NULL,
	hour          text NOT NULL,                     -- 00 to 23, of receipt
	shift         text NOT NULL,                     -- of receipt; '' = no shifts
	channel       text NOT NULL,
	type          text NOT NULL,
	area          text NOT NULL,                     -- the street; the district where no street is known; '' = unknown
	priority      text NOT NULL,
	item          text NOT NULL,
	unit          text NOT NULL,                     -- lead unit; back in triage the one that had it last; '' = none yet
	stage         fenbo.stage NOT NULL,
	outcome       text NOT NULL,                     -- once closed
	void          boolean NOT NULL,                  -- a part whose split was undone: counts for nothing
	alert         boolean NOT NULL,                  -- a machine's: no citizen to speak with
	relapse       boolean NOT NULL,
	burst         bigint,                            -- the group of one incident
	primary_no    bigint,                            -- merged into
	dispatch_due  timestamptz,
	dispatched_at timestamptz,                       -- first sent to a unit (a desk of a district is none)
	dispatched_day date,
	dispatch_shift text NOT NULL,
	dispatched_by text NOT NULL,
	dispatch_late boolean NOT NULL,                  -- sent, or sent again after a return, when the dispatch clock had run out
	said_rank     integer,                           -- of the unit first decided on among those recommended; 0 = not among them; NULL = nothing was said
	accepted_at   timestamptz,                       -- this and what follows to handle_due: of the dispatch that stands
	contact_due   timestamptz,
	contacted_at  timestamptz,                       -- the citizen was reached
	contact_kept  boolean,                           -- in time; NULL = not decided yet, or no citizen
	handle_due    timestamptz,
	resolved_at   timestamptz,                       -- first
	resolved_day  date,
	resolved_last timestamptz,
	rounds        integer NOT NULL,                  -- how often it was resolved
	handle_late   boolean NOT NULL,                  -- in any round
	handle_s      bigint NOT NULL,                   -- working time from the start of the handling clock to the result, less pauses, all rounds
	extended      boolean NOT NULL,
	paused        boolean NOT NULL,
	returned      integer NOT NULL,
	returned_by   text NOT NULL,
	redo          integer NOT NULL,
	chased        integer NOT NULL,
	speed         integer,                           -- the rating that stands, 1 to 5
	effect        integer,
	service       integer,
	feedback      integer,
	rated_via     text,                              -- rate or visit
	closed_at     timestamptz,
	closed_day    date
) WITH (fillfactor = 80);
CREATE INDEX fact_received ON fenbo.fact (received_day);
CREATE INDEX fact_dispatched ON fenbo.fact (dispatched_day) WHERE dispatched_day IS NOT NULL;
CREATE INDEX fact_resolved ON fenbo.fact (resolved_day) WHERE resolved_day IS NOT NULL;
CREATE INDEX fact_closed ON fenbo.fact (closed_day) WHERE closed_day IS NOT NULL;
CREATE INDEX fact_unit ON fenbo.fact (unit, received_day);
CREATE INDEX fact_burst ON fenbo.fact (received_day) WHERE burst IS NOT NULL;

-- How far the event log has been counted. One row.
CREATE TABLE fenbo.rollup_cursor (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	tx  xid8 NOT NULL,
	id  bigint NOT NULL,
	at  timestamptz NOT NULL
);
INSERT INTO fenbo.rollup_cursor VALUES (true, '0', 0, '-infinity');

-- The counts of one day under one key. counted_by: all, channel, type, area, unit, item, priority, shift, hour.
CREATE TABLE fenbo.rollup (
	day         date NOT NULL,
	counted_by         text NOT NULL,
	key         text NOT NULL,
	-- received on that day
	received    integer NOT NULL,
	merged      integer NOT NULL,
	answered    integer NOT NULL,
	refused     integer NOT NULL,
	emergency   integer NOT NULL,
	grouped     integer NOT NULL,
	chased      integer NOT NULL,
	chases      integer NOT NULL,
	relapsed    integer NOT NULL,
	-- first sent to a unit on that day
	dispatched  integer NOT NULL,
	dispatch_late integer NOT NULL,
	dispatch_s  bigint NOT NULL,
	returned    integer NOT NULL,
	disputed    integer NOT NULL,
	accepted    integer NOT NULL,
	contacts    integer NOT NULL,
	contact_late integer NOT NULL,
	said        integer NOT NULL,
	right1      integer NOT NULL,
	right3      integer NOT NULL,
	-- first resolved on that day
	resolved    integer NOT NULL,
	handle_late integer NOT NULL,
	handle_s    bigint NOT NULL,
	redone      integer NOT NULL,
	extended    integer NOT NULL,
	paused      integer NOT NULL,
	-- closed on that day
	closed      integer NOT NULL,
	rated       integer NOT NULL,
	unrated     integer NOT NULL,
	satisfied   integer NOT NULL,
	poor        integer NOT NULL,
	speed       integer NOT NULL,
	effect      integer NOT NULL,
	service     integer NOT NULL,
	feedback    integer NOT NULL,
	speed_ok    integer NOT NULL,
	effect_ok   integer NOT NULL,
	service_ok  integer NOT NULL,
	feedback_ok integer NOT NULL,
	hist        bigint[] NOT NULL,
	PRIMARY KEY (day, counted_by, key)
) WITH (fillfactor = 80);

-- --- facts -----------------------------------------------------------------------------------------------------------

-- Events that change nothing a fact is made of.
CREATE FUNCTION fenbo._uncounted(action text, args jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT action = 'rung' AND args ->> 'what' IN ('notice', 'alarm', 'letter') OR action IN ('claim', 'next', 'release', 'expire', 'note', 'attach', 'reveal', 'progress', 'part', 'joined', 'left', 'remind',
		'instruct', 'comply', 'settle', 'confirm-head', 'escalate', 'erase')
$$;

-- The street that a place lies in, the district where it lies in none; '' when neither is known.
CREATE FUNCTION fenbo._area_of(at_place text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF coalesce(at_place, '') = '' THEN RETURN ''; END IF;
	RETURN coalesce((WITH RECURSIVE up(code, parent, level, depth) AS (
		SELECT p.code, p.parent, p.level, 0 FROM fenbo.place p WHERE p.code = at_place
		UNION ALL SELECT p.code, p.parent, p.level, up.depth + 1 FROM fenbo.place p JOIN up ON p.code = up.parent WHERE up.depth < 9)
		SELECT up.code FROM up WHERE up.level IN ('street', 'district') ORDER BY up.level <> 'street', up.depth LIMIT 1), '');
END
$$;

-- The shift that was on then: the turn of that moment (0090), as decisions are counted, too. Where there was none yet, by the policy that was in
-- force then (before the first one: by the first); '' without shifts. A turn that was made when it was on already counts from then on.
CREATE FUNCTION fenbo._shift_then(t timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	x record;
	minute integer := extract(hour FROM t AT TIME ZONE fenbo._zone()) * 60 + extract(minute FROM t AT TIME ZONE fenbo._zone());
BEGIN
	SELECT u.shift, u.end_at, u.revision INTO x FROM fenbo.shift_turn u WHERE u.start_at <= t ORDER BY u.start_at DESC LIMIT 1;
	IF x.end_at > t AND EXISTS (SELECT FROM fenbo.routing_revision r WHERE r.revision = x.revision AND r.applied_at <= t) THEN RETURN x.shift; END IF;
	RETURN coalesce((SELECT s ->> 'code' FROM (SELECT r.policy FROM fenbo.routing_revision r ORDER BY r.applied_at <= t DESC,
			CASE WHEN r.applied_at <= t THEN r.revision ELSE -r.revision END DESC LIMIT 1) p, jsonb_array_elements(p.policy -> 'shifts') s
		WHERE CASE WHEN (s ->> 'start')::integer < (s ->> 'end')::integer THEN minute >= (s ->> 'start')::integer AND minute < (s ->> 'end')::integer
			ELSE minute >= (s ->> 'start')::integer OR minute < (s ->> 'end')::integer END LIMIT 1), '');
END
$$;

-- What the machine had said when the dispatch `args` was decided: the rank of the unit among those recommended, 0 = not among them, NULL =
-- nothing had been recommended.
CREATE FUNCTION fenbo._said_rank(of_case bigint, args jsonb) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE
	said jsonb;
BEGIN
	IF args #>> '{machine,unit}' IS NULL THEN RETURN NULL; END IF;
	IF args #>> '{machine,unit}' = args ->> 'unit' THEN RETURN 1; END IF;
	SELECT r.units INTO said FROM fenbo.recommendation r WHERE r.no = of_case AND r.id = (args #>> '{machine,recommendation}')::bigint;
	RETURN coalesce((SELECT u.rank FROM jsonb_array_elements(said) WITH ORDINALITY u(value, rank)
		WHERE u.value ->> 'unit' = args ->> 'unit' ORDER BY u.rank LIMIT 1), 0);
END
$$;

-- An event as the fold below reads it: a few values of the wide row.
CREATE TYPE fenbo.told AS (no bigint, id bigint, at timestamptz, action text, actor text, args jsonb, stage text, unit text, clock text,
	due_at timestamptz, acts boolean, clocks jsonb, last jsonb);   -- acts: somebody's action, which could be undone

-- One of the clocks that an action found; NULL when it touched none, or there was none of this kind.
CREATE FUNCTION fenbo._clock_found(clocks jsonb, kind text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN (SELECT c FROM jsonb_array_elements(clocks) c WHERE c ->> 'kind' = kind);
END
$$;

-- Was it late when something ended it then? As 0039 has it: a clock that was late once stays so until it starts anew; one that stands still is not late.
CREATE FUNCTION fenbo._clock_was_late(k jsonb, at timestamptz) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN coalesce(k ->> 'breached_at' IS NOT NULL OR k ->> 'paused_since' IS NULL AND date_trunc('second', at) > (k ->> 'due_at')::timestamptz, false);
END
$$;

-- One event more of the case that `f` is made of.
CREATE FUNCTION fenbo._fold(f fenbo.fact, e fenbo.told) RETURNS fenbo.fact
LANGUAGE plpgsql STABLE AS $$
DECLARE
	k jsonb;                                         -- a clock as the action found it
BEGIN
	IF e.clocks IS NOT NULL OR e.acts OR e.action = 'create' THEN
		f.unit := coalesce(e.unit, f.unit);
	ELSE
		e.clock := NULL;                             -- what the system noted may be of something that was undone later
	END IF;
	IF e.clock = 'dispatch' THEN f.dispatch_due := e.due_at;
	ELSIF e.clock = 'contact' THEN f.contact_due := e.due_at;
	ELSIF e.clock = 'handle' THEN f.handle_due := e.due_at; END IF;
	IF e.clocks IS NOT NULL THEN
		FOR k IN SELECT c FROM jsonb_array_elements(e.clocks) c WHERE c ->> 'stopped_at' IS NULL LOOP
			CASE k ->> 'kind'
			WHEN 'dispatch' THEN IF e.clock IS DISTINCT FROM 'dispatch' THEN f.dispatch_due := (k ->> 'due_at')::timestamptz; END IF;
			WHEN 'contact' THEN IF e.clock IS DISTINCT FROM 'contact' THEN f.contact_due := (k ->> 'due_at')::timestamptz; END IF;
			WHEN 'handle' THEN IF e.clock IS DISTINCT FROM 'handle' THEN f.handle_due := (k ->> 'due_at')::timestamptz; END IF;
			ELSE NULL;
			END CASE;
		END LOOP;
	END IF;

	IF fenbo._sends(e.action) AND e.args ? 'unit' THEN
		IF e.args ? 'desk' THEN RETURN f; END IF;    -- no unit has it yet, and nothing is decided about the machine's either
		IF f.dispatched_at IS NULL AND f.said_rank IS NULL THEN
			f.said_rank := fenbo._said_rank(e.no, e.args);
		END IF;
		k := fenbo._clock_found(e.clocks, 'dispatch');
		IF k ->> 'stopped_at' IS NULL AND fenbo._clock_was_late(k, e.at) THEN f.dispatch_late := true; END IF;
		IF f.dispatched_at IS NULL THEN
			f.dispatched_at := e.at; f.dispatched_by := e.actor;
		END IF;
		f.accepted_at := NULL; f.contacted_at := NULL; f.contact_kept := NULL;
		IF e.clock IS DISTINCT FROM 'contact' THEN f.contact_due := NULL; END IF;
		IF e.clock IS DISTINCT FROM 'handle' THEN f.handle_due := NULL; END IF;
	ELSIF e.action IN ('subdispatch', 'handback', 'step') THEN
		f.accepted_at := NULL;                       -- another unit has it, which signs for it itself; the clocks run on
	ELSIF e.action = 'accept' THEN
		f.accepted_at := coalesce(f.accepted_at, e.at);
	ELSIF e.action = 'contact' THEN
		IF coalesce(e.args ->> 'outcome', 'reached') = 'reached' AND f.contacted_at IS NULL THEN
			f.contacted_at := e.at;
			f.contact_kept := f.contact_kept IS DISTINCT FROM false AND NOT fenbo._clock_was_late(fenbo._clock_found(e.clocks, 'contact'), e.at);
		END IF;
	ELSIF e.action = 'breach' AND e.args ->> 'clock' = 'contact' THEN
		f.contact_kept := coalesce(f.contact_kept, false);
	ELSIF e.action = 'approve' AND e.args #> '{clocks,contact,in_time}' IS NOT NULL AND f.contacted_at IS NULL THEN
		f.contact_kept := NULL;                      -- what was granted had been asked for before it was late
	ELSIF e.action = 'resolve' THEN
		IF f.contacted_at IS NULL THEN f.contact_kept := false; END IF;
		f.resolved_at := coalesce(f.resolved_at, e.at); f.resolved_last := e.at; f.rounds := f.rounds + 1;
		k := fenbo._clock_found(e.clocks, 'handle');
		f.handle_late := f.handle_late OR fenbo._clock_was_late(k, e.at);
		f.handle_s := f.handle_s + greatest(0, fenbo._working_between(coalesce((k ->> 'started_at')::timestamptz, f.dispatched_at, e.at), e.at)
			- coalesce((k ->> 'paused_s')::bigint, 0)
			- CASE WHEN k ->> 'paused_since' IS NOT NULL THEN fenbo._working_between((k ->> 'paused_since')::timestamptz, e.at) ELSE 0 END);
		f.paused := f.paused OR coalesce((k ->> 'paused_s')::bigint, 0) > 0;
		f.extended := f.extended OR coalesce((k ->> 'extended_s')::bigint, 0) > 0;
	ELSIF e.action = 'return' THEN
		f.returned_by := coalesce(e.args ->> 'by', f.unit);
		f.accepted_at := NULL; f.contacted_at := NULL; f.contact_kept := NULL;
	ELSIF e.action = 'rung' AND e.args ->> 'what' = 'reassign' AND e.unit IS DISTINCT FROM nullif(f.unit, '') THEN
		f.unit := coalesce(e.unit, f.unit);
		f.accepted_at := NULL; f.contacted_at := NULL; f.contact_kept := NULL;
	ELSIF e.action = 'merge' THEN
		f.primary_no := (e.args ->> 'into')::bigint;
	ELSIF e.action = 'unsplit' THEN
		f.void := true;
	END IF;
	IF e.args ? 'rating' AND jsonb_typeof(e.args -> 'rating') = 'object' THEN
		f.speed := (e.args #>> '{rating,speed}')::integer; f.effect := (e.args #>> '{rating,effect}')::integer;
		f.service := (e.args #>> '{rating,service}')::integer; f.feedback := (e.args #>> '{rating,feedback}')::integer;
		f.rated_via := e.action;
		IF e.args ? 'redo' THEN f.accepted_at := NULL; END IF;   -- the unit signs for it again
	END IF;
	IF e.stage = 'closed' AND e.args ? 'outcome' THEN
		f.closed_at := e.at; f.outcome := e.args ->> 'outcome';
	END IF;
	RETURN f;
END
$$;

-- Actions that send a case to a unit (or to a desk: then the event says so).
CREATE FUNCTION fenbo._sends(action text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT action IN ('confirm', 'override', 'parallel', 'end', 'reassign', 'rule') $$;

-- What is known only when every event has been read: the frame of the last one, and what the appeal itself says.
CREATE FUNCTION fenbo._fact_end(f fenbo.fact, last jsonb) RETURNS fenbo.fact
LANGUAGE plpgsql STABLE AS $$
DECLARE
	a record;
BEGIN
	f.received_at := (last ->> 'received_at')::timestamptz; f.received_day := fenbo._day(f.received_at);
	f.hour := to_char(f.received_at AT TIME ZONE fenbo._zone(), 'HH24'); f.shift := fenbo._shift_then(f.received_at);
	f.channel := coalesce(last ->> 'channel', ''); f.priority := last ->> 'priority'; f.item := coalesce(last ->> 'item', '');
	f.stage := last ->> 'stage'; f.burst := (last ->> 'burst')::bigint;
	f.alert := coalesce(last -> 'flags' ? 'alert', false); f.relapse := coalesce(last -> 'flags' ? 'relapse', false);
	f.returned := coalesce((last ->> 'returned')::integer, 0); f.redo := coalesce((last ->> 'redo')::integer, 0);
	f.chased := coalesce((last ->> 'chased')::integer, 0);
	f.unit := coalesce(last ->> 'unit', f.unit);
	IF f.stage <> 'merged' THEN f.primary_no := NULL; END IF;
	IF f.stage <> 'closed' THEN f.closed_at := NULL; f.outcome := ''; END IF;
	IF f.alert THEN f.contact_kept := NULL; END IF;
	IF f.returned = 0 THEN f.returned_by := ''; END IF;
	SELECT t.type, t.place INTO a FROM fenbo.appeal t WHERE t.no = f.no;
	f.type := coalesce(a.type, ''); f.area := fenbo._area_of(a.place);
	f.dispatched_day := fenbo._day(f.dispatched_at); f.resolved_day := fenbo._day(f.resolved_at); f.closed_day := fenbo._day(f.closed_at);
	IF f.dispatched_at IS NOT NULL THEN f.dispatch_shift := fenbo._shift_then(f.dispatched_at); END IF;
	RETURN f;
END
$$;

CREATE FUNCTION fenbo._fact_begin(no bigint) RETURNS fenbo.fact
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	f fenbo.fact;
BEGIN
	f.no := no; f.unit := ''; f.outcome := ''; f.void := false; f.dispatch_shift := ''; f.dispatched_by := ''; f.dispatch_late := false;
	f.rounds := 0; f.handle_late := false; f.handle_s := 0; f.extended := false; f.paused := false; f.returned_by := '';
	RETURN f;
END
$$;

-- The facts of these cases by what was read up to (tx, id); all there is when to_tx is NULL. Events whose time lies before the first of the
-- numbers' days are not looked for: the number is of the day it was given, or of an earlier one.
CREATE FUNCTION fenbo._facts(nos bigint[], to_tx xid8, to_id bigint) RETURNS SETOF fenbo.fact
LANGUAGE plpgsql STABLE AS $$
DECLARE
	f fenbo.fact;
	e fenbo.told;
	last jsonb;
	from_ timestamptz := '-infinity';
	until_ timestamptz := 'infinity';
BEGIN
	IF NOT EXISTS (SELECT FROM fenbo.setting t WHERE t.name = 'test_clock' AND t.value = 'on') THEN
		SELECT to_date(left(lpad(min(n)::text, 13, '0'), 6), 'YYMMDD') - interval '2 days', fenbo.now_() + interval '1 day'
		INTO from_, until_ FROM unnest(nos) n;
	END IF;
	FOR e IN
		WITH x AS MATERIALIZED (
			SELECT v.no, v.id, v.at, v.action, v.actor, v.args, v.after, v.before IS NOT NULL AS acts, v.before -> 'clocks' AS clocks FROM fenbo.event v
			WHERE v.no = ANY (nos) AND v.at >= from_ AND v.at < until_ AND (to_tx IS NULL OR (v.tx, v.id) <= (to_tx, to_id))),
		undone AS (SELECT (u.args ->> 'undoes')::bigint AS id FROM x u WHERE u.action = 'undo')
		SELECT x.no, x.id, x.at, CASE WHEN x.action = 'undo' OR x.id IN (SELECT u.id FROM undone u) THEN NULL ELSE x.action END, x.actor, x.args,
			x.after ->> 'stage', x.after ->> 'unit', x.after ->> 'clock', (x.after ->> 'due_at')::timestamptz, x.acts, x.clocks, x.after
		FROM x ORDER BY x.no, x.id
	LOOP
		IF f.no IS DISTINCT FROM e.no THEN
			IF f.no IS NOT NULL THEN RETURN NEXT fenbo._fact_end(f, last); END IF;
			f := fenbo._fact_begin(e.no);
		END IF;
		last := e.last;
		IF e.action IS NOT NULL THEN f := fenbo._fold(f, e); END IF;
	END LOOP;
	IF f.no IS NOT NULL THEN RETURN NEXT fenbo._fact_end(f, last); END IF;
END
$$;

-- --- what a fact counts for ------------------------------------------------------------------------------------------

CREATE TYPE fenbo.counted AS (day date, shift text, hour text,
	received integer, merged integer, answered integer, refused integer, emergency integer, grouped integer, chased integer,
	chases integer, relapsed integer, dispatched integer, dispatch_late integer, dispatch_s bigint, returned integer, disputed integer,
	accepted integer, contacts integer, contact_late integer, said integer, right1 integer, right3 integer, resolved integer,
	handle_late integer, handle_s bigint, redone integer, extended integer, paused integer, closed integer, rated integer,
	unrated integer, satisfied integer, poor integer, speed integer, effect integer, service integer, feedback integer,
	speed_ok integer, effect_ok integer, service_ok integer, feedback_ok integer,
	bucket integer);

-- On each of its days, and with what. `bucket`: of its working time, where that counts. What each figure means stands in fenbo-report(5).
CREATE FUNCTION fenbo._counted(f fenbo.fact) RETURNS SETOF fenbo.counted
LANGUAGE sql IMMUTABLE AS $$
	SELECT f.received_day, f.shift, f.hour,
		1, (f.stage = 'merged')::integer, (f.outcome = 'answered')::integer, (f.outcome IN ('invalid', 'withdrawn'))::integer,
		(f.outcome = 'emergency')::integer, (f.burst IS NOT NULL)::integer, (f.chased > 0)::integer, f.chased, f.relapse::integer, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		NULL::integer
	WHERE NOT f.void AND f.received_day IS NOT NULL
	UNION ALL
	SELECT f.dispatched_day, f.dispatch_shift, NULL,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 1, f.dispatch_late::integer, greatest(extract(epoch FROM f.dispatched_at - f.received_at), 0)::bigint,
		(f.returned > 0)::integer, (f.returned > 1)::integer, (f.accepted_at IS NOT NULL)::integer, (f.contact_kept IS NOT NULL)::integer,
		coalesce(NOT f.contact_kept, false)::integer, (f.said_rank IS NOT NULL)::integer,
		coalesce(f.said_rank = 1 AND f.returned = 0, false)::integer,
		coalesce(f.said_rank BETWEEN 1 AND 3 AND f.returned = 0, false)::integer, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		NULL::integer
	WHERE NOT f.void AND f.dispatched_day IS NOT NULL
	UNION ALL
	SELECT f.resolved_day, f.dispatch_shift, NULL,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, f.handle_late::integer, f.handle_s, (f.redo > 0)::integer,
		f.extended::integer, f.paused::integer, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		least(f.handle_s / 1800, 1999)::integer
	WHERE NOT f.void AND f.resolved_day IS NOT NULL
	UNION ALL
	SELECT f.closed_day, f.dispatch_shift, NULL,
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, (f.effect IS NOT NULL)::integer,
		(f.outcome = 'unrated')::integer, coalesce(least(f.speed, f.effect, f.service, f.feedback) >= 3, false)::integer,
		coalesce(least(f.effect, f.feedback) <= 2, false)::integer, coalesce(f.speed, 0), coalesce(f.effect, 0), coalesce(f.service, 0),
		coalesce(f.feedback, 0), coalesce(f.speed >= 3, false)::integer, coalesce(f.effect >= 3, false)::integer,
		coalesce(f.service >= 3, false)::integer, coalesce(f.feedback >= 3, false)::integer,
		NULL::integer
	WHERE NOT f.void AND f.closed_day IS NOT NULL
$$;

-- Histograms: what is packed in both, added up. Counts may be negative on the way, never in a table.
CREATE FUNCTION fenbo._hist_add(a bigint[], b bigint[]) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	IF cardinality(b) = 0 THEN RETURN a; ELSIF cardinality(a) = 0 THEN RETURN b; END IF;
	RETURN (SELECT coalesce(array_agg((x.bucket << 32) + x.n ORDER BY x.bucket), '{}')
		FROM (SELECT (v + 2147483648) >> 32 AS bucket, sum(v - (((v + 2147483648) >> 32) << 32))::bigint AS n FROM unnest(a || b) v GROUP BY 1) x
		WHERE x.n <> 0);
END
$$;

-- The bucket in which the nearest-rank value of this share lies, as working seconds at its upper edge; NULL when nothing is counted.
CREATE FUNCTION fenbo._hist_at(hist bigint[], share double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN (SELECT (x.bucket + 1) * 1800 FROM (SELECT v >> 32 AS bucket, sum(v & 4294967295) OVER (ORDER BY v) AS upto,
			sum(v & 4294967295) OVER () AS n FROM unnest(hist) v) x
		WHERE x.upto >= ceil(share * x.n) ORDER BY x.bucket LIMIT 1);
END
$$;

-- What a fact is counted under.
CREATE FUNCTION fenbo._keys(channel text, type text, area text, unit text, item text, priority text, shift text, hour text)
	RETURNS TABLE (counted_by text, key text)
LANGUAGE sql IMMUTABLE AS $$
	SELECT * FROM (VALUES ('all', ''), ('channel', channel), ('type', type), ('area', area), ('unit', unit), ('item', item), ('priority', priority),
		('shift', shift), ('hour', hour)) k(counted_by, key) WHERE k.key IS NOT NULL
$$;

-- What changes in the sums when the facts `was` become `is_`. What counts the same before and after cancels out before it is spread over the keys.
CREATE FUNCTION fenbo._changes(is_ fenbo.fact[], was fenbo.fact[]) RETURNS SETOF fenbo.rollup
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	WITH c AS (
		SELECT sum(u.s) AS s, u.channel, u.type, u.area, u.unit, u.item, u.priority, u.c
		FROM (SELECT 1 AS s, f.channel, f.type, f.area, f.unit, f.item, f.priority, c FROM unnest(is_) f CROSS JOIN LATERAL fenbo._counted(f) c
			UNION ALL
			SELECT -1, f.channel, f.type, f.area, f.unit, f.item, f.priority, c FROM unnest(was) f CROSS JOIN LATERAL fenbo._counted(f) c) u
		GROUP BY u.channel, u.type, u.area, u.unit, u.item, u.priority, u.c HAVING sum(u.s) <> 0),
	x AS MATERIALIZED (SELECT k.counted_by, k.key, c.s, (c.c).* FROM c
		CROSS JOIN LATERAL fenbo._keys(c.channel, c.type, c.area, c.unit, c.item, c.priority, (c.c).shift, (c.c).hour) k),
	h AS (SELECT b.day, b.counted_by, b.key, array_agg((b.bucket::bigint << 32) + b.n ORDER BY b.bucket) AS hist
		FROM (SELECT x.day, x.counted_by, x.key, x.bucket, sum(x.s)::bigint AS n FROM x WHERE x.bucket IS NOT NULL GROUP BY 1, 2, 3, 4 HAVING sum(x.s) <> 0) b
		GROUP BY 1, 2, 3),
	t AS (SELECT x.day, x.counted_by, x.key,
		sum(x.s * x.received)::integer AS received, sum(x.s * x.merged)::integer AS merged, sum(x.s * x.answered)::integer AS answered,
		sum(x.s * x.refused)::integer AS refused, sum(x.s * x.emergency)::integer AS emergency, sum(x.s * x.grouped)::integer AS grouped,
		sum(x.s * x.chased)::integer AS chased, sum(x.s * x.chases)::integer AS chases, sum(x.s * x.relapsed)::integer AS relapsed,
		sum(x.s * x.dispatched)::integer AS dispatched, sum(x.s * x.dispatch_late)::integer AS dispatch_late,
		sum(x.s * x.dispatch_s)::bigint AS dispatch_s, sum(x.s * x.returned)::integer AS returned,
		sum(x.s * x.disputed)::integer AS disputed, sum(x.s * x.accepted)::integer AS accepted, sum(x.s * x.contacts)::integer AS contacts,
		sum(x.s * x.contact_late)::integer AS contact_late, sum(x.s * x.said)::integer AS said, sum(x.s * x.right1)::integer AS right1,
		sum(x.s * x.right3)::integer AS right3, sum(x.s * x.resolved)::integer AS resolved,
		sum(x.s * x.handle_late)::integer AS handle_late, sum(x.s * x.handle_s)::bigint AS handle_s,
		sum(x.s * x.redone)::integer AS redone, sum(x.s * x.extended)::integer AS extended, sum(x.s * x.paused)::integer AS paused,
		sum(x.s * x.closed)::integer AS closed, sum(x.s * x.rated)::integer AS rated, sum(x.s * x.unrated)::integer AS unrated,
		sum(x.s * x.satisfied)::integer AS satisfied, sum(x.s * x.poor)::integer AS poor, sum(x.s * x.speed)::integer AS speed,
		sum(x.s * x.effect)::integer AS effect, sum(x.s * x.service)::integer AS service, sum(x.s * x.feedback)::integer AS feedback,
		sum(x.s * x.speed_ok)::integer AS speed_ok, sum(x.s * x.effect_ok)::integer AS effect_ok,
		sum(x.s * x.service_ok)::integer AS service_ok, sum(x.s * x.feedback_ok)::integer AS feedback_ok
		FROM x GROUP BY x.day, x.counted_by, x.key)
	SELECT t.*, coalesce(h.hist, '{}') FROM t LEFT JOIN h ON h.day = t.day AND h.counted_by = t.counted_by AND h.key = t.key;
END
$$;

-- Put changes into the sums.
CREATE FUNCTION fenbo._roll_in(is_ fenbo.fact[], was fenbo.fact[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO fenbo.rollup AS r SELECT * FROM fenbo._changes(is_, was) c ORDER BY c.day, c.counted_by, c.key
	ON CONFLICT (day, counted_by, key) DO UPDATE SET
		received = r.received + excluded.received, merged = r.merged + excluded.merged, answered = r.answered + excluded.answered,
		refused = r.refused + excluded.refused, emergency = r.emergency + excluded.emergency, grouped = r.grouped + excluded.grouped,
		chased = r.chased + excluded.chased, chases = r.chases + excluded.chases, relapsed = r.relapsed + excluded.relapsed,
		dispatched = r.dispatched + excluded.dispatched, dispatch_late = r.dispatch_late + excluded.dispatch_late,
		dispatch_s = r.dispatch_s + excluded.dispatch_s, returned = r.returned + excluded.returned,
		disputed = r.disputed + excluded.disputed, accepted = r.accepted + excluded.accepted, contacts = r.contacts + excluded.contacts,
		contact_late = r.contact_late + excluded.contact_late, said = r.said + excluded.said, right1 = r.right1 + excluded.right1,
		right3 = r.right3 + excluded.right3, resolved = r.resolved + excluded.resolved, handle_late = r.handle_late + excluded.handle_late,
		handle_s = r.handle_s + excluded.handle_s, redone = r.redone + excluded.redone, extended = r.extended + excluded.extended,
		paused = r.paused + excluded.paused, closed = r.closed + excluded.closed, rated = r.rated + excluded.rated,
		unrated = r.unrated + excluded.unrated, satisfied = r.satisfied + excluded.satisfied, poor = r.poor + excluded.poor,
		speed = r.speed + excluded.speed, effect = r.effect + excluded.effect, service = r.service + excluded.service,
		feedback = r.feedback + excluded.feedback, speed_ok = r.speed_ok + excluded.speed_ok, effect_ok = r.effect_ok + excluded.effect_ok,
		service_ok = r.service_ok + excluded.service_ok, feedback_ok = r.feedback_ok + excluded.feedback_ok,
		hist = fenbo._hist_add(r.hist, excluded.hist);
END
$$;

-- --- following the log -----------------------------------------------------------------------------------------------

-- The facts of these cases as they are by (tx, id), in the tables.
CREATE FUNCTION fenbo._roll_cases(nos bigint[], tx xid8, id bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	is_ fenbo.fact[] := ARRAY(SELECT f FROM fenbo._facts(nos, tx, id) f);
	was fenbo.fact[] := ARRAY(SELECT f FROM fenbo.fact f WHERE f.no = ANY (nos));
BEGIN
	DELETE FROM fenbo.fact f USING unnest(was) w WHERE f.no = w.no AND NOT EXISTS (SELECT FROM unnest(is_) i WHERE i.no = w.no);
	INSERT INTO fenbo.fact AS f SELECT i.* FROM unnest(is_) i
	ON CONFLICT (no) DO UPDATE SET received_at = excluded.received_at, received_day = excluded.received_day, hour = excluded.hour, shift = excluded.shift,
		channel = excluded.channel, type = excluded.type, area = excluded.area, priority = excluded.priority, item = excluded.item,
		unit = excluded.unit, stage = excluded.stage, outcome = excluded.outcome, void = excluded.void, alert = excluded.alert,
		relapse = excluded.relapse, burst = excluded.burst, primary_no = excluded.primary_no, dispatch_due = excluded.dispatch_due,
		dispatched_at = excluded.dispatched_at, dispatched_day = excluded.dispatched_day, dispatch_shift = excluded.dispatch_shift,
		dispatched_by = excluded.dispatched_by, dispatch_late = excluded.dispatch_late,
		said_rank = excluded.said_rank, accepted_at = excluded.accepted_at, contact_due = excluded.contact_due,
		contacted_at = excluded.contacted_at, contact_kept = excluded.contact_kept, handle_due = excluded.handle_due,
		resolved_at = excluded.resolved_at, resolved_day = excluded.resolved_day, resolved_last = excluded.resolved_last,
		rounds = excluded.rounds, handle_late = excluded.handle_late, handle_s = excluded.handle_s, extended = excluded.extended,
		paused = excluded.paused, returned = excluded.returned, returned_by = excluded.returned_by, redo = excluded.redo,
		chased = excluded.chased, speed = excluded.speed, effect = excluded.effect, service = excluded.service,
		feedback = excluded.feedback, rated_via = excluded.rated_via, closed_at = excluded.closed_at, closed_day = excluded.closed_day;
	PERFORM fenbo._roll_in(is_, was);
END
$$;

-- Read at most `most` events on from where the last reading ended and count them. Returns how many were read: as many as asked for means that
-- there is more. conflict: this connection does not lead. No sequential scans, as in fenbo.learn.
CREATE FUNCTION fenbo.roll(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' SET jit = off
	SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	c fenbo.rollup_cursor;
	from_ timestamptz := '-infinity';
	until_ timestamptz := 'infinity';
	nos bigint[];
	r record;
BEGIN
	PERFORM fenbo._must_lead();
	SELECT * INTO c FROM fenbo.rollup_cursor FOR UPDATE;
	-- Times only narrow down the partitions, as in feed_read.
	IF NOT EXISTS (SELECT FROM fenbo.setting t WHERE t.name = 'test_clock' AND t.value = 'on') THEN
		from_ := c.at - interval '6 hours'; until_ := clock_timestamp() + interval '1 hour';
	END IF;
	SELECT count(*) AS n, array_agg(DISTINCT x.no) FILTER (WHERE x.counts) AS nos, max(x.at) AS at,
		(array_agg(x.tx ORDER BY x.tx DESC, x.id DESC))[1] AS tx, (array_agg(x.id ORDER BY x.tx DESC, x.id DESC))[1] AS id INTO r
	FROM (SELECT e.no, e.tx, e.id, e.at, e.no <> 0 AND NOT fenbo._uncounted(e.action, e.args) AS counts FROM fenbo.event e
		WHERE (e.tx, e.id) > (c.tx, c.id) AND e.tx < pg_snapshot_xmin(pg_current_snapshot()) AND e.at >= from_ AND e.at < until_
		ORDER BY e.tx, e.id LIMIT least(greatest(most, 1), 20000)) x;
	IF r.n = 0 THEN RETURN 0; END IF;
	nos := coalesce(r.nos, '{}');
	IF cardinality(nos) > 0 THEN PERFORM fenbo._roll_cases(nos, r.tx, r.id); END IF;
	UPDATE fenbo.rollup_cursor SET tx = r.tx, id = r.id, at = greatest(c.at, r.at);
	RETURN r.n;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.roll(integer) TO fenbo_feed;

-- Count the next `most` cases after this number again, from all of their events that were read: for when the calendar or the gazetteer
-- was corrected. Answers the last number done; NULL when there are no more.
CREATE FUNCTION fenbo.report_again(after bigint, most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	c fenbo.rollup_cursor;
	nos bigint[];
BEGIN
	PERFORM fenbo._who_as('admin');
	SELECT * INTO c FROM fenbo.rollup_cursor FOR UPDATE;
	nos := ARRAY(SELECT a.no FROM fenbo.appeal a WHERE a.no > coalesce(after, 0) ORDER BY a.no LIMIT least(greatest(most, 1), 5000));
	IF cardinality(nos) = 0 THEN RETURN NULL; END IF;
	PERFORM fenbo._roll_cases(nos, c.tx, c.id);
	RETURN nos[cardinality(nos)];
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.report_again(bigint, integer) TO fenbo_admin;

-- --- the proof -------------------------------------------------------------------------------------------------------

-- Facts made again out of the raw events, and sums out of the facts of these days, beside what is stored; as far as the log has been counted. No row:
-- all agrees. what: fact (detail: the columns that differ, stored and true) or sum. Cases whose fact says that they were closed before from_ are
-- left to the check of that time; NULL = all of history. For whoever may see every case.
CREATE FUNCTION fenbo.report_check(from_ date, to_ date) RETURNS TABLE (what text, no bigint, day date, counted_by text, key text, detail jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
	c fenbo.rollup_cursor;
	nos bigint[];
	at_ bigint := 0;
	most bigint := CASE WHEN to_ IS NULL THEN 9223372036854775807 ELSE (to_char(to_ + 3, 'YYMMDD') || '0000000')::bigint END;
	d date;
BEGIN
	IF NOT (fenbo._scope(fenbo._who_as('admin', 'supervisor'))).whole THEN
		PERFORM fenbo._fail('forbidden', '', 'this is not within your rights');
	END IF;
	SELECT * INTO c FROM fenbo.rollup_cursor;
	LOOP
		SELECT array_agg(x.no), max(x.no) INTO nos, at_ FROM (SELECT a.no FROM fenbo.appeal a WHERE a.no > at_ AND a.no < most ORDER BY a.no LIMIT 2000) x;
		EXIT WHEN nos IS NULL;
		IF from_ IS NOT NULL THEN
			nos := ARRAY(SELECT n FROM unnest(nos) n WHERE NOT EXISTS (SELECT FROM fenbo.fact f WHERE f.no = n AND f.closed_day < from_));
		END IF;
		RETURN QUERY
		SELECT 'fact', n, NULL::date, NULL::text, NULL::text, (SELECT jsonb_object_agg(coalesce(a.key, b.key), jsonb_build_array(a.value, b.value))
			FROM jsonb_each(to_jsonb(f)) a FULL JOIN jsonb_each(to_jsonb(t)) b ON b.key = a.key WHERE a.value IS DISTINCT FROM b.value)
		FROM unnest(nos) n LEFT JOIN fenbo.fact f ON f.no = n LEFT JOIN fenbo._facts(nos, c.tx, c.id) t ON t.no = n
		WHERE f IS DISTINCT FROM t;
	END LOOP;
	FOR d IN SELECT DISTINCT x.day FROM (SELECT r.day FROM fenbo.rollup r UNION SELECT f.received_day FROM fenbo.fact f UNION SELECT f.dispatched_day FROM fenbo.fact f
			UNION SELECT f.resolved_day FROM fenbo.fact f UNION SELECT f.closed_day FROM fenbo.fact f) x
		WHERE x.day >= coalesce(from_, x.day) AND x.day <= coalesce(to_, x.day) ORDER BY 1 LOOP
		RETURN QUERY
		SELECT 'sum', NULL::bigint, d, coalesce(r.counted_by, t.counted_by), coalesce(r.key, t.key),
			(SELECT jsonb_object_agg(a.key, jsonb_build_array(a.value, b.value)) FROM jsonb_each(to_jsonb(r)) a JOIN jsonb_each(to_jsonb(t)) b ON b.key = a.key
				WHERE a.value IS DISTINCT FROM b.value)
		FROM (SELECT * FROM fenbo.rollup x WHERE x.day = d AND x.received + x.dispatched + x.resolved + x.closed > 0) r
		FULL JOIN (SELECT * FROM fenbo._changes(ARRAY(SELECT f FROM fenbo.fact f WHERE f.received_day = d OR f.dispatched_day = d OR f.resolved_day = d
				OR f.closed_day = d), '{}') x WHERE x.day = d) t ON t.counted_by = r.counted_by AND t.key = r.key
		WHERE r IS DISTINCT FROM t;
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.report_check(date, date) TO fenbo_admin, fenbo_supervisor;

RESET ROLE;
