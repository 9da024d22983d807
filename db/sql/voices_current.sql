-- name: voices_current
-- How much each source of the recommender counts, for the base in force; no row before the first lesson.
-- params: none
-- result: base int, seq bigint, bytea in hex, \x first
SELECT base, seq, bytes FROM fenbo.voices_current()
