-- name: repeats_seed
-- Open and recent cases for the index of repeats, in the order of their numbers.
-- params: $1 bigint after this number; $2 bigint edge, from which on all are wanted; $3 int at most
-- result: no bigint, received_at timestamptz, text, title, place, item, open boolean, merged boolean, phone
SELECT no, received_at, text, title, place, item, open, merged, phone FROM fenbo.repeats_seed($1::bigint, $2::bigint, $3::int)
