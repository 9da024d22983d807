-- What the log alone says of each case (its stage, how often it was returned, chased and done again, how many follow it, what it asks for), where that is not
-- what its row says. Calls no function of Fenbo's. An event that was undone never happened.
WITH undone AS (SELECT DISTINCT (u.args ->> 'undoes')::bigint AS id FROM fenbo.event u WHERE u.no <> 0 AND u.action = 'undo'),
bad AS (SELECT coalesce((SELECT (r.policy #>> '{rating,bad}')::integer FROM fenbo.routing_revision r ORDER BY r.revision DESC LIMIT 1), 2) AS most),
e AS MATERIALIZED (
	SELECT v.no, v.id, v.action, v.args, v.after ->> 'stage' AS stage, v.after ->> 'unit' AS unit,
		lag(v.after ->> 'unit') OVER (PARTITION BY v.no ORDER BY v.id) AS unit_before,
		v.action IN ('rate', 'visit') AND least((v.args #>> '{rating,effect}')::integer, (v.args #>> '{rating,feedback}')::integer) <= bad.most AS poor
	FROM fenbo.event v CROSS JOIN bad LEFT JOIN undone u ON u.id = v.id
	WHERE v.no <> 0 AND v.action <> 'undo' AND u.id IS NULL
), effect AS (
	SELECT e.no, e.id, CASE
		WHEN e.action IN ('create', 'unmerge', 'return', 'reopen') THEN 'triage'
		WHEN e.action = 'end' AND NOT e.args ? 'unit' THEN 'closed'
		WHEN e.action IN ('confirm', 'override', 'parallel', 'rule', 'reassign', 'end') THEN CASE WHEN e.args ? 'desk' THEN 'triage' ELSE 'dispatched' END
		WHEN e.action IN ('answer', 'close', 'unsplit') OR e.action = 'unrated' AND e.args ? 'outcome' THEN 'closed'
		WHEN e.action = 'merge' THEN 'merged'
		WHEN e.action = 'accept' THEN 'handling'
		WHEN e.action IN ('handback', 'subdispatch', 'step') OR e.poor THEN 'dispatched'
		WHEN e.action = 'resolve' THEN CASE WHEN e.args ? 'outcome' THEN 'closed' ELSE 'resolved' END
		WHEN e.action IN ('rate', 'visit') AND e.args ->> 'outcome' = 'solved' THEN 'closed'
		WHEN e.action = 'rung' AND e.args ->> 'what' = 'reassign' THEN e.stage END AS stage
	FROM e
), said AS (
	SELECT e.no, count(*) FILTER (WHERE e.action = 'return') AS returned, count(*) FILTER (WHERE e.action = 'chase') AS chased,
		count(*) FILTER (WHERE e.poor) AS redo, max(e.id) FILTER (WHERE e.action IN ('extend', 'ask')) AS asked,
		max(e.id) FILTER (WHERE e.action = 'approve' OR e.action <> 'subdispatch' AND (e.stage NOT IN ('dispatched', 'handling') OR e.unit IS DISTINCT FROM e.unit_before)) AS settled
	FROM e GROUP BY e.no
), stage AS (SELECT DISTINCT ON (f.no) f.no, f.stage FROM effect f WHERE f.stage IS NOT NULL ORDER BY f.no, f.id DESC),
parent AS (
	SELECT p.no, p.up FROM (SELECT DISTINCT ON (e.no) e.no, CASE e.action WHEN 'merge' THEN (e.args ->> 'into')::bigint END AS up
		FROM e WHERE e.action IN ('merge', 'unmerge') ORDER BY e.no, e.id DESC) p WHERE p.up IS NOT NULL
), above AS (
	SELECT w.no, w.up FROM (WITH RECURSIVE r(no, up) AS (SELECT p.no, p.up FROM parent p UNION ALL SELECT r.no, p.up FROM r JOIN parent p ON p.no = r.up)
		SELECT * FROM r) w
), follow AS (SELECT a.up AS no, count(*) AS n FROM above a GROUP BY a.up),
stands AS (
	SELECT a.no, coalesce(q.stage, a.stage)::text AS stage, coalesce(to_jsonb(q), a.state -> 'row') AS r, q.no IS NOT NULL AS open, a.primary_no
	FROM fenbo.appeal a LEFT JOIN fenbo.queue q ON q.no = a.no
)
SELECT lpad(s.no::text, 13, '0') || ' ' || x.what || ' is ' || coalesce(x.stands, 'nothing') || ', by the log ' || coalesce(x.log, 'nothing')
FROM stands s LEFT JOIN said d ON d.no = s.no LEFT JOIN stage g ON g.no = s.no LEFT JOIN follow f ON f.no = s.no LEFT JOIN parent p ON p.no = s.no
CROSS JOIN LATERAL (VALUES ('stage', s.stage, g.stage), ('returned', s.r ->> 'returned', d.returned::text), ('chased', s.r ->> 'chased', d.chased::text),
	('redo', s.r ->> 'redo', d.redo::text), ('repeats', s.r ->> 'repeats', coalesce(f.n, 0)::text), ('primary', s.primary_no::text, p.up::text),
	('special', CASE WHEN (s.r ->> 'flags')::integer & 8192 <> 0 THEN 'yes' ELSE 'no' END, CASE WHEN d.redo > 1 THEN 'yes' ELSE 'no' END),
	('poor', CASE WHEN (s.r ->> 'flags')::integer & 4096 <> 0 THEN 'yes' ELSE 'no' END, CASE WHEN d.redo > 0 THEN 'yes' ELSE 'no' END),
	('asked', CASE WHEN (s.r ->> 'flags')::integer & 1024 <> 0 AND s.open THEN 'yes' ELSE 'no' END,
		CASE WHEN s.open AND d.asked > coalesce(d.settled, 0) THEN 'yes' ELSE 'no' END)) x(what, stands, log)
WHERE x.stands IS DISTINCT FROM x.log
ORDER BY 1 LIMIT 100;
