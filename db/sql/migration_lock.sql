-- name: migration_lock
-- One migration at a time; released with the connection.
-- params: none
-- result: one row, nothing of interest
SELECT pg_advisory_lock(hashtextextended('fenbo.migration', 0))
