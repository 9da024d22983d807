-- name: leaders_show
-- The leaders' list of a day, the newest without one.
-- params: $1 date
-- result: list jsonb
SELECT fenbo.leaders_show($1::date)
