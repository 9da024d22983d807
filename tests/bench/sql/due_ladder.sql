-- psql -v n=10000 -v spread=60 -v serial=1: n cases whose next rung comes `spread` seconds apart at most, beginning 10 s from now: two thirds to dispatch (an alarm
-- for the desk, ten minutes before the end), one third with a unit (an alarm and a message for the unit, at the end of its time to contact the citizen).
WITH n AS (
	SELECT i, i % 3 = 0 AS out, fenbo._case_no(current_date - 50 + :serial::integer, i) AS no, now() + interval '10 s' + make_interval(secs => :spread::double precision * i / :n) AS at
	FROM generate_series(1, :n) i
), q AS (
	INSERT INTO fenbo.queue (no, version, stage, priority, rank_at, desk, unit, received_at, due_at, clock, channel, title, head)
	SELECT no, 1, CASE WHEN out THEN 'dispatched' ELSE 'triage' END::fenbo.stage, 'normal', at - interval '470 minutes', 'centre', CASE WHEN out THEN 'ltjd' END,
		at - interval '470 minutes', CASE WHEN out THEN at ELSE at + interval '10 minutes' END, CASE WHEN out THEN 'contact' ELSE 'dispatch' END, 'bench', '夜间施工噪音扰民（第' || i || '件）', '\x00'
	FROM n
)
INSERT INTO fenbo.clock (no, kind, started_at, limit_s, calendar, due_at, ladder, rung, next_rung_at)
SELECT no, CASE WHEN out THEN 'contact' ELSE 'dispatch' END, CASE WHEN out THEN at - interval '24 hours' ELSE at - interval '470 minutes' END, CASE WHEN out THEN 86400 ELSE 28800 END, 'always',
	CASE WHEN out THEN at ELSE at + interval '10 minutes' END,
	(SELECT o.ladder FROM fenbo.ladder_of o WHERE o.revision = fenbo._revision() AND o.priority = 'normal' AND o.kind = CASE WHEN out THEN 'contact' ELSE 'dispatch' END), 1, at
FROM n;
