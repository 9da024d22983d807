-- 0087 leaders: the list of key cases that the city's leaders read each day, drafted by the machine and answered for by a supervisor; and
-- bulletins (通报), which tell units what was late or redone.
--
-- A list belongs to a day. Drafting it again brings the machine's part up to date and leaves alone what people did to it: what they added stays,
-- what they dropped stays dropped, what they moved or remarked keeps its place and its remark. Every change takes the version that was seen. What is
-- published is kept as it was, edition by edition, and committed to in the record (event no 0).
-- The numbers of the policy stand in [leaders]; weights say what comes first, not what is true.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.leaders_list (
	day        date PRIMARY KEY,
	version    integer NOT NULL DEFAULT 1,
	drafted_at timestamptz NOT NULL,
	drafted_by text NOT NULL
);
CREATE TABLE fenbo.leaders_item (
	day     date NOT NULL REFERENCES fenbo.leaders_list,
	no      bigint NOT NULL,
	rank    integer NOT NULL,                        -- 1 is first
	score   integer NOT NULL DEFAULT 0,
	reasons jsonb NOT NULL DEFAULT '[]',             -- [{code, n?, text?}], the heaviest first
	remark  text NOT NULL DEFAULT '',
	by      text,                                    -- who added it; NULL = the machine
	kept    boolean NOT NULL DEFAULT false,          -- a person put it where it stands
	dropped text,                                    -- who dropped it
	PRIMARY KEY (day, no)
);
CREATE TABLE fenbo.leaders_edition (
	day     date NOT NULL REFERENCES fenbo.leaders_list,
	edition integer NOT NULL,
	at      timestamptz NOT NULL,
	by      text NOT NULL,
	body    jsonb NOT NULL,
	salt    bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()), -- of the commitment in the record
	PRIMARY KEY (day, edition)
);

-- --- the machine's draft -------------------------------------------------------------------------------------------

-- Why an open case belongs before the leaders: one row for each reason, with its weight. The order of reasons is that of what a leader would be
-- asked about first: lives, crowds, cases that have gone wrong before, people who speak for others, delay.
CREATE FUNCTION fenbo._leaders_reasons(now_ timestamptz) RETURNS TABLE (no bigint, code text, weight integer, n bigint, said text)
LANGUAGE plpgsql STABLE SET jit = off AS $$
DECLARE
	crowd integer := fenbo._policy_int('{leaders,people}', 5);
	chases integer := fenbo._policy_int('{leaders,chased}', 3);
	late_s integer := fenbo._policy_int('{leaders,overdue_s}', 86400);
	disputes integer := 2 * fenbo._policy_int('{returns,ruling_after}', 2);
	words text[] := ARRAY(SELECT w FROM jsonb_array_elements_text(coalesce(fenbo._policy_part('{leaders,words}'), '[]')) w);
BEGIN
	RETURN QUERY SELECT q.no, 'danger', 100, NULL::bigint, NULL::text FROM fenbo.queue q WHERE q.flags & 64 <> 0;
	RETURN QUERY SELECT q.no, 'group', 60 + least(p.people, 40), p.people::bigint, NULL::text
		FROM (SELECT b.burst, fenbo._burst_primary(b.burst) AS first_ FROM (SELECT DISTINCT t.burst FROM fenbo.queue t WHERE t.burst IS NOT NULL) b) g
		CROSS JOIN LATERAL fenbo._burst_people(g.burst) p JOIN fenbo.queue q ON q.no = g.first_ WHERE p.people >= crowd;
	RETURN QUERY SELECT q.no, 'merged', 55 + least(q.repeats, 40), q.repeats + 1::bigint, NULL::text
		FROM fenbo.queue q WHERE q.burst IS NULL AND q.repeats + 1 >= crowd;
	RETURN QUERY SELECT q.no, 'special', 70, NULL::bigint, NULL::text FROM fenbo.queue q WHERE q.flags & 8192 <> 0;
	RETURN QUERY SELECT q.no, 'instructed', 50, NULL::bigint, NULL::text FROM fenbo.queue q WHERE q.flags & 16384 <> 0;
	RETURN QUERY SELECT q.no, 'disputed', 45, q.returned::bigint, NULL::text FROM fenbo.queue q WHERE q.returned >= disputes;
	RETURN QUERY SELECT q.no, 'media', 45, NULL::bigint, coalesce(w.word, '') FROM fenbo.queue q JOIN fenbo.appeal a ON a.no = q.no
		CROSS JOIN LATERAL (SELECT x AS word FROM unnest(words) x WHERE position(lower(x) IN lower(a.title || ' ' || a.text)) > 0 LIMIT 1) w
		WHERE cardinality(words) > 0 AND q.received_at > now_ - interval '7 days';
	RETURN QUERY SELECT q.no, 'delegate', 40, NULL::bigint, NULL::text FROM fenbo.queue q WHERE q.flags & 16 <> 0;
	RETURN QUERY SELECT q.no, 'supervised', 35, NULL::bigint, NULL::text FROM fenbo.queue q WHERE q.flags & 8194 = 2;
	RETURN QUERY SELECT q.no, 'enterprise', 30, NULL::bigint, NULL::text FROM fenbo.queue q WHERE q.flags & 32 <> 0;
	RETURN QUERY SELECT q.no, 'overdue', 20 + least(extract(epoch FROM now_ - q.due_at)::bigint / 86400, 30)::integer,
		extract(epoch FROM now_ - q.due_at)::bigint, NULL::text FROM fenbo.queue q WHERE q.due_at < now_ - make_interval(secs => late_s);
	RETURN QUERY SELECT q.no, 'chased', 15 + least(q.chased, 30), q.chased::bigint, NULL::text FROM fenbo.queue q WHERE q.chased >= chases;
END
$$;

-- The list of the day, locked, at the version that was seen; made when there is none and `make` says so.
CREATE FUNCTION fenbo._leaders_at(day_ date, version_ integer) RETURNS fenbo.leaders_list
LANGUAGE plpgsql AS $$
DECLARE
	l fenbo.leaders_list;
BEGIN
	SELECT * INTO l FROM fenbo.leaders_list t WHERE t.day = day_ FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('not_found', 'day', 'there is no list of this day: draft it first');
	ELSIF version_ IS DISTINCT FROM l.version THEN
		PERFORM fenbo._fail('stale', 'version', 'the list has moved on', l.version);
	END IF;
	RETURN l;
END
$$;

-- Ranks 1, 2, 3 … in the order in which they stand.
CREATE FUNCTION fenbo._leaders_number(day_ date) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.leaders_item i SET rank = x.r FROM (SELECT t.no, row_number() OVER (ORDER BY t.rank, t.kept DESC, t.score DESC, t.no) AS r
		FROM fenbo.leaders_item t WHERE t.day = day_ AND t.dropped IS NULL) x
	WHERE i.day = day_ AND i.no = x.no AND i.rank <> x.r;
END
$$;

-- Who is asking, when it is somebody of the centre: lists and bulletins are of the whole city.
CREATE FUNCTION fenbo._centre_as(VARIADIC roles text[]) RETURNS fenbo.who
LANGUAGE plpgsql STABLE AS $$
DECLARE
	w fenbo.who := fenbo._who_as(VARIADIC roles);
BEGIN
	IF NOT (fenbo._scope(w)).whole THEN
		PERFORM fenbo._fail('forbidden', '', 'leaders'' lists and bulletins are the centre''s');
	END IF;
	RETURN w;
END
$$;

-- Draft the list of today, or bring the draft up to date. Returns how many cases are on it.
CREATE FUNCTION fenbo.leaders_draft(day date DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off SET lock_timeout = '5s' AS $$
#variable_conflict use_column
DECLARE
	w fenbo.who := fenbo._centre_as('supervisor', 'admin');
	now_ timestamptz := fenbo.now_();
	day_ date := coalesce(leaders_draft.day, fenbo._day(now_));
	most integer := fenbo._policy_int('{leaders,most}', 30);
	n integer;
BEGIN
	IF day_ <> fenbo._day(now_) THEN
		PERFORM fenbo._fail('invalid', 'day', 'only the list of today can be drafted');
	END IF;
	INSERT INTO fenbo.leaders_list AS l (day, drafted_at, drafted_by) VALUES (day_, now_, w.account)
	ON CONFLICT (day) DO UPDATE SET version = l.version + 1, drafted_at = now_, drafted_by = w.account;
	DELETE FROM fenbo.leaders_item i WHERE i.day = day_ AND i.by IS NULL AND NOT i.kept AND i.dropped IS NULL AND i.remark = '';
	WITH said AS (SELECT * FROM fenbo._leaders_reasons(now_)),
	scored AS (SELECT s.no, sum(s.weight)::integer AS score, jsonb_agg(jsonb_strip_nulls(jsonb_build_object('code', s.code, 'n', s.n, 'text', s.said))
			ORDER BY s.weight DESC, s.code) AS reasons FROM said s GROUP BY s.no),
	best AS (SELECT s.* FROM scored s WHERE NOT EXISTS (SELECT FROM fenbo.leaders_item i WHERE i.day = day_ AND i.no = s.no AND i.dropped IS NOT NULL)
		ORDER BY s.score DESC, s.no LIMIT most)
	INSERT INTO fenbo.leaders_item AS i (day, no, rank, score, reasons)
	SELECT day_, b.no, 1000, b.score, b.reasons FROM best b
	ON CONFLICT (day, no) DO UPDATE SET score = excluded.score, reasons = excluded.reasons;
	-- What no person placed stands in the order of its score, behind what was placed before it.
	UPDATE fenbo.leaders_item i SET rank = x.r FROM (SELECT t.no, row_number() OVER (ORDER BY t.score DESC, t.no) AS r
		FROM fenbo.leaders_item t WHERE t.day = day_ AND t.dropped IS NULL) x
	WHERE i.day = day_ AND i.no = x.no AND NOT i.kept;
	PERFORM fenbo._leaders_number(day_);
	SELECT count(*) INTO n FROM fenbo.leaders_item i WHERE i.day = day_ AND i.dropped IS NULL;
	PERFORM fenbo._event0('leaders', jsonb_build_object('day', day_, 'drafted', n), '{}');
	RETURN n;
END
$$;

-- --- editing and publishing ----------------------------------------------------------------------------------------

-- op: add (a case; text: its remark), drop, move (to rank `at`), remark (text; empty takes it away). Returns the list's new version.
CREATE FUNCTION fenbo.leaders_edit(day date, version integer, op text, of_case bigint, at integer DEFAULT NULL, body text DEFAULT NULL) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
#variable_conflict use_column
DECLARE
	w fenbo.who := fenbo._centre_as('supervisor', 'admin');
	l fenbo.leaders_list := fenbo._leaders_at(leaders_edit.day, leaders_edit.version);
	i fenbo.leaders_item;
	words text := coalesce(fenbo._arg(jsonb_build_object('text', body), 'text', 2000), '');
BEGIN
	PERFORM fenbo._seen(of_case, w);
	SELECT * INTO i FROM fenbo.leaders_item t WHERE t.day = l.day AND t.no = of_case;
	IF op <> 'add' AND (i.no IS NULL OR i.dropped IS NOT NULL) THEN
		PERFORM fenbo._fail('not_found', 'id', 'this case is not on the list');
	END IF;
	CASE op
	WHEN 'add' THEN
		IF i.no IS NOT NULL AND i.dropped IS NULL THEN
			PERFORM fenbo._fail('impossible', 'id', 'this case is on the list already');
		END IF;
		INSERT INTO fenbo.leaders_item AS t (day, no, rank, remark, by, kept)
		VALUES (l.day, of_case, coalesce(at, 1000), words, w.account, true)
		ON CONFLICT (day, no) DO UPDATE SET rank = excluded.rank, remark = excluded.remark, by = excluded.by, kept = true, dropped = NULL;
	WHEN 'drop' THEN
		UPDATE fenbo.leaders_item t SET dropped = w.account WHERE t.day = l.day AND t.no = of_case;
	WHEN 'move' THEN
		IF at IS NULL OR at < 1 THEN
			PERFORM fenbo._fail('invalid', 'at', 'a place on the list is expected: 1 is the first');
		END IF;
		-- Everybody else steps aside: what stands at or below the place by one.
		UPDATE fenbo.leaders_item t SET rank = t.rank * 2 + CASE WHEN t.no = of_case THEN 0 ELSE 1 END WHERE t.day = l.day AND t.dropped IS NULL;
		UPDATE fenbo.leaders_item t SET rank = at * 2 + CASE WHEN at > i.rank THEN 2 ELSE 0 END, kept = true WHERE t.day = l.day AND t.no = of_case;
	WHEN 'remark' THEN
		UPDATE fenbo.leaders_item t SET remark = words WHERE t.day = l.day AND t.no = of_case;
	ELSE
		PERFORM fenbo._fail('usage', 'op', 'add, drop, move or remark is expected');
	END CASE;
	PERFORM fenbo._leaders_number(l.day);
	UPDATE fenbo.leaders_list t SET version = t.version + 1 WHERE t.day = l.day RETURNING t.version INTO l.version;
	PERFORM fenbo._event0('leaders', jsonb_build_object('day', l.day, 'op', op, 'id', fenbo._no13(of_case), 'version', l.version), '{}');
	RETURN l.version;
END
$$;

-- The cases on the list as they stand now, in their order.
CREATE FUNCTION fenbo._leaders_items(day_ date, s fenbo.scope) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(fenbo._line(i.no, s) || jsonb_build_object('rank', i.rank, 'score', i.score, 'reasons', i.reasons,
		'remark', i.remark, 'by', CASE WHEN i.by IS NOT NULL THEN fenbo._person(i.by) END, 'version', q.version, 'due_at', q.due_at,
		'unit_name', fenbo._unit_name(q.unit), 'flags', fenbo._flags(q.flags), 'instructions', (SELECT count(*) FROM fenbo.instruction n WHERE n.no = i.no AND n.settled_at IS NULL))
		ORDER BY i.rank, i.no), '[]')
	FROM fenbo.leaders_item i CROSS JOIN LATERAL fenbo._peek(i.no) q WHERE i.day = day_ AND i.dropped IS NULL);
END
$$;

-- The list of a day, newest without one: {day, version, drafted_at, drafted_by, editions:[{edition, at, by}], items:[…]}.
CREATE FUNCTION fenbo.leaders_show(day date DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	w fenbo.who := fenbo._centre_as('supervisor', 'admin');
	l fenbo.leaders_list;
BEGIN
	SELECT * INTO l FROM fenbo.leaders_list t WHERE t.day = coalesce(leaders_show.day, t.day) ORDER BY t.day DESC LIMIT 1;
	IF NOT FOUND THEN
		IF leaders_show.day IS NULL THEN RETURN '{"items": []}'; END IF;
		PERFORM fenbo._fail('not_found', 'day', 'there is no list of this day: draft it first');
	END IF;
	RETURN jsonb_build_object('day', l.day, 'version', l.version, 'drafted_at', l.drafted_at, 'drafted_by', fenbo._person(l.drafted_by),
		'editions', (SELECT coalesce(jsonb_agg(jsonb_build_object('edition', e.edition, 'at', e.at, 'by', fenbo._person(e.by)) ORDER BY e.edition), '[]')
			FROM fenbo.leaders_edition e WHERE e.day = l.day),
		'items', fenbo._leaders_items(l.day, fenbo._scope(w)));
END
$$;

-- Publish it as it stands: an edition is kept, and the leaders are told. Returns its number.
CREATE FUNCTION fenbo.leaders_publish(day date, version integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' SET jit = off AS $$
#variable_conflict use_column
DECLARE
	w fenbo.who := fenbo._centre_as('supervisor', 'admin');
	l fenbo.leaders_list := fenbo._leaders_at(leaders_publish.day, leaders_publish.version);
	body jsonb := fenbo._leaders_items(l.day, fenbo._scope(w));
	salt_ bytea;
	n integer;
BEGIN
	IF jsonb_array_length(body) = 0 THEN
		PERFORM fenbo._fail('impossible', 'day', 'there is nothing on the list');
	END IF;
	SELECT coalesce(max(e.edition), 0) + 1 INTO n FROM fenbo.leaders_edition e WHERE e.day = l.day;
	INSERT INTO fenbo.leaders_edition VALUES (l.day, n, fenbo.now_(), w.account, body) RETURNING salt INTO salt_;
	UPDATE fenbo.leaders_list t SET version = t.version + 1 WHERE t.day = l.day;
	PERFORM fenbo._event0('leaders', jsonb_build_object('day', l.day, 'edition', n, 'cases', (SELECT jsonb_agg(x -> 'id') FROM jsonb_array_elements(body) x),
		'sha256', fenbo._commit(salt_, body::text)), '{}');
	PERFORM fenbo._tell0('leader', 'leaders', jsonb_build_object('day', l.day, 'edition', n, 'cases', jsonb_array_length(body)));
	RETURN n;
END
$$;

-- An edition as it was published.
CREATE FUNCTION fenbo.leaders_edition(day date, edition integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._centre_as('supervisor', 'admin');
	e fenbo.leaders_edition;
BEGIN
	SELECT * INTO e FROM fenbo.leaders_edition t WHERE t.day = leaders_edition.day AND t.edition = leaders_edition.edition;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('not_found', 'edition', 'there is no such edition');
	END IF;
	RETURN jsonb_build_object('day', e.day, 'edition', e.edition, 'at', e.at, 'by', fenbo._person(e."by"), 'items', e.body);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.leaders_draft(date), fenbo.leaders_edit(date, integer, text, bigint, integer, text), fenbo.leaders_show(date),
	fenbo.leaders_publish(date, integer), fenbo.leaders_edition(date, integer) TO fenbo_supervisor, fenbo_admin;

-- Instructions that stand, or those of the last days with them: the ones most overdue first. `unit`: who they are for now.
CREATE FUNCTION fenbo.instructions(ended boolean DEFAULT false) RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	w fenbo.who := fenbo._who_as('supervisor', 'admin', 'unit');
	s fenbo.scope := fenbo._scope(w);
	now_ timestamptz := fenbo.now_();
BEGIN
	RETURN QUERY
	SELECT x.line || (x.i - ARRAY['no', 'version', 'remark']) || jsonb_build_object('instruction', x.i -> 'id', 'id', x.line -> 'id', 'unit', x.unit, 'unit_name', fenbo._unit_name(x.unit),
		'version', x.case_version,
		'text', fenbo._said(x.no, (x.i ->> 'version')::integer, 'instruction'), 'leader', fenbo._said(x.no, (x.i ->> 'version')::integer, 'leader'),
		'complied', fenbo._said(x.no, (x.i ->> 'complied_version')::integer, 'comply'),
		'overdue', (x.i ->> 'until')::timestamptz <= now_ AND x.i ->> 'complied_at' IS NULL AND x.i ->> 'settled_at' IS NULL)
	FROM (SELECT t.no, to_jsonb(t) AS i, t.until, t.id, t.complied_at, t.settled_at, fenbo._line(t.no, s) AS line, q.version AS case_version, f.unit
		FROM fenbo.instruction t CROSS JOIN LATERAL fenbo._peek(t.no) q CROSS JOIN LATERAL (SELECT fenbo._instruction_for(t.unit, q) AS unit OFFSET 0) f
		WHERE (t.settled_at IS NULL OR (instructions.ended AND t.settled_at > now_ - interval '30 days'))
		AND (w.role <> 'unit' OR f.unit = ANY (s.units)) OFFSET 0) x
	WHERE x.line ? 'title' ORDER BY x.settled_at NULLS FIRST, x.complied_at IS NOT NULL, x.until NULLS LAST, x.id;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.instructions(boolean) TO fenbo_supervisor, fenbo_admin, fenbo_unit;

-- --- bulletins -----------------------------------------------------------------------------------------------------

CREATE TABLE fenbo.bulletin (
	id           bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	version      integer NOT NULL DEFAULT 1,
	from_        date NOT NULL,
	to_          date NOT NULL,                      -- the last day of the period
	title        text NOT NULL,
	body         text NOT NULL,
	units        jsonb NOT NULL,                     -- [{unit, name, late, redo, returned, cases:[…]}], the most faults first
	drafted_at   timestamptz NOT NULL,
	drafted_by   text NOT NULL,
	published_at timestamptz,
	published_by text,
	salt         bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()), -- of the commitment in the record
	CHECK (from_ <= to_)
);

-- The unit that had the case when the event came to it.
CREATE FUNCTION fenbo._unit_then(v fenbo.event) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF v.before -> 'row' ? 'unit' THEN RETURN v.before #>> '{row,unit}'; END IF;
	IF v.before IS NOT NULL OR v.action <> 'rung' THEN RETURN v.after ->> 'unit'; END IF;
	RETURN (SELECT e.after ->> 'unit' FROM fenbo.event e WHERE e.no = v.no AND e.id < v.id ORDER BY e.id DESC LIMIT 1);
END
$$;

-- What went wrong at each unit from `from_` to before `to_`, by the event log: clocks of the unit (handle, and contact but of confidential cases, which
-- is the centre's) that ran out and were not given
-- time that had been asked for before, whether a sweep found it or an action; results sent back to be done again; cases returned that a ruling gave to
-- the same unit all the same. A case counts once in each column.
CREATE FUNCTION fenbo._bulletin_units(a timestamptz, b timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SET jit = off AS $$
BEGIN
	RETURN (WITH gone AS MATERIALIZED (SELECT (u.args ->> 'undoes')::bigint AS id FROM fenbo.event u
			WHERE u.at >= a AND u.action = 'undo' AND u.args ->> 'action' IN ('rate', 'visit', 'rule')),
		fault AS (SELECT fenbo._unit_then(v) AS unit, v.no, 'late' AS what FROM fenbo.event v
				CROSS JOIN unnest(CASE WHEN v.action = 'breach' THEN ARRAY[v.args ->> 'clock'] ELSE '{contact,handle}' END) f(kind)
				WHERE v.at >= a AND v.at < b AND (f.kind = 'handle' OR f.kind = 'contact' AND NOT v.after -> 'flags' ? 'confidential') AND (v.action = 'breach'
					OR v.args ? 'clocks' AND v.action <> 'undo' AND v.args #> ARRAY['clocks', f.kind] @> '{"late": true}')
					AND fenbo._late_stands(v, f.kind)
			UNION SELECT v.args ->> 'unit', v.no, 'redo' FROM fenbo.event v WHERE v.at >= a AND v.at < b AND v.action = 'redo'
				AND (v.args ->> 'by')::bigint NOT IN (SELECT g.id FROM gone g)
			UNION SELECT v.args ->> 'unit', v.no, 'returned' FROM fenbo.event v WHERE v.at >= a AND v.at < b AND v.action = 'rule'
				AND v.id NOT IN (SELECT g.id FROM gone g)
				AND EXISTS (SELECT FROM fenbo.event r WHERE r.no = v.no AND r.id < v.id AND r.action = 'return' AND r.args ->> 'by' = v.args ->> 'unit')),
		counted AS (SELECT f.unit, count(*) FILTER (WHERE what = 'late') AS late, count(*) FILTER (WHERE what = 'redo') AS redo,
			count(*) FILTER (WHERE what = 'returned') AS returned, count(*) AS n,
			(array_agg(DISTINCT fenbo._no13(f.no)))[1:20] AS cases FROM fault f WHERE f.unit IS NOT NULL GROUP BY f.unit)
		SELECT coalesce(jsonb_agg(jsonb_build_object('unit', t.unit, 'name', fenbo._unit_name(t.unit), 'late', t.late, 'redo', t.redo,
			'returned', t.returned, 'cases', t.cases) ORDER BY t.n DESC, t.unit), '[]') FROM counted t);
END
$$;

-- The bulletin's text: what the figures say, one line a unit.
CREATE FUNCTION fenbo._bulletin_text(units jsonb, from_ date, to_ date) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT format(E'%s至%s，各单位办件情况通报如下：\n', to_char(from_, 'FMMM月FMDD日'), to_char(to_, 'FMMM月FMDD日'))
		|| CASE WHEN jsonb_array_length(units) = 0 THEN '本期无超期、无重办。' ELSE
		(SELECT string_agg(format('%s. %s：%s。', x.i, x.u ->> 'name', concat_ws('，',
			CASE WHEN (x.u ->> 'late')::integer > 0 THEN '超期' || (x.u ->> 'late') || '件' END,
			CASE WHEN (x.u ->> 'redo')::integer > 0 THEN '重办' || (x.u ->> 'redo') || '件' END,
			CASE WHEN (x.u ->> 'returned')::integer > 0 THEN '应收退回' || (x.u ->> 'returned') || '件' END)), E'\n' ORDER BY x.i)
		FROM jsonb_array_elements(units) WITH ORDINALITY x(u, i)) || E'\n请上述单位核查原因，限期整改。' END
$$;

-- Draft the bulletin of a period, its last day included. Returns its number.
CREATE FUNCTION fenbo.bulletin_draft(from_ date, to_ date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	w fenbo.who := fenbo._centre_as('supervisor', 'admin');
	units jsonb;
	n bigint;
BEGIN
	IF from_ IS NULL OR to_ IS NULL OR from_ > to_ OR to_ - from_ > 366 THEN
		PERFORM fenbo._fail('invalid', 'from', 'a period of at most a year is expected');
	END IF;
	units := fenbo._bulletin_units(from_::timestamp AT TIME ZONE fenbo._zone(), (to_ + 1)::timestamp AT TIME ZONE fenbo._zone());
	INSERT INTO fenbo.bulletin AS b (from_, to_, title, body, units, drafted_at, drafted_by)
	VALUES (bulletin_draft.from_, bulletin_draft.to_, format('办件通报（%s—%s）', to_char(bulletin_draft.from_, 'YYYY.MM.DD'), to_char(bulletin_draft.to_, 'MM.DD')),
		fenbo._bulletin_text(units, bulletin_draft.from_, bulletin_draft.to_), units, fenbo.now_(), w.account) RETURNING b.id INTO n;
	PERFORM fenbo._event0('bulletin', jsonb_build_object('bulletin', n, 'from', from_, 'to', to_, 'drafted', true), '{}');
	RETURN n;
END
$$;

-- The bulletin, locked, as the caller saw it and not yet published.
CREATE FUNCTION fenbo._bulletin_at(id_ bigint, version_ integer) RETURNS fenbo.bulletin
LANGUAGE plpgsql AS $$
DECLARE
	b fenbo.bulletin;
BEGIN
	SELECT * INTO b FROM fenbo.bulletin t WHERE t.id = id_ FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('not_found', 'bulletin', 'there is no such bulletin');
	ELSIF b.published_at IS NOT NULL THEN
		PERFORM fenbo._fail('impossible', 'bulletin', 'the bulletin has been published', b.version, b.published_by, b.published_at);
	ELSIF version_ IS DISTINCT FROM b.version THEN
		PERFORM fenbo._fail('stale', 'version', 'the bulletin has moved on', b.version);
	END IF;
	RETURN b;
END
$$;

-- Another title or text; NULL leaves it. Returns the new version.
CREATE FUNCTION fenbo.bulletin_edit(id bigint, version integer, title text, body text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	w fenbo.who := fenbo._centre_as('supervisor', 'admin');
	b fenbo.bulletin := fenbo._bulletin_at(bulletin_edit.id, bulletin_edit.version);
BEGIN
	UPDATE fenbo.bulletin t SET version = b.version + 1,
		title = coalesce(fenbo._arg(jsonb_build_object('title', bulletin_edit.title), 'title', 200), b.title),
		body = coalesce(fenbo._arg(jsonb_build_object('text', bulletin_edit.body), 'text', 20000), b.body)
	WHERE t.id = b.id;
	PERFORM fenbo._event0('bulletin', jsonb_build_object('bulletin', b.id, 'edited', true, 'version', b.version + 1), '{}');
	RETURN b.version + 1;
END
$$;

-- Publish it: from now on it stands as it is, and every unit in it is told.
CREATE FUNCTION fenbo.bulletin_publish(id bigint, version integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	w fenbo.who := fenbo._centre_as('supervisor', 'admin');
	b fenbo.bulletin := fenbo._bulletin_at(bulletin_publish.id, bulletin_publish.version);
	u jsonb;
	n integer := 0;
BEGIN
	UPDATE fenbo.bulletin t SET published_at = fenbo.now_(), published_by = w.account WHERE t.id = b.id;
	FOR u IN SELECT x FROM jsonb_array_elements(b.units) x LOOP
		PERFORM fenbo._tell0('unit:' || (u ->> 'unit'), 'bulletin', jsonb_build_object('bulletin', b.id, 'title', b.title, 'text', b.body,
			'late', u -> 'late', 'redo', u -> 'redo', 'returned', u -> 'returned', 'cases', u -> 'cases'));
		n := n + 1;
	END LOOP;
	PERFORM fenbo._event0('bulletin', jsonb_build_object('bulletin', b.id, 'published', true, 'units', n,
		'sha256', fenbo._commit(b.salt, b.title || E'\n' || b.body)), '{}');
	RETURN n;
END
$$;

-- A draft that is not wanted.
CREATE FUNCTION fenbo.bulletin_drop(id bigint, version integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	w fenbo.who := fenbo._centre_as('supervisor', 'admin');
	b fenbo.bulletin := fenbo._bulletin_at(bulletin_drop.id, bulletin_drop.version);
BEGIN
	DELETE FROM fenbo.bulletin t WHERE t.id = b.id;
	PERFORM fenbo._event0('bulletin', jsonb_build_object('bulletin', b.id, 'dropped', true), '{}');
END
$$;

-- Bulletins, newest first; a unit sees the published ones that name it.
CREATE FUNCTION fenbo.bulletins(most integer DEFAULT 50) RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('supervisor', 'admin', 'unit');
	s fenbo.scope := fenbo._scope(w);
BEGIN
	RETURN QUERY SELECT jsonb_build_object('bulletin', b.id, 'version', b.version, 'from', b.from_, 'to', b.to_, 'title', b.title, 'text', b.body,
		'units', CASE WHEN w.role = 'unit' THEN (SELECT coalesce(jsonb_agg(u), '[]') FROM jsonb_array_elements(b.units) u WHERE u ->> 'unit' = ANY (s.units)) ELSE b.units END,
		'drafted_at', b.drafted_at, 'drafted_by', fenbo._person(b.drafted_by),
		'published_at', b.published_at, 'published_by', CASE WHEN b.published_by IS NOT NULL THEN fenbo._person(b.published_by) END)
	FROM fenbo.bulletin b WHERE w.role <> 'unit' OR b.published_at IS NOT NULL
		AND EXISTS (SELECT FROM jsonb_array_elements(b.units) u WHERE u ->> 'unit' = ANY (s.units))
	ORDER BY b.id DESC LIMIT least(greatest(most, 1), 500);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.bulletin_draft(date, date), fenbo.bulletin_edit(bigint, integer, text, text), fenbo.bulletin_publish(bigint, integer),
	fenbo.bulletin_drop(bigint, integer) TO fenbo_supervisor, fenbo_admin;
GRANT EXECUTE ON FUNCTION fenbo.bulletins(integer) TO fenbo_supervisor, fenbo_admin, fenbo_unit;

RESET ROLE;
