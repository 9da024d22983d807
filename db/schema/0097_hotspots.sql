-- 0097 hot spots: matters that rise at places against their own past, as the fenbod that leads finds them (core/machine/hotspot.h), kept with
-- their evidence, judged by a supervisor; and the heat table of streets by classes of matters.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.hotspot (
	id           bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	matter       text NOT NULL,                      -- duty item, class, category by level; '' = anything
	matter_level integer NOT NULL CHECK (matter_level BETWEEN 0 AND 3),
	place        text NOT NULL,                      -- place code; '' = anywhere
	place_level  integer NOT NULL CHECK (place_level BETWEEN 0 AND 3),
	weak         boolean NOT NULL,                   -- a signal, not yet a hot spot
	raised_at    timestamptz NOT NULL,
	hot_at       timestamptz,                        -- when it became more than a signal
	seen_at      timestamptz NOT NULL,               -- last found
	ended_at     timestamptz,
	since        timestamptz NOT NULL,               -- first case of its window
	window_s     integer NOT NULL,
	cases        integer NOT NULL,
	people       integer NOT NULL,
	expected     real NOT NULL,                      -- people
	surprise     real NOT NULL,                      -- -log10 of the probability by chance; the most it ever was
	nos          bigint[] NOT NULL,                  -- its cases, newest first: every one that was ever named, at most 500
	days         integer[] NOT NULL,                 -- people a day, today last
	verdict      text CHECK (verdict IN ('real', 'known', 'nothing')),
	settled_at   timestamptz,
	settled_by   text,
	remark       text
);
CREATE UNIQUE INDEX hotspot_open ON fenbo.hotspot (matter, matter_level, place, place_level) WHERE ended_at IS NULL;
CREATE INDEX ON fenbo.hotspot (raised_at);

CREATE TABLE fenbo.heat (
	window_s integer NOT NULL,
	place    text NOT NULL,                          -- a street
	matter   text NOT NULL,                          -- a class of the duty list
	people   integer NOT NULL,
	expected real NOT NULL,
	at       timestamptz NOT NULL,
	PRIMARY KEY (window_s, place, matter)
);

-- The centre's own wall clock as seconds, the time in which hot spots are counted; and back.
CREATE FUNCTION fenbo._local_s(t timestamptz) RETURNS bigint
LANGUAGE sql STABLE AS $$ SELECT floor(extract(epoch FROM t AT TIME ZONE fenbo._zone()))::bigint $$;

CREATE FUNCTION fenbo._local_at(s bigint) RETURNS timestamptz
LANGUAGE sql STABLE AS $$ SELECT (timestamp 'epoch' + make_interval(secs => s)) AT TIME ZONE fenbo._zone() $$;

-- What finding needs to know beside the cases: now, the days off from 120 days ago to a week ahead (days since 1970-01-01), the policy, and `edge`: what
-- cannot be seen yet will stand in the log at or behind it.
CREATE FUNCTION fenbo.hotspots_rhythm(OUT now_s bigint, OUT off_days text, OUT false_a_day double precision, OUT people integer, OUT edge text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	today date := fenbo._day(fenbo.now_());
BEGIN
	now_s := fenbo._local_s(fenbo.now_());
	SELECT string_agg((d::date - date '1970-01-01')::text, ' ' ORDER BY d) INTO off_days
	FROM generate_series(today - 120, today + 7, interval '1 day') d WHERE NOT fenbo._working_day(d::date);
	off_days := coalesce(off_days, '');
	false_a_day := coalesce(fenbo._policy_text('{hotspots,false_a_day}', '0.2')::double precision, 0.2);
	people := fenbo._policy_int('{hotspots,people}', 3);
	edge := pg_snapshot_xmin(pg_current_snapshot())::text;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.hotspots_rhythm() TO fenbo_feed;

-- A case as it is counted: under the item and place it has now, or, while nobody has said any, those that were recommended. One that was no appeal does
-- not count; one merged into another is still somebody who told of it.
CREATE FUNCTION fenbo._hotspot_case(a fenbo.appeal, OUT at_s bigint, OUT phone text, OUT item text, OUT place text, OUT counts boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	q fenbo.queue;
BEGIN
	SELECT * INTO q FROM fenbo.queue t WHERE t.no = a.no;
	at_s := fenbo._local_s(a.received_at);
	phone := coalesce((SELECT fenbo._phone_digits(c.phone) FROM fenbo.citizen c WHERE c.no = a.no), '');
	item := coalesce(q.item, a.item, a.duty_item, fenbo._item_said(a.no), '');
	place := coalesce(nullif(q.place, ''), a.place, '');
	counts := a.outcome IS NULL OR a.outcome NOT IN ('invalid', 'withdrawn');
END
$$;

-- Cases after this number, in the order of their numbers; 0 begins ninety days ago.
CREATE FUNCTION fenbo.hotspots_cases(after bigint, most integer) RETURNS TABLE (no bigint, at_s bigint, phone text, item text, place text, counts boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	edge bigint := greatest(after, (to_char(fenbo._day(fenbo.now_()) - 90, 'YYMMDD') || '0000000')::bigint);
BEGIN
	RETURN QUERY
	SELECT a.no, c.at_s, c.phone, c.item, c.place, c.counts
	FROM (SELECT t.no FROM fenbo.appeal t WHERE t.no > edge ORDER BY t.no LIMIT most) x JOIN fenbo.appeal a ON a.no = x.no, LATERAL fenbo._hotspot_case(a) c
	ORDER BY a.no;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.hotspots_cases(bigint, integer) TO fenbo_feed;

-- What the log tells of after (tx, id), as far as everybody sees it: each case as it is now, in the order of the log, so that one may come several times.
-- A number drawn long before it was committed, an import of earlier days, a case that was undone: all of them stand in the log when they are there. No
-- sequential scans, as in `learn`; times only narrow down the partitions: who reads has read all of it up to a while ago.
CREATE FUNCTION fenbo.hotspots_changed(after_tx text, after_id bigint, most integer)
RETURNS TABLE (no bigint, at_s bigint, phone text, item text, place text, counts boolean, tx text, id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off SET enable_seqscan = off AS $$
DECLARE
	from_ timestamptz := '-infinity';
BEGIN
	IF NOT EXISTS (SELECT FROM fenbo.setting t WHERE t.name = 'test_clock' AND t.value = 'on') THEN
		from_ := clock_timestamp() - interval '7 days';
	END IF;
	RETURN QUERY
	SELECT e.no, c.at_s, c.phone, c.item, c.place, a.no IS NOT NULL AND c.counts, e.tx::text, e.id
	FROM (SELECT t.no, t.tx, t.id FROM fenbo.event t WHERE (t.tx, t.id) > (after_tx::xid8, after_id) AND t.tx < pg_snapshot_xmin(pg_current_snapshot())
			AND t.at >= from_ AND t.no <> 0 AND NOT fenbo._uncounted(t.action, t.args) ORDER BY t.tx, t.id LIMIT most) e
	LEFT JOIN fenbo.appeal a ON a.no = e.no LEFT JOIN LATERAL fenbo._hotspot_case(a) c ON true
	ORDER BY e.tx, e.id;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.hotspots_changed(text, bigint, integer) TO fenbo_feed;

CREATE FUNCTION fenbo._places_named(code text) RETURNS text
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN coalesce((SELECT p.name FROM fenbo.place p WHERE p.code = _places_named.code), code); END $$;

-- The name of a matter: of an item its own, of a class or category it is the name already.
CREATE FUNCTION fenbo._matter_named(matter text, level integer) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE WHEN level = 0 THEN coalesce((SELECT i.name FROM fenbo.duty_item i WHERE i.revision = fenbo._revision() AND i.code = matter), matter)
		ELSE matter END;
END
$$;

-- One that was found: the open one of its cell goes on, else it begins. Returns whether it is new as a hot spot (not as a signal).
CREATE FUNCTION fenbo._hotspot_put(f jsonb, now_ timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	h fenbo.hotspot;
	nos_ bigint[] := ARRAY(SELECT n::bigint FROM jsonb_array_elements_text(f -> 'nos') n);
	days_ integer[] := ARRAY(SELECT n::integer FROM jsonb_array_elements_text(f -> 'days') n);
	weak_ boolean := (f ->> 'weak')::boolean;
	was_weak boolean;
BEGIN
	SELECT * INTO h FROM fenbo.hotspot t WHERE t.matter = f ->> 'matter' AND t.matter_level = (f ->> 'matter_level')::integer AND t.place = f ->> 'place'
		AND t.place_level = (f ->> 'place_level')::integer AND t.ended_at IS NULL FOR UPDATE;
	was_weak := h.weak;
	IF h.id IS NULL THEN
		INSERT INTO fenbo.hotspot (matter, matter_level, place, place_level, weak, raised_at, hot_at, seen_at, since, window_s, cases, people, expected, surprise, nos, days)
		VALUES (f ->> 'matter', (f ->> 'matter_level')::integer, f ->> 'place', (f ->> 'place_level')::integer, weak_, now_, CASE WHEN NOT weak_ THEN now_ END, now_,
			fenbo._local_at((f ->> 'since_s')::bigint), (f ->> 'window_s')::integer, (f ->> 'cases')::integer, (f ->> 'people')::integer,
			(f ->> 'expected')::real, (f ->> 'surprise')::real, nos_, days_) RETURNING * INTO h;
	ELSE
		UPDATE fenbo.hotspot t SET weak = t.weak AND weak_, hot_at = coalesce(t.hot_at, CASE WHEN NOT weak_ THEN now_ END), seen_at = now_,
			window_s = (f ->> 'window_s')::integer, cases = (f ->> 'cases')::integer, people = (f ->> 'people')::integer,
			since = least(t.since, fenbo._local_at((f ->> 'since_s')::bigint)), expected = (f ->> 'expected')::real,
			surprise = greatest(t.surprise, (f ->> 'surprise')::real), days = days_,
			nos = (SELECT array_agg(n ORDER BY n DESC) FROM (SELECT DISTINCT n FROM unnest(t.nos || nos_) n ORDER BY n DESC LIMIT 500) x)
		WHERE t.id = h.id RETURNING * INTO h;
	END IF;
	RETURN NOT h.weak AND was_weak IS DISTINCT FROM false;
END
$$;

-- Everything that is hot now, from the fenbod that leads: {"found": [...], "heat": [...]}. What has not been found for a day has ended. Returns how
-- many began. Each that begins is on the record, and rings for the supervisors.
CREATE FUNCTION fenbo.hotspots_put(made jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
	f jsonb;
	n integer := 0;
BEGIN
	PERFORM fenbo._must_lead();
	FOR f IN SELECT * FROM jsonb_array_elements(made -> 'found') LOOP
		IF fenbo._hotspot_put(f, now_) THEN
			n := n + 1;
			PERFORM fenbo._event0('hotspot', f - ARRAY['days', 'nos'] || jsonb_build_object('cases', jsonb_array_length(f -> 'nos')), '{}');
			PERFORM fenbo._alarm(0, 'hotspot', 'notice', 'supervisor', NULL, NULL, 'hot spot', jsonb_build_object('matter',
				fenbo._matter_named(f ->> 'matter', (f ->> 'matter_level')::integer), 'place', fenbo._places_named(f ->> 'place'),
				'people', (f ->> 'people')::integer));
		END IF;
	END LOOP;
	UPDATE fenbo.hotspot t SET ended_at = now_ WHERE t.ended_at IS NULL AND t.seen_at < now_ - interval '1 day';
	IF made ? 'heat' THEN
		DELETE FROM fenbo.heat;
		INSERT INTO fenbo.heat SELECT h.window_s, h.place, h.matter, h.people, h.expected, now_
		FROM jsonb_to_recordset(made -> 'heat') h(window_s integer, place text, matter text, people integer, expected real);
	END IF;
	RETURN n;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.hotspots_put(jsonb) TO fenbo_feed;

-- Hot spots and signals, open ones first, then the most surprising; past ones back to `from_`.
CREATE FUNCTION fenbo.hotspot_list(from_ timestamptz) RETURNS TABLE (id bigint, matter text, matter_name text, matter_level integer, place text, place_name text,
	place_level integer, weak boolean, raised_at timestamptz, seen_at timestamptz, ended_at timestamptz, since timestamptz, window_s integer, cases integer,
	people integer, expected real, surprise real, days integer[], verdict text, settled_by text, remark text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin');
BEGIN
	RETURN QUERY
	SELECT h.id, h.matter, fenbo._matter_named(h.matter, h.matter_level), h.matter_level, h.place, fenbo._places_named(h.place), h.place_level, h.weak,
		h.raised_at, h.seen_at, h.ended_at, h.since, h.window_s, h.cases, h.people, h.expected, h.surprise, h.days, h.verdict,
		fenbo._person(h.settled_by), h.remark
	FROM fenbo.hotspot h WHERE h.ended_at IS NULL OR h.raised_at >= from_
	ORDER BY h.ended_at IS NOT NULL, h.verdict IS NOT NULL, h.weak, h.surprise DESC, h.id DESC LIMIT 500;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.hotspot_list(timestamptz) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin;

-- The cases of one, newest first, as lines of a list: those that the caller may see.
CREATE FUNCTION fenbo.hotspot_cases(of_id bigint) RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	s fenbo.scope := fenbo._scope(fenbo._who_as('dispatcher', 'supervisor', 'admin'));
BEGIN
	RETURN QUERY SELECT l FROM (SELECT n, fenbo._line(n, s) AS l FROM (SELECT unnest(h.nos) AS n FROM fenbo.hotspot h WHERE h.id = of_id) x) y
	WHERE l ? 'title' ORDER BY n DESC;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.hotspot_cases(bigint) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin;

-- A supervisor of the centre says what it was: real, known already, or nothing: it is found in the whole city. On the record; said again, the
-- newer holds.
CREATE FUNCTION fenbo.hotspot_settle(of_id bigint, what text, remark_ text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('supervisor', 'admin');
BEGIN
	IF NOT (fenbo._scope(w)).whole THEN
		PERFORM fenbo._fail('forbidden', '', 'this is not within your rights');
	END IF;
	IF what IS NULL OR what NOT IN ('real', 'known', 'nothing') THEN
		PERFORM fenbo._fail('invalid', 'verdict', 'real, known or nothing is expected');
	END IF;
	UPDATE fenbo.hotspot h SET verdict = what, settled_at = fenbo.now_(), settled_by = w.account,
		remark = fenbo._arg(jsonb_build_object('text', remark_), 'text', 1000) WHERE h.id = of_id;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('not_found', 'id', format('there is no hot spot %s', of_id));
	END IF;
	PERFORM fenbo._event0('hotspot_settled', jsonb_build_object('hotspot', of_id, 'verdict', what), '{}');
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.hotspot_settle(bigint, text, text) TO fenbo_supervisor, fenbo_admin;

-- The heat table of one window: streets by classes.
CREATE FUNCTION fenbo.heat_table(window_ integer) RETURNS TABLE (place text, place_name text, matter text, people integer, expected real, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin');
BEGIN
	RETURN QUERY SELECT h.place, fenbo._places_named(h.place), h.matter, h.people, h.expected, h.at FROM fenbo.heat h WHERE h.window_s = window_
	ORDER BY h.people DESC, h.place, h.matter;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.heat_table(integer) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin;

-- Whether finding keeps its word: hot spots of a period by what supervisors said of them.
CREATE FUNCTION fenbo.hotspot_verdicts(from_ timestamptz, to_ timestamptz) RETURNS TABLE (verdict text, weak boolean, n bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('supervisor', 'admin');
BEGIN
	RETURN QUERY SELECT coalesce(h.verdict, ''), h.hot_at IS NULL, count(*) FROM fenbo.hotspot h WHERE h.raised_at >= from_ AND h.raised_at < to_ GROUP BY 1, 2 ORDER BY 1, 2;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.hotspot_verdicts(timestamptz, timestamptz) TO fenbo_supervisor, fenbo_admin;

RESET ROLE;
