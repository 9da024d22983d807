-- Actions that touch several cases: merge, unmerge, split, undo, bulk, keys and preview. Run after actions_fixture.sql.

-- --- merge, unmerge ------------------------------------------------------------------------------------------------
SELECT t.make('ma', 'mb', 'mc', 'md', 'me');
SELECT t.refuses('anna', 'merge', 'ma', 'invalid', 'into', '{"into": "12345"}');
SELECT t.refuses('anna', 'merge', 'ma', 'not_found', 'into', '{"into": "2611220699997"}') WHERE fenbo.case_check(2611220699997);
SELECT t.refuses('anna', 'merge', 'ma', 'invalid', 'into', jsonb_build_object('into', t.case13('ma')));
SELECT t.does('anna', 'claim', 'ma');
SELECT t.undoes('anna', 'merge', 'ma', jsonb_build_object('into', t.case13('mb')));
SELECT t.is((t.q('mb')).repeats::text || (SELECT count(*) FROM fenbo.appeal WHERE primary_no = t.no('mb')), '00', 'nothing follows any more');
SELECT t.does('anna', 'merge', 'ma', jsonb_build_object('into', fenbo.case_show(t.no('mb')), 'reason', '同一事件'));
SELECT t.ok((t.q('mb')).repeats = 1 AND (t.last('mb')).action = 'joined' AND NOT EXISTS (SELECT FROM fenbo.queue WHERE no = t.no('ma'))
	AND (SELECT primary_no FROM fenbo.appeal WHERE no = t.no('ma')) = t.no('mb'), 'out of the queue, following its primary');
SELECT t.ok(bool_and(c ->> 'paused_since' IS NOT NULL), 'its clocks stand still')
FROM fenbo.appeal a, jsonb_array_elements(a.state -> 'clocks') c WHERE a.no = t.no('ma');
SELECT t.refuses('ben', 'claim', 'ma', 'impossible', 'stage');
-- A merged case is no primary; the caller is told where it went and by whom.
SELECT t.ok(r.by = 'anna' AND r.message ~ fenbo.case_show(t.no('mb')), 'told who: ' || r.message)
FROM t.refuses('ben', 'merge', 'mc', 'conflict', 'into', jsonb_build_object('into', t.case13('ma'))) r;
SELECT t.is((t.refuses('ben', 'merge', 'mb', 'conflict', 'into', jsonb_build_object('into', t.case13('ma')))).by, 'anna', 'never in a circle');
-- A chain: ma → mb → mc; mc answers for all three.
SELECT t.does('anna', 'merge', 'mb', jsonb_build_object('into', t.case13('mc')));
SELECT t.ok((t.q('mc')).repeats = 2 AND fenbo._chain(t.no('ma')) = ARRAY[t.no('mb'), t.no('mc')], 'one primary for the chain');
SELECT t.does('ben', 'merge', 'md', jsonb_build_object('into', t.case13('mc')));
-- Chasing a merged case presses its primary.
SELECT t.is(format('%s %s %s %s %s', r.id, r.ok, r.stage, r.version - (t.q('ma')).version, r.message), format('%s t merged 0 %s, which it follows, was chased',
	t.no('ma'), fenbo.case_show(t.no('mc'))), 'a merged case is chased: answered with its own version, the primary named') FROM t.act('anna', 'chase', 'ma') r;
SELECT t.ok((t.q('mc')).chased = 1 AND (t.last('mc')).args ->> 'via' = t.case13('ma') AND (t.q('ma')).chased = 0, 'its primary is chased');
-- Unmerge out of the middle: what was merged into it goes with it, and time between is a pause.
SELECT t.wait('1 hour');
SELECT t.undoes('ben', 'unmerge', 'mb');
SELECT t.ok((t.q('mc')).repeats = 3 AND (SELECT primary_no FROM fenbo.appeal WHERE no = t.no('mb')) = t.no('mc'), 'an unmerge undone follows again');
SELECT t.does('ben', 'unmerge', 'mb', '{"reason": "不是同一件"}');
SELECT t.ok(q.stage = 'triage' AND q.repeats = 1 AND q.clock = 'dispatch'
	AND q.due_at - date_trunc('second', q.received_at) - interval '9 hours' BETWEEN interval '0' AND interval '2 seconds'
	AND (t.clock('mb', 'dispatch')).paused_since IS NULL AND (t.clock('mb', 'dispatch')).paused_s BETWEEN 3600 AND 3602, 'merged time is a pause')
FROM t.q('mb') q;
SELECT t.ok((t.q('mc')).repeats = 1 AND fenbo._chain(t.no('ma')) = ARRAY[t.no('mb')] AND (t.last('mc')).action = 'left', 'a chain follows its direct parent');
-- From the bottom of a chain: every case above counts one less; and back, while nobody has moved its parent since.
SELECT t.does('anna', 'merge', 'mb', jsonb_build_object('into', t.case13('mc')));
SELECT t.undoes('ben', 'unmerge', 'ma');
SELECT t.ok(fenbo._chain(t.no('ma')) = ARRAY[t.no('mb'), t.no('mc')] AND (t.q('mc')).repeats = 3 AND (t.q('mb')).repeats = 1,
	'an unmerge out of a chain is undone');
SELECT t.does('ben', 'unmerge', 'ma'), t.does('anna', 'unmerge', 'mb'), t.does('sue', 'merge', 'mb', jsonb_build_object('into', t.case13('mc')));
SELECT t.ok(r.by = 'sue' AND r.message ~ 'since', r.message) FROM t.refuses('ben', 'undo', 'ma', 'conflict', 'into') r;
SELECT t.does('sue', 'undo', 'mb'), t.does('anna', 'undo', 'mb'), t.does('ben', 'undo', 'ma');      -- all as it was: it works again
SELECT t.does('anna', 'unmerge', 'ma');
SELECT t.ok((t.q('mc')).repeats = 2 AND (t.q('mb')).repeats = 0 AND (t.q('ma')).stage = 'triage', 'out of the bottom of a chain');
SELECT t.refuses('anna', 'unmerge', 'ma', 'impossible', 'stage');
SELECT t.refuses('ute', 'unmerge', 'mb', 'forbidden', 'action');
-- The citizens of merged cases follow the primary's answer, and then there is no way out of it.
SELECT t.does('ben', 'answer', 'mc', '{"text": "已派人抢修，今晚恢复"}');
SELECT t.is(string_agg(coalesce(o.body ->> 'of', ''), ',' ORDER BY o.id), ',' || t.case13('mb') || ',' || t.case13('md'), 'one answer to all of them')
FROM fenbo.outbox o WHERE o.no = t.no('mc') AND o.kind = 'answer';
SELECT t.is((t.refuses('anna', 'unmerge', 'mb', 'impossible', 'into')).by, 'ben', 'refused with the reason once the primary is closed');
SELECT t.refuses('anna', 'chase', 'mb', 'impossible', 'stage');
SELECT t.refuses('anna', 'undo', 'mb', 'conflict', 'into');
SELECT t.refuses('anna', 'merge', 'me', 'conflict', 'into', jsonb_build_object('into', t.case13('mc')));
SELECT t.does('anna', 'note', 'mb', '{"text": "市民再次来电"}');
-- Into a case that is with a unit already.
SELECT t.make('mf', 'mg');
SELECT t.does('anna', 'confirm', 'mf', t.rec('mf', 'BA-ZJ'));
SELECT t.undoes('anna', 'merge', 'mg', jsonb_build_object('into', t.case13('mf')));
SELECT t.does('anna', 'merge', 'mg', jsonb_build_object('into', t.case13('mf')));
SELECT t.ok((t.q('mf')).stage = 'dispatched' AND (t.q('mf')).repeats = 1, 'a repeat joins a case in hand');
SELECT t.does('ute', 'note', 'mf', '{"text": "在路上"}');
SELECT t.does('anna', 'unmerge', 'mg');

-- --- split ---------------------------------------------------------------------------------------------------------
SELECT t.make('sa', 'sb');
SELECT t.refuses('anna', 'split', 'sa', 'missing', 'parts', '{"parts": []}');
SELECT t.refuses('anna', 'split', 'sa', 'invalid', 'parts', '{"parts": ["路灯不亮", " "]}');
SELECT t.refuses('anna', 'split', 'sa', 'invalid', 'parts', '{"parts": 7}');
SELECT t.refuses('anna', 'split', 'sa', 'invalid', 'parts', '{"parts": ["路灯不亮"]}');
SELECT t.undoes('anna', 'split', 'sa', '{"parts": ["路灯不亮", "井盖松动"]}');
SELECT t.ok(count(*) = 2 AND bool_and(stage = 'closed' AND outcome = 'withdrawn'), 'parts of a split undone are withdrawn')
FROM fenbo.appeal WHERE parent_no = t.no('sa');
SELECT t.does('anna', 'claim', 'sa');
SELECT t.does('anna', 'split', 'sa', '{"parts": ["路灯不亮", "井盖松动"]}');
INSERT INTO t.name SELECT 'sa' || row_number() OVER (ORDER BY no), no FROM fenbo.queue WHERE parent_no = t.no('sa');
SELECT t.ok(q.parts_open = 2 AND q.stage = 'triage' AND q.owner = 'anna', 'the parent stays where it was') FROM t.q('sa') q;
SELECT t.ok(q.stage = 'triage' AND q.version = 1 AND q.title = '路灯不亮' AND q.desk = 'centre' AND q.received_at = p.received_at AND q.due_at = p.due_at
	AND q.rec IS NULL AND q.owner IS NULL AND fenbo.case_check(q.no), 'a part is a case, received when its parent was') FROM t.q('sa1') q, t.q('sa') p;
SELECT t.ok((SELECT phone FROM fenbo.citizen WHERE no = t.no('sa2')) = '13800000001' AND (t.last('sa2')).action = 'create'
	AND (t.last('sa2')).args ->> 'parent' = t.case13('sa'), 'of the same citizen');
SELECT t.is((t.refuses('anna', 'answer', 'sa', 'impossible', 'parts', '{"text": "好"}')).message,
	'2 of its parts are still open: ' || fenbo.case_show(t.no('sa1')) || ', ' || fenbo.case_show(t.no('sa2')), 'the parent cannot end before its parts');
SELECT t.refuses('anna', 'end', 'sa', 'impossible', 'parts', '{"outcome": "invalid", "reason": "x"}');
SELECT t.refuses('anna', 'merge', 'sa', 'impossible', 'parts', jsonb_build_object('into', t.case13('sb')));
SELECT t.does('ben', 'answer', 'sa1', '{"text": "路灯已修"}');
SELECT t.ok((t.q('sa')).parts_open = 1 AND (t.last('sa')).action = 'part', 'one part ended');
SELECT t.refuses('anna', 'undo', 'sa', 'conflict', 'parts');
SELECT t.does('ben', 'undo', 'sa1');
SELECT t.ok((t.q('sa')).parts_open = 2, 'and is open again');
SELECT t.does('ben', 'answer', 'sa1', '{"text": "路灯已修"}');
SELECT t.does('ben', 'merge', 'sa2', jsonb_build_object('into', t.case13('sb')));
SELECT t.is((t.q('sa')).parts_open::text, '0', 'a part that follows another case has ended');
SELECT t.does('ben', 'unmerge', 'sa2');
SELECT t.refuses('anna', 'answer', 'sa', 'impossible', 'parts', '{"text": "好"}');
SELECT t.does('ben', 'end', 'sa2', '{"outcome": "invalid", "reason": "no_content"}');
SELECT t.does('anna', 'answer', 'sa', '{"text": "都处理好了"}');
SELECT t.does('anna', 'reopen', 'sa2', '{"reason": "又松了"}');
SELECT t.does('anna', 'reopen', 'sa', '{"reason": "又松了"}');
SELECT t.is((t.q('sa')).parts_open::text, '1', 'a reopened parent counts what is open');

-- --- undo ----------------------------------------------------------------------------------------------------------
SELECT t.make('ua', 'ub', 'uc', 'ud');
SELECT t.refuses('anna', 'undo', 'ua', 'impossible', 'id');
SELECT t.does('anna', 'confirm', 'ua', t.rec('ua', 'BA-ZJ'));
SELECT t.is((t.refuses('ben', 'undo', 'ua', 'conflict', 'id')).by, 'anna', 'nobody takes back what another did');
SELECT t.does('ute', 'accept', 'ua');
SELECT t.is(r.by || ' ' || r.message, 'ute accept by 乌特 came since', 'somebody acted since') FROM t.refuses('anna', 'undo', 'ua', 'conflict', 'id') r;
SELECT t.does('ute', 'undo', 'ua');
SELECT t.does('anna', 'undo', 'ua');
SELECT t.is((t.q('ua')).stage::text, 'triage', 'once that is taken back, so can the confirmation be');
-- The owner of the database may do everything, under his own name.
SELECT t.does('postgres', 'note', 'ua', '{"text": "维护"}'), t.does('postgres', 'undo', 'ua');
-- Word has gone out.
SELECT t.does('anna', 'confirm', 'ub', t.rec('ub', 'BA-ZJ'));
UPDATE fenbo.outbox SET state = 'sent', sent_at = fenbo.now_() WHERE no = t.no('ub') AND target = 'unit:BA-ZJ';
SELECT t.ok(r.message ~ 'unit:BA-ZJ', r.message) FROM t.refuses('anna', 'undo', 'ub', 'conflict', 'id') r;
SELECT t.make('ue');
SELECT t.does('anna', 'confirm', 'ue', t.rec('ue', 'BA-ZJ'));
SELECT t.wait('11 seconds');
SELECT t.refuses('anna', 'undo', 'ue', 'conflict', 'id');    -- nobody has come for the message yet, but its hold is over
-- Several in turn, newest first; a note of another stands in the way.
SELECT t.does('anna', 'claim', 'uc'), t.does('anna', 'priority', 'uc', '{"priority": "urgent"}'), t.does('anna', 'note', 'uc', '{"text": "一"}');
SELECT t.ok((t.run('anna', 'undo', '{}', NULL, '{}', false))[1].ok AND (t.run('anna', 'undo', '{}', NULL, '{}', false))[1].ok, 'two in turn');
SELECT t.ok((t.q('uc')).priority = 'normal' AND (t.q('uc')).owner = 'anna', 'the note and the priority are taken back, the claim stands');
SELECT t.does('ben', 'note', 'uc', '{"text": "二"}');
SELECT t.refuses('anna', 'undo', 'uc', 'conflict', 'id');
SELECT t.is((t.run('anna', 'undo', ARRAY[t.no('uc')], '{1}', '{}', false))[1].error, 'stale', 'undo minds the version it is given');
-- Messages of an urgent case do not wait.
UPDATE fenbo.queue SET priority = 'urgent' WHERE no = t.no('ud');
SELECT t.does('anna', 'confirm', 'ud', t.rec('ud', 'BA-ZJ'));
SELECT t.ok(bool_and(o.hold_until = (t.last('ud')).at), 'urgent messages are not held') FROM fenbo.outbox o WHERE o.no = t.no('ud');
SELECT t.refuses('anna', 'undo', 'ud', 'conflict', 'id');

-- --- bulk ----------------------------------------------------------------------------------------------------------
SELECT t.make('ba', 'bb', 'bc', 'bd');
SELECT t.does('ben', 'claim', 'bb');
CREATE FUNCTION t.bulk(who text, action text, names text[], args jsonb, atomic boolean) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(coalesce(x.error, 'ok'), ' ' ORDER BY x.nth) FROM unnest(t.run(who, action, ARRAY(SELECT t.no(n) FROM unnest(names) n),
		ARRAY(SELECT (t.q(n)).version FROM unnest(names) n), args, atomic)) WITH ORDINALITY
		x(id, ok, version, stage, event, error, message, field, by, at, nth)
$$;
SELECT t.is(t.bulk('anna', 'override', '{bc,bb,ba}', '{"reason": "other_unit", "unit": "BA-CG"}', true), 'conflict leased conflict', 'all or nothing: nothing');
SELECT t.ok((t.q('ba')).version = 1 AND (t.q('bc')).version = 1, 'and nothing was done');
SELECT t.is(t.bulk('anna', 'override', '{bc,bb,ba}', '{"reason": "other_unit", "unit": "BA-CG"}', false), 'ok leased ok', 'row by row, in order');
SELECT t.ok((t.last('ba')).batch IS NOT NULL AND (t.last('ba')).batch = (t.last('bc')).batch, 'one batch');
SELECT t.is(string_agg(r.ok::text, ' '), 'true true', 'a bulk action is taken back whole') FROM unnest(t.run('anna', 'undo', '{}', NULL, '{}', false)) r;
SELECT t.ok((t.q('ba')).stage = 'triage' AND (t.q('bc')).stage = 'triage', 'all of it');
SELECT t.is(t.bulk('anna', 'override', '{ba,bc,bd}', '{"reason": "other_unit", "unit": "BA-CG"}', true), 'ok ok ok', 'all or nothing: all');
SELECT t.does('uli', 'accept', 'bc');
SELECT t.is(string_agg(coalesce(r.error, 'ok'), ' '), 'ok conflict ok', 'what has moved on stays, with the reason') FROM unnest(t.run('anna', 'undo', '{}', NULL, '{}', false)) r;
SELECT t.is(t.bulk('anna', 'claim', '{ba,ba}', '{}', false), 'ok stale', 'the same case twice');
SELECT t.is(t.bulk('ute', 'confirm', '{ba,bd}', '{}', false), 'forbidden forbidden', 'every row is answered');
-- A bulk merge into one primary, and back.
SELECT t.make('bm1', 'bm2', 'bm3');
SELECT t.is(t.bulk('anna', 'merge', '{bm1,bm3}', jsonb_build_object('into', t.case13('bm2')), true), 'ok ok', 'several into one');
SELECT t.is((t.q('bm2')).repeats::text, '2', 'counted');
SELECT t.is(string_agg(coalesce(r.error, 'ok'), ' '), 'ok ok', 'and out again') FROM unnest(t.run('anna', 'undo', '{}', NULL, '{}', true)) r;
SELECT t.is((t.q('bm2')).repeats::text, '0', 'none follows');

-- --- preview -------------------------------------------------------------------------------------------------------
CREATE FUNCTION t.look(who text, action text, names text[], args jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	s text;
	ids bigint[] := ARRAY(SELECT t.no(n) FROM unnest(names) n);
	events bigint := (SELECT count(*) FROM fenbo.event);
BEGIN
	PERFORM t.become(who);
	SELECT string_agg(p.ok || ' ' || p.message, '; ') INTO s FROM fenbo.preview(action, ids, args) p;
	PERFORM t.become('postgres');
	PERFORM t.ok(events = (SELECT count(*) FROM fenbo.event), 'a look does nothing');
	RETURN s;
END
$$;
SELECT t.does('ben', 'claim', 'bm3');
SELECT t.is(t.look('anna', 'merge', '{bm1,bm3}', jsonb_build_object('into', t.case13('bm2'))),
	format('true %s 燃气味很大 bm1 → %s 燃气味很大 bm2; false 本恩 holds the case', fenbo.case_show(t.no('bm1')), fenbo.case_show(t.no('bm2'))), 'what a merge would touch');
SELECT t.does('ben', 'release', 'bm3');
SELECT t.is(t.bulk('anna', 'claim', '{bm1,bm2}', '{}', false), 'ok ok', 'claim two');
SELECT t.is(t.look('anna', 'undo', '{}', '{}'), format('true %s 燃气味很大 bm1 ← claim; true %s 燃气味很大 bm2 ← claim',
	fenbo.case_show(t.no('bm1')), fenbo.case_show(t.no('bm2'))), 'what an undo would take back');
SELECT t.run('anna', 'undo', '{}', NULL, '{}', false);

-- --- keys ----------------------------------------------------------------------------------------------------------
CREATE FUNCTION t.by_key(key text, person text, action text, name text, args jsonb, idem text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	s text;
	ids bigint[] := ARRAY[t.no(name)];
	seen integer[] := ARRAY[(t.q(name)).version];
BEGIN
	PERFORM t.become('feeder');
	BEGIN
		SELECT coalesce(r.error || ' ' || r.field, 'ok ' || r.stage || ' ' || r.version) INTO s
		FROM fenbo.act_for(sha256(convert_to(key, 'UTF8')), person, action, ids, CASE WHEN idem IS NULL THEN seen END, args, false, idem) r;
	EXCEPTION WHEN SQLSTATE 'FB000' THEN
		GET STACKED DIAGNOSTICS s = PG_EXCEPTION_DETAIL;
		s := 'raised ' || (s::jsonb ->> 'error') || ' ' || (s::jsonb ->> 'field');
	END;
	PERFORM set_config('fenbo.key', '', false);
	PERFORM t.become('postgres');
	RETURN s;
END
$$;
SELECT t.make('ka', 'kb');
SELECT t.does('anna', 'confirm', 'ka', t.rec('ka', 'BA-ZJ')), t.does('anna', 'confirm', 'kb', t.rec('kb', 'BA-CG'));
SELECT t.is(t.by_key('no-key', '王五', 'accept', 'ka', '{}', NULL), 'raised unauthorized ', 'an unknown key');
SELECT t.is(t.by_key('mute-key', '', 'chase', 'ka', '{}', NULL), 'raised forbidden ', 'a key without the right');
SELECT t.is(t.by_key('zj-key', ' ', 'accept', 'ka', '{}', NULL), 'raised missing person', 'a unit''s key names a person');
SELECT t.is(t.by_key('zj-key', '王五', 'accept', 'kb', '{}', NULL), 'not_found id', 'not its case');
SELECT t.is(t.by_key('zj-key', '王五', 'accept', 'ka', '{}', NULL), 'ok handling 3', 'accepted over HTTP');
SELECT t.is((t.last('ka')).actor || ' ' || (t.last('ka')).person, 'key:zj 王五', 'in the name of the key, for a person');
SELECT t.is(t.by_key('zj-key', '王五', 'confirm', 'ka', '{}', NULL), 'forbidden action', 'a unit''s key does what units may');
SELECT t.is(t.by_key('hotline-key', '', 'chase', 'ka', '{}', 'k1'), 'ok handling 4', 'the channel chases its case');
SELECT t.is(t.by_key('hotline-key', '', 'chase', 'ka', '{}', 'k1'), 'ok handling 4', 'the same request again: the same answer');
SELECT t.is((t.q('ka')).chased::text, '1', 'done once');
SELECT t.is(t.by_key('hotline-key', '', 'chase', 'kb', '{}', 'k1'), 'raised conflict Idempotency-Key', 'another request under the same key');
SELECT t.wait('25 hours');
SELECT t.is(t.by_key('hotline-key', '', 'chase', 'ka', '{}', 'k1'), 'ok handling 5', 'after a day the key is free');
SELECT t.is(t.by_key('app-key', '', 'chase', 'ka', '{}', NULL), 'not_found id', 'another channel''s case');
SELECT t.ok(cardinality(t.run('ben', 'undo', ARRAY[t.no('ka')], NULL, '{}', false)) = 1, 'answered');
DO $$ BEGIN PERFORM t.run('feeder', 'chase', ARRAY[t.no('ka')], NULL, '{}', false); RAISE 'not refused';
EXCEPTION WHEN insufficient_privilege THEN PERFORM t.become('postgres'); PERFORM t.ok(true, 'the feed cannot act without a key'); END $$;

-- --- what a unit's key and a channel's key read --------------------------------------------------------------------
CREATE FUNCTION t.task(key text, name text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	j jsonb;
	id text := t.case13(name);
BEGIN
	PERFORM t.become('feeder');
	SELECT x INTO j FROM fenbo.tasks(sha256(convert_to(key, 'UTF8')), 0, 1000) x WHERE x ->> 'id' = id;
	PERFORM t.become('postgres');
	RETURN j;
END
$$;
CREATE FUNCTION t.updates(name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	s text;
	of_case bigint := t.no(name);
BEGIN
	PERFORM t.become('feeder');
	SELECT string_agg(u.words, ' | ' ORDER BY u.at, u.id) INTO s
	FROM fenbo.open311_updates(sha256('hotline-key'), ARRAY[of_case], '-infinity', 'infinity', 100, 0) u WHERE u.no = of_case;
	PERFORM t.become('postgres');
	RETURN s;
END
$$;
SELECT t.make('ra', 'rb', 'rc');
UPDATE fenbo.appeal SET text = '请打 13912345678，或电话：27881234、0755-27885678，编号 2611220000018，2026112212345678' WHERE no = t.no('ra');
SELECT t.does('anna', 'confirm', 'ra', t.rec('ra', 'BA-ZJ')), t.does('anna', 'merge', 'rb', jsonb_build_object('into', t.case13('ra')));
SELECT t.is(t.task('zj-key', 'ra') #>> '{citizen,phone}', '138****0001', 'masked until it is accepted'),
	t.is(t.task('zj-key', 'ra') #>> '{citizen,name}', '张**', 'the name too'),
	t.is(t.task('zj-key', 'ra') ->> 'text', '请打 139****5678，或电话：****34、****78，编号 2611220000018，2026112212345678', 'numbers in the text are masked');
SELECT t.ok(NOT EXISTS (SELECT FROM fenbo.event WHERE no = t.no('ra') AND action = 'reveal'), 'nothing was revealed');
SELECT t.is(t.by_key('zj-key', '王五', 'accept', 'ra', '{}', NULL), 'ok handling 4', 'accepted');
SELECT t.is(t.task('zj-key', 'ra') #>> '{citizen,phone}', '13800000001', 'in the clear once it is accepted') FROM generate_series(1, 3);
SELECT t.is(string_agg(e.actor, ' '), 'key:zj', 'on the record, once') FROM fenbo.event e WHERE e.no = t.no('ra') AND e.action = 'reveal';
SELECT t.no('ra') AS ra, t.become('ute') \gset
SELECT fenbo.show(:ra) ->> 'text' AS shown \gset
SELECT t.become('postgres');
SELECT t.is(:'shown', t.task('zj-key', 'ra') ->> 'text', 'and the same at the unit''s console');
SELECT t.does('anna', 'edit', 'ra', '{"fields": {"confidential": true}}');
SELECT t.is((t.task('zj-key', 'ra') -> 'citizen')::text, '{"hidden": true}', 'confidential: the unit sees no complainant');
SELECT t.ok(t.by_key('hotline-key', '', 'chase', 'rb', '{"text": "还没有人来"}', 'r1') LIKE 'ok merged %', 'the channel''s own words');
SELECT t.does('ute', 'resolve', 'ra', '{"text": "已更换阀门"}'), t.undoes('anna', 'close', 'ra'), t.does('anna', 'close', 'ra'),
	t.does('anna', 'reopen', 'ra', '{"reason": "又漏气"}');
SELECT t.is(t.updates('ra'), '已受理 | 已派送至宝安区住房和建设局 | 宝安区住房和建设局已签收，办理中 | 已办理完毕，请您评价：已更换阀门 | 已办结 | 已重新办理',
	'updates in words for the citizen'), t.is(t.updates('rb'), '已受理 | 已收到您的补充或催办：还没有人来', 'under the number it was posted to');

-- --- a place out of a corrected address -----------------------------------------------------------------------------
CREATE FUNCTION t.found(name text, place text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo.recommend_store(t.no(name), (t.q(name)).version, jsonb_build_object('model', 'duty-1', 'novel', false, 'place', place,
		'place_name', '', 'units', '[{"unit": "BA-ZJ", "item": "gas", "p": 0.9, "reasons": []}]'::jsonb));
	RETURN (SELECT format('%s %s %s', coalesce(a.place, ''), (t.q(name)).place, (t.q(name)).place_name) FROM fenbo.appeal a WHERE a.no = t.no(name));
END
$$;
SELECT t.is(t.found('rc', '440305'), '440306A 440306A 航城街道', 'a new recommendation alone moves nothing');
SELECT t.does('anna', 'edit', 'rc', '{"fields": {"address": "南山大道"}}');
SELECT t.is(t.found('rc', '440305'), '440305 440305 南山区', 'a corrected address finds its place');
SELECT t.does('anna', 'undo', 'rc');
SELECT t.is(format('%s %s', (t.q('rc')).place, (t.q('rc')).place_name), '440306A 航城街道', 'and loses it when the correction is taken back');
SELECT t.does('anna', 'edit', 'rc', '{"fields": {"address": "某处"}}');
SELECT t.is(t.found('rc', ''), '  ', 'an address that says nothing leaves no wrong place behind');
SELECT t.is(t.found('rc', '4403'), '4403 4403 深圳市', 'where there is none the machine may put one');
SELECT t.does('anna', 'edit', 'rc', '{"fields": {"address": "航城街道", "place": "440306A"}}');
SELECT t.is(t.found('rc', '440305'), '440306A 440306A 航城街道', 'what a person chose stands');
SELECT t.does('anna', 'edit', 'rc', '{"fields": {"address": "航城大道", "place": ""}}');
SELECT t.is(t.found('rc', '440306'), '440306 440306 宝安区', 'until he gives it back');

-- --- a whole life --------------------------------------------------------------------------------------------------
SELECT t.make('life', 'echo');
SELECT t.does('anna', 'claim', 'life'), t.does('anna', 'edit', 'life', '{"fields": {"phone": "13800000009"}}'),
	t.does('anna', 'confirm', 'life', t.rec('life', 'BA-ZJ')), t.does('ben', 'merge', 'echo', jsonb_build_object('into', t.case13('life'))),
	t.does('ute', 'accept', 'life'), t.does('ute', 'return', 'life', '{"reason": "not_ours"}'),
	t.does('ben', 'parallel', 'life', '{"reason": "other_unit", "unit": "BA-CG", "assist": ["BA-ZJ"]}'), t.does('uli', 'accept', 'life'),
	t.does('uli', 'resolve', 'life', '{"text": "处理完毕"}'), t.does('anna', 'close', 'life'),
	t.does('anna', 'reopen', 'life', '{"reason": "又来了"}'), t.does('sue', 'answer', 'life', '{"text": "已安排"}');
SELECT t.is(string_agg(e.action, ' ' ORDER BY e.id), 'create claim edit confirm joined accept return parallel accept resolve close reopen answer', 'its record')
FROM fenbo.event e WHERE e.no = t.no('life');
SELECT t.ok(max(e.version) = count(*) AND bool_and(e.version = e.nth), 'a version for each event, without a gap')
FROM (SELECT v.version, row_number() OVER (ORDER BY v.id) AS nth FROM fenbo.event v WHERE v.no = t.no('life')) e;

SELECT t.chains();
SELECT count(*) || ' passed' FROM t.passed;
