-- name: queue
-- Every open case in the caller'\''s scope, most pressing first.
-- params: none
-- result: no bigint, version int, stage, priority, rank_at timestamptz, received_at timestamptz, due_at timestamptz, clock text, lease_until timestamptz, flags int, chased int, returned int, redo int, repeats int, top_p real, desk text, unit text, item text, owner text, channel text, title text, place text, top_unit text
SELECT no, version, stage, priority, rank_at, received_at, due_at, clock, lease_until, flags, chased, returned, redo, repeats, top_p,
       desk, unit, item, owner, channel, title, place, top_unit
FROM fenbo.queue_list
ORDER BY priority, rank_at, no
