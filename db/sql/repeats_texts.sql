-- name: repeats_texts
-- Cases that another fenbod took in, for the index of repeats.
-- params: $1 bigint[] numbers
-- result: no bigint, received_at timestamptz, text, title, place, item, open boolean, merged boolean, phone
SELECT no, received_at, text, title, place, item, open, merged, phone FROM fenbo.repeats_texts($1::bigint[])
