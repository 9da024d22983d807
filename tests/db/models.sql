-- Models: written in parts, checked, chosen; which checkpoint begins what is known; rights. And accuracy. Run after lessons.sql.
SELECT t.ok(fenbo.lead(), 'this connection leads');
CREATE FUNCTION t.fails(who text, statement text, want text, what text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	got text := 'nothing';
BEGIN
	PERFORM t.become(who);
	BEGIN
		EXECUTE statement;
	EXCEPTION WHEN SQLSTATE 'FB000' THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
		got := detail::jsonb ->> 'error';
	WHEN OTHERS THEN
		got := SQLSTATE;
	END;
	PERFORM t.become('postgres');
	PERFORM t.is(got, want, what || ': ' || statement);
END
$$;
-- A model of so many bytes, written in its parts.
CREATE FUNCTION t.put(kind text, base integer, seq bigint, size integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	whole bytea := convert_to(repeat(md5(kind || seq), size / 32) || repeat('x', size % 32), 'UTF8');
	n integer := fenbo.model_put(kind, base, seq, encode(sha256(whole), 'hex'), size, '{"top1": 0.7}', 'a note');
BEGIN
	FOR i IN REVERSE (size - 1) / 1048576 .. 0 LOOP
		PERFORM fenbo.model_put_part(n, i, substr(whole, i * 1048576 + 1, 1048576));
	END LOOP;
	PERFORM fenbo.model_done(n);
	RETURN n;
END
$$;

SELECT t.ok((m.number, m.base, m.base_seq, m.seq, m.parts) = (0, 0, 0, 0, 0) AND m.last = (SELECT max(seq) FROM fenbo.lesson), 'to begin with: nothing')
	FROM fenbo.model_current() m;
SELECT t.is(t.put('base', NULL, 0, 2500000)::text, '1', 'a base');
SELECT t.is(count(*)::text, '3', 'in three parts') FROM fenbo.model_part WHERE model = 1;
SELECT t.is(string_agg(encode(sha256(p), 'hex'), ''), encode(sha256((SELECT bytes FROM fenbo.model_part WHERE model = 1 AND part = 2)), 'hex'), 'read as it was written')
	FROM fenbo.model_part(1, 2) p;
SELECT t.is(m.number::text, '0', 'it is not in force by being there') FROM fenbo.model_current() m;
SELECT t.is(fenbo.model_use(1)::text, '0', 'chosen');
SELECT t.is(m.number || ' ' || m.parts, '1 3', 'and in force') FROM fenbo.model_current() m;
SELECT t.ok(e.args = '{"use": 1, "was": 0}' AND e.actor = 'postgres', 'on the record') FROM fenbo.event e WHERE e.no = 0 AND e.action = 'model' AND e.args ? 'use';
SELECT t.fails('postgres', 'SELECT fenbo.model_use(1)', 'impossible', 'chosen already');
SELECT t.fails('postgres', 'SELECT fenbo.model_use(7)', 'not_found', 'there is no such base');

-- Checkpoints: of the base in force, not beyond the log, whole.
SELECT t.put('checkpoint', 1, 4, 40) AS c4 \gset
SELECT t.put('checkpoint', 1, 6, 40) AS c6 \gset
SELECT t.ok(NOT fenbo._checkpoint_holds(m), 'a checkpoint whose lesson was taken back later does not hold') FROM fenbo.model m WHERE m.number = :c4;
SELECT t.fails('postgres', 'SELECT t.put(''checkpoint'', 0, 4, 40)', 'conflict', 'of another base');
SELECT t.fails('postgres', 'SELECT t.put(''checkpoint'', 1, 100000, 40)', 'invalid', 'beyond the log');
SELECT max(seq) AS last FROM fenbo.lesson \gset
SELECT t.put('checkpoint', 1, :last, 40) AS c \gset
SELECT t.is(m.number || ' ' || m.kind || ' ' || m.base || ' ' || m.seq, :'c' || ' checkpoint 1 ' || :'last', 'the newest that holds') FROM fenbo.model_current() m;
SELECT t.make('n', 'o');
SELECT t.does('anna', 'confirm', 'n', t.rec('n', 'BA-ZJ'));
SELECT t.learn();
SELECT t.put('checkpoint', 1, (SELECT max(seq) FROM fenbo.lesson), 40) AS c2 \gset
SELECT t.is(m.number::text, :'c2', 'newer still') FROM fenbo.model_current() m;
SELECT t.does('anna', 'undo', 'n');
SELECT t.learn();
SELECT t.is(m.number::text, :'c', 'a lesson of it was taken back: the one before') FROM fenbo.model_current() m;
-- What cannot be told apart from a whole model by those who read is never shown to them.
SELECT fenbo.model_put('checkpoint', 1, 3, repeat('0', 64), 40, '{}', '') AS half \gset
SELECT fenbo.model_put_part(:half, 0, convert_to(repeat('x', 40), 'UTF8')) \g /dev/null
SELECT t.fails('postgres', format('SELECT fenbo.model_done(%s)', :half), 'invalid', 'not what was announced');
SELECT t.fails('postgres', format('SELECT fenbo.model_put_part(%s, 1, ''x'')', :half), 'invalid', 'no such part');
SELECT t.fails('postgres', format('SELECT fenbo.model_put_part(%s, 0, ''x'')', :c2), 'conflict', 'it is whole');
SELECT t.is(count(*)::text, '0', 'not to be read') FROM fenbo.model_part(:half, 0);
SELECT t.ok(NOT EXISTS (SELECT FROM fenbo.model_list() m WHERE m.number = :half), 'nor listed');
SELECT t.wait('2 hours');
-- Those stay that are of use.
SELECT t.put('checkpoint', 1, (SELECT max(seq) FROM fenbo.lesson), 40) AS c3 \gset
SELECT t.ok(bool_or(m.number = :c3) AND bool_or(m.number = :c) AND NOT bool_or(m.number IN (:c2, :half, :c4)), 'what holds stays, what was not finished goes')
	FROM fenbo.model m WHERE m.kind = 'checkpoint';
CREATE FUNCTION t.fill(n integer) RETURNS void LANGUAGE sql AS $$
	INSERT INTO fenbo.lesson SELECT (SELECT max(seq) FROM fenbo.lesson) + i, fenbo.now_(), 0, i, 'learn', NULL, 'confirm', 'BA-ZJ', '住建', NULL, NULL, 1, '', '', '', NULL,
		NULL, NULL, NULL, NULL, NULL, 'x', NULL, NULL FROM generate_series(1, n) i
$$;
DO $$ BEGIN FOR i IN 1 .. 60 LOOP PERFORM t.fill(100), t.put('checkpoint', 1, (SELECT max(seq) FROM fenbo.lesson), 40); END LOOP; END $$;
SELECT t.ok(count(DISTINCT m.number) BETWEEN 4 AND 12 AND min(max_seq - m.seq) <= 100, 'of sixty checkpoints a few are left: ' || count(DISTINCT m.number)),
	t.ok(bool_and(EXISTS (SELECT FROM fenbo.model o WHERE o.kind = 'checkpoint' AND o.base = 1 AND x.max_seq - o.seq BETWEEN back AND 5 * back + 300)),
		'and forgetting costs a few times what it reaches back')
	FROM fenbo.model m, (SELECT max(seq) AS max_seq FROM fenbo.lesson) x, unnest(ARRAY[1, 200, 800, 1100]) back
	WHERE m.kind = 'checkpoint' AND m.base = 1 HAVING count(*) > 0;
-- Back to the base before: its newest checkpoint was kept.
SELECT t.put('base', NULL, (SELECT max(seq) FROM fenbo.lesson), 40) AS b2 \gset
SELECT t.is(fenbo.model_use(:b2)::text, '1', 'another base');
SELECT t.put('checkpoint', :b2, (SELECT max(seq) FROM fenbo.lesson), 40) AS c5 \gset
SELECT t.is(count(*)::text, '1', 'one checkpoint of the old base is kept') FROM fenbo.model WHERE base = 1 AND kind = 'checkpoint';
SELECT t.is(fenbo.model_use(1)::text, :'b2', 'and back');
SELECT t.is(m.kind || ' ' || m.base, 'checkpoint 1', 'from where it was') FROM fenbo.model_current() m;
DELETE FROM fenbo.lesson WHERE actor = 'x';
DELETE FROM fenbo.model WHERE kind = 'checkpoint';

-- Rights: a base is an administrator's, a checkpoint the leading fenbod's.
SELECT t.fails(w, s, '42501', 'not for ' || w) FROM unnest(ARRAY['anna', 'sue', 'ute']) w,
	unnest(ARRAY['SELECT fenbo.model_use(0)', 'SELECT fenbo.learn(1)', 'SELECT * FROM fenbo.lessons(0, 1)', 'SELECT * FROM fenbo.model_part(1, 0)',
		'SELECT t.put(''base'', NULL, 0, 40)']) s;
SELECT t.fails('feeder', 'SELECT fenbo.model_use(0)', '42501', 'fenbod chooses nothing');
SELECT t.fails('feeder', 'SELECT fenbo.model_put(''base'', NULL, 0, repeat(''0'', 64), 40, ''{}'', '''')', 'forbidden', 'and trains nothing');
SELECT t.fails('adam', 'SELECT fenbo.model_put(''checkpoint'', 1, 0, repeat(''0'', 64), 40, ''{}'', '''')', 'forbidden', 'an administrator writes no checkpoint');
SELECT t.become('adam');
SELECT fenbo.model_put('base', NULL, 0, encode(sha256('x'), 'hex'), 1, '{}', '') AS adams \gset
SELECT t.become('postgres');
SELECT t.fails('postgres', format('SELECT fenbo.model_put_part(%s, 0, ''x'')', :adams), 'conflict', 'nor into somebody else''s');
SELECT t.fails('adam', 'SELECT fenbo.voices_put(1, 0, ''x'')', 'forbidden', 'weights in force are the leader''s');
SELECT t.become('adam');
SELECT fenbo.voices_put(:adams, 0, 'weights') \g /dev/null
SELECT t.become('postgres');
SELECT fenbo.voices_put(1, 5, 'newer'), fenbo.voices_put(1, 4, 'older') \g /dev/null
SELECT t.ok(v.base = 1 AND v.seq = 5 AND v.bytes = 'newer', 'weights never go back') FROM fenbo.voices_current() v;
SELECT t.fails('ute', 'SELECT * FROM fenbo.accuracy(NULL, NULL, ''unit'')', '42501', 'not a unit''s');
SELECT t.fails('sue', 'SELECT * FROM fenbo.accuracy(NULL, NULL, ''colour'')', 'invalid', 'by what');

-- --- accuracy ------------------------------------------------------------------------------------------------------
SELECT t.become('sue');
SELECT count(*) FROM fenbo.accuracy_units \g /dev/null
SELECT t.become('postgres');
SELECT t.is(a.decided || ' ' || a.right1 || ' ' || a.right3 || ' ' || a.returned, x.n || ' ' || x.r1 || ' ' || x.r3 || ' ' || x.back, 'as counted by hand')
FROM fenbo.accuracy(NULL, NULL, 'all') a, (SELECT count(*) AS n, count(*) FILTER (WHERE rank = 1 AND gone IS DISTINCT FROM 'return') AS r1,
	count(*) FILTER (WHERE rank > 0 AND gone IS DISTINCT FROM 'return') AS r3, count(*) FILTER (WHERE gone = 'return') AS back
	FROM fenbo.decision WHERE rank IS NOT NULL AND gone IS DISTINCT FROM 'undo') x;
SELECT t.ok(sum(a.decided) = (SELECT decided FROM fenbo.accuracy(NULL, NULL, 'all')), 'the parts by ' || k || ' are the whole')
	FROM unnest(ARRAY['unit', 'item', 'shift', 'model', 'day', 'channel']) k, LATERAL fenbo.accuracy(NULL, NULL, k) a GROUP BY k;
SELECT t.ok(a.right1 = 0 AND a.returned > 0, 'a confirmation that the unit sent back was not right') FROM (
	SELECT count(*) FILTER (WHERE right1) AS right1, count(*) AS returned FROM fenbo.decision WHERE gone = 'return') a;
-- A month of made-up decisions: p is said, and that share is right; one unit becomes worse in the last week.
DELETE FROM fenbo.lesson WHERE kind = 'forget';
DELETE FROM fenbo.lesson;
INSERT INTO fenbo.lesson
SELECT i, fenbo.now_() - make_interval(hours => i / 10), 2600000000000 + i, 1, 'learn', NULL, 'confirm', u, u, 'gas', '燃气', 1, '', 'hotline', '', i, 'duty-1+' || i,
	CASE WHEN (i * 7919) % 100 < CASE WHEN u = 'BA-CG' AND i < 1680 THEN 55 ELSE 85 END THEN 1 ELSE 2 END, u, 'gas', 0.85, 'anna', 1, '1'
FROM generate_series(1, 6000) i, LATERAL (SELECT CASE i % 3 WHEN 0 THEN 'BA-ZJ' WHEN 1 THEN 'BA-CG' ELSE 'CITY-JT' END AS u) x;
SELECT t.is(string_agg(f.by_ || ':' || f.key, ' ' ORDER BY f.by_, f.key), 'all: channel:hotline item:gas model:duty-1 shift:1 unit:BA-CG', 'the drop is told, and no other')
	FROM fenbo.accuracy_flags(NULL) f;
SELECT t.ok(f.share1 < 0.6 AND f.share1_before > 0.8 AND f.decided > 500 AND f.p < 1e-6, 'with its figures') FROM fenbo.accuracy_flags(NULL) f WHERE f.key = 'BA-CG';
SELECT t.is(count(*)::text, '0', 'not of the weeks before') FROM fenbo.accuracy_flags(fenbo.now_() - interval '8 days');
UPDATE fenbo.lesson SET rank = CASE WHEN (seq * 7919) % 100 < 85 THEN 1 ELSE 2 END;
SELECT t.is(count(*)::text, '0', 'nor by chance') FROM fenbo.accuracy_flags(NULL);
SELECT t.ok(a.ece < 0.02 AND abs(a.share1 - 0.85) < 0.02 AND a.share3 = 1, 'calibrated: ' || a.ece) FROM fenbo.accuracy(NULL, NULL, 'all') a;
SELECT t.ok(sum(b.decided) = 6000 AND count(*) = 10 AND max(b.decided) = 6000, 'ten bins') FROM fenbo.reliability(NULL, NULL) b;
SELECT t.ok(abs(fenbo._tail(1.959964) - 0.025) < 1e-6 AND abs(fenbo._tail(-1) - 0.8413447) < 1e-6 AND abs(fenbo._tail(4) - 3.167e-5) < 1e-7, 'the tail of the normal curve');
SELECT t.become('feeder');
SELECT decided > 1000 AND flags = 0 AS week FROM fenbo.accuracy_week() \gset
SELECT t.become('postgres');
SELECT t.ok(:'week', 'the week, for the metrics');
SELECT t.chains();
SELECT count(*) || ' passed' FROM t.passed;
