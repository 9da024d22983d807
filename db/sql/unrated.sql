-- name: unrated
-- Results whose rating window has ended are dealt with.
-- params: $1 int at most
-- result: int
SELECT fenbo.unrated($1::int)
