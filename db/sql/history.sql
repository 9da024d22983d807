-- name: history
-- The events of a case, oldest first.
-- params: $1 bigint number
-- result: version int, at timestamptz, action text, actor text, person text, args jsonb, remark text
SELECT version, at, action, actor, person, args, remark
FROM fenbo.history($1::bigint)
ORDER BY version
