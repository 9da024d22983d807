-- name: case_versions
-- The versions of these cases as they stand, in their order; NULL for what is not open here.
-- params: $1 bigint[] case numbers
-- result: version int
SELECT q.version
FROM unnest($1::bigint[]) WITH ORDINALITY AS i (no, n)
LEFT JOIN fenbo.queue_list q ON q.no = i.no
ORDER BY i.n
