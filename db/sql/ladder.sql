-- name: ladder
-- Fires the rungs that are due. The last row (clock NULL) says how many clocks were looked at, and when there is next something to do.
-- params: $1 int at most
-- result: clock, what, fired int, passed int, late_s float, late_max_s float, next_s float
SELECT clock, what, fired, passed, late_s, late_max_s, next_s FROM fenbo.ladder($1::int)
