-- name: shift_roster
-- The turns that begin on these days, with or without their people.
-- params: $1 date, $2 date, $3 boolean
-- result: jsonb, one object a turn
SELECT r FROM fenbo.shift_roster($1::date, $2::date, $3::boolean) r
