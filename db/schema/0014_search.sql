-- 0014 search: past and open cases by number, telephone, place and words. The hot partition carries no text index,
-- which would make intake six to ten times dearer. Closed months are indexed beside the appeals, in a table of their
-- own that nobody else touches: by pairs of characters, because most Chinese words are two characters long, where
-- trigrams see nothing. What is not indexed yet is read, newest first, for a second at most.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.appeal_gram (
	no    bigint PRIMARY KEY,
	grams integer[] NOT NULL                         -- hashes of every two neighbouring characters
) PARTITION BY RANGE (no);
CREATE INDEX appeal_gram_grams ON fenbo.appeal_gram USING gin (grams);

-- How far a month of numbers has been indexed; indexed_at when it is complete.
CREATE TABLE fenbo.search_month (
	month      text PRIMARY KEY,                     -- YYMM
	done_no    bigint NOT NULL DEFAULT 0,
	indexed_at timestamptz
);

-- What is searched of an appeal.
CREATE FUNCTION fenbo._words(title text, text_ text, address text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT lower(title || chr(10) || text_ || chr(10) || address) $$;

CREATE FUNCTION fenbo._grams(words text) RETURNS integer[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT coalesce(array_agg(DISTINCT hashtext(a || b)), '{}')
	FROM (SELECT c AS a, lead(c) OVER (ORDER BY i) AS b FROM unnest(string_to_array(words, NULL)) WITH ORDINALITY t(c,
		i)) pair
	WHERE a <> ' ' AND b <> ' '
$$;

-- The next rows of the oldest closed month that is not complete. A month is closed when the next one has begun where
-- the centre is.
CREATE FUNCTION fenbo._index_closed(most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	this text := to_char(fenbo._day(fenbo.now_()), 'YYMM');
	m record;
	r record;
	last bigint;
	n integer;
BEGIN
	SELECT c.month, coalesce(s.done_no, 0) AS done_no INTO m
	FROM (SELECT right(i.inhrelid::regclass::text, 4) AS month FROM pg_inherits i
		WHERE i.inhparent = 'fenbo.appeal'::regclass) c
	LEFT JOIN fenbo.search_month s ON s.month = c.month
	WHERE c.month < this AND s.indexed_at IS NULL ORDER BY c.month LIMIT 1;
	IF NOT FOUND THEN RETURN 0; END IF;
	r := fenbo._month_range(to_date('20' || m.month || '01', 'YYYYMMDD'));
	PERFORM fenbo._make_partition('appeal_gram', m.month, r.lo::text, r.hi::text);
	WITH w AS (
		INSERT INTO fenbo.appeal_gram (no, grams)
		SELECT a.no, fenbo._grams(fenbo._words(a.title, a.text, a.address)) FROM fenbo.appeal a
		WHERE a.no >= r.lo AND a.no < r.hi AND a.no > m.done_no ORDER BY a.no LIMIT most
		ON CONFLICT (no) DO UPDATE SET grams = excluded.grams RETURNING no)
	SELECT max(no), count(*) INTO last, n FROM w;
	INSERT INTO fenbo.search_month (month, done_no, indexed_at)
	VALUES (m.month, coalesce(last, m.done_no), CASE WHEN n < most THEN fenbo.now_() END)
	ON CONFLICT (month) DO UPDATE SET done_no = excluded.done_no, indexed_at = excluded.indexed_at;
	RETURN n + 1;
END
$$;

-- Appeals that come into a month that was indexed (back-dated imports) have to be indexed too: from the lowest of them
-- on.
CREATE FUNCTION fenbo._index_again(lowest bigint[]) RETURNS void
LANGUAGE sql AS $$
	UPDATE fenbo.search_month s SET done_no = least(s.done_no, x.no - 1), indexed_at = NULL
	FROM (SELECT left(lpad(n::text, 13, '0'), 4) AS month, min(n) AS no FROM unnest(lowest) n GROUP BY 1) x
		WHERE s.month = x.month
$$;

CREATE FUNCTION fenbo._appeal_edited() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.appeal_gram g SET grams = fenbo._grams(fenbo._words(NEW.title, NEW.text, NEW.address))
		WHERE g.no = NEW.no;
	RETURN NULL;
END
$$;
CREATE TRIGGER edited AFTER UPDATE OF title, text, address ON fenbo.appeal FOR EACH ROW
	WHEN ((OLD.title, OLD.text, OLD.address) IS DISTINCT FROM (NEW.title, NEW.text,
		NEW.address)) EXECUTE FUNCTION fenbo._appeal_edited();

CREATE TYPE fenbo.found AS (no bigint, stage text, outcome text, received_at timestamptz, title text, place text,
	unit text, score real);

CREATE FUNCTION fenbo._found(no bigint, score real, s fenbo.scope) RETURNS SETOF fenbo.found
LANGUAGE sql STABLE AS $$
	SELECT a.no, coalesce(q.stage, a.stage)::text, coalesce(a.outcome, ''), a.received_at, a.title,
		coalesce(q.place_name, a.state #>> '{row,place_name}', ''), coalesce(q.unit, a.unit, ''), score
	FROM fenbo.appeal a LEFT JOIN fenbo.queue q ON q.no = a.no
	WHERE a.no = _found.no AND (s.whole OR fenbo._in_scope(s, CASE WHEN q.no IS NOT NULL THEN q
		ELSE fenbo._peek(a.no) END))
$$;

-- One stretch [lo, hi) of numbers, newest first: every word must stand in the text, or the appeal lies in one of the
-- places. indexed: the stretch's pairs are complete, so only what they name is read.
CREATE FUNCTION fenbo._search_stretch(lo bigint, hi bigint, words text[], places text[], indexed boolean, most integer)
RETURNS TABLE (no bigint, score real)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	g integer[] := (SELECT coalesce(array_agg(DISTINCT x), '{}') FROM unnest(words) w, unnest(fenbo._grams(w)) x);
BEGIN
	IF indexed AND cardinality(g) > 0 THEN
		RETURN QUERY
		SELECT u.no, max(u.score) FROM (
			(SELECT a.no, CASE WHEN (SELECT bool_and(position(w IN lower(a.title)) > 0) FROM unnest(words) w) THEN 0.9
				ELSE 0.6 END::real AS score
			FROM (SELECT t.no FROM fenbo.appeal_gram t WHERE t.no >= lo AND t.no < hi AND t.grams @> g
				ORDER BY t.no DESC) t
			JOIN fenbo.appeal a ON a.no = t.no
			WHERE (SELECT bool_and(position(w IN fenbo._words(a.title, a.text, a.address)) > 0) FROM unnest(words) w)
			ORDER BY a.no DESC LIMIT most)
			UNION ALL
			(SELECT a.no, 0.4::real FROM fenbo.appeal a WHERE a.no >= lo AND a.no < hi AND a.place = ANY (places)
				ORDER BY a.no DESC LIMIT most)) u
		GROUP BY u.no ORDER BY u.no DESC LIMIT most;
	ELSE
		RETURN QUERY
		SELECT a.no, CASE WHEN (SELECT bool_and(position(w IN lower(a.title)) > 0) FROM unnest(words) w) THEN 0.9
			WHEN a.place = ANY (places) THEN 0.4 ELSE 0.6 END::real
		FROM fenbo.appeal a WHERE a.no >= lo AND a.no < hi AND (a.place = ANY (places)
			OR (SELECT bool_and(position(w IN fenbo._words(a.title, a.text, a.address)) > 0) FROM unnest(words) w))
		ORDER BY a.no DESC LIMIT most;
	END IF;
END
$$;

-- Cases in scope by number, telephone (exact; dispatchers, supervisors, administrators), place name, or words (all of
-- them, each at least two characters to be quick), newest first; `before` is the last number of the page before.
-- Bounded: when it has read for a second without filling the page it ends with a row that holds nothing but `no` and
-- stage '': it has looked down to that number, and goes on from there when asked again with it.
CREATE FUNCTION fenbo.search(query text, before bigint, most integer) RETURNS SETOF fenbo.found
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	w fenbo.who := fenbo._who();
	s fenbo.scope := fenbo._scope(w);
	q text := left(lower(btrim(query)), 200);
	digits text := regexp_replace(q, '[-\s]', '', 'g');
	words text[] := regexp_split_to_array(q, '\s+');
	places text[];
	top bigint := coalesce(before, 10000000000000);
	lo bigint; hi bigint;
	m record; f record; r record;
	n integer := 0;
	deadline timestamptz := clock_timestamp() + interval '1 second';
BEGIN
	most := least(greatest(coalesce(most, 50), 0), 500);
	IF q = '' OR most = 0 THEN RETURN; END IF;
	IF digits ~ '^\d{13}$' AND fenbo.case_check(digits::bigint) THEN
		RETURN QUERY SELECT * FROM fenbo._found(digits::bigint, 1, s) x WHERE x.no < top;
		RETURN;
	END IF;
	IF digits ~ '^\+?\d{7,15}$' AND w.role IN ('dispatcher', 'supervisor', 'admin') THEN
		FOR f IN SELECT c.no FROM fenbo.citizen c WHERE c.phone = digits AND c.phone <> '' AND c.no < top
			ORDER BY c.no DESC LOOP
			RETURN QUERY SELECT * FROM fenbo._found(f.no, 1, s);
			IF FOUND THEN n := n + 1; END IF;
			IF n >= most THEN RETURN; END IF;
		END LOOP;
		IF n > 0 THEN RETURN; END IF;
	END IF;
	WITH RECURSIVE p(code) AS (SELECT t.code FROM fenbo.place t WHERE lower(t.name) = q
		OR EXISTS (SELECT FROM unnest(t.aliases) a WHERE lower(a) = q)
		UNION SELECT t.code FROM fenbo.place t JOIN p ON t.parent = p.code)
	SELECT coalesce(array_agg(code), '{}') INTO places FROM p;
	FOR m IN SELECT x.month, y.lo, y.hi, g.indexed_at IS NOT NULL AS indexed
		FROM (SELECT right(i.inhrelid::regclass::text, 4) AS month FROM pg_inherits i
			WHERE i.inhparent = 'fenbo.appeal'::regclass) x
		CROSS JOIN LATERAL fenbo._month_range(to_date('20' || x.month || '01', 'YYYYMMDD')) y
		LEFT JOIN fenbo.search_month g ON g.month = x.month
		WHERE y.lo < top ORDER BY x.month DESC
	LOOP
		hi := least(m.hi, top);
		LOOP
			-- An indexed month is one stretch; another is read ten thousand appeals at a time.
			lo := NULL;
			IF NOT m.indexed THEN
				SELECT a.no INTO lo FROM fenbo.appeal a WHERE a.no >= m.lo AND a.no < hi ORDER BY a.no DESC OFFSET 9999
					LIMIT 1;
			END IF;
			FOR f IN SELECT * FROM fenbo._search_stretch(coalesce(lo, m.lo), hi, words, places, m.indexed, CASE
				WHEN s.whole THEN most - n ELSE 10000 END) LOOP
				FOR r IN SELECT * FROM fenbo._found(f.no, f.score, s) LOOP
					RETURN NEXT r;
					n := n + 1;
				END LOOP;
				IF n >= most THEN RETURN; END IF;
			END LOOP;
			hi := coalesce(lo, m.lo);
			IF clock_timestamp() > deadline THEN
				RETURN NEXT ROW (hi, '', '', NULL, '', '', '', 0)::fenbo.found;
				RETURN;
			END IF;
			EXIT WHEN lo IS NULL;
		END LOOP;
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.search(text, bigint, integer) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin,
	fenbo_unit, fenbo_feed;

RESET ROLE;
