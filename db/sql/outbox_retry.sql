-- name: outbox_retry
-- Send a message again.
-- params: $1 bigint message
-- result: none
SELECT fenbo.outbox_retry($1::bigint)
