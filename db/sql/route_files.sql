-- name: route_files
-- The texts a routing revision came from.
-- params: $1 int revision
-- result: jsonb {file name: text}
SELECT fenbo.route_files($1::int)
