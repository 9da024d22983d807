-- name: reasons
-- The one-key reasons of an action.
-- params: $1 text action
-- result: code, name
SELECT code, name FROM fenbo.reasons($1::text);
