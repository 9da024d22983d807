-- What decisions teach: the lesson log follows what stands of each case, in one order, however the event log is read; models and their
-- parts; accuracy. Run after actions_fixture.sql.
CREATE EXTENSION IF NOT EXISTS dblink;
SELECT t.ok(fenbo.lead(), 'this connection leads');
UPDATE fenbo.routing_revision SET policy = policy || '{"shifts": [{"code": "1", "name": "白班", "start": 480, "end": 1200},
	{"code": "2", "name": "夜班", "start": 1200, "end": 480}]}';

CREATE FUNCTION t.learn() RETURNS void LANGUAGE plpgsql AS $$ BEGIN WHILE fenbo.learn(1000) > 0 LOOP END LOOP; END $$;
-- The steps of a case, in words: "learn BA-ZJ gas 1 confirm, forget BA-ZJ undo".
CREATE FUNCTION t.steps(name text) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT coalesce(string_agg(CASE l.kind WHEN 'learn' THEN format('learn %s %s %s %s', l.unit, coalesce(l.item, '-'), l.weight, l.cause)
		ELSE format('forget %s %s', l.unit, l.cause) END, ', ' ORDER BY l.seq), '') FROM fenbo.lesson l WHERE l.no = t.no($1)
$$;
CREATE FUNCTION t.taught(name text, want text, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM t.learn();
	PERFORM t.is(t.steps(name), want, what);
END
$$;

-- --- what teaches --------------------------------------------------------------------------------------------------
SELECT t.make('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
SELECT t.does('anna', 'confirm', 'a', t.rec('a', 'BA-ZJ'));
SELECT t.taught('a', 'learn BA-ZJ gas 1 confirm', 'a confirmation');
SELECT t.ok((l.place, l.channel, l.type, l.model, l.rank, l.said_unit, l.said_item, l.actor, l.seq) =
	('440306A', 'hotline', '', 'duty-1', 1, 'BA-ZJ', 'gas', 'anna', 1) AND abs(l.said_p - 0.9) < 1e-6 AND l.shift IN ('1', '2'),
	'with what the dispatcher saw and what the machine had said') FROM fenbo.lesson l;
SELECT t.does('anna', 'undo', 'a');
SELECT t.taught('a', 'learn BA-ZJ gas 1 confirm, forget BA-ZJ undo', 'undone: forgotten');
SELECT t.does('anna', 'override', 'a', '{"unit": "CITY-JT", "reason": "other_unit"}');
SELECT t.taught('a', 'learn BA-ZJ gas 1 confirm, forget BA-ZJ undo, learn CITY-JT - 1 override', 'an override');
SELECT t.is(l.rank::text, '3', 'its rank among the three') FROM fenbo.lesson l WHERE l.no = t.no('a') AND l.cause = 'override';
-- Done and undone between two readings: nothing is left to learn.
SELECT t.undoes('anna', 'confirm', 'b', t.rec('b', 'BA-ZJ'));
SELECT t.does('anna', 'parallel', 'b', '{"unit": "NS-CG", "assist": ["BA-ZJ"]}');
SELECT t.learn();
SELECT t.is(string_agg(kind || ' ' || unit || ' ' || rank, ',' ORDER BY seq), 'learn BA-ZJ 1,forget BA-ZJ 1,learn NS-CG 0', 'a parallel dispatch, after one taken back')
	FROM fenbo.lesson WHERE no = t.no('b');

-- A return takes the dispatch back, and what comes after it teaches; a return undone lets it stand again.
SELECT t.does('anna', 'confirm', 'c', t.rec('c', 'BA-ZJ')), t.does('ute', 'accept', 'c');
SELECT t.taught('c', 'learn BA-ZJ gas 1 confirm', 'signing for it teaches nothing');
SELECT t.does('ute', 'return', 'c', '{"reason": "not_ours"}');
SELECT t.taught('c', 'learn BA-ZJ gas 1 confirm, forget BA-ZJ return', 'sent back');
SELECT t.does('ute', 'undo', 'c');
SELECT t.taught('c', 'learn BA-ZJ gas 1 confirm, forget BA-ZJ return, learn BA-ZJ gas 1 again', 'it stands again');
SELECT t.does('ute', 'return', 'c', '{"reason": "not_ours"}'), t.does('sue', 'override', 'c', '{"item": "noise", "reason": "other_unit"}');
SELECT t.taught('c', 'learn BA-ZJ gas 1 confirm, forget BA-ZJ return, learn BA-ZJ gas 1 again, forget BA-ZJ return, learn BA-CG noise 1 override',
	'the later decision');
-- A reassignment says that the decision before it was wrong, and a ruling whose it is in the end; both teach.
SELECT t.make('cc');
SELECT t.does('anna', 'confirm', 'cc', t.rec('cc', 'BA-ZJ')), t.does('sue', 'reassign', 'cc', '{"unit": "BA-CG", "reason": "other_unit"}');
SELECT t.taught('cc', 'learn BA-ZJ gas 1 confirm, forget BA-ZJ later, learn BA-CG noise 1 reassign', 'taken from one unit and given to another');
SELECT t.does('uli', 'return', 'cc', '{"reason": "not_ours"}'), t.does('anna', 'confirm', 'cc', t.rec('cc', 'BA-ZJ')), t.does('ute', 'return', 'cc', '{"reason": "not_ours"}'),
	t.does('sue', 'rule', 'cc', '{"unit": "BA-CG", "item": "noise", "text": "会议纪要"}');
SELECT t.taught('cc', 'learn BA-ZJ gas 1 confirm, forget BA-ZJ later, learn BA-CG noise 1 reassign, forget BA-CG return, learn BA-ZJ gas 1 confirm, forget BA-ZJ return, learn BA-CG noise 1 rule',
	'and a ruling');

-- What citizens say of the result: more weight, none for what had to be done again; undone, as before.
UPDATE fenbo.routing_revision SET policy = policy || '{"weights": {"rating": 0.5}}';
SELECT t.make('w', 'w2');
SELECT t.does('anna', 'confirm', n, t.rec(n, 'BA-ZJ')), t.does('ute', 'resolve', n, '{"text": "修好了"}') FROM unnest(ARRAY['w', 'w2']) n;
SELECT t.taught('w', 'learn BA-ZJ gas 1 confirm', 'before anybody has rated');
SELECT t.does('anna', 'visit', 'w', '{"outcome": "reached", "rating": {"speed": 1, "effect": 5, "service": 5, "feedback": 5}}');
SELECT t.taught('w', 'learn BA-ZJ gas 1 confirm, forget BA-ZJ rated, learn BA-ZJ gas 1.5 again', 'a good result counts more');
SELECT t.does('anna', 'undo', 'w');
SELECT t.taught('w', 'learn BA-ZJ gas 1 confirm, forget BA-ZJ rated, learn BA-ZJ gas 1.5 again, forget BA-ZJ rated, learn BA-ZJ gas 1 again', 'undone: as before');
SELECT t.does('anna', 'visit', 'w2', '{"outcome": "reached", "rating": {"speed": 5, "effect": 1, "service": 5, "feedback": 5}}');
SELECT t.does('ute', 'resolve', 'w2', '{"text": "又修了"}'), t.does('anna', 'visit', 'w2', '{"outcome": "reached", "rating": {"speed": 5, "effect": 5, "service": 5, "feedback": 5}}');
SELECT t.taught('w2', 'learn BA-ZJ gas 1 confirm', 'what had to be done again weighs as it did');

-- To a district's desk, which sends it on: the later decision teaches; sent back, the case is the desk's again.
SELECT t.does('anna', 'override', 'd', '{"unit": "BA", "reason": "other_unit"}');
SELECT t.taught('d', 'learn BA - 1 override', 'to a desk');
SELECT t.does('dora', 'override', 'd', '{"unit": "BA-CG", "reason": "other_unit"}');
SELECT t.taught('d', 'learn BA - 1 override, forget BA later, learn BA-CG noise 1 override', 'and on to a unit');
SELECT t.does('uli', 'return', 'd', '{"reason": "not_ours"}');
SELECT t.taught('d', 'learn BA - 1 override, forget BA later, learn BA-CG noise 1 override, forget BA-CG return, learn BA - 1 again',
	'back at the desk, whose it is');

-- The same again after a reopening counts, and teaches nothing more; sent back after all, nothing of it stands.
SELECT t.does('anna', 'confirm', 'e', t.rec('e', 'BA-ZJ')), t.does('ute', 'resolve', 'e', '{"text": "已修好"}'), t.does('anna', 'close', 'e');
SELECT t.does('anna', 'reopen', 'e', '{"reason": "没修好"}');
SELECT t.taught('e', 'learn BA-ZJ gas 1 confirm', 'a reopening changes nothing');
SELECT t.does('anna', 'confirm', 'e', t.rec('e', 'BA-ZJ'));
SELECT t.taught('e', 'learn BA-ZJ gas 1 confirm, learn BA-ZJ gas 0 confirm', 'the same again');
SELECT t.does('anna', 'undo', 'e');
SELECT t.taught('e', 'learn BA-ZJ gas 1 confirm, learn BA-ZJ gas 0 confirm, forget BA-ZJ undo', 'undone: what carried it stands');
SELECT t.does('anna', 'confirm', 'e', t.rec('e', 'BA-ZJ')), t.does('ute', 'return', 'e', '{"reason": "not_ours"}');
SELECT t.taught('e', 'learn BA-ZJ gas 1 confirm, learn BA-ZJ gas 0 confirm, forget BA-ZJ undo, learn BA-ZJ gas 0 confirm, forget BA-ZJ return, forget BA-ZJ return',
	'sent back: neither stands');

-- Not: an answer, an end, a merge, a split; but an end beside a dispatch, and the parts.
SELECT t.does('anna', 'answer', 'f', '{"text": "已答复"}'), t.does('anna', 'merge', 'g', jsonb_build_object('into', t.case13('h')));
SELECT t.does('anna', 'split', 'h', '{"parts": ["第一件事：燃气漏了", "第二件事：路灯坏了"]}');
SELECT t.learn();
SELECT t.is(t.steps('f') || t.steps('g') || t.steps('h'), '', 'no unit, no lesson');
INSERT INTO t.name SELECT 'h' || row_number() OVER (ORDER BY no), no FROM fenbo.appeal WHERE parent_no = t.no('h');
SELECT t.does('anna', 'override', 'h1', '{"unit": "BA-ZJ", "reason": "other_unit"}');
SELECT t.taught('h1', 'learn BA-ZJ - 1 override', 'a part teaches with a text of its own');
SELECT t.ok(l.rank IS NULL, 'nothing had been recommended for it') FROM fenbo.lesson l WHERE l.no = t.no('h1');
SELECT t.does('anna', 'end', 'h2', '{"outcome": "emergency", "reason": "危险", "unit": "CITY-JT"}');
SELECT t.taught('h2', 'learn CITY-JT - 1 end', 'beside the emergency services');
-- A unit named by a decision teaches when it is no longer there.
SELECT t.make('i');
SELECT t.does('anna', 'override', 'i', '{"unit": "NS-CG", "reason": "other_unit"}');
UPDATE fenbo.unit SET active = false WHERE code = 'NS-CG';
SELECT t.taught('i', 'learn NS-CG - 1 override', 'a unit that is no longer active');
UPDATE fenbo.unit SET active = true WHERE code = 'NS-CG';

-- --- what a fenbod reads -------------------------------------------------------------------------------------------
SELECT t.ok(count(*) = (SELECT count(*) FROM fenbo.lesson) AND bool_and(x.seq = x.n), 'every step, dense and in order')
	FROM (SELECT s.seq, row_number() OVER () AS n FROM fenbo.lessons(0, 1000) s) x;
SELECT t.ok(bool_and((s.text <> '') = (s.kind = 'learn' AND s.forgotten IS NULL AND s.weight > 0)), 'texts of what is to be learnt, and no others'),
	t.ok(bool_and(s.forgotten IS NULL OR s.forgotten > s.seq), 'and what takes a step back') FROM fenbo.lessons(0, 1000) s;
SELECT t.is(s.unit_name || ' ' || s.item_name, '宝安区住房和建设局 燃气安全隐患', 'with what unit and item were called') FROM fenbo.lessons(0, 1) s;
SELECT t.is(s.title, '燃气味很大 i', 'the title as it came') FROM fenbo.lessons(0, 1000) s WHERE s.no = t.no('i');
SELECT t.is(s.title, '', 'a part has none of its own') FROM fenbo.lessons(0, 1000) s WHERE s.no = t.no('h1');
SELECT t.is(count(*)::text, '3', 'a page') FROM fenbo.lessons(5, 3);
-- What is edited later does not change what was learnt; what is erased is learnt again without it.
SELECT t.make('j');
SELECT t.does('anna', 'confirm', 'j', t.rec('j', 'BA-ZJ')), t.does('anna', 'edit', 'j', '{"fields": {"title": "另一个标题", "type": "complaint", "place": "440305"}}');
SELECT t.taught('j', 'learn BA-ZJ gas 1 confirm', 'an edit teaches nothing');
SELECT t.is(s.title || ' ' || s.place, '燃气味很大 j 440306A', 'and takes nothing back') FROM fenbo.lessons(0, 1000) s WHERE s.no = t.no('j');
SELECT fenbo.erase(t.no('j'), '本人要求') \g /dev/null
SELECT t.taught('j', 'learn BA-ZJ gas 1 confirm, forget BA-ZJ erase, learn BA-ZJ gas 1 again', 'erased: learnt again');
SELECT t.is(string_agg(s.title, '' ORDER BY s.seq), '', 'without the title') FROM fenbo.lessons(0, 1000) s WHERE s.no = t.no('j');
SELECT fenbo.erase(t.no('h1'), '本人要求') \g /dev/null
SELECT t.taught('h1', 'learn BA-ZJ - 1 override', 'where there was none nothing changes');
SELECT t.ok(NOT EXISTS (SELECT FROM fenbo.lesson l WHERE l::text ~ '燃气味|张三|13800'), 'nothing personal, and no text, in any lesson');

-- --- two sessions: the feed's order is not the case's --------------------------------------------------------------
SELECT dblink_connect('slow', :'url');
CREATE FUNCTION t.slowly(who text, action text, name text, args jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM t.ok(ok = 'true', format('%s %s %s, slowly', who, action, name))
	FROM dblink('slow', format('SELECT (t.act(%L, %L, %L, %L)).ok::text', who, action, name, args)) r(ok text);
END
$$;
SELECT t.make('k', 'l', 'm');
-- An older transaction writes the newer decision: the desk's is read before the centre's.
SELECT dblink_exec('slow', 'BEGIN') \g /dev/null
SELECT * FROM dblink('slow', 'SELECT pg_current_xact_id()::text') r(x text) \g /dev/null
SELECT t.does('anna', 'override', 'k', '{"unit": "BA", "reason": "other_unit"}');
SELECT t.learn();
SELECT t.is(t.steps('k'), '', 'nothing is read past a transaction that still runs');
SELECT t.slowly('dora', 'override', 'k', '{"unit": "BA-CG", "reason": "other_unit"}');
SELECT dblink_exec('slow', 'COMMIT') \g /dev/null
SELECT t.ok(max(e.tx) FILTER (WHERE e.actor = 'dora') < max(e.tx) FILTER (WHERE e.actor = 'anna')
	AND max(e.version) FILTER (WHERE e.actor = 'dora') > max(e.version) FILTER (WHERE e.actor = 'anna'), 'it is read out of its order')
	FROM fenbo.event e WHERE e.no = t.no('k') AND e.action = 'override';
SELECT t.taught('k', 'learn BA-CG noise 1 override', 'an older decision read after a newer one teaches nothing');
-- The same with a return, and with an undo.
SELECT dblink_exec('slow', 'BEGIN') \g /dev/null
SELECT * FROM dblink('slow', 'SELECT pg_current_xact_id()::text') r(x text) \g /dev/null
SELECT t.does('anna', 'confirm', 'l', t.rec('l', 'BA-ZJ')), t.does('anna', 'confirm', 'm', t.rec('m', 'BA-ZJ'));
SELECT t.slowly('ute', 'return', 'l', '{"reason": "not_ours"}'), t.slowly('anna', 'undo', 'm', '{}');
SELECT dblink_exec('slow', 'COMMIT') \g /dev/null
SELECT t.taught('l', '', 'a return read before what it sends back'), t.taught('m', '', 'an undo read before what it undoes');
-- What was rolled back is no decision.
SELECT dblink_exec('slow', 'BEGIN') \g /dev/null
SELECT t.slowly('anna', 'confirm', 'm', t.rec('m', 'BA-ZJ'));
SELECT dblink_exec('slow', 'ROLLBACK') \g /dev/null
SELECT t.taught('m', '', 'a decision that did not happen');
SELECT t.does('anna', 'confirm', 'm', t.rec('m', 'BA-CG'));
SELECT t.taught('m', 'learn BA-CG noise 1 confirm', 'and one that did');
-- Somebody else's connection may not.
SELECT t.ok(r.said ~ 'does not lead', 'who does not lead writes no lesson') FROM (SELECT dblink_exec('slow', 'SELECT fenbo.learn(10)', false) AS x) q,
	LATERAL (SELECT dblink_error_message('slow') AS said) r;
SELECT dblink_disconnect('slow') \g /dev/null

-- --- the same log gives the same lessons ---------------------------------------------------------------------------
CREATE TABLE t.before AS SELECT * FROM fenbo.lesson;
CREATE FUNCTION t.rebuilt(batch integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM fenbo.lesson;
	UPDATE fenbo.lesson_cursor SET tx = '0', id = 0, at = '-infinity';
	WHILE fenbo.learn(batch) > 0 LOOP END LOOP;
END
$$;
SELECT t.rebuilt(1);
CREATE TABLE t.once AS SELECT * FROM fenbo.lesson;
SELECT t.rebuilt(1000);
SELECT t.ok(NOT EXISTS ((TABLE t.once EXCEPT TABLE fenbo.lesson) UNION ALL (TABLE fenbo.lesson EXCEPT TABLE t.once)), 'the same rows, however it is read');
SELECT t.ok(NOT EXISTS ((TABLE t.before EXCEPT TABLE fenbo.lesson) UNION ALL (TABLE fenbo.lesson EXCEPT TABLE t.before)), 'and as they were written at first');
SELECT count(*) || ' passed' FROM t.passed;
