-- The leader's work, and the day's figures of a dispatcher.
SELECT test.fails('SELECT fenbo.ladder(1)', 'conflict'), test.fails('SELECT fenbo.maintain()', 'conflict'),
	test.fails('SELECT fenbo.sweep()', 'conflict');
SELECT test.ok(fenbo.lead(), 'leads');
-- Late: once, in the record, no new version; a paused or stopped clock is not (the ladder itself: tests/db/ladder.sql).
SELECT fenbo.intake(sha256('hot'), test.rows(3, 'u', '{"priority":"urgent"}'));
SELECT fenbo.intake(sha256('hot'), test.rows(1, 'n'));
UPDATE fenbo.clock SET paused_since = now() WHERE no = (SELECT no FROM fenbo.appeal WHERE external_id = 'u3');
CREATE FUNCTION test.late() RETURNS bigint LANGUAGE sql AS $$ SELECT coalesce(sum(fired), 0) FROM fenbo.ladder(1000) WHERE what = 'breach' $$;
SELECT test.eq(test.late(), 0, 'in time');
INSERT INTO fenbo.setting VALUES ('test_clock_offset', '31 minutes');
SELECT test.eq(test.late(), 2, 'two urgent ones');
SELECT test.eq(test.late(), 0, 'once');
SELECT test.eq(count(*), 2, 'recorded'),
	test.ok(bool_and(version = 1 AND actor = 'system' AND args = '{"clock": "dispatch"}'), 'as what it is')
	FROM fenbo.event WHERE action = 'breach';
-- A row somebody is working on waits for the next turn, and nobody waits for it.
UPDATE fenbo.setting SET value = '9 hours' WHERE name = 'test_clock_offset';
SELECT dblink_connect('a', :'url');
SELECT dblink_exec('a', 'BEGIN');
SELECT * FROM dblink('a', $$SELECT no FROM fenbo.queue WHERE no = (SELECT no FROM fenbo.appeal
	WHERE external_id = 'n1') FOR UPDATE$$) r(no bigint);
SELECT test.eq(test.late(), 0, 'held');
SELECT dblink_exec('a', 'ROLLBACK');
SELECT test.eq(test.late(), 1, 'next turn');
UPDATE fenbo.setting SET value = '0' WHERE name = 'test_clock_offset';

-- Partitions: a year ahead whatever month it is, and no hole at the change of a month.
SELECT fenbo.maintain();
UPDATE fenbo.setting SET value = '200 days' WHERE name = 'test_clock_offset';
SELECT test.ok(fenbo.maintain() > 0, 'time goes on');
SELECT test.eq(count(*), 6, 'every table has the month a year from then')
	FROM unnest(ARRAY['appeal', 'citizen', 'recommendation', 'repeat_candidate', 'remark', 'event']) t
WHERE to_regclass('fenbo.' || t || '_' || to_char((fenbo.now_() + interval '11 months') AT TIME ZONE 'Asia/Shanghai',
	'YYMM')) IS NOT NULL;
UPDATE fenbo.setting SET value = (date_trunc('month', now() + interval '1 month',
	'Asia/Shanghai') - interval '1 second' - now())::text WHERE name = 'test_clock_offset';
SELECT test.eq(count(*), 1, 'the last second of a month') FROM fenbo.intake(sha256('hot'), test.rows(1, 'last'))
	WHERE status = 'created';
UPDATE fenbo.setting SET value = (date_trunc('month', now() + interval '1 month',
	'Asia/Shanghai') + interval '1 second' - now())::text WHERE name = 'test_clock_offset';
SELECT test.eq(count(*), 1, 'and the first of the next') FROM fenbo.intake(sha256('hot'), test.rows(1, 'first'))
	WHERE status = 'created';
SELECT test.eq(count(DISTINCT tableoid), 2, 'in two partitions') FROM fenbo.appeal WHERE external_id IN ('last1',
	'first1');
SELECT test.eq(count(DISTINCT e.tableoid), 2, 'of the log too') FROM fenbo.event e JOIN fenbo.appeal a USING (no)
	WHERE external_id IN ('last1', 'first1');
UPDATE fenbo.setting SET value = '0' WHERE name = 'test_clock_offset';
-- Two imports that need the same month that is not there.
SELECT dblink_connect('b', :'url');
SELECT dblink_exec('a', 'BEGIN'), dblink_exec('b', 'BEGIN');
SELECT * FROM dblink('a', $$SELECT status FROM fenbo.intake(sha256('hot'),
	test.rows(1, 'ma', '{"received_at":"2021-06-05T12:00:00+08:00"}'))$$) r(s text);
SELECT dblink_send_query('b', $$SELECT status FROM fenbo.intake(sha256('hot'),
	test.rows(1, 'mb', '{"received_at":"2021-06-07T12:00:00+08:00"}'))$$);
SELECT dblink_exec('a', 'COMMIT');
SELECT test.eq(s, 'created', 'both come in') FROM dblink_get_result('b') r(s text);
SELECT * FROM dblink_get_result('b') r(s text);
SELECT dblink_exec('b', 'COMMIT'), dblink_disconnect('a'), dblink_disconnect('b');
-- Whatever has had its time goes.
INSERT INTO fenbo.idempotency SELECT 'k' || h, 1, now() - make_interval(hours => h), '{}' FROM unnest(ARRAY[1, 25]) h;
SELECT fenbo.maintain();
SELECT test.eq(string_agg(key, ','), 'k1', 'a day') FROM fenbo.idempotency;
-- One step that fails does not keep the others from their work.
ALTER TABLE fenbo.idempotency RENAME TO elsewhere;
SET client_min_messages = error;
INSERT INTO fenbo.feed_ticket VALUES ('\x00', 't_disp', now() - interval '1 hour');
UPDATE fenbo.setting SET value = '500 days' WHERE name = 'test_clock_offset';
SELECT test.ok(fenbo.maintain() > 0, 'goes on');
SELECT test.ok(to_regclass('fenbo.event_' || to_char((fenbo.now_() + interval '11 months') AT TIME ZONE 'Asia/Shanghai',
	'YYMM')) IS NOT NULL, 'partitions above all');
ALTER TABLE fenbo.elsewhere RENAME TO idempotency;
UPDATE fenbo.setting SET value = '0' WHERE name = 'test_clock_offset';

-- Today's figures. Word of an urgent case goes out at once, so that its dispatch cannot be undone.
UPDATE fenbo.queue SET priority = 'normal';
SET SESSION AUTHORIZATION t_disp;
SELECT session AS s FROM fenbo.login('t') \gset
SELECT test.eq((handled, late)::text, '(0,0)', 'nothing yet') FROM fenbo.mine_today();
SELECT n.id, (fenbo.show(n.id) #>> '{recommendation,id}')::bigint AS rec, n.version FROM fenbo.act('next', '{}',
	NULL) n \gset
SELECT test.ok(ok, 'confirmed: ' || coalesce(message, '')) FROM fenbo.act('confirm', ARRAY[:id], ARRAY[:version],
	jsonb_build_object('recommendation', :rec, 'unit', 'gas'));
SELECT test.eq((handled, late)::text, '(1,0)', 'one in time') FROM fenbo.mine_today();
SELECT test.ok(ok, 'undone: ' || coalesce(message, '')) FROM fenbo.act('undo', '{}', NULL);
SELECT test.eq((handled, late)::text, '(0,0)', 'taken back') FROM fenbo.mine_today();
RESET SESSION AUTHORIZATION;
UPDATE fenbo.setting SET value = '10 minutes' WHERE name = 'test_clock_offset';
UPDATE fenbo.queue SET due_at = now() - interval '1 minute' WHERE no = :id;
SELECT version FROM fenbo.queue WHERE no = :id \gset
SET SESSION AUTHORIZATION t_disp;
SELECT test.ok(ok, 'confirmed late: ' || coalesce(message, '')) FROM fenbo.act('confirm', ARRAY[:id], ARRAY[:version],
	jsonb_build_object('recommendation', :rec, 'unit', 'gas'));
SELECT test.eq((handled, late)::text, '(1,1)', 'late') FROM fenbo.mine_today();
SELECT test.eq(handled_today, 1, 'as the log-in says') FROM fenbo.login('t', :'s');
RESET SESSION AUTHORIZATION;
SELECT test.eq(count(*), 0, 'the record is sound') FROM fenbo.audit_verify();
