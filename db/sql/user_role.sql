-- name: user_role
-- Give an account another role.
-- params: $1 text name, $2 text role
-- result: one row, nothing of interest
SELECT fenbo.user_role($1::text, $2::text)
