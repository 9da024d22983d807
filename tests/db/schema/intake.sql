-- Intake: the same report is one case whoever brings it how often; a bad row costs only itself and is kept; limits and
-- dates follow the rules; nothing personal is in the log.
CREATE TABLE r AS SELECT * FROM fenbo.intake(sha256('hot'), test.rows(5, 'a'));
SELECT test.eq(string_agg(status, ' ' ORDER BY line), 'created created created created created', 'five new') FROM r;
SELECT test.eq(count(*), 5, 'five numbers') FROM r WHERE fenbo.case_check(no);
SELECT test.eq(count(*), 5, 'a retry answers the same numbers') FROM fenbo.intake(sha256('hot'), test.rows(5, 'a')) s
	JOIN r USING (line, no) WHERE s.status = 'duplicate';
SELECT test.eq(count(*), 5, 'also by another key of the channel') FROM fenbo.intake(sha256('hot2'), test.rows(5, 'a')) s
	JOIN r USING (line, no);
SELECT test.eq(count(*), 5, 'another channel counts for itself') FROM fenbo.intake(sha256('app'), test.rows(5, 'a')) s
	WHERE s.status = 'created';
-- Every table has exactly what belongs to a case.
SELECT test.eq(ARRAY[(SELECT count(*) FROM fenbo.appeal), (SELECT count(*) FROM fenbo.queue),
	(SELECT count(*) FROM fenbo.citizen),
	(SELECT count(*) FROM fenbo.clock), (SELECT count(*) FROM fenbo.recommendation),
		(SELECT count(*) FROM fenbo.intake_key),
	(SELECT count(*) FROM fenbo.event WHERE no <> 0)], ARRAY[10, 10, 10, 10, 10, 10, 10]::bigint[], 'one of each');
-- Twice in one batch, and beside a known one.
SELECT test.eq(string_agg(status, ' ' ORDER BY line), 'created duplicate duplicate', 'within one batch')
FROM fenbo.intake(sha256('hot'),
	'[{"line":1,"external_id":"x","text":"一"},{"line":2,"external_id":"x","text":"二"},{"line":3,"external_id":"a1","text":"三"}]');
SELECT test.eq(a.text, '一', 'the first of them stands') FROM fenbo.appeal a WHERE a.external_id = 'x';
SELECT test.eq(count(DISTINCT no), 1, 'and the second is told its number')
FROM fenbo.intake(sha256('hot'), '[{"line":1,"external_id":"x","text":"一"},{"line":2,"external_id":"x","text":"二"}]');

-- What is wrong with a row concerns that row. raw_b64 is kept byte by byte.
CREATE TABLE s AS SELECT * FROM fenbo.intake(sha256('hot2'), jsonb_build_array(
	'{"line":1,"external_id":"ok1","text":"好"}'::jsonb, jsonb_build_object('line', 2, 'external_id', 'bad1', 'raw_b64',
		encode('\x00ff7b0a', 'base64')),
	'{"line":3,"text":"没有编号"}'::jsonb, jsonb_build_object('line', 4, 'external_id', 'old', 'text', '旧', 'received_at',
		now() - interval '3 days'),
	jsonb_build_object('line', 5, 'external_id', 'new', 'text', '新', 'received_at', now() + interval '1 hour'),
	'{"line":6,"external_id":"ok2","text":"好"}'::jsonb));
SELECT test.eq(string_agg(line || ':' || status || ':' || field || ':' || error, ' ' ORDER BY line),
	'1:created:: 2:quarantined:text:missing 3:quarantined:external_id:missing 4:quarantined:received_at:forbidden 5:quarantined:received_at:invalid 6:created::', 'row by row') FROM s;
SELECT test.eq(raw, '\x00ff7b0a', 'original bytes') FROM fenbo.quarantine WHERE line = 2;
-- A value that PostgreSQL itself refuses in the middle of a set.
SELECT test.eq(string_agg(line || ':' || status, ' ' ORDER BY line),
	'1:created 2:quarantined 3:created 4:quarantined 5:quarantined', 'casts cost one row')
FROM fenbo.intake(sha256('hot'),
	'[{"line":1,"external_id":"c1","text":"好"},{"line":2,"external_id":"c2","text":"坏","received_at":"yesterdayish"},
	{"line":3,"external_id":"c3","text":"好"},{"line":4,"external_id":"c4","text":"坏","priority":"burning"},{"line":5,"external_id":"c5","text":"坏","lat":"north"}]');
SELECT test.eq(count(*), 2, 'nothing of the bad ones was written') FROM fenbo.appeal WHERE external_id ~ '^c\d$';
SELECT test.eq(string_agg(status, ' '), 'quarantined', 'not even an object') FROM fenbo.intake(sha256('hot'),
	'["text"]');
SELECT test.fails($$SELECT fenbo.intake(sha256('nobody'), '[]')$$, 'unauthorized');
SELECT test.fails($$SELECT fenbo.intake(sha256('cg1'), '[]')$$, 'forbidden', 'a unit brings nothing');
SELECT test.fails($$SELECT fenbo.intake(sha256('hot'), test.rows(1001, 'z'))$$, 'too_large');
SELECT test.fails($$SELECT fenbo.intake(sha256('hot'), '{}')$$, 'invalid');
SELECT test.eq(count(*), 0, 'an empty batch') FROM fenbo.intake(sha256('hot'), '[]');

-- Back-dated imports: a number of their own day, a clock from now.
SELECT test.eq(status, 'created', 'with the right') FROM fenbo.intake(sha256('hot'),
	'[{"line":1,"external_id":"2024","text":"去年的","received_at":"2024-02-29T10:00:00+08:00"}]');
SELECT test.eq(left(q.no::text, 7), '2402297', 'number of that day'), test.eq(q.received_at, '2024-02-29 10:00+08',
	'receipt is kept'),
	test.ok(q.due_at > now() + interval '7 hours', 'the centre has it from now') FROM fenbo.queue q
		JOIN fenbo.appeal a USING (no) WHERE a.external_id = '2024';
SELECT test.eq(count(*), 3, 'three months in one batch') FROM fenbo.intake(sha256('hot'),
	'[{"line":1,"external_id":"m1","text":"一","received_at":"2023-01-05T10:00:00+08:00"},
	{"line":2,"external_id":"m2","text":"二","received_at":"2023-02-05T10:00:00+08:00"},{"line":3,"external_id":"m3","text":"三"}]') WHERE status = 'created';
SELECT test.eq(string_agg(left(no::text, 7), ' ' ORDER BY no), '2301057 2302057', 'each in its own') FROM fenbo.appeal
	WHERE external_id IN ('m1', 'm2');

-- Limits are the policy's, by priority.
SELECT fenbo.intake(sha256('hot'),
	test.rows(1, 'u', '{"priority":"urgent","confidential":true,"reply_wanted":true,"flags":64}'));
SELECT test.eq(c.limit_s, 1800, 'urgent'), test.eq(q.due_at, c.due_at, 'the queue shows it'),
	test.eq(q.due_at - date_trunc('second', q.received_at), interval '30 min', 'half an hour'),
	test.eq(q.flags, 64 + 4 + 8, 'flags') FROM fenbo.queue q JOIN fenbo.clock c USING (no)
		JOIN fenbo.appeal a USING (no) WHERE a.external_id = 'u1';
SELECT fenbo.route_apply('{"policy":{"priorities":{"urgent":{"dispatch_s":900}}}}', '{}', '', NULL);
SELECT fenbo.intake(sha256('hot'), test.rows(1, 'v', '{"priority":"urgent"}'));
SELECT test.eq(c.limit_s, 900, 'a new policy holds at once') FROM fenbo.clock c JOIN fenbo.appeal a USING (no)
	WHERE a.external_id = 'v1';

-- Nothing personal in the log, nothing in the frame but what DESIGN names; the commitment binds the text.
SELECT test.eq(count(*), 0, 'no name, telephone, address or text in any event') FROM fenbo.event e
	WHERE e::text ~ '张三|1380013|东门|燃气味';
SELECT test.ok(bool_and(e.args ->> 'text' = encode(sha256(c.salt || convert_to(a.text, 'UTF8')), 'hex')),
	'salted commitment')
FROM fenbo.event e JOIN fenbo.appeal a USING (no) JOIN fenbo.citizen c USING (no) WHERE e.action = 'create';
SELECT test.ok(bool_and(fenbo._frame(q) = e.after), 'the first frame is the row''s frame') FROM fenbo.event e
	JOIN fenbo.queue q USING (no) WHERE e.action = 'create';

-- Several keys at once; a bad one fails its own rows only.
SELECT test.eq(string_agg(line || ':' || status, ' ' ORDER BY line), '1:created 2:created 3:refused', 'intake_many')
FROM fenbo.intake_many(ARRAY['[{"line":1,"external_id":"k1","text":"一"}]', '[{"line":2,"external_id":"k1","text":"二"}]',
	'[{"line":3,"external_id":"k1","text":"三"}]']::jsonb[],
	ARRAY[sha256('hot'), sha256('app'), sha256('nobody')]);

-- Two at the same moment: the second waits, and is told the first one's number. Opposite orders do not deadlock.
SELECT dblink_connect('a', :'url'), dblink_connect('b', :'url');
SELECT dblink_exec('a', 'BEGIN'), dblink_exec('b', 'BEGIN');
CREATE TABLE ra AS SELECT * FROM dblink('a', $$SELECT line, status, no FROM fenbo.intake(sha256('hot'),
	'[{"line":1,"external_id":"p1","text":"一"},{"line":2,"external_id":"p2","text":"二"}]')$$) r(line integer,
	status text, no bigint);
SELECT dblink_send_query('b', $$SELECT line, status, no FROM fenbo.intake(sha256('hot'),
	'[{"line":1,"external_id":"p2","text":"二"},{"line":2,"external_id":"p3","text":"三"},{"line":3,"external_id":"p1","text":"一"}]')$$);
DO $$
BEGIN -- until b waits for a
	FOR i IN 1 .. 2000 LOOP
		EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid');
		PERFORM pg_sleep(0.005);
	END LOOP;
	PERFORM test.eq(dblink_is_busy('b'), 1, 'the second waits');
END $$;
SELECT dblink_exec('a', 'COMMIT');
CREATE TABLE rb AS SELECT * FROM dblink_get_result('b') r(line integer, status text, no bigint);
SELECT test.eq(string_agg(status, ' ' ORDER BY line), 'duplicate created duplicate', 'one case each') FROM rb;
SELECT test.eq(count(*), 1, 'the first one''s number') FROM ra JOIN rb ON ra.line = 1 AND rb.line = 3 AND ra.no = rb.no;
SELECT * FROM dblink_get_result('b') r(line integer, status text, no bigint);
SELECT dblink_exec('b', 'COMMIT');
-- The first one gives up: the second takes it.
SELECT dblink_exec('a', 'BEGIN'), dblink_exec('b', 'BEGIN');
SELECT * FROM dblink('a', $$SELECT line, status, no FROM fenbo.intake(sha256('hot'),
	'[{"line":1,"external_id":"q1","text":"一"}]')$$) r(line integer, status text, no bigint);
SELECT dblink_send_query('b', $$SELECT line, status, no FROM fenbo.intake(sha256('hot'),
	'[{"line":1,"external_id":"q1","text":"一"}]')$$);
SELECT dblink_exec('a', 'ROLLBACK');
SELECT test.eq(status, 'created', 'a failed transaction leaves no key behind')
	FROM dblink_get_result('b') r(line integer, status text, no bigint);
SELECT * FROM dblink_get_result('b') r(line integer, status text, no bigint);
SELECT dblink_exec('b', 'COMMIT');
SELECT test.eq(count(*), 0, 'the record is sound') FROM fenbo.audit_verify();
SELECT dblink_disconnect('a'), dblink_disconnect('b');

-- Quarantine: listed, shown, dropped, settled; once.
SELECT test.eq(count(*), 8, 'all that was refused is there') FROM fenbo.quarantine_list(0, 100);
SELECT test.eq(fenbo.quarantine_add(sha256('hot'),
	'[{"line":7,"raw_b64":"e2JhZA==","field":"","error":"invalid","message":"no JSON"}]'), 1, 'kept');
SELECT test.eq(convert_from(decode(raw_b64, 'base64'), 'UTF8'), '{bad', 'shown') FROM fenbo.quarantine_list(0, 100) l,
	fenbo.quarantine_show(l.id) WHERE l.line = 7;
SELECT fenbo.quarantine_drop(id) FROM fenbo.quarantine_list(0, 100) WHERE line = 7;
SELECT test.fails(format('SELECT fenbo.quarantine_drop(%s)', id), 'conflict') FROM fenbo.quarantine WHERE line = 7;
SELECT test.fails(format('SELECT fenbo.quarantine_settle(%s, 17)', (SELECT min(id) FROM fenbo.quarantine)), 'not_found',
	'no such case');
SELECT fenbo.quarantine_settle((SELECT min(id) FROM fenbo.quarantine), (SELECT min(no) FROM ra));
SELECT test.eq(count(*), 7, 'two are done') FROM fenbo.quarantine_list(0, 100);
SET SESSION AUTHORIZATION t_desk1;
SELECT test.fails('SELECT * FROM fenbo.quarantine_list(0, 10)', 'forbidden', 'not a district desk''s affair');

RESET SESSION AUTHORIZATION;
-- What the machine read and which earlier cases it found: kept with the case, and shown as far as the reader may see it.
SELECT fenbo.intake(sha256('hot'), test.rows(1, 'linked', jsonb_build_object('fields', '{"type":{"value":"complaint","start":0,"end":2},
	"phone":[{"start":3,"end":14}]}'::jsonb, 'links', jsonb_build_array(
		jsonb_build_object('no', a.no, 'kind', 'quoted', 'reason', '引用'), jsonb_build_object('no', a.no, 'kind', 'quoted', 'reason', '又引用'),
		jsonb_build_object('no', a.no, 'kind', 'relapse', 'reason', '同地同事'), '{"no":1,"kind":"quoted","reason":"不存在"}'::jsonb))))
FROM fenbo.appeal a WHERE a.external_id = 'u1';
SELECT test.eq(a.fields #>> '{type,value}', 'complaint', 'fields are kept'),
	test.eq((SELECT count(*) FROM fenbo.link l WHERE l.no = a.no), 2, 'a link of each kind, once, and none to what is not there') FROM fenbo.appeal a WHERE a.external_id = 'linked1';
SELECT test.eq(x.links, '["quoted 引用","relapse 同地同事"]', 'links as they are shown: none to what is not there')
FROM (SELECT jsonb_agg((l ->> 'kind') || ' ' || (l ->> 'reason')) AS links FROM fenbo.appeal a,
	jsonb_array_elements(fenbo._links(a.no, ROW (true, '{}', '{}', NULL)::fenbo.scope)) l WHERE a.external_id = 'linked1') x;
SELECT test.eq(e.after -> 'burst', 'null', 'no group yet') FROM fenbo.event e JOIN fenbo.appeal a USING (no) WHERE a.external_id = 'linked1';
SELECT test.eq(string_agg(line || ':' || status, ' ' ORDER BY line), '1:quarantined 2:created', 'a link of an unknown kind costs its row')
FROM fenbo.intake(sha256('hot'), (SELECT jsonb_build_array(jsonb_build_object('line', 1, 'external_id', 'lk1', 'text', '坏', 'links',
	jsonb_build_array(jsonb_build_object('no', a.no, 'kind', 'guessed'))), '{"line":2,"external_id":"lk2","text":"好"}'::jsonb)
	FROM fenbo.appeal a WHERE a.external_id = 'u1'));
