-- name: callers_cases
-- The other cases of the same caller.
-- params: $1 bigint case number
-- result: no, stage, received_at, title, place, unit
SELECT no, stage, received_at, title, place, unit FROM fenbo.callers_cases($1::bigint);
