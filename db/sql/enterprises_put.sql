-- name: enterprises_put
-- A page of a list of enterprises that is under way.
-- params: $1 int list, $2 text lines: name, tab, tags separated by |
-- result: names int, in the list by now
SELECT fenbo.enterprises_put($1::int, $2::text)
