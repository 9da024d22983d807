-- 0008 routing: numbered revisions. The database is the truth; files are how people exchange it, and each revision
-- keeps the text it came from. A revision is whole: what a document leaves out is carried over from the one before.
-- Applying one spreads it into the tables that are read at work (unit, place, channel, reason, knowledge, calendar_day)
-- and resolves its rules.
SET ROLE fenbo_owner;

-- The rows of each part of a revision, as the document named them; items stand in duty_item.
CREATE TABLE fenbo.routing_part (
	revision integer NOT NULL REFERENCES fenbo.routing_revision,
	part     text NOT NULL CHECK (part IN ('units', 'places', 'channels', 'reasons', 'knowledge', 'calendar')),
	rows     jsonb NOT NULL CHECK (jsonb_typeof(rows) = 'array'),
	PRIMARY KEY (revision, part)
);

CREATE FUNCTION fenbo._texts(j jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE jsonb_typeof(j) WHEN 'array' THEN ARRAY(SELECT jsonb_array_elements_text(j)) ELSE '{}'::text[] END
$$;

-- One part of a revision as rows.
CREATE FUNCTION fenbo._part(rev integer, part_ text) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT CASE part_ WHEN 'items' THEN (SELECT coalesce(jsonb_agg(to_jsonb(d) - 'revision' ORDER BY d.code), '[]')
		FROM fenbo.duty_item d
			WHERE d.revision = rev)
		ELSE coalesce((SELECT p.rows FROM fenbo.routing_part p WHERE p.revision = rev AND p.part = part_), '[]') END
$$;

-- Units: never deleted, because cases and accounts name them; what a revision does not name is no longer active.
CREATE FUNCTION fenbo._spread_units(rows jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	bad text;
BEGIN
	INSERT INTO fenbo.unit AS t (code, name, short, level, function, area, desk, active, contact, head)
	SELECT r.code, r.name, coalesce(nullif(r.short, ''), r.name), r.level, nullif(r.function, ''), nullif(r.area, ''),
		coalesce(r.desk, false),
		coalesce(r.active, true), nullif(r.contact, ''), nullif(r.head, '')
	FROM jsonb_to_recordset(rows) AS r(code text, name text, short text, level text, function text, area text,
		desk boolean, active boolean,
		contact text, head text)
	ON CONFLICT (code) DO UPDATE SET name = excluded.name, short = excluded.short, level = excluded.level,
		function = excluded.function,
		area = excluded.area, desk = excluded.desk, active = excluded.active, contact = excluded.contact,
		head = excluded.head;
	UPDATE fenbo.unit t SET parent = nullif(r.parent, '') FROM jsonb_to_recordset(rows) AS r(code text, parent text)
	WHERE t.code = r.code AND t.parent IS DISTINCT FROM nullif(r.parent, '');
	UPDATE fenbo.unit t SET active = false WHERE t.active AND NOT EXISTS (SELECT FROM jsonb_array_elements(rows) r
		WHERE r ->> 'code' = t.code);
	WITH RECURSIVE down(code) AS (SELECT code FROM fenbo.unit WHERE parent IS NULL
		UNION ALL SELECT u.code FROM fenbo.unit u JOIN down ON u.parent = down.code)
	SELECT min(u.code) INTO bad FROM fenbo.unit u WHERE NOT EXISTS (SELECT FROM down WHERE down.code = u.code);
	IF bad IS NOT NULL THEN
		PERFORM fenbo._fail('invalid', 'units.' || bad || '.parent', format('the unit %s is above itself', bad));
	END IF;
END
$$;

CREATE FUNCTION fenbo._spread_places(rows jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	bad text;
BEGIN
	INSERT INTO fenbo.place AS t (code, name, level, aliases, lat, long, active)
	SELECT r.code, r.name, r.level, fenbo._texts(r.aliases), r.lat, r.long, coalesce(r.active, true)
	FROM jsonb_to_recordset(rows) AS r(code text, name text, level text, aliases jsonb, lat double precision,
		long double precision,
		active boolean)
	ON CONFLICT (code) DO UPDATE SET name = excluded.name, level = excluded.level, aliases = excluded.aliases,
		lat = excluded.lat,
		long = excluded.long, active = excluded.active;
	UPDATE fenbo.place t SET parent = nullif(r.parent, '') FROM jsonb_to_recordset(rows) AS r(code text, parent text)
	WHERE t.code = r.code AND t.parent IS DISTINCT FROM nullif(r.parent, '');
	UPDATE fenbo.place t SET active = false WHERE t.active AND NOT EXISTS (SELECT FROM jsonb_array_elements(rows) r
		WHERE r ->> 'code' = t.code);
	WITH RECURSIVE down(code) AS (SELECT code FROM fenbo.place WHERE parent IS NULL
		UNION ALL SELECT u.code FROM fenbo.place u JOIN down ON u.parent = down.code)
	SELECT min(u.code) INTO bad FROM fenbo.place u WHERE NOT EXISTS (SELECT FROM down WHERE down.code = u.code);
	IF bad IS NOT NULL THEN
		PERFORM fenbo._fail('invalid', 'places.' || bad || '.parent', format('the place %s is above itself', bad));
	END IF;
END
$$;

-- The small tables: channels stay for the cases that came through them, the others are what the revision says.
CREATE FUNCTION fenbo._spread_rest(part text, rows jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	CASE part
	WHEN 'channels' THEN
		INSERT INTO fenbo.channel AS t (code, name, place, active, citizen, contact)
		SELECT r.code, r.name, nullif(r.place, ''), coalesce(r.active, true), coalesce(r.citizen, true), coalesce(r.contact, '')
		FROM jsonb_to_recordset(rows) AS r(code text, name text, place text, active boolean, citizen boolean, contact text)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, place = excluded.place, active = excluded.active,
			citizen = excluded.citizen, contact = excluded.contact;
		UPDATE fenbo.channel t SET active = false
		WHERE t.active AND NOT EXISTS (SELECT FROM jsonb_array_elements(rows) r WHERE r ->> 'code' = t.code);
	WHEN 'reasons' THEN
		DELETE FROM fenbo.reason;
		INSERT INTO fenbo.reason SELECT r.action, r.code, r.name, coalesce(r.sort, 0)
		FROM jsonb_to_recordset(rows) AS r(action text, code text, name text, sort integer);
	WHEN 'knowledge' THEN
		DELETE FROM fenbo.knowledge;
		INSERT INTO fenbo.knowledge SELECT r.code, r.title, fenbo._texts(r.keywords), r.template,
			coalesce(r.active, true)
		FROM jsonb_to_recordset(rows) AS r(code text, title text, keywords jsonb, template text, active boolean);
	WHEN 'calendar' THEN
		DELETE FROM fenbo.calendar_day;
		INSERT INTO fenbo.calendar_day SELECT r.day, r.working, coalesce(r.name, '')
		FROM jsonb_to_recordset(rows) AS r(day date, working boolean, name text);
	END CASE;
END
$$;

-- The one resolver: which unit each rule function@level means in each area of that level. A unit answers for its own
-- area, or for its parent's if it names none, or for the whole city at the top. There are no places of the levels
-- bureau and grid: their units answer wherever their area is. Where several have the function there, the one of that
-- very level comes first, then the one that names the area itself, then the lower code.
CREATE FUNCTION fenbo._resolve(rev integer) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO fenbo.routing_resolved (revision, function, level, area, unit)
	WITH RECURSIVE rule AS (
		SELECT DISTINCT split_part(r, '@', 1) AS function, split_part(r, '@', 2) AS level
		FROM (SELECT d.lead FROM fenbo.duty_item d WHERE d.revision = rev
			UNION ALL SELECT unnest(d.assist || d.steps) FROM fenbo.duty_item d WHERE d.revision = rev
			UNION ALL SELECT policy #>> '{lead,fallback}' FROM fenbo.routing_revision WHERE revision = rev) x(r)
		WHERE r LIKE '%_@_%'
	), top AS (
		SELECT min(p.code) AS code FROM fenbo.place p WHERE p.parent IS NULL AND p.active
	), answers AS (
		SELECT u.code, u.function, u.level, u.active, coalesce(u.area, top.code) AS area, u.area IS NOT NULL AS own
		FROM fenbo.unit u, top WHERE u.parent IS NULL
		UNION ALL
		SELECT u.code, u.function, u.level, u.active, coalesce(u.area, a.area), u.area IS NOT NULL
		FROM fenbo.unit u JOIN answers a ON u.parent = a.code
	)
	SELECT DISTINCT ON (r.function, r.level, p.code) rev, r.function, r.level, p.code, a.code
	FROM rule r JOIN fenbo.place p ON (p.level = r.level OR r.level IN ('bureau', 'grid')) AND p.active
	JOIN answers a ON a.function = r.function AND a.area = p.code AND a.active
	ORDER BY r.function, r.level, p.code, (a.level = r.level) DESC, a.own DESC, a.code;

	-- What a rule does not resolve in an area of the fallback (policy lead.fallback: the desk of a district that is not
	-- ours) is the fallback's. The resolver's readers ask narrower areas first, so this never stands before a unit of a
	-- street or community.
	INSERT INTO fenbo.routing_resolved (revision, function, level, area, unit)
	SELECT rev, r.function, r.level, f.area, f.unit
	FROM (SELECT DISTINCT function, level FROM fenbo.routing_resolved WHERE revision = rev) r
	CROSS JOIN (SELECT s.area, s.unit FROM fenbo.routing_resolved s
		JOIN fenbo.routing_revision v ON v.revision = s.revision
		WHERE s.revision = rev AND s.function || '@' || s.level = v.policy #>> '{lead,fallback}') f
	ON CONFLICT DO NOTHING
$$;

-- Every lead, assistant and step names a unit, or a rule that some area can resolve.
CREATE FUNCTION fenbo._check_items(rev integer) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
	r record;
BEGIN
	SELECT d.code, x.field, x.rule INTO r FROM fenbo.duty_item d
	CROSS JOIN LATERAL (SELECT 'lead' AS field, d.lead AS rule UNION ALL SELECT 'assist', unnest(d.assist)
		UNION ALL SELECT 'steps', unnest(d.steps)) x
	WHERE d.revision = rev AND CASE WHEN x.rule LIKE '%_@_%' THEN NOT EXISTS (SELECT FROM fenbo.routing_resolved s
		WHERE s.revision = rev
			AND s.function = split_part(x.rule, '@', 1) AND s.level = split_part(x.rule, '@', 2))
		ELSE NOT EXISTS (SELECT FROM fenbo.unit u WHERE u.code = x.rule AND u.active) END
	ORDER BY d.code, x.field LIMIT 1;
	IF FOUND THEN
		PERFORM fenbo._fail('invalid', format('items.%s.%s', r.code, r.field),
			format('%s is neither an active unit nor a rule function@level that some area can resolve', r.rule));
	END IF;
END
$$;

-- Make a revision out of a whole document and let it take effect. Consoles and daemons learn of it by the event
-- 'route'.
CREATE FUNCTION fenbo._route_put(doc jsonb, files jsonb, note text, back integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	w fenbo.who := fenbo._who();
	rev integer;
	part text;
BEGIN
	SELECT coalesce(max(revision), 0) + 1 INTO rev FROM fenbo.routing_revision;
	INSERT INTO fenbo.routing_revision (revision, applied_at, applied_by, note, rolled_back_to, files, policy)
	VALUES (rev, fenbo.now_(), w.account, coalesce(note, ''), back, coalesce(files, '{}'), doc -> 'policy');
	FOREACH part IN ARRAY ARRAY['units', 'places', 'channels', 'reasons', 'knowledge', 'calendar'] LOOP
		INSERT INTO fenbo.routing_part VALUES (rev, part, doc -> part);
		CASE part WHEN 'units' THEN PERFORM fenbo._spread_units(doc -> part);
		WHEN 'places' THEN PERFORM fenbo._spread_places(doc -> part);
		ELSE PERFORM fenbo._spread_rest(part, doc -> part); END CASE;
	END LOOP;
	INSERT INTO fenbo.duty_item (revision, code, category, class, name, definition, keywords, priority, handle_days,
		lead, assist, steps)
	SELECT rev, r.code, r.category, r.class, r.name, coalesce(r.definition, ''), fenbo._texts(r.keywords),
		coalesce(r.priority, 'normal'),
		coalesce(r.handle_days, 5), r.lead, fenbo._texts(r.assist), fenbo._texts(r.steps)
	FROM jsonb_to_recordset(doc -> 'items') AS r(code text, category text, class text, name text, definition text,
		keywords jsonb,
		priority fenbo.priority, handle_days integer, lead text, assist jsonb, steps jsonb);
	PERFORM fenbo._resolve(rev);
	PERFORM fenbo._check_items(rev);
	PERFORM fenbo._ladder_compile(rev);
	UPDATE fenbo.setting SET value = rev::text WHERE name = 'routing_revision';
	PERFORM fenbo._shifts_spread(rev);
	PERFORM fenbo._working_make();
	UPDATE fenbo.setting SET value = doc #>> '{policy,centre,name}'
	WHERE name = 'centre_name' AND coalesce(doc #>> '{policy,centre,name}', '') <> '';
	PERFORM fenbo._event0('route', jsonb_build_object('revision', rev, 'rolled_back_to', back), '{}');
	RETURN rev;
EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
	PERFORM fenbo._fail('invalid', coalesce(part, 'items'), SQLERRM);
END
$$;

CREATE FUNCTION fenbo._route_lock(expect integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	now_at integer;
	r fenbo.routing_revision;
BEGIN
	SELECT value::integer INTO now_at FROM fenbo.setting WHERE name = 'routing_revision' FOR UPDATE;
	IF expect IS NOT NULL AND expect <> now_at THEN
		SELECT * INTO r FROM fenbo.routing_revision WHERE revision = now_at;
		PERFORM fenbo._fail('stale', 'revision', 'another revision has been applied since', now_at, r.applied_by,
			r.applied_at);
	END IF;
	RETURN now_at;
END
$$;

-- Apply a document {policy, units, items, places, channels, reasons, knowledge, calendar}; parts left out
-- stay as they are. files: the texts it came from, kept with the revision (those left out are carried over too).
-- expect_revision: the revision it was made against; stale when another has come since, NULL does not ask. Returns the
-- new number. invalid names part and row.
CREATE FUNCTION fenbo.route_apply(doc jsonb, files jsonb, note text, expect_revision integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
	w fenbo.who := fenbo._who_as('admin');
	current integer;
	whole jsonb := '{}';
	part text;
BEGIN
	IF jsonb_typeof(doc) IS DISTINCT FROM 'object' THEN
		PERFORM fenbo._fail('invalid', 'doc', 'a routing document is expected');
	END IF;
	current := fenbo._route_lock(expect_revision);
	FOREACH part IN ARRAY ARRAY['units', 'items', 'places', 'channels', 'reasons', 'knowledge', 'calendar'] LOOP
		IF jsonb_typeof(doc -> part) NOT IN ('array', 'null') THEN
			PERFORM fenbo._fail('invalid', part, 'an array of rows is expected');
		END IF;
		whole := whole || jsonb_build_object(part, coalesce(nullif(doc -> part, 'null'), fenbo._part(current, part)));
	END LOOP;
	whole := whole || jsonb_build_object('policy', coalesce(nullif(doc -> 'policy', 'null'),
		(SELECT policy FROM fenbo.routing_revision WHERE revision = current), '{}'));
	RETURN fenbo._route_put(whole, coalesce((SELECT r.files FROM fenbo.routing_revision r WHERE r.revision = current),
		'{}')
		|| coalesce(nullif(files, 'null'), '{}'), note, NULL);
END
$$;

-- Make an earlier revision the current one again, as a new one with its own number: history only grows.
CREATE FUNCTION fenbo.route_rollback(to_revision integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
	w fenbo.who := fenbo._who_as('admin');
	current integer := fenbo._route_lock(NULL);
	r fenbo.routing_revision;
	whole jsonb := '{}';
	part text;
BEGIN
	SELECT * INTO r FROM fenbo.routing_revision WHERE revision = to_revision;
	IF r.revision IS NULL THEN
		PERFORM fenbo._fail('not_found', 'revision', 'there is no such revision');
	ELSIF r.revision = current THEN
		PERFORM fenbo._fail('impossible', 'revision', 'this is the current revision');
	END IF;
	FOREACH part IN ARRAY ARRAY['units', 'items', 'places', 'channels', 'reasons', 'knowledge', 'calendar'] LOOP
		whole := whole || jsonb_build_object(part, fenbo._part(to_revision, part));
	END LOOP;
	RETURN fenbo._route_put(whole || jsonb_build_object('policy', r.policy), r.files, format('back to revision %s',
		to_revision), to_revision);
END
$$;

CREATE FUNCTION fenbo.route_history() RETURNS TABLE (revision integer, applied_at timestamptz, applied_by text,
	note text,
	rolled_back_to integer, files text[], current boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	PERFORM fenbo._who_as('admin', 'supervisor');
	RETURN QUERY SELECT r.revision, r.applied_at, r.applied_by, r.note, r.rolled_back_to,
		ARRAY(SELECT jsonb_object_keys(r.files)),
		r.revision::text = fenbo._get('routing_revision')
	FROM fenbo.routing_revision r ORDER BY r.revision DESC;
END
$$;

-- {file name: text} a revision came from.
CREATE FUNCTION fenbo.route_files(of_revision integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	f jsonb;
BEGIN
	PERFORM fenbo._who_as('admin', 'supervisor');
	SELECT r.files INTO f FROM fenbo.routing_revision r WHERE r.revision = of_revision;
	IF f IS NULL THEN
		PERFORM fenbo._fail('not_found', 'revision', 'there is no such revision');
	END IF;
	RETURN f;
END
$$;

-- What differs from revision a to revision b, row by row: change is added, removed or changed. The policy is compared
-- member by member.
CREATE FUNCTION fenbo.route_diff(a integer, b integer) RETURNS TABLE (part text, key text, change text, before jsonb,
	after jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	n integer;
BEGIN
	PERFORM fenbo._who_as('admin', 'supervisor');
	FOREACH n IN ARRAY ARRAY[a, b] LOOP
		IF n IS NULL OR NOT EXISTS (SELECT FROM fenbo.routing_revision r WHERE r.revision = n) THEN
			PERFORM fenbo._fail('not_found', 'revision', 'there is no such revision');
		END IF;
	END LOOP;
	RETURN QUERY
	WITH parts AS (
		SELECT v.side, p.part, CASE p.part WHEN 'reasons' THEN (r.value ->> 'action') || ' ' || (r.value ->> 'code')
			WHEN 'calendar' THEN r.value ->> 'day' ELSE r.value ->> 'code' END AS key, r.value AS val
		FROM (VALUES ('a', a), ('b', b)) v(side, rev), unnest(ARRAY['units', 'items', 'places', 'channels', 'reasons',
			'knowledge', 'calendar']) p(part), jsonb_array_elements(fenbo._part(v.rev, p.part)) r
		UNION ALL
		SELECT v.side, 'policy', m.key || CASE WHEN n.key IS NULL THEN '' ELSE '.' || n.key END,
			coalesce(n.value, m.value)
		FROM (VALUES ('a', a), ('b', b)) v(side, rev) JOIN fenbo.routing_revision r ON r.revision = v.rev,
			jsonb_each(r.policy) m
		LEFT JOIN LATERAL jsonb_each(CASE jsonb_typeof(m.value) WHEN 'object' THEN m.value ELSE '{}' END) n ON true
	)
	SELECT coalesce(x.part, y.part), coalesce(x.key, y.key),
		CASE WHEN x.key IS NULL THEN 'added' WHEN y.key IS NULL THEN 'removed' ELSE 'changed' END, x.val, y.val
	FROM (SELECT * FROM parts WHERE side = 'a') x FULL JOIN (SELECT * FROM parts WHERE side = 'b') y ON x.part = y.part
		AND x.key = y.key
	WHERE x.val IS DISTINCT FROM y.val ORDER BY 1, 2;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.route_apply(jsonb, jsonb, text, integer), fenbo.route_rollback(integer) TO fenbo_admin;
GRANT EXECUTE ON FUNCTION fenbo.route_history(), fenbo.route_files(integer), fenbo.route_diff(integer, integer)
	TO fenbo_admin, fenbo_supervisor;

-- The current revision as programs load it. Everybody may read it.
CREATE FUNCTION fenbo.routing_units() RETURNS SETOF fenbo.unit
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo,
	pg_temp AS 'SELECT * FROM fenbo.unit ORDER BY code';
CREATE FUNCTION fenbo.routing_items() RETURNS SETOF fenbo.duty_item
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT * FROM fenbo.duty_item WHERE revision = fenbo._get('routing_revision')::integer ORDER BY code
$$;
CREATE FUNCTION fenbo.routing_places() RETURNS SETOF fenbo.place
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo,
	pg_temp AS 'SELECT * FROM fenbo.place ORDER BY code';
CREATE FUNCTION fenbo.routing_resolved() RETURNS SETOF fenbo.routing_resolved
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT * FROM fenbo.routing_resolved WHERE revision = fenbo._get('routing_revision')::integer ORDER BY function,
		level, area
$$;
CREATE FUNCTION fenbo.routing_policy() RETURNS TABLE (revision integer, policy jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT s.value::integer, coalesce(r.policy, '{}') FROM fenbo.setting s LEFT
		JOIN fenbo.routing_revision r ON r.revision = s.value::integer
	WHERE s.name = 'routing_revision'
$$;
CREATE FUNCTION fenbo.channels() RETURNS SETOF fenbo.channel
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo,
	pg_temp AS 'SELECT * FROM fenbo.channel ORDER BY code';
-- One part of the current revision as rows, for export: units, items, places, channels, reasons, knowledge, calendar.
CREATE FUNCTION fenbo.routing_rows(part text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT fenbo._part(fenbo._get('routing_revision')::integer, part)
$$;
GRANT EXECUTE ON FUNCTION fenbo.routing_units(), fenbo.routing_items(), fenbo.routing_places(),
	fenbo.routing_resolved(),
	fenbo.routing_policy(), fenbo.channels(), fenbo.routing_rows(text)
	TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit, fenbo_feed;

RESET ROLE;
