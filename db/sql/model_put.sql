-- name: model_put
-- Begin to write a model.
-- params: $1 text kind, $2 int base (NULL for a base), $3 bigint seq, $4 text sha256, $5 bigint bytes, $6 jsonb figures, $7 text note
-- result: int its number
SELECT fenbo.model_put($1::text, $2::int, $3::bigint, $4::text, $5::bigint, $6::jsonb, $7::text)
