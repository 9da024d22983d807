-- name: model_use
-- Put a base in force.
-- params: $1 int model
-- result: int the one that was
SELECT fenbo.model_use($1::int)
