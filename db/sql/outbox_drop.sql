-- name: outbox_drop
-- A message is not to be sent any more.
-- params: $1 bigint message, $2 why
-- result: none
SELECT fenbo.outbox_drop($1::bigint, $2)
