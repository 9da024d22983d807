-- name: quarantine_add
-- Keep lines that cannot be taken, with the reason and their bytes.
-- params: $1 text sha256 of the key, hex; $2 jsonb array of {line, raw_b64, field, error, message}
-- result: one row, nothing of interest
SELECT fenbo.quarantine_add(decode($1::text, 'hex'), $2::jsonb)
