-- name: enterprises_page
-- A page of a list of enterprises, in the order of the names.
-- params: $1 int list, $2 text behind this name, $3 int at most
-- result: name text, tags text separated by |
SELECT name, tags FROM fenbo.enterprises_page($1::int, $2::text, $3::int)
