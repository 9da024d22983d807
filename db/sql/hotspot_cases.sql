-- name: hotspot_cases
-- The cases of one hot spot, newest first.
-- params: $1 id bigint
-- result: case jsonb
SELECT fenbo.hotspot_cases($1)
