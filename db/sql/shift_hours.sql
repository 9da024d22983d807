-- name: shift_hours
-- The hours of each shift, in minutes of the centre's day, as the routing policy in force has them.
-- params: none
-- result: code text, name text, start int, end int
SELECT s ->> 'code', s ->> 'name', (s ->> 'start')::integer, (s ->> 'end')::integer
FROM fenbo.routing_policy() p, jsonb_array_elements(p.policy -> 'shifts') s
