-- The feed: nothing is ever skipped, whatever commits when; the cursor of a snapshot; epoch, age and nonsense are
-- 'gone'.
SET SESSION AUTHORIZATION t_feed;
SELECT fenbo.feed_cursor() AS c0 \gset
SELECT test.eq(count(*), 0, 'nothing after a cursor just taken') FROM fenbo.feed_read(:'c0', 100);
RESET SESSION AUTHORIZATION;
SELECT fenbo.intake(sha256('hot'), test.rows(3, 'a'));
SELECT test.eq(count(*), 3, 'three events'),
	test.ok(bool_and(data ? 'title' AND data ? 'place' AND data ->> 'by' = 'key:hot' AND data ? 'at'), 'whole payload'),
	test.ok(bool_and(data ->> 'id' = lpad(no::text, 13, '0') AND (data ->> 'version')::int = 1), 'id and version'),
		test.ok(bool_and(data -> 'top' ->> 0 = 'gas'), 'top')
FROM fenbo.feed_read(:'c0', 100);
SELECT test.eq(count(*), 2, 'as many as asked for') FROM fenbo.feed_read(:'c0', 2);
SELECT cursor AS c2 FROM fenbo.feed_read(:'c0', 2) OFFSET 1 \gset
SELECT test.eq(count(*), 1, 'and on from there') FROM fenbo.feed_read(:'c2', 100);

-- A slow transaction: it takes its id first and commits last. What came after it is held back, then all comes, in
-- order.
SELECT dblink_connect('slow', :'url'), dblink_connect('quick', :'url');
SELECT cursor AS c3 FROM fenbo.feed_read(:'c0', 100) OFFSET 2 \gset
SELECT dblink_exec('slow', 'BEGIN');
SELECT * FROM dblink('slow', $$SELECT status FROM fenbo.intake(sha256('hot'), test.rows(2, 's'))$$) r(s text);
SELECT * FROM dblink('quick', $$SELECT status FROM fenbo.intake(sha256('hot'), test.rows(2, 'q'))$$) r(s text);
SELECT test.eq(count(*), 0, 'held back') FROM fenbo.feed_read(:'c3', 100);
SELECT test.ok(held_s > 0 AND waiting = 2, 'and the lag says so') FROM fenbo.feed_lag();
SELECT dblink_exec('slow', 'COMMIT');
SELECT test.eq(count(*), 4, 'all four'),
	test.ok(array_agg(cursor) = array_agg(cursor ORDER BY split_part(cursor, '-', 2)::bigint,
	split_part(cursor, '-', 3)::bigint), 'in order') FROM fenbo.feed_read(:'c3', 100);
SELECT test.ok(held_s = 0 AND waiting = 0, 'no lag') FROM fenbo.feed_lag();

-- A snapshot's cursor, taken while others write, misses nothing that the snapshot did not see.
SELECT dblink_exec('slow', 'BEGIN');
SELECT * FROM dblink('slow', $$SELECT status FROM fenbo.intake(sha256('hot'), test.rows(1, 'late'))$$) r(s text);
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT fenbo.feed_cursor() AS c4 \gset
SELECT test.eq(count(*), 7, 'not seen') FROM fenbo.queue_list;
SELECT dblink_exec('slow', 'COMMIT');
SELECT test.eq(count(*), 7, 'still not') FROM fenbo.queue_list;
COMMIT;
SELECT test.ok(bool_or(data ->> 'title' IS NOT NULL AND no = (SELECT max(no) FROM fenbo.queue)), 'but told')
	FROM fenbo.feed_read(:'c4', 100);

-- The property, with many writers who take their time and some who give up: a reader who polls all along sees exactly
-- what was committed, once, and each case's versions only rise.
SELECT dblink_connect('w' || i, :'url') FROM generate_series(1, 6) i;
CREATE FUNCTION test.writer(me integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. 25 LOOP
		PERFORM dblink_connect('self', current_setting('test.url'));
		PERFORM dblink_exec('self', 'BEGIN');
		PERFORM * FROM dblink('self', format('SELECT status FROM fenbo.intake(sha256(''hot''), test.rows(3, ''w%s-%s-''))', me, i)) r(s text);
		PERFORM pg_sleep(random() * 0.02);
		PERFORM dblink_exec('self', CASE WHEN i % 5 = 0 THEN 'ROLLBACK' ELSE 'COMMIT' END);
		PERFORM dblink_disconnect('self');
	END LOOP;
END $$;
SELECT fenbo.feed_cursor() AS c5 \gset
SELECT dblink_exec('w' || i, format('SET test.url = %L', :'url')) FROM generate_series(1, 6) i;
SELECT dblink_send_query('w' || i, format('SELECT test.writer(%s)', i)) FROM generate_series(1, 6) i;
CREATE TABLE seen (n serial, cursor text, no bigint, version integer);
CREATE PROCEDURE test.follow(start text) LANGUAGE plpgsql AS $$
DECLARE
	c text := start;
	busy integer;
	n integer;
BEGIN
	LOOP
		SELECT sum(dblink_is_busy('w' || i)) INTO busy FROM generate_series(1, 6) i;
		INSERT INTO seen (cursor, no, version) SELECT f.cursor, f.no, f.version FROM fenbo.feed_read(c, 7) f;
		GET DIAGNOSTICS n = ROW_COUNT;
		SELECT s.cursor INTO c FROM seen s ORDER BY s.n DESC LIMIT 1;
		c := coalesce(c, start);
		COMMIT;
		EXIT WHEN busy = 0 AND n = 0;
	END LOOP;
END $$;
CALL test.follow(:'c5');
SELECT test.eq(count(*), 6 * 20 * 3, 'everything committed came'), test.eq(count(DISTINCT cursor), count(*), 'once')
	FROM seen JOIN fenbo.appeal USING (no) WHERE external_id LIKE 'w%';
SELECT test.eq(count(*), 0, 'nothing that was rolled back') FROM seen s WHERE NOT EXISTS (SELECT FROM fenbo.appeal a
	WHERE a.no = s.no);
SELECT dblink_disconnect('w' || i) FROM generate_series(1, 6) i;
SELECT dblink_disconnect('slow'), dblink_disconnect('quick');

-- Out of scope is not told; what has left the scope is told once.
SET SESSION AUTHORIZATION t_unit;
SELECT test.eq(count(*), 0, 'a unit hears nothing of the centre''s triage') FROM fenbo.feed_read(:'c0', 1000);
RESET SESSION AUTHORIZATION;
SELECT test.eq(count(*), 0, 'events of no case are not for people')
	FROM fenbo.feed_read((SELECT left(:'c0', 12) || '-0-0'), 1000) WHERE no = 0 AND action <> 'route';
SELECT test.eq((SELECT string_agg(data ->> 'revision', ',') FROM fenbo.feed_read((SELECT left(:'c0', 12) || '-0-0'),
	1000) WHERE action = 'route'), '1', 'but routing is');

-- Gone.
SELECT test.fails(format('SELECT * FROM fenbo.feed_read(%L, 1)', c), 'gone')
	FROM unnest(ARRAY['', 'x', '0123456789ab-1-1', left(:'c0', 12) || '-999999999-0',
	left(:'c0', 12) || '--1-0', left(:'c0', 12) || '-1', NULL]) c;
UPDATE fenbo.setting SET value = 'another history' WHERE name = 'epoch';
SELECT test.fails(format('SELECT * FROM fenbo.feed_read(%L, 1)', :'c2'), 'gone', 'another epoch');
SELECT fenbo.feed_cursor() AS c6 \gset
SELECT fenbo.lead();
SELECT fenbo.maintain();
SELECT test.eq(count(*), 0, 'two days are kept') FROM fenbo.feed_read(:'c6', 1);
INSERT INTO fenbo.setting VALUES ('test_clock_offset', '47 hours');
SELECT fenbo.maintain();
SELECT count(*) AS kept FROM fenbo.feed_read(left(:'c6', 12) || '-0-0', 10000) \gset
SELECT test.ok(:kept > 100, 'all still there after 47 hours');
UPDATE fenbo.setting SET value = '49 hours' WHERE name = 'test_clock_offset';
SELECT fenbo.intake(sha256('hot'), test.rows(1, 'young'));
SELECT fenbo.maintain();
SELECT test.fails(format('SELECT * FROM fenbo.feed_read(%L, 1)', left(:'c6', 12) || '-0-0'), 'gone',
	'older than 48 hours');
SELECT test.eq(count(*), 1, 'what is young can be read from where the old ended') FROM fenbo.feed_read(:'c6', 10);
