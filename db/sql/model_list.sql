-- name: model_list
-- Bases, and the checkpoints of the one in force; newest first.
-- params: none
-- result: jsonb, one object a model
SELECT to_jsonb(m) FROM fenbo.model_list() m
