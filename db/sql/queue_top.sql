-- name: queue_top
-- The most pressing open cases of one's own scope: what a screen shows first.
-- params: $1 integer at most
-- result: no, version, stage, priority, rank_at, received_at, due_at, clock, lease_until, flags, chased, returned, redo, repeats, top_p, desk, unit, item, owner, channel, title, place, top_unit, burst
SELECT no, version, stage, priority, rank_at, received_at, due_at, clock, lease_until, flags, chased, returned, redo, repeats, top_p, desk, unit, item, owner, channel, title, place, top_unit, burst
FROM fenbo.queue_list ORDER BY priority, rank_at, no LIMIT $1::integer;
