-- Rows of fenbo.% in batches of the same # cases, as arrays of records. % and # are filled in by the benchmark.
SELECT batch, array_agg(x)::text
FROM (SELECT t AS x, (c.i - 1) / # AS batch FROM fenbo.% t JOIN (SELECT no, row_number() OVER (ORDER BY no) AS i FROM fenbo.appeal) c USING (no)) rows
GROUP BY batch ORDER BY batch
