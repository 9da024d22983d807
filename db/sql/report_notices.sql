-- name: report_notices
-- Notices to citizens: how many were due on some days and how many have gone out.
-- params: $1 date first day, $2 date last day
-- result: jsonb, one object a kind
SELECT to_jsonb(n) FROM fenbo.report_notices($1::date, $2::date) n
