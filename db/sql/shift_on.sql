-- name: shift_on
-- Who is on: since when, how much each holds and has decided, how long idle.
-- params: $1 timestamptz, NULL = now
-- result: jsonb, one object a person
SELECT to_jsonb(o) FROM fenbo.shift_on($1::timestamptz) o
