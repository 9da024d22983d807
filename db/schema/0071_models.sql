-- 0071 models: what has been learnt, as bytes. A base is made by `fenboctl train` and chosen by an administrator; a checkpoint is the base
-- in force with the lessons up to `seq`, written now and then by the fenbod that leads, so that a fenbod that starts, or that must
-- forget, need not read the whole log. Model 0 is the empty base. What the bytes mean is core/machine/model.h's affair.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.model (
	number  integer PRIMARY KEY,                     -- bases 0, 1, 2 …; checkpoints from 1,000,000
	kind    text NOT NULL CHECK (kind IN ('base', 'checkpoint')),
	base    integer NOT NULL REFERENCES fenbo.model, -- of a base itself
	seq     bigint NOT NULL CHECK (seq >= 0),        -- the last lesson in it
	made_at timestamptz NOT NULL,
	made_by text NOT NULL,
	sha256  text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
	bytes   bigint NOT NULL CHECK (bytes BETWEEN 0 AND 805306368),
	parts   integer NOT NULL CHECK (parts = (bytes + 1048575) / 1048576),
	figures jsonb NOT NULL DEFAULT '{}',
	note    text NOT NULL DEFAULT '',
	done_at timestamptz,                             -- NULL while its parts are still coming
	CHECK ((kind = 'base') = (number = base))
);
CREATE INDEX ON fenbo.model (base, seq) WHERE kind = 'checkpoint';
CREATE TABLE fenbo.model_part (
	model integer NOT NULL REFERENCES fenbo.model ON DELETE CASCADE,
	part  integer NOT NULL CHECK (part >= 0),
	bytes bytea NOT NULL CHECK (length(bytes) BETWEEN 1 AND 1048576),
	PRIMARY KEY (model, part)
);
ALTER TABLE fenbo.model_part ALTER COLUMN bytes SET STORAGE EXTERNAL;    -- weights do not compress, and trying takes longer than the disk
CREATE SEQUENCE fenbo.model_base;
CREATE SEQUENCE fenbo.model_checkpoint START 1000000;
INSERT INTO fenbo.model VALUES (0, 'base', 0, 0, fenbo.now_(), 'system', encode(sha256(''), 'hex'), 0, 0, '{}', '', fenbo.now_());
INSERT INTO fenbo.setting VALUES ('model', '0');

CREATE FUNCTION fenbo._model_in_force() RETURNS integer
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN fenbo._get('model')::integer; END $$;

-- Does a checkpoint still begin what is known now? Not once a lesson in it has been taken back.
CREATE FUNCTION fenbo._checkpoint_holds(c fenbo.model) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN NOT EXISTS (SELECT FROM fenbo.lesson f WHERE f.kind = 'forget' AND f.seq > c.seq AND f.of_seq <= c.seq
		AND f.of_seq > (SELECT b.seq FROM fenbo.model b WHERE b.number = c.base));
END
$$;

-- What to begin with: the newest checkpoint of the base in force that holds (unless none is wanted), else the base; and the last lesson
-- there is.
CREATE FUNCTION fenbo.model_current(checkpoints boolean DEFAULT true) RETURNS TABLE (number integer, kind text, base integer, base_seq bigint, seq bigint, sha256 text,
	bytes bigint, parts integer, last bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	b fenbo.model;
	c fenbo.model;
BEGIN
	SELECT * INTO b FROM fenbo.model m WHERE m.number = fenbo._model_in_force();
	c := b;
	FOR c IN SELECT * FROM fenbo.model m WHERE checkpoints AND m.kind = 'checkpoint' AND m.base = b.number AND m.done_at IS NOT NULL ORDER BY m.seq DESC, m.number DESC LOOP
		EXIT WHEN fenbo._checkpoint_holds(c);
		c := NULL;
	END LOOP;
	IF c.number IS NULL THEN c := b; END IF;
	RETURN QUERY SELECT c.number, c.kind, b.number, b.seq, c.seq, c.sha256, c.bytes, c.parts,
		(SELECT coalesce(max(l.seq), 0) FROM fenbo.lesson l);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.model_current(boolean) TO fenbo_feed, fenbo_admin;

-- One part of a model, from 0; no row when it is gone.
CREATE FUNCTION fenbo.model_part(of_model integer, part integer) RETURNS SETOF bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT p.bytes FROM fenbo.model_part p JOIN fenbo.model m ON m.number = p.model
	WHERE p.model = of_model AND p.part = model_part.part AND m.done_at IS NOT NULL
$$;
GRANT EXECUTE ON FUNCTION fenbo.model_part(integer, integer) TO fenbo_feed, fenbo_admin;

-- Whoever may write a model of this kind: an administrator a base; a fenbod, on the connection that leads, a checkpoint.
CREATE FUNCTION fenbo._model_maker(kind text) RETURNS fenbo.who
LANGUAGE plpgsql AS $$
DECLARE
	w fenbo.who := fenbo._who();
BEGIN
	IF kind = 'checkpoint' AND (w.role = 'feed' AND w.key_id IS NULL OR 'owner' = ANY (w.rights)) THEN
		PERFORM fenbo._must_lead();
	ELSIF kind IS DISTINCT FROM 'base' OR w.role <> 'admin' THEN
		PERFORM fenbo._fail('forbidden', '', 'this is not within your rights');
	END IF;
	RETURN w;
END
$$;

-- Begin to write one: then its parts, in any order, and model_done. Nobody sees it before that. Answers its number.
CREATE FUNCTION fenbo.model_put(kind text, base integer, seq bigint, sha256 text, bytes bigint, figures jsonb, note text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
#variable_conflict use_variable
DECLARE
	w fenbo.who := fenbo._model_maker(kind);
	n integer;
BEGIN
	IF kind = 'checkpoint' AND base IS DISTINCT FROM fenbo._model_in_force() THEN
		PERFORM fenbo._fail('conflict', 'base', 'another base is in force');
	ELSIF seq > coalesce((SELECT max(l.seq) FROM fenbo.lesson l), 0) THEN
		PERFORM fenbo._fail('invalid', 'seq', 'there is no such lesson');
	ELSIF seq < 0 OR bytes NOT BETWEEN 1 AND 805306368 OR sha256 !~ '^[0-9a-f]{64}$' OR jsonb_typeof(coalesce(figures, '{}')) <> 'object' THEN
		PERFORM fenbo._fail('invalid', '', 'this does not describe a model');
	END IF;
	n := CASE kind WHEN 'base' THEN nextval('fenbo.model_base') ELSE nextval('fenbo.model_checkpoint') END;
	INSERT INTO fenbo.model (number, kind, base, seq, made_at, made_by, sha256, bytes, parts, figures, note)
	VALUES (n, kind, CASE kind WHEN 'base' THEN n ELSE base END, seq, fenbo.now_(), w.account, sha256, bytes, (bytes + 1048575) / 1048576,
		coalesce(figures, '{}'), coalesce(note, ''));
	RETURN n;
END
$$;

-- A model of the caller's own that is still being written.
CREATE FUNCTION fenbo._model_open(of_model integer) RETURNS fenbo.model
LANGUAGE plpgsql AS $$
DECLARE
	m fenbo.model;
BEGIN
	SELECT * INTO m FROM fenbo.model t WHERE t.number = of_model FOR UPDATE;
	IF m.number IS NULL THEN
		PERFORM fenbo._fail('not_found', 'model', 'there is no such model');
	ELSIF m.made_by <> (fenbo._model_maker(m.kind)).account OR m.done_at IS NOT NULL THEN
		PERFORM fenbo._fail('conflict', 'model', 'this model is not being written by you');
	END IF;
	RETURN m;
END
$$;

CREATE FUNCTION fenbo.model_put_part(of_model integer, part integer, bytes bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	m fenbo.model := fenbo._model_open(of_model);
BEGIN
	IF part NOT BETWEEN 0 AND m.parts - 1 OR length(bytes) <> least(m.bytes - part::bigint * 1048576, 1048576) THEN
		PERFORM fenbo._fail('invalid', 'part', 'every part has 1 MiB but the last');
	END IF;
	INSERT INTO fenbo.model_part VALUES (m.number, part, bytes);
END
$$;

-- All parts are there and are what was announced: from here on it can be read, and of a checkpoint's older sisters those go that are no
-- longer of use. Those stay that hold and are among the newest three, or are the oldest of their age (in lessons, by powers of four): so
-- forgetting costs in proportion to how far it reaches back. Of a base that is not in force the newest one stays.
CREATE FUNCTION fenbo.model_done(of_model integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
	m fenbo.model := fenbo._model_open(of_model);
	whole text;
BEGIN
	SELECT encode(sha256(string_agg(p.bytes, '' ORDER BY p.part)), 'hex') INTO whole FROM fenbo.model_part p
	WHERE p.model = m.number HAVING count(*) = m.parts;
	IF whole IS DISTINCT FROM m.sha256 THEN
		PERFORM fenbo._fail('invalid', 'sha256', 'parts are missing, or not what was announced');
	END IF;
	UPDATE fenbo.model t SET done_at = fenbo.now_() WHERE t.number = m.number;
	IF m.kind = 'base' THEN
		PERFORM fenbo._event0('model', NULL, jsonb_build_object('made', m.number, 'sha256', m.sha256));
	ELSE
		PERFORM fenbo._models_prune();
	END IF;
END
$$;

CREATE FUNCTION fenbo._models_prune() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	head bigint := (SELECT coalesce(max(l.seq), 0) FROM fenbo.lesson l);
BEGIN
	DELETE FROM fenbo.model m USING (
		SELECT c.number, fenbo._checkpoint_holds(c) AS holds, c.base = fenbo._model_in_force() AS used,
			row_number() OVER (PARTITION BY c.base ORDER BY c.seq DESC, c.number DESC) AS newest,
			row_number() OVER (PARTITION BY c.base, floor(log(4, greatest(head - c.seq, 1))) ORDER BY c.seq, c.number) AS of_age
		FROM fenbo.model c WHERE c.kind = 'checkpoint' AND c.done_at IS NOT NULL) x
	WHERE m.number = x.number AND NOT CASE WHEN x.used THEN x.holds AND (x.newest <= 3 OR x.of_age = 1) ELSE x.newest = 1 END;
	DELETE FROM fenbo.model m WHERE m.done_at IS NULL AND m.made_at < fenbo.now_() - interval '1 hour';
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.model_put(text, integer, bigint, text, bigint, jsonb, text), fenbo.model_put_part(integer, integer, bytea),
	fenbo.model_done(integer) TO fenbo_feed, fenbo_admin;

-- How much each source of the recommender counts beside what was learnt: a few numbers for each base. They depend on the duty list of
-- the day as well as on the lessons, so they are not worked out by everybody: who leads moves them with each new lesson and keeps
-- them here, and everybody uses these. A base brings those that its cross-validation came to. `seq` is the lesson they have come to.
CREATE TABLE fenbo.model_voices (
	base  integer PRIMARY KEY REFERENCES fenbo.model ON DELETE CASCADE,
	seq   bigint NOT NULL,
	bytes bytea NOT NULL CHECK (length(bytes) BETWEEN 1 AND 8192)
);
CREATE FUNCTION fenbo.voices_put(of_base integer, upto bigint, numbers bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
	IF EXISTS (SELECT FROM fenbo.model m WHERE m.number = of_base AND m.done_at IS NULL) THEN
		PERFORM fenbo._model_open(of_base);
	ELSE
		PERFORM fenbo._model_maker('checkpoint');
	END IF;
	INSERT INTO fenbo.model_voices AS v VALUES (of_base, upto, numbers)
	ON CONFLICT (base) DO UPDATE SET seq = excluded.seq, bytes = excluded.bytes WHERE v.seq <= excluded.seq;
END
$$;
-- Those of the base in force; no row before the first lesson.
CREATE FUNCTION fenbo.voices_current() RETURNS TABLE (base integer, seq bigint, bytes bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	RETURN QUERY SELECT v.base, v.seq, v.bytes FROM fenbo.model_voices v WHERE v.base = fenbo._model_in_force();
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.voices_put(integer, bigint, bytea) TO fenbo_feed, fenbo_admin;
GRANT EXECUTE ON FUNCTION fenbo.voices_current() TO fenbo_feed;

-- Every model, newest first: bases, and the checkpoints of the one in force.
CREATE FUNCTION fenbo.model_list() RETURNS TABLE (number integer, kind text, base integer, in_force boolean, seq bigint, made_at timestamptz,
	made_by text, bytes bigint, sha256 text, figures jsonb, note text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	PERFORM fenbo._who_as('supervisor', 'admin');
	RETURN QUERY
	SELECT m.number, m.kind, m.base, m.number = fenbo._model_in_force(), m.seq, m.made_at, m.made_by, m.bytes, m.sha256, m.figures, m.note
	FROM fenbo.model m WHERE m.done_at IS NOT NULL AND (m.kind = 'base' OR m.base = fenbo._model_in_force())
	ORDER BY m.kind, m.number DESC;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.model_list() TO fenbo_supervisor, fenbo_admin;

-- From now on this base is in force, in every fenbod. Answers the one that was. An event, so that the record says who chose it.
CREATE FUNCTION fenbo.model_use(of_model integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	w fenbo.who := fenbo._who_as('admin');
	was integer := (SELECT s.value::integer FROM fenbo.setting s WHERE s.name = 'model' FOR UPDATE);
BEGIN
	IF NOT EXISTS (SELECT FROM fenbo.model m WHERE m.number = of_model AND m.kind = 'base' AND m.done_at IS NOT NULL) THEN
		PERFORM fenbo._fail('not_found', 'model', 'there is no such base');
	ELSIF was = of_model THEN
		PERFORM fenbo._fail('impossible', 'model', 'it is in force already');
	END IF;
	UPDATE fenbo.setting s SET value = of_model::text WHERE s.name = 'model';
	PERFORM fenbo._event0('model', jsonb_build_object('model', of_model), jsonb_build_object('use', of_model, 'was', was));
	RETURN was;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.model_use(integer) TO fenbo_admin;

RESET ROLE;
