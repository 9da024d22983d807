-- What a supervisor does about a case, and what units answer: every action, every refusal, undo of each, bulk. Run after actions_fixture.sql.
INSERT INTO fenbo.reason (action, code, name, sort) VALUES ('reassign', 'wrong_unit', '职责认定有误', 1), ('supervise', 'slow', '办理迟缓', 1);
UPDATE fenbo.routing_revision SET policy = policy || '{"letter": {"remind": "{unit}：{id} {title} 请抓紧办理{late}。{centre}"}}';
CREATE FUNCTION t.send(name text, unit text) RETURNS void LANGUAGE sql AS $$
	SELECT t.does('anna', 'override', name, jsonb_build_object('unit', unit, 'item', 'gas', 'reason', 'other_unit'))
$$;
-- Sent out and sent back twice: disputed.
CREATE FUNCTION t.dispute(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM t.send(name, 'BA-ZJ'); PERFORM t.does('ute', 'return', name, '{"reason": "not_ours"}');
	PERFORM t.send(name, 'BA-CG'); PERFORM t.does('uli', 'return', name, '{"reason": "not_ours"}');
END
$$;
CREATE FUNCTION t.flag(name text, nth integer) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT (t.q($1)).flags & (1 << $2) <> 0';
CREATE FUNCTION t.show(who text, name text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	n bigint := t.no(name);
	j jsonb;
BEGIN
	PERFORM t.become(who); j := fenbo.show(n); PERFORM t.become('postgres');
	RETURN j;
END
$$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA t TO PUBLIC;

-- --- rule ----------------------------------------------------------------------------------------------------------
SELECT t.make('ra', 'rb', 'rc', 'rd');
SELECT t.refuses('sue', 'rule', 'ra', 'impossible', 'flags', '{"unit": "BA-ZJ", "text": "会议纪要"}');
SELECT t.dispute('ra');
SELECT t.ok(t.flag('ra', 0) AND k.stopped_at IS NULL AND k.started_at = date_trunc('second', (t.last('ra')).at) AND k.limit_s = fenbo._rule_limit('normal')
	AND k.calendar = 'always', 'the second return starts the clock of the ruling') FROM t.clock('ra', 'rule') k;
SELECT t.ok((t.clock('ra', 'dispatch')).stopped_at IS NULL, 'and the dispatch clock runs on');
CREATE FUNCTION t.called(name text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(a.kind || CASE WHEN a.settled_at IS NULL THEN '' ELSE ' settled' END, ', ' ORDER BY a.id) FROM fenbo.alarm a WHERE a.no = t.no($1) AND a.kind IN ('dispute', 'escalate')
$$;
SELECT t.is(t.called('ra'), 'dispute', 'the supervisors of the desk are called');
SELECT t.refuses('anna', 'rule', 'ra', 'forbidden', 'action', '{"unit": "BA-ZJ", "text": "x"}');
SELECT t.refuses('ute', 'rule', 'ra', 'forbidden', 'action', '{"unit": "BA-ZJ", "text": "x"}');
SELECT t.refuses('sue', 'rule', 'ra', 'missing', 'text', '{"unit": "BA-ZJ"}');
SELECT t.refuses('sue', 'rule', 'ra', 'missing', 'unit', '{"text": "x"}');
SELECT t.refuses('sue', 'rule', 'ra', 'invalid', 'unit', '{"unit": "OLD", "text": "x"}');
SELECT t.refuses('sue', 'rule', 'ra', 'invalid', 'item', '{"unit": "BA-ZJ", "item": "nothing", "text": "x"}');
SELECT t.refuses('sue', 'rule', 'ra', 'invalid', 'assist', '{"unit": "BA-ZJ", "assist": ["BA-ZJ"], "text": "x"}');
SELECT t.undoes('sue', 'rule', 'ra', '{"unit": "BA-CG", "text": "会议纪要：由城管牵头", "assist": ["BA-ZJ"]}');
SELECT t.ok((t.clock('ra', 'rule')).stopped_at IS NULL AND t.flag('ra', 0), 'undone, the case is disputed again and its clock runs');
SELECT t.does('sue', 'rule', 'ra', '{"unit": "BA-CG", "text": "会议纪要：由城管牵头", "assist": ["BA-ZJ"]}');
SELECT t.ok(q.stage = 'dispatched' AND q.unit = 'BA-CG' AND q.assist = '{BA-ZJ}' AND q.flags & 513 = 512 AND (t.clock('ra', 'rule')).stopped_at IS NOT NULL
	AND (t.clock('ra', 'dispatch')).stopped_at IS NOT NULL AND (t.clock('ra', 'handle')).stopped_at IS NULL, 'ruled: with the unit, its clocks running')
FROM t.q('ra') q;
SELECT t.ok(EXISTS (SELECT FROM fenbo.remark m JOIN fenbo.event e ON e.no = m.no AND e.version = m.version AND e.action = 'rule'
	WHERE m.no = t.no('ra') AND m.kind = 'ruling' AND m.text ~ '城管牵头' AND fenbo._wrote(e.args, m)), 'the record of the meeting is committed to');
SELECT t.is(t.called('ra'), 'dispute settled', 'and need not come any more');
SELECT t.refuses('uli', 'return', 'ra', 'impossible', 'flags', '{"reason": "not_ours"}');
SELECT t.ok((t.last('ra')).args ->> 'unit' = 'BA-CG' AND (t.last('ra')).args #>> '{machine,unit}' = 'BA-ZJ', 'what a ruling teaches stands in its event');
-- A dispute that ends otherwise stops the clock too.
SELECT t.dispute('rb');
SELECT t.undoes('sue', 'end', 'rb', '{"reason": "no_content", "outcome": "invalid"}');
SELECT t.does('sue', 'end', 'rb', '{"reason": "no_content", "outcome": "invalid"}');
SELECT t.ok((SELECT bool_and(c ->> 'stopped_at' IS NOT NULL) FROM fenbo.appeal a, jsonb_array_elements(a.state -> 'clocks') c WHERE a.no = t.no('rb')),
	'ended, every clock of it stands');
-- Undoing the return takes the dispute back.
SELECT t.send('rc', 'BA-ZJ'), t.does('ute', 'return', 'rc', '{"reason": "not_ours"}'), t.send('rc', 'BA-CG');
SELECT t.undoes('uli', 'return', 'rc', '{"reason": "not_ours"}');
SELECT t.ok((t.clock('rc', 'rule')).no IS NULL AND NOT t.flag('rc', 0), 'no clock of a ruling that nobody asks for');

SELECT t.ok(t.called('rc') ~ 'settled$', 'nor of an alarm');
-- Sent up: called, until the case goes out or ends.
SELECT t.make('re');
SELECT t.does('anna', 'escalate', 're', '{"reason": "拿不准"}'); SELECT t.is(t.called('re'), 'escalate', 'a case that is sent up calls');
SELECT t.does('anna', 'undo', 're'); SELECT t.is(t.called('re'), 'escalate settled', 'not when it was a slip');
SELECT t.does('anna', 'escalate', 're', '{"reason": "拿不准"}'), t.does('sue', 'override', 're', '{"unit": "BA-ZJ", "reason": "other_unit"}');
SELECT t.is(t.called('re'), 'escalate settled, escalate settled', 'nor once it is out');

-- --- reassign ------------------------------------------------------------------------------------------------------
SELECT t.send('rd', 'BA-ZJ');
SELECT t.does('ute', 'accept', 'rd');
SELECT t.wait('3 hours');
SELECT t.refuses('anna', 'reassign', 'rd', 'forbidden', 'action', '{"unit": "BA-CG", "reason": "wrong_unit"}');
SELECT t.refuses('sue', 'reassign', 'rd', 'missing', 'reason', '{"unit": "BA-CG"}');
SELECT t.refuses('sue', 'reassign', 'rd', 'missing', 'unit', '{"reason": "wrong_unit"}');
SELECT t.refuses('sue', 'reassign', 'rd', 'impossible', 'unit', '{"unit": "BA-ZJ", "reason": "wrong_unit"}');
SELECT t.refuses('sue', 'reassign', 'rd', 'invalid', 'unit', '{"unit": "NOBODY", "reason": "wrong_unit"}');
SELECT t.refuses('sue', 'reassign', 'rb', 'impossible', 'stage', '{"unit": "BA-CG", "reason": "wrong_unit"}');
SELECT t.does('sue', 'remind', 'rd');
SELECT t.undoes('sue', 'reassign', 'rd', '{"unit": "BA-CG", "reason": "wrong_unit"}');
SELECT t.ok(t.flag('rd', 18) AND (SELECT bool_and(l.ended_version IS NULL) FROM fenbo.reminder l WHERE l.no = t.no('rd')), 'undone, its letter stands again');
CREATE TEMP TABLE was AS SELECT k.* FROM fenbo.clock k WHERE k.no = t.no('rd');
SELECT t.does('sue', 'reassign', 'rd', '{"unit": "BA-CG", "reason": "wrong_unit"}');
SELECT t.ok(q.stage = 'dispatched' AND q.unit = 'BA-CG' AND NOT t.flag('rd', 18) AND NOT t.flag('rd', 9)
	AND (t.clock('rd', 'handle')).started_at = date_trunc('second', (t.last('rd')).at) AND (t.clock('rd', 'contact')).started_at = date_trunc('second', (t.last('rd')).at), 'the new unit has clocks of its own')
FROM t.q('rd') q;
SELECT t.ok(k.stopped_at = w.stopped_at AND k.due_at = w.due_at, 'the dispatch clock stays where it stopped')
FROM t.clock('rd', 'dispatch') k, was w WHERE w.kind = 'dispatch';
SELECT t.is(e.args ->> 'was' || ' ' || (e.args ->> 'code') || ' ' || (e.args ->> 'item'), 'BA-ZJ wrong_unit noise', 'who had it, and why not') FROM t.last('rd') e;
SELECT t.is(string_agg(o.target || ' ' || o.kind, ', ' ORDER BY o.target, o.id), 'citizen dispatched, unit:BA-CG dispatch, unit:BA-ZJ taken', 'all three hear of it')
FROM fenbo.outbox o WHERE o.no = t.no('rd') AND o.version = (t.q('rd')).version;
SELECT t.refuses('ute', 'accept', 'rd', 'not_found', 'id');
SELECT t.does('uli', 'accept', 'rd'), t.does('uli', 'return', 'rd', '{"reason": "not_ours"}');
-- To a desk: into its triage, the dispatch clock running on.
SELECT t.send('rd', 'NS-CG');
SELECT t.undoes('sue', 'reassign', 'rd', '{"unit": "BA", "reason": "wrong_unit"}');
SELECT t.does('sue', 'reassign', 'rd', '{"unit": "BA", "reason": "wrong_unit"}');
SELECT t.ok(q.stage = 'triage' AND q.desk = 'BA' AND q.unit IS NULL AND q.clock = 'dispatch' AND (t.clock('rd', 'dispatch')).stopped_at IS NULL
	AND (t.clock('rd', 'handle')).stopped_at IS NOT NULL, 'a desk''s triage') FROM t.q('rd') q;

-- --- supervise, confirm-head, lift ---------------------------------------------------------------------------------
SELECT t.make('sa', 'sb', 'sc');
SELECT t.refuses('anna', 'supervise', 'sa', 'forbidden', 'action');
SELECT t.refuses('sue', 'lift', 'sa', 'impossible', 'flags');
SELECT t.undoes('sue', 'supervise', 'sa', '{"text": "书记关注"}');
SELECT t.does('sue', 'supervise', 'sa', '{"reason": "slow"}');
SELECT t.refuses('sue', 'supervise', 'sa', 'impossible', 'flags');
SELECT t.send('sa', 'BA-ZJ'), t.does('ute', 'accept', 'sa');
SELECT t.ok(r.message ~ 'head', 'the refusal says who is missing: ' || r.message) FROM t.refuses('ute', 'resolve', 'sa', 'impossible', 'flags', '{"text": "修好了"}') r;
SELECT t.refuses('ute', 'confirm-head', 'sa', 'missing', 'person');
SELECT t.refuses('sue', 'confirm-head', 'sa', 'forbidden', 'action', '{"person": "李局长"}');
SELECT t.undoes('ute', 'confirm-head', 'sa', '{"person": "李局长"}');
SELECT t.does('ute', 'confirm-head', 'sa', '{"person": "李局长", "text": "已到现场"}');
SELECT t.refuses('ute', 'confirm-head', 'sa', 'impossible', 'flags', '{"person": "李局长"}');
SELECT t.undoes('ute', 'resolve', 'sa', '{"text": "修好了"}');
SELECT t.undoes('sue', 'reassign', 'sa', '{"unit": "BA-CG", "reason": "wrong_unit"}');
SELECT t.does('sue', 'reassign', 'sa', '{"unit": "BA-CG", "reason": "wrong_unit"}');
SELECT t.refuses('uli', 'resolve', 'sa', 'impossible', 'flags', '{"text": "修好了"}');
SELECT t.undoes('sue', 'lift', 'sa');
SELECT t.does('sue', 'lift', 'sa');
SELECT t.does('uli', 'resolve', 'sa', '{"text": "修好了"}');
UPDATE fenbo.queue SET flags = flags | 8194 WHERE no = t.no('sb');
SELECT t.refuses('sue', 'lift', 'sb', 'missing', 'text');
SELECT t.does('sue', 'lift', 'sb', '{"text": "已整改到位"}');
SELECT t.ok(NOT t.flag('sb', 13) AND NOT t.flag('sb', 1), 'special supervision ends with a word');
-- An assisting unit does not confirm for the lead.
SELECT t.does('anna', 'parallel', 'sc', '{"assist": ["BA-CG"], "unit": "BA-ZJ"}');
SELECT t.refuses('uli', 'confirm-head', 'sc', 'forbidden', 'unit', '{"person": "王局长"}');
-- Where the policy does not ask for the head.
UPDATE fenbo.routing_revision SET policy = policy || '{"supervise": {"head": false}}';
SELECT t.does('sue', 'supervise', 'sc'), t.does('ute', 'resolve', 'sc', '{"text": "修好了"}');
UPDATE fenbo.routing_revision SET policy = policy - 'supervise';

-- --- remind --------------------------------------------------------------------------------------------------------
SELECT t.make('la', 'lb', 'lc');
SELECT t.refuses('sue', 'remind', 'la', 'impossible', 'stage');
SELECT t.send('la', 'BA-ZJ'), t.send('lb', 'BA-ZJ'), t.send('lc', 'BA-CG');
SELECT t.refuses('anna', 'remind', 'la', 'forbidden', 'action');
SELECT t.undoes('sue', 'remind', 'la');
SELECT t.ok(NOT EXISTS (SELECT FROM fenbo.reminder l WHERE l.no = t.no('la')), 'an undone letter is none');
SELECT t.wait('2 days');
SELECT t.does('sue', 'remind', 'la');
SELECT t.ok(x ->> 'text' = format('宝安区住房和建设局：%s 燃气味很大 la 请抓紧办理，现已超期%s。%s', fenbo.case_show(t.no('la')), fenbo._span(86400), fenbo._get('centre_name'))
	AND x ->> 'answered_at' IS NULL AND t.flag('la', 18), 'drafted from the policy with the facts of the case: ' || (x ->> 'text'))
FROM jsonb_array_elements(t.show('ute', 'la') -> 'letters') x;
SELECT t.is(o.target || ' ' || (o.body ->> 'remark'), 'unit:BA-ZJ letter', 'the unit is told') FROM fenbo.outbox o WHERE o.no = t.no('la') AND o.kind = 'letter' AND o.cancelled_at IS NULL;
SELECT t.does('sue', 'remind', 'la', '{"text": "第二次提醒：今日内回复。"}');
SELECT t.does('ute', 'accept', 'la');
SELECT t.undoes('ute', 'progress', 'la', '{"text": "正在维修"}');
SELECT t.ok((SELECT count(*) = 2 FROM fenbo.reminder l WHERE l.no = t.no('la') AND l.ended_version IS NULL), 'undone, both letters wait again');
SELECT t.does('ute', 'progress', 'la', '{"text": "正在维修"}');
SELECT t.ok(NOT t.flag('la', 18) AND (SELECT count(*) = 2 AND bool_and(l.answered_at = (t.last('la')).at) FROM fenbo.reminder l WHERE l.no = t.no('la')),
	'answered by the unit''s next progress');
SELECT t.does('sue', 'remind', 'la'), t.undoes('ute', 'resolve', 'la', '{"text": "修好了"}'), t.does('ute', 'resolve', 'la', '{"text": "修好了"}');
SELECT t.ok(NOT t.flag('la', 18), 'or by its result');
-- In bulk: each its own letter, to its own unit; those that cannot be reminded are refused alone; one undo for all.
SELECT t.is(string_agg(coalesce(r.error, 'ok'), ' ' ORDER BY i), 'ok impossible ok', 'row by row')
FROM unnest(t.run('sue', 'remind', ARRAY[t.no('lb'), t.no('la'), t.no('lc')], ARRAY[(t.q('lb')).version, (t.q('la')).version, (t.q('lc')).version], '{}', false))
	WITH ORDINALITY r(id, ok, version, stage, event, error, message, field, by, at, i);
SELECT t.is(string_agg(l.unit, ' ' ORDER BY l.unit), 'BA-CG BA-ZJ', 'two letters') FROM fenbo.reminder l WHERE l.no IN (t.no('lb'), t.no('lc'));
SELECT t.is(cardinality(t.run('sue', 'undo', '{}', NULL, '{}', false))::text, '2', 'one undo for all');
SELECT t.ok(NOT EXISTS (SELECT FROM fenbo.reminder l WHERE l.no IN (t.no('lb'), t.no('lc'))), 'taken back together');
SELECT t.is((t.run('sue', 'remind', ARRAY[t.no('lb'), t.no('la')], ARRAY[(t.q('lb')).version, (t.q('la')).version], '{}', true))[1].error, 'conflict', 'or all or nothing');

-- --- instruct, comply, settle --------------------------------------------------------------------------------------
SELECT t.make('ia', 'ib', 'ic');
SELECT t.send('ia', 'BA-ZJ');
SELECT t.refuses('anna', 'instruct', 'ia', 'forbidden', 'action', '{"text": "请三日内办结"}');
SELECT t.refuses('sue', 'instruct', 'ia', 'missing', 'text');
SELECT t.refuses('sue', 'instruct', 'ia', 'invalid', 'unit', '{"text": "x", "unit": "NOBODY"}');
SELECT t.refuses('sue', 'instruct', 'ia', 'invalid', 'until', '{"text": "x", "until": "tomorrow"}');
SELECT t.refuses('sue', 'instruct', 'ia', 'invalid', 'until', '{"text": "x", "until": "2020-01-01T00:00:00+08:00"}');
SELECT t.refuses('sue', 'comply', 'ia', 'impossible', 'instruction', '{"text": "x"}');
SELECT t.refuses('sue', 'settle', 'ia', 'impossible', 'instruction');
SELECT t.undoes('sue', 'instruct', 'ia', '{"text": "请三日内办结", "person": "陈市长"}');
SELECT t.ok(NOT EXISTS (SELECT FROM fenbo.instruction i WHERE i.no = t.no('ia')), 'an undone instruction is none');
SELECT t.does('sue', 'instruct', 'ia', jsonb_build_object('text', '请三日内办结', 'person', '陈市长', 'until', to_char(fenbo.now_() + interval '3 hours', 'YYYY-MM-DD"T"HH24:MI:SSOF')));
SELECT t.ok(t.flag('ia', 14) AND x ->> 'text' = '请三日内办结' AND x ->> 'leader' = '陈市长' AND x ->> 'unit' = 'BA-ZJ' AND NOT (x ->> 'overdue')::boolean, 'it stands')
FROM jsonb_array_elements(t.show('ute', 'ia') -> 'instructions') x;
SELECT t.refuses('uli', 'comply', 'ia', 'not_found', 'id', '{"text": "x"}');
SELECT t.refuses('ute', 'settle', 'ia', 'forbidden', 'action');
SELECT t.refuses('sue', 'settle', 'ia', 'missing', 'text');
SELECT t.undoes('sue', 'settle', 'ia', '{"text": "领导收回"}');
SELECT t.undoes('ute', 'comply', 'ia', '{"text": "已更换阀门"}');
SELECT t.does('ute', 'comply', 'ia', '{"text": "已更换阀门"}');
SELECT t.ok(t.flag('ia', 14), 'answered, it stands until it is settled');
SELECT t.refuses('ute', 'comply', 'ia', 'impossible', 'instruction', '{"text": "再答"}');
SELECT t.refuses('sue', 'comply', 'ia', 'impossible', 'instruction', jsonb_build_object('text', '再答', 'instruction', (SELECT max(i.id) FROM fenbo.instruction i)::text));
SELECT t.undoes('sue', 'settle', 'ia');
SELECT t.does('sue', 'settle', 'ia');
SELECT t.ok(NOT t.flag('ia', 14), 'followed to the end');
-- Two at once, each by its number; one to a unit that assists.
SELECT t.refuses('sue', 'instruct', 'ia', 'invalid', 'unit', '{"text": "城管配合", "unit": "BA-CG"}');
SELECT t.does('sue', 'reassign', 'ia', '{"unit": "BA-CG", "reason": "wrong_unit"}'), t.does('sue', 'reassign', 'ia', '{"unit": "BA-ZJ", "assist": ["BA-CG"], "reason": "wrong_unit"}');
SELECT t.does('sue', 'instruct', 'ia', '{"text": "城管配合", "unit": "BA-CG"}'), t.does('sue', 'instruct', 'ia', '{"text": "住建牵头"}');
SELECT t.ok((SELECT count(*) = 1 FROM jsonb_array_elements(t.show('ute', 'ia') -> 'instructions') x WHERE x ->> 'settled_at' IS NULL), 'a unit reads its own');
SELECT t.does('ute', 'comply', 'ia', '{"text": "已牵头"}');
SELECT t.refuses('ute', 'comply', 'ia', 'impossible', 'instruction', jsonb_build_object('text', 'x', 'instruction',
	(SELECT i.id::text FROM fenbo.instruction i WHERE i.no = t.no('ia') AND i.unit = 'BA-CG')));
SELECT t.does('sue', 'settle', 'ia');
SELECT t.is((SELECT string_agg(i.unit, ' ') FROM fenbo.instruction i WHERE i.no = t.no('ia') AND i.settled_at IS NULL), 'BA-CG', 'the answered one is settled first');
SELECT t.ok(t.flag('ia', 14), 'the other still stands');
-- On a case that is closed: it is followed all the same, and shows when the case comes back.
SELECT t.does('sue', 'end', 'ib', '{"reason": "no_content", "outcome": "invalid"}');
SELECT t.undoes('sue', 'instruct', 'ib', '{"text": "请复核"}');
SELECT t.does('sue', 'instruct', 'ib', '{"text": "请复核"}');
SELECT t.does('sue', 'reopen', 'ib', '{"reason": "领导要求复核"}');
SELECT t.ok(t.flag('ib', 14), 'a case that comes back shows the instruction that stands');
SELECT t.does('sue', 'settle', 'ib', '{"text": "已复核"}');
-- Overdue: the supervisors are told once.
SELECT t.does('sue', 'instruct', 'ic', jsonb_build_object('text', '今日办结', 'until', to_char(fenbo.now_() + interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SSOF')));
SELECT t.is(fenbo._instructions_due(fenbo.now_(), 10)::text, '0', 'not before its time');
SELECT t.wait('61 minutes');
SELECT t.is(fenbo._instructions_due(fenbo.now_(), 10)::text || fenbo._instructions_due(fenbo.now_(), 10)::text, '10', 'an alarm, once');
SELECT t.become('sue');
SELECT j ->> 'text' AS overdue FROM fenbo.instructions() j WHERE (j ->> 'overdue')::boolean \gset
SELECT t.become('postgres');
SELECT t.is(:'overdue', '今日办结', 'and it heads the list of those to follow');
-- Another overdue one goes on calling when the first is answered; an answer that is taken back calls again.
SELECT t.does('sue', 'instruct', 'ic', jsonb_build_object('text', '本周复盘', 'until', to_char(fenbo.now_() + interval '1 hour', 'YYYY-MM-DD"T"HH24:MI:SSOF')));
SELECT t.wait('61 minutes');
SELECT t.is(fenbo._instructions_due(fenbo.now_(), 10)::text, '1', 'the second is overdue too');
CREATE FUNCTION t.overdue(name text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT count(*)::text FROM fenbo.alarm a WHERE a.no = t.no($1) AND a.kind = 'instruction' AND a.settled_at IS NULL
$$;
SELECT t.does('sue', 'comply', 'ic', '{"text": "已复盘"}');
SELECT t.is(t.overdue('ic'), '1', 'one is left that calls');
SELECT t.does('sue', 'comply', 'ic', '{"text": "已办结"}');
SELECT t.is(t.overdue('ic'), '0', 'none');
SELECT t.wait('1 s');
SELECT t.does('sue', 'undo', 'ic');
SELECT t.is(t.overdue('ic'), '1', 'taken back: it calls again');

-- An instruction goes where the case goes.
SELECT t.make('ha', 'hb');
SELECT t.send('ha', 'BA-ZJ'), t.does('sue', 'instruct', 'ha', '{"text": "限期整改"}');
SELECT t.ok(o.target = 'unit:BA-ZJ', 'whoever has it is told') FROM fenbo.outbox o WHERE o.no = t.no('ha') AND o.kind = 'instruction';
SELECT t.does('sue', 'reassign', 'ha', '{"unit": "BA-CG", "assist": ["BA-ZJ"], "reason": "wrong_unit"}');
SELECT t.ok(x ->> 'text' = '限期整改' AND x ->> 'unit' = 'BA-CG', 'the new unit reads it') FROM jsonb_array_elements(t.show('uli', 'ha') -> 'instructions') x;
SELECT t.become('uli');
SELECT string_agg(j ->> 'text', ' ') AS listed FROM fenbo.instructions() j WHERE j ->> 'unit_name' = '宝安区城市管理局' \gset
SELECT t.become('postgres');
SELECT t.ok(:'listed' ~ '限期整改', 'and has it on its list');
SELECT t.does('uli', 'comply', 'ha', '{"text": "已整改"}');
-- One that was named, and has no part any more.
SELECT t.does('anna', 'override', 'hb', '{"unit": "BA-ZJ", "assist": ["BA-CG"], "reason": "other_unit"}');
SELECT t.does('sue', 'instruct', 'hb', '{"text": "城管配合", "unit": "BA-CG"}');
SELECT t.ok(t.show('ute', 'hb') -> 'instructions' = '[]', 'for the unit that is named') FROM (VALUES (1)) v;
SELECT t.does('sue', 'reassign', 'hb', '{"unit": "NS-CG", "reason": "wrong_unit", "assist": ["BA-ZJ"]}');
SELECT t.is(x ->> 'unit', 'NS-CG', 'as long as that has part in it: then for who has it') FROM jsonb_array_elements(t.show('sue', 'hb') -> 'instructions') x;

-- --- rulings, rungs and flags do not outlive what they were about ---------------------------------------------------------
SELECT t.make('fa', 'fb', 'fc');
SELECT t.dispute('fa');
SELECT t.does('sue', 'rule', 'fa', '{"unit": "NS-CG", "text": "会议纪要"}');
SELECT t.is(t.called('fa'), 'dispute settled', 'ruled');
SELECT t.wait('1 s');
SELECT t.does('sue', 'undo', 'fa');
SELECT t.is(t.called('fa'), 'dispute', 'taken back: the dispute calls again');
SELECT t.does('sue', 'rule', 'fa', '{"unit": "NS-CG", "text": "会议纪要"}');
SELECT t.does('sue', 'reassign', 'fa', '{"unit": "BA-ZJ", "reason": "wrong_unit"}');
SELECT t.ok(NOT t.flag('fa', 9), 'whom nobody ruled about may return it');
-- What a rung told a unit, or is held for its morning, goes with the case; an undo brings it back.
SELECT t.send('fb', 'BA-ZJ');
SELECT fenbo._alarm(t.no('fb'), 'rung', 'alarm', 'unit', 'BA-ZJ', NULL, 'rung handle', '{}');
INSERT INTO fenbo.outbox (no, version, target, kind, body, hold_until) SELECT t.no('fb'), 2, x, 'rung', '{"clock": "handle"}', fenbo.now_() + interval '8 hours'
	FROM unnest(ARRAY['unit:BA-ZJ', 'head:BA-ZJ', 'leader']) x;
CREATE FUNCTION t.rungs(name text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT (SELECT count(*) FROM fenbo.alarm a WHERE a.no = t.no($1) AND a.kind = 'rung' AND a.settled_at IS NULL) || ' '
		|| (SELECT string_agg(o.target, ' ' ORDER BY o.id) FROM fenbo.outbox o WHERE o.no = t.no($1) AND o.kind = 'rung' AND o.state = 'waiting')
$$;
SELECT t.does('sue', 'reassign', 'fb', '{"unit": "BA-CG", "reason": "wrong_unit"}');
SELECT t.is(t.rungs('fb'), '0 leader', 'not for who had it');
SELECT t.wait('1 s');
SELECT t.does('sue', 'undo', 'fb');
SELECT t.is(t.rungs('fb'), '1 unit:BA-ZJ head:BA-ZJ leader', 'unless he has it again');
-- A part has what is of the matter, and nothing of what was done.
UPDATE fenbo.queue SET flags = 64 | 16 | 4 | 2 | 128 | 512 | 8192 | 16384 | 32768 | 131072 WHERE no = t.no('fc');
SELECT t.does('sue', 'split', 'fc', '{"parts": ["eins", "zwei"]}');
SELECT t.is(string_agg(DISTINCT q.flags::text, ' '), '86', 'a part begins anew') FROM fenbo.queue q WHERE q.parent_no = t.no('fc');

-- --- who may what, beside the case -----------------------------------------------------------------------------------------
-- A case that a dispatcher is just deciding can be put under supervision all the same; he keeps it.
SELECT t.make('ga', 'gb', 'gc');
SELECT t.does('anna', 'claim', 'ga'), t.does('sue', 'supervise', 'ga'), t.does('sue', 'instruct', 'ga', '{"text": "当日办结"}'), t.does('sue', 'settle', 'ga', '{"text": "收回"}'),
	t.does('sue', 'lift', 'ga');
SELECT t.is((t.q('ga')).owner, 'anna', 'she holds it still');
SELECT t.refuses('sue', 'override', 'ga', 'leased', 'id', '{"unit": "BA-ZJ", "reason": "other_unit"}');
-- Who only assisted does not bring back what ended in triage.
UPDATE fenbo.queue SET assist = '{BA-CG}' WHERE no = t.no('gb');
SELECT t.does('sue', 'end', 'gb', '{"reason": "no_content", "outcome": "invalid"}'), t.refuses('uli', 'reopen', 'gb', 'forbidden', 'unit', '{"reason": "x"}');
-- A district desk calls no unit of another district to its aid.
UPDATE fenbo.queue SET desk = 'BA' WHERE no = t.no('gc');
SELECT t.refuses('dora', 'override', 'gc', 'forbidden', 'assist', '{"unit": "BA-ZJ", "assist": ["NS-CG"], "reason": "other_unit"}');
SELECT t.does('dora', 'override', 'gc', '{"unit": "BA-ZJ", "assist": ["BA-CG"], "reason": "other_unit"}');

-- --- what a unit reads ---------------------------------------------------------------------------------------------------
SELECT t.make('wa');
UPDATE fenbo.queue SET title = '漏气，电话 13800000001', flags = flags | 4 WHERE no = t.no('wa');
UPDATE fenbo.appeal SET title = '漏气，电话 13800000001', lat = 22.5, long = 113.9, address = '中心路 1 号 2 栋 301' WHERE no = t.no('wa');
SELECT t.does('anna', 'override', 'wa', '{"unit": "BA-ZJ", "assist": ["BA-CG"], "reason": "other_unit"}');
SELECT t.does('sue', 'remind', 'wa'), t.does('sue', 'instruct', 'wa', '{"text": "给住建的批示", "person": "陈市长"}'), t.does('anna', 'chase', 'wa', '{"text": "我是三栋的张三，13800000001"}');
SELECT t.does('sue', 'note', 'wa', '{"text": "现场在施工"}');
SELECT t.no('wa') AS wa \gset
SELECT t.become('sue');
SELECT fenbo.reveal(:wa, '核实身份') \g /dev/null
SELECT t.become('postgres');
SELECT t.ok(m.text ~ '138\*\*\*\*0001' AND m.text !~ '13800000001', 'a letter has no telephone number in it') FROM fenbo.remark m WHERE m.no = t.no('wa') AND m.kind = 'letter';
CREATE FUNCTION t.reads(who text, name text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(DISTINCT split_part(x ->> 'kind', ' ', 1), ' ') FROM jsonb_array_elements(t.show($1, $2) -> 'remarks') x
$$;
SELECT t.is(t.reads('sue', 'wa'), 'chase instruction leader letter note reason reveal', 'the centre reads what was written');
SELECT t.is(t.reads('ute', 'wa'), 'note reason', 'of a confidential case a unit reads no citizen''s words; letters and instructions come by themselves');
SELECT t.is(t.reads('uli', 'wa'), 'note reason', 'who assists reads no letter to another');
SELECT t.ok(jsonb_array_length(t.show('ute', 'wa') -> 'letters') = 1 AND t.show('uli', 'wa') -> 'letters' = '[]' AND t.show('uli', 'wa') -> 'instructions' = '[]', 'each its own');
SELECT t.ok(x -> 'lat' = 'null' AND x -> 'long' = 'null' AND x ->> 'address' = '', 'nor where he lives') FROM t.show('ute', 'wa') x;
SELECT t.ok(t.show('sue', 'wa') ->> 'lat' = '22.5', 'which the centre knows');
SELECT t.ok(x -> 'lat' = 'null' AND x ->> 'address' = '', 'nor does its system') FROM fenbo.tasks(sha256('zj-key'), t.no('wa') - 1, 1) x;
CREATE FUNCTION t.told(who text, name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n bigint := t.no(name);
	v text;
BEGIN
	PERFORM t.become(who); SELECT string_agg(h.remark, ' | ' ORDER BY h.version) INTO v FROM fenbo.history(n) h; PERFORM t.become('postgres');
	RETURN v;
END
$$;
SELECT t.ok(t.told('ute', 'wa') !~ '批示|张三|核实|漏气' AND t.told('ute', 'wa') ~ '施工' AND t.told('sue', 'wa') ~ '批示.*核实', 'the same in its history');
UPDATE fenbo.queue SET flags = flags & ~4 WHERE no = t.no('wa');
SELECT t.ok(x ->> 'text' ~ '138\*\*\*\*0001', 'of others with the numbers masked') FROM jsonb_array_elements(t.show('ute', 'wa') -> 'remarks') x WHERE x ->> 'kind' = 'chase';
SELECT t.ok(t.show('ute', 'wa') ->> 'lat' = '22.5', 'and where it is');
-- An alarm stands until somebody has taken note of it.
SELECT t.wait('14 hours');
SELECT t.login('sue');
SELECT t.become('sue');
SELECT string_agg(a.code, ', ') AS stands FROM fenbo.alarms() a WHERE a.acknowledged_at IS NULL \gset
SELECT t.become('postgres');
SELECT t.ok(:'stands' ~ 'instruction overdue', 'in the morning, too');
-- What an action settled an undo finds by index, however many alarms there are: of two of a kind the later stands again, and none beside one that stands.
BEGIN;
INSERT INTO fenbo.alarm (no, kind, level, to_role, code, first_at, at, settled_at, announced) SELECT 9900000000000 + n, 'rung', 'alarm', 'unit', 'rung handle',
	fenbo.now_(), fenbo.now_(), fenbo.now_(), true FROM generate_series(1, 20000) n;
ANALYZE fenbo.alarm;
UPDATE fenbo.alarm SET settled_at = fenbo.now_() - interval '1 hour' WHERE no = t.no('ic') AND acknowledged_at IS NULL;
INSERT INTO fenbo.alarm (no, kind, level, to_role, code, first_at, at, settled_at, announced) SELECT t.no('ic'), 'rung', 'alarm', 'supervisor', x.code, fenbo.now_(), fenbo.now_(),
	CASE WHEN x.settled THEN (t.last('ic')).at END, true FROM (VALUES ('rung handle', true), ('rung rate', true), ('rung rule', true), ('rung rule', true)) x(code, settled);
INSERT INTO fenbo.alarm (no, kind, level, to_role, to_desk, code, first_at, at, settled_at, announced) SELECT t.no('ic'), 'dispute', 'notice', 'supervisor', 'centre', 'disputed', fenbo.now_(),
	fenbo.now_(), x.settled, true FROM (VALUES ((t.last('ic')).at), (NULL)) x(settled);
CREATE TEMP TABLE scans AS SELECT s.seq_scan FROM pg_stat_xact_user_tables s WHERE s.relid = 'fenbo.alarm'::regclass;
SELECT fenbo._alarms_stand(t.last('ic')) \g /dev/null
SELECT t.is((s.seq_scan - b.seq_scan)::text, '0', 'without reading every alarm there is') FROM pg_stat_xact_user_tables s, scans b WHERE s.relid = 'fenbo.alarm'::regclass;
SELECT t.is(string_agg(a.code, ', ' ORDER BY a.id), 'rung rule, disputed', 'what stands') FROM fenbo.alarm a WHERE a.no = t.no('ic') AND a.settled_at IS NULL AND a.acknowledged_at IS NULL;
ROLLBACK;
SELECT t.chains();
SELECT count(*) || ' passed' FROM t.passed;
