-- Clocks through actions: what each does to them, how that is explained, and what changed hours do to those that run. Arithmetic is test_clock_walk's.
CREATE FUNCTION t.lines(name text, kind text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n bigint := t.no(name);
	said text;
BEGIN
	PERFORM t.become('sue');
	SELECT string_agg(l.what || coalesce(':' || l.seconds, '') || coalesce('/' || l.source || '=' || l.name, ''), ' ') INTO said
	FROM fenbo.clock_explain(n) l WHERE l.kind = lines.kind AND l.what NOT IN ('day', 'left');
	PERFORM t.become('postgres');
	RETURN said;
END
$$;
-- The working time of the days, as shown.
CREATE FUNCTION t.days(name text, kind text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	n bigint := t.no(name);
	said bigint;
BEGIN
	PERFORM t.become('ute');
	SELECT sum(l.seconds) INTO said FROM fenbo.clock_explain(n) l WHERE l.kind = days.kind AND l.what = 'day';
	PERFORM t.become('postgres');
	RETURN said;
END
$$;
CREATE FUNCTION t.sweep() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM t.become('feeder');
	PERFORM fenbo.lead(), fenbo.sweep();
	PERFORM t.become('postgres');
END
$$;

SELECT t.make('ca', 'cb', 'cc', 'cd');
SELECT t.does('anna', 'override', 'ca', '{"reason": "other_unit", "unit": "BA-ZJ", "item": "noise"}');
SELECT t.is(t.lines('ca', 'handle'), 'start:126000/item=夜间施工噪音 due:126000', 'five days of the duty item');
SELECT t.is(t.days('ca', 'handle')::text, '126000', 'day by day');
SELECT t.is(t.lines('ca', 'contact'), 'start:86400/priority=normal due:86400', 'a day of the clock');

-- Priority, duty item, extension and pause, each from the same start.
SELECT t.undoes('sue', 'priority', 'ca', '{"priority": "fast"}');
SELECT t.does('sue', 'priority', 'ca', '{"priority": "fast", "reason": "老人多"}');
SELECT t.is(t.lines('ca', 'handle'), 'start:126000/item=夜间施工噪音 limit:75600/priority=fast due:75600', 'a pressing case has less time than its duty item');
SELECT t.undoes('sue', 'edit', 'ca', '{"fields": {"duty_item": "gas"}}');
SELECT t.does('sue', 'edit', 'ca', '{"fields": {"duty_item": "gas"}}');
SELECT t.ok((t.q('ca')).item = 'gas' AND (t.clock('ca', 'handle')).limit_s = 2 * 25200 AND (t.last('ca')).args #>> '{clocks,handle,limit_s}' = '50400',
	'another duty item, another limit');
SELECT t.does('ute', 'extend', 'ca', '{"reason": "weather", "days": 1}');
SELECT t.does('sue', 'approve', 'ca', '{"decision": "yes"}');
SELECT t.does('ute', 'pause', 'ca', '{"reason": "weather"}');
SELECT t.wait('7 days');
SELECT t.does('ute', 'resume', 'ca');
SELECT t.ok(k.extended_s = 25200 AND k.paused_s = fenbo._working_between(lower(k.pauses), upper(k.pauses)) AND k.paused_s >= 5 * 25200
	AND k.due_at = fenbo._working_add(k.started_at, k.limit_s + k.extended_s + k.paused_s), 'three days, and a week of pause') FROM t.clock('ca', 'handle') k;
SELECT t.is(t.days('ca', 'handle')::text, '75600', 'the days without the pause are the limit and the extension');
SELECT t.ok(t.lines('ca', 'handle') ~ ' extend:25200 pause:\d+ due:75600$', 'in the order in which it came');

-- The same words for a case that has left: merged, and closed.
SELECT t.does('anna', 'merge', 'cb', jsonb_build_object('into', t.case13('cc')));
SELECT t.ok(t.lines('cb', 'dispatch') ~ '^start:28800/priority=normal pause due:28800', 'a merged one stands still');
SELECT t.does('anna', 'unmerge', 'cb');
SELECT t.does('anna', 'end', 'cb', '{"outcome": "invalid", "reason": "no_content"}');
SELECT t.ok(t.lines('cb', 'dispatch') ~ '^start:28800/priority=normal pause:\d+ stop due:28800 late:\d+$', 'a closed one, too');
SELECT t.does('ute', 'resolve', 'ca', '{"text": "已修好"}');
SELECT t.is(t.lines('ca', 'rate'), 'start:604800/priority=fast due:604800', 'a week to rate');
SELECT t.wait('8 days');
SELECT t.become('feeder');
SELECT fenbo.lead(), fenbo.ladder(1000);
SELECT t.become('postgres');
SELECT t.ok((t.clock('ca', 'rate')).breached_at IS NULL AND NOT EXISTS (SELECT FROM fenbo.event e WHERE e.no = t.no('ca') AND e.args ->> 'clock' = 'rate'),
	'nobody is late with a rating');

-- Other hours: eight a day instead of seven, and tomorrow is a holiday. Five days stay five days, from the same start.
SELECT t.does('anna', 'override', 'cc', '{"reason": "other_unit", "unit": "BA-ZJ", "item": "noise"}');
SELECT t.does('anna', 'override', 'cd', '{"reason": "other_unit", "unit": "BA-ZJ", "item": "noise"}');
SELECT t.does('ute', 'pause', 'cd', '{"reason": "weather"}');
INSERT INTO fenbo.routing_revision (revision, applied_at, applied_by, files, policy)
	SELECT revision + 1, fenbo.now_(), 'test', '{}', policy || '{"working": {"days": [1, 2, 3, 4, 5], "am": [540, 720], "pm": [840, 1140]}}'
	FROM fenbo.routing_revision WHERE revision = fenbo._revision();
INSERT INTO fenbo.duty_item SELECT (jsonb_populate_record(NULL::fenbo.duty_item, to_jsonb(d) || jsonb_build_object('revision', fenbo._revision() + 1))).*
	FROM fenbo.duty_item d WHERE d.revision = fenbo._revision();
UPDATE fenbo.setting SET value = (value::integer + 1)::text WHERE name = 'routing_revision';
INSERT INTO fenbo.calendar_day VALUES (fenbo._day(fenbo.now_()) + 1, false, '台风'), (fenbo._day(fenbo.now_()) + 2, true, ''), (fenbo._day(fenbo.now_()) + 3, true, '');
SELECT fenbo._working_make();
SELECT t.sweep();
SELECT t.ok(k.limit_s = 5 * 28800 AND k.due_at = fenbo._working_add(k.started_at, 5 * 28800) AND k.calendar_no = fenbo._calendar_no()
	AND e.action = 'retime' AND e.actor = 'system' AND e.args #>> '{clocks,handle,limit_s}' = '144000' AND e.before IS NULL, name || ' is counted anew, and says so')
FROM unnest(ARRAY['cc', 'cd']) name, t.clock(name, 'handle') k, t.last(name) e;
SELECT t.ok((t.clock('cc', 'contact')).limit_s = 86400, 'hours of the day stay what they are');
SELECT t.sweep();
SELECT t.is(count(*)::text, '1', 'once') FROM fenbo.event e WHERE e.no = t.no('cc') AND e.action = 'retime';
SELECT t.is(t.lines('cc', 'handle'), 'start:126000/item=夜间施工噪音 limit:144000/item=夜间施工噪音 retime due:144000', 'and is explained');
SELECT t.is(t.days('cc', 'handle')::text, '144000', 'in the new hours');
SELECT t.does('ute', 'undo', 'cd');
SELECT t.ok(k.limit_s = 5 * 28800 AND k.paused_since IS NULL AND k.calendar_no = fenbo._calendar_no(), 'an undo does not bring the old hours back') FROM t.clock('cd', 'handle') k;
SELECT t.chains();
SELECT count(*) || ' passed' FROM t.passed;
