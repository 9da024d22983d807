-- name: routing_policy
-- The current policy.
-- params: none
-- result: revision int, policy jsonb
SELECT revision, policy FROM fenbo.routing_policy()
