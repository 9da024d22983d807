-- Open cases with units whose limits end in the next thirty days, set-based, by the superuser: psql -v n=1000000. Only what the ladder reads: queue and clock.
INSERT INTO fenbo.queue (no, version, stage, priority, rank_at, desk, unit, received_at, due_at, clock, channel, title, head)
SELECT fenbo._case_no(current_date - 40 + (i / 600000)::integer, i % 600000 + 1), 1, 'handling', 'normal', now() - interval '1 day', 'centre', 'ltjd', now() - interval '1 day',
	now() + interval '1 hour' + make_interval(secs => i % 2592000), 'handle', 'bench', '路灯坏了半个月没人修（第' || i || '件）', '\x00'
FROM generate_series(1, :n) i;
INSERT INTO fenbo.clock (no, kind, started_at, limit_s, calendar, due_at, ladder, next_rung_at)
SELECT q.no, 'handle', now() - interval '1 day', 25200, 'always', q.due_at, (SELECT o.ladder FROM fenbo.ladder_of o WHERE o.revision = fenbo._revision() AND o.kind = 'handle' AND o.priority = 'normal'), q.due_at
FROM fenbo.queue q;
