-- name: routing_resolved
-- What the lead rules of the current revision resolve to in each area.
-- params: none
-- result: function, level, area, unit
SELECT function, level, area, unit FROM fenbo.routing_resolved()
