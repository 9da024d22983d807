-- name: report_ranking
-- Units by their score over some days.
-- params: $1 date first day, $2 date last day
-- result: jsonb, one object a unit, best first
SELECT to_jsonb(r) FROM fenbo.report_ranking($1::date, $2::date) r
