-- name: handover_undo
-- Take back one's last change of a handover.
-- params: $1 bigint
-- result: integer: the new version
SELECT fenbo.handover_undo($1::bigint)
