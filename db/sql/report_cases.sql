-- name: report_cases
-- The cases that a count of fenbo.report is made of, newest first.
-- params: $1 text figure, $2 text by, $3 text key, $4 date first day, $5 date last day, $6 text unit or NULL, $7 int at most (NULL = all)
-- result: no, at, title, unit, item, area, stage, outcome, received_at, handle_s
SELECT no, at, title, unit, item, area, stage, outcome, received_at, handle_s
FROM fenbo.report_cases($1::text, $2::text, $3::text, $4::date, $5::date, $6::text, $7::int)
