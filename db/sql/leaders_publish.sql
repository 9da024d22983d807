-- name: leaders_publish
-- Publish a leaders' list as it stands.
-- params: $1 date, $2 int version
-- result: edition int
SELECT fenbo.leaders_publish($1::date, $2::integer)
