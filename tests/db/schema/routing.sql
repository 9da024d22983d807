-- Routing revisions: apply, carry over, roll back, diff, resolve; refused as a whole when a row is wrong.
SET SESSION AUTHORIZATION t_admin;
SELECT test.eq(revision, 1, 'the first'), test.eq(policy #>> '{priorities,urgent,dispatch_s}', '1800', 'its policy')
	FROM fenbo.routing_policy();
SELECT test.eq(array_agg((function, level, area, unit)::text ORDER BY function, area), ARRAY['(street,street,st1,st1)',
	'(street,street,st2,st2)',
	'(urban,district,d1,cg1)', '(urban,district,d2,cg2)'], 'rules resolved: own area, or the parent''s')
		FROM fenbo.routing_resolved();
SELECT test.eq(count(*), 2, 'items') FROM fenbo.routing_items();
SELECT test.eq(count(*), 2, 'channels') FROM fenbo.channels();
SELECT test.eq(string_agg(code, ','), 'wrong,area', 'reasons in their order') FROM fenbo.reasons('override');
SELECT test.eq(template, '请带身份证到【网点】办理', 'knowledge by keyword') FROM fenbo.knowledge_search('我想问燃气开户', 5);

-- Only what is in the document changes.
SELECT test.fails($$SELECT fenbo.route_apply('{}', '{}', '', 0)$$, 'stale', 'against another revision');
SELECT fenbo.feed_cursor() AS c \gset
SELECT test.eq(fenbo.route_apply('{"items":[{"code":"A1","category":"安全","class":"燃气","name":"燃气泄漏","keywords":["燃气","煤气"],"priority":"urgent","handle_days":2,"lead":"gas"},
	{"code":"A3","category":"市容","class":"犬只","name":"流浪犬","handle_days":3,"lead":"urban@district","assist":["street@street"]}]}', '{"duty.csv": "x"}', '改事项', 1), 2, 'second');
SELECT test.eq(action || (data ->> 'revision'), 'route2', 'the feed says so') FROM fenbo.feed_read(:'c', 10);
SELECT test.eq(string_agg(code, ',' ORDER BY code), 'A1,A3', 'new items') FROM fenbo.routing_items();
SELECT test.eq(count(*), 8, 'units as before') FROM fenbo.routing_units() WHERE active;
SELECT test.eq(fenbo.route_files(2), '{"routing.ini": "v1", "duty.csv": "x"}'::jsonb, 'files carried over');
SELECT test.eq(array_agg(part || ':' || key || ':' || change ORDER BY part, key),
	ARRAY['items:A1:changed', 'items:A2:removed', 'items:A3:added'], 'diff') FROM fenbo.route_diff(1, 2);
SELECT test.eq(before ->> 'handle_days', '1', 'before'), test.eq(after ->> 'handle_days', '2', 'after')
	FROM fenbo.route_diff(1, 2) WHERE key = 'A1';
SELECT test.fails('SELECT * FROM fenbo.route_diff(1, 99)', 'not_found');
-- A unit that is not named any more stays for the cases that name it, inactive.
SELECT fenbo.route_apply(jsonb_build_object('units',
	(SELECT jsonb_agg(u) FROM jsonb_array_elements(test.doc() -> 'units') u WHERE u ->> 'code' <> 'desk2'
	AND u ->> 'code' <> 'cg2' AND u ->> 'code' <> 'st2')), NULL, '撤乙区', 2);
SELECT test.eq(string_agg(code, ',' ORDER BY code), 'cg2,desk2,st2', 'inactive') FROM fenbo.routing_units()
	WHERE NOT active;
SELECT test.eq(count(*), 0, 'and resolve nothing') FROM fenbo.routing_resolved() WHERE unit IN ('cg2', 'st2');
SELECT test.eq(fenbo.route_apply('{"policy":{"priorities":{"urgent":{"dispatch_s":600}},"x":1}}', '{}', '', 3), 4,
	'policy alone');
SELECT test.eq(array_agg(key || ':' || change ORDER BY key), ARRAY['centre.name:removed', 'format:removed',
	'lead.fallback:removed', 'priorities.fast:removed',
	'priorities.normal:removed', 'priorities.urgent:changed', 'x:added'], 'policy member by member')
		FROM fenbo.route_diff(3, 4) WHERE part = 'policy';
-- Back to the first: whole, as a new revision.
SELECT test.eq(fenbo.route_rollback(1), 5, 'a new number');
SELECT test.eq(count(*), 0, 'the same as the first') FROM fenbo.route_diff(1, 5);
SELECT test.eq(count(*), 8, 'all units again') FROM fenbo.routing_units() WHERE active;
SELECT test.eq(count(*), 4, 'resolved again') FROM fenbo.routing_resolved();
SELECT test.eq(fenbo.route_files(5), '{"routing.ini": "v1"}'::jsonb, 'the text it came from');
SELECT test.eq(array_agg(revision || ':' || coalesce(rolled_back_to::text, '') || ':' || current::text),
	ARRAY['5:1:true', '4::false', '3::false', '2::false', '1::false'], 'history') FROM fenbo.route_history();
SELECT test.fails('SELECT fenbo.route_rollback(5)', 'impossible'), test.fails('SELECT fenbo.route_rollback(77)',
	'not_found');
SELECT test.eq(fenbo.routing_rows('items'), (SELECT jsonb_agg(to_jsonb(i) - 'revision' ORDER BY code)
	FROM fenbo.routing_items() i), 'rows for export');

-- What is wrong is named, and nothing of it is left behind.
SELECT test.fails(format('SELECT fenbo.route_apply(%L, NULL, %L, 5)', d, ''), 'invalid', d) FROM unnest(ARRAY[
	'{"items":[{"code":"B","category":"x","class":"x","name":"x","lead":"nobody"}]}',
	'{"items":[{"code":"B","category":"x","class":"x","name":"x","lead":"urban@street"}]}',
	'{"items":[{"code":"B","category":"x","class":"x","name":"x","lead":"gas","assist":["nobody"]}]}',
	'{"items":[{"code":"B","category":"x","class":"x","name":"x","lead":"gas","handle_days":0}]}',
	'{"items":[{"code":"B","category":"x","class":"x","name":"x","lead":"gas"},{"code":"B","category":"x","class":"x","name":"y","lead":"gas"}]}',
	'{"items":[{"code":"B","name":"x","lead":"gas"}]}', '{"items":{}}', '{"items":[7]}',
	'{"units":[{"code":"a","name":"a","level":"bureau","parent":"b"},{"code":"b","name":"b","level":"bureau","parent":"a"}],"items":[]}',
	'{"units":[{"code":"a","name":"a","level":"bureau","parent":"zz"}],"items":[]}',
	'{"units":[{"code":"a b","name":"a","level":"bureau"}],"items":[]}',
		'{"units":[{"code":"a","name":"a","level":"planet"}],"items":[]}',
	'{"places":[{"code":"p","name":"p","level":"city","parent":"p"}]}',
		'{"calendar":[{"day":"2026-13-01","working":true}]}', '7']) d;
SELECT test.eq(revision, 5, 'still the fifth') FROM fenbo.routing_policy();
SELECT test.eq(count(*), 0, 'untouched') FROM fenbo.routing_units() WHERE code IN ('a', 'b');
RESET SESSION AUTHORIZATION;
-- Two at once: one wins, the other is told.
SELECT dblink_connect('a', :'url'), dblink_connect('b', :'url');
SELECT dblink_exec('a', 'BEGIN');
SELECT * FROM dblink('a', $$SELECT fenbo.route_apply('{}', '{}', 'a', 5)$$) r(n integer);
SELECT dblink_send_query('b', $$SELECT test.fails($q$SELECT fenbo.route_apply('{}', '{}', 'b', 5)$q$, 'stale')$$);
SELECT dblink_exec('a', 'COMMIT');
SELECT * FROM dblink_get_result('b') r(t text);
SELECT test.eq(revision, 6, 'one') FROM fenbo.routing_policy();
SELECT dblink_disconnect('a'), dblink_disconnect('b');
SELECT test.eq(count(*), 0, 'the record is sound') FROM fenbo.audit_verify();
