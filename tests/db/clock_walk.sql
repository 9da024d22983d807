-- What test_clock_walk asks of the real functions: put a calendar in force, play a clock's life, and say what became of it after every step.
CREATE SCHEMA w;
INSERT INTO fenbo.routing_revision (revision, applied_at, applied_by, files, policy) VALUES (1, now(), 'test', '{}', '{}');
UPDATE fenbo.setting SET value = '1' WHERE name = 'routing_revision';

-- k: {"zone", "days": [1…7], "am": [from, to], "pm": [from, to], "exceptions": {day: working}}. fresh: as if no other had been in force. The table of
-- working time is a short one around the test clock's time, so that thousands can be made, and lives go beyond its ends.
CREATE FUNCTION w.calendar(k jsonb, fresh boolean) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
	IF fresh THEN
		TRUNCATE fenbo.clock;
		DELETE FROM fenbo.working_calendar;
		DELETE FROM fenbo.working_span;
	END IF;
	UPDATE fenbo.setting SET value = k ->> 'zone' WHERE name = 'time_zone';
	UPDATE fenbo.routing_revision SET policy = jsonb_build_object('working', k - ARRAY['zone', 'exceptions']) WHERE revision = 1;
	DELETE FROM fenbo.calendar_day;
	INSERT INTO fenbo.calendar_day (day, working) SELECT e.key::date, e.value::boolean FROM jsonb_each_text(k -> 'exceptions') e;
	RETURN fenbo._working_make(0, 1);
END
$$;

CREATE FUNCTION w.be(at numeric) RETURNS timestamptz LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO fenbo.setting VALUES ('test_clock_offset', (to_timestamp(at) - statement_timestamp())::text)
	ON CONFLICT (name) DO UPDATE SET value = excluded.value;
	RETURN to_timestamp(at);
END
$$;

CREATE FUNCTION w.said(no_ bigint, kind_ text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	k fenbo.clock;
BEGIN
	SELECT * INTO k FROM fenbo.clock t WHERE t.no = no_ AND t.kind = kind_;
	RETURN jsonb_build_object('due', extract(epoch FROM k.due_at), 'limit_s', k.limit_s, 'extended_s', k.extended_s, 'paused_s', k.paused_s,
		'paused_since', extract(epoch FROM k.paused_since), 'stopped', extract(epoch FROM k.stopped_at), 'breached', extract(epoch FROM k.breached_at),
		'days_s', (SELECT sum(l.seconds) FROM fenbo._clock_days(k, fenbo.now_()) l WHERE l.what = 'day'));
END
$$;

-- s: {"kind", "calendar", "start", "limit_s", "steps": [{"op", "at", "since", "seconds", "days", "k"}]}; answers as many states and one more.
CREATE FUNCTION w.play(s jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	no_ bigint := (s ->> 'no')::bigint;
	kind_ text := s ->> 'kind';
	x jsonb;
	at timestamptz := w.be((s ->> 'start')::numeric);
	was jsonb := '[]';
	before jsonb;
	all_ jsonb := '[]';
BEGIN
	PERFORM fenbo._clock_start(no_, kind_, at, (s ->> 'limit_s')::integer, s ->> 'calendar');
	all_ := all_ || w.said(no_, kind_);
	FOR x IN SELECT * FROM jsonb_array_elements(s -> 'steps') LOOP
		at := w.be((x ->> 'at')::numeric);
		before := fenbo._clocks(no_);
		CASE x ->> 'op'
		WHEN 'pause' THEN PERFORM fenbo._clock_pause(no_, to_timestamp((x ->> 'since')::numeric));
		WHEN 'resume' THEN PERFORM fenbo._clock_resume(no_, to_timestamp((x ->> 'since')::numeric));
		WHEN 'extend' THEN PERFORM fenbo._clock_extend(no_, kind_, (x ->> 'days')::integer, to_timestamp((x ->> 'since')::numeric));
		WHEN 'limit' THEN PERFORM fenbo._clock_limit(no_, kind_, (x ->> 'seconds')::integer);
		WHEN 'stop' THEN PERFORM fenbo._clock_stop(no_, ARRAY[kind_], at);
		WHEN 'go_on' THEN PERFORM fenbo._clock_go_on(no_, ARRAY[kind_]);
		WHEN 'undo' THEN PERFORM fenbo._clocks_put(no_, was);
		WHEN 'calendar' THEN PERFORM w.calendar(x -> 'k', false);
		WHEN 'retime' THEN PERFORM fenbo._clock_retime(no_, at);
		WHEN 'sweep' THEN                            -- as the leader's does
			UPDATE fenbo.clock t SET breached_at = t.due_at WHERE t.no = no_ AND t.stopped_at IS NULL AND t.paused_since IS NULL
				AND t.breached_at IS NULL AND t.kind <> 'rate' AND t.due_at < date_trunc('second', at);
		END CASE;
		was := before;
		all_ := all_ || w.said(no_, kind_);
	END LOOP;
	RETURN all_;
END
$$;

-- Working time between, and an instant so much later, of pairs [[from, to, seconds]].
CREATE FUNCTION w.count(pairs jsonb) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_agg(jsonb_build_array(fenbo._working_between(to_timestamp((p ->> 0)::numeric), to_timestamp((p ->> 1)::numeric)),
		extract(epoch FROM fenbo._working_add(to_timestamp((p ->> 0)::numeric), (p ->> 2)::bigint))) ORDER BY i)
	FROM jsonb_array_elements(pairs) WITH ORDINALITY u(p, i)
$$;
