-- name: report
-- Counts and sums of some days, one line a key.
-- params: $1 date first day, $2 date last day, $3 text by, $4 text unit or NULL
-- result: jsonb, one object a key: key, name, every count of fenbo.report
SELECT to_jsonb(r) FROM fenbo.report($1::date, $2::date, $3::text, $4::text) r
