-- name: bulletins
-- Bulletins, newest first.
-- params: $1 int most
-- result: bulletin jsonb
SELECT j FROM fenbo.bulletins($1::integer) j
