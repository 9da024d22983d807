-- name: feed_cursor
-- Where the event log stands, for this snapshot.
-- params: none
-- result: cursor
SELECT fenbo.feed_cursor();
