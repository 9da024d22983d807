-- name: report_each
-- Several reports at once, for a page that shows many.
-- params: $1 jsonb [{as, from, to, by}], $2 text unit or NULL
-- result: as, jsonb as report has it
SELECT asked_as, to_jsonb(line) FROM fenbo.report_each($1::jsonb, $2::text)
