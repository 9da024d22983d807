-- What a unit does with a case that is its own: contact, progress, files, pauses, extensions, the way down the tree and back, steps, alerts of
-- machines. Run after actions_fixture.sql.
DO $$
DECLARE
	n text;
BEGIN
	FOREACH n IN ARRAY ARRAY['una', 'uma', 'uwe'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = n) THEN EXECUTE format('CREATE ROLE %I LOGIN', n); END IF;
		EXECUTE format('GRANT fenbo_unit TO %I', n);
	END LOOP;
END
$$;
-- BA-ZJ (ute) > S1 (una) > C1 (uma); S2 beside S1; BA-CG (uli); CITY-JT (uwe)
INSERT INTO fenbo.unit (code, name, short, parent, level, desk, active) VALUES ('S1', '航城街道', '航城', 'BA-ZJ', 'street', false, true),
	('S2', '西乡街道', '西乡', 'BA-ZJ', 'street', false, true), ('C1', '钟屋社区', '钟屋', 'S1', 'community', false, true),
	('ZJ-DESK', '住建分拨台', '住建台', 'BA-ZJ', 'bureau', true, true);
INSERT INTO fenbo.account (name, role, person, desk, created_by) VALUES ('una', 'unit', '乌娜', 'S1', 'test'), ('uma', 'unit', '乌玛', 'C1', 'test'),
	('uwe', 'unit', '乌维', 'CITY-JT', 'test');
INSERT INTO fenbo.duty_item (revision, code, category, class, name, handle_days, lead, steps) VALUES
	(1, 'road', '交通', '道路', '道路塌陷', 5, 'BA-CG', '{BA-CG,BA-ZJ,CITY-JT}'),
	(1, 'alone', '交通', '道路', '道路破损', 5, 'BA-CG', '{BA-CG}'),
	(1, 'nowhere', '交通', '道路', '路灯', 5, 'BA-CG', '{BA-CG,lamps@district}');
INSERT INTO fenbo.reason (action, code, name, sort) VALUES ('pause', 'rain', '暴雨', 1), ('pause', 'court', '进入司法程序', 2),
	('extend', 'hard', '情况复杂', 1), ('subdispatch', 'local', '属地办理', 1);
UPDATE fenbo.routing_revision SET policy = policy || '{"pause": {"approval": ["court"], "longest_s": 1296000},
	"extend": {"times": 1, "days": 10, "late": false}, "progress": {"public": true},
	"working": {"days": [1, 2, 3, 4, 5, 6, 7], "am": [0, 720], "pm": [720, 1440], "quiet": [1320, 420]}}';
SELECT fenbo._working_make() \g /dev/null
INSERT INTO fenbo.channel (code, name, citizen) VALUES ('camera', '视频告警', false);
INSERT INTO fenbo.api_key (name, hash, channel, rights, created_by) VALUES ('camera', sha256('camera-key'), 'camera', '{intake,read}', 'test');
SELECT t.login(a) FROM unnest(ARRAY['una', 'uma', 'uwe']) a \g /dev/null

-- Does it, and the event is called otherwise than the action.
CREATE FUNCTION t.becomes(who text, action text, name text, event text, args jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	was integer := (t.q(name)).version;
	r fenbo.act_row := t.act(who, action, name, args);
BEGIN
	IF NOT r.ok THEN RAISE EXCEPTION 'not ok: % % %: refused: % % %', who, action, name, r.error, r.field, r.message; END IF;
	PERFORM t.ok((SELECT v.action = event AND v.actor = who FROM fenbo.event v WHERE v.id = r.event) AND r.version = was + 1
		AND (t.q(name)).version = was + 1, format('%s %s %s: %s', who, action, name, event));
END
$$;
CREATE FUNCTION t.takes_back(who text, action text, name text, event text, args jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	was jsonb := t.picture(name);
	side jsonb := t.side(name);
BEGIN
	PERFORM t.becomes(who, action, name, event, args);
	PERFORM t.does(who, 'undo', name);
	PERFORM t.is(t.picture(name)::text, was::text, format('%s taken back', action));
	PERFORM t.is(t.side(name)::text, side::text, format('what %s wrote beside the row is taken back', action));
END
$$;
-- What stands beside the row, as it is shown.
CREATE FUNCTION t.side(name text) RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT fenbo._unit_work(t.q($1)) $$;
CREATE FUNCTION t.sweep() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	n integer;
BEGIN
	PERFORM t.become('feeder');
	IF NOT fenbo.lead() THEN RAISE 'somebody else leads'; END IF;
	n := fenbo.sweep();
	PERFORM t.become('postgres');
	RETURN n;
END
$$;
CREATE FUNCTION t.out(variadic names text[]) RETURNS void LANGUAGE plpgsql AS $$   -- made, and with the housing bureau
DECLARE
	n text;
BEGIN
	FOREACH n IN ARRAY names LOOP
		PERFORM t.make(n);
		PERFORM t.does('anna', 'confirm', n, t.rec(n, 'BA-ZJ'));
	END LOOP;
END
$$;
CREATE FUNCTION t.later(span interval) RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT jsonb_build_object('until', fenbo.now_() + span) $$;
-- What a query answers to somebody.
CREATE FUNCTION t.asks(who text, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	answer text;
BEGIN
	PERFORM t.become(who);
	EXECUTE query INTO answer;
	PERFORM t.become('postgres');
	RETURN answer;
END
$$;
CREATE FUNCTION t.sees(who text, name text) RETURNS boolean LANGUAGE sql AS $$
	SELECT t.asks(who, format('SELECT count(*) FROM fenbo.queue_list WHERE no = %s', t.no(name))) = '1' $$;
CREATE FUNCTION t.file(name text DEFAULT '现场.jpg') RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('name', name, 'size', 123456, 'sha256', repeat('Ab', 32), 'link', 'https://files.example/1.jpg') $$;

-- --- contact, promises ---------------------------------------------------------------------------------------------
SELECT t.out('a');
SELECT t.refuses('ute', 'contact', 'a', 'missing', 'text');
SELECT t.refuses('ute', 'contact', 'a', 'invalid', 'outcome', '{"text": "x", "outcome": "perhaps"}');
SELECT t.refuses('ute', 'contact', 'a', 'invalid', 'until', '{"text": "x", "until": "tomorrow"}');
SELECT t.refuses('ute', 'contact', 'a', 'invalid', 'until', '{"text": "x", "until": "2026-13-41T09:00:00+08:00"}');
SELECT t.is((t.refuses('ute', 'contact', 'a', 'invalid', 'until', '{"text": "x"}' || t.later('-1 minute'))).message, 'this lies in the past', 'past');
SELECT t.refuses('ute', 'contact', 'a', 'invalid', 'until', '{"text": "x"}' || t.later('400 days'));
SELECT t.refuses('anna', 'contact', 'a', 'forbidden', 'action', '{"text": "x"}');
SELECT t.refuses('uli', 'contact', 'a', 'not_found', 'id', '{"text": "x"}');
SELECT t.undoes('ute', 'contact', 'a', '{"text": "没人接", "outcome": "unreached"}'), t.undoes('ute', 'contact', 'a', '{"text": "已联系"}');
SELECT t.does('ute', 'contact', 'a', '{"text": "没人接", "outcome": "unreached"}');
SELECT t.ok((t.clock('a', 'contact')).stopped_at IS NULL, 'an attempt does not stop the clock');
SELECT t.does('ute', 'contact', 'a', '{"text": "约了下午再打"}' || t.later('2 hours'));
SELECT t.ok((t.clock('a', 'contact')).stopped_at IS NOT NULL AND (t.q('a')).clock = 'handle' AND (t.clock('a', 'handle')).stopped_at IS NULL,
	'word with the citizen stops the contact clock, and no other');
SELECT t.ok(s -> 'promises' -> 0 ->> 'overdue' = 'false' AND jsonb_array_length(s -> 'promises') = 1, 'a promise stands') FROM t.side('a') s;
SELECT t.takes_back('ute', 'progress', 'a', 'progress', '{"text": "派人去看"}' || t.later('1 day') || jsonb_build_object('files', jsonb_build_array(t.file())));
SELECT t.wait('3 hours');
SELECT t.is(t.asks('ute', 'SELECT concat_ws('' '', p.no, p.overdue, p.person) FROM fenbo.promises(10) p'), t.no('a') || ' t 乌特', 'an overdue promise is seen');
SELECT t.is(t.asks('uli', 'SELECT count(*) FROM fenbo.promises(10)'), '0', 'within one''s scope');
SELECT t.takes_back('ute', 'contact', 'a', 'contact', '{"text": "打过了", "outcome": "unreached"}');
SELECT t.ok(s -> 'promises' -> 0 ->> 'overdue' = 'true', 'a call taken back leaves the promise open') FROM t.side('a') s;
SELECT t.does('ute', 'contact', 'a', '{"text": "打过了", "outcome": "unreached"}');
SELECT t.ok(s -> 'promises' -> 0 ->> 'kept_at' IS NOT NULL, 'the next call keeps the promise') FROM t.side('a') s;

-- --- files ---------------------------------------------------------------------------------------------------------
SELECT t.refuses('ute', 'attach', 'a', 'missing', 'files');
SELECT t.refuses('ute', 'attach', 'a', 'invalid', 'files', '{"files": "x"}');
SELECT t.refuses('ute', 'attach', 'a', 'invalid', 'files.1', '{"files": ["x"]}');
SELECT t.refuses('ute', 'attach', 'a', w.error, 'files.2.' || w.field, jsonb_build_object('files', jsonb_build_array(t.file(), t.file() || w.change)))
FROM (VALUES ('missing', 'name', '{"name": " "}'::jsonb), ('invalid', 'name', '{"name": "a\u001bb"}'), ('too_large', 'name', jsonb_build_object('name', repeat('长', 201))),
	('invalid', 'size', '{"size": "12"}'), ('invalid', 'size', '{"size": -1}'), ('invalid', 'size', '{"size": 1.5}'), ('invalid', 'sha256', '{"sha256": "00"}'),
	('invalid', 'link', '{"link": "javascript:alert(1)"}'), ('invalid', 'link', '{"link": "https://a b"}'), ('invalid', 'link', '{"link": "https:///x"}'))
	w(error, field, change);
SELECT t.refuses('ute', 'attach', 'a', 'too_large', 'files', jsonb_build_object('files', (SELECT jsonb_agg(t.file()) FROM generate_series(1, 21))));
SELECT t.refuses('uli', 'attach', 'a', 'not_found', 'id', jsonb_build_object('files', jsonb_build_array(t.file())));
SELECT t.takes_back('ute', 'attach', 'a', 'attach', jsonb_build_object('files', jsonb_build_array(t.file())));
SELECT t.does('ute', 'attach', 'a', jsonb_build_object('files', jsonb_build_array(t.file(), t.file('张三的合同.pdf')), 'text', '附上'));
SELECT t.does('anna', 'attach', 'a', jsonb_build_object('files', jsonb_build_array(t.file('录音.mp3'))));
SELECT t.ok(jsonb_array_length(s -> 'files') = 3 AND s #>> '{files,1,name}' = '张三的合同.pdf' AND s #>> '{files,0,sha256}' = repeat('ab', 32),
	'files by name, size, hash and link') FROM t.side('a') s;
SELECT t.make('at'), t.does('anna', 'attach', 'at', jsonb_build_object('files', jsonb_build_array(t.file())));

-- --- pause and resume ----------------------------------------------------------------------------------------------
SELECT t.out('p');
SELECT t.refuses('ute', 'pause', 'p', 'missing', 'reason');
SELECT t.refuses('ute', 'resume', 'p', 'impossible', 'flags');
SELECT t.refuses('ute', 'pause', 'p', 'invalid', 'until', '{"reason": "rain"}' || t.later('16 days'));
SELECT t.refuses('anna', 'pause', 'p', 'forbidden', 'action', '{"reason": "rain"}');
SELECT t.takes_back('ute', 'pause', 'p', 'pause', '{"reason": "rain"}' || t.later('1 day'));
SELECT t.does('ute', 'pause', 'p', '{"reason": "rain"}' || t.later('1 day'));
SELECT t.ok(q.flags & 2048 <> 0 AND q.due_at IS NULL AND q.paused_until IS NOT NULL, 'paused: no clock shows') FROM t.q('p') q;
SELECT t.ok((t.clock('p', k)).paused_since IS NOT NULL, k || ' stands still') FROM unnest(ARRAY['contact', 'handle']) k;
SELECT t.refuses('ute', 'pause', 'p', 'impossible', 'flags', '{"reason": "rain"}');
SELECT t.does('ute', 'contact', 'p', '{"text": "已联系"}');
SELECT t.ok((t.clock('p', 'contact')).stopped_at IS NOT NULL, 'word with the citizen counts in a pause, too');
SELECT t.wait('6 hours');
SELECT t.takes_back('ute', 'resume', 'p', 'resume', '{}');
SELECT t.does('sue', 'resume', 'p', '{"text": "雨停了"}');
SELECT t.ok(q.flags & 2048 = 0 AND q.clock = 'handle' AND q.paused_until IS NULL, 'the clocks run on') FROM t.q('p') q;
SELECT t.ok(k.paused_s BETWEEN 21600 AND 21660 AND k.due_at = k.started_at + make_interval(secs => 2 * 86400 + k.paused_s), 'the pause moved the due time')
FROM t.clock('p', 'handle') k;
-- By itself, to the second, however late the sweep comes; what it touched cannot be undone any more.
SELECT t.does('ute', 'pause', 'p', '{"reason": "rain"}' || t.later('1 hour'));
SELECT t.does('ute', 'progress', 'p', '{"text": "等雨停"}');
SELECT t.ok(t.sweep() = 0, 'not before its time'), t.wait('3 hours');
SELECT t.ok(t.sweep() = 1 AND t.sweep() = 0, 'a pause ends once');
SELECT t.ok(e.action = 'resume' AND e.actor = 'system' AND q.flags & 2048 = 0 AND q.paused_until IS NULL AND k.paused_s BETWEEN 25200 AND 25320,
	'and at its time: ' || k.paused_s) FROM t.last('p') e, t.q('p') q, t.clock('p', 'handle') k;
SELECT t.ok(EXISTS (SELECT FROM fenbo.outbox o WHERE o.no = t.no('p') AND o.kind = 'resumed' AND o.target = 'unit:BA-ZJ'), 'the unit is told');
SELECT t.does('ute', 'undo', 'p');                   -- the progress: it had nothing to do with clocks
SELECT t.ok((t.act('ute', 'undo', 'p')).message ~ 'resume by system', 'a pause that has ended cannot be undone');
-- Without a time it ends after the longest that policy allows; a supervisor pauses for any reason, and the unit is told.
SELECT t.does('sue', 'pause', 'p', '{"reason": "等会商"}');
SELECT t.ok(q.paused_until BETWEEN fenbo.now_() + interval '15 days' - interval '1 minute' AND fenbo.now_() + interval '15 days', 'never for ever') FROM t.q('p') q;
SELECT t.does('ute', 'resume', 'p');

-- --- what has to be approved ---------------------------------------------------------------------------------------
SELECT t.takes_back('ute', 'pause', 'p', 'ask', '{"reason": "court"}'), t.takes_back('ute', 'pause', 'p', 'ask', '{"reason": "自己写的"}');
SELECT t.refuses('sue', 'approve', 'p', 'impossible', 'flags', '{"decision": "yes"}');
SELECT t.becomes('ute', 'pause', 'p', 'ask', '{"reason": "court", "text": "法院已立案"}' || t.later('2 days'));
SELECT t.ok(q.flags & 1024 <> 0 AND q.flags & 2048 = 0 AND q.due_at IS NOT NULL, 'asked: the clocks go on') FROM t.q('p') q;
SELECT t.is(concat_ws(' ', r ->> 'kind', r ->> 'reason', r ->> 'text', r ->> 'person', r ->> 'decision'), 'pause 进入司法程序 法院已立案 乌特', 'the request as it is shown')
FROM (SELECT t.side('p') -> 'request' AS r) x;
SELECT t.is(string_agg(concat_ws(' ', a.level, a.to_role, a.to_desk, a.code, a.args ->> 'unit'), ' | '), 'notice supervisor centre pause asked BA-ZJ', 'the supervisors hear of it')
FROM fenbo.alarm a WHERE a.no = t.no('p') AND a.kind = 'request' AND a.settled_at IS NULL;
SELECT t.refuses('ute', 'pause', 'p', 'impossible', 'flags', '{"reason": "rain"}'), t.refuses('ute', 'extend', 'p', 'impossible', 'flags', '{"reason": "hard", "days": 2}'),
	t.refuses('sue', 'pause', 'p', 'impossible', 'flags', '{"reason": "rain"}');
SELECT t.refuses('ute', 'approve', 'p', 'forbidden', 'action', '{"decision": "yes"}'), t.refuses('sue', 'approve', 'p', 'invalid', 'decision', '{"decision": "maybe"}'),
	t.refuses('sue', 'approve', 'p', 'missing', 'decision');
SELECT t.wait('5 hours');
SELECT t.takes_back('sue', 'approve', 'p', 'approve', '{"decision": "no", "text": "理由不足"}'), t.takes_back('sue', 'approve', 'p', 'approve', '{"decision": "yes"}');
SELECT t.does('sue', 'approve', 'p', '{"decision": "yes", "text": "同意"}');
SELECT t.ok(q.flags & 3072 = 2048 AND k.paused_since BETWEEN fenbo.now_() - interval '5 hours 1 minute' AND fenbo.now_() - interval '5 hours' + interval '1 second',
	'paused from the moment it was asked for') FROM t.q('p') q, t.clock('p', 'handle') k;
SELECT t.ok(EXISTS (SELECT FROM fenbo.outbox o WHERE o.no = t.no('p') AND o.kind = 'granted' AND o.body ->> 'kind' = 'pause'), 'the unit is told');
SELECT t.does('ute', 'resume', 'p');
-- A pause that is over when it is granted counts all the same.
SELECT t.becomes('ute', 'pause', 'p', 'ask', '{"reason": "court"}' || t.later('1 hour')), t.wait('4 hours');
CREATE TABLE t.before AS SELECT (t.clock('p', 'handle')).paused_s;
SELECT t.does('sue', 'approve', 'p', '{"decision": "yes"}');
SELECT t.ok(q.flags & 3072 = 0 AND q.paused_until IS NULL AND k.paused_since IS NULL AND k.paused_s - b.paused_s BETWEEN 3540 AND 3660, 'an hour, and over')
FROM t.q('p') q, t.clock('p', 'handle') k, t.before b;
-- Refused.
SELECT t.becomes('ute', 'pause', 'p', 'ask', '{"reason": "court"}'), t.does('sue', 'approve', 'p', '{"decision": "no", "text": "理由不足"}');
SELECT t.ok(NOT EXISTS (SELECT FROM fenbo.alarm a WHERE a.kind = 'request' AND a.settled_at IS NULL), 'what is decided calls nobody any more');
SELECT t.is(concat_ws(' ', r ->> 'decision', r ->> 'answer', r ->> 'decided_by', (t.q('p')).flags & 3072), 'no 理由不足 苏 0', 'refused, with the reason')
FROM (SELECT t.side('p') -> 'request' AS r) x;

-- --- more time -----------------------------------------------------------------------------------------------------
SELECT t.out('x');
SELECT t.refuses('ute', 'extend', 'x', 'missing', 'days', '{"reason": "hard"}'), t.refuses('ute', 'extend', 'x', 'missing', 'reason', '{"days": 2}'),
	t.refuses('ute', 'extend', 'x', 'invalid', 'days', '{"reason": "hard", "days": 11}'), t.refuses('ute', 'extend', 'x', 'invalid', 'days', '{"reason": "hard", "days": 0}'),
	t.refuses('ute', 'extend', 'x', 'invalid', 'days', '{"reason": "hard", "days": "two"}'), t.refuses('ute', 'extend', 'x', 'invalid', 'days', '{"reason": "hard", "days": 1.5}'),
	t.refuses('sue', 'extend', 'x', 'forbidden', 'action', '{"reason": "hard", "days": 2}');
SELECT t.takes_back('ute', 'extend', 'x', 'extend', '{"reason": "hard", "days": "3"}');
SELECT t.does('ute', 'extend', 'x', '{"reason": "hard", "days": 3, "text": "要开挖"}');
SELECT t.takes_back('sue', 'approve', 'x', 'approve', '{"decision": "yes"}');
SELECT t.does('sue', 'approve', 'x', '{"decision": "yes"}');
SELECT t.ok(k.due_at = k.started_at + interval '5 days' AND k.extended_s = 3 * 86400, 'three working days more') FROM t.clock('x', 'handle') k;
SELECT t.is((t.refuses('ute', 'extend', 'x', 'impossible', 'days', '{"reason": "hard", "days": 1}')).message, 'the case was extended already: 1 of 1 times', 'once');
-- Not after the time is up, unless policy allows it; a refusal does not count.
SELECT t.out('y'), t.does('ute', 'extend', 'y', '{"reason": "hard", "days": 1}'), t.does('sue', 'approve', 'y', '{"decision": "no"}');
SELECT t.wait('3 days');
SELECT t.refuses('ute', 'extend', 'y', 'impossible', 'due_at', '{"reason": "hard", "days": 1}');
UPDATE fenbo.routing_revision SET policy = jsonb_set(policy, '{extend,late}', 'true');
SELECT t.does('ute', 'extend', 'y', '{"reason": "hard", "days": 1}');
UPDATE fenbo.routing_revision SET policy = jsonb_set(policy, '{extend,late}', 'false');
-- Asked in time and granted late: what was found late meanwhile was not, on the clock, in the flag and in the bulletin; nor does more time help for ever.
CREATE FUNCTION t.ladder() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM t.sweep();
	PERFORM t.become('feeder');
	PERFORM fenbo.ladder(1000);
	PERFORM t.become('postgres');
END
$$;
CREATE FUNCTION t.late(name text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT concat_ws(' ', (t.q(name)).flags & 32768, extract(epoch FROM k.breached_at - k.started_at)::integer / 3600,
		CASE WHEN EXISTS (SELECT FROM jsonb_array_elements(fenbo._bulletin_units(fenbo.now_() - interval '9 days', 'infinity')) u WHERE u -> 'cases' ? t.case13(name))
			THEN 'told' END) FROM t.clock(name, 'handle') k
$$;
SELECT t.out('in1'), t.does('ute', 'contact', 'in1', '{"text": "已联系"}'), t.wait('47 hours'), t.does('ute', 'extend', 'in1', '{"reason": "hard", "days": 2}'), t.wait('10 hours');
SELECT t.ladder() \g /dev/null
SELECT t.is(t.late('in1'), '32768 48 told', 'late while the supervisor sleeps');
SELECT t.takes_back('sue', 'approve', 'in1', 'approve', '{"decision": "yes"}');
SELECT t.is(t.late('in1'), '32768 48 told', 'taken back, it is late again');
SELECT t.does('sue', 'approve', 'in1', '{"decision": "yes"}');
SELECT t.is(t.late('in1'), '0', 'granted: it never was');
SELECT t.ok((t.last('in1')).args @> '{"clocks": {"handle": {"in_time": true, "extended_s": 172800}}}', 'as the log has it');
SELECT t.wait('40 hours') \g /dev/null
SELECT t.ladder() \g /dev/null
SELECT t.is(t.late('in1'), '32768 96 told', 'but the longer limit runs out, too');
-- Found by the action that grants, when no sweep had come; a clock of the case that was late before stays so in the flag.
SELECT t.out('in2'), t.wait('47 hours'), t.does('ute', 'extend', 'in2', '{"reason": "hard", "days": 2}'), t.wait('10 hours');
SELECT t.ladder() \g /dev/null
SELECT t.does('sue', 'approve', 'in2', '{"decision": "yes"}');
SELECT t.is(t.late('in2'), '32768 told', 'its contact clock was late, and is');
-- Asked when it was late already, where policy allows that: that stays.
UPDATE fenbo.routing_revision SET policy = jsonb_set(policy, '{extend,late}', 'true');
SELECT t.out('in3'), t.does('ute', 'contact', 'in3', '{"text": "已联系"}'), t.wait('49 hours'), t.does('ute', 'extend', 'in3', '{"reason": "hard", "days": 2}');
SELECT t.does('sue', 'approve', 'in3', '{"decision": "yes"}');
SELECT t.is(t.late('in3'), '32768 48 told', 'late before it was asked');
UPDATE fenbo.routing_revision SET policy = jsonb_set(policy, '{extend,late}', 'false');
-- A pause likewise. Made urgent meanwhile, its limit of one day was over before the pause was asked for: late by that, whether or not a sweep has come by.
SELECT t.out('pa', 'pb', 'pc');
SELECT t.does('ute', 'contact', n, '{"text": "已联系"}') FROM unnest(ARRAY['pa', 'pb', 'pc']) n;
SELECT t.wait('30 hours');
SELECT t.becomes('ute', 'pause', n, 'ask', '{"reason": "court"}' || t.later('5 days')) FROM unnest(ARRAY['pa', 'pb', 'pc']) n;
SELECT t.wait('10 hours'), t.does('sue', 'priority', 'pb', '{"priority": "urgent"}'), t.wait('10 hours');
SELECT t.ladder() \g /dev/null
SELECT t.does('sue', 'priority', 'pc', '{"priority": "urgent"}');
SELECT t.is(t.late('pa'), '32768 48 told', 'late');
SELECT t.does('sue', 'approve', n, '{"decision": "yes"}') FROM unnest(ARRAY['pa', 'pb', 'pc']) n;
SELECT t.is(t.late('pa'), '0', 'it stood still');
SELECT t.is(t.late('pb'), '32768 24 told', 'told by the limit of a day');
SELECT t.is(t.late('pc'), '32768 24 told', 'told by the longer one');
-- A request lapses when the case leaves its unit, and stands again when that is taken back.
SELECT t.takes_back('ute', 'resolve', 'y', 'resolve', '{"text": "已修好"}');
SELECT t.ok((t.q('y')).flags & 1024 <> 0 AND t.side('y') #>> '{request,decision}' IS NULL, 'it stands again');
SELECT t.does('ute', 'return', 'y', '{"reason": "not_ours"}');
SELECT t.is(concat_ws(' ', t.side('y') #>> '{request,decision}', (t.q('y')).flags & 1024), 'lapsed 0', 'a request lapses with the return');
SELECT t.refuses('sue', 'approve', 'y', 'impossible', 'stage', '{"decision": "yes"}');
-- A paused case that is returned or resolved is not paused any more, and undo brings the pause back.
SELECT t.out('z'), t.does('ute', 'pause', 'z', '{"reason": "rain"}');
SELECT t.undoes('ute', 'return', 'z', '{"reason": "not_ours"}'), t.undoes('ute', 'resolve', 'z', '{"text": "好了"}');
SELECT t.does('ute', 'resolve', 'z', jsonb_build_object('text', '好了', 'files', jsonb_build_array(t.file('完工.jpg'))));
SELECT t.ok(q.flags & 2048 = 0 AND q.paused_until IS NULL AND q.clock = 'rate' AND k.paused_since IS NULL AND k.stopped_at IS NOT NULL, 'resolved: nothing paused')
FROM t.q('z') q, t.clock('z', 'handle') k;
SELECT t.is(t.side('z') #>> '{files,0,name}', '完工.jpg', 'files of a result');

-- --- down the tree and back ----------------------------------------------------------------------------------------
SELECT t.out('s');
SELECT t.refuses('ute', 'subdispatch', 's', 'missing', 'unit'), t.refuses('ute', 'subdispatch', 's', 'invalid', 'unit', '{"unit": "NOBODY"}'),
	t.refuses('ute', 'subdispatch', 's', 'forbidden', 'unit', '{"unit": "BA-CG"}'), t.refuses('ute', 'subdispatch', 's', 'forbidden', 'unit', '{"unit": "BA"}'),
	t.refuses('ute', 'subdispatch', 's', 'impossible', 'unit', '{"unit": "BA-ZJ"}'), t.refuses('ute', 'subdispatch', 's', 'invalid', 'unit', '{"unit": "ZJ-DESK"}'),
	t.refuses('ute', 'subdispatch', 's', 'forbidden', 'assist', '{"unit": "S1", "assist": ["BA-CG"]}'),
	t.refuses('una', 'subdispatch', 's', 'not_found', 'id', '{"unit": "C1"}'), t.refuses('anna', 'subdispatch', 's', 'forbidden', 'action', '{"unit": "S1"}');
SELECT t.does('ute', 'accept', 's'), t.takes_back('ute', 'subdispatch', 's', 'subdispatch', '{"unit": "S1", "assist": ["S2"], "reason": "local"}');
CREATE TABLE t.due AS SELECT (t.clock('s', 'handle')).due_at;
SELECT t.wait('1 hour'), t.does('ute', 'subdispatch', 's', '{"unit": "S1", "assist": ["S2"], "reason": "local"}');
SELECT t.ok(q.unit = 'S1' AND q.stage = 'dispatched' AND q.passed = '{BA-ZJ}' AND q.assist = '{S2}', 'with the street, to be signed for') FROM t.q('s') q;
SELECT t.ok((t.clock('s', 'handle')).due_at = d.due_at, 'with what is left of the clock') FROM t.due d;
SELECT t.does('una', 'accept', 's'), t.does('una', 'subdispatch', 's', '{"unit": "C1"}');
SELECT t.ok(q.passed = '{BA-ZJ,S1}' AND q.unit = 'C1', 'two levels down') FROM t.q('s') q;
SELECT t.is(fenbo._unit_work(t.q('s')) -> 'passed' ->> 0, '{"name": "住建", "unit": "BA-ZJ"}', 'the way it came is shown');
-- Those above keep sight and may act for those below; others see nothing.
SELECT t.ok(t.sees(w, 's') = x, w || ' sees it: ' || x) FROM (VALUES ('ute', true), ('una', true), ('uma', true), ('uli', false), ('uwe', false)) v(w, x);
-- Back step by step: no return of the case, no ruling, clocks run on.
SELECT t.takes_back('uma', 'return', 's', 'handback', '{"reason": "not_ours"}');
SELECT t.becomes('uma', 'return', 's', 'handback', '{"reason": "not_ours"}');
SELECT t.ok(q.unit = 'S1' AND q.stage = 'dispatched' AND q.returned = 0 AND q.returned_by = 'C1' AND q.passed = '{BA-ZJ}' AND q.return_reason = '不属于本单位职责'
	AND q.clock IS NOT NULL, 'at the street again') FROM t.q('s') q;
SELECT t.ok(EXISTS (SELECT FROM fenbo.outbox o WHERE o.no = t.no('s') AND o.target = 'unit:S1' AND o.kind = 'handback'), 'which is told');
SELECT t.is(fenbo._returns(t.no('s')) -> 0 ->> 'unit', 'C1', 'and sees who sent it back');
SELECT t.does('una', 'subdispatch', 's', '{"unit": "C1"}');
-- The bureau takes it back itself, moves it over to another street, and from there it comes back to the bureau.
SELECT t.does('ute', 'subdispatch', 's', '{"unit": "S2"}');
SELECT t.ok(q.unit = 'S2' AND q.passed = '{BA-ZJ}' AND q.assist = '{}', 'another street') FROM t.q('s') q;
SELECT t.does('ute', 'subdispatch', 's', '{"unit": "BA-ZJ"}');
SELECT t.ok(q.unit = 'BA-ZJ' AND q.passed = '{}', 'taken back') FROM t.q('s') q;
SELECT t.does('ute', 'subdispatch', 's', '{"unit": "C1"}');
SELECT t.ok(q.passed = '{BA-ZJ}', 'over the street''s head') FROM t.q('s') q;
-- The bureau itself sends a case that lies below back to the centre: that is a return.
SELECT t.does('ute', 'return', 's', '{"reason": "not_ours"}');
SELECT t.ok(q.stage = 'triage' AND q.returned = 1 AND q.returned_by = 'BA-ZJ' AND q.passed = '{}', 'a return of the bureau') FROM t.q('s') q;
-- A ruling binds the unit that was ruled, not the one it passed the case to.
SELECT t.does('anna', 'override', 's', '{"reason": "other_unit", "unit": "BA-ZJ"}'), t.does('ute', 'return', 's', '{"reason": "not_ours"}'),
	t.does('sue', 'rule', 's', '{"text": "会议纪要", "unit": "BA-ZJ"}'), t.does('ute', 'subdispatch', 's', '{"unit": "S1"}');
SELECT t.becomes('una', 'return', 's', 'handback', '{"reason": "not_ours"}'), t.refuses('ute', 'return', 's', 'impossible', 'flags', '{"reason": "not_ours"}');
-- Passed down while paused and asked: both stay.
SELECT t.does('ute', 'extend', 's', '{"reason": "hard", "days": 1}'), t.does('ute', 'pause', 's', '{"reason": "rain"}'), t.does('ute', 'subdispatch', 's', '{"unit": "S1"}');
SELECT t.ok((t.q('s')).flags & 3072 = 3072, 'paused and asked still'), t.does('sue', 'approve', 's', '{"decision": "yes"}'), t.does('una', 'resume', 's');

-- --- lead and assisting --------------------------------------------------------------------------------------------
SELECT t.make('l');
SELECT t.does('anna', 'confirm', 'l', t.rec('l', 'BA-ZJ') || '{"assist": ["BA-CG"]}');
SELECT t.does('uli', 'contact', 'l', '{"text": "协办单位已联系"}'), t.does('uli', 'progress', 'l', '{"text": "已清运"}'), t.does('uli', 'note', 'l', '{"text": "备注"}'),
	t.does('uli', 'attach', 'l', jsonb_build_object('files', jsonb_build_array(t.file())));
SELECT t.ok((t.clock('l', 'contact')).stopped_at IS NOT NULL, 'an assisting unit speaks for all');
SELECT t.refuses('uli', a, 'l', 'forbidden', 'unit', g) FROM (VALUES ('accept', '{}'::jsonb), ('return', '{"reason": "x"}'), ('resolve', '{"text": "x"}'),
	('pause', '{"reason": "rain"}'), ('resume', '{}'), ('extend', '{"reason": "hard", "days": 1}'), ('subdispatch', '{"unit": "BA-CG"}')) v(a, g);

-- --- steps ---------------------------------------------------------------------------------------------------------
CREATE FUNCTION t.step(name text) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', q.stage, coalesce(q.unit, '-'), q.step || '/' || cardinality(q.steps)) FROM t.q(name) q $$;
SELECT t.make('o'), t.does('anna', 'override', 'o', '{"reason": "other_unit", "item": "road"}');
SELECT t.is(t.step('o'), 'dispatched BA-CG 1/3', 'the first step');
SELECT t.is((t.side('o') -> 'steps')::text, '[{"name": "城管", "unit": "BA-CG", "state": "on"}, {"name": "住建", "unit": "BA-ZJ", "state": "later"}, '
	'{"name": "交通", "unit": "CITY-JT", "state": "later"}]', 'with who is on turn');
CREATE TABLE t.step_due AS SELECT (t.clock('o', 'handle')).due_at;
SELECT t.refuses('ute', 'resolve', 'o', 'not_found', 'id', '{"text": "x"}');
SELECT t.does('uli', 'accept', 'o'), t.does('uli', 'contact', 'o', '{"text": "已联系"}');
SELECT t.takes_back('uli', 'resolve', 'o', 'step', '{"text": "围挡已设置"}');
SELECT t.becomes('uli', 'resolve', 'o', 'step', jsonb_build_object('text', '围挡已设置', 'files', jsonb_build_array(t.file())));
SELECT t.is(t.step('o'), 'dispatched BA-ZJ 2/3', 'the next one has it, to be signed for');
SELECT t.ok((t.clock('o', 'handle')).due_at = d.due_at AND (t.clock('o', 'contact')).stopped_at IS NOT NULL, 'the limit is that of the whole') FROM t.step_due d;
SELECT t.ok(EXISTS (SELECT FROM fenbo.outbox o WHERE o.no = t.no('o') AND o.target = 'unit:BA-ZJ' AND o.kind = 'dispatch')
	AND NOT EXISTS (SELECT FROM fenbo.outbox o WHERE o.no = t.no('o') AND o.kind = 'result'), 'it is told; the citizen not yet');
SELECT t.refuses('uli', 'resolve', 'o', 'not_found', 'id', '{"text": "x"}');
-- Passed down within a step it is still that step; returned there it keeps the steps done.
SELECT t.does('ute', 'accept', 'o'), t.does('ute', 'subdispatch', 'o', '{"unit": "S1"}');
SELECT t.is(t.step('o'), 'dispatched S1 2/3', 'the street does the bureau''s step');
BEGIN;
SELECT t.is(q.unit || ' ' || q.steps[2], 'BA-ZJ BA-ZJ', 'a rung that takes it back up takes the step along') FROM fenbo._rung_reassign(fenbo._system_call(fenbo.now_()), t.q('o'), 'head') q;
ROLLBACK;
SELECT t.becomes('una', 'return', 'o', 'handback', '{"reason": "not_ours"}'), t.does('ute', 'return', 'o', '{"reason": "not_ours"}');
SELECT t.is(t.step('o'), 'triage - 2/3', 'returned at the second step');
SELECT t.does('anna', 'override', 'o', '{"reason": "other_unit", "unit": "NS-CG", "item": "road"}');
SELECT t.is(t.step('o'), 'dispatched NS-CG 2/3', 'another unit takes that step');
SELECT t.is(array_to_string((t.q('o')).steps, ' '), 'BA-CG NS-CG CITY-JT', 'in the place of the one that returned it');
UPDATE fenbo.queue SET unit = 'BA-ZJ', steps = '{BA-CG,BA-ZJ,CITY-JT}' WHERE no = t.no('o');
SELECT t.becomes('ute', 'resolve', 'o', 'step', '{"text": "管线已修复"}'), t.is(t.step('o'), 'dispatched CITY-JT 3/3', 'the last step');
SELECT t.does('uwe', 'accept', 'o'), t.undoes('uwe', 'resolve', 'o', '{"text": "路面已恢复"}'), t.does('uwe', 'resolve', 'o', '{"text": "路面已恢复"}');
SELECT t.is(t.step('o'), 'resolved CITY-JT 3/3', 'the last one resolves the case');
SELECT t.ok((SELECT bool_and(s ->> 'state' = 'done') FROM jsonb_array_elements(t.side('o') -> 'steps') s), 'all done');
-- Another item, a unit that is none of the steps', one step, or steps whose unit the place does not say: no order to keep.
SELECT t.make('o1', 'o2', 'o3'), t.does('anna', 'override', 'o1', '{"reason": "other_unit", "item": "alone"}'),
	t.does('anna', 'override', 'o2', '{"reason": "other_unit", "item": "road", "unit": "S2"}'), t.does('anna', 'override', 'o3', '{"reason": "other_unit", "item": "nowhere"}');
SELECT t.is((t.q(n)).step::text, '0', n || ' has no steps') FROM unnest(ARRAY['o1', 'o2', 'o3']) n;

-- --- confidential cases: the unit does not learn who asks, so the centre speaks with him -----------------------------
SELECT t.out('conf'), t.does('sue', 'edit', 'conf', '{"fields": {"confidential": true}}');
SELECT t.is((t.refuses('ute', 'contact', 'conf', 'forbidden', 'flags', '{"text": "x"}')).message, 'confidential: the centre contacts the citizen', 'not the unit');
SELECT t.refuses('anna', 'visit', 'in1', 'forbidden', 'flags', '{"outcome": "reached"}'), t.refuses('anna', 'visit', 'conf', 'invalid', 'outcome', '{"outcome": "refused"}'),
	t.refuses('anna', 'visit', 'conf', 'impossible', 'stage', '{"outcome": "reached", "rating": {"speed": 5, "effect": 5, "service": 5, "feedback": 5}}');
SELECT t.becomes('anna', 'visit', 'conf', 'contact', '{"text": "无人接听", "outcome": "unreached"}' || t.later('2 hours'));
SELECT t.ok((t.clock('conf', 'contact')).stopped_at IS NULL AND EXISTS (SELECT FROM fenbo.promise p WHERE p.no = t.no('conf') AND p.unit IS NULL), 'an attempt; the call promised is the centre''s');
SELECT t.takes_back('anna', 'visit', 'conf', 'contact', '{"outcome": "reached", "text": "已联系"}');
SELECT t.is(fenbo._rung_who(w, 'contact', 'dispatched', 4) || ' ' || fenbo._rung_who(w, 'contact', 'dispatched', 0), x, 'whom its rungs mean')
	FROM (VALUES ('owner', 'dispatchers unit'), ('unit', 'dispatchers unit'), ('head', 'dispatchers head'), ('supervisor', 'supervisor supervisor')) v(w, x);
SELECT t.wait('25 hours');
SELECT t.ladder() \g /dev/null
SELECT t.ok((t.q('conf')).flags & 32768 <> 0 AND NOT fenbo._bulletin_units(fenbo.now_() - interval '9 days', 'infinity')::text LIKE '%' || t.case13('conf') || '%',
	'late, but no fault of the unit''s');
SELECT t.becomes('sue', 'visit', 'conf', 'contact', '{"outcome": "reached", "text": "已联系13812345678，希望夜间施工停止"}');
SELECT t.ok(t.asks('ute', format('SELECT fenbo.show(%s) ->> ''remarks''', t.no('conf'))) ~ '已联系138\*\*\*\*5678，希望' AND t.asks('ute',
	format('SELECT string_agg(h.remark, '','') FROM fenbo.history(%s) h', t.no('conf'))) !~ '13812345678', 'what the unit needs to know, without his number');
SELECT t.ok(t.asks('sue', format('SELECT fenbo.show(%s) ->> ''remarks''', t.no('conf'))) ~ '已联系13812345678，', 'which is the centre''s');
SELECT t.ok((t.clock('conf', 'contact')).stopped_at IS NOT NULL AND NOT (t.last('conf')).args ? 'unit', 'the centre has spoken with him');

-- --- alerts of machines --------------------------------------------------------------------------------------------
INSERT INTO t.name SELECT 'cam', no FROM fenbo.intake(sha256('camera-key'), '[{"line": 1, "external_id": "c1", "text": "占道经营告警", "title": "占道经营", "name": "", "priority": "normal"}]');
SELECT t.ok((t.q('cam')).flags & 65536 <> 0 AND (t.q('a')).flags & 65536 = 0, 'an alert is known by its channel');
SELECT t.does('anna', 'override', 'cam', '{"reason": "other_unit", "unit": "BA-CG"}');
SELECT t.ok((t.clock('cam', 'contact')).no IS NULL AND (t.clock('cam', 'handle')).no IS NOT NULL, 'nobody to contact, no contact clock');
SELECT t.refuses('uli', 'contact', 'cam', 'impossible', 'flags', '{"text": "x"}');
SELECT t.does('uli', 'accept', 'cam'), t.does('uli', 'pause', 'cam', '{"reason": "rain"}' || t.later('1 hour')), t.undoes('uli', 'resolve', 'cam', '{"text": "已清理"}');
SELECT t.wait('3 hours');
SELECT t.does('uli', 'resolve', 'cam', '{"text": "已清理"}');
SELECT t.ok(k.paused_s BETWEEN 3540 AND 3660, 'the pause ended when it was to end, not with the case') FROM fenbo.appeal a
	CROSS JOIN LATERAL jsonb_populate_recordset(NULL::fenbo.clock, a.state -> 'clocks') k WHERE a.no = t.no('cam') AND k.kind = 'handle';
SELECT t.ok(a.stage = 'closed' AND a.outcome = 'solved' AND (a.state #>> '{row,flags}')::integer & 3072 = 0 AND a.state #>> '{row,paused_until}' IS NULL,
	'resolved is closed') FROM fenbo.appeal a WHERE a.no = t.no('cam');
SELECT t.ok(NOT EXISTS (SELECT FROM fenbo.outbox o WHERE o.no = t.no('cam') AND o.target = 'citizen'), 'nobody is written to');
SELECT t.does('uli', 'reopen', 'cam', '{"reason": "又来了"}');
SELECT t.ok((t.q('cam')).flags & 65536 <> 0, 'an alert it stays');

-- --- by key, and what the citizen's channel learns -----------------------------------------------------------------
CREATE FUNCTION t.by_key(action text, name text, args jsonb, idem text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	r fenbo.act_row;
	of_case bigint := t.no(name);
	version integer := (t.q(name)).version;
BEGIN
	PERFORM t.become('feeder');
	SELECT * INTO r FROM fenbo.act_for(sha256('zj-key'), '李四', action, ARRAY[of_case], ARRAY[version], args, false, idem);
	PERFORM set_config('fenbo.key', '', false);
	PERFORM t.become('postgres');
	RETURN CASE WHEN r.ok THEN 'ok ' || r.stage ELSE r.error || ' ' || r.field END;
END
$$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA t TO PUBLIC;
CREATE FUNCTION t.updates(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	words text;
	of_case bigint := t.no(name);
BEGIN
	PERFORM t.become('feeder');
	SELECT string_agg(u.words, ' | ' ORDER BY u.id) INTO words
	FROM fenbo.open311_updates(sha256('hotline-key'), ARRAY[of_case], '-infinity', 'infinity', 100, 0) u WHERE u.no = of_case;
	PERFORM t.become('postgres');
	RETURN words;
END
$$;
SELECT t.out('k');
SELECT t.is(t.by_key('contact', 'k', '{"text": "x", "until": "soon"}'), 'invalid until', 'errors by field');
SELECT t.is(t.by_key(a, 'k', g), w, 'by key: ' || a) FROM (VALUES ('accept', '{}'::jsonb, 'ok handling'), ('contact', '{"text": "已联系 13912345678"}', 'ok handling'),
	('progress', '{"text": "师傅13912345678已到场"}', 'ok handling'), ('pause', '{"reason": "rain", "until": "2099-01-01T00:00:00Z"}', 'invalid until'),
	('pause', '{"reason": "rain"}', 'ok handling'), ('resume', '{}', 'ok handling'), ('extend', '{"reason": "hard", "days": 2}', 'ok handling'),
	('subdispatch', '{"unit": "S1"}', 'ok dispatched')) v(a, g, w);
SELECT t.does('sue', 'approve', 'k', '{"decision": "yes"}'), t.does('una', 'accept', 'k'), t.does('una', 'resolve', 'k', '{"text": "已修复"}'), t.does('anna', 'close', 'k');
SELECT t.is(regexp_replace(t.updates('k'), '至\d+月\d+日', '至…'), '已受理 | 已派送至宝安区住房和建设局 | 宝安区住房和建设局已签收，办理中 | 承办单位已与您联系 | '
	'承办单位反馈了办理进展：师傅139****5678已到场 | 暂停计时（暴雨），至… | 恢复办理 | 已转由航城街道办理 | 办理期限延长2个工作日 | 航城街道已签收，办理中 | '
	'已办理完毕，请您评价：已修复 | 已办结', 'every step that a citizen may see, like tracking a parcel');
SELECT t.ok(t.updates('o') ~ '第1步已完成（共3步），转由宝安区住房和建设局办理', 'steps, too');

-- Tasks carry what a unit's system needs.
CREATE FUNCTION t.task(name text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	j jsonb;
	id text := t.case13(name);
BEGIN
	PERFORM t.become('feeder');
	SELECT x INTO j FROM fenbo.tasks(sha256('zj-key'), 0, 1000) x WHERE x ->> 'id' = id;
	PERFORM t.become('postgres');
	RETURN j;
END
$$;
SELECT t.ok(j ? 'clocks' AND j #>> '{files,0,name}' = '现场.jpg' AND j ->> 'step' IS NULL AND j -> 'promises' -> 0 ? 'kept_at', 'a task with clocks, files, promises')
FROM t.task('a') j;

SELECT t.chains();
SELECT count(*) || ' passed' FROM t.passed;
