-- name: act
-- One action on one or many cases; every id gets its own answer.
-- params: $1 text action, $2 bigint[] ids, $3 int[] versions seen (elements may be NULL, or all of it), $4 jsonb args, $5 boolean all or nothing
-- result: id bigint, ok boolean, version int, stage text, event bigint, error text, message text, field text, by text, at timestamptz
SELECT id, ok, version, stage, event, error, message, field, by, at
FROM fenbo.act($1::text, $2::bigint[], $3::int[], $4::jsonb, $5::boolean)
