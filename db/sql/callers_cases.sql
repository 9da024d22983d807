-- name: callers_cases
-- The other cases of the same caller, newest first.
-- params: $1 bigint case number
-- result: no bigint, stage text, outcome text, received_at timestamptz, title text, place text, unit text
SELECT no, stage, outcome, received_at, title, place, unit
FROM fenbo.callers_cases($1::bigint)
