-- name: burst_list
-- Groups of one incident that have an open case in one's scope, the most people first.
-- params: none
-- result: jsonb
SELECT fenbo.burst_list()
