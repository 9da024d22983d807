-- name: attendance_sum
-- The same counted for each person.
-- params: $1 date, $2 date
-- result: jsonb, one object a person
SELECT to_jsonb(s) FROM fenbo.attendance_sum($1::date, $2::date) s
