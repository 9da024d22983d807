-- name: report_found
-- The cases that a count of fenbo.report is made of, newest first, as lists of cases show them; at most 5,001.
-- params: $1 text figure, $2 text by, $3 text key, $4 date first day, $5 date last day, $6 text unit or NULL
-- result: jsonb id, received_at, stage, title, unit, place, outcome
SELECT jsonb_build_object('id', lpad(no::text, 13, '0'), 'received_at', received_at, 'stage', stage, 'title', title, 'unit', unit, 'place', place, 'outcome', outcome)
FROM fenbo.report_cases($1::text, $2::text, $3::text, $4::date, $5::date, $6::text, 5001)
