-- name: feed_recent
-- A cursor so many events back.
-- params: $1 int events
-- result: cursor
SELECT fenbo.feed_recent($1::int)
