-- name: boundaries_put
-- New boundaries in place of all that stand.
-- params: $1 jsonb [{code, rings}]
-- result: change bigint
SELECT fenbo.boundaries_put($1::jsonb)
