-- Who is on: crews, swaps, leave, attendance; next and its limit, dealing cases out.
SET client_min_messages = warning;
SET jit = off;
DO $$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT * FROM (VALUES ('carl', 'fenbo_dispatcher', 'dispatcher', '卡尔', 2), ('dirk', 'fenbo_dispatcher', 'dispatcher', '德克', 3),
		('sam', 'fenbo_supervisor', 'supervisor', '萨姆', 3)) v(name, grp, role, person, crew) LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r.name) THEN EXECUTE format('CREATE ROLE %I LOGIN', r.name); END IF;
		EXECUTE format('GRANT %I TO %I', r.grp, r.name);
		INSERT INTO fenbo.account (name, role, person, crew, created_by) VALUES (r.name, r.role, r.person, r.crew, 'test');
	END LOOP;
END $$;
CREATE FUNCTION t.as_(who text, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	got text;
BEGIN
	PERFORM t.become(who);
	EXECUTE query INTO got;
	PERFORM t.become('postgres');
	RETURN got;
END $$;
-- The call must be refused with this code and field.
CREATE FUNCTION t.no_(who text, query text, want text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	got text := 'done';
BEGIN
	PERFORM t.become(who);
	BEGIN
		EXECUTE query;
	EXCEPTION WHEN SQLSTATE 'FB000' THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
		got := (detail::jsonb ->> 'error') || ' ' || (detail::jsonb ->> 'field');
	WHEN insufficient_privilege THEN
		got := 'forbidden ';
	END;
	PERFORM t.become('postgres');
	PERFORM t.is(got, want, who || ': ' || query);
END $$;

UPDATE fenbo.session SET ended_at = started_at;    -- those of the fixture
-- Crew 1 works the first shift, 2 the second, 3 the third: three of eight hours from 00:00.
SELECT t.clock('2026-11-22 09:00:00+08');
SELECT t.policy('{"shifts": [{"code": "1", "name": "早班", "start": 0, "end": 480}, {"code": "2", "name": "中班", "start": 480, "end": 960}, {"code": "3", "name": "晚班", "start": 960, "end": 1440}],
	"crews": [{"crew": 1, "name": "一组"}, {"crew": 2, "name": "二组"}, {"crew": 3, "name": "三组"}], "rotation": {"first": "2026-11-01", "cycle": [[[1],[2],[3]]]},
	"balance": {"most_held": 3}, "attendance": {"before_s": 3600, "grace_s": 300}}');
SELECT t.as_('sue', format('SELECT fenbo.shift_crew(%L, %s)', a, c)) FROM (VALUES ('anna', 2), ('ben', 2), ('sue', 2)) v(a, c);
SELECT t.no_('anna', 'SELECT fenbo.shift_roster(''2026-11-22'', ''2027-11-22'', true)', 'invalid to');
SELECT t.no_('sue', 'SELECT fenbo.shift_crew(''ute'', 2)', 'invalid account');
SELECT t.no_('sue', 'SELECT fenbo.shift_crew(''nobody'', 2)', 'not_found account');
SELECT t.is(t.as_('anna', 'SELECT string_agg((j ->> ''shift'') || (j ->> ''crew_names'') || (j ->> ''on'') || (j ->> ''mine''), '' '' ORDER BY j ->> ''start_at'') FROM fenbo.shift_roster(NULL, NULL, true) j'),
	'2二组4true 3三组2false', 'the roster of today, from the turn on that was on first');
SELECT t.is(t.as_('anna', 'SELECT shift || '' '' || own FROM fenbo.my_shift()'), '中班 08–16 true', 'the line at the top');
SELECT t.is(t.as_('dirk', 'SELECT shift || '' '' || own FROM fenbo.my_shift()'), '中班 08–16 false', 'for somebody who is not on');

-- --- swaps: asked, agreed, approved
SELECT t.no_('anna', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-22'', ''2'', ''dirk'', NULL, NULL, ''x'')', 'impossible day');
SELECT t.no_('anna', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-23'', ''3'', ''dirk'', NULL, NULL, ''x'')', 'impossible shift');
SELECT t.no_('anna', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-23'', ''2'', ''ben'', NULL, NULL, ''x'')', 'impossible shift');
SELECT t.no_('anna', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-23'', ''2'', ''sam'', NULL, NULL, ''x'')', 'invalid other');
SELECT t.no_('anna', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-23'', ''2'', ''dirk'', ''2026-11-23'', ''1'', ''x'')', 'impossible other_shift');
SELECT t.no_('anna', 'SELECT fenbo.shift_swap_ask(''ben'', ''2026-11-23'', ''2'', ''dirk'', NULL, NULL, ''x'')', 'forbidden account');
SELECT t.no_('anna', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-23'', ''9'', ''dirk'', NULL, NULL, ''x'')', 'not_found shift');
SELECT t.is(t.as_('anna', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-23'', ''2'', ''dirk'', ''2026-11-24'', ''3'', ''孩子家长会'')'), '1', 'asked');
SELECT t.no_('anna', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-23'', ''2'', ''dirk'', NULL, NULL, ''x'')', 'conflict shift');
SELECT t.no_('sue', 'SELECT fenbo.shift_swap(1, ''approve'', NULL)', 'impossible id');
SELECT t.no_('anna', 'SELECT fenbo.shift_swap(1, ''agree'', NULL)', 'forbidden decision');
SELECT t.is(t.as_('ben', 'SELECT count(*)::text FROM fenbo.shift_swaps(true)'), '0', 'others do not see it');
SELECT t.is(t.as_('dirk', 'SELECT fenbo.shift_swap(1, ''agree'', NULL)'), 'agreed', 'agreed');
SELECT t.no_('dirk', 'SELECT fenbo.shift_swap(1, ''approve'', NULL)', 'forbidden decision');
SELECT t.is(t.as_('sue', 'SELECT fenbo.shift_swap(1, ''approve'', ''行'')'), 'approved', 'approved');
SELECT t.no_('sam', 'SELECT fenbo.shift_swap(1, ''refuse'', NULL)', 'impossible id');
SELECT t.is(string_agg(r.account || ':' || r.how, ' ' ORDER BY r.account), 'anna:gone ben:crew carl:crew dirk:swap sue:crew', 'who works instead') FROM fenbo._roster(fenbo._turn_at('2026-11-23 10:00+08')) r;
SELECT t.is(string_agg(r.account || ':' || r.how, ' ' ORDER BY r.account), 'anna:swap dirk:gone sam:crew', 'and what for') FROM fenbo._roster(fenbo._turn_at('2026-11-24 20:00+08')) r;
-- Whoever took a shift can pass it on; whoever gave it away cannot give it twice.
SELECT t.no_('anna', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-23'', ''2'', ''dirk'', NULL, NULL, ''x'')', 'impossible shift');
SELECT t.is(t.as_('dirk', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-23'', ''2'', ''anna'', NULL, NULL, ''x'')'), '2', 'back to her');
SELECT t.as_('anna', 'SELECT fenbo.shift_swap(2, ''agree'', NULL)'), t.as_('sue', 'SELECT fenbo.shift_swap(2, ''approve'', NULL)');
SELECT t.is(string_agg(r.account || ':' || r.how, ' ' ORDER BY r.account), 'anna:crew ben:crew carl:crew dirk:gone sue:crew', 'she works it again') FROM fenbo._roster(fenbo._turn_at('2026-11-23 10:00+08')) r;
SELECT t.is(t.as_('ben', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-23'', ''2'', ''dirk'', NULL, NULL, ''x'')'), '3', 'another');
SELECT t.is(t.as_('dirk', 'SELECT fenbo.shift_swap(3, ''decline'', ''没空'')'), 'declined', 'declined');
SELECT t.is(t.as_('ben', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-23'', ''2'', ''dirk'', NULL, NULL, ''x'')'), '4', 'asked again');
SELECT t.is(t.as_('ben', 'SELECT fenbo.shift_swap(4, ''withdraw'', NULL)'), 'withdrawn', 'withdrawn');
SELECT t.is((SELECT count(*)::text FROM fenbo.event WHERE action = 'swap' AND no = 0), '10', 'each step is an event');

-- --- swaps and who has gone: on leave, or for good; what has begun lapses
SELECT t.is(t.as_('sue', 'SELECT fenbo.shift_leave_ask(''dirk'', ''2026-11-23 00:00+08'', ''2026-11-24 00:00+08'', ''sick'', ''发烧'')'), '1', 'dirk is ill tomorrow');
SELECT t.no_('ben', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-23'', ''2'', ''dirk'', NULL, NULL, ''x'')', 'impossible shift');
SELECT t.is(t.as_('dirk', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-27'', ''3'', ''ben'', NULL, NULL, ''x'')'), '5', 'another day he may offer');
SELECT t.as_('dirk', 'SELECT fenbo.shift_swap(5, ''withdraw'', NULL)');
SELECT t.is((SELECT string_agg(DISTINCT e.after ->> 'kind', ',') FROM fenbo.event e WHERE e.action = 'leave'), NULL, 'that somebody is ill is not in a log that never forgets');
SELECT t.is((SELECT string_agg(e.after ->> 'account', ',') FROM fenbo.event e WHERE e.action = 'leave'), 'dirk', 'that he is away is');
DELETE FROM fenbo.absence;
ALTER TABLE fenbo.absence ALTER id RESTART;
SELECT t.is(t.as_('ben', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-25'', ''2'', ''dirk'', NULL, NULL, ''x'')'), '6', 'to somebody');
SELECT t.as_('dirk', 'SELECT fenbo.shift_swap(6, ''agree'', NULL)'), t.as_('sue', 'SELECT fenbo.shift_swap(6, ''approve'', NULL)');
UPDATE fenbo.account SET disabled_at = '2026-11-24 12:00+08' WHERE name = 'dirk';
SELECT t.is(string_agg(r.account || ':' || r.how, ' ' ORDER BY r.account), 'anna:crew ben:crew carl:crew sue:crew', 'who leaves the house: the turn is again whose it was') FROM fenbo._roster(fenbo._turn_at('2026-11-25 10:00+08')) r;
UPDATE fenbo.account SET disabled_at = NULL WHERE name = 'dirk';
SELECT t.is(string_agg(r.account || ':' || r.how, ' ' ORDER BY r.account), 'anna:crew ben:gone carl:crew dirk:swap sue:crew', 'and else whose it became') FROM fenbo._roster(fenbo._turn_at('2026-11-25 10:00+08')) r;
SELECT t.is(t.as_('anna', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-26'', ''2'', ''dirk'', ''2026-11-22'', ''3'', ''x'')'), '7', 'one of today for one of later');
SELECT t.clock('2026-11-22 16:00:10+08');
SELECT fenbo._turns_close() \g /dev/null
SELECT t.is((SELECT state FROM fenbo.swap WHERE id = 7), 'lapsed', 'the one of today has begun: that swap is over');
DELETE FROM fenbo.swap WHERE id > 4;
ALTER TABLE fenbo.swap ALTER id RESTART WITH 5;
DELETE FROM fenbo.attendance;
UPDATE fenbo.shift_turn SET closed_at = NULL;
SELECT t.clock('2026-11-22 09:00:00+08');

-- --- leave
SELECT t.is(t.as_('carl', 'SELECT fenbo.shift_leave_ask(NULL, ''2026-11-22 08:00+08'', ''2026-11-23 16:00+08'', ''sick'', ''发烧'')'), '1', 'asked for leave');
SELECT t.no_('carl', 'SELECT fenbo.shift_leave(1, ''approve'', NULL)', 'forbidden decision');
SELECT t.is(t.as_('sue', 'SELECT fenbo.shift_leave(1, ''approve'', NULL)'), 'approved', 'granted');
SELECT t.no_('sue', 'SELECT fenbo.shift_leave(1, ''refuse'', NULL)', 'impossible id');
SELECT t.no_('carl', 'SELECT fenbo.shift_leave_ask(NULL, ''2026-11-23'', ''2026-11-22'', ''sick'', '''')', 'invalid until');
SELECT t.is((SELECT how FROM fenbo._roster(fenbo._turn_at('2026-11-22 10:00+08')) r WHERE r.account = 'carl'), 'leave', 'carl is not on');
-- Two hours at the beginning: he is on, and late only after them.
SELECT t.is(t.as_('sue', 'SELECT fenbo.shift_leave_ask(''ben'', ''2026-11-22 08:00+08'', ''2026-11-22 09:30+08'', ''training'', '''')'), '2', 'entered by a supervisor');

-- --- who is on, and what they hold
SELECT t.login('anna');
SELECT t.is(string_agg(account || ':' || state || CASE WHEN late_s > 0 THEN ' late ' || late_s / 60 ELSE '' END, ' ' ORDER BY account), 'anna:late late 60 ben:expected carl:leave sue:absent', 'at nine')
FROM (SELECT x.* FROM t.become('sue'), LATERAL fenbo.shift_on(NULL) x) y, t.become('postgres');
SELECT t.clock('2026-11-22 09:20:00+08');
SELECT t.login('ben'), t.login('sue'), t.login('dirk');
SELECT t.make('s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8');
SELECT t.does('anna', 'claim', 's1');
SELECT t.does('anna', 'override', 's1', '{"unit": "BA-CG", "reason": "other_unit"}');
SELECT t.does('anna', 'undo', 's1');
SELECT t.does('anna', 'override', 's1', '{"unit": "BA-ZJ", "reason": "other_unit"}');
SELECT t.does('anna', 'claim', 's2');
SELECT t.clock('2026-11-22 09:24:00+08');
SELECT t.become('sue');
SELECT fenbo.renew();
SELECT t.become('ben');
SELECT fenbo.renew();
SELECT t.become('dirk');
SELECT fenbo.renew();
SELECT t.become('anna');
SELECT fenbo.renew();
SELECT t.become('postgres');
SELECT t.is(string_agg(account || ':' || state || ' ' || held || ' ' || decided || ' ' || alive::text || CASE WHEN idle_s > 0 THEN ' ' || round(idle_s / 60.0) ELSE '' END, ', ' ORDER BY account),
	'anna:late 1 1 true 4, ben:present 0 0 true 4, carl:leave 0 0 false, dirk:extra 0 0 true 4, sue:late 0 0 true 4', 'held, decided, idle')
FROM (SELECT x.* FROM t.become('sue'), LATERAL fenbo.shift_on(NULL) x) y, t.become('postgres');

-- --- next: nobody hoards
SELECT t.is((t.run('anna', 'next', '{}', NULL, '{}', false))[1].ok::text, 'true', 'a second');
SELECT t.is((t.run('anna', 'next', '{}', NULL, '{}', false))[1].ok::text, 'true', 'a third');
SELECT t.no_('anna', 'SELECT * FROM fenbo.act(''next'', ''{}'')', 'impossible held');
SELECT t.does('anna', 'claim', 's7');              -- a chosen one can still be claimed
SELECT t.does('anna', 'release', 's7');
SELECT t.does('anna', 'release', 's2');
SELECT t.is((t.run('anna', 'next', '{}', NULL, '{}', false))[1].ok::text, 'true', 'after giving one back there is room');

-- --- dealing: three each at most, to whoever holds least; dirk is not on, sue is a supervisor
SELECT t.is(t.as_('sue', 'SELECT string_agg(coalesce(account, message), '' '') FROM fenbo.shift_deal(4, true)'),
	'ben ben ben everybody who is on holds 3 cases already', 'a look');
SELECT t.is((SELECT count(*)::text FROM fenbo.queue WHERE owner = 'ben'), '0', 'a look does nothing');
SELECT t.is(t.as_('sue', 'SELECT string_agg(account || held, '' '') FROM fenbo.shift_deal(2, false)'), 'ben1 ben2', 'dealt');
SELECT t.is((SELECT string_agg(DISTINCT e.action || e.actor || (e.args ->> 'to'), ' ') FROM fenbo.event e WHERE e.action = 'assign'), 'assignsueben', 'on the record');
SELECT t.is((SELECT count(*)::text FROM fenbo.queue q JOIN t.session s ON s.id = q.session WHERE s.account = 'ben'), '2', 'with his session');
SELECT t.is(array_length(t.run('sue', 'undo', '{}', NULL, '{}', false), 1)::text, '2', 'both are taken back at once');
SELECT t.is((SELECT count(*)::text FROM fenbo.queue WHERE owner = 'ben'), '0', 'and are free');
-- As it was shown: these cases to these people, whatever has become more pressing since; what was taken meanwhile stays, and says so.
CREATE TABLE t.shown AS SELECT d.* FROM jsonb_to_recordset(t.as_('sue', 'SELECT jsonb_agg(to_jsonb(d)) FROM fenbo.shift_deal(3, true) d')::jsonb) d(id bigint, account text);
SELECT t.make('s9');
UPDATE fenbo.queue SET priority = 'urgent' WHERE no = t.no('s9');
SELECT t.run('anna', 'release', ARRAY(SELECT no FROM fenbo.queue WHERE owner = 'anna'), ARRAY(SELECT version FROM fenbo.queue WHERE owner = 'anna'), '{}', false) \g /dev/null
UPDATE fenbo.queue SET flags = flags | 256 WHERE no = (SELECT min(id) FROM t.shown);
SELECT t.is(t.as_('sue', format('SELECT string_agg(coalesce(message, account || held), '' '' ORDER BY id) FROM fenbo.shift_deal(NULL, false, %L, %L)',
	(SELECT array_agg(id ORDER BY id) || (SELECT max(id) FROM t.shown) FROM t.shown), (SELECT array_agg(account ORDER BY id) || 'carl'::text FROM t.shown))),
	'the case is not free any more ben1 ben2 the case is not free any more', 'dealt as it was shown');
SELECT t.is((SELECT string_agg(q.no::text, ' ' ORDER BY q.no) FROM fenbo.queue q WHERE q.owner = 'ben'), (SELECT string_agg(id::text, ' ' ORDER BY id) FROM t.shown
	WHERE id > (SELECT min(id) FROM t.shown)), 'those and no other');
SELECT t.is(array_length(t.run('sue', 'undo', '{}', NULL, '{}', false), 1)::text, '2', 'and are taken back at once');
UPDATE fenbo.queue SET flags = flags & ~256 WHERE no = (SELECT min(id) FROM t.shown);
SELECT t.is(t.as_('sue', format('SELECT string_agg(message, '' '') FROM fenbo.shift_deal(NULL, false, ARRAY[%s], ARRAY[''carl''])', t.no('s9'))), '卡尔 has no console open at this desk', 'nobody there');
SELECT t.no_('sue', 'SELECT * FROM fenbo.shift_deal(NULL, false, ARRAY[1], ARRAY[]::text[])', 'invalid accounts');
-- A district's desk without crews: everybody of it with a console, although the centre has crews.
UPDATE fenbo.queue SET desk = 'BA' WHERE no = t.no('s9');
UPDATE fenbo.account SET desk = 'BA' WHERE name = 'sam';
SELECT t.login('dora'), t.is(t.as_('sam', 'SELECT string_agg(account || held, '' '') FROM fenbo.shift_deal(5, true)'), 'dora1', 'a desk without crews');
UPDATE fenbo.account SET desk = NULL WHERE name = 'sam';
DELETE FROM fenbo.session WHERE account = 'dora';
UPDATE fenbo.queue SET desk = 'centre' WHERE no = t.no('s9');
SELECT t.run('anna', 'claim', ARRAY(SELECT no FROM fenbo.queue WHERE no = t.no('s1')), NULL, '{}', false) \g /dev/null
SELECT t.no_('ben', 'SELECT * FROM fenbo.shift_deal(1, false)', 'forbidden ');
SELECT t.no_('sue', 'SELECT * FROM fenbo.shift_deal(0, false)', 'invalid count');
SELECT t.is(t.as_('sue', format('SELECT fenbo.shift_assign(%s, %s, ''ben'')', t.no('s7'), (t.q('s7')).version)), ((t.q('s7')).version + 1)::text, 'one case to one person') FROM (SELECT 1) x;
SELECT t.no_('sue', format('SELECT fenbo.shift_assign(%s, 1, ''ben'')', t.no('s7')), 'stale version');
SELECT t.no_('sue', format('SELECT fenbo.shift_assign(%s, %s, ''carl'')', t.no('s7'), (t.q('s7')).version), 'impossible account');
SELECT t.no_('sue', format('SELECT fenbo.shift_assign(%s, %s, ''ben'')', t.no('s7'), (t.q('s7')).version), 'impossible account');

-- --- attendance: the turn ends; ben left at 14:00, anna works on
SELECT t.clock('2026-11-22 14:00:00+08');
UPDATE fenbo.session SET alive_until = fenbo.now_() + interval '45 s' WHERE ended_at IS NULL;
SELECT t.become('ben');
SELECT fenbo.logout(false);
SELECT t.become('postgres');
SELECT t.clock('2026-11-22 16:01:00+08');
UPDATE fenbo.session SET alive_until = fenbo.now_() + interval '45 s' WHERE ended_at IS NULL;
SELECT t.ok(fenbo._turns_close() = 1, 'one turn is closed');
SELECT t.is(string_agg(account || ':' || how || ':' || state || ' ' || late_s / 60 || ' ' || early_s / 60 || ' ' || decided, ', ' ORDER BY account),
	'anna:crew:present 60 0 1, ben:crew:present 0 120 0, carl:leave:leave 0 0 0, dirk:extra:extra 0 0 0, sue:crew:present 80 0 0', 'as it is written down') FROM fenbo.attendance;
SELECT t.no_('ben', 'SELECT fenbo.attendance_correct(''2026-11-22'', ''2'', ''anna'', ''present'', ''x'')', 'forbidden ');
SELECT t.no_('sue', 'SELECT fenbo.attendance_correct(''2026-11-22'', ''2'', ''sue'', ''present'', ''x'')', 'forbidden account');
SELECT t.no_('sue', 'SELECT fenbo.attendance_correct(''2026-11-22'', ''2'', ''anna'', ''present'', '''')', 'missing note');
SELECT t.no_('sue', 'SELECT fenbo.attendance_correct(''2026-11-22'', ''2'', ''anna'', ''fine'', ''x'')', 'invalid as');
SELECT t.no_('sue', 'SELECT fenbo.attendance_correct(''2026-11-25'', ''2'', ''anna'', ''present'', ''x'')', 'not_found shift');
SELECT t.as_('sue', 'SELECT fenbo.attendance_correct(''2026-11-22'', ''2'', ''anna'', ''present'', ''门禁故障'')::text');
SELECT t.is(t.as_('sue', 'SELECT state || '' '' || derived || '' '' || corrected_by || '' '' || note FROM fenbo.attendance_list(NULL, NULL, ''anna'') WHERE shift = ''2'''),
	'present late sue 门禁故障', 'corrected, with what was derived beside it');
SELECT t.is((SELECT (e.after ->> 'was') IS NULL AND e.after ->> 'as' = 'present' AND e.args #>> '{note,sha256}' IS NOT NULL FROM fenbo.event e WHERE e.action = 'attendance')::text, 'true', 'on the record');
SELECT t.is(t.as_('sue', 'SELECT turns || '' '' || present || '' '' || early FROM fenbo.attendance_sum(''2026-11-22'', ''2026-11-22'') WHERE account = ''ben'''), '1 1 1', 'counted');
SELECT t.is(t.as_('ben', 'SELECT string_agg(account, '' '') FROM fenbo.attendance_list(NULL, NULL, NULL)'), 'ben', 'a dispatcher sees his own');
-- The evening: dirk's console stood open since the morning. It counts from when he does something.
SELECT t.is(state, 'expected', 'a console left open is not presence') FROM fenbo._attends(fenbo._turn_at(fenbo.now_()), fenbo.now_()) WHERE account = 'dirk';
SELECT t.does('dirk', 'claim', 's8');
SELECT t.is(state, 'present', 'an action is') FROM fenbo._attends(fenbo._turn_at(fenbo.now_()), fenbo.now_() + interval '1 second') WHERE account = 'dirk';
-- A swap that nobody approved lapses when its shift begins.
SELECT t.is(t.as_('anna', 'SELECT fenbo.shift_swap_ask(NULL, ''2026-11-23'', ''2'', ''dirk'', NULL, NULL, ''x'')'), '5', 'asked too late');
SELECT t.clock('2026-11-23 08:00:10+08');
SELECT fenbo._turns_close();
SELECT t.is((SELECT state FROM fenbo.swap WHERE id = 5), 'lapsed', 'lapsed');
SELECT t.is((SELECT state FROM fenbo.attendance WHERE account = 'sam'), 'absent', 'who never came was absent');
SELECT count(*) || ' passed' FROM t.passed;
TRUNCATE t.passed;
