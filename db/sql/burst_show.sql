-- name: burst_show
-- One group with its cases.
-- params: $1 bigint group
-- result: jsonb
SELECT fenbo.burst_show($1::bigint)
