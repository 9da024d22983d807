-- name: learn
-- Write the next lessons out of the event log; only on the connection that leads.
-- params: $1 int events at most
-- result: int events read; as many as asked for means that there is more
SELECT fenbo.learn($1::int)
