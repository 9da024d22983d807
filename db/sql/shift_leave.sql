-- name: shift_leave
-- Decide about leave.
-- params: $1 bigint, $2 text withdraw, approve, refuse, $3 text note
-- result: text: its state
SELECT fenbo.shift_leave($1::bigint, $2::text, $3::text)
