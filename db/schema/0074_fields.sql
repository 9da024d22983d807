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

-- --- forgetting a citizen ---------------------------------------------------------------------------------------------

-- How a value may stand in a text: digits plain, full-width or Chinese, letters of either case and width, and between two characters a
-- blank, a dot or a hyphen. A regular expression for regexp_matches; NULL for what is too short to be told from any other word.
CREATE FUNCTION fenbo._written(value text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN char_length(v.plain) >= CASE WHEN v.plain ~ '^[0-9]+$' THEN 5 ELSE 2 END AND v.plain <> ALL ('{匿名,先生,女士,小姐,市民,群众,居民,业主,村民,不详,未知,保密,没有,本人}')
		AND v.plain !~ '^\*+$' THEN
		(SELECT string_agg(CASE WHEN c ~ '[0-9]' THEN '[' || c || (ARRAY['０〇零洞', '１一壹幺么', '２二贰貳两', '３三叁參参', '４四肆', '５五伍', '６六陆陸',
				'７七柒', '８八捌', '９九玖'])[c::integer + 1] || ']'
			WHEN c ~ '[A-Za-z]' THEN '[' || lower(c) || upper(c) || chr(ascii(lower(c)) + 65248) || chr(ascii(upper(c)) + 65248) || ']'
			WHEN c ~ '[[:alnum:]]' THEN c ELSE '\' || c END, '[-–—.·•[:space:]]{0,2}' ORDER BY n)
		FROM string_to_table(v.plain, NULL) WITH ORDINALITY t(c, n)) END
	FROM (SELECT regexp_replace(translate(coalesce(value, ''), '０１２３４５６７８９', '0123456789'), '^\+?86(?=1\d{10}$)|[-–—·•[:space:]]', '', 'g') AS plain) v
$$;

-- What is personal by its looks: identity numbers of both lengths, mobile numbers, e-mail addresses, the ids of messengers behind their names.
CREATE FUNCTION fenbo._personal() RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
	SELECT ARRAY[
		'(?<![0-9])[1-9](?:[-–— ]?\d){5}[-–— ]?(?:19|20)\d{2}[-–— ]?(?:0[1-9]|1[0-2])[-–— ]?(?:0[1-9]|[12]\d|3[01])[-–— ]?\d{3}[-–— ]?[0-9xX](?![0-9])',
		'(?<![0-9])[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![0-9])',
		'(?<![0-9])1[3-9]\d(?:[-–— ]?\d{4}){2}(?![0-9])',
		'[A-Za-z0-9._%+-]{1,64}[@＠][A-Za-z0-9-]{1,63}(?:[.．][A-Za-z0-9-]{1,63}){1,4}',
		'(?:微信|威信|薇信|[qQｑＱ]{2}|扣扣|[vVｖＶwWｗＷ][xXｘＸ信]|[wW]e[cC]hat|[wW]ei[xX]in|[tT]elegram|[wW]hats[aA]pp|支付宝|抖音)(?:同号|账号|帐号|号码|号|群)?(?:是|为|叫|id|ID)?[[:space:]:：=“"(（]*([A-Za-z0-9][A-Za-z0-9_-]{4,29})']
$$;

-- A value that the full-width digits of a text would hide from _personal: the text as it is read, character for character.
CREATE FUNCTION fenbo._plain(value text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT translate(value, '０１２３４５６７８９ＸｘＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｙｚ',
		'0123456789XxABCDEFGHIJKLMNOPQRSTUVWYZabcdefghijklmnopqrstuvwyz')
$$;

-- The text with stars, one for each character, wherever one of these expressions matches (its group, where it has one).
CREATE FUNCTION fenbo._starred(value text, forms text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	form text;
	found_ text;
	read_ text := fenbo._plain(value);
BEGIN
	IF coalesce(value, '') = '' THEN RETURN value; END IF;
	FOREACH form IN ARRAY forms LOOP
		FOR found_ IN SELECT DISTINCT m[1] FROM regexp_matches(read_, form, 'g') m LOOP
			read_ := replace(read_, found_, repeat('*', char_length(found_)));
		END LOOP;
	END LOOP;
	IF read_ = fenbo._plain(value) THEN RETURN value; END IF;
	RETURN (SELECT string_agg(CASE WHEN r.c = '*' THEN '*' ELSE v.c END, '' ORDER BY v.n) FROM string_to_table(value, NULL) WITH ORDINALITY v(c, n)
		JOIN string_to_table(read_, NULL) WITH ORDINALITY r(c, n) ON r.n = v.n);
END
$$;

-- Every string in it starred; what the members are called stays.
CREATE FUNCTION fenbo._starred(value jsonb, forms text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE jsonb_typeof(value)
		WHEN 'string' THEN to_jsonb(fenbo._starred(value #>> '{}', forms))
		WHEN 'array' THEN (SELECT coalesce(jsonb_agg(fenbo._starred(e, forms) ORDER BY n), '[]') FROM jsonb_array_elements(value) WITH ORDINALITY t(e, n))
		WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(k, fenbo._starred(e, forms)), '{}') FROM jsonb_each(value) t(k, e))
		ELSE value END
$$;

-- The values that a reading's spans point at: the caller's, and whoever else's number, name or plate the machine saw.
CREATE FUNCTION fenbo._pointed(body text, fields jsonb) RETURNS SETOF text
LANGUAGE sql IMMUTABLE AS $$
	SELECT substr(body, s.start + 1, s.stop - s.start)
	FROM unnest(ARRAY['phone', 'person', 'plate']) m(member)
	CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(fields -> m.member) WHEN 'array' THEN fields -> m.member ELSE '[]' END) e
	CROSS JOIN LATERAL (SELECT (e ->> 'start')::integer AS start, (e ->> 'end')::integer AS stop) s
	WHERE s.start >= 0 AND s.stop > s.start
$$;

-- A citizen is to be forgotten: his name, telephone and identity as the form has or had them, what the machine pointed at or once did, and what
-- is personal by its looks, however written and as often as it stands there, goes from the text, the title, the address, the tags, the remarks
-- (a dispatcher's own words, too) and the reasons of recommendations; stars stand there, one for each character, so that every other span still
-- points to what it did. A remark that changed loses its salt and keeps its commitment, by which it is still known whose it is. Returns the
-- expressions, for what is yet to be written. To be called while the form still has the values.
CREATE FUNCTION fenbo._fields_erase(of_case bigint) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	a fenbo.appeal;
	was fenbo.appeal;
	values_ text[];
	forms text[];
	s record;
BEGIN
	SELECT * INTO a FROM fenbo.appeal t WHERE t.no = of_case;
	was := a;
	WITH form AS (
		SELECT fenbo._form(of_case) AS f
		UNION ALL SELECT m.text::jsonb FROM fenbo.remark m WHERE m.no = of_case AND m.kind ~ '^\.(undone )?(form|edit)$' AND m.text <> ''
	), said AS (
		SELECT v FROM form CROSS JOIN LATERAL unnest(ARRAY[f ->> 'name', f ->> 'phone', f ->> 'identity']) v
		UNION SELECT v FROM form CROSS JOIN LATERAL fenbo._pointed(a.text, f -> 'fields') v
	)
	SELECT coalesce(array_agg(v ORDER BY char_length(v) DESC, v), '{}') INTO values_ FROM said WHERE v <> '';
	SELECT coalesce(array_agg(w ORDER BY char_length(v) DESC, v), '{}') || fenbo._personal() INTO forms
	FROM unnest(values_) v CROSS JOIN LATERAL fenbo._written(v) w WHERE w IS NOT NULL;
	-- What is too short to look for elsewhere (我姓李) is starred where it was pointed at.
	FOR s IN SELECT (e ->> 'start')::integer AS start, (e ->> 'end')::integer - (e ->> 'start')::integer AS len
		FROM unnest(ARRAY['phone', 'person', 'plate']) m(member)
		CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(a.fields -> m.member) WHEN 'array' THEN a.fields -> m.member ELSE '[]' END) e
	LOOP
		CONTINUE WHEN s.start IS NULL OR s.start < 0 OR coalesce(s.len, 0) < 1 OR s.start >= char_length(a.text);
		a.text := overlay(a.text PLACING repeat('*', least(s.len, char_length(a.text) - s.start)) FROM s.start + 1 FOR s.len);
	END LOOP;
	a.text := fenbo._starred(a.text, forms);
	a.title := fenbo._starred(a.title, forms);
	a.address := fenbo._starred(a.address, forms);
	-- A tag of which something had to go is none any more, nor is a piece of a number or name.
	a.tags := ARRAY(SELECT t FROM unnest(a.tags) WITH ORDINALITY x(t, n) WHERE fenbo._starred(t, forms) = t
		AND NOT EXISTS (SELECT FROM unnest(values_) v WHERE position(t IN v) > 0) AND NOT (t ~ '^\d+$' AND position(t IN was.text) > 0 AND position(t IN a.text) = 0)
		ORDER BY n);
	IF jsonb_typeof(a.fields) = 'object' THEN
		a.fields := a.fields - ARRAY['phone', 'person', 'plate'];
		IF jsonb_typeof(a.fields -> 'keywords') = 'array' THEN
			a.fields := jsonb_set(a.fields, '{keywords}', (SELECT coalesce(jsonb_agg(k ORDER BY n), '[]')
				FROM jsonb_array_elements(a.fields -> 'keywords') WITH ORDINALITY x(k, n) WHERE position(k ->> 'text' IN a.text) > 0));
		END IF;
		a.fields := fenbo._starred(a.fields, forms);
	END IF;
	a.state := fenbo._starred(a.state, forms);
	-- What was learnt of a text that changed is learnt again (0070), as it is where the title was the channel's own.
	UPDATE fenbo.appeal t SET text = a.text, title = a.title, address = a.address, tags = a.tags, fields = a.fields, state = a.state,
		own_title = CASE WHEN (a.text, a.title) IS DISTINCT FROM (was.text, was.title) THEN '' ELSE t.own_title END
	WHERE t.no = of_case;
	UPDATE fenbo.queue t SET title = fenbo._starred(t.title, forms), return_reason = fenbo._starred(t.return_reason, forms) WHERE t.no = of_case;
	UPDATE fenbo.remark m SET seal = coalesce(m.seal, fenbo._commit(m.salt, m.text)), salt = '\x', text = fenbo._starred(m.text, forms)
	WHERE m.no = of_case AND m.kind NOT LIKE '.%' AND fenbo._starred(m.text, forms) <> m.text;
	UPDATE fenbo.recommendation r SET units = fenbo._starred(r.units, forms) WHERE r.no = of_case AND fenbo._starred(r.units, forms) <> r.units;
	UPDATE fenbo.repeat_candidate r SET reason = fenbo._starred(r.reason, forms) WHERE of_case IN (r.no, r.other) AND fenbo._starred(r.reason, forms) <> r.reason;
	UPDATE fenbo.quarantine x SET raw = '', row = NULL WHERE x.no = of_case;
	RETURN forms;
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
