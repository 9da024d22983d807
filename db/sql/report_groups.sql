-- name: report_groups
-- Groups of one incident that cases of some days belong to, largest first.
-- params: $1 date first day, $2 date last day, $3 int at most
-- result: jsonb, one object a group
SELECT to_jsonb(g) FROM fenbo.report_groups($1::date, $2::date, $3::int) g
