-- 0072 accuracy: how right the machine has been, out of what it said beside what people did (fenbo.lesson).
--
-- A decision counts when something had been recommended and it was not undone. It is right1 when it named the first of the recommended
-- units, right3 when it named one of the three; and neither when the unit sent it back. ece is the expected calibration error over ten
-- bins of the probability that was said for the first unit: how far, on average, it was from what then happened.
SET ROLE fenbo_owner;

CREATE VIEW fenbo.decision AS
SELECT x.no, x.version, x.at, x.channel, x.unit, x.item, x.actor, x.crew, x.shift, x.recommendation, x.model, x.rank, x.said_unit, x.said_item,
	x.said_p, x.gone,
	x.rank = 1 AND x.gone IS DISTINCT FROM 'return' AS right1, x.rank > 0 AND x.gone IS DISTINCT FROM 'return' AS right3
FROM (SELECT DISTINCT ON (l.no, l.version) l.*, f.cause AS gone FROM fenbo.lesson l LEFT JOIN fenbo.lesson f ON f.of_seq = l.seq
	WHERE l.kind = 'learn' ORDER BY l.no, l.version, l.seq DESC) x;

CREATE FUNCTION fenbo._decisions(from_ timestamptz, until_ timestamptz) RETURNS SETOF fenbo.decision
LANGUAGE plpgsql STABLE AS $$
BEGIN
	-- The same as the view of these days; but that, asked by time, would read every lesson there ever was.
	RETURN QUERY
	SELECT x.no, x.version, x.at, x.channel, x.unit, x.item, x.actor, x.crew, x.shift, x.recommendation, x.model, x.rank, x.said_unit,
		x.said_item, x.said_p, x.gone, x.rank = 1 AND x.gone IS DISTINCT FROM 'return', x.rank > 0 AND x.gone IS DISTINCT FROM 'return'
	FROM (SELECT DISTINCT ON (l.no, l.version) l.*, f.cause AS gone FROM fenbo.lesson l LEFT JOIN fenbo.lesson f ON f.of_seq = l.seq
		WHERE l.kind = 'learn' AND l.at >= coalesce(from_, '-infinity') AND l.at < coalesce(until_, 'infinity')
		ORDER BY l.no, l.version, l.seq DESC) x
	WHERE x.rank IS NOT NULL AND x.gone IS DISTINCT FROM 'undo';
END
$$;

-- What a decision is counted under. Models by their base: "city-3+1842" and "city-3+1843" are one.
CREATE FUNCTION fenbo._counted_as(d fenbo.decision, by_ text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT CASE by_ WHEN 'unit' THEN d.unit WHEN 'item' THEN coalesce(d.item, '') WHEN 'shift' THEN coalesce(d.shift, '')
		WHEN 'model' THEN split_part(coalesce(d.model, ''), '+', 1) WHEN 'day' THEN fenbo._day(d.at)::text WHEN 'channel' THEN d.channel
		WHEN 'all' THEN '' END
$$;

CREATE FUNCTION fenbo._counted_name(key text, by_ text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce(CASE by_ WHEN 'unit' THEN (SELECT u.name FROM fenbo.unit u WHERE u.code = key)
		WHEN 'item' THEN (SELECT i.name FROM fenbo.duty_item i WHERE i.revision = fenbo._revision() AND i.code = key)
		WHEN 'channel' THEN (SELECT c.name FROM fenbo.channel c WHERE c.code = key)
		WHEN 'shift' THEN (SELECT s ->> 'name' FROM fenbo.routing_revision r, jsonb_array_elements(r.policy -> 'shifts') s
			WHERE r.revision = fenbo._revision() AND s ->> 'code' = key) END, '');
END
$$;

CREATE FUNCTION fenbo._accuracy(from_ timestamptz, until_ timestamptz, by_ text) RETURNS TABLE (key text, decided bigint, right1 bigint,
	right3 bigint, returned bigint, said_p double precision, ece double precision)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	WITH d AS (SELECT fenbo._counted_as(t, by_) AS key, t.right1, t.right3, t.gone, t.said_p FROM fenbo._decisions(from_, until_) t),
	bin AS (SELECT d.key, count(*) AS n, count(*) FILTER (WHERE d.right1) AS r1, count(*) FILTER (WHERE d.right3) AS r3,
			count(*) FILTER (WHERE d.gone = 'return') AS back, sum(d.said_p::double precision) AS p
		FROM d GROUP BY d.key, least(floor(d.said_p * 10), 9))
	SELECT b.key, sum(b.n)::bigint, sum(b.r1)::bigint, sum(b.r3)::bigint, sum(b.back)::bigint, sum(b.p) / sum(b.n)::double precision,
		sum(abs(b.p - b.r1)) / sum(b.n)::double precision
	FROM bin b GROUP BY b.key;
END
$$;

-- How right the machine was over [from_, until_), by unit, item (those that people decided on), shift, model, day, channel, or all. Largest
-- first, days in order.
CREATE FUNCTION fenbo.accuracy(from_ timestamptz, until_ timestamptz, by_ text) RETURNS TABLE (key text, name text, decided bigint, right1 bigint,
	right3 bigint, returned bigint, share1 double precision, share3 double precision, said_p double precision, ece double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
BEGIN
	PERFORM fenbo._who_as('supervisor', 'admin', 'feed');
	IF by_ IS NULL OR by_ NOT IN ('unit', 'item', 'shift', 'model', 'day', 'channel', 'all') THEN
		PERFORM fenbo._fail('invalid', 'by', 'unit, item, shift, model, day, channel or all is expected');
	END IF;
	RETURN QUERY
	SELECT a.key, fenbo._counted_name(a.key, by_), a.decided, a.right1, a.right3, a.returned, a.right1 / a.decided::double precision,
		a.right3 / a.decided::double precision, a.said_p, a.ece
	FROM fenbo._accuracy(from_, until_, by_) a
	ORDER BY CASE WHEN by_ = 'day' THEN 0 ELSE a.decided END DESC, a.key;
END
$$;

-- Said and true, in ten bins of the probability said for the first unit. Empty bins are there with decided = 0.
CREATE FUNCTION fenbo.reliability(from_ timestamptz, until_ timestamptz) RETURNS TABLE (low double precision, high double precision,
	decided bigint, said_p double precision, right1 double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
BEGIN
	PERFORM fenbo._who_as('supervisor', 'admin');
	RETURN QUERY
	SELECT b / 10.0::double precision, (b + 1) / 10.0::double precision, count(d.no), avg(d.said_p), avg(d.right1::integer)::double precision
	FROM generate_series(0, 9) b LEFT JOIN fenbo._decisions(from_, until_) d ON least(floor(d.said_p * 10), 9) = b
	GROUP BY b ORDER BY b;
END
$$;

-- The chance that a standard normal value is above z, to seven digits (Abramowitz and Stegun, 7.1.26); z at least 0, and any.
CREATE FUNCTION fenbo._tail_up(z double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$
	SELECT 0.5 * exp(-z * z / 2) * t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
	FROM (SELECT 1 / (1 + 0.3275911 * z / sqrt(2)) AS t) x
$$;
CREATE FUNCTION fenbo._tail(z double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN z < 0 THEN 1 - fenbo._tail_up(-z) ELSE fenbo._tail_up(z) END
$$;

-- Where the machine's first unit has been right less often in the seven days before `until_` than in the seven before those, beyond chance:
-- thirty decisions in each week at least, and a drop that chance alone would bring less than once in twenty looks at the whole list of
-- that kind (a two-proportion test, divided by how many are looked at).
CREATE FUNCTION fenbo.accuracy_flags(until_ timestamptz) RETURNS TABLE (by_ text, key text, name text, decided bigint, share1 double precision,
	decided_before bigint, share1_before double precision, p double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
	now_ timestamptz := coalesce(until_, fenbo.now_());
BEGIN
	PERFORM fenbo._who_as('supervisor', 'admin', 'feed');
	RETURN QUERY
	WITH pair AS (
		SELECT k.by_, n.key, n.decided, n.right1, b.decided AS was, b.right1 AS was1,
			(n.right1 + b.right1) / (n.decided + b.decided)::double precision AS pooled, count(*) OVER (PARTITION BY k.by_) AS looks
		FROM unnest(ARRAY['all', 'unit', 'item', 'shift', 'model', 'channel']) k(by_)
		CROSS JOIN LATERAL fenbo._accuracy(now_ - interval '7 days', now_, k.by_) n
		JOIN LATERAL fenbo._accuracy(now_ - interval '14 days', now_ - interval '7 days', k.by_) b ON b.key = n.key
		WHERE n.decided >= 30 AND b.decided >= 30),
	test AS (
		SELECT t.*, fenbo._tail((was1 / was::double precision - right1 / decided::double precision)
			/ sqrt(pooled * (1 - pooled) * (1.0 / decided + 1.0 / was))) AS chance
		FROM pair t WHERE pooled > 0 AND pooled < 1)
	SELECT t.by_, t.key, fenbo._counted_name(t.key, t.by_), t.decided, t.right1 / t.decided::double precision, t.was,
		t.was1 / t.was::double precision, t.chance
	FROM test t WHERE t.chance * t.looks < 0.05 ORDER BY t.chance, t.by_, t.key;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.accuracy(timestamptz, timestamptz, text), fenbo.accuracy_flags(timestamptz)
	TO fenbo_supervisor, fenbo_admin, fenbo_feed;
GRANT EXECUTE ON FUNCTION fenbo.reliability(timestamptz, timestamptz) TO fenbo_supervisor, fenbo_admin;

-- The same as views, for whoever reads with a tool of his own: the past seven days.
CREATE VIEW fenbo.accuracy_units AS SELECT a.* FROM fenbo.accuracy(fenbo.now_() - interval '7 days', fenbo.now_(), 'unit') a;
CREATE VIEW fenbo.accuracy_items AS SELECT a.* FROM fenbo.accuracy(fenbo.now_() - interval '7 days', fenbo.now_(), 'item') a;
CREATE VIEW fenbo.accuracy_shifts AS SELECT a.* FROM fenbo.accuracy(fenbo.now_() - interval '7 days', fenbo.now_(), 'shift') a;
CREATE VIEW fenbo.accuracy_models AS SELECT a.* FROM fenbo.accuracy(fenbo.now_() - interval '7 days', fenbo.now_(), 'model') a;
GRANT SELECT ON fenbo.accuracy_units, fenbo.accuracy_items, fenbo.accuracy_shifts, fenbo.accuracy_models TO fenbo_supervisor, fenbo_admin;

-- The past seven days in one row, for fenbod's metrics, and how many flags are up.
CREATE FUNCTION fenbo.accuracy_week(OUT decided bigint, OUT right1 bigint, OUT right3 bigint, OUT returned bigint, OUT ece double precision,
	OUT flags bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
BEGIN
	SELECT coalesce(sum(a.decided), 0), coalesce(sum(a.right1), 0), coalesce(sum(a.right3), 0), coalesce(sum(a.returned), 0), coalesce(max(a.ece), 0)
	INTO accuracy_week.decided, accuracy_week.right1, accuracy_week.right3, accuracy_week.returned, accuracy_week.ece
	FROM fenbo._accuracy(fenbo.now_() - interval '7 days', fenbo.now_(), 'all') a;
	SELECT count(*) INTO accuracy_week.flags FROM fenbo.accuracy_flags(NULL);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.accuracy_week() TO fenbo_feed;

RESET ROLE;
