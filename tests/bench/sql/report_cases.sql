-- What the reports part is measured on: psql -v day=2026-11-02 -v n=10000 -v log=1. n closed cases received on that day, drawn from one plain
-- distribution (seeded by the day, so every run makes the same): hours of a city, channels and streets of unequal size, a tenth of the items most of
-- the cases, a few late, sent back, done over, rated. log=1: appeals, and their seven events each in the
-- table bench_log, from which report_log.sql writes them into the event log day by day, as they came; log=0: the facts
-- themselves and their sums, as fenbo.roll would have left them.
SELECT setseed(((extract(epoch FROM :'day'::timestamp)::bigint / 86400) % 1000) / 1000.0) \g /dev/null
SELECT fenbo._make_month(:'day'::date), fenbo._make_event_month(:'day'::date), fenbo._make_event_month((:'day'::date + interval '1 month')::date) \g /dev/null
CREATE TEMP TABLE part AS SELECT (SELECT array_agg(u.code ORDER BY u.code) FROM fenbo.unit u WHERE NOT u.desk AND u.active) AS units,
	(SELECT array_agg(c.code ORDER BY c.code) FROM fenbo.channel c) AS channels,
	(SELECT array_agg(p.code ORDER BY p.code) FROM fenbo.place p WHERE p.level = 'street') AS streets,
	(SELECT array_agg(i.code ORDER BY i.code) FROM fenbo.duty_item i WHERE i.revision = fenbo._revision()) AS items;
CREATE TEMP TABLE made AS
SELECT x.i, fenbo._case_no(:'day'::date, 100000 + x.i) AS no, x.received_at, x.received_at + x.dispatch_s * interval '1 s' AS dispatched_at,
	x.received_at + (x.dispatch_s + 3600 * (0.2 + x.r[1] * 4)) * interval '1 s' AS accepted_at, x.received_at + (x.dispatch_s + 3600 * (1 + x.r[2] ^ 8 * 60)) * interval '1 s' AS contacted_at,
	x.received_at + (x.dispatch_s + 86400 * (0.3 + 4 * x.r[3] ^ 2 + CASE WHEN x.r[4] < 0.04 THEN 12 ELSE 0 END)) * interval '1 s' AS resolved_at,
	p.channels[1 + floor(cardinality(p.channels) * x.r[5] ^ 2.2)] AS channel, (ARRAY['complaint', 'complaint', 'complaint', 'help', 'help', 'consultation', 'suggestion'])[1 + floor(x.r[6] * 7)] AS type,
	p.streets[1 + floor(cardinality(p.streets) * x.r[7] ^ 1.6)] AS street, p.units[1 + floor(cardinality(p.units) * x.r[8] ^ 1.8)] AS unit, p.items[1 + floor(cardinality(p.items) * x.r[9] ^ 3)] AS item,
	CASE WHEN x.r[10] < 0.05 THEN 'urgent' WHEN x.r[10] < 0.2 THEN 'fast' ELSE 'normal' END AS priority, x.r[11] < 0.03 AS back, x.r[12] < 0.02 AS redo, x.r[13] < 0.7 AS rated,
	x.r[14] < 0.85 AS right1, x.r[15] < 0.06 AS chased, greatest(1, 5 - floor(x.r[16] ^ 4 * 5))::integer AS s1, greatest(1, 5 - floor(x.r[17] ^ 5 * 5))::integer AS s2
FROM part p, (SELECT i, (SELECT array_agg(random()) FROM generate_series(1, 17) WHERE i = i) AS r, (:'day'::date + make_interval(hours =>
		(ARRAY[0, 1, 6, 7, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 14, 15, 15, 15, 16, 16, 17, 17, 18, 19, 20, 20, 21, 22, 23])[1 + floor(random() * 35)],
		secs => floor(random() * 3600))) AT TIME ZONE fenbo._zone() AS received_at, round(60 + 14000 * random() ^ 3 + CASE WHEN random() < 0.006 THEN 30000 ELSE 0 END) AS dispatch_s
	FROM generate_series(1, :n) i) x;
\if :log
INSERT INTO fenbo.appeal (no, received_at, created_at, channel, external_id, title, text, type, place, stage, outcome, version, closed_at, head, state)
SELECT no, received_at, received_at, channel, 'r-' || no, '路灯坏了没人修（第' || i || '件）', '路灯坏了，晚上很黑。', type, street, 'closed', 'solved', 7, resolved_at + interval '2 days', '\x00',
	jsonb_build_object('row', jsonb_build_object('no', no, 'stage', 'resolved')) FROM made;
CREATE UNLOGGED TABLE IF NOT EXISTS bench_log (no bigint, version integer, at timestamptz, action text, actor text, before jsonb, after jsonb, args jsonb);
INSERT INTO bench_log
SELECT m.no, e.v, e.at, e.action, e.actor, CASE WHEN e.clocks IS NOT NULL THEN jsonb_build_object('row', '{}'::jsonb, 'clocks', e.clocks)
		WHEN e.v > 1 THEN '{"row": {}}' END,
	jsonb_build_object('id', lpad(m.no::text, 13, '0'), 'version', e.v, 'stage', e.stage, 'priority', m.priority, 'desk', 'centre', 'unit', CASE WHEN e.v > 1 THEN m.unit END, 'owner', NULL,
		'lease_until', NULL, 'due_at', m.received_at + interval '8 hours', 'clock', 'dispatch', 'top', jsonb_build_array(m.unit, 0.9), 'repeats', 0, 'flags', '[]'::jsonb,
		'rank_at', m.received_at, 'received_at', m.received_at, 'channel', m.channel, 'item', CASE WHEN e.v > 1 THEN m.item END, 'assist', '[]'::jsonb, 'chased', m.chased::integer,
		'returned', (m.back AND e.v > 1)::integer, 'redo', (m.redo AND e.v > 5)::integer, 'burst', NULL), e.args
FROM made m CROSS JOIN LATERAL (VALUES
	(1, 'create', 'key:bench', m.received_at, 'triage', NULL::jsonb, '{}'::jsonb),
	(2, 'confirm', 'bench', m.dispatched_at, 'dispatched', jsonb_build_array(jsonb_build_object('kind', 'dispatch', 'due_at', m.received_at + interval '8 hours')),
		jsonb_build_object('unit', m.unit, 'item', m.item, 'machine', jsonb_build_object('unit', CASE WHEN m.right1 THEN m.unit ELSE 'none' END, 'p', 0.9))),
	(3, 'accept', 'bench_unit', m.accepted_at, 'handling', NULL, '{}'),
	(4, 'contact', 'bench_unit', least(m.contacted_at, m.resolved_at - interval '1 min'), 'handling',
		jsonb_build_array(jsonb_build_object('kind', 'contact', 'due_at', m.dispatched_at + interval '24 hours')), '{"outcome": "reached"}'),
	(5, 'resolve', 'bench_unit', m.resolved_at, 'resolved', jsonb_build_array(jsonb_build_object('kind', 'handle', 'started_at', m.dispatched_at,
		'due_at', m.dispatched_at + interval '9 days', 'paused_s', 0, 'extended_s', 0)), '{}'),
	(6, CASE WHEN m.rated THEN 'rate' ELSE 'note' END, 'key:bench', m.resolved_at + interval '1 day', 'resolved', NULL,
		CASE WHEN m.rated THEN jsonb_build_object('rating', jsonb_build_object('speed', m.s1, 'effect', m.s2, 'service', m.s2, 'feedback', m.s1)) ELSE '{}' END),
	(7, 'close', 'system', m.resolved_at + interval '2 days', 'closed', NULL, jsonb_build_object('outcome', CASE WHEN m.rated THEN 'solved' ELSE 'unrated' END))
	) e(v, action, actor, at, stage, clocks, args);
\else
CREATE TEMP TABLE fact AS SELECT * FROM fenbo.fact WHERE false;
INSERT INTO fact SELECT m.no, m.received_at, :'day'::date, to_char(m.received_at AT TIME ZONE fenbo._zone(), 'HH24'), ((to_char(m.received_at AT TIME ZONE fenbo._zone(), 'HH24')::integer / 4 + 4) % 6 + 1)::text,
	m.channel, m.type, m.street, m.priority, m.item, m.unit, 'closed', CASE WHEN m.rated THEN 'solved' ELSE 'unrated' END, false, false, false, NULL, NULL, m.received_at + interval '8 hours',
	m.dispatched_at, (m.dispatched_at AT TIME ZONE fenbo._zone())::date, '1', 'bench', m.dispatched_at > m.received_at + interval '8 hours', m.right1::integer, m.accepted_at,
	m.dispatched_at + interval '1 day', m.contacted_at, m.contacted_at <= m.dispatched_at + interval '1 day', m.dispatched_at + interval '9 days', m.resolved_at,
	(m.resolved_at AT TIME ZONE fenbo._zone())::date, m.resolved_at, 1, m.resolved_at > m.dispatched_at + interval '9 days',
	(extract(epoch FROM m.resolved_at - m.dispatched_at) * 5 / 7 * 7 / 24)::bigint, false, false, m.back::integer, CASE WHEN m.back THEN m.unit ELSE '' END, m.redo::integer, m.chased::integer,
	CASE WHEN m.rated THEN m.s1 END, CASE WHEN m.rated THEN m.s2 END, CASE WHEN m.rated THEN m.s2 END, CASE WHEN m.rated THEN m.s1 END, CASE WHEN m.rated THEN 'rate' END,
	m.resolved_at + interval '2 days', ((m.resolved_at + interval '2 days') AT TIME ZONE fenbo._zone())::date FROM made m;
INSERT INTO fenbo.fact SELECT * FROM fact;
SELECT fenbo._roll_in(ARRAY(SELECT f::fenbo.fact FROM (SELECT * FROM fact) f), '{}') \g /dev/null
DROP TABLE fact;
\endif
DROP TABLE made, part;
