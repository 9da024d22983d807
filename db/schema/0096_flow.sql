-- 0096 flow: how many came and how many went, by five minutes, for the time board's spark lines and its guess of the pace. A case stands
-- at a desk while it is in triage, at a unit while it is dispatched or handling, else nowhere. It comes where it did not stand
-- before and goes from where it stood; a contact eases the clock of a case that stays; a breach makes it late where it stands.
-- core/appeal/flow.c counts the frames of the feed by the same rule, so that one call when a board is opened is enough.
SET ROLE fenbo_owner;

-- Rolled up by the leader, kept for eight days. slot: five minutes since 1970.
CREATE TABLE fenbo.flow_slot (
	slot     integer NOT NULL,
	side     text NOT NULL CHECK (side IN ('desk', 'unit')),
	code     text NOT NULL,
	priority fenbo.priority NOT NULL,
	came     integer NOT NULL,
	went     integer NOT NULL,
	eased    integer NOT NULL,
	late     integer NOT NULL,
	PRIMARY KEY (slot, side, code, priority)
) WITH (fillfactor = 80);

-- How far the log has been rolled up: everything up to (tx, id) is in flow_slot. `at` only narrows down the partitions. One row.
CREATE TABLE fenbo.flow_mark (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	tx  xid8 NOT NULL,
	id  bigint NOT NULL,
	at  timestamptz NOT NULL
);
INSERT INTO fenbo.flow_mark VALUES (true, '0', 0, '-infinity');

CREATE FUNCTION fenbo._flow_side(stage text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE stage WHEN 'triage' THEN 'desk' WHEN 'dispatched' THEN 'unit' WHEN 'handling' THEN 'unit' END $$;

-- The frame of the event before this one of the same case; NULL when there is none.
CREATE FUNCTION fenbo._flow_before(no bigint, id bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT p.after FROM fenbo.event p WHERE p.no = _flow_before.no AND p.id < _flow_before.id ORDER BY p.id DESC LIMIT 1);
END
$$;

-- What the events after (after_tx, after_id) and below `below` came to, from `from_` on, at most `most` of them: how many and the last of
-- them, and the sums by slot and place. How a case stood before an event: an action says what it changed; a new case stood nowhere; some
-- consequences change nothing of this; for the others the event before is looked up.
CREATE FUNCTION fenbo._flow_count(after_tx xid8, after_id bigint, below xid8, since timestamptz, from_ timestamptz, most integer,
	OUT n integer, OUT last_tx xid8, OUT last_id bigint, OUT last_at timestamptz, OUT sums fenbo.flow_slot[])
LANGUAGE plpgsql STABLE SET jit = off AS $$
DECLARE
	until_ timestamptz := 'infinity';
BEGIN
	-- As for the feed: an event's time may differ from its place in the log by as long as a transaction may take; with a
	-- test clock it says nothing.
	IF EXISTS (SELECT FROM fenbo.setting t WHERE t.name = 'test_clock' AND t.value = 'on') THEN
		since := '-infinity';
	ELSE
		since := since - interval '6 hours'; until_ := clock_timestamp() + interval '1 hour';
	END IF;
	WITH e AS MATERIALIZED (
		SELECT x.tx, x.id, x.no, x.at, x.action, x.after ->> 'stage' AS stage, x.after ->> 'desk' AS desk, x.after ->> 'unit' AS unit,
			x.after ->> 'priority' AS priority, x.after ->> 'clock' AS clock, x.before -> 'row' AS r
		FROM fenbo.event x WHERE (x.tx, x.id) > (after_tx, after_id) AND x.tx < below AND x.at >= since AND x.at < until_
		ORDER BY x.tx, x.id LIMIT most
	), w AS (
		SELECT e.*, CASE
			WHEN r IS NOT NULL THEN r
			WHEN action = 'create' THEN '{"stage": null}'
			WHEN action IN ('breach', 'expire', 'release', 'reveal', 'recommend') THEN '{}'
			ELSE coalesce(fenbo._flow_before(no, id), '{}') END AS was
		FROM e WHERE no <> 0 AND at >= from_
	), b AS (
		SELECT floor(extract(epoch FROM at) / 300)::integer AS slot, action, stage, priority, clock,
			CASE stage WHEN 'triage' THEN desk ELSE unit END AS code,
			CASE WHEN was ? 'stage' THEN was ->> 'stage' ELSE stage END AS stage0,
			CASE WHEN was ? 'desk' THEN was ->> 'desk' ELSE desk END AS desk0,
			CASE WHEN was ? 'unit' THEN was ->> 'unit' ELSE unit END AS unit0,
			CASE WHEN was ? 'priority' THEN was ->> 'priority' ELSE priority END AS priority0,
			CASE WHEN was ? 'clock' THEN was ->> 'clock' ELSE clock END AS clock0
		FROM w
	), p AS (
		SELECT slot, action, priority, priority0, clock, clock0, fenbo._flow_side(stage) AS side, code, fenbo._flow_side(stage0) AS side0,
			CASE stage0 WHEN 'triage' THEN desk0 ELSE unit0 END AS code0
		FROM b
	), m AS (
		SELECT slot, side, code, priority, (side0, code0) IS DISTINCT FROM (side, code) AS came, false AS went,
			side = 'unit' AND (side0, code0) IS NOT DISTINCT FROM (side, code) AND clock0 = 'contact' AND clock <> 'contact' AS eased,
			action = 'breach' AS late
		FROM p WHERE side IS NOT NULL
		UNION ALL
		SELECT slot, side0, code0, priority0, false, true, false, false
		FROM p WHERE side0 IS NOT NULL AND (side0, code0) IS DISTINCT FROM (side, code)
	), s AS (
		SELECT ROW (slot, side, code, priority::fenbo.priority, count(*) FILTER (WHERE came), count(*) FILTER (WHERE went),
			count(*) FILTER (WHERE eased), count(*) FILTER (WHERE late))::fenbo.flow_slot AS sum
		FROM m WHERE (came OR went OR eased OR late) AND code IS NOT NULL GROUP BY slot, side, code, priority
	)
	SELECT (SELECT count(*) FROM e), l.tx, l.id, l.at, (SELECT array_agg(s.sum) FROM s)
	INTO n, last_tx, last_id, last_at, sums
	FROM (SELECT) one LEFT JOIN LATERAL (SELECT e.tx, e.id, e.at FROM e ORDER BY e.tx DESC, e.id DESC LIMIT 1) l ON true;
END
$$;

-- Roll up at most `most` events more. A step of maintain(); returns how many.
CREATE FUNCTION fenbo._flow_roll(most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	m fenbo.flow_mark;
	c record;
BEGIN
	SELECT * INTO m FROM fenbo.flow_mark FOR UPDATE;
	c := fenbo._flow_count(m.tx, m.id, pg_snapshot_xmin(pg_current_snapshot()), m.at, '-infinity', most);
	IF c.n = 0 THEN RETURN 0; END IF;
	INSERT INTO fenbo.flow_slot AS f SELECT (s).* FROM unnest(c.sums) s
	ON CONFLICT (slot, side, code, priority) DO UPDATE SET came = f.came + excluded.came, went = f.went + excluded.went,
		eased = f.eased + excluded.eased, late = f.late + excluded.late;
	UPDATE fenbo.flow_mark SET tx = c.last_tx, id = c.last_id, at = c.last_at;
	DELETE FROM fenbo.flow_slot f WHERE f.slot < extract(epoch FROM fenbo.now_() - interval '8 days') / 300;
	RETURN c.n;
END
$$;

-- What came and went since from_, for whoever looks at a time board, within his scope; units only of the last two hours (a unit's own: all), for their
-- pace. The first row holds nothing but the cursor at which all this was counted: transactions below it are in it, no other is. What
-- the leader has not rolled up yet is counted on the spot, so the answer does not depend on when it came by.
CREATE FUNCTION fenbo.flow(from_ timestamptz) RETURNS TABLE (cursor text, slot integer, side text, code text, priority fenbo.priority,
	came integer, went integer, eased integer, late integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	below xid8 := pg_snapshot_xmin(pg_current_snapshot());
	s fenbo.scope := fenbo._scope(fenbo._who());
	m fenbo.flow_mark;
	c record;
	tail fenbo.flow_slot[] := '{}';
	first integer := floor(extract(epoch FROM greatest(from_, fenbo.now_() - interval '8 days')) / 300);
	units integer := extract(epoch FROM fenbo.now_() - interval '2 hours') / 300;
BEGIN
	from_ := to_timestamp(first * 300::bigint);
	SELECT * INTO m FROM fenbo.flow_mark;
	LOOP
		c := fenbo._flow_count(m.tx, m.id, below, m.at, from_, 20000);
		tail := tail || c.sums;
		EXIT WHEN c.n < 20000;
		m.tx := c.last_tx; m.id := c.last_id; m.at := c.last_at;
	END LOOP;
	RETURN QUERY SELECT fenbo._epoch() || '-' || below || '-0', NULL::integer, NULL, NULL, NULL::fenbo.priority, 0, 0, 0, 0;
	RETURN QUERY
	SELECT NULL, f.slot, f.side, f.code, f.priority, sum(f.came)::integer, sum(f.went)::integer, sum(f.eased)::integer, sum(f.late)::integer
	FROM (SELECT t.* FROM fenbo.flow_slot t WHERE t.slot >= first UNION ALL SELECT (u).* FROM unnest(tail) u) f
	WHERE f.slot >= first AND (f.side = 'desk' OR f.slot >= units OR s.units <> '{}')
		AND (s.whole OR CASE f.side WHEN 'desk' THEN f.code = ANY (s.desks) ELSE f.code = ANY (s.units) END)
	GROUP BY f.slot, f.side, f.code, f.priority ORDER BY f.slot, f.side, f.code, f.priority;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.flow(timestamptz) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit;

RESET ROLE;
