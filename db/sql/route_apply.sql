-- name: route_apply
-- Load a routing revision.
-- params: $1 jsonb document, $2 jsonb files it came from, $3 text note, $4 int the revision it was made against, or NULL
-- result: revision int
SELECT fenbo.route_apply($1::jsonb, $2::jsonb, $3::text, $4::int)
