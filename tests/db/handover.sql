-- Handover: what the machine drafts, what people do with it, what becomes of what nobody acknowledged, and of the cases that the outgoing shift holds.
SET client_min_messages = warning;
SET jit = off;
-- As the leader works, without being one.
CREATE FUNCTION t.tick() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._event_mark();
	PERFORM fenbo._handover_work();
	PERFORM fenbo._turns_close();
END $$;
CREATE FUNCTION t.alive() RETURNS void LANGUAGE sql AS $$ UPDATE fenbo.session SET alive_until = fenbo.now_() + interval '45 s' WHERE ended_at IS NULL $$;
CREATE FUNCTION t.items(want text) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(coalesce(n.name, i.text) || ':' || i.kind, ' ' ORDER BY coalesce(n.name, i.text) COLLATE "C") FROM fenbo.handover_item i
	LEFT JOIN t.name n ON n.no = i.no WHERE i.handover = (SELECT max(id) FROM fenbo.handover WHERE desk = 'centre') AND i.state = want AND i.kind <> 'open'
$$;
CREATE FUNCTION t.ho() RETURNS fenbo.handover LANGUAGE sql AS $$ SELECT h FROM fenbo.handover h WHERE desk = 'centre' ORDER BY id DESC LIMIT 1 $$;
-- Nothing without an owner: every open case in triage is free or held by a session that lives (or is being swept); every item of a handover that was
-- sent is open within its time, or acknowledged, taken, queued, dropped.
CREATE FUNCTION t.nothing_lost(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM t.is((SELECT count(*)::text FROM fenbo.queue q WHERE q.stage = 'triage' AND (q.session IS NULL) <> (q.owner IS NULL)), '0', what || ': lease and owner go together');
	PERFORM t.is((SELECT count(*)::text FROM fenbo.queue q LEFT JOIN fenbo.session s ON s.id = q.session WHERE q.stage = 'triage' AND q.session IS NOT NULL
		AND (s.id IS NULL OR s.ended_at IS NOT NULL)), '0', what || ': whoever holds a case is there');
	PERFORM t.is((SELECT count(*)::text FROM fenbo.handover_item i JOIN fenbo.handover h ON h.id = i.handover WHERE i.state = 'open' AND h.state = 'sent'
		AND greatest(h.sent_at, h.from_end) + interval '15 minutes' <= fenbo.now_()), '0', what || ': nothing is open beyond its time');
	PERFORM t.is((SELECT count(*)::text FROM fenbo.handover h WHERE h.state = 'done' AND EXISTS (SELECT FROM fenbo.handover_item i WHERE i.handover = h.id
		AND i.state IN ('open', 'queued'))), '0', what || ': done is done');
END $$;

UPDATE fenbo.session SET ended_at = fenbo.now_() WHERE ended_at IS NULL;
UPDATE fenbo.queue SET session = NULL, owner = NULL, lease_until = NULL;
DELETE FROM fenbo.absence; DELETE FROM fenbo.swap; DELETE FROM fenbo.attendance; DELETE FROM fenbo.shift_turn; DELETE FROM fenbo.event_mark;
SELECT t.clock('2026-11-26 15:00:00+08');
SELECT t.policy('{"handover": {"draft_s": 1200, "send_after_s": 600, "acknowledge_s": 900, "free_leases": true, "grace_s": 600, "most": 40}}');
UPDATE fenbo.account SET crew = 3 WHERE name = 'ben';
SELECT t.login('anna'), t.login('carl'), t.login('sue'), t.login('ben');
-- Those of before are far beyond their time; they leave.
UPDATE fenbo.queue SET due_at = fenbo.now_() + interval '6 hours', flags = 0, priority = 'normal';
SELECT t.make('h_urgent', 'h_late', 'h_soon', 'h_danger', 'h_up', 'h_held', 'h_anna', 'h_both', 'h_free', 'h_out', 'h_word', 'h_unit', 'h_hot');
UPDATE fenbo.queue SET due_at = fenbo.now_() + interval '6 hours' WHERE stage = 'triage';
UPDATE fenbo.queue SET priority = 'urgent' WHERE no IN (t.no('h_urgent'), t.no('h_both'));
UPDATE fenbo.queue SET due_at = fenbo.now_() - interval '1 minute' WHERE no IN (t.no('h_late'), t.no('h_both'));
UPDATE fenbo.queue SET due_at = fenbo.now_() + interval '50 minutes' WHERE no = t.no('h_soon');
UPDATE fenbo.queue SET flags = 64 WHERE no = t.no('h_danger');
SELECT t.does('anna', 'escalate', 'h_up', '{"reason": "难以判断"}');
SELECT t.does('carl', 'claim', 'h_held'), t.does('anna', 'claim', 'h_anna'), t.does('carl', 'claim', 'h_both');
SELECT t.does('carl', 'override', 'h_out', '{"unit": "BA-ZJ", "reason": "other_unit"}');
SELECT t.does('carl', 'override', 'h_word', '{"unit": "BA-ZJ", "reason": "other_unit"}');
-- Late at a unit, one of them urgent; a paused one is not late.
SELECT t.does('carl', 'override', n, '{"unit": "BA-ZJ", "reason": "other_unit"}'), t.does('ute', 'accept', n) FROM unnest('{h_unit,h_hot}'::text[]) n;
UPDATE fenbo.queue SET due_at = fenbo.now_() - interval '3 days' WHERE no IN (t.no('h_unit'), t.no('h_hot'));
UPDATE fenbo.queue SET priority = 'urgent' WHERE no = t.no('h_hot');
INSERT INTO fenbo.promise (no, version, until, by) VALUES (t.no('h_word'), (t.q('h_word')).version, '2026-11-26 18:00+08', 'ute');
-- Instructions of a leader: one that names nobody, one whose unit has given the case away since. An alarm of two days ago that nobody has acknowledged.
INSERT INTO fenbo.instruction (no, version, at, unit, until) VALUES (t.no('h_unit'), (t.q('h_unit')).version, fenbo.now_(), NULL, '2026-11-26 18:00+08'),
	(t.no('h_hot'), (t.q('h_hot')).version, fenbo.now_(), 'BA-CG', '2026-11-26 18:00+08');
SELECT t.clock('2026-11-24 15:00:00+08');
SELECT fenbo._alarm(t.no('h_urgent'), 'sent up', 'alarm', 'supervisor', 'centre', NULL, 'old', '{}');
SELECT t.clock('2026-11-26 15:00:00+08');

-- --- drafted before the end
SELECT t.tick();
SELECT t.is((SELECT count(*)::text FROM fenbo.handover), '0', 'not yet');
SELECT t.clock('2026-11-26 15:41:00+08');
SELECT t.alive();
UPDATE fenbo.queue SET lease_until = fenbo.now_() + interval '45 s' WHERE session IS NOT NULL;
SELECT t.tick();
SELECT t.is((t.ho()).state || ' ' || (t.ho()).from_label || ' ' || (t.ho()).to_label || ' ' || (t.ho()).drafted_by, 'draft 中班 08–16 晚班 16–24 system', 'drafted');
SELECT t.is(t.items('open'), 'h_anna:held h_both:late h_danger:danger h_held:held h_hot:urgent h_late:late h_soon:soon h_unit:instruction h_up:escalated h_urgent:urgent h_word:promise', 'what the machine found');
SELECT t.is((SELECT (i.reasons #>> '{0,n}') || ' ' || (i.reasons #>> '{0,units}') FROM fenbo.handover_item i WHERE i.kind = 'open'),
	(SELECT count(*) || ' ' || count(*) FILTER (WHERE q.stage <> 'triage') FROM fenbo.queue q WHERE q.desk = 'centre' AND q.stage IN ('triage', 'dispatched', 'handling')),
	'and how many are open in all, and with units');
SELECT t.is((SELECT string_agg(v ->> 'kind', ' ' ORDER BY p) FROM fenbo.handover_item i, jsonb_array_elements(i.reasons) WITH ORDINALITY x(v, p) WHERE i.no = t.no('h_both')),
	'late urgent held', 'every reason, the most pressing first');
SELECT t.is((SELECT string_agg(v ->> 'kind', ' ' ORDER BY p) FROM fenbo.handover_item i, jsonb_array_elements(i.reasons) WITH ORDINALITY x(v, p) WHERE i.no = t.no('h_hot')),
	'urgent instruction overdue', 'an urgent one that is late at a unit is urgent again');
SELECT t.is((SELECT string_agg(v ->> 'who', ' ') FROM fenbo.handover_item i, jsonb_array_elements(i.reasons) v WHERE i.no IN (t.no('h_unit'), t.no('h_hot')) AND v ->> 'kind' = 'instruction'),
	'BA-ZJ BA-ZJ', 'an instruction is for whoever has the case, whether it named nobody or somebody who has given it away');
SELECT t.ok((SELECT i.reasons @> '[{"code": "old"}]' FROM fenbo.handover_item i WHERE i.no = t.no('h_urgent')), 'an alarm stands until somebody acknowledges it, after days, too');
SELECT t.tick();
SELECT t.is((t.ho()).version::text, '1', 'nothing new, no new version');

-- --- edited
SELECT t.no_('anna', 'SELECT fenbo.handover_draft()', 'forbidden ');
SELECT t.no_('sue', format('SELECT fenbo.handover_edit(%s, 9, ''remark'', 1, ''x'', NULL)', (t.ho()).id), 'stale version');
CREATE FUNCTION t.n(name text) RETURNS integer LANGUAGE sql AS $$ SELECT n FROM fenbo.handover_item i WHERE i.handover = (t.ho()).id AND i.no = t.no(name) $$;
SELECT t.is(t.as_('sue', format('SELECT fenbo.handover_edit(%s, 1, ''remark'', %s, ''已联系燃气集团，等回电'', NULL)', (t.ho()).id, t.n('h_danger'))), '2', 'a remark');
SELECT t.no_('sue', format('SELECT fenbo.handover_edit(%s, 2, ''drop'', %s, '''', NULL)', (t.ho()).id, t.n('h_soon')), 'missing text');
SELECT t.is(t.as_('sue', format('SELECT fenbo.handover_edit(%s, 2, ''drop'', %s, ''正在处理'', NULL)', (t.ho()).id, t.n('h_soon'))), '3', 'dropped');
SELECT t.no_('sue', format('SELECT fenbo.handover_edit(%s, 3, ''remark'', %s, ''x'', NULL)', (t.ho()).id, t.n('h_soon')), 'impossible n');
SELECT t.is(t.as_('sue', format('SELECT fenbo.handover_undo(%s)', (t.ho()).id)), '4', 'undone');
SELECT t.is((SELECT state || dropped FROM fenbo.handover_item WHERE handover = (t.ho()).id AND n = t.n('h_soon')), 'open', 'open again');
SELECT t.no_('sue', format('SELECT fenbo.handover_undo(%s)', (t.ho()).id), 'conflict version');
SELECT t.as_('sue', format('SELECT fenbo.handover_edit(%s, 4, ''drop'', %s, ''正在处理'', NULL)', (t.ho()).id, t.n('h_soon')));
SELECT t.is(t.as_('sue', format('SELECT fenbo.handover_edit(%s, 5, ''add'', NULL, ''明早八点市里来检查'', NULL)', (t.ho()).id)), '6', 'something that is no case');
SELECT t.is(t.as_('sue', format('SELECT fenbo.handover_edit(%s, 6, ''add'', NULL, ''记者在问'', %s)', (t.ho()).id, t.no('h_free'))), '7', 'a case of one''s own choosing');
SELECT t.is((SELECT string_agg(what, ' ' ORDER BY version) FROM fenbo.handover_change), 'draft remark drop undo drop add add', 'versions are kept');
SELECT t.is((SELECT c.before #>> '{items,0,text}' FROM fenbo.handover_change c WHERE c.version = 4), '', 'with what was there before') FROM (SELECT 1) x;
SELECT t.ok((SELECT count(*) FROM fenbo.event WHERE no = 0 AND action = 'handover') = 7, 'and each is an event');

-- --- sent, with what has come since
SELECT t.make('h_new');
UPDATE fenbo.queue SET priority = 'urgent' WHERE no = t.no('h_new');
SELECT t.does('anna', 'override', 'h_late', '{"unit": "BA-ZJ", "reason": "other_unit"}');
SELECT t.no_('sam', format('SELECT fenbo.handover_ack(%s, ARRAY[1], false)', (t.ho()).id), 'impossible id');
SELECT t.is(t.as_('sue', format('SELECT fenbo.handover_send(%s, 7)', (t.ho()).id)), '8', 'sent');
SELECT t.no_('sue', format('SELECT fenbo.handover_send(%s, 8)', (t.ho()).id), 'impossible id');
SELECT t.no_('sue', format('SELECT fenbo.handover_edit(%s, 8, ''add'', NULL, ''x'', NULL)', (t.ho()).id), 'impossible id');
SELECT t.is(t.items('open'), 'h_anna:held h_both:late h_danger:danger h_free:added h_held:held h_hot:urgent h_new:urgent h_unit:instruction h_up:escalated h_urgent:urgent h_word:promise 明早八点市里来检查:added',
	'what was decided since has left, what came since is in it');
SELECT t.is(t.as_('sue', format('SELECT fenbo.handover_undo(%s)', (t.ho()).id)), '9', 'called back before anybody acknowledged');
SELECT t.is((t.ho()).state, 'draft', 'a draft again');
SELECT t.as_('sue', format('SELECT fenbo.handover_send(%s, 9)', (t.ho()).id));

-- What the outgoing people, the unit and the citizen do with a case is no reason to take it off the list; somebody of the next shift who is early is.
SELECT t.clock('2026-11-26 15:50:00+08');
SELECT t.alive();
UPDATE fenbo.queue SET lease_until = fenbo.now_() + interval '45 s' WHERE session IS NOT NULL;
SELECT t.does('anna', 'release', 'h_anna'), t.does('ute', 'progress', 'h_word', '{"text": "在路上"}'), t.does('carl', 'note', 'h_both', '{"text": "x"}');
SELECT t.is(t.as_('feeder', format('SELECT r.ok::text FROM fenbo.act_for(sha256(''hotline-key''), '''', ''chase'', ARRAY[%s], NULL, ''{}'') r', t.no('h_danger'))), 'true', 'chased');
SELECT t.tick();
SELECT t.is(t.items('taken'), NULL, 'nobody of the next shift has seen any of it');
SELECT t.login('dirk'), t.does('dirk', 'note', 'h_up', '{"text": "x"}'), t.does('anna', 'note', 'h_up', '{"text": "y"}');
SELECT t.tick();
SELECT t.is(t.items('taken'), 'h_up:escalated', 'now somebody has, whatever others do after');
SELECT t.does('anna', 'claim', 'h_anna');

-- --- the shift changes; leases move after the grace: carl and anna go, nobody of theirs stays on
SELECT t.clock('2026-11-26 16:05:00+08');
SELECT t.alive(), t.login('sam'), t.login('dirk');
UPDATE fenbo.queue SET lease_until = fenbo.now_() + interval '45 s' WHERE session IS NOT NULL;
SELECT t.does('dirk', 'claim', 'h_urgent');
SELECT t.tick();
SELECT t.is((SELECT string_agg(q.owner, ' ' ORDER BY q.owner) FROM fenbo.queue q WHERE q.owner IS NOT NULL), 'anna carl carl dirk', 'not within the grace');
SELECT t.is(t.items('taken'), 'h_up:escalated h_urgent:urgent', 'what somebody works on is taken');
SELECT t.clock('2026-11-26 16:10:30+08');
SELECT t.alive();
UPDATE fenbo.queue SET lease_until = fenbo.now_() + interval '45 s' WHERE session IS NOT NULL;
SELECT t.tick();
SELECT t.is((SELECT string_agg(q.owner, ' ' ORDER BY q.owner) FROM fenbo.queue q WHERE q.owner IS NOT NULL), 'dirk', 'then what the outgoing people held is free');
SELECT t.is((SELECT string_agg(n.name || ':' || (e.args ->> 'held_by'), ' ' ORDER BY n.name) FROM fenbo.event e JOIN t.name n ON n.no = e.no WHERE e.action = 'handover'),
	'h_anna:anna h_both:carl h_held:carl', 'each with its event');
SELECT t.no_('sue', format('SELECT fenbo.handover_undo(%s)', (t.ho()).id), 'conflict version');
SELECT t.nothing_lost('after the cases moved');

-- --- acknowledged item by item
SELECT t.no_('sue', format('SELECT fenbo.handover_ack(%s, ARRAY[%s], false)', (t.ho()).id, t.n('h_danger')), 'forbidden id');
SELECT t.is(t.as_('sam', format('SELECT string_agg(ok::text || coalesce(message, ''''), '' '') FROM fenbo.handover_ack(%s, ARRAY[%s, %s, 99], false)', (t.ho()).id, t.n('h_danger'), t.n('h_soon'))),
	'true falsethe item is dropped falsethe handover has no such item', 'one answer for each');
SELECT t.is(t.as_('sam', format('SELECT message || by_ FROM fenbo.handover_ack(%s, ARRAY[%s], false)', (t.ho()).id, t.n('h_danger'))), 'the item is acknowledged萨姆', 'not twice');
SELECT t.no_('sam', format('SELECT fenbo.handover_ack(%s, ARRAY[%s], true)', (t.ho()).id, t.n('h_both')), 'impossible items');
SELECT t.ok(t.as_('sam', format('SELECT fenbo.handover_undo(%s)', (t.ho()).id))::integer > 0 AND t.items('acknowledged') IS NULL, 'an acknowledgement is taken back');
SELECT t.as_('sam', format('SELECT count(*)::text FROM fenbo.handover_ack(%s, ARRAY[%s, %s], false)', (t.ho()).id, t.n('h_danger'), t.n('h_hot')));
SELECT t.is(t.as_('sam', 'SELECT (j ->> ''state'') || '' '' || jsonb_array_length(j -> ''items'') || '' '' || (j #>> ''{items,0,kind}'') FROM fenbo.handover_show(NULL) j'), 'sent 14 late', 'as it is shown: what is open first');
SELECT t.is(t.as_('sam', 'SELECT count(*)::text FROM fenbo.handover_open()'), '0', 'nothing in the queue yet');

-- --- what nobody acknowledged in time
SELECT t.clock('2026-11-26 16:16:00+08');
SELECT t.alive();
SELECT t.tick();
SELECT t.is(t.items('queued'), 'h_anna:held h_both:late h_free:added h_held:held h_new:urgent h_unit:instruction h_word:promise 明早八点市里来检查:added', 'to the supervisor''s queue');
SELECT t.is(t.as_('sam', 'SELECT count(*)::text FROM fenbo.handover_open()'), '8', 'where it is seen');
SELECT t.is((SELECT state || ' ' || ended_by FROM fenbo.handover_item WHERE handover = (t.ho()).id AND kind = 'open'), 'taken system', 'how many are open is a number and nobody''s duty');
SELECT t.is((SELECT args ->> 'items' FROM fenbo.alarm WHERE kind = 'handover' AND to_desk = 'centre' AND settled_at IS NULL), '8', 'nor is it counted');
SELECT t.nothing_lost('when time is up');
CREATE FUNCTION t.rings() RETURNS text LANGUAGE sql AS $$ SELECT count(*)::text FROM fenbo.alarm WHERE kind = 'handover' AND to_desk = 'centre' AND acknowledged_at IS NULL AND settled_at IS NULL $$;
SELECT t.is(t.rings(), '1', 'with an alarm');
SELECT t.as_('sam', format('SELECT count(*)::text FROM fenbo.handover_ack(%s, (SELECT array_agg(n) FROM fenbo.handover_open()), true)', (t.ho()).id));
SELECT t.is(t.rings(), '0', 'which is of no matter when all is acknowledged');
SELECT t.as_('sam', format('SELECT fenbo.handover_undo(%s)', (t.ho()).id));
SELECT t.is(t.rings() || ' ' || t.as_('sam', 'SELECT count(*)::text FROM fenbo.handover_open()'), '1 8', 'and rings again when that is taken back');
SELECT t.as_('sam', format('SELECT count(*)::text FROM fenbo.handover_ack(%s, (SELECT array_agg(n) FROM fenbo.handover_open()), true)', (t.ho()).id));
SELECT t.is((t.ho()).state, 'done', 'done when the last is acknowledged');
SELECT t.is(t.as_('sam', 'SELECT state || '' '' || items || '' '' || queued FROM fenbo.handover_list(5)'), 'done 13 0', 'in the list, without the number');
SELECT t.nothing_lost('at the end');

-- --- nobody sends the next one: the machine does; nobody leads for a while: it is drafted late
SELECT t.clock('2026-11-27 00:11:00+08');
SELECT t.alive();
SELECT t.tick();
SELECT t.is((t.ho()).state || ' ' || (t.ho()).from_label || ' ' || (t.ho()).sent_by, 'sent 晚班 16–24 system', 'drafted and sent by the machine');
SELECT t.tick();
SELECT t.ok((t.ho()).leases_at IS NOT NULL, 'its cases have moved');
SELECT t.clock('2026-11-27 00:30:00+08');
SELECT t.tick();
SELECT t.is((SELECT count(*)::text FROM fenbo.handover_item i WHERE i.handover = (t.ho()).id AND i.state = 'open'), '0', 'and nothing stays open');
SELECT t.nothing_lost('without supervisors');
-- As many of a kind as the policy allows; the rest is a number.
UPDATE fenbo.routing_revision SET policy = jsonb_set(policy, '{handover,most}', '2') WHERE revision = 1;
UPDATE fenbo.queue SET due_at = fenbo.now_() - interval '1 hour' WHERE stage = 'triage';
SELECT t.clock('2026-11-27 07:50:00+08');
SELECT t.tick();
SELECT t.is((t.ho()).from_label, '晚班 16–24', 'where nobody works there is nothing to hand over');
UPDATE fenbo.account SET crew = 1 WHERE name = 'carl';
SELECT t.tick();
SELECT t.ok(EXISTS (SELECT FROM fenbo.handover_item i WHERE i.handover = (t.ho()).id AND i.no IS NULL AND (i.reasons #>> '{0,n}')::integer > 1), 'the rest of a kind is one line with its number');
-- It grows, and stays one line with what was said of it.
CREATE FUNCTION t.rest() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg((i.reasons #>> '{0,n}') || i.text, ' ') FROM fenbo.handover_item i WHERE i.handover = (t.ho()).id AND i.no IS NULL AND i.kind = 'late'
$$;
SELECT t.as_('sue', format('SELECT fenbo.handover_edit(%s, NULL, ''remark'', %s, ''大多是停水'', NULL)', (t.ho()).id,
	(SELECT i.n FROM fenbo.handover_item i WHERE i.handover = (t.ho()).id AND i.no IS NULL AND i.kind = 'late')));
SELECT t.rest() AS was \gset
SELECT t.make('h_more1', 'h_more2');
UPDATE fenbo.queue SET due_at = fenbo.now_() - interval '1 minute' WHERE no IN (t.no('h_more1'), t.no('h_more2'));
SELECT t.as_('sue', 'SELECT fenbo.handover_draft()');
SELECT t.is(t.rest(), (replace(:'was', '大多是停水', '')::integer + 2) || '大多是停水', 'one line, with what was said of it, as the number grows');
UPDATE fenbo.routing_revision SET policy = jsonb_set(policy, '{handover,most}', '40') WHERE revision = 1;

-- --- whoever goes does not acknowledge, though the machine has sent it
SELECT t.clock('2026-11-27 16:11:00+08');
SELECT t.tick();
SELECT t.is((t.ho()).from_label || ' ' || (t.ho()).sent_by, '中班 08–16 system', 'sent by the machine');
SELECT t.no_('sue', format('SELECT fenbo.handover_ack(%s, ARRAY[%s], false)', (t.ho()).id, t.n('h_danger')), 'forbidden id');
SELECT t.is(t.as_('sam', format('SELECT ok::text FROM fenbo.handover_ack(%s, ARRAY[%s], false)', (t.ho()).id, t.n('h_danger'))), 'true', 'who comes does');
SELECT t.clock('2026-11-28 09:00:00+08');
SELECT t.is(t.as_('sue', format('SELECT bool_and(ok)::text FROM fenbo.handover_ack(%s, ARRAY[%s], false)', (SELECT max(handover) FROM fenbo.handover_item WHERE state = 'open'),
	(SELECT n FROM fenbo.handover_item WHERE state = 'open' ORDER BY handover DESC, n LIMIT 1))), 'true', 'and so does she the next day, when she is on again');

-- --- a revision lengthens the shift: its handover is of the end that it has
SELECT t.clock('2026-11-28 15:45:00+08');
SELECT t.tick();
SELECT t.is((t.ho()).state || ' ' || (t.ho()).from_label, 'draft 中班 08–16', 'drafted');
SELECT t.policy('{"shifts": [{"code": "1", "name": "早班", "start": 0, "end": 480}, {"code": "2", "name": "中班", "start": 480, "end": 1080}, {"code": "3", "name": "晚班", "start": 1080, "end": 1200},
	{"code": "4", "name": "夜班", "start": 1200, "end": 1440}]}');
SELECT t.tick();
SELECT t.is((t.ho()).state || ' ' || (t.ho()).from_label || ' ' || (t.ho()).to_label || ' ' || to_char((t.ho()).from_end AT TIME ZONE 'Asia/Shanghai', 'HH24:MI'), 'draft 中班 08–18 晚班 18–20 18:00', 'it follows');
SELECT t.clock('2026-11-28 16:11:00+08');
SELECT t.tick();
SELECT t.is((t.ho()).state || coalesce((t.ho()).leases_at::text, ''), 'draft', 'nobody sends it, nothing moves, while the shift goes on');
-- Nobody leads from then until two shifts are over: each has its handover all the same.
SELECT t.clock('2026-11-28 20:30:00+08');
SELECT t.tick();
SELECT t.is((SELECT string_agg(h.from_label || ' ' || h.state || ' ' || (h.leases_at IS NOT NULL), ', ' ORDER BY h.from_start) FROM fenbo.handover h WHERE h.from_start >= '2026-11-28 08:00+08'),
	'中班 08–18 sent true, 晚班 18–20 sent true', 'both shifts have handed over');

-- --- taken back too late; what comes after everything was acknowledged, and is not taken by what was done before it came
SELECT t.policy('{"handover": {"draft_s": 1200, "send_after_s": 600, "acknowledge_s": 4500, "free_leases": true, "grace_s": 3600, "most": 40}}');
SELECT t.clock('2026-11-29 17:50:00+08');
UPDATE fenbo.queue SET flags = flags & ~1;
SELECT t.tick();
SELECT t.clock('2026-11-29 18:05:00+08');
SELECT t.as_('sue', format('SELECT fenbo.handover_send(%s, NULL)', (t.ho()).id));
SELECT t.clock('2026-11-29 18:11:00+08');
SELECT t.no_('sue', format('SELECT fenbo.handover_undo(%s)', (t.ho()).id), 'conflict version');
SELECT t.as_('sam', format('SELECT count(*)::text FROM fenbo.handover_ack(%s, (SELECT array_agg((i ->> ''n'')::integer) FROM jsonb_array_elements(fenbo.handover_show(%1$s) -> ''items'') i), false)', (t.ho()).id));
SELECT t.is((t.ho()).state, 'done', 'all is acknowledged');
SELECT t.login('sam'), t.does('sam', 'note', 'h_danger', '{"text": "x"}');
UPDATE fenbo.queue SET flags = flags | 1 WHERE no = t.no('h_danger');
-- As if somebody were just working on cases of those who went, so that they cannot be moved yet; meanwhile others come.
ALTER FUNCTION fenbo._handover_leases(fenbo.handover) RENAME TO _handover_leases_;
CREATE FUNCTION fenbo._handover_leases(h fenbo.handover) RETURNS boolean LANGUAGE sql AS 'SELECT false';
SELECT t.clock('2026-11-29 19:01:00+08');
SELECT t.tick();
SELECT t.is((t.ho()).state || ' ' || t.items('open'), 'sent h_danger:disputed', 'a case that was acknowledged as one thing and is another since stands there again, for that alone');
SELECT (t.ho()).version AS was \gset
SELECT t.make('h_more3', 'h_more4');
UPDATE fenbo.queue SET due_at = fenbo.now_() - interval '1 minute' WHERE no = t.no('h_more3');
SELECT t.tick();
SELECT t.is((t.ho()).version::text, :'was', 'it is looked for once, not at every look while cases wait to be moved');
DROP FUNCTION fenbo._handover_leases(fenbo.handover);
ALTER FUNCTION fenbo._handover_leases_(fenbo.handover) RENAME TO _handover_leases;
SELECT t.is(t.as_('feeder', format('SELECT r.ok::text FROM fenbo.act_for(sha256(''hotline-key''), '''', ''chase'', ARRAY[%s], NULL, ''{}'') r', t.no('h_danger'))), 'true', 'chased');
SELECT t.tick();
SELECT t.is(t.items('open'), 'h_danger:disputed', 'who worked on it before it was disputed has not seen that');
SELECT t.clock('2026-11-29 19:21:00+08');
SELECT t.tick();
SELECT t.is((t.ho()).state || ' ' || t.items('queued'), 'sent h_danger:disputed', 'nobody has');

-- --- a case that has gone to another desk is shown to nobody who does not see it there
SELECT t.as_('sam', format('SELECT count(*)::text FROM fenbo.handover_ack(%s, ARRAY[%s], false)', (t.ho()).id, (SELECT max(n) FROM fenbo.handover_item WHERE handover = (t.ho()).id)));
UPDATE fenbo.account SET desk = 'BA' WHERE name = 'sam';
UPDATE fenbo.handover SET desk = 'BA' WHERE id = (SELECT max(id) FROM fenbo.handover);
SELECT t.is(t.as_('sam', format('SELECT string_agg(DISTINCT (i ->> ''title'') || coalesce(i ->> ''unit'', '''') || coalesce(i ->> ''place'', ''''), '''') || count(i ->> ''stage'') FROM jsonb_array_elements(fenbo.handover_show(%s) -> ''items'') i WHERE i ? ''id'' AND i ->> ''id'' IS NOT NULL',
	(SELECT max(id) FROM fenbo.handover))), (SELECT count(no)::text FROM fenbo.handover_item WHERE handover = (SELECT max(id) FROM fenbo.handover)), 'nothing but number and stage');
UPDATE fenbo.handover SET desk = 'centre' WHERE desk = 'BA';
SELECT t.ok(t.as_('sue', format('SELECT bool_and(i ->> ''title'' <> '''')::text FROM jsonb_array_elements(fenbo.handover_show(%s) -> ''items'') i WHERE i ->> ''id'' IS NOT NULL', (t.ho()).id))::boolean, 'the centre sees all');
-- --- a quiet desk, to which nobody comes: it has a number of open cases and nothing to be acknowledged
UPDATE fenbo.account SET desk = 'BA' WHERE name = 'dirk';
DELETE FROM fenbo.promise; DELETE FROM fenbo.alarm; DELETE FROM fenbo.instruction;
SELECT t.make('h_quiet');
UPDATE fenbo.queue SET desk = 'BA', due_at = fenbo.now_() + interval '3 days' WHERE no = t.no('h_quiet');
INSERT INTO fenbo.handover (desk, from_start, from_end, from_label, to_end, drafted_at, drafted_by) SELECT 'BA', x.start_at, x.end_at, 'x', x.end_at + interval '4 hours', fenbo.now_(), 'system'
	FROM fenbo._turn_at(fenbo.now_()) x;
SELECT fenbo._handover_send(fenbo._handover_draft('BA', fenbo._turn_at(fenbo.now_()), 'system'), 'system') IS NULL;
SELECT t.is((SELECT string_agg(h.state || ' ' || i.kind || ' ' || i.state, ', ') FROM fenbo.handover h JOIN fenbo.handover_item i ON i.handover = h.id WHERE h.desk = 'BA'),
	'done open taken', 'done when it is sent');
UPDATE fenbo.account SET desk = NULL WHERE name IN ('sam', 'dirk');
SELECT t.policy('{"handover": {"draft_s": 1200, "send_after_s": 600, "acknowledge_s": 900, "free_leases": true, "grace_s": 600, "most": 40},
	"shifts": [{"code": "1", "name": "早班", "start": 0, "end": 480}, {"code": "2", "name": "中班", "start": 480, "end": 960}, {"code": "3", "name": "晚班", "start": 960, "end": 1440}]}');
SELECT count(*) || ' passed' FROM t.passed;
TRUNCATE t.passed;
