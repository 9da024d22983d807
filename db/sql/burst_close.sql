-- name: burst_close
-- Close a group.
-- params: $1 bigint group
-- result: int, how many cases left it
SELECT fenbo.burst_close($1::bigint)
