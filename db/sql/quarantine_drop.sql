-- name: quarantine_drop
-- Settle a quarantined row without a case.
-- params: $1 bigint id
-- result: one row, nothing of interest
SELECT fenbo.quarantine_drop($1::bigint)
