-- name: bulletin_publish
-- Publish a bulletin: the units in it are told.
-- params: $1 bigint bulletin, $2 int version
-- result: units int
SELECT fenbo.bulletin_publish($1::bigint, $2::integer)
