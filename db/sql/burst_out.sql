-- name: burst_out
-- Take cases out of a group.
-- params: $1 bigint group, $2 bigint[] cases
-- result: int, how many went
SELECT fenbo.burst_out($1::bigint, $2::bigint[])
