-- name: show
-- A case in full, as far as the caller may see it.
-- params: $1 bigint number
-- result: the case as jsonb; no row or NULL when there is none to be seen
SELECT fenbo.show($1::bigint)
