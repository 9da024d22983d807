-- name: handover_open
-- What no shift has acknowledged in time.
-- params: none
-- result: jsonb, one object an item
SELECT to_jsonb(o) FROM fenbo.handover_open() o
