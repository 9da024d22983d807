-- A day's events as intake and dispatchers would have left them, set-based, by the superuser: psql -v n=100000. Every other case has gone to a unit.
INSERT INTO fenbo.event (id, no, version, at, action, actor, before, after, args, prev, hash)
SELECT nextval('fenbo.event_id'), 0 + i / 2 + 1, 1 + i % 2, now() - make_interval(secs => 86400.0 * (:n - i) / :n), CASE i % 2 WHEN 0 THEN 'create' ELSE 'confirm' END, 'bench',
	CASE i % 2 WHEN 1 THEN '{"row": {"stage": "triage", "unit": null, "clock": "dispatch", "due_at": null}}'::jsonb END,
	jsonb_build_object('id', lpad(i::text, 13, '0'), 'version', 1 + i % 2, 'stage', CASE i % 2 WHEN 0 THEN 'triage' ELSE 'dispatched' END,
		'priority', CASE WHEN i % 50 = 0 THEN 'urgent' WHEN i % 50 < 10 THEN 'fast' ELSE 'normal' END, 'desk', 'centre',
		'unit', CASE i % 2 WHEN 1 THEN 'u' || i % 136 END, 'clock', CASE i % 2 WHEN 0 THEN 'dispatch' ELSE 'contact' END, 'owner', NULL,
		'lease_until', NULL, 'due_at', now(), 'top', '["u1", 0.9]'::jsonb, 'repeats', 0, 'flags', '[]'::jsonb, 'rank_at', now(), 'received_at', now(),
		'channel', 'bench', 'item', 'x', 'assist', '{}'::text[], 'chased', 0, 'returned', 0, 'redo', 0, 'burst', NULL), '{}', '\x00', '\x00'
FROM generate_series(0, :n - 1) i;
ANALYZE fenbo.event;
