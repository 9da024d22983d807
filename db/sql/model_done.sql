-- name: model_done
-- The model is whole: it is checked, and can be read from now on.
-- params: $1 int model
-- result: none
SELECT fenbo.model_done($1::int)
