-- name: queue_all
-- Every open case of one's own scope, in no order.
-- params: none
-- result: no, version, stage, priority, rank_at, received_at, due_at, clock, lease_until, flags, chased, returned, redo, repeats, top_p, desk, unit, item, owner, channel, title, place, top_unit, burst
SELECT no, version, stage, priority, rank_at, received_at, due_at, clock, lease_until, flags, chased, returned, redo, repeats, top_p, desk, unit, item, owner, channel, title, place, top_unit, burst
FROM fenbo.queue_list;
