-- name: outbox_show
-- One message whole.
-- params: $1 bigint message
-- result: JSON
SELECT fenbo.outbox_show($1::bigint)
