-- name: accuracy
-- How right the machine was.
-- params: $1 timestamptz from, $2 timestamptz until (each may be NULL), $3 text by: unit, item, shift, model, day, channel, all
-- result: jsonb, one object a key
SELECT to_jsonb(a) FROM fenbo.accuracy($1::timestamptz, $2::timestamptz, $3::text) a
