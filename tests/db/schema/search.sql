-- Search: number, telephone, place, words of two characters; newest first, page by page; closed months by their index;
-- the same answers with and without it.
SELECT fenbo.intake(sha256('hot'), (SELECT jsonb_agg(jsonb_build_object('line', i, 'external_id', 's' || i, 'text',
	(ARRAY['夜里施工噪音太大', '路灯不亮已经三天', '城管什么时候来', '井盖丢失 Pothole'])[1 + i % 4] || i,
	'title', 't' || i, 'place', CASE WHEN i % 10 = 0 THEN 'st1' ELSE 'st2' END, 'phone', '1390000'
		|| lpad((i % 50)::text, 4, '0'),
	'received_at', ('2025-0' || 1 + i % 3 || '-05 12:00+08')::timestamptz)) FROM generate_series(1, 600) i));
SELECT fenbo.intake(sha256('hot'), test.rows(10, 'now'));

CREATE TABLE before_index AS SELECT q, array_agg(no ORDER BY n) AS nos
	FROM unnest(ARRAY['城管', '噪音', '路灯 三天', 'POTHOLE', '燃气味', '东街道', '老东街', '没有这样的', 't17', '灯']) q,
	LATERAL fenbo.search(q, NULL, 500) WITH ORDINALITY s(no, stage, outcome, received_at, title, place, unit, score, n)
		GROUP BY q;

SELECT test.eq(cardinality(nos), 150, 'two characters') FROM before_index WHERE q = '城管';
SELECT test.eq(cardinality(nos), 150, 'all of the words') FROM before_index WHERE q = '路灯 三天';
SELECT test.eq(cardinality(nos), 150, 'small and capital') FROM before_index WHERE q = 'POTHOLE';
SELECT test.eq(cardinality(nos), 70, 'a place by name, with all that came there') FROM before_index WHERE q = '东街道';
SELECT test.eq(a.nos, b.nos, 'or by another name') FROM before_index a, before_index b WHERE a.q = '东街道'
	AND b.q = '老东街';
SELECT test.ok(NOT EXISTS (SELECT FROM before_index WHERE q = '没有这样的'), 'nothing found');
SELECT test.ok(bool_and(nos = (SELECT array_agg(n ORDER BY n DESC) FROM unnest(nos) n)), 'newest first')
	FROM before_index;
-- Page by page, nothing twice and nothing left out.
CREATE FUNCTION test.pages(q text) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
	found bigint[] := '{}';
	page bigint[];
BEGIN
	LOOP
		SELECT array_agg(no ORDER BY no DESC) INTO page FROM fenbo.search(q, found[cardinality(found)], 7);
		EXIT WHEN page IS NULL;
		found := found || page;
	END LOOP;
	RETURN found;
END $$;
SELECT test.eq(test.pages(q), nos, 'pages of ' || q) FROM before_index WHERE q IN ('城管', '东街道', '灯');
-- Indexed: the same answers.
SELECT fenbo.lead();
DO $$ BEGIN WHILE fenbo.maintain() > 0 LOOP END LOOP; END $$;
SELECT test.ok(count(*) >= 3 AND bool_and(indexed_at IS NOT NULL), 'closed months are indexed') FROM fenbo.search_month;
SELECT test.eq(count(*), 0, 'the month that is open is not') FROM fenbo.search_month
	WHERE month = to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYMM');
SELECT test.eq((SELECT array_agg(no ORDER BY n) FROM fenbo.search(q, NULL, 500) WITH ORDINALITY s(no, stage, outcome,
	received_at, title, place, unit, score, n)), nos, 'indexed: ' || q) FROM before_index;
SELECT test.eq(test.pages(q), nos, 'pages of ' || q) FROM before_index WHERE q IN ('城管', '东街道', '灯');
-- What comes into a closed month later, and what is corrected, is found too.
SELECT fenbo.intake(sha256('hot'),
	'[{"line":1,"external_id":"lateone","text":"迟到的独角兽","received_at":"2025-02-05T12:00:00+08:00"}]');
SELECT test.eq(count(*), 1, 'before it is indexed') FROM fenbo.search('独角兽', NULL, 5);
DO $$ BEGIN WHILE fenbo.maintain() > 0 LOOP END LOOP; END $$;
SELECT test.eq(count(*), 1, 'and after') FROM fenbo.search('独角兽', NULL, 5);
UPDATE fenbo.appeal SET title = '', text = '改成了麒麟' WHERE external_id = 'lateone';
SELECT test.eq(count(*), 1, 'corrected') FROM fenbo.search('麒麟', NULL, 5);
SELECT test.eq(count(*), 0, 'not by its old text') FROM fenbo.search('独角兽', NULL, 5);
-- Numbers and telephones.
SELECT test.eq(count(*), 1, 'by number') FROM fenbo.search((SELECT fenbo.case_show(no) FROM fenbo.appeal
	WHERE external_id = 's7'), NULL, 5);
SELECT test.eq(count(*), 12, 'by telephone') FROM fenbo.search('1390000 0007', NULL, 50);
SELECT test.eq(count(*), 0, 'nothing') FROM fenbo.search('', NULL, 5);
SELECT test.eq(count(*), 0, 'blank') FROM fenbo.search('   ', NULL, 5);
SELECT test.eq(count(*), 0, 'of none') FROM fenbo.search('城管', NULL, 0);
-- Characters that mean something to LIKE or to regular expressions mean nothing here.
SELECT test.eq((SELECT count(*) FROM fenbo.search(q, NULL, 5)), 0, q)
	FROM unnest(ARRAY['%', '_', '.*', '\', '''', '%城管%']) q;
