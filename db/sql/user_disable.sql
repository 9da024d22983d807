-- name: user_disable
-- Lock an account out.
-- params: $1 text name
-- result: one row, nothing of interest
SELECT fenbo.user_disable($1::text)
