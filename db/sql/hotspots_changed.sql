-- name: hotspots_changed
-- Cases that the log tells of after (tx, id), as they are now; one may come several times. `counts`: false = it was no appeal.
-- params: $1 tx text, $2 id bigint, $3 most integer
-- result: no bigint, at_s bigint (local seconds), phone (digits), item, place, counts boolean, tx, id
SELECT no, at_s, phone, item, place, counts, tx, id FROM fenbo.hotspots_changed($1, $2, $3)
