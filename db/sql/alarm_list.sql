-- name: alarm_list
-- The caller's alarms as fenboctl shows them.
-- params: none
-- result: JSON objects {id, no, kind, level, code, args, at, count, acknowledged_by, acknowledged_at, title, stage, priority, due_at …}
SELECT to_jsonb(a) || jsonb_build_object('no', CASE WHEN a.no = 0 THEN NULL ELSE lpad(a.no::text, 13, '0') END) FROM fenbo.alarms() a
