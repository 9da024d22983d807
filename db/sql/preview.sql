-- name: preview
-- What an action would touch.
-- params: $1 text action, $2 bigint[] cases, $3 jsonb arguments
-- result: id, ok, message
SELECT id, ok, message FROM fenbo.preview($1::text, $2::bigint[], $3::jsonb);
