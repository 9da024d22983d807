-- name: attendance_list
-- Who came, late, left early, or did not come.
-- params: $1 date, $2 date, $3 text account or NULL
-- result: jsonb, one object a person and turn
SELECT to_jsonb(l) FROM fenbo.attendance_list($1::date, $2::date, $3::text) l
