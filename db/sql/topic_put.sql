-- name: topic_put
-- Open a topic (number and version NULL) or change one.
-- params: $1 bigint topic, $2 int version, $3 jsonb fields
-- result: answer jsonb
SELECT fenbo.topic_put($1::bigint, $2::integer, $3::jsonb)
