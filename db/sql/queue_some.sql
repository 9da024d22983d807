-- name: queue_some
-- These cases, as far as they are open.
-- params: $1 bigint[] case numbers
-- result: no, version, stage, priority, rank_at, received_at, due_at, clock, lease_until, flags, chased, returned, redo, repeats, top_p, desk, unit, item, owner, channel, title, place, top_unit, burst
SELECT no, version, stage, priority, rank_at, received_at, due_at, clock, lease_until, flags, chased, returned, redo, repeats, top_p, desk, unit, item, owner, channel, title, place, top_unit, burst
FROM fenbo.queue_list WHERE no = ANY ($1::bigint[]);
