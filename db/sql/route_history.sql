-- name: route_history
-- Routing revisions, as SQL gives them.
-- params: none
-- result: one jsonb object a row
SELECT to_jsonb(h) FROM fenbo.route_history() h
