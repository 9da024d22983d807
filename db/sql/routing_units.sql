-- name: routing_units
-- The units of the current revision.
-- params: none
-- result: one jsonb object a row
SELECT to_jsonb(u) FROM fenbo.routing_units() u
