-- name: key_list
-- Every API key, without the keys.
-- params: none
-- result: one jsonb object a row
SELECT to_jsonb(k) FROM fenbo.key_list() k
