-- name: hotspot_settle
-- A supervisor says what a hot spot was.
-- params: $1 id bigint, $2 verdict (real, known, nothing), $3 remark
-- result: none
SELECT fenbo.hotspot_settle($1, $2, $3)
