-- name: breach
-- Clocks whose time is up are marked.
-- params: none
-- result: int
SELECT fenbo.breach()
