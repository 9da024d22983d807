-- name: topics
-- Topics that the caller may see, those at work first.
-- params: none
-- result: topic jsonb
SELECT j FROM fenbo.topics() j
