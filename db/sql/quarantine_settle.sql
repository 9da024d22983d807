-- name: quarantine_settle
-- A corrected row came in as a case: its quarantine ends.
-- params: $1 bigint id, $2 bigint case number
-- result: one row, nothing of interest
SELECT fenbo.quarantine_settle($1::bigint, $2::bigint)
