-- name: user_add
-- Create an account from a SCRAM verifier.
-- params: $1 text name, $2 text role, $3 text person, $4 text desk or NULL, $5 int crew or NULL, $6 text verifier
-- result: one row, nothing of interest
SELECT fenbo.user_add($1::text, $2::text, $3::text, $4::text, $5::int, $6::text)
