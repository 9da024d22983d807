-- name: repeats_edge
-- From which number on every case belongs into the index of repeats.
-- params: $1 int at most so many
-- result: bigint
SELECT fenbo.repeats_edge($1::int)
