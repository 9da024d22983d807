-- name: hotspots_put
-- What is hot now, and the heat tables. Leader only.
-- params: $1 made jsonb
-- result: began integer
SELECT fenbo.hotspots_put($1)
