-- name: lessons
-- Steps of the lesson log, in their order.
-- params: $1 bigint after this one, $2 int at most
-- result: seq bigint, kind, of_seq bigint, forgotten bigint, no bigint, version int, unit, unit_name, item, item_name, weight real, title, place, channel, type, text, rank int, at
SELECT seq, kind, of_seq, forgotten, no, version, unit, unit_name, item, item_name, weight, title, place, channel, type, text, rank, at
FROM fenbo.lessons($1::bigint, $2::int)
