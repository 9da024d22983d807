-- name: maintain
-- Partitions ahead, seals, and what has had its time.
-- params: none
-- result: int
SELECT fenbo.maintain()
