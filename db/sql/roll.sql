-- name: roll
-- Count the next events of the log for reports; only on the connection that leads.
-- params: $1 int events at most
-- result: int events read; as many as asked for means that there is more
SELECT fenbo.roll($1::int)
