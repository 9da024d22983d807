-- name: shift_swap
-- Decide about a swap.
-- params: $1 bigint, $2 text agree, decline, withdraw, approve, refuse, $3 text note
-- result: text: its state
SELECT fenbo.shift_swap($1::bigint, $2::text, $3::text)
