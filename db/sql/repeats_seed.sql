-- name: repeats_seed
-- Recent and open cases for the index of repeats, newest first.
-- params: $1 bigint below this number, or NULL; $2 int at most
-- result: no bigint, received_at timestamptz, text, title, place, item, open boolean, merged boolean, phone
SELECT no, received_at, text, title, place, item, open, merged, phone FROM fenbo.repeats_seed($1::bigint, $2::int)
