-- name: accuracy
-- How right the machine was.
-- params: $1 timestamptz from (NULL = seven days before), $2 timestamptz until (NULL = now), $3 text by: unit, item, shift, model, day, channel, all
-- result: jsonb, one object a key
SELECT to_jsonb(a) FROM fenbo.accuracy(coalesce($1::timestamptz, coalesce($2::timestamptz, now()) - interval '7 days'), $2::timestamptz, $3::text) a
