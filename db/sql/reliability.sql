-- name: reliability
-- Said and true, in ten bins of the probability said.
-- params: $1 timestamptz from, $2 timestamptz until (each may be NULL)
-- result: jsonb, one object a bin
SELECT to_jsonb(b) FROM fenbo.reliability($1::timestamptz, $2::timestamptz) b
