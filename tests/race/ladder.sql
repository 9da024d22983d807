-- Ladders of seconds, for the storm of test_ladder.sh, and what must be true after it.
UPDATE fenbo.routing_revision SET policy = policy || '{"working": {"days": [1,2,3,4,5,6,7], "am": [0,720], "pm": [720,1440], "quiet": [60,120]},
	"priorities": {"urgent": {"dispatch_s": 60, "contact_s": 60, "handle_days": 1, "rate_days": 7}, "fast": {"dispatch_s": 90, "contact_s": 60, "handle_days": 3, "rate_days": 7},
		"normal": {"dispatch_s": 120, "contact_s": 90, "handle_days": 5, "rate_days": 7}},
	"clocks": {"dispatch": {"calendar": "always", "rungs": [{"share": 0.1, "tell": "owner", "do": "notice"}, {"share": 0.3, "tell": "dispatchers", "do": "alarm"},
			{"share": 0.5, "tell": "supervisor", "do": "supervise"}, {"share": 0.8, "tell": "owner", "do": "priority"}, {"at_s": 0, "days": 0, "tell": "supervisor", "do": "reassign"},
			{"at_s": 30, "days": 0, "tell": "leader", "do": "notice"}]},
		"contact": {"calendar": "always", "rungs": [{"share": 0.2, "tell": "unit", "do": "notice"}, {"at_s": 0, "days": 0, "tell": "head", "do": "letter"}, {"at_s": 30, "days": 0, "tell": "unit", "do": "reassign"}]},
		"handle": {"calendar": "working", "rungs": [{"share": 0.0005, "tell": "unit", "do": "alarm"}, {"share": 0.001, "tell": "district", "do": "priority"}, {"share": 0.002, "tell": "supervisor", "do": "reassign"}]}}}'
	WHERE revision = 1;
SELECT fenbo._ladder_compile(1), fenbo._working_make();
SELECT t.make('s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 's12', 's13', 's14', 's15', 's16', 's17', 's18', 's19', 's20', 's21', 's22', 's23', 's24', 's25', 's26', 's27', 's28', 's29', 's30');

CREATE FUNCTION t.climbed() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	-- The same rung twice is right only for a clock that was started anew in between.
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.event a JOIN fenbo.event b ON b.no = a.no AND b.id > a.id AND b.action = 'rung'
			AND b.args ->> 'clock' = a.args ->> 'clock' AND b.args -> 'at' = a.args -> 'at' AND b.args -> 'rung' = a.args -> 'rung'
		WHERE a.action = 'rung' AND NOT EXISTS (SELECT FROM fenbo.event s WHERE s.no = a.no AND s.id >= a.id AND s.id < b.id
			AND s.args #> ARRAY['clocks', a.args ->> 'clock'] ? 'started')), 'no rung fired twice');
	-- Out of order only after an undo, or when more time was granted.
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.event a JOIN fenbo.event b ON b.no = a.no AND b.id > a.id AND b.action = 'rung'
			AND b.args ->> 'clock' = a.args ->> 'clock' AND (b.args ->> 'rung')::integer <= (a.args ->> 'rung')::integer
		WHERE a.action = 'rung' AND NOT EXISTS (SELECT FROM fenbo.event s WHERE s.no = a.no AND s.id >= a.id AND s.id < b.id
			AND (s.action IN ('undo', 'approve') OR s.args #> ARRAY['clocks', a.args ->> 'clock'] ? 'started'))), 'in order');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.clock k WHERE k.stopped_at IS NULL AND k.paused_since IS NULL AND k.kind <> 'rate' AND k.breached_at IS NULL
		AND (k.next_rung_at IS NULL OR k.next_rung_at > k.due_at + interval '1 s')), 'every clock that runs knows when to look at it');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.alarm a LEFT JOIN fenbo.queue q ON q.no = a.no WHERE a.no <> 0 AND q.no IS NULL AND a.settled_at IS NULL
		AND a.acknowledged_at IS NULL), 'no alarm stands for a case that has left');
END
$$;
CREATE FUNCTION t.told() RETURNS text LANGUAGE sql AS $$
	SELECT count(*) || ' rungs: ' || string_agg(DISTINCT concat(args ->> 'clock', ' ', args ->> 'what'), ', ') FROM fenbo.event WHERE action = 'rung'
$$;
