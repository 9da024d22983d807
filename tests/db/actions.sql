-- Each action: what it does, every refusal, and that undo brings everything back. Run after actions_fixture.sql.

-- --- claim, release, next ------------------------------------------------------------------------------------------
SELECT t.make('a', 'b', 'c');
SELECT t.does('anna', 'claim', 'a');
SELECT t.ok((t.q('a')).owner = 'anna' AND (t.q('a')).lease_until > fenbo.now_() AND (t.q('a')).session IS NOT NULL, 'a lease');
SELECT t.is((t.act('anna', 'claim', 'a')).event::text, NULL, 'claiming again renews, without an event');
SELECT t.is((t.refuses('ben', 'claim', 'a', 'leased', 'id')).by, 'anna', 'the caller is told who holds the case');
SELECT t.refuses('ben', 'confirm', 'a', 'leased', 'id', t.rec('a', 'BA-ZJ'));
SELECT t.refuses('ben', 'release', 'a', 'leased', 'id');
SELECT t.refuses('anna', 'release', 'b', 'impossible', 'id');
SELECT t.does('sue', 'release', 'a');
SELECT t.is((t.q('a')).owner, NULL, 'a supervisor gives back what somebody else holds');
SELECT t.does('ben', 'claim', 'a');
SELECT t.wait('2 minutes');
SELECT t.does('anna', 'claim', 'a');                 -- the lease has run out, swept or not
SELECT t.does('anna', 'release', 'a');
SELECT t.undoes('anna', 'claim', 'b');
SELECT t.does('anna', 'claim', 'b');
SELECT t.undoes('anna', 'release', 'b');
SELECT t.ok((t.q('b')).owner = 'anna', 'undoing a release brings the lease back');
SELECT t.does('anna', 'release', 'b');
SELECT t.refuses('ute', 'claim', 'b', 'forbidden', 'action');
SELECT t.refuses('adam', 'claim', 'b', 'forbidden', 'action');
SELECT t.refuses('dora', 'claim', 'b', 'not_found', 'id');
-- Without a session nothing can be claimed.
UPDATE t.session SET account = 'anna-away' WHERE account = 'anna';
SELECT t.refuses('anna', 'claim', 'b', 'missing', 'session');
UPDATE t.session SET account = 'anna' WHERE account = 'anna-away';

-- next: the most pressing first, never what somebody holds.
UPDATE fenbo.queue SET priority = 'urgent' WHERE no = t.no('c');
SELECT t.is((t.run('anna', 'next', '{}', NULL, '{}', false))[1].id::text, t.no('c')::text, 'next takes the most pressing');
SELECT t.is((t.run('ben', 'next', '{}', NULL, '{}', false))[1].id::text, t.no('a')::text, 'and somebody else the one after that');
SELECT t.is((t.run('sue', 'next', '{}', NULL, '{}', false))[1].id::text, t.no('b')::text, 'and the third');
SELECT t.ok(cardinality(t.run('anna', 'next', '{}', NULL, '{}', false)) = 0, 'no row when nothing is free');
SELECT t.ok(cardinality(t.run('dora', 'next', '{}', NULL, '{}', false)) = 0, 'another desk has its own queue');
SELECT t.is((t.run('anna', 'undo', '{}', NULL, '{}', false))[1].id::text, t.no('c')::text, 'undo without ids: my last action');
SELECT t.is((t.q('c')).owner, NULL, 'next undone gives the case back');
SELECT t.does('ben', 'release', 'a'), t.does('sue', 'release', 'b');

-- --- versions and the call itself ----------------------------------------------------------------------------------
SELECT t.is(x.error || ' ' || x.by || ' ' || x.version, 'stale sue ' || (t.q('b')).version, 'stale says who made it what it is: ' || x.message)
FROM unnest(t.run('anna', 'claim', ARRAY[t.no('b')], '{1}', '{}', false)) x;
SELECT t.is((t.run('anna', 'claim', ARRAY[t.no('b')], NULL, '{}', false))[1].field, 'version', 'a version is needed');
SELECT t.is((t.run('anna', 'claim', '{2611220000010}', '{1}', '{}', false))[1].error, 'not_found', 'no such case');
SELECT t.is((t.run('anna', 'confirm', ARRAY[t.no('b')], '{1}', '{"unit": "BA-ZJ"}', false))[1].field, 'recommendation', 'needs are needed');
SELECT t.is((t.run('anna', 'answer', ARRAY[t.no('b')], '{1}', '{"text": " \n　"}', false))[1].error, 'missing', 'blank is not a text');
DO $$ BEGIN PERFORM t.run('anna', 'fly', '{}', NULL, '{}', false); RAISE 'not refused';
EXCEPTION WHEN SQLSTATE 'FB000' THEN PERFORM t.become('postgres'); PERFORM t.ok(SQLERRM ~ 'fly', 'an unknown action fails the call'); END $$;
DO $$ BEGIN PERFORM t.run('anna', 'claim', array_fill(1::bigint, ARRAY[1001]), NULL, '{}', false); RAISE 'not refused';
EXCEPTION WHEN SQLSTATE 'FB000' THEN PERFORM t.become('postgres'); PERFORM t.ok(SQLERRM ~ '1000', 'at most 1000 cases'); END $$;

-- --- confirm -------------------------------------------------------------------------------------------------------
SELECT t.make('d', 'e', 'f', 'g');
SELECT t.refuses('anna', 'confirm', 'd', 'stale', 'recommendation', '{"recommendation": 1, "unit": "BA-ZJ"}')
WHERE (t.q('d')).rec <> 1;
SELECT t.refuses('anna', 'confirm', 'd', 'invalid', 'recommendation', '{"recommendation": "x", "unit": "BA-ZJ"}');
SELECT t.refuses('anna', 'confirm', 'd', 'conflict', 'unit', t.rec('d', 'NS-CG'));
SELECT t.refuses('anna', 'confirm', 'd', 'invalid', 'assist', t.rec('d', 'BA-ZJ') || '{"assist": ["NOBODY"]}');
SELECT t.refuses('anna', 'confirm', 'd', 'invalid', 'assist', t.rec('d', 'BA-ZJ') || '{"assist": ["BA-ZJ"]}');
SELECT t.refuses('anna', 'confirm', 'd', 'invalid', 'assist', t.rec('d', 'BA-ZJ') || '{"assist": ["OLD"]}');
SELECT t.undoes('anna', 'confirm', 'd', t.rec('d', 'BA-ZJ') || '{"assist": ["BA-CG"]}');
SELECT t.does('anna', 'claim', 'd');
SELECT t.undoes('anna', 'confirm', 'd', t.rec('d', 'BA-ZJ'));
SELECT t.is((t.q('d')).owner, 'anna', 'a confirmation taken back is still mine to decide');
SELECT t.does('anna', 'confirm', 'd', t.rec('d', 'BA-CG') || '{"assist": ["CITY-JT"]}');
SELECT t.ok(q.stage = 'dispatched' AND q.unit = 'BA-CG' AND q.item = 'noise' AND q.assist = '{CITY-JT}' AND q.owner IS NULL
	AND q.clock = 'contact' AND q.due_at = (t.clock('d', 'contact')).due_at, 'with the unit, assisted, its clocks running')
FROM t.q('d') q;
SELECT t.ok((t.clock('d', 'dispatch')).stopped_at IS NOT NULL AND (t.clock('d', 'handle')).limit_s = 5 * 25200, 'the dispatch clock stands');
SELECT t.is(string_agg(o.target || ' ' || o.kind || ' ' || extract(epoch FROM o.hold_until - (t.last('d')).at)::integer, ', ' ORDER BY o.target, o.id),
	'citizen dispatched 10, unit:BA-CG dispatch 10, unit:CITY-JT assist 10', 'messages wait for an undo')
FROM fenbo.outbox o WHERE o.no = t.no('d') AND o.cancelled_at IS NULL;
SELECT t.is(e.args ->> 'rank' || ' ' || (e.args ->> 'unit') || ' ' || (e.args #>> '{machine,unit}'), '2 BA-CG BA-ZJ', 'what the machine said stands beside it')
FROM t.last('d') e;
SELECT t.refuses('anna', 'claim', 'd', 'impossible', 'stage');
SELECT t.refuses('ute', 'accept', 'd', 'not_found', 'id');

-- --- override, parallel --------------------------------------------------------------------------------------------
SELECT t.refuses('anna', 'override', 'e', 'missing', 'reason', '{"unit": "NS-CG"}');
SELECT t.refuses('anna', 'override', 'e', 'missing', 'unit', '{"reason": "other_unit"}');
SELECT t.refuses('anna', 'override', 'e', 'invalid', 'unit', '{"reason": "other_unit", "unit": "NOBODY"}');
SELECT t.refuses('anna', 'override', 'e', 'invalid', 'unit', '{"reason": "other_unit", "unit": "OLD"}');
SELECT t.refuses('anna', 'override', 'e', 'invalid', 'item', '{"reason": "other_unit", "item": "nothing"}');
SELECT t.refuses('anna', 'override', 'e', 'invalid', 'reason', jsonb_build_object('reason', E'a\x1b[2J', 'unit', 'NS-CG'));
SELECT t.refuses('anna', 'override', 'e', 'too_large', 'reason', jsonb_build_object('reason', repeat('长', 1001), 'unit', 'NS-CG'));
SELECT t.undoes('anna', 'override', 'e', '{"reason": "other_unit", "unit": "NS-CG"}');
SELECT t.does('anna', 'override', 'e', '{"reason": "他说找张三丰就行", "item": "noise"}');
SELECT t.ok((t.q('e')).unit = 'BA-CG' AND (t.q('e')).item = 'noise', 'an item finds its unit where it happened');
SELECT t.ok(e.args ? 'reason' AND NOT e.args ? 'code' AND e.args #>> '{machine,unit}' = 'BA-ZJ' AND
	EXISTS (SELECT FROM fenbo.remark m WHERE m.no = e.no AND m.version = e.version AND m.kind = 'reason' AND m.text = '他说找张三丰就行'
		AND fenbo._commit(m.salt, m.text) = e.args #>> '{reason,sha256}'), 'a typed reason is committed to, not told')
FROM t.last('e') e;
UPDATE fenbo.queue SET place = '' WHERE no = t.no('f');
SELECT t.refuses('anna', 'override', 'f', 'invalid', 'item', '{"reason": "other_unit", "item": "noise"}');
SELECT t.does('anna', 'override', 'f', '{"reason": "other_unit", "unit": "NS-CG", "item": "noise"}');
SELECT t.is((t.last('f')).args ->> 'code', 'other_unit', 'a listed reason is counted by its code');
SELECT t.refuses('anna', 'parallel', 'g', 'missing', 'assist');
SELECT t.undoes('anna', 'parallel', 'g', '{"assist": ["BA-CG", "CITY-JT"]}');
SELECT t.does('anna', 'parallel', 'g', '{"assist": ["BA-CG", "CITY-JT", "BA-CG"], "unit": "NS-CG"}');
SELECT t.ok((t.q('g')).unit = 'NS-CG' AND (t.q('g')).assist = '{BA-CG,CITY-JT}', 'one lead, several assisting');
SELECT t.refuses('uli', 'accept', 'g', 'forbidden', 'unit');
SELECT t.does('uli', 'note', 'g', '{"text": "我们可以配合"}');

-- A unit with a desk of its own gets the case into its triage, with what is left of the clock.
SELECT t.make('h');
SELECT t.undoes('anna', 'override', 'h', '{"reason": "other_unit", "unit": "BA"}');
SELECT t.does('anna', 'override', 'h', '{"reason": "other_unit", "unit": "BA"}');
SELECT t.ok(q.stage = 'triage' AND q.desk = 'BA' AND q.unit IS NULL AND q.clock = 'dispatch' AND q.due_at = date_trunc('second', q.received_at) + interval '8 hours'
	AND (t.clock('h', 'dispatch')).stopped_at IS NULL, 'a desk''s triage, the clock running on') FROM t.q('h') q;
SELECT t.refuses('ben', 'claim', 'h', 'forbidden', 'desk');
SELECT t.is((t.run('dora', 'next', '{}', NULL, '{}', false))[1].id::text, t.no('h')::text, 'the desk''s dispatcher finds it');
SELECT t.refuses('dora', 'override', 'h', 'forbidden', 'unit', '{"reason": "other_unit", "unit": "NS-CG"}');
SELECT t.does('dora', 'confirm', 'h', t.rec('h', 'BA-ZJ'));
SELECT t.is((t.q('h')).desk || (t.q('h')).stage, 'BAdispatched', 'and dispatches it within the district');

-- --- the unit's side ------------------------------------------------------------------------------------------------
SELECT t.undoes('ute', 'accept', 'h');
SELECT t.does('ute', 'accept', 'h');
SELECT t.refuses('ute', 'accept', 'h', 'impossible', 'stage');
SELECT t.refuses('ute', 'return', 'h', 'missing', 'reason');
SELECT t.refuses('ute', 'return', 'h', 'invalid', 'unit', '{"reason": "not_ours", "unit": "NOBODY"}');
SELECT t.wait('3 hours');
SELECT t.undoes('ute', 'return', 'h', '{"reason": "not_ours"}');
SELECT t.does('ute', 'return', 'h', '{"reason": "not_ours", "unit": "BA-CG"}');
SELECT t.ok(q.stage = 'triage' AND q.desk = 'BA' AND q.unit IS NULL AND q.returned = 1 AND q.returned_by = 'BA-ZJ' AND q.flags & 1 = 0
	AND q.return_reason = '不属于本单位职责', 'back at the desk that sent it') FROM t.q('h') q;
SELECT t.ok(q.clock = 'dispatch' AND q.due_at = date_trunc('second', q.received_at) + interval '8 hours', 'the time it lay there counts') FROM t.q('h') q;
SELECT t.does('dora', 'override', 'h', '{"reason": "other_unit", "unit": "BA-CG"}');
SELECT t.undoes('uli', 'return', 'h', '{"reason": "也不是我们的"}');
SELECT t.does('uli', 'return', 'h', '{"reason": "也不是我们的"}');
SELECT t.ok((t.q('h')).flags & 1 = 1 AND (t.q('h')).returned = 2, 'the second return waits for a ruling');
SELECT t.refuses('dora', 'confirm', 'h', 'forbidden', 'flags', t.rec('h', 'BA-ZJ'));
SELECT t.refuses('dora', 'claim', 'h', 'forbidden', 'flags');
SELECT t.ok(cardinality(t.run('dora', 'next', '{}', NULL, '{}', false)) = 0, 'next passes over it');
SELECT t.refuses('sue', 'override', 'h', 'impossible', 'flags', '{"reason": "other_unit", "unit": "BA-CG"}');
SELECT t.does('sue', 'rule', 'h', '{"text": "会议纪要：由城管牵头", "unit": "BA-CG"}');
SELECT t.ok((t.q('h')).flags & 513 = 512, 'ruled');
SELECT t.refuses('uli', 'return', 'h', 'impossible', 'flags', '{"reason": "not_ours"}');
SELECT t.refuses('uli', 'resolve', 'h', 'missing', 'text');
SELECT t.undoes('uli', 'resolve', 'h', '{"text": "已处理"}');
SELECT t.does('uli', 'accept', 'h');
SELECT t.does('uli', 'resolve', 'h', '{"text": "现场检查，已更换阀门"}');
SELECT t.ok(q.stage = 'resolved' AND q.clock = 'rate' AND q.due_at > fenbo.now_() + interval '6 days', 'the rating window is open') FROM t.q('h') q;
SELECT t.undoes('dora', 'close', 'h');
SELECT t.refuses('uli', 'close', 'h', 'forbidden', 'action');
SELECT t.does('dora', 'close', 'h', '{"text": "市民表示满意"}');
SELECT t.ok(a.stage = 'closed' AND a.outcome = 'solved' AND a.closed_at IS NOT NULL AND NOT EXISTS (SELECT FROM fenbo.queue WHERE no = a.no), 'closed, and out of the queue')
FROM fenbo.appeal a WHERE a.no = t.no('h');
SELECT t.undoes('uli', 'note', 'h', '{"text": "照片已上传"}');
SELECT t.does('uli', 'note', 'h', '{"text": "照片已上传"}');
SELECT t.refuses('dora', 'reopen', 'h', 'missing', 'reason');
SELECT t.undoes('dora', 'reopen', 'h', '{"reason": "又漏气"}');
SELECT t.does('uli', 'reopen', 'h', '{"reason": "又漏气"}');
SELECT t.ok(q.stage = 'triage' AND q.unit IS NULL AND q.flags & 128 = 128 AND q.clock = 'dispatch' AND q.due_at = fenbo.now_() + interval '8 hours'
	OR q.due_at - fenbo.now_() BETWEEN interval '7 hours 59 minutes' AND interval '8 hours', 'open again as a relapse, with a new limit') FROM t.q('h') q;
SELECT t.refuses('dora', 'reopen', 'h', 'impossible', 'stage', '{"reason": "x"}');

-- --- answer, end ---------------------------------------------------------------------------------------------------
SELECT t.make('i', 'j', 'k', 'l', 'm');
SELECT t.is((t.refuses('anna', 'answer', 'i', 'invalid', 'text', '{"text": "您好，请于【工作日】前往【地点】办理"}')).message, '【工作日】 is not filled in', 'the unfilled field is named');
SELECT t.undoes('anna', 'answer', 'i', '{"text": "您好，请于周一前往政务大厅办理"}');
SELECT t.does('anna', 'answer', 'i', '{"text": "您好，请于周一前往政务大厅办理"}');
SELECT t.is((SELECT outcome FROM fenbo.appeal WHERE no = t.no('i')), 'answered', 'answered at once');
SELECT t.refuses('anna', 'answer', 'i', 'impossible', 'stage', '{"text": "再答一次"}');
SELECT t.refuses('anna', 'end', 'j', 'missing', 'outcome', '{"reason": "no_content"}');
SELECT t.refuses('anna', 'end', 'j', 'invalid', 'outcome', '{"reason": "no_content", "outcome": "solved"}');
SELECT t.refuses('anna', 'end', 'j', 'invalid', 'unit', '{"reason": "no_content", "outcome": "invalid", "unit": "BA-ZJ"}');
SELECT t.undoes('anna', 'end', 'j', '{"reason": "no_content", "outcome": "invalid"}');
SELECT t.does('anna', 'end', 'j', '{"reason": "no_content", "outcome": "invalid"}');
SELECT t.does('anna', 'end', 'k', '{"reason": "来电撤诉", "outcome": "withdrawn"}');
SELECT t.does('sue', 'end', 'l', '{"reason": "着火", "outcome": "emergency", "unit": "BA-ZJ"}');
SELECT t.ok((t.q('l')).stage = 'dispatched' AND (SELECT count(*) FROM fenbo.outbox WHERE no = t.no('l') AND cancelled_at IS NULL AND target IN ('emergency', 'unit:BA-ZJ')) = 2,
	'to the emergency services beside a dispatch');
SELECT t.refuses('sue', 'undo', 'l', 'conflict', 'id');      -- they were told at once
SELECT t.does('anna', 'reopen', 'k', '{"reason": "又来电"}');
SELECT t.ok((t.q('k')).flags & 128 = 0, 'what was withdrawn is no relapse');

-- --- edit, priority, note, escalate, chase --------------------------------------------------------------------------
SELECT t.refuses('anna', 'edit', 'm', 'invalid', 'fields', '{"fields": "x"}');
SELECT t.refuses('anna', 'edit', 'm', 'invalid', 'text', '{"fields": {"text": "别的话"}}');
SELECT t.refuses('anna', 'edit', 'm', 'missing', 'title', '{"fields": {"title": ""}}');
SELECT t.refuses('anna', 'edit', 'm', 'invalid', 'place', '{"fields": {"place": "nowhere"}}');
SELECT t.refuses('anna', 'edit', 'm', 'invalid', 'lat', '{"fields": {"lat": "north"}}');
SELECT t.refuses('anna', 'edit', 'm', 'invalid', 'confidential', '{"fields": {"confidential": "maybe"}}');
SELECT t.refuses('anna', 'edit', 'm', 'impossible', 'fields', '{"fields": {"phone": "13800000001"}}');
SELECT t.undoes('anna', 'edit', 'm', '{"fields": {"phone": "13900000002", "name": "李四"}}');
SELECT t.does('anna', 'edit', 'm', '{"fields": {"phone": "13900000002", "confidential": true}}');
SELECT t.ok((t.q('m')).rec IS NOT NULL AND (t.q('m')).flags & 4 = 4, 'the caller''s own data leave the recommendation alone');
SELECT t.undoes('anna', 'edit', 'm', '{"fields": {"title": "路灯不亮", "address": "航城大道 1 号", "place": "440305", "tags": ["路灯"], "lat": 22.5, "duty_item": "noise"}}');
SELECT t.does('anna', 'edit', 'm', '{"fields": {"title": "路灯不亮", "place": "440305"}}');
SELECT t.ok(q.rec IS NULL AND q.top_unit IS NULL AND q.title = '路灯不亮' AND q.place_name = '南山区', 'the recommendation rested on the old form') FROM t.q('m') q;
SELECT t.refuses('anna', 'confirm', 'm', 'stale', 'recommendation', '{"recommendation": 1, "unit": "BA-ZJ"}');
SELECT t.refuses('anna', 'priority', 'm', 'invalid', 'priority', '{"priority": "soon"}');
SELECT t.refuses('anna', 'priority', 'm', 'impossible', 'priority', '{"priority": "normal"}');
SELECT t.undoes('anna', 'priority', 'm', '{"priority": "urgent", "reason": "有人受伤"}');
UPDATE fenbo.clock SET paused_s = 600, pauses = tstzmultirange(tstzrange(started_at, started_at + interval '10 minutes')), due_at = due_at + interval '10 minutes' WHERE no = t.no('m');
SELECT t.does('anna', 'priority', 'm', '{"priority": "fast"}');
SELECT t.ok(q.priority = 'fast' AND q.due_at = date_trunc('second', q.received_at) + interval '2 hours 10 minutes', 'the clock is recomputed, the pause kept') FROM t.q('m') q;
SELECT t.undoes('anna', 'note', 'm', '{"text": "已回电"}');
SELECT t.does('anna', 'note', 'm', '{"text": "已回电"}');
SELECT t.refuses('sue', 'escalate', 'm', 'forbidden', 'action', '{"reason": "群体事件"}');
SELECT t.undoes('anna', 'escalate', 'm', '{"reason": "群体事件"}');
SELECT t.does('anna', 'claim', 'm');
SELECT t.does('anna', 'escalate', 'm', '{"reason": "群体事件"}');
SELECT t.ok((t.q('m')).flags & 256 = 256 AND (t.q('m')).owner IS NULL, 'sent up');
SELECT t.refuses('anna', 'claim', 'm', 'forbidden', 'flags');
SELECT t.is((t.run('sue', 'next', '{}', NULL, '{}', false))[1].id::text, t.no('m')::text, 'a supervisor''s next begins with what was sent up');
SELECT t.does('sue', 'override', 'm', '{"reason": "other_unit", "unit": "BA-CG"}');
SELECT t.ok((t.q('m')).flags & 256 = 0, 'decided');
SELECT t.undoes('anna', 'chase', 'm', '{"text": "市民催办"}');
SELECT t.does('anna', 'chase', 'm');
SELECT t.ok(q.chased = 1 AND q.rank_at = q.received_at - interval '30 minutes' AND q.flags & 2 = 0, 'nearer the top') FROM t.q('m') q;
SELECT t.does('anna', 'chase', 'm'), t.does('anna', 'chase', 'm');
SELECT t.ok((t.q('m')).flags & 2 = 2, 'chased three times: supervised');
SELECT t.refuses('ute', 'chase', 'm', 'forbidden', 'action');

SELECT t.chains();
SELECT count(*) || ' passed' FROM t.passed;
