-- name: handover_send
-- Send a handover.
-- params: $1 bigint, $2 integer version or NULL
-- result: integer: the new version
SELECT fenbo.handover_send($1::bigint, $2::integer)
