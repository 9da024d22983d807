-- What the hot statements cost in kind: indexes in the order asked for, no sort, partitions pruned.
SELECT fenbo.intake(sha256('hot'), test.rows(1000, 'p' || g || '-', jsonb_build_object('priority',
	(ARRAY['urgent', 'fast', 'normal'])[1 + g % 3]))) FROM generate_series(1, 10) g;
ANALYZE fenbo.queue, fenbo.event, fenbo.appeal, fenbo.clock;
CREATE FUNCTION test.plan(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	l text;
	all_ text := '';
BEGIN
	FOR l IN EXECUTE 'EXPLAIN ' || statement LOOP all_ := all_ || l || E'\n'; END LOOP;
	RETURN all_;
END $$;
SELECT test.ok(p ~ 'queue_order' AND p !~ 'Sort', 'the top of the queue: ' || p)
	FROM test.plan('SELECT * FROM fenbo.queue_list ORDER BY priority, rank_at, no LIMIT 50') p;
SELECT test.ok(p ~ 'queue_free' AND p !~ 'Sort', 'the next free one: ' || p)
FROM test.plan('SELECT no FROM fenbo.queue WHERE desk = ''centre'' AND stage = ''triage'' AND session IS NULL ORDER BY priority, rank_at, no LIMIT 1 FOR UPDATE SKIP LOCKED') p;
SELECT test.ok(p ~ 'queue_pkey' AND p !~ 'Sort|Seq', 'one case: ' || p)
	FROM test.plan('SELECT * FROM fenbo.queue_list WHERE no = 2611220000017') p;
SELECT test.ok(p ~ 'clock_rung' AND p !~ 'Seq', 'what is due: ' || p)
FROM test.plan('SELECT no FROM fenbo.clock WHERE stopped_at IS NULL AND paused_since IS NULL AND next_rung_at <= now() - interval ''1 year'' ORDER BY next_rung_at LIMIT 500') p;
-- One poll of the feed looks at the month or two that can hold something new, however many there are.
SELECT test.ok(p ~ 'tx_id_idx' AND p !~ 'Seq' AND length(regexp_replace(p, 'Index (Only )?Scan', '', 'g')) < length(p)
	AND (length(p) - length(replace(p, 'using event_', ''))) / length('using event_') <= 3, 'a poll: ' || p)
FROM test.plan(format('SELECT * FROM fenbo.event x WHERE (x.tx, x.id) > (%L::xid8, 0::bigint) AND x.tx < pg_snapshot_xmin(pg_current_snapshot()) AND x.at >= %L AND x.at < %L ORDER BY x.tx, x.id LIMIT 1000',
	pg_snapshot_xmin(pg_current_snapshot()), now() - interval '2 days', now() + interval '1 hour')) p;
-- Queries a poll makes and buffers it reads while nothing happens.
SELECT fenbo.feed_cursor() AS c \gset
UPDATE fenbo.setting SET value = 'off' WHERE name = 'test_clock';
SELECT fenbo.lead();
SELECT fenbo.maintain() \g /dev/null
SELECT fenbo.feed_cursor() AS c \gset
SELECT count(*) FROM generate_series(1, 20) g, LATERAL fenbo.feed_read(substr(:'c' || g, 1, length(:'c')), 100);
CREATE TABLE cost AS SELECT clock_timestamp() AS began;
SELECT test.eq(count(*), 0, 'idle') FROM generate_series(1, 500) g,
	LATERAL fenbo.feed_read(substr(:'c' || g, 1, length(:'c')), 100);
SELECT test.ok(clock_timestamp() - began < interval '2.5 s', 'five hundred idle polls take '
	|| (clock_timestamp() - began)) FROM cost;
