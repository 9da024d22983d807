-- name: user_list
-- Every account.
-- params: none
-- result: one jsonb object a row
SELECT to_jsonb(u) FROM fenbo.user_list() u
