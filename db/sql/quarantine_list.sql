-- name: quarantine_list
-- What was refused at the door and is not settled.
-- params: $1 bigint only ids above, $2 int at most
-- result: one jsonb object a row
SELECT to_jsonb(q) FROM fenbo.quarantine_list($1::bigint, $2::int) q
