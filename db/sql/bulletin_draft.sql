-- name: bulletin_draft
-- Draft the bulletin of a period, its last day included.
-- params: $1 date, $2 date
-- result: bulletin bigint
SELECT fenbo.bulletin_draft($1::date, $2::date)
