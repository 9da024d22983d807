-- 0088 topics (类案治理): cases of one kind gathered under an owner with a plan, a date and notes on how it goes, and figures that say
-- whether it helps. A topic may have a rule (duty item, place, or both): then cases that fit it are gathered by themselves, those of the
-- eight weeks before it was opened too, so that before and after are counted alike. What a person took out of a topic is never put back.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.topic (
	id        bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	version   integer NOT NULL DEFAULT 1,
	title     text NOT NULL,
	stage     text NOT NULL DEFAULT 'open' CHECK (stage IN ('open', 'working', 'review', 'done', 'dropped')),
	owner     text NOT NULL,                         -- a unit's code or an account
	plan      text NOT NULL DEFAULT '',
	target    date,
	item      text,                                  -- the rule
	place     text,
	opened_at timestamptz NOT NULL,
	opened_by text NOT NULL,
	ended_at  timestamptz,                           -- done or dropped
	gathered_to timestamptz                          -- cases received before have been looked at
);
CREATE TABLE fenbo.topic_case (
	topic  bigint NOT NULL REFERENCES fenbo.topic,
	no     bigint NOT NULL,
	at     timestamptz NOT NULL,
	by     text,                                     -- NULL = by the rule
	out_at timestamptz,
	PRIMARY KEY (topic, no)
);
CREATE INDEX ON fenbo.topic_case (no);
CREATE TABLE fenbo.topic_note (
	topic bigint NOT NULL REFERENCES fenbo.topic,
	n     integer NOT NULL,
	at    timestamptz NOT NULL,
	by    text NOT NULL,
	text  text NOT NULL,
	salt  bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()), -- of the commitment in the record
	PRIMARY KEY (topic, n)
);

-- --- gathering -----------------------------------------------------------------------------------------------------

-- Numbers begin with their day: the least number of the day of an instant.
CREATE FUNCTION fenbo._first_no(t timestamptz) RETURNS bigint
LANGUAGE sql STABLE AS $$ SELECT to_char(fenbo._day(t), 'YYMMDD')::bigint * 10000000 $$;

-- The place and everything below it.
CREATE FUNCTION fenbo._places_below(root text) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (WITH RECURSIVE p(code) AS (SELECT t.code FROM fenbo.place t WHERE t.code = root
		UNION SELECT t.code FROM fenbo.place t JOIN p ON t.parent = p.code)
		SELECT coalesce(array_agg(code), '{}') FROM p);
END
$$;

-- Put into the topic what fits its rule and is not in it: of the eight weeks before it was opened, or since it was looked for last (a week before that
-- again, because a case is given its item after it came). At most 10,000 at once; the next call goes on. Returns how many. The caller holds the topic.
CREATE FUNCTION fenbo._topic_gather(t fenbo.topic, now_ timestamptz) RETURNS integer
LANGUAGE plpgsql SET jit = off AS $$
DECLARE
	places text[] := fenbo._places_below(t.place);
	from_ bigint := fenbo._first_no(coalesce(t.gathered_to - interval '7 days', t.opened_at - interval '56 days'));
	n integer;
BEGIN
	IF t.item IS NULL AND t.place IS NULL OR t.ended_at IS NOT NULL THEN RETURN 0; END IF;
	INSERT INTO fenbo.topic_case (topic, no, at)
	SELECT t.id, a.no, now_ FROM fenbo.appeal a LEFT JOIN fenbo.queue q ON q.no = a.no
	WHERE a.no >= from_ AND (t.place IS NULL OR a.place = ANY (places))
		AND (t.item IS NULL OR coalesce(q.item, a.item, a.duty_item) = t.item)
		AND NOT EXISTS (SELECT FROM fenbo.topic_case c WHERE c.topic = t.id AND c.no = a.no)
	ORDER BY a.no LIMIT 10000;
	GET DIAGNOSTICS n = ROW_COUNT;
	IF n < 10000 THEN UPDATE fenbo.topic x SET gathered_to = now_ WHERE x.id = t.id; END IF;
	RETURN n;
END
$$;

-- The topic, locked; version NULL: as it is. Whoever writes waits for those who look while they gather, which may take some seconds.
CREATE FUNCTION fenbo._topic_at(id_ bigint, version_ integer DEFAULT NULL) RETURNS fenbo.topic
LANGUAGE plpgsql AS $$
DECLARE
	t fenbo.topic;
BEGIN
	SELECT * INTO t FROM fenbo.topic x WHERE x.id = id_ FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('not_found', 'topic', 'there is no such topic');
	ELSIF version_ IS NOT NULL AND version_ <> t.version THEN
		PERFORM fenbo._fail('stale', 'version', 'the topic has moved on', t.version);
	END IF;
	RETURN t;
END
$$;

-- --- opening and keeping -------------------------------------------------------------------------------------------

-- One member of what a topic is said to be, as it may stand; refused by name.
CREATE FUNCTION fenbo._topic_field(field text, v text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF field = 'owner' AND NOT EXISTS (SELECT FROM fenbo.unit u WHERE u.code = v AND u.active)
		AND NOT EXISTS (SELECT FROM fenbo.account a WHERE a.name = v AND a.disabled_at IS NULL) THEN
		PERFORM fenbo._fail('invalid', field, 'the owner is a unit or a person with an account');
	ELSIF field = 'stage' AND coalesce(v, '') NOT IN ('open', 'working', 'review', 'done', 'dropped') THEN
		PERFORM fenbo._fail('invalid', field, 'open, working, review, done or dropped is expected');
	ELSIF field = 'target' AND v !~ '^\d{4}-\d\d-\d\d$' THEN
		PERFORM fenbo._fail('invalid', field, 'a day is expected, such as 2026-12-31');
	ELSIF field = 'item' AND v IS NOT NULL THEN
		PERFORM fenbo._item_or_fail(v);
	ELSIF field = 'place' AND v IS NOT NULL AND NOT EXISTS (SELECT FROM fenbo.place p WHERE p.code = v) THEN
		PERFORM fenbo._fail('invalid', field, format('there is no place %s', v));
	ELSIF field = 'title' AND v IS NULL THEN
		PERFORM fenbo._fail('missing', field, 'a topic needs a title');
	ELSIF field NOT IN ('title', 'owner', 'stage', 'plan', 'target', 'item', 'place') THEN
		PERFORM fenbo._fail('invalid', field, 'a topic has no such field');
	END IF;
	RETURN v;
END
$$;

-- Open a topic (id NULL) or change it (with the version seen). fields: title, owner, plan, target, stage, item, place; those left out stay as they are.
-- Returns {topic, version, gathered}.
CREATE FUNCTION fenbo.topic_put(id bigint, version integer, fields jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
	w fenbo.who := fenbo._who_as('supervisor', 'admin');
	now_ timestamptz := fenbo.now_();
	t fenbo.topic;
	was fenbo.topic;
	f jsonb := '{}';
	k text;
	n integer;
BEGIN
	IF topic_put.id IS NOT NULL THEN
		t := fenbo._topic_at(topic_put.id, coalesce(topic_put.version, 0));
	ELSE
		t.title := NULL; t.stage := 'open'; t.owner := w.account; t.plan := '';
	END IF;
	FOR k IN SELECT jsonb_object_keys(coalesce(fields, '{}')) LOOP
		f := f || jsonb_build_object(k, fenbo._topic_field(k, fenbo._arg(fields, k, CASE k WHEN 'plan' THEN 20000 ELSE 200 END)));
	END LOOP;
	was := t;
	t := jsonb_populate_record(t, f);
	t.plan := coalesce(t.plan, '');
	PERFORM fenbo._topic_field('title', t.title), fenbo._topic_field('owner', t.owner);
	t.ended_at := CASE WHEN t.stage IN ('done', 'dropped') THEN coalesce(t.ended_at, now_) END;
	IF topic_put.id IS NULL THEN
		INSERT INTO fenbo.topic (title, stage, owner, plan, target, item, place, opened_at, opened_by, ended_at)
		VALUES (t.title, t.stage, t.owner, t.plan, t.target, t.item, t.place, now_, w.account, t.ended_at) RETURNING * INTO t;
	ELSE
		UPDATE fenbo.topic x SET version = x.version + 1, title = t.title, stage = t.stage, owner = t.owner, plan = t.plan, target = t.target,
			item = t.item, place = t.place, ended_at = t.ended_at,
			gathered_to = CASE WHEN (x.item, x.place) IS NOT DISTINCT FROM (t.item, t.place) THEN x.gathered_to END
		WHERE x.id = t.id RETURNING x.* INTO t;
		IF (t.item, t.place) IS DISTINCT FROM (was.item, was.place) THEN     -- another rule: what the old one gathered goes
			DELETE FROM fenbo.topic_case c WHERE c.topic = t.id AND c.by IS NULL AND c.out_at IS NULL;
		END IF;
	END IF;
	n := fenbo._topic_gather(t, now_);
	PERFORM fenbo._event0('topic', jsonb_build_object('topic', t.id, 'version', t.version, 'fields', (SELECT jsonb_agg(x ORDER BY x) FROM jsonb_object_keys(f) x)), '{}');
	RETURN jsonb_build_object('topic', t.id, 'version', t.version, 'gathered', n);
END
$$;

-- Put these cases in (or take them out): marked rows, a search's answer, the members of a group. Out of scope ones are refused. Returns how many changed.
CREATE FUNCTION fenbo.topic_cases(id bigint, nos bigint[], out_ boolean DEFAULT false) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
	w fenbo.who := fenbo._who_as('supervisor', 'admin');
	t fenbo.topic := fenbo._topic_at(topic_cases.id);
	one bigint;
	n integer;
BEGIN
	IF cardinality(nos) > 1000 THEN
		PERFORM fenbo._fail('too_large', 'ids', 'more than 1000 cases in one action');
	END IF;
	IF out_ THEN
		UPDATE fenbo.topic_case c SET out_at = fenbo.now_(), by = w.account WHERE c.topic = t.id AND c.no = ANY (nos) AND c.out_at IS NULL;
	ELSE
		FOREACH one IN ARRAY coalesce(nos, '{}') LOOP PERFORM fenbo._seen(one, w); END LOOP;
		INSERT INTO fenbo.topic_case AS c (topic, no, at, by) SELECT DISTINCT t.id, x, fenbo.now_(), w.account FROM unnest(nos) x
		ON CONFLICT (topic, no) DO UPDATE SET out_at = NULL, by = excluded.by WHERE c.out_at IS NOT NULL;
	END IF;
	GET DIAGNOSTICS n = ROW_COUNT;
	IF n > 0 THEN
		PERFORM fenbo._event0('topic', jsonb_build_object('topic', t.id, 'cases', n, 'out', out_), '{}');
	END IF;
	RETURN n;
END
$$;

-- A word on how it goes. The owner may write it too, whoever he is.
CREATE FUNCTION fenbo.topic_note(id bigint, body text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
	w fenbo.who := fenbo._who();
	t fenbo.topic := fenbo._topic_at(topic_note.id);
	words text := fenbo._arg(jsonb_build_object('text', body), 'text', 20000);
	salt_ bytea;
	n integer;
BEGIN
	IF w.role NOT IN ('supervisor', 'admin') AND NOT (t.owner = w.account OR w.role = 'unit' AND t.owner = ANY ((fenbo._scope(w)).units)) THEN
		PERFORM fenbo._fail('not_found', 'topic', 'there is no such topic');
	ELSIF words IS NULL THEN
		PERFORM fenbo._fail('missing', 'text', 'a note needs words');
	END IF;
	SELECT coalesce(max(x.n), 0) + 1 INTO n FROM fenbo.topic_note x WHERE x.topic = t.id;
	INSERT INTO fenbo.topic_note VALUES (t.id, n, fenbo.now_(), w.account, words) RETURNING salt INTO salt_;
	PERFORM fenbo._event0('topic', jsonb_build_object('topic', t.id, 'note', n, 'sha256', fenbo._commit(salt_, words)), '{}');
	RETURN n;
END
$$;

-- --- figures and reading -------------------------------------------------------------------------------------------

-- Weeks, cases a week, cases done again, mean of the ratings' effect: of the cases received in [a, b), by their event log.
CREATE FUNCTION fenbo._topic_span(of_topic bigint, a timestamptz, b timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SET jit = off AS $$
DECLARE
	weeks numeric := greatest(extract(epoch FROM b - a)::numeric / 604800, 0);
BEGIN
	RETURN (WITH c AS MATERIALIZED (SELECT t.no FROM fenbo.topic_case t JOIN fenbo.appeal p ON p.no = t.no
			WHERE t.topic = of_topic AND t.out_at IS NULL AND p.received_at >= a AND p.received_at < b),
		last_ AS (SELECT c.no, l.redo FROM c CROSS JOIN LATERAL (SELECT coalesce((e.after ->> 'redo')::integer, 0) AS redo FROM fenbo.event e
			WHERE e.no = c.no ORDER BY e.id DESC LIMIT 1) l),
		said AS (SELECT (e.args #>> '{rating,effect}')::numeric AS effect FROM c JOIN fenbo.event e ON e.no = c.no
			WHERE e.action IN ('rate', 'visit') AND e.args #>> '{rating,effect}' ~ '^[1-5]$' AND NOT EXISTS (SELECT FROM fenbo.event u
				WHERE u.no = e.no AND u.id > e.id AND u.action = 'undo' AND (u.args ->> 'undoes')::bigint = e.id))
		SELECT jsonb_build_object('from', a, 'to', b, 'weeks', round(weeks, 1), 'cases', count(*),
			'per_week', CASE WHEN weeks > 0 THEN round(count(*) / weeks, 1) END, 'redo', count(*) FILTER (WHERE l.redo > 0),
			'rated', (SELECT count(*) FROM said), 'effect', (SELECT round(avg(effect), 2) FROM said))
		FROM last_ l);
END
$$;

CREATE FUNCTION fenbo._topic_line(t fenbo.topic) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN to_jsonb(t) - ARRAY['id', 'gathered_to', 'plan'] || jsonb_build_object('topic', t.id,
		'owner_name', coalesce((SELECT u.name FROM fenbo.unit u WHERE u.code = t.owner), fenbo._person(t.owner)),
		'item_name', (SELECT i.name FROM fenbo.duty_item i WHERE i.revision = fenbo._revision() AND i.code = t.item),
		'place_name', (SELECT p.name FROM fenbo.place p WHERE p.code = t.place),
		'opened_by', fenbo._person(t.opened_by), 'cases', (SELECT count(*) FROM fenbo.topic_case c WHERE c.topic = t.id AND c.out_at IS NULL),
		'late', t.ended_at IS NULL AND t.target < fenbo._day(fenbo.now_()));
END
$$;

-- Topics, those at work first, nearest target first. A unit and a dispatcher see their own.
CREATE FUNCTION fenbo.topics() RETURNS SETOF jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	w fenbo.who := fenbo._who();
	s fenbo.scope := fenbo._scope(w);
BEGIN
	RETURN QUERY SELECT fenbo._topic_line(t) FROM fenbo.topic t
	WHERE w.role IN ('supervisor', 'admin') OR t.owner = w.account OR (w.role = 'unit' AND t.owner = ANY (s.units))
	ORDER BY t.ended_at IS NOT NULL, t.target NULLS LAST, t.id DESC LIMIT 500;
END
$$;

-- One topic whole: its line, plan, notes, cases [line…], `before` (eight weeks) and `since`. What fits its rule by now is gathered first, unless somebody
-- has the topic in hand, who may be gathering, too: who looks waits for nobody, and sees it as it stands.
CREATE FUNCTION fenbo.topic_show(id bigint) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off SET lock_timeout = '2s' AS $$
DECLARE
	w fenbo.who := fenbo._who();
	s fenbo.scope := fenbo._scope(w);
	t fenbo.topic;
	held fenbo.topic;
	now_ timestamptz := fenbo.now_();
BEGIN
	SELECT * INTO t FROM fenbo.topic x WHERE x.id = topic_show.id;
	IF NOT FOUND OR NOT (w.role IN ('supervisor', 'admin') OR t.owner = w.account OR (w.role = 'unit' AND t.owner = ANY (s.units))) THEN
		PERFORM fenbo._fail('not_found', 'topic', 'there is no such topic');
	END IF;
	IF (t.item IS NOT NULL OR t.place IS NOT NULL) AND t.ended_at IS NULL THEN
		SELECT * INTO held FROM fenbo.topic x WHERE x.id = t.id FOR UPDATE SKIP LOCKED;
		IF FOUND THEN
			t := held;                                   -- its rule as it stands while nobody changes it
			PERFORM fenbo._topic_gather(t, now_);
		END IF;
	END IF;
	RETURN fenbo._topic_line(t) || jsonb_build_object('plan', t.plan,
		'notes', (SELECT coalesce(jsonb_agg(jsonb_build_object('n', n.n, 'at', n.at, 'by', fenbo._person(n.by), 'text', n.text) ORDER BY n.n), '[]')
			FROM fenbo.topic_note n WHERE n.topic = t.id),
		'before', fenbo._topic_span(t.id, t.opened_at - interval '56 days', t.opened_at),
		'since', fenbo._topic_span(t.id, t.opened_at, greatest(coalesce(t.ended_at, now_), t.opened_at)),
		'members', (SELECT coalesce(jsonb_agg(x.line ORDER BY x.no DESC), '[]') FROM (SELECT c.no, fenbo._line(c.no, s) AS line FROM fenbo.topic_case c
			WHERE c.topic = t.id AND c.out_at IS NULL ORDER BY c.no DESC LIMIT 200) x WHERE x.line ? 'title'));
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.topic_put(bigint, integer, jsonb), fenbo.topic_cases(bigint, bigint[], boolean) TO fenbo_supervisor, fenbo_admin;
GRANT EXECUTE ON FUNCTION fenbo.topic_note(bigint, text), fenbo.topics(), fenbo.topic_show(bigint)
	TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit;

-- The topics a case belongs to, for show().
CREATE FUNCTION fenbo._topics_of(no bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('topic', t.id, 'title', t.title, 'stage', t.stage) ORDER BY t.id), '[]')
		FROM fenbo.topic_case c JOIN fenbo.topic t ON t.id = c.topic WHERE c.no = _topics_of.no AND c.out_at IS NULL);
END
$$;

RESET ROLE;
