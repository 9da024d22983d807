-- name: topic_cases
-- Put cases into a topic, or take them out.
-- params: $1 bigint topic, $2 bigint[] numbers, $3 boolean out
-- result: changed int
SELECT fenbo.topic_cases($1::bigint, $2::bigint[], $3::boolean)
