-- name: shift_tick
-- The leader: turns ahead, turns that are over, handovers that are due.
-- params: none
-- result: integer how much was done
SELECT fenbo.shift_tick()
