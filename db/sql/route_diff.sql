-- name: route_diff
-- What two routing revisions differ in.
-- params: $1 int from, $2 int to
-- result: one jsonb object a row
SELECT to_jsonb(d) FROM fenbo.route_diff($1::int, $2::int) d
