-- One month of closed cases: psql -v month=2024-05-01 -v n=83333. What a case leaves behind when it is closed: its content, its citizen,
-- its key, its events. Numbers are back-dated serials of the month's days.
SELECT fenbo._make_month(:'month'::date), fenbo._make_event_month(:'month'::date);
WITH n AS (
	SELECT i, fenbo._case_no((:'month'::date + (i % 28)::integer), 1 + i / 28) AS no,
		:'month'::timestamptz + make_interval(days => (i % 28)::integer, secs => 28800 + i / 28) AS at
	FROM generate_series(0::bigint, :n - 1) i
), a AS (
	INSERT INTO fenbo.appeal (no, received_at, created_at, channel, external_id, title, text, address, stage, outcome, version, closed_at, head, state)
	SELECT no, at, at, 'bench', 'h-' || no, '路灯坏了半个月没人修（第' || i || '件）', '路灯坏了半个月没人修，晚上很黑，老人孩子不敢走。请相关部门尽快核实处理并回复，谢谢。',
		'航城街道', 'closed', 'solved', 5, at + interval '3 days', '\x00', jsonb_build_object('row', jsonb_build_object('no', no, 'stage', 'resolved')) FROM n
), c AS (
	INSERT INTO fenbo.citizen (no, name, phone, salt) SELECT no, '张三', '138' || lpad((i % 100000000)::text, 8, '0'), '\x00' FROM n
), k AS (
	INSERT INTO fenbo.intake_key (channel, external_id, no) SELECT 'bench', 'h-' || no, no FROM n
)
INSERT INTO fenbo.event (id, no, version, at, action, actor, after, prev, hash)
SELECT nextval('fenbo.event_id'), no, v, at + make_interval(hours => v), (ARRAY['create', 'claim', 'confirm', 'resolve', 'close'])[v], 'bench',
	jsonb_build_object('id', lpad(no::text, 13, '0'), 'version', v, 'stage', 'triage'), '\x', '\x00' FROM n, generate_series(1, 5) v;
