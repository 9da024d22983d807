-- Boundaries: all at once in place of what stood, by administrators alone, for places that are there.
SET SESSION AUTHORIZATION t_admin;
SELECT test.eq(change, 0::bigint, 'none yet'), test.ok(code IS NULL, 'and no area') FROM fenbo.boundaries(NULL);
SELECT fenbo.feed_cursor() AS c \gset
SELECT test.eq(fenbo.boundaries_put('[{"code":"d1","rings":[[113,22,114,22,114,23]]},{"code":"d2","rings":[[1,2,3,4,5,6],[1,2,3,4,5,7]]}]'), 1::bigint, 'put');
SELECT test.eq(string_agg(change || ':' || coalesce(code, '') || ':' || coalesce(jsonb_array_length(rings)::text, ''), ' ' ORDER BY code NULLS FIRST),
	'1:: 1:d1:1 1:d2:2', 'read') FROM fenbo.boundaries(0);
SELECT test.eq(count(*), 1, 'known already') FROM fenbo.boundaries(1);
SELECT test.eq(count(*), 3, 'nothing known') FROM fenbo.boundaries(NULL);
SELECT test.fails(format('SELECT fenbo.boundaries_put(%L)', d), 'invalid', d) FROM unnest(ARRAY['{}', 'null', '[{"code":"nowhere","rings":[[1,2]]}]',
	'[{"rings":[[1,2]]}]', '[{"code":"d1","rings":[]}]', '[{"code":"d1"}]', '[{"code":"d1","rings":[[1]]},{"code":"d1","rings":[[1]]}]', '[7]']) d;
SELECT test.eq(count(*), 3, 'all as before') FROM fenbo.boundaries(NULL);
SELECT test.eq(fenbo.boundaries_put('[]'), 2::bigint, 'taken away');
SELECT test.eq(count(*), 1, 'none') FROM fenbo.boundaries(NULL);
SET SESSION AUTHORIZATION t_feed;
SELECT test.eq(string_agg(action || ':' || (data ->> 'change') || ':' || (data ->> 'areas'), ' '), 'boundaries:1:2 boundaries:2:0', 'programs are told')
	FROM fenbo.feed_read(:'c', 10);
SELECT test.fails($$SELECT fenbo.boundaries_put('[]')$$, '42501');
SET SESSION AUTHORIZATION t_disp;
SELECT test.fails($$SELECT fenbo.boundaries_put('[]')$$, '42501');
SELECT test.eq(count(*), 1, 'everybody may read') FROM fenbo.boundaries(NULL);
