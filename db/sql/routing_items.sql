-- name: routing_items
-- The duty items of the current revision.
-- params: none
-- result: one jsonb object a row
SELECT to_jsonb(i) FROM fenbo.routing_items() i
