-- name: enterprises_done
-- The list is whole: it takes the place of the one in force.
-- params: $1 int list, $2 int names that were sent
-- result: list int
SELECT fenbo.enterprises_done($1::int, $2::int)
