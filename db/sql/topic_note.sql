-- name: topic_note
-- A note on how a topic goes.
-- params: $1 bigint topic, $2 text
-- result: note int
SELECT fenbo.topic_note($1::bigint, $2::text)
