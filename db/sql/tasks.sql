-- name: tasks
-- The open work of a unit's key.
-- params: $1 text sha256 of the key, hex; $2 bigint after this number; $3 int at most
-- result: one jsonb object a row
SELECT t FROM fenbo.tasks(decode($1::text, 'hex'), $2::bigint, $3::int) t
