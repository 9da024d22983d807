-- name: burst_put
-- Put open cases into a group of one incident (NULL = a new one); for the leader.
-- params: $1 bigint group or NULL, $2 bigint[] cases
-- result: bigint group, NULL when there is none
SELECT fenbo.burst_put($1::bigint, $2::bigint[])
