-- Who sees what: the centre everything, a desk its own, a unit its subtree, a channel its cases; nobody the complainant
-- but for a reason.
SELECT fenbo.intake(sha256('hot'), test.rows(4, 'h', '{"confidential":false}'));
SELECT fenbo.intake(sha256('app'), test.rows(2, 'd', '{"desk":"desk1"}'));
SELECT fenbo.intake(sha256('app'), test.rows(1, 'secret', '{"confidential":true}'));
SELECT no AS h1 FROM fenbo.appeal WHERE external_id = 'h1' \gset
SELECT no AS h2 FROM fenbo.appeal WHERE external_id = 'h2' \gset
SELECT no AS d1 FROM fenbo.appeal WHERE external_id = 'd1' \gset
SELECT no AS sec FROM fenbo.appeal WHERE external_id = 'secret1' \gset
-- h1 is with the unit below desk1, h2 is assisted by it, the confidential one too.
UPDATE fenbo.queue SET stage = 'dispatched', unit = 'cg1' WHERE no IN (:h1, :sec);
UPDATE fenbo.queue SET stage = 'dispatched', unit = 'gas', assist = '{cg1}' WHERE no = :h2;

SELECT no AS d2 FROM fenbo.appeal WHERE external_id = 'd2' \gset
INSERT INTO fenbo.repeat_candidate VALUES (:d1, :h2, 0.9, 'same text'), (:d1, :d2, 0.8, 'same place');
UPDATE fenbo.appeal SET parent_no = :h2 WHERE no = :d1;

SET SESSION AUTHORIZATION t_disp;
SELECT test.eq(count(*), 7, 'the centre sees every case') FROM fenbo.queue_list;
SELECT test.eq(fenbo.actor(), 't_disp', 'session_user acts');
SELECT test.eq(fenbo.show(:h1) #>> '{citizen,phone}', '138****0001', 'masked'),
	test.eq(fenbo.show(:h1) #>> '{citizen,name}', '张**', 'masked');
SELECT test.eq(jsonb_path_query_array(fenbo.show(:d1), '$.repeats[*].id'), jsonb_build_array(:'h2', :'d2'),
	'repeats, best first'),
	test.eq(fenbo.show(:d1) #>> '{parent,title}', '燃气味很大 2', 'and where it was split from');
SELECT test.eq((SELECT phone FROM fenbo.reveal(:h1, '回访')), '13800130001', 'revealed for a reason');
SELECT test.eq(version, 1, 'and recorded without a new version'), test.eq(actor, 't_disp', 'by whom'),
	test.eq(remark, '回访', 'why'), test.ok(args::text !~ '回访', 'not in the event') FROM fenbo.history(:h1)
	WHERE action = 'reveal';
SELECT test.eq(count(*), 2, 'the caller''s other cases') FROM fenbo.callers_cases(:h1);
SELECT test.eq((fenbo.show(:h1) ->> 'earlier')::int, 2, 'their number') ;
SELECT test.fails(format('SELECT fenbo.show(%s)', 2611220000018), 'not_found');
SELECT test.fails(format('SELECT fenbo.erase(%s, %L)', :h1, 'x'), '42501', 'not a dispatcher''s');

SET SESSION AUTHORIZATION t_desk1;
SELECT test.eq(count(*), 2, 'a desk sees its own') FROM fenbo.queue_list;
SELECT test.eq(fenbo.show(:d1) ->> 'desk', 'desk1', 'in full');
SELECT test.eq(jsonb_path_query_array(fenbo.show(:d1), '$.repeats[*].id'), jsonb_build_array(:'d2'),
	'repeats within its scope'),
	test.eq(fenbo.show(:d1) -> 'parent', jsonb_build_object('id', :'h2', 'stage', 'dispatched'),
		'of others the number and the stage');
SELECT test.fails(format('SELECT fenbo.show(%s)', :h1), 'not_found', 'and no other'),
	test.fails(format('SELECT * FROM fenbo.history(%s)', :h1), 'not_found'),
	test.fails(format('SELECT * FROM fenbo.reveal(%s, %L)', :h1, 'x'), 'not_found');
SELECT test.eq(count(*), 2, 'also when it searches') FROM fenbo.search('燃气味', NULL, 50);

SET SESSION AUTHORIZATION t_unit;
SELECT test.eq(array_agg(no ORDER BY no), (SELECT array_agg(n ORDER BY n) FROM unnest(ARRAY[:h1, :h2, :sec]) n),
	'a unit sees what it leads and assists') FROM fenbo.queue_list;
SELECT test.eq(fenbo.show(:h1) #>> '{citizen,phone}', '138****0001', 'masked');
SELECT test.ok((SELECT phone FROM fenbo.reveal(:h1, '联系')) = '13800130001', 'the unit may call');
SELECT test.eq(fenbo.show(:sec) -> 'citizen', '{"hidden": true}', 'confidential: no complainant'),
	test.eq(fenbo.show(:sec) ->> 'address', '', 'nor where he lives');
SELECT test.fails(format('SELECT * FROM fenbo.reveal(%s, %L)', :sec, 'x'), 'forbidden', 'nor by asking');
SELECT test.fails(format('SELECT fenbo.show(%s)', :d1), 'not_found');
SELECT test.fails('SELECT * FROM fenbo.callers_cases(1)', '42501'),
	test.fails('SELECT * FROM fenbo.quarantine_list(0, 1)', '42501');
SELECT test.eq(count(*), 0, 'a telephone number finds nothing for a unit') FROM fenbo.search('13800130001', NULL, 50);

SET SESSION AUTHORIZATION t_gas;
SELECT test.eq(array_agg(no), ARRAY[:h2], 'another unit sees its own') FROM fenbo.queue_list;

-- Everything above a unit sees what is below.
RESET SESSION AUTHORIZATION;
SELECT fenbo.user_add('t_above', 'unit', '甲区', 'desk1', NULL, test.verifier());
SET SESSION AUTHORIZATION t_above;
SELECT test.eq(count(*), 3, 'the district sees its bureau''s cases') FROM fenbo.queue_list;
RESET SESSION AUTHORIZATION;

-- The feed itself sees all; with a key, what is the key's; a unit's key names the person.
SET SESSION AUTHORIZATION t_feed;
SELECT test.eq(count(*), 7, 'fenbod') FROM fenbo.queue_list;
BEGIN;
SELECT fenbo.as_key(sha256('app'), '');
SELECT test.eq(fenbo.actor(), 'key:app', 'the key acts'), test.eq(count(*), 3, 'its channel''s cases')
	FROM fenbo.queue_list;
SELECT test.fails(format('SELECT fenbo.show(%s)', :h1), 'not_found', 'of another channel');
SELECT test.eq(fenbo.show(:d1) -> 'remarks', '[]', 'no notes for a channel');
COMMIT;
SELECT test.eq(fenbo.actor(), 't_feed', 'only in that transaction');
BEGIN;
SELECT fenbo.as_key(sha256('cg1'), '王工');
SELECT test.eq(fenbo.actor(), 'key:cg1', 'a unit''s key'), test.eq(count(*), 3, 'its subtree') FROM fenbo.queue_list;
SELECT test.fails(format('SELECT * FROM fenbo.reveal(%s, %L)', :h1, '　'), 'missing', 'not without a reason');
SELECT test.eq((SELECT phone FROM fenbo.reveal(:h1, '上门')), '13800130001', 'may call as well');
COMMIT;
SELECT test.eq(person, '王工', 'the person is on the record') FROM fenbo.history(:h1) WHERE actor = 'key:cg1';
-- Three looks at one version: each has its own reason, in the record and among the remarks.
SELECT test.eq(string_agg(actor || ' ' || remark, ', ' ORDER BY at), 't_disp 回访, t_unit 联系, key:cg1 上门', 'each his own words')
	FROM fenbo.history(:h1) WHERE action = 'reveal';
SELECT test.eq(string_agg(r ->> 'by' || ' ' || (r ->> 'text'), ', ' ORDER BY r ->> 'kind'), 't_disp 回访, t_unit 联系, key:cg1 上门',
	'by whom') FROM jsonb_array_elements(fenbo.show(:h1) -> 'remarks') r WHERE r ->> 'kind' LIKE 'reveal%';
SELECT test.fails($$SELECT fenbo.as_key(sha256('nobody'), '')$$, 'unauthorized');
-- The setting alone is worth nothing without a key that exists.
SELECT set_config('fenbo.key', encode(sha256('nobody'), 'hex') || ' x', false);
SELECT test.fails('SELECT fenbo.actor()', 'unauthorized');
SELECT set_config('fenbo.key', '', false);
-- And nothing at all for a person.
SET SESSION AUTHORIZATION t_disp;
SELECT set_config('fenbo.key', encode(sha256('cg1'), 'hex') || ' x', false);
SELECT test.eq(fenbo.actor(), 't_disp', 'a person cannot borrow a key');
RESET SESSION AUTHORIZATION;
SELECT set_config('fenbo.key', '', false);
SELECT fenbo.key_revoke('cg1');
SET SESSION AUTHORIZATION t_feed;
SELECT test.fails($$SELECT fenbo.as_key(sha256('cg1'), '')$$, 'unauthorized', 'revoked'),
	test.eq(count(*), 0, 'unknown now') FROM fenbo.key_check(sha256('cg1'));

-- A view cannot be made to leak what it filters: a condition that fails on other people's rows never meets them.
SET SESSION AUTHORIZATION t_gas;
SELECT test.eq(count(*), 1, 'security barrier') FROM fenbo.queue_list WHERE 1 / (CASE WHEN title LIKE '燃气味很大 1%'
	AND channel = 'hotline' THEN 0 ELSE 1 END) = 1;

-- Erased on request, from the forms kept for undo as well.
RESET SESSION AUTHORIZATION;
UPDATE fenbo.queue SET stage = 'triage', unit = NULL WHERE no = :h1;
SET SESSION AUTHORIZATION t_disp;
SELECT fenbo.login('t');
SELECT test.ok(bool_and(ok), 'claimed') FROM fenbo.act('claim', ARRAY[:h1], ARRAY[1]);
SELECT test.ok(bool_and(ok), 'corrected: ' || coalesce(string_agg(message, ' '), '')) FROM fenbo.act('edit', ARRAY[:h1],
	ARRAY[2], '{"fields":{"phone":"13900000000"}}');
RESET SESSION AUTHORIZATION;
SELECT test.ok(count(*) > 0, 'the old number is kept for undo') FROM fenbo.remark WHERE text ~ '13800130001';
SET SESSION AUTHORIZATION t_admin;
SELECT test.fails(format('SELECT fenbo.erase(%s, %L)', :h1, ''), 'missing'), fenbo.erase(:h1, '本人申请');
SELECT test.fails(format('SELECT fenbo.erase(%s, %L)', :h1, 'again'), 'impossible');
SELECT test.eq(fenbo.show(:h1) #>> '{citizen,phone}', '', 'gone'),
	test.ok(fenbo.show(:h1) #>> '{citizen,erased_at}' IS NOT NULL, 'and when');
RESET SESSION AUTHORIZATION;
SELECT test.eq(length(salt), 0, 'the salt too') FROM fenbo.citizen WHERE no = :h1;
SELECT test.eq(count(*), 0, 'and every trace in remarks') FROM fenbo.remark WHERE no = :h1
	AND text ~ '13800130001|13900000000';
SET SESSION AUTHORIZATION t_disp;
SELECT count(*) FROM fenbo.act('undo', '{}', NULL);
SELECT test.eq(fenbo.show(:h1) #>> '{citizen,phone}', '', 'undo cannot bring it back');
RESET SESSION AUTHORIZATION;
SELECT test.eq(count(*), 0, 'the record is sound') FROM fenbo.audit_verify() WHERE problem <> 'tail'
	OR no NOT IN (:h1, :h2, :sec);
