-- name: sweep
-- Expired leases go back to the queue.
-- params: none
-- result: int
SELECT fenbo.sweep()
