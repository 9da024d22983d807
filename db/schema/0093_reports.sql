-- 0093 reports: what the centre reads out of the roll-ups (0092), each figure exactly as fenbo-report(5) defines it. What was not counted yet is
-- added from the log itself, so the day in progress is in every answer. Days are those of the centre's zone, both ends included.
--
-- Whoever sees every case is answered out of the sums; a district's supervisor, a unit, and whoever names a unit, out of the facts of that
-- subtree. Both go through fenbo._counted, so they cannot disagree.
SET ROLE fenbo_owner;

CREATE TYPE fenbo.report_row AS (key text, name text,
	received bigint, merged bigint, answered bigint, refused bigint, emergency bigint, grouped bigint, chased bigint, chases bigint,
	relapsed bigint, dispatched bigint, dispatch_late bigint, dispatch_s bigint, returned bigint, disputed bigint, accepted bigint,
	contacts bigint, contact_late bigint, said bigint, right1 bigint, right3 bigint, resolved bigint, handle_late bigint,
	handle_s bigint, redone bigint, extended bigint, paused bigint, closed bigint, rated bigint, unrated bigint, satisfied bigint,
	poor bigint, speed bigint, effect bigint, service bigint, feedback bigint, speed_ok bigint, effect_ok bigint, service_ok bigint,
	feedback_ok bigint,
	handle_p50 double precision, handle_p90 double precision, handle_p95 double precision);

-- --- what is read ----------------------------------------------------------------------------------------------------

-- The cases whose newest events have not been counted yet, as they are now and as they were counted, and what that changes in the sums. At most 2,000 events on: if the counting
-- has been still for longer, answers are as of where it stands (report_state says so).
CREATE TYPE fenbo.tail AS (is_ fenbo.fact[], was fenbo.fact[], changes fenbo.rollup[]);
CREATE FUNCTION fenbo._tail() RETURNS fenbo.tail
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
DECLARE
	c fenbo.rollup_cursor;
	from_ timestamptz := '-infinity';
	until_ timestamptz := 'infinity';
	r record;
	t fenbo.tail;
BEGIN
	SELECT * INTO c FROM fenbo.rollup_cursor;
	IF NOT EXISTS (SELECT FROM fenbo.setting s WHERE s.name = 'test_clock' AND s.value = 'on') THEN
		from_ := c.at - interval '6 hours'; until_ := clock_timestamp() + interval '1 hour';
	END IF;
	SELECT array_agg(DISTINCT x.no) FILTER (WHERE x.no <> 0 AND NOT fenbo._uncounted(x.action, x.args)) AS nos, count(*) AS n,
		(array_agg(x.tx ORDER BY x.tx DESC, x.id DESC))[1] AS tx, (array_agg(x.id ORDER BY x.tx DESC, x.id DESC))[1] AS id INTO r
	FROM (SELECT e.no, e.action, e.args, e.tx, e.id FROM fenbo.event e WHERE (e.tx, e.id) > (c.tx, c.id) AND e.at >= from_ AND e.at < until_
		ORDER BY e.tx, e.id LIMIT 2000) x;
	t.is_ := '{}'; t.was := '{}'; t.changes := '{}';
	IF r.nos IS NOT NULL THEN
		t.is_ := ARRAY(SELECT f FROM fenbo._facts(r.nos, CASE WHEN r.n = 2000 THEN r.tx END, r.id) f);
		t.was := ARRAY(SELECT f FROM fenbo.fact f WHERE f.no = ANY (r.nos));
		t.changes := ARRAY(SELECT x FROM fenbo._changes(t.is_, t.was) x);
	END IF;
	RETURN t;
END
$$;

-- The units that the caller may be told of, or that he asks for: NULL = all of them, and everything else.
CREATE FUNCTION fenbo._report_units(unit_ text) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	s fenbo.scope := fenbo._scope(fenbo._who_as('supervisor', 'admin', 'unit'));
	mine text[] := CASE WHEN NOT s.whole THEN s.units || s.desks END;
BEGIN
	IF unit_ IS NULL OR unit_ = '' THEN RETURN mine; END IF;
	PERFORM fenbo._fail('not_found', 'unit', format('there is no unit %s', unit_)) WHERE NOT EXISTS (SELECT FROM fenbo.unit u WHERE u.code = unit_);
	IF NOT s.whole AND unit_ <> ALL (mine) THEN
		PERFORM fenbo._fail('forbidden', 'unit', 'this unit is not within your reach');
	END IF;
	RETURN fenbo._subtree(unit_);
END
$$;

CREATE FUNCTION fenbo._report_days(from_ date, to_ date) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF from_ IS NULL OR to_ IS NULL OR to_ < from_ THEN
		PERFORM fenbo._fail('invalid', 'to', 'the last day must not lie before the first');
	END IF;
END
$$;

-- Facts that count on a day of [from_, to_] (of these units; NULL = of all), with what was not counted yet. on_day and with_key
-- narrow it down where the caller knows more: the one day that matters (received_day …), and the column and value of a key. Planned anew each time,
-- because one unit and every unit, a day and a month, want different indexes.
CREATE FUNCTION fenbo._facts_in(from_ date, to_ date, units text[], t fenbo.tail, on_day text DEFAULT NULL, with_key text DEFAULT NULL,
	key_ text DEFAULT NULL) RETURNS SETOF fenbo.fact
LANGUAGE plpgsql STABLE AS $$
DECLARE
	counts text := CASE WHEN on_day IS NOT NULL THEN format('f.%I BETWEEN $1 AND $2', on_day)
		ELSE '(f.received_day BETWEEN $1 AND $2 OR f.dispatched_day BETWEEN $1 AND $2 OR f.resolved_day BETWEEN $1 AND $2 OR f.closed_day BETWEEN $1 AND $2)' END
		|| CASE WHEN units IS NOT NULL THEN ' AND f.unit = ANY ($3)' ELSE '' END || CASE WHEN with_key IS NOT NULL THEN format(' AND f.%I = $4', with_key) ELSE '' END;
BEGIN
	RETURN QUERY EXECUTE 'SELECT f.* FROM fenbo.fact f WHERE ' || counts || CASE WHEN cardinality(t.was) > 0 THEN ' AND NOT EXISTS (SELECT FROM unnest($5) w WHERE w.no = f.no)'
		ELSE '' END USING from_, to_, units, key_, t.was;
	IF cardinality(t.is_) > 0 THEN
		RETURN QUERY EXECUTE 'SELECT f.* FROM unnest($5) f WHERE ' || counts USING from_, to_, units, key_, t.is_;
	END IF;
END
$$;

-- The sums of these days under one way of counting, not yet added up over the days.
CREATE FUNCTION fenbo._report_sums(from_ date, to_ date, under text, units text[], t fenbo.tail) RETURNS SETOF fenbo.rollup
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF units IS NULL THEN
		RETURN QUERY SELECT r.* FROM fenbo.rollup r WHERE r.counted_by = under AND r.day BETWEEN from_ AND to_;
		RETURN QUERY SELECT c.* FROM unnest(t.changes) c WHERE c.counted_by = under AND c.day BETWEEN from_ AND to_;
	ELSE
		RETURN QUERY SELECT c.* FROM fenbo._changes(ARRAY(SELECT f FROM fenbo._facts_in(from_, to_, units, t) f), '{}') c
			WHERE c.counted_by = under AND c.day BETWEEN from_ AND to_;
	END IF;
END
$$;

-- What a key is called today; types and priorities are named by programs.
CREATE FUNCTION fenbo._report_name(by_ text, key text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE by_ WHEN 'area' THEN coalesce((SELECT p.name FROM fenbo.place p WHERE p.code = key), key)
		WHEN 'unit' THEN coalesce((SELECT u.name FROM fenbo.unit u WHERE u.code = key), key)
		WHEN 'item' THEN coalesce((SELECT i.name FROM fenbo.duty_item i WHERE i.code = key ORDER BY i.revision DESC LIMIT 1), key)
		WHEN 'channel' THEN coalesce(nullif(fenbo._counted_name(key, by_), ''), key)
		WHEN 'shift' THEN coalesce(nullif(fenbo._counted_name(key, by_), ''), key) ELSE key END;
END
$$;

-- --- figures ---------------------------------------------------------------------------------------------------------

CREATE FUNCTION fenbo._report_in(from_ date, to_ date, by_ text, units text[], more fenbo.tail) RETURNS SETOF fenbo.report_row
LANGUAGE plpgsql STABLE AS $$
DECLARE
	under text := CASE by_ WHEN 'day' THEN 'all' WHEN 'month' THEN 'all' WHEN 'weekhour' THEN 'hour' ELSE by_ END;
BEGIN
	PERFORM fenbo._report_days(from_, to_);
	IF by_ IS NULL OR by_ NOT IN ('all', 'channel', 'type', 'area', 'unit', 'item', 'priority', 'shift', 'hour', 'day', 'month', 'weekhour') THEN
		PERFORM fenbo._fail('invalid', 'by', 'all, channel, type, area, unit, item, priority, shift, hour, day, month or weekhour is expected');
	END IF;
	RETURN QUERY
	WITH s AS MATERIALIZED (SELECT r.*, CASE by_ WHEN 'day' THEN r.day::text WHEN 'month' THEN to_char(r.day, 'YYYY-MM')
			WHEN 'weekhour' THEN extract(isodow FROM r.day) || ' ' || r.key ELSE r.key END AS under_key
		FROM fenbo._report_sums(from_, to_, under, units, more) r),
	h AS (SELECT b.under_key, array_agg((b.bucket << 32) + b.n ORDER BY b.bucket) AS hist
		FROM (SELECT s.under_key, (v + 2147483648) >> 32 AS bucket, sum(v - (((v + 2147483648) >> 32) << 32))::bigint AS n
			FROM s CROSS JOIN LATERAL unnest(s.hist) v GROUP BY 1, 2) b WHERE b.n > 0 GROUP BY 1),
	t AS (SELECT s.under_key,
		sum(s.received)::bigint AS received, sum(s.merged)::bigint AS merged, sum(s.answered)::bigint AS answered,
		sum(s.refused)::bigint AS refused, sum(s.emergency)::bigint AS emergency, sum(s.grouped)::bigint AS grouped,
		sum(s.chased)::bigint AS chased, sum(s.chases)::bigint AS chases, sum(s.relapsed)::bigint AS relapsed,
		sum(s.dispatched)::bigint AS dispatched, sum(s.dispatch_late)::bigint AS dispatch_late, sum(s.dispatch_s)::bigint AS dispatch_s,
		sum(s.returned)::bigint AS returned, sum(s.disputed)::bigint AS disputed, sum(s.accepted)::bigint AS accepted,
		sum(s.contacts)::bigint AS contacts, sum(s.contact_late)::bigint AS contact_late, sum(s.said)::bigint AS said,
		sum(s.right1)::bigint AS right1, sum(s.right3)::bigint AS right3, sum(s.resolved)::bigint AS resolved,
		sum(s.handle_late)::bigint AS handle_late, sum(s.handle_s)::bigint AS handle_s, sum(s.redone)::bigint AS redone,
		sum(s.extended)::bigint AS extended, sum(s.paused)::bigint AS paused, sum(s.closed)::bigint AS closed,
		sum(s.rated)::bigint AS rated, sum(s.unrated)::bigint AS unrated, sum(s.satisfied)::bigint AS satisfied,
		sum(s.poor)::bigint AS poor, sum(s.speed)::bigint AS speed, sum(s.effect)::bigint AS effect, sum(s.service)::bigint AS service,
		sum(s.feedback)::bigint AS feedback, sum(s.speed_ok)::bigint AS speed_ok, sum(s.effect_ok)::bigint AS effect_ok,
		sum(s.service_ok)::bigint AS service_ok, sum(s.feedback_ok)::bigint AS feedback_ok
		FROM s GROUP BY s.under_key)
	SELECT t.under_key, fenbo._report_name(by_, t.under_key),
		t.received, t.merged, t.answered, t.refused, t.emergency, t.grouped, t.chased, t.chases, t.relapsed, t.dispatched, t.dispatch_late,
		t.dispatch_s, t.returned, t.disputed, t.accepted, t.contacts, t.contact_late, t.said, t.right1, t.right3, t.resolved,
		t.handle_late, t.handle_s, t.redone, t.extended, t.paused, t.closed, t.rated, t.unrated, t.satisfied, t.poor, t.speed, t.effect,
		t.service, t.feedback, t.speed_ok, t.effect_ok, t.service_ok, t.feedback_ok,
		fenbo._hist_at(h.hist, 0.5), fenbo._hist_at(h.hist, 0.9), fenbo._hist_at(h.hist, 0.95)
	FROM t LEFT JOIN h ON h.under_key = t.under_key
	WHERE t.received + t.dispatched + t.resolved + t.closed > 0
	ORDER BY CASE WHEN by_ IN ('day', 'month', 'hour', 'weekhour') THEN 0 ELSE greatest(t.received, t.dispatched) END DESC, t.under_key;
END
$$;

-- Counts and sums of [from_, to_] by_ all, channel, type, area, unit, item, priority, shift, hour, day, month or weekhour (weekday 1 to 7 and hour of
-- receipt). Largest first, days and hours in order. Sums of seconds: dispatch_s on the clock, handle_s and handle_p50, _p90, _p95 in working time.
CREATE FUNCTION fenbo.report(from_ date, to_ date, by_ text, unit_ text DEFAULT NULL) RETURNS SETOF fenbo.report_row
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off SET work_mem = '32MB' AS $$
DECLARE
	units text[] := fenbo._report_units(unit_);
	t fenbo.tail := fenbo._tail();
BEGIN
	RETURN QUERY SELECT * FROM fenbo._report_in(from_, to_, by_, units, t);
END
$$;

-- Several of them at once, for a page that shows many: what was not counted yet is looked at only once. asked: [{"as", "from", "to", "by"}]; each row
-- is answered with its `as`.
CREATE FUNCTION fenbo.report_each(asked jsonb, unit_ text DEFAULT NULL) RETURNS TABLE (asked_as text, line fenbo.report_row)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off SET work_mem = '32MB' AS $$
DECLARE
	units text[] := fenbo._report_units(unit_);
	t fenbo.tail := fenbo._tail();
	a jsonb;
BEGIN
	IF jsonb_typeof(asked) IS DISTINCT FROM 'array' OR jsonb_array_length(asked) > 100 THEN
		PERFORM fenbo._fail('invalid', 'asked', 'an array of at most 100 questions is expected');
	END IF;
	FOR a IN SELECT * FROM jsonb_array_elements(asked) LOOP
		RETURN QUERY SELECT a ->> 'as', r FROM fenbo._report_in((a ->> 'from')::date, (a ->> 'to')::date, a ->> 'by', units, t) r;
	END LOOP;
END
$$;

-- A share to four decimals; NULL of nothing.
CREATE FUNCTION fenbo._share(n bigint, of_ bigint) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$ SELECT round(n::numeric / nullif(of_, 0), 4) $$;
-- Seconds of working time as working days of the policy in force, to two decimals.
CREATE FUNCTION fenbo._report_day_s() RETURNS double precision
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT 60 * ((r.policy #>> '{working,am,1}')::integer - (r.policy #>> '{working,am,0}')::integer
		+ (r.policy #>> '{working,pm,1}')::integer - (r.policy #>> '{working,pm,0}')::integer)
		FROM fenbo.routing_revision r WHERE r.revision = fenbo._revision()), 25200);
END
$$;

-- The same as shares and means, one column a figure: for whoever reads with a tool of his own.
CREATE FUNCTION fenbo.report_rates(from_ date, to_ date, by_ text, unit_ text DEFAULT NULL) RETURNS TABLE (key text, name text, received bigint,
	dispatched bigint, resolved bigint, closed bigint, dispatch_on_time numeric, dispatch_minutes numeric, accepted numeric, contact_on_time numeric,
	handle_on_time numeric, handle_days numeric, handle_days_p50 numeric, handle_days_p90 numeric, handle_days_p95 numeric, return_rate numeric,
	redo_rate numeric, group_rate numeric, rated_rate numeric, satisfied_rate numeric, speed numeric, effect numeric, service numeric,
	feedback numeric, right1_rate numeric, right3_rate numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	day_s double precision := fenbo._report_day_s();
BEGIN
	RETURN QUERY
	SELECT r.key, r.name, r.received, r.dispatched, r.resolved, r.closed, fenbo._share(r.dispatched - r.dispatch_late, r.dispatched),
		round(r.dispatch_s / 60.0 / nullif(r.dispatched, 0), 1), fenbo._share(r.accepted, r.dispatched),
		fenbo._share(r.contacts - r.contact_late, r.contacts), fenbo._share(r.resolved - r.handle_late, r.resolved),
		round((r.handle_s / day_s / nullif(r.resolved, 0))::numeric, 2), round((r.handle_p50 / day_s)::numeric, 2),
		round((r.handle_p90 / day_s)::numeric, 2), round((r.handle_p95 / day_s)::numeric, 2),
		fenbo._share(r.returned, r.dispatched), fenbo._share(r.redone, r.resolved), fenbo._share(r.grouped, r.received),
		fenbo._share(r.rated, r.rated + r.unrated), fenbo._share(r.satisfied, r.rated),
		round(r.speed::numeric / nullif(r.rated, 0), 2), round(r.effect::numeric / nullif(r.rated, 0), 2),
		round(r.service::numeric / nullif(r.rated, 0), 2), round(r.feedback::numeric / nullif(r.rated, 0), 2),
		fenbo._share(r.right1, r.said), fenbo._share(r.right3, r.said)
	FROM fenbo.report(from_, to_, by_, unit_) r;
END
$$;

-- How things stand: up to when the log has been counted, events since, working seconds of a day, and the cases open at the end of a day (received by then,
-- not closed by then, not merged), of the centre or of a unit and what lies below it. overdue: those late and still open at this moment, which the
-- shares cannot show because they count what was done: the dispatch clock of a case in triage or the handling clock of one with a unit has run
-- out and does not stand still.
CREATE FUNCTION fenbo.report_state(to_ date, unit_ text DEFAULT NULL, OUT now timestamptz, OUT counted_at timestamptz, OUT waiting bigint, OUT day_s double precision,
	OUT open_cases bigint, OUT overdue bigint, OUT today date, OUT centre text, OUT unit_name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	units text[] := fenbo._report_units(unit_);
	c fenbo.rollup_cursor;
	t fenbo.tail := fenbo._tail();
BEGIN
	SELECT * INTO c FROM fenbo.rollup_cursor;
	now := fenbo.now_(); today := fenbo._day(now); day_s := fenbo._report_day_s();
	centre := coalesce((SELECT r.policy #>> '{centre,name}' FROM fenbo.routing_revision r WHERE r.revision = fenbo._revision()), fenbo._get('centre_name'));
	counted_at := nullif(c.at, '-infinity');
	SELECT count(*) INTO waiting FROM (SELECT FROM fenbo.event e WHERE (e.tx, e.id) > (c.tx, c.id)
		AND (c.at = '-infinity' OR e.at >= c.at - interval '6 hours' OR fenbo._get('test_clock') = 'on') LIMIT 100001) x;
	IF units IS NULL THEN
		SELECT sum(r.received) - sum(r.merged) - sum(r.closed) INTO open_cases FROM (
			SELECT x.* FROM fenbo.rollup x WHERE x.counted_by = 'all' AND x.day <= to_
			UNION ALL SELECT x.* FROM unnest(t.changes) x WHERE x.counted_by = 'all' AND x.day <= to_) r;
	ELSE
		SELECT count(*) INTO open_cases FROM fenbo._facts_in('-infinity', to_, units, t) f
		WHERE f.received_day <= to_ AND f.stage <> 'merged' AND (f.closed_day IS NULL OR f.closed_day > to_) AND NOT f.void;
	END IF;
	open_cases := coalesce(open_cases, 0);
	-- A case shows the first due of its clocks that run: only where that is another one, the clock itself is looked up.
	WITH late AS (SELECT q.no, q.clock, CASE q.stage WHEN 'triage' THEN 'dispatch' ELSE 'handle' END AS kind FROM fenbo.queue q
		WHERE q.stage IN ('triage', 'dispatched', 'handling') AND q.due_at <= report_state.now
			AND (units IS NULL OR q.unit = ANY (units) OR q.unit IS NULL AND q.desk = ANY (units)))
	SELECT (SELECT count(*) FROM late l WHERE l.clock = l.kind) + (SELECT count(*) FROM late l JOIN fenbo.clock k ON k.no = l.no AND k.kind = l.kind
		WHERE l.clock <> l.kind AND k.stopped_at IS NULL AND k.paused_since IS NULL AND k.due_at <= report_state.now) INTO overdue;
	unit_name := (SELECT u.name FROM fenbo.unit u WHERE u.code = unit_);
END
$$;

-- --- behind a figure -------------------------------------------------------------------------------------------------

-- The cases that a count of fenbo.report is made of, newest first: figure is the name of a count (received, dispatch_late, redone …), by_ and
-- key_ name the line. Exactly as many as the count says when most is NULL. at: the moment that put the case into the period.
CREATE FUNCTION fenbo.report_cases(figure text, by_ text, key_ text, from_ date, to_ date, unit_ text DEFAULT NULL, most integer DEFAULT NULL)
	RETURNS TABLE (no bigint, at timestamptz, title text, unit text, item text, area text, place text, stage text, outcome text, received_at timestamptz,
		handle_s bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off SET work_mem = '32MB' AS $$
#variable_conflict use_column
DECLARE
	units text[] := fenbo._report_units(unit_);
	under text := CASE by_ WHEN 'day' THEN 'all' WHEN 'month' THEN 'all' WHEN 'weekhour' THEN 'hour' ELSE by_ END;
	t fenbo.tail := fenbo._tail();
	on_day text := CASE WHEN figure IN ('received', 'merged', 'answered', 'refused', 'emergency', 'grouped', 'chased', 'relapsed') THEN 'received_day'
		WHEN figure IN ('dispatched', 'dispatch_late', 'returned', 'disputed', 'accepted', 'contacts', 'contact_late', 'said', 'right1', 'right3') THEN 'dispatched_day'
		WHEN figure IN ('resolved', 'handle_late', 'redone', 'extended', 'paused') THEN 'resolved_day' ELSE 'closed_day' END;
BEGIN
	PERFORM fenbo._report_days(from_, to_);
	IF figure IS NULL OR NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = 'fenbo.rollup'::regclass AND a.attname = figure AND a.attnum > 3
			AND a.attname NOT IN ('dispatch_s', 'handle_s', 'chases', 'speed', 'effect', 'service', 'feedback', 'hist')) THEN
		PERFORM fenbo._fail('invalid', 'figure', 'the name of a count is expected');
	END IF;
	RETURN QUERY
	SELECT f.no, f.at, CASE (fenbo._who()).role WHEN 'unit' THEN fenbo._mask_text(coalesce(a.title, '')) ELSE coalesce(a.title, '') END, f.unit, f.item, f.area, fenbo._report_name('area', f.area), f.stage::text, f.outcome, f.received_at, f.handle_s
	FROM (SELECT f.no, CASE WHEN c.received > 0 THEN f.received_at WHEN c.dispatched > 0 THEN f.dispatched_at WHEN c.resolved > 0 THEN f.resolved_at
			ELSE f.closed_at END AS at, f.unit, f.item, f.area, f.stage, f.outcome, f.received_at, f.handle_s
		FROM fenbo._facts_in(from_, to_, units, t, on_day, CASE WHEN by_ IN ('channel', 'type', 'area', 'unit', 'item', 'priority') THEN by_ END, key_) f
			CROSS JOIN LATERAL fenbo._counted(f) c
		CROSS JOIN LATERAL fenbo._keys(f.channel, f.type, f.area, f.unit, f.item, f.priority, c.shift, c.hour) k
		WHERE c.day BETWEEN from_ AND to_ AND k.counted_by = under
			AND key_ = CASE by_ WHEN 'day' THEN c.day::text WHEN 'month' THEN to_char(c.day, 'YYYY-MM') WHEN 'weekhour' THEN extract(isodow FROM c.day) || ' ' || k.key
				ELSE k.key END
			AND CASE figure
				WHEN 'received' THEN c.received WHEN 'merged' THEN c.merged WHEN 'answered' THEN c.answered
				WHEN 'refused' THEN c.refused WHEN 'emergency' THEN c.emergency WHEN 'grouped' THEN c.grouped
				WHEN 'chased' THEN c.chased WHEN 'relapsed' THEN c.relapsed WHEN 'dispatched' THEN c.dispatched
				WHEN 'dispatch_late' THEN c.dispatch_late WHEN 'returned' THEN c.returned WHEN 'disputed' THEN c.disputed
				WHEN 'accepted' THEN c.accepted WHEN 'contacts' THEN c.contacts WHEN 'contact_late' THEN c.contact_late
				WHEN 'said' THEN c.said WHEN 'right1' THEN c.right1 WHEN 'right3' THEN c.right3 WHEN 'resolved' THEN c.resolved
				WHEN 'handle_late' THEN c.handle_late WHEN 'redone' THEN c.redone WHEN 'extended' THEN c.extended
				WHEN 'paused' THEN c.paused WHEN 'closed' THEN c.closed WHEN 'rated' THEN c.rated WHEN 'unrated' THEN c.unrated
				WHEN 'satisfied' THEN c.satisfied WHEN 'poor' THEN c.poor WHEN 'speed_ok' THEN c.speed_ok
				WHEN 'effect_ok' THEN c.effect_ok WHEN 'service_ok' THEN c.service_ok WHEN 'feedback_ok' THEN c.feedback_ok ELSE 0 END > 0
		ORDER BY 2 DESC, 1 DESC LIMIT most) f
	LEFT JOIN fenbo.appeal a ON a.no = f.no ORDER BY f.at DESC, f.no DESC;
END
$$;

-- --- units compared --------------------------------------------------------------------------------------------------

CREATE FUNCTION fenbo._ranking_weight(part text, otherwise numeric) RETURNS numeric
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT (r.policy #>> ARRAY['ranking', part])::numeric FROM fenbo.routing_revision r WHERE r.revision = fenbo._revision()), otherwise);
END
$$;

-- Units by their score: 100 times the weighted mean of handled in time, contacted in time, satisfied, not done over, not chased, with the weights of
-- [ranking]; a part of which there is nothing is left out with its weight. place: NULL for whoever resolved fewer cases than `least`.
CREATE FUNCTION fenbo.report_ranking(from_ date, to_ date) RETURNS TABLE (place bigint, unit text, name text, score numeric, resolved bigint,
	handle_on_time numeric, contact_on_time numeric, satisfied_rate numeric, redo_rate numeric, chased_rate numeric, handle_days numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
	w numeric[] := ARRAY[fenbo._ranking_weight('handle', 0.35), fenbo._ranking_weight('contact', 0.2), fenbo._ranking_weight('satisfied', 0.25),
		fenbo._ranking_weight('redo', 0.1), fenbo._ranking_weight('chased', 0.1)];
	least_ bigint := fenbo._ranking_weight('least', 10)::bigint;
	day_s double precision := fenbo._report_day_s();
BEGIN
	RETURN QUERY
	WITH u AS (
		SELECT r.*, ARRAY[(r.resolved - r.handle_late)::numeric / nullif(r.resolved, 0), (r.contacts - r.contact_late)::numeric / nullif(r.contacts, 0),
			r.satisfied::numeric / nullif(r.rated, 0), (r.resolved - r.redone)::numeric / nullif(r.resolved, 0),
			(r.received - r.chased)::numeric / nullif(r.received, 0)] AS part
		FROM fenbo.report(from_, to_, 'unit') r WHERE r.key <> ''),
	s AS (SELECT u.*, (SELECT round(100 * sum(w[i] * u.part[i]) / nullif(sum(w[i]), 0), 2) FROM generate_subscripts(u.part, 1) i WHERE u.part[i] IS NOT NULL) AS score FROM u)
	SELECT CASE WHEN s.resolved >= least_ AND s.score IS NOT NULL THEN rank() OVER (PARTITION BY s.resolved >= least_ AND s.score IS NOT NULL ORDER BY s.score DESC) END AS place,
		s.key, s.name, s.score, s.resolved, round(s.part[1], 4), round(s.part[2], 4), round(s.part[3], 4), 1 - round(s.part[4], 4), 1 - round(s.part[5], 4),
		round((s.handle_s / day_s / nullif(s.resolved, 0))::numeric, 2)
	FROM s ORDER BY 1 NULLS LAST, s.resolved DESC, s.key;
END
$$;

-- Groups of one incident that cases of these days belong to, largest first.
CREATE FUNCTION fenbo.report_groups(from_ date, to_ date, most integer DEFAULT 20) RETURNS TABLE (burst bigint, cases bigint, first_no bigint,
	since timestamptz, title text, area text, unit text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
	units text[] := fenbo._report_units(NULL);
	t fenbo.tail := fenbo._tail();
BEGIN
	PERFORM fenbo._report_days(from_, to_);
	RETURN QUERY
	WITH x AS (SELECT f.* FROM fenbo.fact f WHERE f.burst IS NOT NULL AND f.received_day BETWEEN from_ AND to_ AND NOT f.void
			AND NOT EXISTS (SELECT FROM unnest(t.was) w WHERE w.no = f.no)
		UNION ALL SELECT f.* FROM unnest(t.is_) f WHERE f.burst IS NOT NULL AND f.received_day BETWEEN from_ AND to_ AND NOT f.void),
	g AS (SELECT x.burst, count(*) AS n, min(x.no) AS first_no FROM x WHERE units IS NULL OR x.unit = ANY (units) GROUP BY x.burst
		ORDER BY 2 DESC, 3 LIMIT least(greatest(most, 1), 500))
	SELECT g.burst, g.n, g.first_no, x.received_at, fenbo._mask_text(coalesce(a.title, '')), fenbo._report_name('area', x.area), fenbo._report_name('unit', x.unit)
	FROM g JOIN x ON x.no = g.first_no LEFT JOIN fenbo.appeal a ON a.no = g.first_no ORDER BY g.n DESC, g.first_no;
END
$$;

-- Notices to citizens whose hold ended on these days: of acceptance (the case is with a unit) and of handling (its result). given: they have gone
-- out. Those taken back in time do not count, nor those to somebody who left no address. NULL when the outbox no longer knows: it keeps what has
-- gone out for 180 days (0082). Messages are of no unit, so whoever does not see every case is told nothing.
CREATE INDEX outbox_when ON fenbo.outbox USING brin (hold_until) WITH (pages_per_range = 32, autosummarize = on);
CREATE FUNCTION fenbo.report_notices(from_ date, to_ date) RETURNS TABLE (kind text, due bigint, given bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
	zone text := fenbo._zone();
BEGIN
	IF NOT (fenbo._scope(fenbo._who_as('supervisor', 'admin'))).whole THEN RETURN; END IF;
	PERFORM fenbo._report_days(from_, to_);
	IF from_ <= fenbo._day(fenbo.now_()) - 180 THEN
		RETURN QUERY SELECT k.kind, NULL::bigint, NULL::bigint FROM (VALUES ('dispatched'), ('result')) k(kind);
		RETURN;
	END IF;
	RETURN QUERY
	SELECT k.kind, count(o.id), count(o.sent_at)
	FROM (VALUES ('dispatched'), ('result')) k(kind)
	LEFT JOIN fenbo.outbox o ON o.kind = k.kind AND o.target = 'citizen' AND o.cancelled_at IS NULL AND o.state <> 'unaddressed'
		AND o.hold_until >= from_::timestamp AT TIME ZONE zone AND o.hold_until < (to_ + 1)::timestamp AT TIME ZONE zone
	GROUP BY k.kind ORDER BY k.kind;
END
$$;

GRANT EXECUTE ON FUNCTION fenbo.report(date, date, text, text), fenbo.report_rates(date, date, text, text), fenbo.report_each(jsonb, text), fenbo.report_state(date, text),
	fenbo.report_cases(text, text, text, date, date, text, integer), fenbo.report_groups(date, date, integer) TO fenbo_supervisor, fenbo_admin, fenbo_unit;
GRANT EXECUTE ON FUNCTION fenbo.report_ranking(date, date), fenbo.report_notices(date, date) TO fenbo_supervisor, fenbo_admin;

-- The month in progress, for whoever reads with a tool of his own; other periods through fenbo.report_rates.
CREATE FUNCTION fenbo.report_month() RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$ SELECT date_trunc('month', fenbo._day(fenbo.now_()))::date $$;
GRANT EXECUTE ON FUNCTION fenbo.report_month() TO fenbo_supervisor, fenbo_admin, fenbo_unit;
CREATE VIEW fenbo.report_days AS SELECT r.* FROM fenbo.report_rates(fenbo.report_month(), (fenbo.report_month() + interval '1 month')::date - 1, 'day') r;
CREATE VIEW fenbo.report_channels AS SELECT r.* FROM fenbo.report_rates(fenbo.report_month(), (fenbo.report_month() + interval '1 month')::date - 1, 'channel') r;
CREATE VIEW fenbo.report_types AS SELECT r.* FROM fenbo.report_rates(fenbo.report_month(), (fenbo.report_month() + interval '1 month')::date - 1, 'type') r;
CREATE VIEW fenbo.report_areas AS SELECT r.* FROM fenbo.report_rates(fenbo.report_month(), (fenbo.report_month() + interval '1 month')::date - 1, 'area') r;
CREATE VIEW fenbo.report_units AS SELECT r.* FROM fenbo.report_rates(fenbo.report_month(), (fenbo.report_month() + interval '1 month')::date - 1, 'unit') r;
CREATE VIEW fenbo.report_items AS SELECT r.* FROM fenbo.report_rates(fenbo.report_month(), (fenbo.report_month() + interval '1 month')::date - 1, 'item') r;
GRANT SELECT ON fenbo.report_days, fenbo.report_channels, fenbo.report_types, fenbo.report_areas, fenbo.report_units, fenbo.report_items
	TO fenbo_supervisor, fenbo_admin, fenbo_unit;

RESET ROLE;
