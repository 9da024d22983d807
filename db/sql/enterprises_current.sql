-- name: enterprises_current
-- The list of enterprises in force.
-- params: none
-- result: list int (0 = none), names int
SELECT number, names FROM fenbo.enterprises_current()
