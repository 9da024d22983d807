-- name: routing_policy_text
-- The current policy alone.
-- params: none
-- result: policy jsonb
SELECT policy FROM fenbo.routing_policy()
