-- name: outbox_list
-- Messages, newest first.
-- params: $1 text[] states (NULL = parked and dead), $2 bigint of this case or NULL, $3 to this target or NULL, $4 bigint before this id or NULL, $5 int at most
-- result: JSON objects {id, no, target, target_name, kind, state, tries, at, next_at, settled_at, status, answer, title, key}
SELECT to_jsonb(r) || jsonb_build_object('no', CASE WHEN r.no = 0 THEN NULL ELSE lpad(r.no::text, 13, '0') END)
FROM fenbo.outbox_list($1::text[], $2::bigint, $3, $4::bigint, $5::int) r
