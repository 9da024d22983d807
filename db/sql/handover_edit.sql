-- name: handover_edit
-- Edit the draft of a handover.
-- params: $1 bigint, $2 integer version or NULL, $3 text add, remark, drop, keep, $4 integer item or NULL, $5 text, $6 bigint case or NULL
-- result: integer: the new version
SELECT fenbo.handover_edit($1::bigint, $2::integer, $3::text, $4::integer, $5::text, $6::bigint)
