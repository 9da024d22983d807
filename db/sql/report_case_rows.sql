-- name: report_case_rows
-- The same, one object a case.
-- params: $1 to $7 as report_cases has them
-- result: jsonb
SELECT to_jsonb(c) FROM fenbo.report_cases($1::text, $2::text, $3::text, $4::date, $5::date, $6::text, $7::int) c
