-- name: report_state
-- Up to when reports are counted, how many cases are open at the end of a day, and how many late and still open.
-- params: $1 date, $2 text unit or NULL
-- result: jsonb: now, counted_at, waiting, day_s, open_cases, overdue, today, centre, unit_name
SELECT to_jsonb(s) FROM fenbo.report_state($1::date, $2::text) s
