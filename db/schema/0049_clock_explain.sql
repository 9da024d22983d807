-- 0049 how a due time came about, line by line, from the log and the clock's row. What was undone is left out: it has no part in the due time.
SET ROLE fenbo_owner;

-- One line. what: start, limit, extend, pause, stop, go_on, retime, day, due, left or late, in this order in time; the last three close each clock.
CREATE TYPE fenbo.clock_line AS (
	kind     text,                                   -- of the clock
	what     text,
	at       timestamptz,
	until    timestamptz,                            -- the end of a pause (NULL: it lasts) or of a day's work
	seconds  bigint,                                 -- of the clock's calendar: the limit, what was added, what a pause or a day took, what is left
	who      text,                                   -- a person's name; '' for a sweep
	action   text,                                   -- of the event; for a day: taken, ahead
	source   text,                                   -- of a limit: item, priority or default (neither says anything)
	name     text,                                   -- of the duty item; urgent, fast or normal
	days     integer,                                -- of a limit that is given in days
	revision integer,                                -- the routing revision the limit or the calendar is of
	reason   text
);

-- Time of a clock's own calendar between two instants, also when that is no longer the calendar in force.
CREATE FUNCTION fenbo._clock_s(k fenbo.clock, a timestamptz, b timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF b <= a THEN RETURN 0; END IF;
	IF k.calendar <> 'working' THEN RETURN extract(epoch FROM date_trunc('second', b) - date_trunc('second', a))::bigint; END IF;
	IF k.calendar_no = fenbo._calendar_no() THEN RETURN fenbo._working_between(a, b); END IF;
	RETURN (SELECT coalesce(sum(d.seconds), 0)::bigint
		FROM fenbo._working_days(fenbo._calendar(k.calendar_no), date_trunc('second', a), date_trunc('second', b)) d);
END
$$;

-- Where a limit of this kind came from, under that revision.
CREATE FUNCTION fenbo._clock_source(line fenbo.clock_line, e fenbo.event) RETURNS fenbo.clock_line
LANGUAGE plpgsql STABLE AS $$
DECLARE
	p jsonb;
	i fenbo.duty_item;
	key text := CASE line.kind WHEN 'handle' THEN 'handle_days' WHEN 'rate' THEN 'rate_days' ELSE line.kind || '_s' END;
	most integer;
BEGIN
	line.revision := (e.args ->> 'revision')::integer;
	line.name := e.after ->> 'priority';
	SELECT r.policy INTO p FROM fenbo.routing_revision r WHERE r.revision = line.revision;
	most := (p #>> ARRAY['priorities', line.name, key])::integer;
	line.source := CASE WHEN most IS NULL THEN 'default' ELSE 'priority' END;
	IF line.kind = 'handle' THEN
		SELECT * INTO i FROM fenbo.duty_item t WHERE t.revision = line.revision AND t.code = e.after ->> 'item';
		line.days := coalesce(least(i.handle_days, most), 5);
		IF i.handle_days <= coalesce(most, i.handle_days) THEN
			line.source := 'item'; line.name := i.name;
		END IF;
	ELSIF line.kind = 'rate' THEN
		line.days := coalesce(most, 7);
	END IF;
	RETURN line;
END
$$;

-- What the log says about the clock `k` since it started last; `now_` ends what still lasts.
CREATE FUNCTION fenbo._clock_story(no bigint, k fenbo.clock) RETURNS SETOF fenbo.clock_line
LANGUAGE plpgsql STABLE AS $$
DECLARE
	e fenbo.event;
	x jsonb;
	line fenbo.clock_line;
	blank fenbo.clock_line;
	pause fenbo.clock_line;
	begun bigint;
	extended bigint := 0;
	span tstzrange;
BEGIN
	blank.kind := k.kind;
	SELECT max(v.id) INTO begun FROM fenbo.event v
	WHERE v.no = _clock_story.no AND v.action <> 'undo' AND v.args #> ARRAY['clocks', k.kind, 'started'] IS NOT NULL
		AND NOT EXISTS (SELECT FROM fenbo.event u WHERE u.no = v.no AND u.id > v.id AND u.action = 'undo' AND (u.args ->> 'undoes')::bigint = v.id);
	FOR e IN SELECT v.* FROM fenbo.event v
		WHERE v.no = _clock_story.no AND v.id >= begun AND v.action <> 'undo' AND v.args #> ARRAY['clocks', k.kind] IS NOT NULL
			AND NOT EXISTS (SELECT FROM fenbo.event u WHERE u.no = v.no AND u.id > v.id AND u.action = 'undo' AND (u.args ->> 'undoes')::bigint = v.id)
		ORDER BY v.id LOOP
		x := e.args #> ARRAY['clocks', k.kind];
		line := blank;
		line.at := date_trunc('second', e.at); line.action := e.action;
		line.who := CASE WHEN e.actor = 'system' OR e.actor LIKE 'key:%' AND e.person = '' THEN '' ELSE fenbo._person(e.actor, e.person) END;
		SELECT m.text INTO line.reason FROM fenbo.remark m WHERE m.no = e.no AND m.version = e.version AND m.kind IN ('reason', 'text') ORDER BY m.kind LIMIT 1;
		IF x ? 'started' THEN
			pause := line; pause.what := 'pause';
			line := fenbo._clock_source(line, e);
			line.what := 'start'; line.at := (x #>> '{started,at}')::timestamptz; line.seconds := (x #>> '{started,limit_s}')::bigint;
			RETURN NEXT line;
			IF x #> '{started,extended_s}' IS NOT NULL THEN
				extended := (x #>> '{started,extended_s}')::bigint;
				line := pause; line.what := 'extend'; line.seconds := extended;
				RETURN NEXT line;
			END IF;
			FOR span IN SELECT unnest((x #>> '{started,pauses}')::tstzmultirange) LOOP
				pause.at := lower(span); pause.until := upper(span); pause.seconds := fenbo._clock_s(k, pause.at, pause.until);
				RETURN NEXT pause;
			END LOOP;
			pause := NULL;
			CONTINUE;
		END IF;
		IF x ? 'paused' THEN pause := line; pause.what := 'pause'; pause.at := (x ->> 'paused')::timestamptz; END IF;
		IF x ? 'resumed' AND pause.at IS NOT NULL THEN
			pause.until := (x ->> 'resumed')::timestamptz; pause.seconds := fenbo._clock_s(k, pause.at, pause.until);
			RETURN NEXT pause;
			pause := NULL;
		END IF;
		IF x ? 'limit_s' THEN
			line := fenbo._clock_source(line, e);
			line.what := 'limit'; line.seconds := (x ->> 'limit_s')::bigint;
			RETURN NEXT line;
			line.seconds := NULL; line.source := NULL; line.days := NULL;
		END IF;
		IF x ? 'extended_s' THEN
			line.what := 'extend'; line.seconds := (x ->> 'extended_s')::bigint - extended;
			extended := (x ->> 'extended_s')::bigint;
			IF e.action <> 'retime' THEN RETURN NEXT line; END IF;
			line.seconds := NULL;
		END IF;
		IF x ? 'retimed' THEN
			line.what := 'retime'; line.revision := (e.args ->> 'revision')::integer;
			RETURN NEXT line;
		END IF;
		IF x ? 'went_on' THEN line.what := 'go_on'; RETURN NEXT line; END IF;
		IF x ? 'stopped' THEN line.what := 'stop'; line.at := (x ->> 'stopped')::timestamptz; RETURN NEXT line; END IF;
	END LOOP;
	IF pause.at IS NOT NULL AND k.paused_since IS NOT NULL THEN RETURN NEXT pause; END IF;
END
$$;

-- The working time of each day from start to due time (or to the stop, if that came first), without the pauses, and the end of the story.
CREATE FUNCTION fenbo._clock_days(k fenbo.clock, now_ timestamptz) RETURNS SETOF fenbo.clock_line
LANGUAGE plpgsql STABLE AS $$
DECLARE
	line fenbo.clock_line;
	until timestamptz := coalesce(k.stopped_at, k.paused_since, now_);      -- what counts ends here
	zone text := fenbo._zone();
	c fenbo.working_calendar;
BEGIN
	line.kind := k.kind;
	IF k.calendar = 'working' THEN
		c := fenbo._calendar(k.calendar_no);
		line.what := 'day';
		FOR line.at, line.until, line.seconds IN
			SELECT min(lower(r)), max(upper(r)), sum(extract(epoch FROM upper(r) - lower(r)))::bigint
			FROM generate_series((k.started_at AT TIME ZONE zone)::date::timestamp, (least(k.due_at, k.stopped_at) AT TIME ZONE zone)::date::timestamp, interval '1 day') d
			CROSS JOIN LATERAL fenbo._day_spans(c, zone, d::date) s
			CROSS JOIN LATERAL unnest(tstzmultirange(tstzrange(s.starts, s.ends)) * tstzmultirange(tstzrange(k.started_at, greatest(k.started_at, least(k.due_at, k.stopped_at)))) - k.pauses) r
			GROUP BY d ORDER BY d LOOP
			line.action := CASE WHEN line.at < until THEN 'taken' ELSE 'ahead' END;
			RETURN NEXT line;
		END LOOP;
	END IF;
	line := NULL; line.kind := k.kind; line.what := 'due'; line.at := k.due_at; line.seconds := k.limit_s + k.extended_s;
	RETURN NEXT line;
	line.what := CASE WHEN k.breached_at IS NOT NULL OR until > k.due_at THEN 'late' ELSE 'left' END;
	line.at := CASE line.what WHEN 'late' THEN coalesce(k.breached_at, k.due_at) ELSE until END;      -- `at`: when it first was; `seconds`: as it stands
	line.seconds := CASE line.what WHEN 'late' THEN fenbo._clock_s(k, k.due_at, until) ELSE fenbo._clock_s(k, until, k.due_at) END;
	RETURN NEXT line;
END
$$;

-- The clocks of a case and how each due time came about. Also of a case that has left the queue.
CREATE FUNCTION fenbo.clock_explain(no bigint) RETURNS SETOF fenbo.clock_line
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	k fenbo.clock;
	now_ timestamptz := date_trunc('second', fenbo.now_());
BEGIN
	PERFORM fenbo._seen(no, fenbo._who());
	FOR k IN SELECT x.* FROM (SELECT c.* FROM fenbo.clock c WHERE c.no = clock_explain.no
			UNION ALL SELECT s.* FROM fenbo.appeal a CROSS JOIN LATERAL jsonb_populate_recordset(NULL::fenbo.clock, a.state -> 'clocks') s
			WHERE a.no = clock_explain.no AND a.stage IS NOT NULL) x
		ORDER BY array_position('{dispatch,rule,contact,handle,rate}', x.kind) LOOP
		RETURN QUERY SELECT * FROM fenbo._clock_story(no, k);
		RETURN QUERY SELECT * FROM fenbo._clock_days(k, now_);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.clock_explain(bigint) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit;

RESET ROLE;
