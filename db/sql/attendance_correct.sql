-- name: attendance_correct
-- Set attendance right.
-- params: $1 date, $2 text shift, $3 text account, $4 text present, late, early, absent, leave, or NULL = as derived, $5 text note
-- result: void
SELECT fenbo.attendance_correct($1::date, $2::text, $3::text, $4::text, $5::text)
