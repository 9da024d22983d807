-- Who is on when: the turns that 0090 makes out of shifts and a rotation, against a reference that knows nothing of intervals. It walks through the
-- instants of more than a year in steps of ten minutes and asks at each what the lowest time is that clocks will show from now on (a time
-- that they will show again has not come yet); that wall time is looked up in the shifts of the day.
\set QUIET on
SET client_min_messages = warning;
SET jit = off;

CREATE FUNCTION t.reference(policy jsonb, zone text, from_ date, to_ date) RETURNS TABLE (start_at timestamptz, day date, shift text, crews integer[])
LANGUAGE sql STABLE AS $$
	WITH m AS (SELECT i AS at, i AT TIME ZONE zone AS wall FROM generate_series(from_::timestamptz - interval '2 days', to_::timestamptz + interval '2 days', interval '10 minutes') i),
	low AS (SELECT at, least(wall, min(wall) OVER (ORDER BY at ROWS BETWEEN 1 FOLLOWING AND 18 FOLLOWING) - interval '1 minute') AS wall FROM m),
	told AS (
		SELECT l.at, s ->> 'code' AS shift, i::integer AS place,
			l.wall::date - CASE WHEN (s ->> 'end')::integer <= (s ->> 'start')::integer AND extract(hour FROM l.wall) * 60 + extract(minute FROM l.wall) < (s ->> 'end')::integer
				THEN 1 ELSE 0 END AS day
		FROM low l JOIN LATERAL jsonb_array_elements(policy -> 'shifts') WITH ORDINALITY x(s, i)
		ON CASE WHEN (s ->> 'end')::integer > (s ->> 'start')::integer
			THEN extract(hour FROM l.wall) * 60 + extract(minute FROM l.wall) >= (s ->> 'start')::integer
				AND extract(hour FROM l.wall) * 60 + extract(minute FROM l.wall) < (s ->> 'end')::integer
			ELSE extract(hour FROM l.wall) * 60 + extract(minute FROM l.wall) >= (s ->> 'start')::integer
				OR extract(hour FROM l.wall) * 60 + extract(minute FROM l.wall) < (s ->> 'end')::integer END),
	edge AS (SELECT at, day, shift, place, lag(ROW (day, shift)) OVER (ORDER BY at) IS DISTINCT FROM ROW (day, shift) AS begins FROM told)
	SELECT e.at, e.day, e.shift, (SELECT array_agg(c::integer ORDER BY c::integer) FROM jsonb_array_elements_text(
		policy #> ARRAY['rotation', 'cycle', mod(1000 * jsonb_array_length(policy #> '{rotation,cycle}') + (e.day - (policy #>> '{rotation,first}')::date),
			jsonb_array_length(policy #> '{rotation,cycle}'))::text, (e.place - 1)::text]) c)
	FROM edge e WHERE e.begins AND e.day BETWEEN from_ AND to_
$$;

-- Shifts that cover the day, boundaries every ten minutes at will; a cycle of one to nine days of crews, some with two, some with none.
CREATE FUNCTION t.random_policy(n integer) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	cuts integer[] := ARRAY(SELECT x FROM (SELECT DISTINCT (random() * 143)::integer * 10 AS x FROM generate_series(1, n)) y ORDER BY x);
	k integer := cardinality(cuts);
	shifts jsonb := '[]';
BEGIN
	FOR i IN 1 .. k LOOP
		shifts := shifts || jsonb_build_object('code', i::text, 'name', 's' || i, 'start', cuts[i],
			'end', CASE WHEN i < k THEN cuts[i + 1] WHEN cuts[1] = 0 THEN 1440 ELSE cuts[1] END);
	END LOOP;
	IF k = 1 AND cuts[1] > 0 THEN shifts := '[{"code": "1", "name": "all", "start": 0, "end": 1440}]'; END IF;
	RETURN jsonb_build_object('shifts', shifts, 'rotation', jsonb_build_object('first', '2026-01-01'::date + (random() * 400)::integer - 200, 'cycle',
		(SELECT jsonb_agg((SELECT jsonb_agg(CASE (random() * 4)::integer WHEN 0 THEN '[]'::jsonb WHEN 1 THEN '[2, 7]' ELSE jsonb_build_array((random() * 8)::integer + 1) END)
			FROM generate_series(1, k), (SELECT d) of_day)) FROM generate_series(1, (random() * 8)::integer + 1) d)));
END $$;

CREATE FUNCTION t.same_turns(policy jsonb, zone text, from_ date, to_ date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	bad record;
	n integer;
BEGIN
	UPDATE fenbo.setting SET value = zone WHERE name = 'time_zone';
	SELECT * INTO bad FROM (SELECT w.start_at, w.day, w.shift, ARRAY(SELECT unnest(w.crews) ORDER BY 1) AS crews FROM fenbo._turns_wanted(policy, 1, from_, to_) w) a
	FULL JOIN (SELECT r.start_at, r.day, r.shift, coalesce(r.crews, '{}') AS crews FROM t.reference(policy, zone, from_, to_) r) b USING (start_at, day, shift, crews)
	WHERE a.* IS NULL OR b.* IS NULL ORDER BY start_at LIMIT 1;
	IF FOUND THEN RAISE EXCEPTION 'turns differ in %: % of policy %', zone, bad, policy; END IF;
	-- No gap, no two at once.
	SELECT count(*) INTO n FROM (SELECT w.start_at, lag(w.end_at) OVER (ORDER BY w.start_at) AS before FROM fenbo._turns_wanted(policy, 1, from_, to_) w) x
	WHERE before <> start_at;
	PERFORM t.is(n::text, '0', format('the turns of %s in %s follow one another', from_, zone));
END $$;

-- The shipped six shifts over a year where clocks never change, then where they do.
\set six '''{"shifts": [{"code": "1", "name": "一班", "start": 480, "end": 720}, {"code": "2", "name": "二班", "start": 720, "end": 960}, {"code": "3", "name": "三班", "start": 960, "end": 1200}, {"code": "4", "name": "四班", "start": 1200, "end": 1440}, {"code": "5", "name": "五班", "start": 0, "end": 240}, {"code": "6", "name": "六班", "start": 240, "end": 480}], "rotation": {"first": "2026-01-01", "cycle": [[[1],[2],[3],[4],[5],[6]], [[6],[1],[2],[3],[4],[5]], [[5],[6],[1],[2],[3],[4]]]}}'''
SELECT t.same_turns(:six, z, '2026-01-01', '2026-12-31') FROM unnest('{Asia/Shanghai,Europe/Berlin}'::text[]) z;
-- Boundaries inside the hour that is skipped and the one that comes twice; half an hour of change; a shift that the clock jumps over.
SELECT t.same_turns('{"shifts": [{"code": "a", "name": "a", "start": 130, "end": 150}, {"code": "b", "name": "b", "start": 150, "end": 1300}, {"code": "c", "name": "c", "start": 1300, "end": 130}],
	"rotation": {"first": "2027-01-01", "cycle": [[[1],[2],[3]], [[4,5],[],[6]]]}}', z, d::date, d::date + 40)
FROM unnest('{Europe/Berlin,America/New_York,Australia/Lord_Howe}'::text[]) z, unnest('{2026-03-01,2026-10-01}'::text[]) d;
SELECT t.is((SELECT count(*)::text FROM fenbo._turns_wanted('{"shifts": [{"code": "a", "name": "a", "start": 130, "end": 150}, {"code": "b", "name": "b", "start": 150, "end": 130}]}', 1,
	'2026-03-29', '2026-03-29')), '2', 'in New York the clock does not jump that day')
FROM (SELECT set_config('x.y', 'z', false), (SELECT t.same_turns('{"shifts": [{"code": "a", "name": "a", "start": 0, "end": 1440}], "rotation": {"first": "2026-01-01", "cycle": [[[1]]]}}',
	'America/New_York', '2026-03-01', '2026-03-20'))) x;
SELECT setseed(0.4);
SELECT t.same_turns(t.random_policy(1 + i % 7), (ARRAY['Europe/Berlin', 'Asia/Shanghai', 'America/St_Johns', 'Australia/Lord_Howe', 'Africa/Casablanca'])[1 + i % 5],
	'2025-06-01'::date + (random() * 300)::integer, '2026-06-10'::date + (random() * 200)::integer) FROM generate_series(1, :rotations) i;
UPDATE fenbo.setting SET value = 'Asia/Shanghai' WHERE name = 'time_zone';

-- --- the table of turns ----------------------------------------------------------------------------------------------------

CREATE FUNCTION t.clock(at timestamptz) RETURNS void LANGUAGE sql AS $$
	INSERT INTO fenbo.setting (name, value) VALUES ('test_clock_offset', (at - statement_timestamp())::text) ON CONFLICT (name) DO UPDATE SET value = excluded.value
$$;
CREATE FUNCTION t.policy(more jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.routing_revision SET policy = policy || more WHERE revision = 1;
	PERFORM fenbo._shifts_spread(1);
END $$;
SELECT t.clock('2026-11-22 17:42:08+08');
SELECT t.policy(:six);
SELECT t.ok((SELECT count(*) FROM fenbo.shift_turn) BETWEEN 360 AND 370 AND (SELECT min(start_at) FROM fenbo.shift_turn) = '2026-11-22 16:00+08',
	'sixty days of turns, beginning with the one that is on');
SELECT t.is(shift || ' ' || name || ' ' || to_char(start_at AT TIME ZONE 'Asia/Shanghai', 'HH24:MI') || ' ' || crews::text, '3 三班 16:00 {2}', 'which turn it is') FROM fenbo.shift_at(NULL);
SELECT t.is((fenbo._turn_at('2026-11-23 07:59:59.9+08')).shift || fenbo.shift_of('2026-11-23 08:00+08') || fenbo.shift_of('2026-11-23 00:00+08'), '615', 'at the edges');
SELECT t.is(fenbo.shift_of('2020-02-29 23:59+08'), '4', 'long before the first turn: by the rule');
SELECT t.is(fenbo.shift_of('2030-02-28 12:00+08'), '2', 'and long after the last');
SELECT t.is((SELECT string_agg(DISTINCT to_char(start_at AT TIME ZONE 'Asia/Shanghai', 'HH24'), ' ') FROM fenbo.shift_turn), '00 04 08 12 16 20', 'midnight too');

-- A revision that changes the hours: the turn that is on keeps its end, the next begins there. Two shifts of twelve hours from 06:00.
SELECT t.policy('{"shifts": [{"code": "d", "name": "白班", "start": 360, "end": 1080}, {"code": "n", "name": "夜班", "start": 1080, "end": 360}], "rotation": {"first": "2026-01-01", "cycle": [[[1],[2]]]}}');
SELECT t.is(string_agg(shift || to_char(start_at AT TIME ZONE 'Asia/Shanghai', ' DD HH24:MI-') || to_char(end_at AT TIME ZONE 'Asia/Shanghai', 'DD HH24:MI'), ', ' ORDER BY start_at),
	'3 22 16:00-22 20:00, n 22 20:00-23 06:00, d 23 06:00-23 18:00, n 23 18:00-24 06:00', 'new hours begin where the turn that is on ends')
FROM (SELECT * FROM fenbo.shift_turn ORDER BY start_at LIMIT 4) x;
SELECT t.is((SELECT day::text FROM fenbo.shift_at('2026-11-24 03:00+08')), '2026-11-23', 'a night belongs to the day it begins on');
-- Back again within the night: the same turn goes on to its new end, none is there twice.
SELECT t.clock('2026-11-22 21:10:00+08');
SELECT t.policy('{"shifts": [{"code": "d", "name": "白班", "start": 480, "end": 1200}, {"code": "n", "name": "夜班", "start": 1200, "end": 480}]}');
SELECT t.is(string_agg(shift || to_char(start_at AT TIME ZONE 'Asia/Shanghai', ' DD HH24:MI-') || to_char(end_at AT TIME ZONE 'Asia/Shanghai', 'DD HH24:MI'), ', ' ORDER BY start_at),
	'3 22 16:00-22 20:00, n 22 20:00-23 08:00, d 23 08:00-23 20:00', 'the turn that is on gets its new end')
FROM (SELECT * FROM fenbo.shift_turn ORDER BY start_at LIMIT 3) x;
-- No shifts at all, and a month later shifts again: for the time between none are invented, and nobody was absent from them.
SELECT t.policy('{"shifts": []}');
SELECT t.is((SELECT count(*)::text FROM fenbo.shift_turn), '2', 'without shifts there are none to come');
SELECT t.ok((fenbo._turn_at('2026-11-24 12:00+08')).start_at IS NULL AND fenbo.shift_of('2026-11-24 12:00+08') IS NULL, 'and nobody is on');
SELECT t.clock('2026-12-24 09:00:00+08');
SELECT t.policy(:six);
SELECT t.is((SELECT string_agg(to_char(before AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI to ') || to_char(start_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI'), ' ')
	FROM (SELECT start_at, lag(end_at) OVER (ORDER BY start_at) AS before FROM fenbo.shift_turn) x WHERE before <> start_at), '11-23 08:00 to 12-24 08:00',
	'one gap, until the turn that is on');
SELECT t.is(fenbo.shift_of('2026-12-01 12:00+08'), '2', 'whose shift it was there the rule says');
SELECT t.is((SELECT max(day)::text FROM fenbo.shift_turn), '2027-02-22', 'sixty days ahead');
-- One look-up.
SELECT t.ok((SELECT sum(length(fenbo._shift('2026-12-25 00:00+08'::timestamptz + i * interval '37 seconds'))) FROM generate_series(1, 20000) i) = 20000, 'each is of one shift');
SELECT t.is((SELECT count(*)::text FROM fenbo.shift_roster('2026-12-25', '2026-12-27', false)), '18', 'three days have eighteen turns');
DELETE FROM fenbo.shift_turn;
SELECT count(*) || ' passed' FROM t.passed;
TRUNCATE t.passed;
