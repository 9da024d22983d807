-- name: shift_swap_ask
-- Ask somebody to take a shift.
-- params: $1 text account (NULL = oneself), $2 date, $3 text shift, $4 text other, $5 date and $6 text shift taken for it or NULL, $7 text reason
-- result: bigint
SELECT fenbo.shift_swap_ask($1::text, $2::date, $3::text, $4::text, $5::date, $6::text, $7::text)
