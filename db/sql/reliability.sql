-- name: reliability
-- Said and true, in ten bins of the probability said.
-- params: $1 timestamptz from (NULL = seven days before), $2 timestamptz until (NULL = now)
-- result: jsonb, one object a bin
SELECT to_jsonb(b) FROM fenbo.reliability(coalesce($1::timestamptz, coalesce($2::timestamptz, now()) - interval '7 days'), $2::timestamptz) b
