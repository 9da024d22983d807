-- name: handover_open
-- What no shift has acknowledged in time.
-- params: none
-- result: jsonb, one object an item
SELECT to_jsonb(o) - 'no' || jsonb_build_object('id', lpad(o.no::text, 13, '0')) FROM fenbo.handover_open() o
