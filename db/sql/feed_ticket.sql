-- name: feed_ticket
-- A ticket for the event stream, good for one minute.
-- params: none
-- result: ticket text
SELECT fenbo.feed_ticket()
