-- 0074 fields: what the machine read out of a text, in the form and out of it again; and the list of enterprises.
SET ROLE fenbo_owner;

-- The keywords that were read are the case's tags, until somebody corrects them.
CREATE FUNCTION fenbo._keywords(fields jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE jsonb_typeof(fields -> 'keywords') WHEN 'array'
		THEN ARRAY(SELECT left(k ->> 'text', 60) FROM jsonb_array_elements(fields -> 'keywords') k WHERE k ->> 'text' <> '')
		ELSE '{}'::text[] END
$$;

-- What a person has put right is no longer the machine's reading: its member goes from `fields`. {"fields": what is left}, or {} where
-- nothing changes. An undo brings it back with the rest of the form.
CREATE FUNCTION fenbo._fields_corrected(fields jsonb, becomes jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN jsonb_typeof(fields) = 'object' AND fields ?| x.members THEN jsonb_build_object('fields', fields - x.members)
		ELSE '{}'::jsonb END
	FROM (SELECT ARRAY(SELECT m.member FROM (VALUES ('type', 'type'), ('happened_at', 'time'), ('tags', 'keywords'), ('name', 'person'),
		('phone', 'phone'), ('place', 'place'), ('address', 'place')) m(field, member) WHERE becomes ? m.field) AS members) x
$$;

-- Where the machine saw a telephone number, a name or a plate of a citizen who is to be forgotten, stars stand from now on, one for each
-- character, so that every other span still points to what it did.
CREATE FUNCTION fenbo._fields_erase(of_case bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	a fenbo.appeal;
	s record;
	found_ text;
BEGIN
	SELECT * INTO a FROM fenbo.appeal t WHERE t.no = of_case;
	IF jsonb_typeof(a.fields) IS DISTINCT FROM 'object' THEN
		RETURN;
	END IF;
	FOR s IN SELECT (e ->> 'start')::integer AS start, (e ->> 'end')::integer - (e ->> 'start')::integer AS len
		FROM unnest(ARRAY['phone', 'person', 'plate']) m(member)
		CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(a.fields -> m.member) WHEN 'array' THEN a.fields -> m.member ELSE '[]' END) e
	LOOP
		CONTINUE WHEN s.start IS NULL OR s.start < 0 OR coalesce(s.len, 0) < 1;
		found_ := substr(a.text, s.start + 1, s.len);
		a.title := replace(a.title, found_, repeat('*', char_length(found_)));
		a.text := overlay(a.text PLACING repeat('*', char_length(found_)) FROM s.start + 1 FOR char_length(found_));
	END LOOP;
	UPDATE fenbo.appeal t SET text = a.text, title = a.title, fields = a.fields - ARRAY['phone', 'person', 'plate'] WHERE t.no = of_case;
	UPDATE fenbo.queue t SET title = left(a.title, 60) WHERE t.no = of_case AND t.title <> left(a.title, 60);
END
$$;

-- --- enterprises ----------------------------------------------------------------------------------------------------

-- The list stands beside the routing revisions, not in them: it may have a million names, and a revision keeps a whole copy of all it
-- holds. A new list comes in pages under its own number and takes the place of the old one at once.
CREATE TABLE fenbo.enterprise_list (
	number  integer PRIMARY KEY,
	made_at timestamptz NOT NULL,
	made_by text NOT NULL,
	note    text NOT NULL,
	names   integer NOT NULL DEFAULT 0,
	done_at timestamptz
);
CREATE TABLE fenbo.enterprise (
	list integer NOT NULL REFERENCES fenbo.enterprise_list ON DELETE CASCADE,
	name text COLLATE "C" NOT NULL,
	tags text NOT NULL DEFAULT '',                   -- "a|b"
	PRIMARY KEY (list, name)
);

-- The list in force; NULL when there is none.
CREATE FUNCTION fenbo._enterprises_now() RETURNS integer
LANGUAGE sql STABLE AS $$ SELECT max(l.number) FROM fenbo.enterprise_list l WHERE l.done_at IS NOT NULL $$;

-- Begin a list; what an upload left behind that broke off goes.
CREATE FUNCTION fenbo.enterprises_begin(note text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
	w fenbo.who := fenbo._who_as('admin');
	n integer;
BEGIN
	LOCK TABLE fenbo.enterprise_list IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM fenbo.enterprise_list l WHERE l.done_at IS NULL AND l.made_at < fenbo.now_() - interval '1 hour';
	SELECT coalesce(max(l.number), 0) + 1 INTO n FROM fenbo.enterprise_list l;
	INSERT INTO fenbo.enterprise_list (number, made_at, made_by, note) VALUES (n, fenbo.now_(), w.account, coalesce(note, ''));
	RETURN n;
END
$$;

-- A page of a list that is not finished: lines of name, tab, tags ("a|b"). Returns how many names it now has. invalid: a name stands there
-- twice, or is too long.
CREATE FUNCTION fenbo.enterprises_put(of_list integer, lines text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
	w fenbo.who := fenbo._who_as('admin');
	added integer;
	total integer;
	bad text;
BEGIN
	PERFORM FROM fenbo.enterprise_list l WHERE l.number = of_list AND l.done_at IS NULL AND l.made_by = w.account FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('not_found', 'list', 'there is no such list under way');
	END IF;
	SELECT split_part(t, E'\t', 1) INTO bad FROM string_to_table(lines, E'\n') t
	WHERE t <> '' AND char_length(split_part(t, E'\t', 1)) NOT BETWEEN 1 AND 200 LIMIT 1;
	IF FOUND THEN
		PERFORM fenbo._fail('invalid', 'name', format('%s… is no name', left(bad, 40)));
	END IF;
	INSERT INTO fenbo.enterprise (list, name, tags)
	SELECT of_list, split_part(t, E'\t', 1), left(split_part(t, E'\t', 2), 1000) FROM string_to_table(lines, E'\n') t WHERE t <> '';
	GET DIAGNOSTICS added = ROW_COUNT;
	UPDATE fenbo.enterprise_list l SET names = l.names + added WHERE l.number = of_list RETURNING l.names INTO total;
	RETURN total;
EXCEPTION WHEN unique_violation THEN
	PERFORM fenbo._fail('invalid', 'name', 'a name stands in the list twice');
END
$$;

-- The list is whole, and in force from now on; the one before is gone. invalid when not as many names came as were sent.
CREATE FUNCTION fenbo.enterprises_done(of_list integer, expect integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
	w fenbo.who := fenbo._who_as('admin');
	l fenbo.enterprise_list;
BEGIN
	LOCK TABLE fenbo.enterprise_list IN SHARE ROW EXCLUSIVE MODE;
	SELECT * INTO l FROM fenbo.enterprise_list t WHERE t.number = of_list AND t.done_at IS NULL AND t.made_by = w.account;
	IF l.number IS NULL THEN
		PERFORM fenbo._fail('not_found', 'list', 'there is no such list under way');
	ELSIF l.names <> expect THEN
		PERFORM fenbo._fail('invalid', 'list', format('%s names came, %s were expected', l.names, expect));
	ELSIF of_list < fenbo._enterprises_now() THEN
		PERFORM fenbo._fail('stale', 'list', 'another list has been finished since');
	END IF;
	UPDATE fenbo.enterprise_list t SET done_at = fenbo.now_() WHERE t.number = of_list;
	DELETE FROM fenbo.enterprise_list t WHERE t.number < of_list;
	PERFORM fenbo._event0('route', jsonb_build_object('enterprises', of_list, 'names', l.names), '{}');
	RETURN of_list;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.enterprises_begin(text), fenbo.enterprises_put(integer, text), fenbo.enterprises_done(integer, integer)
	TO fenbo_admin;

-- The list in force: its number (0 = none) and how many names it has.
CREATE FUNCTION fenbo.enterprises_current() RETURNS TABLE (number integer, names integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT coalesce(l.number, 0), coalesce(l.names, 0)
	FROM (SELECT fenbo._enterprises_now() AS n) x LEFT JOIN fenbo.enterprise_list l ON l.number = x.n
$$;
-- A page of it in the order of the names, behind this one ('' = from the first).
CREATE FUNCTION fenbo.enterprises_page(of_list integer, after text, most integer) RETURNS TABLE (name text, tags text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
	SELECT e.name, e.tags FROM fenbo.enterprise e WHERE e.list = of_list AND e.name > after COLLATE "C"
	ORDER BY e.name LIMIT least(greatest(most, 1), 50000)
$$;
GRANT EXECUTE ON FUNCTION fenbo.enterprises_current(), fenbo.enterprises_page(integer, text, integer)
	TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_feed;

RESET ROLE;
