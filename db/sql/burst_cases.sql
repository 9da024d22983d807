-- name: burst_cases
-- The cases of a group that wait for dispatch, oldest first.
-- params: $1 bigint group
-- result: no bigint, version int
SELECT no, version FROM fenbo.burst_cases($1::bigint)
