-- name: topic_show
-- One topic whole, with its figures and cases.
-- params: $1 bigint topic
-- result: topic jsonb
SELECT fenbo.topic_show($1::bigint)
