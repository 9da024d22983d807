-- name: model_part
-- One part of a model; no row when it is gone.
-- params: $1 int model, $2 int part, from 0
-- result: bytea in hex, \x first
SELECT p FROM fenbo.model_part($1::int, $2::int) p
