-- name: instructions
-- Instructions that stand; with those that ended in the last thirty days if asked.
-- params: $1 boolean ended
-- result: instruction jsonb
SELECT j FROM fenbo.instructions($1::boolean) j
