-- name: shift_leave_ask
-- Ask for leave, or enter somebody's.
-- params: $1 text account (NULL = oneself), $2 timestamptz, $3 timestamptz, $4 text leave, sick, training, duty, $5 text reason
-- result: bigint
SELECT fenbo.shift_leave_ask($1::text, $2::timestamptz, $3::timestamptz, $4::text, $5::text)
