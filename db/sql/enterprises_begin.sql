-- name: enterprises_begin
-- Begin a list of enterprises.
-- params: $1 text note
-- result: list int
SELECT fenbo.enterprises_begin($1::text)
