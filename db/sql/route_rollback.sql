-- name: route_rollback
-- Make an earlier routing revision the current one again, as a new revision.
-- params: $1 int revision
-- result: revision int
SELECT fenbo.route_rollback($1::int)
