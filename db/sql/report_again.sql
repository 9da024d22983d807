-- name: report_again
-- Count the next cases again from all of their events.
-- params: $1 bigint after this case, $2 int at most
-- result: bigint last case done, NULL when there are no more
SELECT fenbo.report_again($1::bigint, $2::int)
