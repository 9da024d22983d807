-- name: hotspots_cases
-- Cases for the index of hot spots, in the order of their numbers. `counts`: false = it was no appeal.
-- params: $1 after bigint, $2 most integer
-- result: no bigint, at_s bigint (local seconds), phone (digits), item, place, counts boolean
SELECT no, at_s, phone, item, place, counts FROM fenbo.hotspots_cases($1, $2)
