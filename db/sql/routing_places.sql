-- name: routing_places
-- The gazetteer of the current revision.
-- params: none
-- result: one jsonb object a row
SELECT to_jsonb(p) FROM fenbo.routing_places() p
