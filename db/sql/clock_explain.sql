-- name: clock_explain
-- How the due times of a case came about, line by line.
-- params: $1 bigint number
-- result: kind text, what text, at timestamptz, until timestamptz, seconds bigint, who text, action text, source text, name text, days int, revision int, reason text
SELECT kind, what, at, until, seconds, who, action, source, name, days, revision, reason
FROM fenbo.clock_explain($1::bigint)
