-- name: quarantine_show
-- One quarantined row with its original bytes.
-- params: $1 bigint id
-- result: one jsonb object
SELECT to_jsonb(q) FROM fenbo.quarantine_show($1::bigint) q
