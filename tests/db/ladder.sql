-- The ladder: db/schema/0080_ladder.sql and what of 0081_alarms.sql it uses. Cases come in at noon of a Monday, so that working hours are known.
UPDATE fenbo.routing_revision SET policy = policy || '{"working": {"days": [1,2,3,4,5], "am": [540,720], "pm": [840,1080], "quiet": [1320,420]},
	"alarms": {"repeat_s": 60, "escalate_after": 2, "keep_s": 43200},
	"clocks": {"dispatch": {"calendar": "always", "rungs": [
			{"share": 0.8, "tell": "owner", "do": "notice"}, {"at_s": -600, "days": 0, "tell": "owner", "do": "alarm"},
			{"at_s": 0, "days": 0, "tell": "supervisor", "do": "alarm"}, {"at_s": 1800, "days": 0, "tell": "supervisor", "do": "priority"},
			{"at_s": 7200, "days": 0, "tell": "leader", "do": "notice"}],
		"priorities": {"urgent": [{"at_s": -3600, "days": 0, "tell": "owner", "do": "notice"}, {"at_s": -600, "days": 0, "tell": "owner", "do": "alarm"},
			{"at_s": 0, "days": 0, "tell": "supervisor", "do": "reassign"}]}},
		"contact": {"calendar": "always", "rungs": [{"at_s": -7200, "days": 0, "tell": "unit", "do": "notice"}, {"at_s": 0, "days": 0, "tell": "head", "do": "alarm"}]},
		"handle": {"calendar": "working", "rungs": [{"share": 0.5, "tell": "unit", "do": "notice"}, {"at_s": 0, "days": 0, "tell": "head", "do": "letter"},
			{"at_s": 0, "days": 1, "tell": "supervisor", "do": "supervise"}, {"at_s": 3600, "days": 1, "tell": "unit", "do": "reassign"},
			{"at_s": 7200, "days": 1, "tell": "supervisor", "do": "reassign"}]}}}' WHERE revision = 1;
SELECT fenbo._ladder_compile(1) \g /dev/null
UPDATE fenbo.ladder_walk SET done = true;
SELECT fenbo._working_make() \g /dev/null
SELECT t.ok(fenbo.lead(), 'we lead') \g /dev/null
-- The test clock stands at an instant of the wall in Shanghai, and what came in before is out of the way; t.wait moves it on, t.go to an instant.
CREATE FUNCTION t.at(wall timestamp) RETURNS void LANGUAGE sql AS $$
	UPDATE fenbo.clock SET stopped_at = started_at WHERE stopped_at IS NULL;
	INSERT INTO fenbo.setting VALUES ('test_clock_offset', ((wall AT TIME ZONE 'Asia/Shanghai') - statement_timestamp())::text)
	ON CONFLICT (name) DO UPDATE SET value = excluded.value
$$;
CREATE FUNCTION t.go(wall timestamp) RETURNS void LANGUAGE sql AS $$
	UPDATE fenbo.setting SET value = ((wall AT TIME ZONE 'Asia/Shanghai') - statement_timestamp())::text WHERE name = 'test_clock_offset'
$$;
-- As often as the leader would; answers how many rungs fired. A case's clocks come one in a call.
CREATE FUNCTION t.sweep() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	n integer := 0;
	r record;
BEGIN
	FOR i IN 1 .. 10 LOOP
		SELECT coalesce(sum(l.fired) FILTER (WHERE l.clock IS NOT NULL AND l.what <> 'breach'), 0)::integer AS fired, sum(l.fired) FILTER (WHERE l.clock IS NULL) AS looked
		INTO r FROM fenbo.ladder(1000) l;
		n := n + r.fired;
		EXIT WHEN r.looked = 0;
	END LOOP;
	RETURN n;
END
$$;
CREATE FUNCTION t.rungs(name text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(CASE e.action WHEN 'breach' THEN 'late ' || (e.args ->> 'clock')
		ELSE concat_ws(' ', e.args ->> 'clock', e.args ->> 'rung', e.args ->> 'who', e.args ->> 'what',
			'passed ' || (SELECT string_agg(p, '+') FROM jsonb_array_elements_text(e.args -> 'passed') p)) END, ', ' ORDER BY e.id)
	FROM fenbo.event e WHERE e.no = t.no($1) AND e.action IN ('rung', 'breach')
$$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA t TO PUBLIC;
GRANT ALL ON ALL TABLES IN SCHEMA t TO PUBLIC;
SELECT t.at('2026-11-23 09:00') \g /dev/null

-- --- when ------------------------------------------------------------------------------------------------------------

SELECT t.make('a') \g /dev/null
SELECT t.is(((t.clock('a', 'dispatch')).next_rung_at - (t.clock('a', 'dispatch')).started_at)::text, '06:24:00', 'a new case knows its first rung: 80 % of 8 h') \g /dev/null
SELECT t.is(t.sweep()::text, '0', 'nothing is due') \g /dev/null
SELECT t.is(round(next_s)::text, '23040', 'and says when something will be') FROM fenbo.ladder(1000) WHERE clock IS NULL \g /dev/null
-- Each at its time, once, in order.
SELECT t.wait('6 hours 24 minutes') \g /dev/null
SELECT t.is(t.sweep()::text, '1', 'the first') \g /dev/null
SELECT t.is(t.sweep()::text, '0', 'once') \g /dev/null
SELECT t.wait('1 hour 26 minutes') \g /dev/null
SELECT t.is(t.sweep()::text, '1', 'the second') \g /dev/null
SELECT t.is((SELECT count(*) || ' ' || max(level) || ' ' || max(count) || ' ' || max(to_role) || ' ' || max(to_desk) FROM fenbo.alarm WHERE no = t.no('a')),
	'1 alarm 2 dispatcher centre', 'nobody holds the case: its desk is told; the same again is one alarm') \g /dev/null
SELECT t.wait('10 minutes') \g /dev/null
SELECT t.is(t.sweep()::text, '1', 'at the due time itself') \g /dev/null
SELECT t.ok((t.clock('a', 'dispatch')).breached_at IS NULL, 'which is not late yet') \g /dev/null
SELECT t.wait('2 seconds') \g /dev/null
SELECT t.is(t.sweep()::text, '0', 'then it is late') \g /dev/null
SELECT t.is(t.rungs('a'), 'dispatch 1 owner notice, dispatch 2 owner alarm, dispatch 3 supervisor alarm, late dispatch', 'in order, in the record') \g /dev/null
SELECT t.ok((t.q('a')).flags & 32768 <> 0 AND (t.q('a')).version = 1 AND (t.clock('a', 'dispatch')).breached_at = (t.clock('a', 'dispatch')).due_at,
	'flag and clock say so; nothing else changed, so the version did not') \g /dev/null
-- A rung raises the priority: the limit of the new one begins now.
SELECT t.wait('30 minutes') \g /dev/null
SELECT t.sweep() \g /dev/null
SELECT t.is((t.q('a')).priority || ' ' || (t.q('a')).version, 'fast 2', 'raised, a version on'),
	t.ok((t.clock('a', 'dispatch')).due_at - fenbo.now_() BETWEEN interval '1 hour 59 minutes' AND interval '2 hours', 'two hours from now'),
	t.is((t.clock('a', 'dispatch')).rung::text, '0', 'at the foot of its ladder'),
	t.ok((t.last('a')).args -> 'clocks' -> 'dispatch' ? 'started', 'and the record has the clock that began') \g /dev/null
SELECT t.wait('3 hours') \g /dev/null
SELECT t.sweep() \g /dev/null
SELECT t.is((t.q('a')).priority::text, 'urgent', 'after an outage the highest that is due'),
	t.is((t.last('a')).args -> 'passed' #>> '{}', '[1, 2, 3]', 'and the others passed') \g /dev/null
-- The urgent ladder's first rung lies before the start of a limit of half an hour.
SELECT t.is(((t.clock('a', 'dispatch')).next_rung_at - (t.clock('a', 'dispatch')).started_at)::text, '00:20:00', 'a rung before the start is left out') \g /dev/null
SELECT t.does('anna', 'claim', 'a') \g /dev/null
SELECT t.wait('40 minutes') \g /dev/null
UPDATE fenbo.queue SET lease_until = fenbo.now_() + interval '40 s' WHERE no = t.no('a');
SELECT t.sweep() \g /dev/null
SELECT t.ok((t.q('a')).flags & 256 <> 0 AND (t.q('a')).owner IS NULL, 'taken from whoever held it, to the supervisor') \g /dev/null
SELECT t.ok((t.last('a')).args #>> '{alarm,0,role}' = 'supervisor', 'who is told with the event') \g /dev/null

-- --- what does not fire ----------------------------------------------------------------------------------------------

SELECT t.at('2026-11-24 09:00') \g /dev/null
SELECT t.make('b', 'c', 'd', 'e', 'f') \g /dev/null
-- Dispatched: the clock has stopped, and what was to be acknowledged is settled.
SELECT t.wait('6 hours 30 minutes') \g /dev/null
SELECT t.is(t.sweep()::text, '5', 'five first rungs') \g /dev/null
SELECT t.does('anna', 'override', 'b', '{"unit": "BA-ZJ", "reason": "other_unit"}') \g /dev/null
SELECT t.ok(NOT EXISTS (SELECT FROM fenbo.alarm WHERE no = t.no('b') AND settled_at IS NULL), 'dispatched: the alarm is settled') \g /dev/null
-- Merged: no clock, no rung; unmerged: the time in between is a pause, and what had fired does not fire again.
SELECT t.does('anna', 'merge', 'd', jsonb_build_object('into', t.case13('c'))) \g /dev/null
SELECT t.wait('20 hours') \g /dev/null
SELECT t.does('anna', 'unmerge', 'd') \g /dev/null
SELECT t.sweep() \g /dev/null
SELECT t.is(t.rungs('d'), 'dispatch 1 owner notice', 'merged twenty hours, nothing fired') \g /dev/null
SELECT t.ok((t.clock('d', 'dispatch')).due_at > fenbo.now_() + interval '1 hour 20 minutes', 'it has the time left that it had') \g /dev/null
SELECT t.is(t.rungs('c'), 'dispatch 1 owner notice, late dispatch, dispatch 5 leader notice passed 2+3+4', 'the primary climbed on') \g /dev/null
-- An undo of the dispatch: the clock goes on as if it had never stopped; what it had climbed stays climbed.
SELECT t.at('2026-11-25 09:00') \g /dev/null
SELECT t.make('g') \g /dev/null
SELECT t.wait('6 hours 30 minutes') \g /dev/null
SELECT t.sweep() \g /dev/null
SELECT t.does('anna', 'priority', 'g', '{"priority": "fast"}') \g /dev/null
SELECT t.is(round(extract(epoch FROM fenbo.now_() - (t.clock('g', 'dispatch')).due_at) / 60)::text, '270', 'a shorter limit, from the same start, ran out long ago') \g /dev/null
SELECT t.sweep() \g /dev/null
SELECT t.is(t.rungs('g'), 'dispatch 1 owner notice, late dispatch, dispatch 5 leader notice passed 2+3+4', 'only what was not reached fires, the highest of it') \g /dev/null
SELECT t.does('anna', 'undo', 'g') \g /dev/null
SELECT t.ok((t.q('g')).flags & 32768 <> 0 AND (t.clock('g', 'dispatch')).due_at > fenbo.now_(), 'the old limit again; that it was late stays on the case') \g /dev/null
SELECT t.wait('2 hours') \g /dev/null
SELECT t.sweep() \g /dev/null
SELECT t.is(t.rungs('g'), 'dispatch 1 owner notice, late dispatch, dispatch 5 leader notice passed 2+3+4, late dispatch', 'nothing that was reached fires again') \g /dev/null
-- Paused.
SELECT t.at('2026-11-26 09:00') \g /dev/null
SELECT t.make('h') \g /dev/null
SELECT fenbo._clock_pause(t.no('h'), fenbo.now_()) \g /dev/null
SELECT t.wait('20 hours') \g /dev/null
SELECT t.is(t.sweep()::text, '0', 'paused') \g /dev/null
SELECT fenbo._clock_resume(t.no('h'), fenbo.now_()) \g /dev/null
SELECT t.is(t.sweep()::text, '0', 'resumed with the time it had') \g /dev/null
SELECT t.wait('6 hours 30 minutes') \g /dev/null
SELECT t.is(t.sweep()::text, '1', 'goes on') \g /dev/null
SELECT t.is(t.rungs('h'), 'dispatch 1 owner notice', 'from where it was') \g /dev/null
-- The clock of the world goes back and on again.
SELECT t.wait('-6 hours') \g /dev/null
SELECT t.is(t.sweep()::text, '0', 'time going backwards fires nothing') \g /dev/null
SELECT t.wait('6 hours') \g /dev/null
SELECT t.is(t.sweep()::text, '0', 'nor does it again what it did') \g /dev/null
-- More time: what is not reached moves with the due time.
SELECT fenbo._clock_extend(t.no('h'), 'dispatch', 1, fenbo.now_()) \g /dev/null
SELECT t.wait('5 hours') \g /dev/null
SELECT t.is(t.sweep()::text, '0', 'extended') \g /dev/null
SELECT t.is((t.clock('h', 'dispatch')).rung::text, '1', 'what was reached is reached') \g /dev/null

-- --- a unit's clocks ---------------------------------------------------------------------------------------------------

SELECT t.at('2026-12-01 09:00') \g /dev/null
SELECT t.make('u') \g /dev/null
SELECT t.does('anna', 'confirm', 'u', t.rec('u', 'BA-ZJ')) \g /dev/null
SELECT t.is(((t.clock('u', 'handle')).next_rung_at AT TIME ZONE 'Asia/Shanghai')::text, '2026-12-01 18:00:00', 'half of two working days') \g /dev/null
SELECT t.go('2026-12-01 18:00:00') \g /dev/null
SELECT t.sweep() \g /dev/null
SELECT t.is((SELECT o.target || ' ' || (o.body ->> 'clock') || ' ' || round(extract(epoch FROM o.hold_until - fenbo.now_())) FROM fenbo.outbox o WHERE o.no = t.no('u')
	AND o.kind = 'rung'), 'unit:BA-ZJ handle 0', 'the unit is told at once: it is no quiet hour') \g /dev/null
SELECT t.ok(EXISTS (SELECT FROM fenbo.alarm a WHERE a.no = t.no('u') AND a.to_role = 'unit' AND a.to_desk = 'BA-ZJ'), 'and its desk in the console') \g /dev/null
-- At night: contact is due at nine; its notice two hours before. Another case whose notice falls into the quiet hours.
SELECT t.go('2026-12-01 00:30') \g /dev/null
SELECT t.make('n') \g /dev/null
SELECT t.does('anna', 'confirm', 'n', t.rec('n', 'BA-ZJ')) \g /dev/null
SELECT t.go('2026-12-01 22:30') \g /dev/null
SELECT t.sweep() \g /dev/null
SELECT t.is((SELECT (o.hold_until AT TIME ZONE 'Asia/Shanghai')::timestamp(0)::text FROM fenbo.outbox o WHERE o.no = t.no('n') AND o.kind = 'rung'
	AND o.body ->> 'clock' = 'contact'), '2026-12-02 07:00:00', 'what can wait waits for the morning') \g /dev/null
SELECT fenbo._clock_stop(t.no('n'), '{contact}', fenbo.now_()) \g /dev/null
SELECT t.is((SELECT o.state FROM fenbo.outbox o WHERE o.no = t.no('n') AND o.kind = 'rung' AND o.body ->> 'clock' = 'contact'), 'cancelled',
	'and is taken back when the clock stops before') \g /dev/null
-- A letter, supervision, the unit above, the centre. u was dispatched on Tuesday at nine with two days.
SELECT t.go('2026-12-02 18:00:02') \g /dev/null
SELECT t.sweep(), t.sweep() \g /dev/null
SELECT t.ok(EXISTS (SELECT FROM fenbo.outbox o WHERE o.no = t.no('u') AND o.kind = 'letter' AND o.target = 'unit:BA-ZJ')
	AND EXISTS (SELECT FROM fenbo.outbox o WHERE o.no = t.no('u') AND o.kind = 'rung' AND o.target = 'head:BA-ZJ') AND (t.q('u')).flags & 262144 <> 0,
	'a letter to the unit, word to its head') \g /dev/null
SELECT t.go('2026-12-03 18:00:02') \g /dev/null
SELECT t.sweep() \g /dev/null
SELECT t.ok((t.q('u')).flags & 2 <> 0, 'a working day later it is under supervision') \g /dev/null
SELECT t.go('2026-12-04 10:00:02') \g /dev/null
SELECT t.sweep() \g /dev/null
SELECT t.is((t.q('u')).stage || ' ' || (t.q('u')).desk || ' ' || coalesce((t.q('u')).unit, '-'), 'triage BA -', 'an hour later with the unit above, which has a desk') \g /dev/null
SELECT t.ok((t.clock('u', 'handle')).stopped_at IS NOT NULL AND (t.clock('u', 'dispatch')).stopped_at IS NULL, 'where the dispatch clock goes on') \g /dev/null
SELECT t.chains() \g /dev/null

-- --- more time ---------------------------------------------------------------------------------------------------------

-- Two working days from Monday at nine. Asked for before the limit ran out and granted after: what lies ahead by the longer limit comes again.
INSERT INTO fenbo.reason (action, code, name, sort) VALUES ('pause', 'court', '进入司法程序', 1), ('extend', 'hard', '情况复杂', 1);
UPDATE fenbo.routing_revision SET policy = policy || '{"pause": {"approval": ["court"], "longest_s": 1296000}, "extend": {"times": 1, "days": 10, "late": false}}';
SELECT t.at('2026-12-14 09:00') \g /dev/null
SELECT t.make('e1', 'w1') \g /dev/null
SELECT t.does('anna', 'confirm', n, t.rec(n, 'BA-ZJ')) FROM unnest(ARRAY['e1', 'w1']) n \g /dev/null
SELECT t.login(a) FROM unnest(ARRAY['ute', 'sue']) a \g /dev/null
SELECT t.does('ute', 'contact', n, '{"text": "已联系"}') FROM unnest(ARRAY['e1', 'w1']) n \g /dev/null
SELECT t.go('2026-12-14 18:00') \g /dev/null
SELECT t.is(t.sweep()::text, '2', 'half of it') \g /dev/null
SELECT t.go('2026-12-15 17:00') \g /dev/null
SELECT t.login(a) FROM unnest(ARRAY['ute', 'sue']) a \g /dev/null
SELECT t.does('ute', 'extend', 'e1', '{"reason": "hard", "days": 2}') \g /dev/null
SELECT t.ok((t.act('ute', 'pause', 'w1', '{"reason": "court"}')).ok, 'a pause is asked for') \g /dev/null
SELECT t.go('2026-12-15 18:00:02') \g /dev/null
SELECT t.is(t.sweep()::text, '2', 'the limit runs out while the supervisor sleeps') \g /dev/null
SELECT t.is(t.rungs(n), 'handle 1 unit notice, late handle, handle 2 head letter', n) FROM unnest(ARRAY['e1', 'w1']) n \g /dev/null
SELECT t.go('2026-12-16 10:00') \g /dev/null
SELECT t.login(a) FROM unnest(ARRAY['ute', 'sue']) a \g /dev/null
CREATE FUNCTION t.climbs(name text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT concat_ws(' ', k.rung, to_char(k.next_rung_at AT TIME ZONE 'Asia/Shanghai', 'DD HH24:MI'),
		(SELECT count(*) FROM fenbo.alarm a WHERE a.no = t.no(name) AND a.code = 'rung handle' AND a.settled_at IS NULL)) FROM t.clock(name, 'handle') k
$$;
SELECT t.is(t.climbs('e1'), '2 16 18:00 1', 'a working day after it is next') \g /dev/null
SELECT t.does('sue', 'approve', 'e1', '{"decision": "yes"}') \g /dev/null
SELECT t.is(t.climbs('e1'), '1 17 18:00 0', 'granted: the end of the limit comes again, half of it has been, and no alarm stands') \g /dev/null
SELECT t.does('sue', 'undo', 'e1') \g /dev/null
SELECT t.is(t.climbs('e1'), '2 16 18:00 1', 'taken back: as it was') \g /dev/null
SELECT t.does('sue', 'approve', 'e1', '{"decision": "yes"}'), t.does('sue', 'approve', 'w1', '{"decision": "yes"}') \g /dev/null
SELECT t.is(t.climbs('w1'), '1 0', 'paused: it had not run out when that was asked for') \g /dev/null
SELECT t.is(t.sweep()::text, '0', 'nothing is due') \g /dev/null
SELECT t.does('ute', 'resume', 'w1') \g /dev/null
SELECT t.is(t.climbs('w1'), '1 16 11:00 0', 'the hour that was left runs') \g /dev/null
SELECT t.go('2026-12-16 11:00:02') \g /dev/null
SELECT t.is(t.sweep()::text, '1', 'and out') \g /dev/null
SELECT t.is(t.rungs('w1'), 'handle 1 unit notice, late handle, handle 2 head letter, late handle, handle 2 head letter', 'its end is told') \g /dev/null
SELECT t.does('ute', 'resolve', 'w1', '{"text": "已办结"}') \g /dev/null
SELECT t.go('2026-12-17 18:00:02') \g /dev/null
SELECT t.is(t.sweep()::text, '1', 'the longer limit runs out') \g /dev/null
SELECT t.is(t.rungs('e1'), 'handle 1 unit notice, late handle, handle 2 head letter, late handle, handle 2 head letter', 'its end is told') \g /dev/null
SELECT t.chains() \g /dev/null

-- --- another ladder ------------------------------------------------------------------------------------------------------

SELECT t.at('2026-12-22 09:00') \g /dev/null
SELECT t.make('p', 'r') \g /dev/null
SELECT t.wait('6 hours 30 minutes') \g /dev/null
SELECT t.sweep() \g /dev/null
INSERT INTO fenbo.routing_revision (revision, applied_at, applied_by, files, policy) SELECT 2, now(), 'test', '{}', jsonb_set(policy, '{clocks,dispatch,rungs}',
	'[{"at_s": -7200, "days": 0, "tell": "dispatchers", "do": "notice"}, {"share": 0.8, "tell": "owner", "do": "notice"}, {"at_s": -3600, "days": 0, "tell": "supervisor", "do": "notice"}]')
	FROM fenbo.routing_revision WHERE revision = 1;
SELECT fenbo._ladder_compile(2) \g /dev/null
UPDATE fenbo.setting SET value = '2' WHERE name = 'routing_revision';
SELECT t.is(t.sweep()::text, '0', 'what stands in both ladders is behind the clock, and what is below it') \g /dev/null
SELECT t.is(to_char((t.clock('p', 'dispatch')).next_rung_at AT TIME ZONE 'Asia/Shanghai', 'HH24:MI'), '16:00', 'the leader has set the clocks by the new ladder') \g /dev/null
SELECT t.wait('31 minutes') \g /dev/null
SELECT t.is(t.sweep()::text, '2', 'by which they go on') \g /dev/null
SELECT t.ok((SELECT done FROM fenbo.ladder_walk), 'one pass') \g /dev/null

-- --- alarms ------------------------------------------------------------------------------------------------------------

SELECT t.at('2026-12-23 09:00') \g /dev/null
UPDATE fenbo.alarm SET settled_at = now() WHERE settled_at IS NULL;
SELECT t.make('x') \g /dev/null
UPDATE fenbo.queue SET flags = flags | 64 WHERE no = t.no('x');
SELECT t.is((SELECT count(*) FROM fenbo.alarm WHERE no = t.no('x') AND level = 'danger' AND to_role = 'dispatcher' AND again_at IS NOT NULL)::text, '1', 'danger calls the desk'),
	t.is((SELECT e.args #>> '{alarm,0,level}' FROM fenbo.event e WHERE e.no = t.no('x') AND e.action = 'alarm'), 'danger', 'with an event that carries it') \g /dev/null
SELECT t.become('anna') \g /dev/null
SELECT t.is((SELECT count(*) || ' ' || min(level) || ' ' || min(stage) FROM fenbo.alarms() WHERE no = t.no('x')), '1 danger triage', 'hers to see') \g /dev/null
SELECT t.become('dora') \g /dev/null
SELECT t.is((SELECT count(*) FROM fenbo.alarms() WHERE no = t.no('x'))::text, '0', 'not another desk''s') \g /dev/null
SELECT t.become('postgres') \g /dev/null
SELECT t.wait('61 seconds') \g /dev/null
SELECT t.sweep() \g /dev/null
SELECT t.is((SELECT count || ' ' || (raised_at IS NULL) FROM fenbo.alarm WHERE no = t.no('x')), '2 true', 'told again') \g /dev/null
SELECT t.wait('61 seconds') \g /dev/null
SELECT t.sweep() \g /dev/null
SELECT t.is((SELECT string_agg(to_role || ' ' || code, ', ' ORDER BY id) FROM fenbo.alarm WHERE no = t.no('x')), 'dispatcher danger, supervisor unheard', 'then the supervisor, too') \g /dev/null
SELECT id AS danger FROM fenbo.alarm WHERE no = t.no('x') AND to_role = 'dispatcher' \gset
SELECT t.become('dora') \g /dev/null
SELECT t.is(fenbo.alarm_ack(ARRAY[:danger])::text, '0', 'nobody acknowledges what is not his') \g /dev/null
SELECT t.become('anna') \g /dev/null
SELECT t.is(fenbo.alarm_ack(ARRAY[:danger])::text, '1', 'acknowledged'), t.is(fenbo.alarm_ack(ARRAY[:danger])::text, '0', 'once') \g /dev/null
SELECT t.is((SELECT acknowledged_by FROM fenbo.alarms() WHERE id = :danger), '安娜', 'and by whom') \g /dev/null
SELECT t.become('postgres') \g /dev/null
SELECT t.is((t.last('x')).action || ' ' || (t.last('x')).actor || ' ' || ((t.last('x')).args #>> '{acknowledged,0}'), 'acknowledge anna ' || :danger, 'on the record of the case') \g /dev/null
SELECT t.is((SELECT count(*)::text FROM fenbo.alarm WHERE no = t.no('x') AND to_role = 'supervisor' AND settled_at IS NULL), '0', 'somebody has heard: the supervisor need not be told that nobody did') \g /dev/null
SELECT t.wait('5 minutes') \g /dev/null
SELECT t.sweep() \g /dev/null
SELECT t.is((SELECT count FROM fenbo.alarm WHERE id = :danger)::text, '3', 'and never again') \g /dev/null
SELECT t.does('sue', 'override', 'x', '{"unit": "BA-ZJ", "reason": "other_unit"}') \g /dev/null
SELECT t.ok(NOT EXISTS (SELECT FROM fenbo.alarm WHERE no = t.no('x') AND settled_at IS NULL AND acknowledged_at IS NULL AND kind = 'danger'), 'dispatched: settled') \g /dev/null
-- Of no case.
SELECT fenbo._alarm(0, 'letter', 'alarm', 'supervisor', 'centre', NULL, 'dead letters', '{"n": 3}') \g /dev/null
SELECT t.is((SELECT action || ' ' || (args #>> '{alarm,0,code}') FROM fenbo.event WHERE no = 0 ORDER BY id DESC LIMIT 1), 'alarm dead letters', 'an event of no case') \g /dev/null
SELECT t.become('sue') \g /dev/null
SELECT t.is(fenbo.alarm_ack(ARRAY(SELECT id FROM fenbo.alarms() WHERE acknowledged_at IS NULL))::text, '1', 'all at once') \g /dev/null
SELECT t.become('postgres') \g /dev/null
SELECT t.chains() \g /dev/null
SELECT count(*) || ' of the ladder passed' FROM t.passed;
