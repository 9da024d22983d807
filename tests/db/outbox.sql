-- The outbox: what is taken when, what becomes of it, what people can do about it. Run after actions_fixture.sql, by a connection that leads.
SELECT t.ok(fenbo.lead(), 'this connection leads');
UPDATE fenbo.routing_revision SET policy = policy || '{"outbox": {"tries": 3, "back_off_s": 5, "longest_s": 60},
	"working": {"quiet": [1320, 420]}, "addresses": {"leader": "+86 138-0000-0009", "emergency": "https://119.example/fenbo"},
	"messages": {"dispatched": {"citizen": "您反映的“【title】”已转【unit】办理"}, "result": {"citizen": "【number】：【text】"},
	"default": {"unit": "【number】有新的消息", "leader": "【title】"}}}';
UPDATE fenbo.unit SET contact = 'https://zj.example/hook' WHERE code = 'BA-ZJ';
UPDATE fenbo.unit SET contact = '0755-12345678' WHERE code = 'BA-CG';
-- Noon, so that no quiet hour is near.
INSERT INTO fenbo.setting VALUES ('test_clock_offset', ((date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') + interval '36 hours')
	AT TIME ZONE 'Asia/Shanghai' - now())::text) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
SELECT t.login(a) FROM unnest(ARRAY['anna', 'ben', 'dora', 'sue', 'ute', 'uli']) a \g /dev/null

CREATE FUNCTION t.take(most integer DEFAULT 100, each integer DEFAULT 100, busy jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(l.target || ' ' || l.kind || coalesce(' ' || l.address, ''), ', ' ORDER BY l.id), '') FROM fenbo.outbox_take(most, each, busy) l
$$;
CREATE FUNCTION t.states(name text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(o.target || ' ' || o.kind || ' ' || o.state, ', ' ORDER BY o.id), '') FROM fenbo.outbox o WHERE o.no = t.no(name)
$$;
CREATE FUNCTION t.msg(name text, target text, kind text) RETURNS fenbo.outbox LANGUAGE sql AS $$
	SELECT o FROM fenbo.outbox o WHERE o.no = t.no(name) AND o.target = $2 AND o.kind = $3 ORDER BY o.id DESC LIMIT 1
$$;
CREATE FUNCTION t.report(m fenbo.outbox, fate text, http integer DEFAULT NULL, said text DEFAULT '', wait_s integer DEFAULT 0, once boolean DEFAULT false)
RETURNS text LANGUAGE sql AS $$ SELECT fenbo.outbox_done(m.id, m.tries, fate, http, said, wait_s, once) $$;

-- --- held, taken, sent ---------------------------------------------------------------------------------------------
SELECT t.make('a');
SELECT t.does('anna', 'confirm', 'a', t.rec('a', 'BA-ZJ'));
SELECT t.is(t.take(), '', 'what is held for an undo is not taken');
SELECT t.is((fenbo.outbox_depths()).waiting::text, '2', 'and counts as waiting');
SELECT t.wait('11 s');
SELECT t.is(t.take(), 'citizen dispatched 13800000001, unit:BA-ZJ dispatch https://zj.example/hook', 'taken after ten seconds, with the addresses');
SELECT t.is(t.states('a'), 'citizen dispatched sending, unit:BA-ZJ dispatch sending', 'and as sending already');
SELECT t.is(t.take(), '', 'nothing is taken twice');
SELECT t.refuses('anna', 'undo', 'a', 'conflict', 'id') \g /dev/null
SELECT t.ok(to_jsonb(o)::text !~ '138000|张三', 'no personal data in the row') FROM fenbo.outbox o WHERE o.no = t.no('a');
SELECT t.is(t.report(t.msg('a', 'citizen', 'dispatched'), 'answered', 200, 'ok'), 'sent', 'an answer of 200');
SELECT t.is(t.report(t.msg('a', 'citizen', 'dispatched'), 'answered', 500), 'sent', 'stays sent whatever is said later');
SELECT t.is(t.report(t.msg('a', 'unit:BA-ZJ', 'dispatch'), 'answered', 204), 'sent', 'an answer of 204');
SELECT t.ok(o.sent_at IS NOT NULL AND o.status = 204 AND o.settled_at = o.sent_at, 'with its time') FROM t.msg('a', 'unit:BA-ZJ', 'dispatch') o;

-- What is in a letter.
SELECT t.make('b');
SELECT t.does('anna', 'override', 'b', '{"unit": "BA-CG", "reason": "other_unit"}');
SELECT t.wait('11 s');
CREATE TEMP TABLE letter AS SELECT * FROM fenbo.outbox_take(10, 10, '{}');
SELECT t.is(template || ' | ' || (fields ->> 'title') || ' | ' || (fields ->> 'unit') || ' | ' || (fields ->> 'number'),
	'您反映的“【title】”已转【unit】办理 | 燃气味很大 b | 宝安区城市管理局 | ' || fenbo.case_show(t.no('b')), 'template and fields') FROM letter WHERE target = 'citizen';
SELECT t.is(payload ->> 'external_id' || ' ' || (payload ->> 'id') || ' ' || (payload ->> 'kind') || ' ' || (payload ->> 'channel'), 'b ' || t.case13('b') || ' dispatched hotline',
	'a channel knows its own case') FROM letter WHERE target = 'citizen';
SELECT t.ok(payload ->> 'key' = key AND NOT payload::text ~ '138000|张三', 'the key, and nobody''s number') FROM letter;
SELECT t.ok(address IS NULL, 'a land line takes no short messages') FROM letter WHERE target = 'unit:BA-CG';
SELECT t.is(t.states('b'), 'citizen dispatched sending, unit:BA-CG dispatch unaddressed', 'so there is nobody to tell, and that is said');
SELECT t.report(t.msg('b', 'citizen', 'dispatched'), 'answered', 200) \g /dev/null

-- --- what comes back -----------------------------------------------------------------------------------------------
SELECT t.make('c');
SELECT t.does('anna', 'confirm', 'c', t.rec('c', 'BA-ZJ'));
SELECT t.wait('11 s');
SELECT t.take() \g /dev/null
SELECT t.is(t.report(t.msg('c', 'unit:BA-ZJ', 'dispatch'), 'answered', 503, 'busy', 120), 'waiting', '503 is tried again');
SELECT t.ok(o.next_at >= fenbo.now_() + interval '119 s' AND o.status = 503 AND o.answer = 'busy', 'not before it said') FROM t.msg('c', 'unit:BA-ZJ', 'dispatch') o;
SELECT t.wait('121 s');
SELECT t.is(t.take(), 'unit:BA-ZJ dispatch https://zj.example/hook', 'then');
SELECT t.is(t.report(t.msg('c', 'unit:BA-ZJ', 'dispatch'), 'unsent', NULL, 'no connection'), 'waiting', 'nothing left: tried again');
SELECT t.ok(o.next_at BETWEEN fenbo.now_() + interval '4 s' AND fenbo.now_() + interval '11 s', 'twice as long, in part by chance') FROM t.msg('c', 'unit:BA-ZJ', 'dispatch') o;
SELECT t.wait('11 s');
SELECT t.take() \g /dev/null
SELECT t.is(t.report(t.msg('c', 'unit:BA-ZJ', 'dispatch'), 'answered', 500), 'dead', 'three times are enough');
SELECT t.is(t.report(t.msg('c', 'citizen', 'dispatched'), 'answered', 422, 'no such phone'), 'dead', '422 is for good');
SELECT t.is((fenbo.outbox_depths()).dead::text, '2', 'two dead letters');

SELECT t.make('d');
SELECT t.does('anna', 'confirm', 'd', t.rec('d', 'BA-ZJ'));
SELECT t.wait('11 s');
SELECT t.take() \g /dev/null
SELECT t.is(t.report(t.msg('d', 'unit:BA-ZJ', 'dispatch'), 'unknown', NULL, 'cut', 0, false), 'waiting', 'fate unknown, the receiver honours the key: again');
SELECT t.is(t.report(t.msg('d', 'citizen', 'dispatched'), 'unknown', NULL, 'cut', 0, true), 'parked', 'else a person decides');
SELECT t.is(t.report(t.msg('d', 'citizen', 'dispatched'), 'answered', 500, '', 0, true), 'parked', 'late word of no use changes nothing');
SELECT t.is(t.report(t.msg('d', 'citizen', 'dispatched'), 'answered', 200, '', 0, true), 'sent', 'late word that it arrived does');
SELECT t.wait('11 s');
SELECT t.take() \g /dev/null
SELECT t.is(t.report(t.msg('d', 'unit:BA-ZJ', 'dispatch'), 'answered', 504, '', 0, true), 'parked', 'a proxy that gave up says nothing about what is behind it');
SELECT t.is(fenbo.outbox_done(o.id, o.tries - 1, 'answered', 200, '', 0, true), 'parked', 'a report of another try changes nothing') FROM t.msg('d', 'unit:BA-ZJ', 'dispatch') o;

-- A gateway that says 200, and in its words that it may take the message later.
SELECT t.make('w');
SELECT t.does('anna', 'confirm', 'w', t.rec('w', 'BA-ZJ'));
SELECT t.wait('11 s');
SELECT t.take() \g /dev/null
SELECT t.is(t.report(t.msg('w', 'citizen', 'dispatched'), 'busy', 200, 'isv.BUSINESS_LIMIT_CONTROL', 0, true), 'waiting', 'not taken, so another try is no second message');
UPDATE fenbo.outbox SET state = 'cancelled' WHERE no = t.no('w');

-- Statuses one by one.
SELECT t.make('s');
INSERT INTO fenbo.outbox (no, version, target, kind, body, hold_until, state, tries)
	SELECT t.no('s'), 1, 'unit:BA-ZJ', 's' || n, '{}', fenbo.now_(), 'sending', 1 FROM unnest(ARRAY[200, 202, 299, 301, 400, 401, 404, 408, 409, 410, 425, 429, 500, 502, 503, 504]) n;
SELECT t.is(string_agg(n || ' ' || t.report(t.msg('s', 'unit:BA-ZJ', 's' || n), 'answered', n, '', 0, true), ', ' ORDER BY n),
	'200 sent, 202 sent, 299 sent, 301 dead, 400 dead, 401 dead, 404 dead, 408 waiting, 409 dead, 410 dead, 425 waiting, 429 waiting, 500 waiting, 502 parked, 503 waiting, 504 parked',
	'what each status means') FROM unnest(ARRAY[200, 202, 299, 301, 400, 401, 404, 408, 409, 410, 425, 429, 500, 502, 503, 504]) n;
UPDATE fenbo.outbox SET state = 'cancelled' WHERE no = t.no('s');

-- --- order, bounds -------------------------------------------------------------------------------------------------
SELECT t.make('e', 'f', 'g');
SELECT t.does('anna', 'confirm', 'e', t.rec('e', 'BA-ZJ'));
SELECT t.does('anna', 'chase', 'e', '{"text": "请尽快"}');
SELECT t.does('anna', 'priority', 'e', '{"priority": "urgent"}');
SELECT t.wait('11 s');
SELECT t.is(t.take(), 'citizen dispatched 13800000001, unit:BA-ZJ dispatch https://zj.example/hook', 'one at a time to each about one case');
SELECT t.is(t.take(), '', 'the next waits for the one before');
SELECT t.report(t.msg('e', 'unit:BA-ZJ', 'dispatch'), 'answered', 500) \g /dev/null
SELECT t.is(t.take(), '', 'also while that waits for its next try');
SELECT t.wait('6 s');
SELECT t.take() \g /dev/null
SELECT t.report(t.msg('e', 'unit:BA-ZJ', 'dispatch'), 'refused', NULL, 'never') \g /dev/null
SELECT t.is(t.take(), 'unit:BA-ZJ chase https://zj.example/hook', 'what is dead is no obstacle');
SELECT t.report(t.msg('e', 'unit:BA-ZJ', 'chase'), 'answered', 200) \g /dev/null
SELECT t.is(t.take(), 'unit:BA-ZJ priority https://zj.example/hook', 'in the order they were told');
SELECT t.report(t.msg('e', 'unit:BA-ZJ', 'priority'), 'answered', 200) \g /dev/null
SELECT t.report(t.msg('e', 'citizen', 'dispatched'), 'answered', 200) \g /dev/null

SELECT t.does('anna', 'confirm', n, t.rec(n, 'BA-ZJ')) FROM unnest(ARRAY['f', 'g']) n;
SELECT t.wait('11 s');
SELECT t.is(t.take(1), 'citizen dispatched 13800000001', 'no more than asked for');
SELECT t.is(t.take(9, 1, '{"sms": 1}'), 'unit:BA-ZJ dispatch https://zj.example/hook', 'no more than so many to one, none where so many are');
SELECT t.is(t.take(9, 9), 'citizen dispatched 13800000001, unit:BA-ZJ dispatch https://zj.example/hook', 'the rest');
UPDATE fenbo.outbox SET state = 'sent', sent_at = fenbo.now_(), settled_at = fenbo.now_() WHERE state = 'sending';

-- A server that hangs holds up only what goes there, whoever it is for: here an app that speaks with its own people, and the gateway.
SELECT t.make('o' || n) FROM generate_series(1, 5) n;
INSERT INTO fenbo.channel (code, name, contact) VALUES ('app', '应用', 'HTTPS://App.example:443/hook') ON CONFLICT (code) DO UPDATE SET contact = excluded.contact;
UPDATE fenbo.appeal SET channel = 'app' WHERE no IN (t.no('o1'), t.no('o2'), t.no('o3'));
UPDATE fenbo.unit SET contact = 'https://app.example/unit' WHERE code = 'BA-CG';
INSERT INTO fenbo.outbox (no, version, target, kind, body, hold_until)
	SELECT t.no('o' || n), 9, 'citizen', 'dispatched', '{}'::jsonb, fenbo.now_() - make_interval(secs => 60 - n) FROM generate_series(1, 5) n
	UNION ALL SELECT t.no('o5'), 9, 'unit:BA-CG', 'dispatch', '{}', fenbo.now_();
SELECT t.is(t.take(9, 2, '{"https://app.example": 1}'), 'citizen dispatched HTTPS://App.example:443/hook, citizen dispatched 13800000001, citizen dispatched 13800000001',
	'what is under way there counts, what goes elsewhere goes');
SELECT t.is(string_agg(o.server, ' ' ORDER BY o.id), 'https://app.example https://app.example https://app.example', 'what must wait knows for which server, and looks no more')
	FROM fenbo.outbox o WHERE o.no IN (t.no('o2'), t.no('o3'), t.no('o5')) AND o.version = 9 AND o.state = 'waiting';
SELECT t.is(t.take(9, 2, '{"https://app.example": 2}'), '', 'no more while it is full');
SELECT t.is(t.take(9, 2, '{"https://app.example": 1}'), 'citizen dispatched HTTPS://App.example:443/hook', 'the next when there is room');
SELECT t.is(t.take(9, 3, '{}'), 'citizen dispatched HTTPS://App.example:443/hook, unit:BA-CG dispatch https://app.example/unit', 'the unit behind the same server too');
UPDATE fenbo.unit SET contact = '0755-12345678' WHERE code = 'BA-CG';
UPDATE fenbo.outbox SET state = 'sent', sent_at = fenbo.now_(), settled_at = fenbo.now_() WHERE state = 'sending';

-- Nor does a server that works, however many wait for it: those for it come first, and one place there has just become free.
INSERT INTO fenbo.outbox (no, version, target, kind, body, hold_until, server)
	SELECT CASE n WHEN 1 THEN t.no('o4') ELSE t.no('o4') + n END, 77, 'citizen', 'dispatched', '{}'::jsonb, fenbo.now_() - interval '1 hour' + make_interval(secs => n), 'sms'
	FROM generate_series(1, 1500) n
	UNION ALL SELECT t.no('o5'), 77, 'unit:BA-ZJ', 'dispatch', '{}', fenbo.now_(), NULL;
SELECT t.is(t.take(9, 2, '{"sms": 1}'), 'citizen dispatched 13800000001, unit:BA-ZJ dispatch https://zj.example/hook', 'thousands before it hide nothing');
DELETE FROM fenbo.outbox WHERE version = 77;

-- Citizens of cases merged into one are told under its number; one who cannot be reached holds up himself alone.
SELECT t.make('m1', 'm2');
INSERT INTO fenbo.outbox (no, version, target, kind, body, hold_until, next_at, tries)
	SELECT t.no('m1'), 2, 'citizen', k, CASE WHEN of THEN jsonb_build_object('of', t.case13('m2')) ELSE '{}' END, fenbo.now_(), CASE WHEN k = 'dispatched' AND of THEN fenbo.now_() + interval '1 hour' END, 1
	FROM (VALUES ('dispatched', true), ('result', true), ('result', false)) v(k, of);
SELECT t.is(string_agg(l.kind || ' ' || l.tries, ', '), 'result 2', 'the others are told') FROM fenbo.outbox_take(9, 9, '{}') l;
SELECT t.is(t.states('m1'), 'citizen dispatched waiting, citizen result waiting, citizen result sending', 'his own wait for their turn');
UPDATE fenbo.outbox SET state = 'cancelled' WHERE no = t.no('m1');

-- --- undo ----------------------------------------------------------------------------------------------------------
SELECT t.make('h');
SELECT t.undoes('anna', 'confirm', 'h', t.rec('h', 'BA-ZJ'));
SELECT t.is(t.states('h'), 'citizen dispatched cancelled, unit:BA-ZJ dispatch cancelled', 'undone before they left: cancelled');
SELECT t.wait('11 s');
SELECT t.is(t.take(), '', 'and never taken');

-- --- quiet hours, other receivers ----------------------------------------------------------------------------------
SELECT t.make('n');
SELECT t.wait('11 hours');
SELECT t.login('anna') \g /dev/null
SELECT t.does('anna', 'confirm', 'n', t.rec('n', 'BA-ZJ'));
SELECT t.wait('11 s');
SELECT t.is(t.take(), 'unit:BA-ZJ dispatch https://zj.example/hook', 'at eleven at night citizens are left alone');
SELECT t.is(to_char(o.next_at AT TIME ZONE 'Asia/Shanghai', 'HH24:MI'), '07:00', 'until seven') FROM t.msg('n', 'citizen', 'dispatched') o;
SELECT t.wait('8 hours');
SELECT t.is(t.take(), 'citizen dispatched 13800000001', 'in the morning it goes');
SELECT fenbo._tell0('leader', 'bulletin', '{"title": "通报"}'), fenbo._tell0('emergency', 'test'), fenbo._tell0('head:BA-ZJ', 'test') \g /dev/null
SELECT t.is(t.take(), 'leader bulletin 13800000009, emergency test https://119.example/fenbo, head:BA-ZJ test', 'what concerns no case, to those the policy knows');
SELECT t.is(o.state || ' ' || o.answer, 'unaddressed no address', 'the unit has no head that we know') FROM fenbo.outbox o WHERE o.target = 'head:BA-ZJ';
INSERT INTO fenbo.outbox (no, version, target, kind, body, hold_until, state, tries) VALUES (0, 0, 'citizen', 'spoilt', '{"of": "x", "until": "?"}', fenbo.now_(), 'sending', 1);
SELECT t.is((SELECT address || '|' || id FROM fenbo.outbox_orphans() WHERE kind = 'spoilt'), '|' || o.id, 'one that cannot be written is found too, and keeps back no other')
	FROM fenbo.outbox o WHERE o.kind = 'spoilt';
SELECT t.is((SELECT t.report(o, 'unknown', NULL, '', 0, true)), 'parked', 'and comes to rest') FROM fenbo.outbox o WHERE o.kind = 'spoilt';
SELECT t.is((SELECT count(*)::text FROM fenbo.outbox_orphans() WHERE target IN ('leader', 'emergency')), '2', 'whoever leads next finds what was never reported');
INSERT INTO fenbo.outbox (no, version, target, kind, body, hold_until, state, tries, settled_at) VALUES (0, 0, 'leader', 'broken', '{}', fenbo.now_(), 'parked', 1, fenbo.now_());
SELECT o.id AS broken FROM fenbo.outbox o WHERE o.kind = 'broken' \gset
SELECT t.is(string_agg(fenbo._mobile(p), ',' ORDER BY p), '+85291234567,13912345678,13912345678,13912345678',
	'mobile numbers, however written') FROM unnest(ARRAY['139 1234 5678', '+86 13912345678', '008613912345678', '+852 9123 4567', '0755-82000000', '12345', '', '张三']) p;

SELECT t.no('c') AS c, (t.msg('c', 'citizen', 'dispatched')).id AS m1, (t.msg('c', 'unit:BA-ZJ', 'dispatch')).id AS m2, (t.msg('a', 'citizen', 'dispatched')).id AS m3 \gset
-- --- people --------------------------------------------------------------------------------------------------------
GRANT ALL ON t.passed TO PUBLIC;
SELECT t.become('sue');
SELECT t.ok(count(*) >= 3 AND bool_and(r.state IN ('parked', 'dead')), 'the supervisor''s list') FROM fenbo.outbox_list(NULL, NULL, NULL, NULL, 100) r;
SELECT t.ok(s ->> 'address' = '138****0001' AND s ->> 'template' LIKE '您反映的%', 'one of them, with its number masked')
	FROM fenbo.outbox_list('{dead}', :'c', 'citizen', NULL, 1) r CROSS JOIN LATERAL fenbo.outbox_show(r.id) s;
SELECT fenbo.outbox_retry(:'m1') \g /dev/null
SELECT fenbo.outbox_drop(:'m2', '已电话告知') \g /dev/null
SELECT fenbo.outbox_drop(:'broken', '张三已电话告知') \g /dev/null
SELECT t.become('postgres');
SELECT t.is(t.states('c'), 'citizen dispatched waiting, unit:BA-ZJ dispatch cancelled', 'sent again, dropped');
SELECT t.is(string_agg(e.action, ',' ORDER BY e.id), 'outbox_retry,outbox_drop', 'both on the record') FROM fenbo.event e WHERE e.no = t.no('c') AND e.action LIKE 'outbox%';
SELECT t.ok(e.args #>> '{why,sha256}' = fenbo._commit(uuid_send(o.key), '张三已电话告知') AND e::text !~ '张三', 'a word about no case is committed to, not told')
	FROM fenbo.outbox o, fenbo.event e WHERE o.kind = 'broken' AND e.no = 0 AND e.action = 'outbox_drop';
SELECT t.is(t.take(), 'citizen dispatched 13800000001', 'it goes at once');
SELECT t.is(t.report(t.msg('c', 'citizen', 'dispatched'), 'answered', 500), 'waiting', 'with as many tries as a new one');
SELECT set_config('t.m', :'m3', false), t.become('sue') \g /dev/null
DO $$
BEGIN
	PERFORM fenbo.outbox_retry(current_setting('t.m')::bigint);
	RAISE EXCEPTION 'sent twice';
EXCEPTION WHEN SQLSTATE 'FB000' THEN
	PERFORM t.is(SQLERRM, 'the message is sent', 'what arrived is not sent again');
END
$$;
SELECT t.become('postgres');
SELECT t.chains();
SELECT count(*) || ' passed' FROM t.passed;
