-- Facts and roll-ups say what the event log says, however it is read and whatever comes late; every figure has its cases behind it. Run after
-- actions_fixture.sql.
SELECT t.ok(fenbo.lead(), 'this connection leads');
UPDATE fenbo.routing_revision SET policy = policy || '{"shifts": [{"code": "1", "name": "白班", "start": 480, "end": 1200},
	{"code": "2", "name": "夜班", "start": 1200, "end": 480}], "working": {"am": [540, 720], "pm": [840, 1080]}}', applied_at = applied_at - interval '1 day';
-- Monday, nine in the morning.
SELECT t.wait((date_trunc('week', now() AT TIME ZONE 'Asia/Shanghai') + interval '7 days 9 hours') AT TIME ZONE 'Asia/Shanghai' - now()) \g /dev/null
CREATE FUNCTION t.day(n integer) RETURNS date LANGUAGE sql STABLE AS $$ SELECT (date_trunc('week', now() AT TIME ZONE 'Asia/Shanghai') + interval '7 days')::date + n $$;
-- To this time of the n-th day.
CREATE FUNCTION t.at(n integer, hour text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN PERFORM t.wait((t.day(n) + hour::time) AT TIME ZONE 'Asia/Shanghai' - fenbo.now_()); END $$;
CREATE FUNCTION t.roll(most integer DEFAULT 1000) RETURNS void LANGUAGE plpgsql AS $$ BEGIN WHILE fenbo.roll(most) > 0 LOOP END LOOP; END $$;
-- One count of one line of a report.
CREATE FUNCTION t.count(figure text, d date, until_ date DEFAULT NULL, by_ text DEFAULT 'all', key_ text DEFAULT '', of_ text DEFAULT NULL) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT coalesce((SELECT (to_jsonb(r) ->> figure)::bigint FROM fenbo.report(d, coalesce(until_, d), by_, of_) r WHERE r.key = key_), 0)
$$;
CREATE FUNCTION t.agrees(what text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	c record;
BEGIN
	SELECT * INTO c FROM fenbo.report_check(NULL, NULL) LIMIT 1;
	IF c.what IS NOT NULL THEN RAISE EXCEPTION 'not ok: % differs: %', what, to_jsonb(c); END IF;
	INSERT INTO t.passed VALUES (what);
END
$$;

-- --- a week of five cases, by hand -----------------------------------------------------------------------------------
SELECT t.make('a', 'b', 'c', 'd', 'e');
SELECT t.wait('10 min');
SELECT t.does('anna', 'confirm', 'a', t.rec('a', 'BA-ZJ')), t.does('anna', 'override', 'b', '{"unit": "BA-CG", "reason": "other_unit"}');
SELECT t.does('anna', 'confirm', 'c', t.rec('c', 'BA-ZJ')), t.does('anna', 'answer', 'd', '{"text": "已答复"}');
SELECT t.does('ute', 'accept', 'a');
SELECT t.is(t.count('received', t.day(0))::text, '5', 'the day in progress, before anything was counted');
SELECT t.roll();
-- The test clock ticks while this runs: seconds are right to within a minute.
SELECT t.is(format('%s %s %s', t.count('received', t.day(0)), t.count('answered', t.day(0)), t.count('dispatched', t.day(0))), '5 1 3', 'received, answered at once, sent to units');
SELECT t.ok(t.count('dispatch_s', t.day(0)) BETWEEN 1800 AND 1980, 'in seconds');
SELECT t.is(format('%s %s %s', t.count('said', t.day(0)), t.count('right1', t.day(0)), t.count('right3', t.day(0))), '3 2 3', 'what the machine had said');
SELECT t.is(t.count('closed', t.day(0), NULL, 'channel', 'hotline')::text, '1', 'by channel');
SELECT t.is(t.count('received', t.day(0), NULL, 'area', '440306A')::text, '5', 'by street');
SELECT t.is(t.count('received', t.day(0), NULL, 'hour', '09') || ' ' || t.count('received', t.day(0), NULL, 'weekhour', '1 09'), '5 5', 'by hour, and by weekday and hour');
-- Tuesday: one back after the eight hours of its clock, and out again late; one resolved.
SELECT t.at(1, '11:00');
SELECT t.does('ute', 'return', 'c', '{"reason": "not_ours"}'), t.does('anna', 'override', 'c', '{"unit": "BA-CG", "reason": "other_unit"}');
SELECT t.does('ute', 'resolve', 'a', '{"text": "已修好"}');
SELECT t.is(format('%s %s %s', t.count('dispatched', t.day(0)), t.count('dispatch_late', t.day(0)), t.count('returned', t.day(0))), '3 1 1',
	'a late return changes the day of the first dispatch');
SELECT t.is(t.count('dispatched', t.day(1))::text, '0', 'and is not counted as another one');
SELECT t.is(t.count('right1', t.day(0))::text, '1', 'what was sent back was not right');
SELECT t.ok(t.count('resolved', t.day(1)) = 1 AND t.count('handle_s', t.day(1)) BETWEEN 31740 AND 31860, 'handling in working time: 2:50 + 4:00 + 2:00');
SELECT t.is((SELECT format('%s %s', r.handle_p50, r.handle_p95) FROM fenbo.report(t.day(1), t.day(1), 'all') r), '32400 32400', 'percentiles at the upper edge of half an hour');
SELECT t.is((SELECT format('%s %s %s', r.handle_days, r.dispatch_on_time, r.return_rate) FROM fenbo.report_rates(t.day(0), t.day(1), 'all') r), '1.26 0.6667 0.3333', 'as shares and days');
SELECT t.roll(3);
SELECT t.agrees('five cases counted three events at a time');
SELECT t.is(t.count('dispatch_late', t.day(0), t.day(6), 'unit', 'BA-CG') || ' ' || t.count('dispatched', t.day(0), t.day(6), 'unit', 'BA-ZJ'), '1 1', 'a case is of the unit that has it');
SELECT t.is(t.count('dispatched', t.day(0), t.day(6), 'all', '', 'BA')::text, '3', 'a subtree, out of the facts');
SELECT t.is((SELECT open_cases::text FROM fenbo.report_state(t.day(1))), '4', 'open at the end of a day');
SELECT t.is((SELECT string_agg(u || ' ' || (fenbo.report_state(t.day(1), u)).open_cases, ', ' ORDER BY u) FROM unnest(ARRAY['BA-CG', 'BA-ZJ', 'BA']) u), 'BA 3, BA-CG 2, BA-ZJ 1', 'of them with each unit, and with all of a district');
-- Closed, opened again after a week, and closed again: it leaves the day it was closed on.
SELECT t.does('anna', 'close', 'a');
SELECT t.is(t.count('closed', t.day(1))::text, '1', 'closed');
SELECT t.roll(), t.at(8, '09:30');
SELECT t.does('anna', 'reopen', 'a', '{"reason": "没修好"}');
SELECT t.is(format('%s %s', t.count('closed', t.day(1)), t.count('relapsed', t.day(0))), '0 1', 'opened again: closed no more, and a relapse of the day it came in');
SELECT t.does('anna', 'undo', 'a');
SELECT t.is(format('%s %s', t.count('closed', t.day(1)), t.count('relapsed', t.day(0))), '1 0', 'undone: as if it had never been');
SELECT t.does('anna', 'split', 'e', '{"parts": ["第一件事：燃气漏了", "第二件事：路灯坏了"]}');
SELECT t.is(t.count('received', t.day(0))::text, '7', 'parts are cases, received when the whole was');
SELECT t.does('anna', 'undo', 'e');
SELECT t.is(t.count('received', t.day(0))::text, '5', 'parts taken back are none');
SELECT t.does('anna', 'merge', 'e', jsonb_build_object('into', t.case13('b')));
SELECT t.is(t.count('merged', t.day(0))::text, '1', 'merged');
SELECT t.roll(2);
SELECT t.agrees('and all of it counted');

-- --- contact, rating, redo -------------------------------------------------------------------------------------------
CREATE FUNCTION t.rates(name text, rating jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	r fenbo.act_row;
	one bigint := t.no(name);
BEGIN
	PERFORM t.become('feeder');
	SELECT * INTO r FROM fenbo.act_for(sha256('hotline-key'), '', 'rate', ARRAY[one], NULL,
		jsonb_build_object('rating', rating)) LIMIT 1;
	PERFORM t.become('postgres');
	IF NOT r.ok THEN RAISE EXCEPTION 'not ok: rating of % refused: % %', name, r.error, r.message; END IF;
END
$$;
SELECT t.at(9, '09:00'), t.make('x', 'y');
SELECT t.does('anna', 'confirm', 'x', t.rec('x', 'BA-ZJ')), t.does('anna', 'confirm', 'y', t.rec('y', 'BA-ZJ'));
SELECT t.does('ute', 'accept', 'x'), t.does('ute', 'contact', 'x', '{"text": "没人接", "outcome": "unreached"}');
SELECT t.is(t.count('contacts', t.day(9))::text, '0', 'nobody reached: nothing is decided');
SELECT t.does('ute', 'contact', 'x', '{"text": "已联系"}'), t.does('ute', 'resolve', 'y', '{"text": "已修好"}');
SELECT t.is(t.count('contacts', t.day(9)) || ' ' || t.count('contact_late', t.day(9)), '2 1', 'reached in time; resolved without a word');
SELECT t.at(9, '23:30'), t.does('ute', 'resolve', 'x', '{"text": "已修好"}'), t.roll();
-- After midnight the citizen is not content: the case goes back, and the day before knows of it.
SELECT t.at(10, '00:30'), t.rates('x', '{"speed": 4, "effect": 1, "service": 4, "feedback": 4}');
SELECT t.is(t.count('redone', t.day(9)) || ' ' || t.count('redone', t.day(10)), '1 0', 'a redo after midnight is of the day before, on which it was resolved');
SELECT t.at(10, '10:00'), t.does('ute', 'resolve', 'x', '{"text": "重新修好"}'), t.rates('x', '{"speed": 5, "effect": 5, "service": 5, "feedback": 3}');
SELECT t.does('anna', 'close', 'y');
SELECT t.is((SELECT format('%s %s %s %s %s', r.closed, r.rated, r.satisfied, r.speed, r.feedback_ok) FROM fenbo.report(t.day(10), t.day(10), 'all') r), '2 1 1 5 1',
	'the rating that stands is what counts');
SELECT t.is(t.count('resolved', t.day(9)) || ' ' || t.count('resolved', t.day(10)), '2 0', 'resolved once, however often');
SELECT t.roll(1);
SELECT t.agrees('redone and rated');

-- --- rights ----------------------------------------------------------------------------------------------------------
CREATE FUNCTION t.reads(who text, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	said text;
BEGIN
	PERFORM t.become(who);
	BEGIN
		EXECUTE query INTO said;
	EXCEPTION WHEN insufficient_privilege OR SQLSTATE 'FB000' THEN
		said := 'refused';
	END;
	PERFORM t.become('postgres');
	RETURN said;
END
$$;
SELECT t.is(t.reads('ute', format($$SELECT string_agg(r.key || r.received, ',') FROM fenbo.report(%L, %L, 'unit') r$$, t.day(0), t.day(8))), 'BA-ZJ1', 'a unit reads of its own');
SELECT t.is(t.reads('ute', $$SELECT count(*) FROM fenbo.report('2026-01-01', '2026-01-01', 'all', 'NS-CG')$$), 'refused', 'and not of another');
SELECT t.is(t.reads('anna', $$SELECT count(*) FROM fenbo.report('2026-01-01', '2026-01-01', 'all')$$), 'refused', 'a dispatcher reads no report');
SELECT t.is(t.reads('sue', $$SELECT count(*) FROM fenbo.report('2026-01-02', '2026-01-01', 'all')$$), 'refused', 'a period that ends before it begins');
SELECT t.is(t.reads('sue', $$SELECT count(*) FROM fenbo.report_cases('hist', 'all', '', '2026-01-01', '2026-01-01')$$), 'refused', 'a figure that is no count');

-- --- who has it, who said it, whose shift it was ----------------------------------------------------------------------
DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'uwe') THEN CREATE ROLE uwe LOGIN; END IF;
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dave') THEN CREATE ROLE dave LOGIN; END IF;
	GRANT fenbo_unit TO uwe;
	GRANT fenbo_supervisor TO dave;
	INSERT INTO fenbo.unit (code, name, short, parent, level, function, area, desk, active) VALUES ('ZJ-1', '航城社区', '航城', 'BA-ZJ', 'community', NULL, '440306A', false, true);
	INSERT INTO fenbo.account (name, role, person, desk, created_by) VALUES ('uwe', 'unit', '乌韦', 'ZJ-1', 'test'), ('dave', 'supervisor', '戴夫', 'BA', 'test');
END $$;
SELECT t.at(11, '09:00'), t.make('p', 'q', 'w');
SELECT t.does('anna', 'confirm', n, t.rec(n, 'BA-ZJ')), t.does('ute', 'accept', n) FROM unnest('{p,q}'::text[]) n;
SELECT t.is(t.count('accepted', t.day(11))::text, '2', 'signed for');
SELECT t.does('ute', 'subdispatch', 'p', '{"unit": "ZJ-1"}'), t.does('ute', 'resolve', 'q', '{"text": "已修好"}');
SELECT t.is(t.count('accepted', t.day(11))::text, '1', 'passed down, it is not signed for by the unit that has it');
SELECT t.does('uwe', 'accept', 'p');
SELECT t.is(t.count('accepted', t.day(11))::text, '2', 'until that unit signs');
SELECT t.ok((t.act('uwe', 'return', 'p', '{"reason": "not_ours"}')).ok, 'handed back');
SELECT t.is(t.count('accepted', t.day(11)) || ' ' || t.count('returned', t.day(11)), '1 0', 'to whoever passed it down, where it lies as new');
SELECT t.rates('q', '{"speed": 4, "effect": 1, "service": 4, "feedback": 4}');
SELECT t.is(t.count('accepted', t.day(11)) || ' ' || t.count('redone', t.day(11)), '0 1', 'a case to be done over is to be signed for again');
-- The centre sends a case to a district's desk: what the machine said is judged by the dispatch to a unit.
SELECT t.does('anna', 'override', 'w', '{"unit": "BA", "reason": "other_unit"}');
SELECT t.is(t.count('said', t.day(11)) || ' ' || t.count('dispatched', t.day(11)), '2 2', 'a desk is no unit: nothing is decided yet');
SELECT t.does('dora', 'confirm', 'w', t.rec('w', 'BA-ZJ'));
SELECT t.is(format('%s %s', t.count('said', t.day(11)), t.count('right1', t.day(11))), '3 3', 'the desk of the district took the machine at its word');
SELECT t.roll();
UPDATE fenbo.account SET crew = 3 WHERE name IN ('anna', 'dora');
SELECT t.agrees('whoever changes crew changes no figure');
-- New hours while a shift is on: it keeps its own, for reports as for decisions, and for ever.
SELECT fenbo._shifts_spread(1) \g /dev/null
SELECT t.at(11, '19:00');
UPDATE fenbo.routing_revision SET policy = policy || '{"shifts": [{"code": "8", "name": "日", "start": 0, "end": 1440}]}';
SELECT fenbo._shifts_spread(1) \g /dev/null
SELECT t.make('v');
SELECT t.is(t.count('received', t.day(11), NULL, 'shift', '1') || ' ' || (fenbo._shift(fenbo.now_())), '4 1', 'a case is of the shift that was on, whatever hours came since');
SELECT t.roll();
SELECT t.is((SELECT string_agg(detail::text, ' ') FROM fenbo.report_check(NULL, NULL) WHERE no = t.no('v')), NULL, 'also when it is counted again');
UPDATE fenbo.routing_revision SET policy = policy || '{"shifts": [{"code": "1", "name": "白班", "start": 480, "end": 1200}, {"code": "2", "name": "夜班", "start": 1200, "end": 480}]}';
SELECT fenbo._shifts_spread(1) \g /dev/null

-- --- late and still open, notices, and who may ask ---------------------------------------------------------------------
CREATE TABLE t.overdue AS SELECT u AS unit, (fenbo.report_state(t.day(12), u)).overdue AS n FROM unnest(ARRAY[NULL, 'BA-ZJ', 'BA-CG']) u;
CREATE FUNCTION t.later(what text, want text) RETURNS void LANGUAGE sql AS $$
	SELECT t.is((SELECT string_agg((fenbo.report_state(t.day(12), o.unit)).overdue - o.n || '', ' ' ORDER BY o.unit NULLS FIRST) FROM t.overdue o), want, what)
$$;
SELECT t.wait('7 hours'), t.later('not late yet', '0 0 0');
SELECT t.wait('2 hours'), t.later('late in triage, of no unit', '1 0 0');
SELECT t.does('anna', 'override', 'v', '{"unit": "BA-CG", "reason": "other_unit"}');
SELECT t.later('with a unit it has time again', '0 0 0');
SELECT t.at(25, '12:00');
SELECT t.ok((SELECT (s.overdue - o.n) > 0 AND s.unit_name = '宝安区城市管理局' FROM t.overdue o, fenbo.report_state(t.day(12), 'BA-CG') s WHERE o.unit = 'BA-CG'), 'then it is late there');
SELECT t.is((SELECT string_agg(due - given || '', ' ') FROM fenbo.report_notices(t.day(11), t.day(11)) WHERE kind = 'dispatched'), t.count('dispatched', t.day(11))::text, 'notices due and not given');
UPDATE fenbo.outbox SET state = 'unaddressed', settled_at = fenbo.now_() WHERE no = t.no('w') AND kind = 'dispatched' AND target = 'citizen';
SELECT t.is((SELECT string_agg(due - given || '', ' ') FROM fenbo.report_notices(t.day(11), t.day(11)) WHERE kind = 'dispatched'), (t.count('dispatched', t.day(11)) - 1)::text,
	'whoever left no address lowers no share');
SELECT t.is((SELECT string_agg(kind || coalesce(due::text, '-') || coalesce(given::text, '-'), ' ' ORDER BY kind) FROM fenbo.report_notices(t.day(-400), t.day(-370))), 'dispatched-- result--',
	'of months that the outbox has forgotten nothing is said');
SELECT t.is(t.reads('dave', format('SELECT count(*) FROM fenbo.report_notices(%L, %L)', t.day(0), t.day(20))), '0', 'a district''s supervisor reads no notices of the city');
SELECT t.is(t.reads('dave', 'SELECT count(*) FROM fenbo.report_check(NULL, NULL)'), 'refused', 'nor what differs in cases of others');
SELECT t.is(t.reads('sue', 'SELECT count(*) FROM fenbo.report_check(NULL, NULL)'), '0', 'the centre''s may');
-- Hot spots are of the whole city: a district's supervisor sees of their cases those he may see, and judges none.
INSERT INTO fenbo.hotspot (matter, matter_level, place, place_level, weak, raised_at, seen_at, since, window_s, cases, people, expected, surprise, nos, days)
VALUES ('gas', 0, '', 3, false, fenbo.now_(), fenbo.now_(), fenbo.now_(), 3600, 2, 2, 0, 9, ARRAY[t.no('v'), t.no('w')], '{}');
SELECT t.is(t.reads('dave', $$SELECT string_agg(l ->> 'id', ' ') FROM fenbo.hotspot_cases(1) l$$), t.case13('w'), 'the one that his desk had');
SELECT t.is(t.reads('sue', $$SELECT count(*) FROM fenbo.hotspot_cases(1)$$), '2', 'the centre sees both');
SELECT t.is(t.reads('dave', $$SELECT fenbo.hotspot_settle(1, 'nothing', '')$$), 'refused', 'his word settles none');
SELECT t.is(t.reads('sue', $$SELECT fenbo.hotspot_settle(1, 'real', '')$$), '', 'the centre''s does');

-- --- any history -----------------------------------------------------------------------------------------------------
-- Random people press what fits or does not, days pass, the log is counted in pieces of any size in between.
CREATE TABLE t.did (what text, ok boolean);
CREATE FUNCTION t.press() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	one bigint := (SELECT no FROM t.name ORDER BY random() LIMIT 1);
	two bigint := (SELECT no FROM t.name ORDER BY random() LIMIT 1);
	q fenbo.queue := fenbo._peek(one);
	a fenbo.action;
	who text;
	args jsonb;
	r fenbo.act_row;
	s jsonb := jsonb_build_object('speed', 1 + floor(random() * 5), 'effect', 1 + floor(random() * 5), 'service', 1 + floor(random() * 5), 'feedback', 1 + floor(random() * 5));
BEGIN
	SELECT * INTO a FROM fenbo.action x WHERE q.stage::text = ANY (x.stages)
	ORDER BY -ln(1 - random()) / CASE WHEN x.name IN ('confirm', 'override', 'resolve', 'rate', 'close', 'accept', 'contact') THEN 4
		WHEN x.name IN ('claim', 'next', 'note', 'attach', 'edit', 'instruct', 'comply', 'settle') THEN 0.3 ELSE 1 END LIMIT 1;
	SELECT c.name INTO who FROM fenbo.account c WHERE c.role = ANY (a.roles) AND (c.role <> 'unit' OR c.desk = q.unit OR random() < 0.1)
	ORDER BY a.name = 'undo' AND c.name = (SELECT e.actor FROM fenbo.event e WHERE e.no = one AND e.before IS NOT NULL ORDER BY e.id DESC LIMIT 1) DESC, random() LIMIT 1;
	args := jsonb_build_object('recommendation', q.rec, 'unit', (ARRAY['BA-ZJ', 'BA-CG', 'NS-CG', 'BA', 'ZJ-1'])[1 + floor(random() * 5)], 'reason', 'other_unit', 'text', 'x',
		'into', lpad(two::text, 13, '0'), 'parts', jsonb_build_array('eins', 'zwei'), 'assist', jsonb_build_array('CITY-JT'),
		'priority', (ARRAY['urgent', 'fast', 'normal'])[1 + floor(random() * 3)], 'decision', (ARRAY['yes', 'no'])[1 + floor(random() * 2)], 'days', 2, 'rating', s,
		'outcome', CASE a.name WHEN 'end' THEN (ARRAY['invalid', 'withdrawn', 'emergency'])[1 + floor(random() * 3)] ELSE (ARRAY['reached', 'unreached'])[1 + floor(random() * 2)] END,
		'person', '主任', 'fields', jsonb_build_object('title', 't' || floor(random() * 5), 'type', (ARRAY['complaint', 'help'])[1 + floor(random() * 2)], 'place', '440306A'));
	IF a.name = 'end' AND random() < 0.7 THEN args := args - 'unit'; END IF;
	BEGIN
		IF who IS NULL THEN                              -- the citizen, through the channel
			PERFORM t.become('feeder');
			SELECT * INTO r FROM fenbo.act_for(sha256('hotline-key'), '', a.name, ARRAY[one], ARRAY[q.version], args) LIMIT 1;
		ELSE
			PERFORM t.become(who);
			SELECT * INTO r FROM fenbo.act(a.name, ARRAY[one], ARRAY[q.version], args, false) LIMIT 1;
		END IF;
	EXCEPTION WHEN OTHERS THEN
		r.ok := false;
	END;
	PERFORM t.become('postgres');
	IF r.ok AND a.name = 'split' THEN
		INSERT INTO t.name SELECT 'part' || p.no, p.no FROM fenbo.appeal p WHERE p.parent_no = r.id ON CONFLICT DO NOTHING;
	END IF;
	INSERT INTO t.did VALUES (a.name, coalesce(r.ok, false));
END
$$;
CREATE PROCEDURE t.history(times integer) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. times LOOP
		PERFORM t.press();
		COMMIT;
		IF random() < 0.3 THEN PERFORM t.wait(make_interval(secs => floor(random() * 3600))); END IF;
		IF random() < 0.02 THEN PERFORM t.wait(make_interval(hours => floor(random() * 30)::integer)); END IF;
		IF random() < 0.05 THEN PERFORM fenbo.ladder(500); END IF;
		COMMIT;
		IF random() < 0.1 THEN PERFORM fenbo.roll(1 + floor(random() * 20)::integer); END IF;
		COMMIT;
	END LOOP;
END
$$;
SELECT setseed(:seed) \g /dev/null
SELECT t.make(VARIADIC (SELECT array_agg('r' || i) FROM generate_series(1, 40) i)) \g /dev/null
CALL t.history(:presses);
SELECT t.ok((SELECT count(*) FROM t.did WHERE ok) > :presses / 6, 'much was done: ' || (SELECT string_agg(what || ' ' || n, ', ') FROM
	(SELECT what, count(*) AS n FROM t.did WHERE ok GROUP BY 1 ORDER BY 2 DESC) x));

-- What a report says does not depend on how far the log has been counted.
CREATE TABLE t.said AS SELECT b.by_, r.* FROM unnest(ARRAY['all', 'channel', 'type', 'area', 'unit', 'item', 'priority', 'shift', 'hour', 'day']) b(by_),
	LATERAL fenbo.report(t.day(0), t.day(400), b.by_) r;
SELECT t.roll(17);
SELECT t.agrees('a random history, counted in pieces of any size');
SELECT t.ok(NOT EXISTS (SELECT b.by_, r.* FROM unnest(ARRAY['all', 'channel', 'type', 'area', 'unit', 'item', 'priority', 'shift', 'hour', 'day']) b(by_),
	LATERAL fenbo.report(t.day(0), t.day(400), b.by_) r EXCEPT TABLE t.said), 'the tail that was not counted was in the answer all the same');
-- Out of the facts of everybody it is what it is out of the sums.
UPDATE fenbo.unit SET parent = 'BA' WHERE code IN ('NS-CG', 'CITY-JT');
SELECT t.ok(NOT EXISTS (SELECT s.* FROM t.said s WHERE s.by_ = 'unit' AND s.key <> '' EXCEPT SELECT 'unit', r.* FROM fenbo.report(t.day(0), t.day(400), 'unit', 'BA') r),
	'sums and facts say the same of every unit');
-- Every key of one way of counting together is what all is.
SELECT t.ok(bool_and(x.n = a.n), 'nothing is lost under any key') FROM (SELECT by_, sum(received) + 1000 * sum(dispatched) + 1000000 * sum(resolved) AS n FROM t.said
	WHERE by_ NOT IN ('all', 'hour') GROUP BY 1) x, (SELECT received + 1000 * dispatched + 1000000 * resolved AS n FROM t.said WHERE by_ = 'all') a;
-- Every count has its cases: as many as it says.
SELECT t.ok(count(*) > 100 AND bool_and(x.n = (SELECT count(*) FROM fenbo.report_cases(x.figure, x.by_, x.key, t.day(0), t.day(400)))), count(*) || ' counts drilled into')
FROM (SELECT s.by_, s.key, f.key AS figure, f.value::bigint AS n FROM t.said s, jsonb_each_text(to_jsonb(s) - ARRAY['by_', 'key', 'name', 'dispatch_s', 'handle_s', 'chases', 'speed', 'effect',
	'service', 'feedback', 'handle_p50', 'handle_p90', 'handle_p95']) f WHERE s.by_ IN ('all', 'unit', 'day')) x;
SELECT t.ok(count(*) = count(DISTINCT no), 'no case twice') FROM fenbo.report_cases('received', 'all', '', t.day(0), t.day(400));

-- --- said in another way ---------------------------------------------------------------------------------------------
-- The same figures straight from the log, without facts: what stands of it is whatever was not undone.
CREATE VIEW t.stands AS SELECT e.*, fenbo._day(e.at) AS day FROM fenbo.event e WHERE e.no <> 0 AND e.action <> 'undo'
	AND NOT EXISTS (SELECT FROM fenbo.event u WHERE u.no = e.no AND u.action = 'undo' AND (u.args ->> 'undoes')::bigint = e.id)
	AND NOT EXISTS (SELECT FROM fenbo.event u WHERE u.no = e.no AND u.action = 'unsplit');
CREATE VIEW t.sent AS SELECT s.* FROM t.stands s WHERE s.action IN ('confirm', 'override', 'parallel', 'end', 'reassign', 'rule') AND s.args ? 'unit' AND NOT s.args ? 'desk';
CREATE VIEW t.now AS SELECT DISTINCT ON (e.no) e.no, e.after FROM fenbo.event e WHERE e.no <> 0 ORDER BY e.no, e.id DESC;
CREATE FUNCTION t.same(figure text, want text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	bad text;
BEGIN
	EXECUTE format('SELECT string_agg(coalesce(g.day, w.day::text) || '': '' || coalesce(g.n, 0) || '' not '' || coalesce(w.n, 0), '', '')
		FROM (SELECT key AS day, %I AS n FROM fenbo.report(t.day(0), t.day(400), ''day'') WHERE %I > 0) g FULL JOIN (%s) w ON w.day::text = g.day
		WHERE g.n IS DISTINCT FROM w.n', figure, figure, want) INTO bad;
	IF bad IS NOT NULL THEN RAISE EXCEPTION 'not ok: % by day: %', figure, bad; END IF;
	INSERT INTO t.passed VALUES (figure || ' by day, straight from the log');
END
$$;
SELECT t.same('received', $$SELECT fenbo._day((s.after ->> 'received_at')::timestamptz) AS day, count(*) AS n FROM t.stands s WHERE s.action = 'create' GROUP BY 1$$);
SELECT t.same('dispatched', $$SELECT day, count(*) AS n FROM (SELECT no, min(day) AS day FROM t.sent GROUP BY 1) x GROUP BY 1$$);
SELECT t.same('returned', $$SELECT day, count(*) AS n FROM (SELECT no, min(day) AS day FROM t.sent GROUP BY 1) x JOIN t.now USING (no)
	WHERE EXISTS (SELECT FROM t.stands s WHERE s.no = x.no AND s.action = 'return') GROUP BY 1$$);
SELECT t.same('resolved', $$SELECT day, count(*) AS n FROM (SELECT no, min(day) AS day FROM t.stands WHERE action = 'resolve' GROUP BY 1) x GROUP BY 1$$);
SELECT t.same('handle_late', $$SELECT day, count(*) AS n FROM (SELECT no, min(day) AS day FROM t.stands WHERE action = 'resolve' GROUP BY 1) x
	WHERE EXISTS (SELECT FROM t.stands s, jsonb_array_elements(s.before -> 'clocks') k WHERE s.no = x.no AND s.action = 'resolve' AND k ->> 'kind' = 'handle'
		AND (k ->> 'breached_at' IS NOT NULL OR k ->> 'paused_since' IS NULL AND (k ->> 'due_at')::timestamptz + interval '1 s' <= s.at)) GROUP BY 1$$);
SELECT t.same('closed', $$SELECT day, count(*) AS n FROM (SELECT DISTINCT ON (s.no) s.no, s.day FROM t.stands s JOIN t.now n USING (no) WHERE n.after ->> 'stage' = 'closed'
	AND s.args ? 'outcome' AND s.after ->> 'stage' = 'closed' ORDER BY s.no, s.id DESC) x GROUP BY 1$$);
SELECT t.same('merged', $$SELECT fenbo._day((after ->> 'received_at')::timestamptz) AS day, count(*) AS n FROM t.now WHERE after ->> 'stage' = 'merged' GROUP BY 1$$);
-- Signed for since it last came to whoever has it: sent, passed on or back among units, at the next step, or back to be done over.
SELECT t.same('accepted', $$SELECT day, count(*) AS n FROM (SELECT no, min(day) AS day, max(id) AS id FROM t.sent GROUP BY 1) x
	WHERE EXISTS (SELECT FROM t.stands s WHERE s.no = x.no AND s.action = 'accept' AND s.id > x.id AND NOT EXISTS (SELECT FROM t.stands v WHERE v.no = x.no AND v.id > s.id
		AND (v.action IN ('return', 'subdispatch', 'handback', 'step') OR v.args ? 'rating' AND v.args ? 'redo'))) GROUP BY 1$$);
-- The histogram's percentile is that of the cases behind it, at the upper edge of its half hour.
SELECT t.ok(count(*) > 0 AND bool_and(r.handle_p90 = (floor(c.p90 / 1800) + 1) * 1800), 'percentiles of ' || count(*) || ' days') FROM fenbo.report(t.day(0), t.day(400), 'day') r,
	LATERAL (SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY x.handle_s) AS p90 FROM fenbo.report_cases('resolved', 'day', r.key, t.day(0), t.day(400)) x) c WHERE r.resolved > 0;

-- --- the proof itself sees -------------------------------------------------------------------------------------------
UPDATE fenbo.fact SET handle_late = true WHERE no = (SELECT no FROM fenbo.fact WHERE resolved_day IS NOT NULL AND NOT handle_late LIMIT 1);
SELECT t.is((SELECT string_agg(DISTINCT what, ',' ORDER BY what) FROM fenbo.report_check(NULL, NULL)), 'fact,sum', 'a fact that was changed is found, and the sums that it no longer gives');
SELECT fenbo.report_again(0, 5000) \g /dev/null
SELECT t.is((SELECT count(*)::text FROM fenbo.report_check(NULL, NULL)), (SELECT count(*)::text FROM fenbo.report_check(NULL, NULL) WHERE what = 'sum'), 'counted again, the fact is right');
TRUNCATE fenbo.fact, fenbo.rollup;
UPDATE fenbo.rollup_cursor SET tx = '0', id = 0, at = '-infinity';
SELECT t.roll(20000);
SELECT t.agrees('made again from nothing');
SELECT t.ok(NOT EXISTS (SELECT b.by_, r.* FROM unnest(ARRAY['all', 'unit', 'day']) b(by_), LATERAL fenbo.report(t.day(0), t.day(400), b.by_) r EXCEPT TABLE t.said),
	'and the same, read at once');
SELECT count(*) || ' passed' FROM t.passed;
