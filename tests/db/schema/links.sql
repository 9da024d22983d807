-- Cases that belong together: quoted numbers, relapses, candidates found later, and bursts.
SELECT test.ok(fenbo.lead(), 'leads');
-- A text quotes a ticket of the same channel, one of the same rows among them; another channel's tickets and unknown ones are none.
SELECT fenbo.intake(sha256('hot'), test.rows(1, '2018010212327'));
SELECT fenbo.intake(sha256('app'), test.rows(1, '77700000'));
SELECT fenbo.intake(sha256('hot'), jsonb_build_array(
	test.rows(1, 'q') -> 0 || '{"quotes": ["20180102123271", "777000001", "99999999999999", "r1"]}', test.rows(1, 'r') -> 0));
SELECT test.eq(array_agg(a.external_id ORDER BY a.external_id), '{20180102123271,r1}', 'what it quotes'), test.ok(bool_and(l.kind = 'quoted'
	AND l.reason LIKE '文中写有编号 %'), 'and in words')
FROM fenbo.link l JOIN fenbo.appeal a ON a.no = l.other WHERE l.no = (SELECT no FROM fenbo.appeal WHERE external_id = 'q1');
-- Links that fenbod found itself: a case that does not exist is none.
SELECT fenbo.intake(sha256('hot'), jsonb_build_array(test.rows(1, 's') -> 0 || jsonb_build_object('flags', 128, 'links', jsonb_build_array(
	jsonb_build_object('no', (SELECT no FROM fenbo.appeal WHERE external_id = 'r1'), 'kind', 'relapse', 'reason', '同一地点'),
	'{"no": 1234567890123, "kind": "quoted", "reason": ""}'::jsonb))));
SELECT test.eq(count(*), 1, 'one link'), test.ok(bool_and(l.kind = 'relapse'), 'the relapse')
FROM fenbo.link l WHERE l.no = (SELECT no FROM fenbo.appeal WHERE external_id = 's1');
SELECT test.ok(flags & 128 <> 0, 'flagged') FROM fenbo.queue WHERE no = (SELECT no FROM fenbo.appeal WHERE external_id = 's1');

-- Found again: candidates are put in the place of those there were, links are added, a relapse is flagged.
CREATE FUNCTION pg_temp.no(ext text) RETURNS bigint LANGUAGE sql AS $$ SELECT no FROM fenbo.appeal WHERE external_id = ext $$;
SELECT test.eq(fenbo.repeats_put(jsonb_build_array(jsonb_build_object('no', pg_temp.no('q1'), 'repeats', jsonb_build_array(
	jsonb_build_object('no', pg_temp.no('r1'), 'score', 0.9, 'reason', 'x'), jsonb_build_object('no', pg_temp.no('q1'), 'score', 1))),
	'{"no": 5, "repeats": []}'::jsonb)), 1, 'one of the two is a case');
SELECT test.eq(array_agg(other), ARRAY[pg_temp.no('r1')], 'itself is never its repeat') FROM fenbo.repeat_candidate WHERE no = pg_temp.no('q1');
SELECT test.ok(fenbo.recommend_store(pg_temp.no('r1'), 1, jsonb_build_object('model', 'm', 'units', '[]'::jsonb, 'repeats', '[]'::jsonb, 'links',
	jsonb_build_array(jsonb_build_object('no', pg_temp.no('s1'), 'kind', 'relapse', 'reason', 'y')))), 'stored');
SELECT test.ok(flags & 128 <> 0, 'a relapse found after an edit') FROM fenbo.queue WHERE no = pg_temp.no('r1');
SELECT test.ok(EXISTS (SELECT FROM fenbo.link l WHERE l.no = pg_temp.no('r1') AND l.kind = 'relapse'), 'and linked');

-- The index of repeats reads everything that is open, however old, and who called.
SELECT test.ok(bool_or(phone = '13800130001') AND bool_and(open AND NOT merged), 'seed'), test.ok(array_agg(no) = array_agg(no ORDER BY no), 'in order')
	FROM fenbo.repeats_seed(0, fenbo.repeats_edge(300000), 1000);
SELECT test.eq((SELECT count(*) FROM fenbo.repeats_seed(0, fenbo.repeats_edge(300000), 3)), 3, 'in pages');
SELECT test.eq((SELECT count(*) FROM fenbo.repeats_seed(0, 9999999999999, 1000)), (SELECT count(*) FROM fenbo.queue), 'old ones that are open');
SELECT test.eq((SELECT count(*) FROM fenbo.appeal WHERE no >= fenbo.repeats_edge(2)), 2, 'at most so many');

-- --- bursts --------------------------------------------------------------------------------------------------------
SELECT fenbo.intake(sha256('hot'), test.rows(8, 'b'));
UPDATE fenbo.citizen SET phone = '138-0013-0001' WHERE no = pg_temp.no('b2');      -- the same person as b1
UPDATE fenbo.citizen SET phone = '' WHERE no = pg_temp.no('b8');
CREATE TABLE test.g AS SELECT fenbo.burst_put(NULL, ARRAY(SELECT pg_temp.no('b' || i) FROM generate_series(1, 6) i)) AS id;
SELECT test.eq(fenbo.burst_put(NULL, ARRAY[pg_temp.no('b7')]), NULL, 'one is no group');
SELECT test.eq(fenbo.burst_put((SELECT id FROM test.g), ARRAY[pg_temp.no('b7'), pg_temp.no('b8'), pg_temp.no('b1')]), (SELECT id FROM test.g),
	'more join it');
SELECT test.eq(count(*), 8, 'all in it'), test.ok(bool_and(version = 2), 'each told once') FROM fenbo.queue WHERE burst = (SELECT id FROM test.g);
SELECT test.eq(count(*), 8, 'in the record'), test.ok(bool_and(before IS NULL AND actor = 'system' AND (after ->> 'burst')::bigint =
	(SELECT id FROM test.g)), 'as nobody''s action') FROM fenbo.event WHERE action = 'burst';
SELECT test.eq(ROW (cases, people, nameless), ROW (8, 7, 1), 'people, not messages') FROM fenbo._burst_people((SELECT id FROM test.g));
GRANT SELECT ON test.g TO PUBLIC;
SELECT pg_temp.no('b1') AS b1 \gset
SET SESSION AUTHORIZATION t_disp;
SELECT test.eq(said ->> 'primary', :'b1', 'the oldest'), test.eq(jsonb_array_length(said -> 'members'), 8, 'members'),
	test.eq(said ->> 'people', '7', 'people'), test.eq(said ->> 'nameless', '1', 'nameless'), test.eq(said ->> 'item', '燃气泄漏', 'item'),
	test.eq(said ->> 'place', '东街道', 'place')
FROM fenbo.burst_show((SELECT id FROM test.g)) said;
SELECT test.eq(fenbo.show(:b1) #>> '{burst,people}', '7', 'and with the case');

-- A dispatcher sees it, takes a case out, and merges the rest in one action.
SELECT test.eq((SELECT count(*) FROM fenbo.burst_list()), 1, 'in the list');
SELECT test.fails('SELECT fenbo.burst_show(99)', 'not_found');
SELECT test.eq(fenbo.burst_out((SELECT id FROM test.g), ARRAY(SELECT no FROM fenbo.burst_cases((SELECT id FROM test.g)) ORDER BY no DESC LIMIT 1)), 1, 'taken out');
SELECT test.eq((SELECT count(*) FROM fenbo.burst_cases((SELECT id FROM test.g))), 7, 'seven are left');
SELECT test.eq(count(*), 6, 'merged in one action'), test.ok(bool_and(ok), 'each of them')
FROM (SELECT array_agg(no ORDER BY no) AS nos, array_agg(version ORDER BY no) AS versions FROM fenbo.burst_cases((SELECT id FROM test.g))) c,
	fenbo.act('merge', c.nos[2:], c.versions[2:], jsonb_build_object('into', lpad(c.nos[1]::text, 13, '0')), true);
SELECT test.eq(fenbo.burst_show((SELECT id FROM test.g)) ->> 'people', '6', 'people stay counted after the merge');
RESET SESSION AUTHORIZATION;
-- What a person took out the machine does not put back; a group that was closed takes nobody.
SELECT test.eq(fenbo.burst_put((SELECT id FROM test.g), ARRAY[pg_temp.no('b8')]), (SELECT id FROM test.g), 'asked again');
SELECT test.eq(burst, NULL::bigint, 'it stays out') FROM fenbo.queue WHERE no = pg_temp.no('b8');
SELECT test.eq(count(*), 8, 'what a leader learns'), test.eq(count(*) FILTER (WHERE taken), 1, 'and what was taken out') FROM fenbo.burst_seed();
SET SESSION AUTHORIZATION t_disp;
SELECT test.eq(fenbo.burst_close((SELECT id FROM test.g)), 1, 'the primary leaves it');
RESET SESSION AUTHORIZATION;
SELECT test.eq(fenbo.burst_put((SELECT id FROM test.g), ARRAY[pg_temp.no('b1'), pg_temp.no('q1')]), NULL, 'closed');
SELECT test.eq(count(*), 0, 'no group is left') FROM fenbo.queue WHERE burst IS NOT NULL;
SELECT pg_advisory_unlock_all();
SELECT test.fails('SELECT fenbo.burst_put(NULL, ''{}'')', 'conflict', 'who does not lead');
