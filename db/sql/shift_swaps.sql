-- name: shift_swaps
-- Swaps to be decided, or all of late.
-- params: $1 boolean all
-- result: jsonb, one object a swap
SELECT to_jsonb(s) FROM fenbo.shift_swaps($1::boolean) s
