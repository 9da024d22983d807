-- name: handover_ack
-- Acknowledge items of a handover.
-- params: $1 bigint, $2 integer[] items, $3 boolean whole: the list is everything that is open
-- result: jsonb, one object an item
SELECT to_jsonb(a) FROM fenbo.handover_ack($1::bigint, $2::integer[], $3::boolean) a
