-- name: logout
-- End the session of this connection.
-- params: $1 boolean keep the claims
-- result: one row, nothing of interest
SELECT fenbo.logout($1::boolean)
