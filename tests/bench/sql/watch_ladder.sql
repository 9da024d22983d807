-- psql -v n=10000 -v name=spread: wait until n rungs are in the log, as somebody sees them who looks every 20 ms, and say how late each was seen.
CREATE TEMP TABLE seen (no bigint, late_s double precision);
CREATE TEMP TABLE mark AS SELECT coalesce(max(id), 0) AS id FROM fenbo.event;
SELECT set_config('bench.n', :'n', false) \g /dev/null
DO $$
DECLARE
	until_ timestamptz := clock_timestamp() + interval '150 s';
	have integer := 0;
	more integer;
	last_ bigint := (SELECT id FROM mark);
BEGIN
	WHILE have < current_setting('bench.n')::integer AND clock_timestamp() < until_ LOOP
		WITH e AS (SELECT v.id, v.no, v.args FROM fenbo.event v WHERE v.id > last_ AND v.at > now() - interval '10 minutes' AND v.action = 'rung'),
		s AS (INSERT INTO seen SELECT e.no, extract(epoch FROM clock_timestamp() - (e.args ->> 'at')::timestamptz) FROM e RETURNING 1)
		SELECT (SELECT count(*) FROM s), coalesce((SELECT max(id) FROM e), last_) INTO more, last_;
		have := have + more;
		PERFORM pg_sleep(0.02);
	END LOOP;
END
$$;
SELECT format(E'ladder_%1$s_rungs=%2$s\nladder_%1$s_twice=%3$s\nladder_%1$s_median_s=%4$s\nladder_%1$s_p99_s=%5$s\nladder_%1$s_max_s=%6$s', :'name', count(*), count(*) - count(DISTINCT no),
	round(percentile_disc(0.5) WITHIN GROUP (ORDER BY late_s)::numeric, 3), round(percentile_disc(0.99) WITHIN GROUP (ORDER BY late_s)::numeric, 3), round(max(late_s)::numeric, 3)) FROM seen;
