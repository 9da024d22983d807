-- Open cases as intake would have left them, set-based, by the superuser: psql -v n=100000.
-- Titles and places are of a few kinds; priorities as on an ordinary day: 2 % urgent, 18 % fast.
WITH n AS (
	SELECT i, no, now() - make_interval(secs => (i % 28800)) AS at,
		CASE WHEN i % 50 = 0 THEN 'urgent' WHEN i % 50 < 10 THEN 'fast' ELSE 'normal' END::fenbo.priority AS priority,
		(ARRAY['小区门口燃气味很大，请马上来人', '路面塌陷一个大坑，车辆绕行', '夜间施工噪音扰民，影响老人休息', '占道经营堵塞人行道', '路灯坏了半个月没人修',
			'物业不公开账目，业主要求查账', '公交车等了四十分钟没有来', '垃圾桶满溢没有清运，气味难闻'])[i % 8 + 1] || '（第' || i || '件）' AS title,
		(ARRAY['航城街道', '西乡街道', '新安街道', '福永街道', '沙井街道', '松岗街道', '石岩街道', '燕罗街道'])[i % 7 + 1] AS place
	FROM (SELECT row_number() OVER () AS i, no FROM fenbo.case_new(:n, NULL, false) no) numbers
), a AS (
	INSERT INTO fenbo.appeal (no, received_at, created_at, channel, external_id, title, text, address)
	SELECT no, at, at, 'bench', 'bench-' || i, title, title || '。市民来电反映，请相关部门尽快核实处理并回复。', place FROM n
), c AS (
	INSERT INTO fenbo.clock (no, kind, started_at, limit_s, calendar, due_at)
	SELECT no, 'dispatch', at, 28800, 'always', at + interval '8 hours' FROM n
)
INSERT INTO fenbo.queue (no, version, stage, priority, rank_at, desk, received_at, due_at, clock, top_unit, top_p, channel, title, place_name, head)
SELECT no, 1, 'triage', priority, at, 'centre', at, at + interval '8 hours', 'dispatch', NULL, NULL, 'bench', title, place, '\x00' FROM n;
