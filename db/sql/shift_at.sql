-- name: shift_at
-- The turn at an instant.
-- params: $1 timestamptz, NULL = now
-- result: jsonb; no row without shifts
SELECT to_jsonb(a) FROM fenbo.shift_at($1::timestamptz) a
