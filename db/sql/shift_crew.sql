-- name: shift_crew
-- Put somebody into a crew.
-- params: $1 text account, $2 integer crew, NULL = none
-- result: void
SELECT fenbo.shift_crew($1::text, $2::integer)
