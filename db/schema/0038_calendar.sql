-- 0038 calendar: which seconds are working time, and how to count them.
--
-- A second counts as working time when the clock on the wall of the centre's time zone shows an hour of the policy's [working] am or pm on a
-- working day: one of its weekdays, unless calendar_day says otherwise (a holiday, or a make-up workday). That is the whole rule; it holds
-- over a change to daylight-saving time, too: an hour that the wall skips does not count, one that it shows twice counts twice.
-- Limits given in days mean working days of _day_s() seconds, am and pm together. Everything here knows whole seconds: an instant is cut to its
-- second before it is counted, so that no sum depends on the order of rounding.
--
-- fenbo.working_span holds the spans of many years with a running total, so that adding working time is two index look-ups and so
-- is the time between two instants. It is made anew when a routing revision changes hours or calendar. What lies outside its years is
-- counted day by day: slower, by the same rule.
SET ROLE fenbo_owner;

-- --- policy in force -------------------------------------------------------------------------------------------------

CREATE FUNCTION fenbo._revision() RETURNS integer
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT value::integer FROM fenbo.setting WHERE name = 'routing_revision'); END $$;

-- A number of the policy in force, or what holds without one.
CREATE FUNCTION fenbo._policy_int(path text[], otherwise integer) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT (r.policy #>> path)::integer FROM fenbo.routing_revision r WHERE r.revision = fenbo._revision()), otherwise);
END
$$;

CREATE FUNCTION fenbo._policy_text(path text[], otherwise text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT r.policy #>> path FROM fenbo.routing_revision r WHERE r.revision = fenbo._revision()), otherwise);
END
$$;

-- --- tables ----------------------------------------------------------------------------------------------------------

-- Every calendar that was ever in force, so that a due time can be explained long afterwards; the highest number is in force now.
CREATE TABLE fenbo.working_calendar (
	number     integer PRIMARY KEY,
	revision   integer NOT NULL,                     -- the first routing revision that has it; 0 = before any
	made_at    timestamptz NOT NULL,
	weekdays   integer[] NOT NULL,                   -- 1 is Monday
	minutes    int4multirange NOT NULL,              -- of the wall clock, after midnight: {[540,720),[840,1080)}
	exceptions jsonb NOT NULL,                       -- {"2026-10-01": false}: is that day a working day?
	day_s      integer NOT NULL CHECK (day_s > 0),   -- what one working day of a limit means
	first_at   timestamptz NOT NULL,                 -- working_span covers [first_at, end_at)
	end_at     timestamptz NOT NULL
);

-- The spans of the calendar in force, in order; before_s is the working time before each. An empty span stands at either end of what is covered.
CREATE TABLE fenbo.working_span (
	starts   timestamptz NOT NULL,
	ends     timestamptz NOT NULL,
	before_s bigint NOT NULL
);
CREATE INDEX working_span_starts ON fenbo.working_span (starts, ends) INCLUDE (before_s);
CREATE INDEX working_span_before ON fenbo.working_span (before_s, starts, ends);

CREATE FUNCTION fenbo._calendar_no() RETURNS integer
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT max(k.number) FROM fenbo.working_calendar k); END $$;

-- The seconds of one working day.
CREATE FUNCTION fenbo._day_s() RETURNS integer
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT k.day_s FROM fenbo.working_calendar k ORDER BY k.number DESC LIMIT 1); END $$;

-- --- a calendar, day by day ------------------------------------------------------------------------------------------

CREATE FUNCTION fenbo._works_on(k fenbo.working_calendar, d date) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((k.exceptions ->> to_char(d, 'YYYY-MM-DD'))::boolean, extract(isodow FROM d)::integer = ANY (k.weekdays));
END
$$;

-- Do the clocks on the wall stay as they are on this day, and in the three hours before and after it? (Some places change theirs at midnight.)
CREATE FUNCTION fenbo._plain_day(zone text, d date) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (d + interval '27 hours') AT TIME ZONE zone - (d - interval '3 hours') AT TIME ZONE zone = interval '30 hours';
END
$$;

-- The working spans of one day, in order. On a day whose clocks are changed the wall is looked at minute by minute.
CREATE FUNCTION fenbo._day_spans(k fenbo.working_calendar, zone text, d date) RETURNS TABLE (starts timestamptz, ends timestamptz)
LANGUAGE plpgsql STABLE ROWS 2 AS $$
DECLARE
	midnight timestamptz := d::timestamp AT TIME ZONE zone;
BEGIN
	IF NOT fenbo._works_on(k, d) THEN
		RETURN;
	ELSIF fenbo._plain_day(zone, d) THEN
		RETURN QUERY SELECT midnight + make_interval(mins => lower(m)), midnight + make_interval(mins => upper(m)) FROM unnest(k.minutes) m ORDER BY 1;
	ELSE
		RETURN QUERY
		SELECT min(w.at), max(w.at) + interval '1 minute'
		FROM (SELECT t.at, t.at - make_interval(mins => row_number() OVER (ORDER BY t.at)::integer) AS island
			FROM generate_series(midnight - interval '3 hours', midnight + interval '27 hours', interval '1 minute') t(at)
			CROSS JOIN LATERAL (SELECT t.at AT TIME ZONE zone AS wall) l
			WHERE l.wall::date = d AND k.minutes @> (extract(hour FROM l.wall) * 60 + extract(minute FROM l.wall))::integer) w
		GROUP BY w.island ORDER BY 1;
	END IF;
END
$$;

-- --- counting --------------------------------------------------------------------------------------------------------

-- Counting day by day from `t`, with any calendar: for what lies outside the table.
CREATE FUNCTION fenbo._working_walk(k fenbo.working_calendar, t timestamptz, seconds bigint) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	zone text := fenbo._zone();
	d date := (t AT TIME ZONE zone)::date;
	s record;
	has bigint;
BEGIN
	LOOP
		FOR s IN SELECT greatest(x.starts, t) AS starts, x.ends FROM fenbo._day_spans(k, zone, d) x WHERE x.ends > t LOOP
			has := extract(epoch FROM s.ends - s.starts)::bigint;
			IF seconds <= has THEN
				RETURN s.starts + make_interval(secs => seconds);
			END IF;
			seconds := seconds - has;
		END LOOP;
		d := d + 1;
	END LOOP;
END
$$;

-- The same in the other direction: working time from a to b, one row a day that has any.
CREATE FUNCTION fenbo._working_days(k fenbo.working_calendar, a timestamptz, b timestamptz) RETURNS TABLE (day date, starts timestamptz, ends timestamptz, seconds bigint)
LANGUAGE plpgsql STABLE ROWS 20 AS $$
DECLARE
	zone text := fenbo._zone();
BEGIN
	RETURN QUERY
	SELECT d::date, min(greatest(x.starts, a)), max(least(x.ends, b)), sum(extract(epoch FROM least(x.ends, b) - greatest(x.starts, a)))::bigint
	FROM generate_series((a AT TIME ZONE zone)::date::timestamp, (b AT TIME ZONE zone)::date::timestamp, interval '1 day') d
	CROSS JOIN LATERAL fenbo._day_spans(k, zone, d::date) x
	WHERE x.ends > a AND x.starts < b
	GROUP BY d ORDER BY d;
END
$$;

CREATE FUNCTION fenbo._calendar(number integer) RETURNS fenbo.working_calendar
LANGUAGE plpgsql STABLE AS $$
DECLARE
	k fenbo.working_calendar;
BEGIN
	SELECT * INTO k FROM fenbo.working_calendar c WHERE c.number = coalesce(nullif(_calendar.number, 0), fenbo._calendar_no());
	RETURN k;
END
$$;

-- Working time up to `t`, a whole second, since the table begins; NULL outside of it.
CREATE FUNCTION fenbo._working_at(t timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT CASE WHEN s.ends > s.starts OR s.before_s = 0 OR t = s.starts THEN s.before_s + extract(epoch FROM least(t, s.ends) - s.starts)::bigint END
		FROM fenbo.working_span s WHERE s.starts <= t ORDER BY s.starts DESC, s.ends DESC LIMIT 1);
END
$$;

-- The first instant by which `seconds` of working time have passed since `t`: a limit that is used up at the end of a day is due in
-- that evening, not the next morning. Nothing to add: `t` itself.
CREATE FUNCTION fenbo._working_add(t timestamptz, seconds bigint) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	due timestamptz;
BEGIN
	t := date_trunc('second', t);
	IF seconds <= 0 THEN RETURN t; END IF;
	SELECT s.starts + make_interval(secs => x.goal - s.before_s) INTO due
	FROM (SELECT fenbo._working_at(t) + seconds AS goal) x
	CROSS JOIN LATERAL (SELECT * FROM fenbo.working_span y WHERE y.before_s < x.goal ORDER BY y.before_s DESC, y.starts DESC, y.ends DESC LIMIT 1) s
	WHERE s.ends > s.starts;
	RETURN coalesce(due, fenbo._working_walk(fenbo._calendar(0), t, seconds));
END
$$;

-- Working time from a to b; 0 when b is not later.
CREATE FUNCTION fenbo._working_between(a timestamptz, b timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
	n bigint;
BEGIN
	a := date_trunc('second', a); b := date_trunc('second', b);
	IF b <= a THEN RETURN 0; END IF;
	n := fenbo._working_at(b) - fenbo._working_at(a);
	IF n IS NULL THEN
		SELECT coalesce(sum(d.seconds), 0) INTO n FROM fenbo._working_days(fenbo._calendar(0), a, b) d;
	END IF;
	RETURN n;
END
$$;

CREATE FUNCTION fenbo._working_day(d date) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN fenbo._works_on(fenbo._calendar(0), d); END $$;

-- --- making the table ------------------------------------------------------------------------------------------------

-- Hours of the policy as minutes of the wall: [540, 720] of [working] am.
CREATE FUNCTION fenbo._policy_minutes(policy jsonb, part text, otherwise int4range) RETURNS int4range
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN policy #> ARRAY['working', part] IS NULL THEN otherwise
		ELSE int4range((policy #>> ARRAY['working', part, '0'])::integer, (policy #>> ARRAY['working', part, '1'])::integer) END
$$;

-- Put the calendar of the revision in force in the place of the old, if it differs. The table covers so many years, and every exception of the
-- calendar that lies within half a century of them. Returns the calendar's number.
CREATE FUNCTION fenbo._working_make(back integer DEFAULT 5, ahead integer DEFAULT 20) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	zone text := fenbo._zone();
	was fenbo.working_calendar := fenbo._calendar(0);
	k fenbo.working_calendar;
	p jsonb := coalesce((SELECT r.policy FROM fenbo.routing_revision r WHERE r.revision = fenbo._revision()), '{}');
	first_day date := date_trunc('year', fenbo.now_() - make_interval(years => back))::date;
	end_day date := date_trunc('year', fenbo.now_() + make_interval(years => ahead + 1))::date;
BEGIN
	k.revision := fenbo._revision(); k.made_at := fenbo.now_();
	k.weekdays := coalesce((SELECT array_agg(x::integer ORDER BY x::integer) FROM jsonb_array_elements_text(p #> '{working,days}') x), '{1,2,3,4,5}');
	k.minutes := int4multirange(fenbo._policy_minutes(p, 'am', '[540,720)')) + int4multirange(fenbo._policy_minutes(p, 'pm', '[840,1080)'));
	k.day_s := (SELECT sum(upper(m) - lower(m)) * 60 FROM unnest(k.minutes) m);
	SELECT coalesce(jsonb_object_agg(c.day, c.working), '{}'), least(min(c.day), first_day), greatest(max(c.day) + 1, end_day)
	INTO k.exceptions, first_day, end_day FROM fenbo.calendar_day c WHERE c.day BETWEEN first_day - 18000 AND end_day + 18000;
	k.first_at := first_day::timestamp AT TIME ZONE zone; k.end_at := end_day::timestamp AT TIME ZONE zone;
	k.exceptions := (SELECT coalesce(jsonb_object_agg(c.day, c.working), '{}') FROM fenbo.calendar_day c);
	IF (was.weekdays, was.minutes, was.exceptions) IS NOT DISTINCT FROM (k.weekdays, k.minutes, k.exceptions) AND was.end_at > fenbo.now_() + make_interval(years => ahead / 2) THEN
		RETURN was.number;
	END IF;
	k.number := coalesce(was.number, 0) + 1;
	INSERT INTO fenbo.working_calendar SELECT (k).*;
	DELETE FROM fenbo.working_span;
	INSERT INTO fenbo.working_span (starts, ends, before_s)
	SELECT y.starts, y.ends, coalesce(sum(extract(epoch FROM y.ends - y.starts)::bigint) OVER (ORDER BY y.starts, y.ends ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)
	FROM (SELECT k.first_at AS starts, k.first_at AS ends
		UNION ALL SELECT k.end_at, k.end_at
		UNION ALL
		SELECT x.starts, x.ends
		FROM (SELECT d::date AS day, d AT TIME ZONE zone AS midnight, (d + interval '27 hours') AT TIME ZONE zone - (d - interval '3 hours') AT TIME ZONE zone
				= interval '30 hours' AS plain
			FROM generate_series(first_day::timestamp, (end_day - 1)::timestamp, interval '1 day') d
			WHERE coalesce((k.exceptions ->> to_char(d, 'YYYY-MM-DD'))::boolean, extract(isodow FROM d)::integer = ANY (k.weekdays))) w
		CROSS JOIN LATERAL (SELECT w.midnight + make_interval(mins => lower(m)) AS starts, w.midnight + make_interval(mins => upper(m)) AS ends
				FROM unnest(k.minutes) m WHERE w.plain
			UNION ALL SELECT s.starts, s.ends FROM fenbo._day_spans(k, zone, w.day) s WHERE NOT w.plain) x) y;
	RETURN k.number;
END
$$;

SELECT fenbo._working_make();

RESET ROLE;
