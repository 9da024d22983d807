-- name: handover_show
-- One handover with its items.
-- params: $1 bigint, NULL = the one the caller has to do with now
-- result: jsonb, NULL when there is none
SELECT fenbo.handover_show($1::bigint)
