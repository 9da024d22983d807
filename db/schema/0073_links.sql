-- 0073 links: cases that belong together. Links to earlier cases (fenbo.link: quoted, relapse) and candidates found after a case was taken
-- in; bursts: the cases of one incident, gathered by the leader, shown with the number of people, merged in one action by a person.
-- The group is the machine's suggestion: a person takes a case out of it or closes it, and the leader never puts back what a person took out.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.burst (
	id        bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	at        timestamptz NOT NULL,
	place     text NOT NULL DEFAULT '',              -- name, of its first case
	closed_at timestamptz,                           -- by a person: it is no incident, or it is over
	closed_by text
);
CREATE TABLE fenbo.burst_case (
	burst  bigint NOT NULL REFERENCES fenbo.burst,
	no     bigint NOT NULL,
	at     timestamptz NOT NULL,
	out_at timestamptz,                              -- a person took it out
	out_by text,
	PRIMARY KEY (burst, no)
);
CREATE INDEX ON fenbo.burst_case (no);
-- A part of the queue: cases that are in a group.
CREATE INDEX IF NOT EXISTS queue_burst ON fenbo.queue (burst) WHERE burst IS NOT NULL;

-- People, and among them the cases that have no number: each of those counts as one.
CREATE FUNCTION fenbo._burst_people(of bigint, OUT cases integer, OUT people integer, OUT nameless integer)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	SELECT count(*), count(DISTINCT d.digits) + count(*) FILTER (WHERE d.digits IS NULL), count(*) FILTER (WHERE d.digits IS NULL)
	INTO cases, people, nameless
	FROM fenbo.burst_case b LEFT JOIN fenbo.citizen c ON c.no = b.no
	CROSS JOIN LATERAL (SELECT CASE WHEN length(fenbo._phone_digits(c.phone)) >= 7 THEN fenbo._phone_digits(c.phone) END AS digits) d
	WHERE b.burst = of AND b.out_at IS NULL;
END
$$;

-- The case into which the others would be merged: the oldest that is open, one that waits for dispatch before one that is with a unit.
CREATE FUNCTION fenbo._burst_primary(of bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT q.no FROM fenbo.queue q WHERE q.burst = of ORDER BY q.received_at, q.no LIMIT 1);
END
$$;

-- Put these open cases into the group; `of` NULL makes a new one. Those that are in it, that are not open any more, or that a person took
-- out of a group stay as they are. Each that goes in tells every screen (event 'burst', nobody's action: no obstacle to undo). Returns
-- the group; NULL when fewer than two cases would make a new one, or a person has closed it. For the leader only.
CREATE FUNCTION fenbo.burst_put(of bigint, nos bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
	q fenbo.queue;
	cases fenbo.queue[];
BEGIN
	PERFORM fenbo._must_lead();
	cases := ARRAY(SELECT t FROM fenbo.queue t WHERE t.no = ANY (nos) AND t.burst IS NULL
		AND NOT EXISTS (SELECT FROM fenbo.burst_case b WHERE b.no = t.no AND b.out_at IS NOT NULL) ORDER BY t.no FOR UPDATE);
	IF of IS NULL THEN
		IF cardinality(cases) < 2 THEN RETURN NULL; END IF;
		INSERT INTO fenbo.burst (at, place) VALUES (now_, cases[1].place_name) RETURNING id INTO of;
	ELSIF NOT EXISTS (SELECT FROM fenbo.burst t WHERE t.id = of AND t.closed_at IS NULL) THEN
		RETURN NULL;
	END IF;
	FOREACH q IN ARRAY cases LOOP
		INSERT INTO fenbo.burst_case (burst, no, at) VALUES (of, q.no, now_) ON CONFLICT DO NOTHING;
		UPDATE fenbo.queue t SET burst = of, version = t.version + 1 WHERE t.no = q.no RETURNING * INTO q;
		PERFORM fenbo._event_by(q, 'burst', NULL, jsonb_build_object('burst', of), NULL, 'system', '', NULL);
	END LOOP;
	RETURN of;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.burst_put(bigint, bigint[]) TO fenbo_feed;

-- What the leader must know of groups when it begins: the cases of those not closed, and what persons took out, of the past days.
CREATE FUNCTION fenbo.burst_seed() RETURNS TABLE (burst bigint, no bigint, received_at timestamptz, phone text, taken boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
	SELECT b.burst, b.no, a.received_at, coalesce(fenbo._phone_digits(c.phone), ''), b.out_at IS NOT NULL OR g.closed_at IS NOT NULL
	FROM fenbo.burst g JOIN fenbo.burst_case b ON b.burst = g.id JOIN fenbo.appeal a ON a.no = b.no LEFT JOIN fenbo.citizen c ON c.no = b.no
	WHERE g.at > fenbo.now_() - interval '30 days' ORDER BY b.burst, b.no LIMIT 100000
$$;
GRANT EXECUTE ON FUNCTION fenbo.burst_seed() TO fenbo_feed;

-- --- for people ----------------------------------------------------------------------------------------------------

-- The group as the caller may see it: {id, title, place, item, since, cases, people, nameless, primary, members:[line…≤20]}; NULL when none of
-- it is in scope.
CREATE OR REPLACE FUNCTION fenbo._burst(id bigint, s fenbo.scope) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	g fenbo.burst;
	n record;
	first_ bigint := fenbo._burst_primary(_burst.id);
	members jsonb;
BEGIN
	SELECT * INTO g FROM fenbo.burst t WHERE t.id = _burst.id;
	IF NOT FOUND THEN RETURN NULL; END IF;
	SELECT coalesce(jsonb_agg(x.line ORDER BY x.ended, x.received_at, x.no), '[]') INTO members
	FROM (SELECT l.*, l.line ->> 'stage' IN ('closed', 'merged') AS ended, (l.line ->> 'received_at')::timestamptz AS received_at
		FROM (SELECT b.no, fenbo._line(b.no, s) AS line FROM fenbo.burst_case b WHERE b.burst = g.id AND b.out_at IS NULL OFFSET 0) l
		WHERE l.line ? 'title' ORDER BY ended, received_at, l.no LIMIT 20) x;
	IF jsonb_array_length(members) = 0 THEN RETURN NULL; END IF;
	SELECT * INTO n FROM fenbo._burst_people(g.id);
	RETURN jsonb_build_object('id', g.id, 'title', members #>> '{0,title}', 'place', g.place,
		'item', (SELECT coalesce(d.name, '') FROM fenbo.queue q LEFT JOIN fenbo.recommendation r ON r.no = q.no AND r.id = q.rec
			LEFT JOIN fenbo.duty_item d ON d.revision = fenbo._revision() AND d.code = coalesce(q.item, r.units #>> '{0,item}')
			WHERE q.no = first_),
		'since', (SELECT min(a.received_at) FROM fenbo.burst_case b JOIN fenbo.appeal a ON a.no = b.no WHERE b.burst = g.id AND b.out_at IS NULL),
		'cases', n.cases, 'people', n.people, 'nameless', n.nameless, 'closed', g.closed_at IS NOT NULL,
		'primary', CASE WHEN first_ IS NOT NULL THEN fenbo._no13(first_) END, 'members', members);
END
$$;

CREATE FUNCTION fenbo.burst_show(of bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	said jsonb := fenbo._burst(of, fenbo._scope(fenbo._who()));
BEGIN
	IF said IS NULL THEN PERFORM fenbo._fail('not_found', 'burst', 'there is no such group, or you may not see it'); END IF;
	RETURN said;
END
$$;

-- Groups that have an open case in scope, the most people first.
CREATE FUNCTION fenbo.burst_list() RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	s fenbo.scope := fenbo._scope(fenbo._who());
BEGIN
	RETURN QUERY SELECT x.said - 'members' FROM (
		SELECT fenbo._burst(q.burst, s) AS said FROM fenbo.queue q
		WHERE q.burst IS NOT NULL AND (s.whole OR fenbo._in_scope(s, q)) GROUP BY q.burst OFFSET 0) x
	WHERE x.said IS NOT NULL ORDER BY (x.said ->> 'people')::integer DESC, (x.said ->> 'id')::bigint;
END
$$;

-- The open cases of a group that wait for dispatch, oldest first: what merging all of it acts on.
CREATE FUNCTION fenbo.burst_cases(of bigint) RETURNS TABLE (no bigint, version integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	s fenbo.scope := fenbo._scope(fenbo._who());
BEGIN
	RETURN QUERY SELECT q.no, q.version FROM fenbo.queue q
	WHERE q.burst = of AND q.stage = 'triage' AND (s.whole OR fenbo._in_scope(s, q)) ORDER BY q.received_at, q.no;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.burst_show(bigint), fenbo.burst_list(), fenbo.burst_cases(bigint)
	TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin;

-- Out of its group goes the case; on the record, in the person's name.
CREATE FUNCTION fenbo._burst_leave(of bigint, q fenbo.queue, action text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.queue t SET burst = NULL, version = t.version + 1 WHERE t.no = q.no RETURNING * INTO q;
	PERFORM fenbo._event(q, action, NULL, jsonb_build_object('burst', of), NULL);
END
$$;

-- A person takes these cases out of the group: they are another matter. Returns how many went. The machine does not gather them again.
CREATE FUNCTION fenbo.burst_out(of bigint, nos bigint[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	w fenbo.who := fenbo._who();
	s fenbo.scope := fenbo._scope(w);
	q fenbo.queue;
	n integer := 0;
BEGIN
	FOR q IN SELECT * FROM fenbo.queue t WHERE t.burst = of AND t.no = ANY (nos) AND (s.whole OR fenbo._in_scope(s, t)) ORDER BY t.no FOR UPDATE LOOP
		UPDATE fenbo.burst_case b SET out_at = fenbo.now_(), out_by = w.account WHERE b.burst = of AND b.no = q.no;
		PERFORM fenbo._burst_leave(of, q, 'burst_out');
		n := n + 1;
	END LOOP;
	IF n = 0 THEN PERFORM fenbo._fail('not_found', 'id', 'none of these cases is in that group and in your sight'); END IF;
	RETURN n;
END
$$;

-- A person closes the group: no incident, or over. Its open cases leave it, and nothing joins it any more. Returns how many left.
CREATE FUNCTION fenbo.burst_close(of bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	w fenbo.who := fenbo._who();
	q fenbo.queue;
	n integer := 0;
BEGIN
	IF fenbo._burst(of, fenbo._scope(w)) IS NULL THEN
		PERFORM fenbo._fail('not_found', 'burst', 'there is no such group, or you may not see it');
	END IF;
	UPDATE fenbo.burst t SET closed_at = fenbo.now_(), closed_by = w.account WHERE t.id = of AND t.closed_at IS NULL;
	FOR q IN SELECT * FROM fenbo.queue t WHERE t.burst = of ORDER BY t.no FOR UPDATE LOOP
		PERFORM fenbo._burst_leave(of, q, 'burst_close');
		n := n + 1;
	END LOOP;
	RETURN n;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.burst_out(bigint, bigint[]), fenbo.burst_close(bigint) TO fenbo_dispatcher, fenbo_supervisor;

-- --- repeats and links found later -----------------------------------------------------------------------------------

-- Candidates and links of a case as they are now (after an edit; or because two alike came in the same moment). Members that are not
-- given stay.
CREATE FUNCTION fenbo._found_again(of_case bigint, made jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF jsonb_typeof(made -> 'repeats') = 'array' THEN
		DELETE FROM fenbo.repeat_candidate t WHERE t.no = of_case;
		INSERT INTO fenbo.repeat_candidate (no, other, score, reason)
		SELECT DISTINCT ON (r.no) of_case, r.no, coalesce(r.score, 0), coalesce(r.reason, '')
		FROM jsonb_to_recordset(made -> 'repeats') r(no bigint, score real, reason text) WHERE r.no IS NOT NULL AND r.no <> of_case;
	END IF;
	IF jsonb_typeof(made -> 'links') = 'array' THEN
		INSERT INTO fenbo.link (no, other, kind, reason, at)
		SELECT DISTINCT ON (l.no, l.kind) of_case, l.no, l.kind, coalesce(l.reason, ''), fenbo.now_()
		FROM jsonb_to_recordset(made -> 'links') l(no bigint, kind text, reason text)
		WHERE l.no <> of_case AND EXISTS (SELECT FROM fenbo.appeal t WHERE t.no = l.no)
		ON CONFLICT (no, other, kind) DO UPDATE SET reason = excluded.reason;
	END IF;
END
$$;

-- The same for cases that came in together: {"no", "repeats", "links"} each. Nothing that the queue shows changes, so no event.
CREATE FUNCTION fenbo.repeats_put(cases jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	made jsonb;
	n integer := 0;
BEGIN
	FOR made IN SELECT * FROM jsonb_array_elements(cases) LOOP
		CONTINUE WHEN NOT EXISTS (SELECT FROM fenbo.queue q WHERE q.no = (made ->> 'no')::bigint);
		PERFORM fenbo._found_again((made ->> 'no')::bigint, made);
		n := n + 1;
	END LOOP;
	RETURN n;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.repeats_put(jsonb) TO fenbo_feed;

RESET ROLE;
