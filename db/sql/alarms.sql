-- name: alarms
-- The caller's alarms: those that stand first, danger above all, then the newest.
-- params: none
-- result: id, no, kind, level, code, args jsonb, at timestamptz, count int, acknowledged_by, acknowledged_at timestamptz, title, stage, priority, due_at timestamptz
SELECT id, no, kind, level, code, args, at, count, acknowledged_by, acknowledged_at, title, stage, priority, due_at FROM fenbo.alarms()
