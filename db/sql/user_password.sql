-- name: user_password
-- Give an account a new password, by its SCRAM verifier.
-- params: $1 text name, $2 text verifier
-- result: one row, nothing of interest
SELECT fenbo.user_password($1::text, $2::text)
