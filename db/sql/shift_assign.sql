-- name: shift_assign
-- Give one case to one person.
-- params: $1 bigint case, $2 integer version, $3 text account
-- result: integer: the new version
SELECT fenbo.shift_assign($1::bigint, $2::integer, $3::text)
