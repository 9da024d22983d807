-- name: handover_list
-- Handovers, the newest first.
-- params: $1 integer how many
-- result: jsonb, one object each
SELECT to_jsonb(l) FROM fenbo.handover_list($1::integer) l
