-- name: intake
-- Up to 1,000 appeals of one key, in one transaction.
-- params: $1 text sha256 of the key, hex; $2 jsonb array of rows
-- result: line int, status, no bigint, field, error, message
SELECT line, status, no, field, error, message FROM fenbo.intake(decode($1::text, 'hex'), $2::jsonb)
