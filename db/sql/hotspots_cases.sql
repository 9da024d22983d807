-- name: hotspots_cases
-- Cases for the index of hot spots, in the order of their numbers.
-- params: $1 after bigint, $2 most integer
-- result: no bigint, at_s bigint (local seconds), phone (digits), item, place
SELECT no, at_s, phone, item, place FROM fenbo.hotspots_cases($1, $2)
