-- name: feed_lag
-- How far the log's readers are held back.
-- params: none
-- result: held_s real, waiting bigint
SELECT held_s, waiting FROM fenbo.feed_lag()
