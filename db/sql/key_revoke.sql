-- name: key_revoke
-- Make an API key useless.
-- params: $1 text name
-- result: one row, nothing of interest
SELECT fenbo.key_revoke($1::text)
