-- name: boundaries
-- Where places end.
-- params: $1 bigint number of the change that is known, or NULL
-- result: change bigint, code text, rings jsonb; the first row has the change alone
SELECT change, code, rings FROM fenbo.boundaries($1::bigint)
