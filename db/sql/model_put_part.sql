-- name: model_put_part
-- One part of a model that is being written: 1 MiB, or what is left.
-- params: $1 int model, $2 int part, from 0, $3 bytea
-- result: none
SELECT fenbo.model_put_part($1::int, $2::int, $3::bytea)
