-- name: model_current
-- What to begin with: the newest checkpoint of the base in force that holds, else the base itself.
-- params: $1 bool false = the base itself, whatever checkpoints there are
-- result: number int, kind, base int, base_seq bigint, seq bigint, sha256, bytes bigint, parts int, last bigint (newest lesson)
SELECT number, kind, base, base_seq, seq, sha256, bytes, parts, last FROM fenbo.model_current($1::bool)
