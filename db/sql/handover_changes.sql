-- name: handover_changes
-- What was done to a handover.
-- params: $1 bigint
-- result: jsonb, one object a version
SELECT to_jsonb(c) FROM fenbo.handover_changes($1::bigint) c
