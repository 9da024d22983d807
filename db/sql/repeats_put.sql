-- name: repeats_put
-- Keep candidates and links found after the cases were taken in.
-- params: $1 jsonb [{no, repeats, links}]
-- result: int
SELECT fenbo.repeats_put($1::jsonb)
