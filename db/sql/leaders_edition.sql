-- name: leaders_edition
-- An edition of a leaders' list as it was published.
-- params: $1 date, $2 int edition
-- result: list jsonb
SELECT fenbo.leaders_edition($1::date, $2::integer)
