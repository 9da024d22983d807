-- name: outbox_done
-- What became of one try of a message.
-- params: $1 bigint message, $2 int try, $3 fate (answered, unsent, busy, unknown, refused, unaddressed), $4 int HTTP status or NULL,
--   $5 what was said, $6 int seconds to wait, $7 boolean the receiver is not idempotent
-- result: state
SELECT fenbo.outbox_done($1::bigint, $2::int, $3, $4::int, $5, $6::int, $7::boolean)
