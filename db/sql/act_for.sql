-- name: act_for
-- One action on one case, in the name of a key and the person it acts for.
-- params: $1 text sha256 of the key, hex; $2 text person; $3 text action; $4 bigint id; $5 int version seen or NULL; $6 jsonb args; $7 text idempotency key or NULL
-- result: id bigint, ok boolean, version int, stage text, event bigint, error text, message text, field text, by text, at timestamptz
SELECT id, ok, version, stage, event, error, message, field, by, at
FROM fenbo.act_for(decode($1::text, 'hex'), $2::text, $3::text, ARRAY[$4::bigint], ARRAY[$5::int], $6::jsonb, false, $7::text)
