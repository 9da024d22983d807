-- name: report_check
-- Where facts and sums differ from the raw events; no row when all agrees.
-- params: $1 date first day, $2 date last day (each may be NULL)
-- result: jsonb, one object a difference
SELECT to_jsonb(c) FROM fenbo.report_check($1::date, $2::date) c
