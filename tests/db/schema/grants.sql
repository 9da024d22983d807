-- Authorisation: every function in the catalogue × every role, against tests/db/grants.txt; by the catalogue's word and
-- by trying. And what makes those grants worth something: pinned paths, owners who cannot log in, nothing for PUBLIC.
CREATE TABLE line (t text);
\set copy '\\copy line FROM ' :grants ' WITH (FORMAT csv, DELIMITER E\'\\x01\', QUOTE E\'\\x02\')'
:copy
CREATE TABLE want AS SELECT split_part(t, ' ', 1) AS name, regexp_replace(t, '^\S+\s+', '') AS letters FROM line
	WHERE t !~ '^(#|\s*$)';
CREATE TABLE role (letter text, grp text, login text);
INSERT INTO role VALUES ('D', 'fenbo_dispatcher', 't_disp'), ('S', 'fenbo_supervisor', 't_sup'),
	('A', 'fenbo_admin', 't_admin'),
	('U', 'fenbo_unit', 't_unit'), ('F', 'fenbo_feed', 't_feed'), ('R', 'fenbo_rolemaker', NULL);
CREATE TABLE fn AS SELECT p.oid, p.proname AS name, p.oid::regprocedure::text AS sig, p.proowner, p.prosecdef,
	p.proconfig, p.proacl, p.prorettype,
	-- A strict function of NULL is folded away before anybody asks who calls it.
	(SELECT coalesce(string_agg(CASE WHEN p.provariadic <> 0 AND i = p.pronargs THEN 'VARIADIC ' ELSE '' END ||
		CASE WHEN NOT p.proisstrict THEN 'NULL' WHEN t = 'date'::regtype THEN '''2026-01-01''' ELSE '''1''' END || '::'
			|| format_type(t, NULL), ', ' ORDER BY i), '')
		FROM unnest(p.proargtypes) WITH ORDINALITY a(t, i)) AS args
FROM pg_proc p WHERE p.pronamespace = 'fenbo'::regnamespace;

CREATE FUNCTION test.none(query text, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found text;
BEGIN
	EXECUTE format('SELECT string_agg(x::text, E''\n'') FROM (%s) x', query) INTO found;
	IF found IS NOT NULL THEN RAISE EXCEPTION E'%:\n%', what, found; END IF;
	RETURN 'ok ' || what;
END $$;

SELECT test.none($$SELECT sig FROM fn WHERE name !~ '^_' AND name NOT IN (SELECT name FROM want)$$,
	'functions missing from grants.txt');
SELECT test.none($$SELECT name FROM want WHERE name NOT IN (SELECT name FROM fn)$$,
	'functions of grants.txt that do not exist');
SELECT test.none($$SELECT name FROM want GROUP BY name HAVING count(*) > 1$$, 'listed twice');
SELECT test.none($$SELECT sig, grp, CASE WHEN has THEN 'may, but should not' ELSE 'should, but may not' END FROM
	(SELECT fn.sig, role.grp, has_function_privilege(role.grp, fn.oid, 'EXECUTE') AS has,
		fn.proowner = role.grp::regrole AS own,
		EXISTS (SELECT FROM want WHERE want.name = fn.name AND position(role.letter IN want.letters) > 0) AS should
			FROM fn, role) x
	WHERE has <> should AND NOT (has AND own)$$, 'grants that differ');
SELECT test.none($$SELECT sig FROM fn WHERE proacl IS NULL OR EXISTS (SELECT FROM aclexplode(proacl) a
	WHERE a.grantee = 0) AND prorettype <> 'trigger'::regtype$$, 'open to PUBLIC');
SELECT test.none($$SELECT sig, a.grantee::regrole FROM fn, aclexplode(proacl) a WHERE a.grantee <> 0
	AND a.grantee <> proowner
	AND a.grantee::regrole::text NOT IN (SELECT grp FROM role)$$, 'granted to somebody else');

-- By trying: as each person, with NULL for every argument that may be NULL. Refused means 42501 and nothing else;
-- allowed means anything but that.
CREATE FUNCTION test.try(login text, call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		EXECUTE format('SET LOCAL SESSION AUTHORIZATION %I', login);
		EXECUTE call;
		RAISE EXCEPTION USING ERRCODE = 'TST00';
	EXCEPTION WHEN insufficient_privilege THEN RETURN 'refused: ' || SQLERRM;
	WHEN OTHERS THEN RETURN 'allowed';
	END;
END $$;
CREATE TABLE tried AS
SELECT fn.sig, role.login, EXISTS (SELECT FROM want WHERE want.name = fn.name
	AND position(role.letter IN want.letters) > 0) AS should,
	test.try(role.login, format('SELECT * FROM fenbo.%I(%s)', fn.name, fn.args)) AS got
FROM fn, role WHERE role.login IS NOT NULL AND fn.prorettype <> 'trigger'::regtype;
SELECT test.none($$SELECT sig, login, got FROM tried WHERE should <> (got = 'allowed')$$, 'tried and found different');
SELECT test.ok(count(*) > 500, 'every function as every role: ' || count(*)) FROM tried;
-- The rolemaker's own functions are not a way in for anybody else.
SELECT test.none($$SELECT sig FROM fn WHERE proowner = 'fenbo_rolemaker'::regrole AND name NOT IN ('user_add',
	'user_role', 'user_disable', 'user_password', '_one_group', '_role_settings')$$, 'owned by the rolemaker');

-- What the grants stand on.
SELECT test.none($$SELECT sig, proconfig FROM fn WHERE prosecdef
	AND (proconfig IS NULL OR NOT 'search_path=pg_catalog, fenbo, pg_temp' = ANY (proconfig))$$,
	'definer functions without a pinned path');
SELECT test.none($$SELECT sig FROM fn WHERE name !~ '^_' AND NOT prosecdef AND name NOT IN ('case_show', 'case_new')$$,
	'public functions that run with their caller''s rights');
SELECT test.none($$SELECT sig, proowner::regrole FROM fn WHERE proowner NOT IN ('fenbo_owner'::regrole,
	'fenbo_rolemaker'::regrole)$$, 'owned by somebody else');
SELECT test.none($$SELECT c.relname, c.relowner::regrole FROM pg_class c WHERE c.relnamespace = 'fenbo'::regnamespace
	AND c.relowner <> 'fenbo_owner'::regrole
	AND c.relname <> 'queue_list'$$, 'tables owned by somebody else');
SELECT test.none($$SELECT rolname FROM pg_roles
	WHERE rolname ~ '^fenbo_(owner|rolemaker|reader|dispatcher|supervisor|admin|unit|feed)$'
	AND (rolcanlogin OR rolsuper OR rolcreatedb
	OR rolbypassrls OR rolreplication OR rolcreaterole AND rolname <> 'fenbo_rolemaker')$$,
		'groups that may more than they should');
SELECT test.none($$SELECT c.relname, r.rolname FROM pg_class c, pg_roles r WHERE c.relnamespace = 'fenbo'::regnamespace
	AND c.relkind IN ('r', 'p', 'v', 'm') AND r.rolname IN (SELECT grp FROM role)
	AND (has_any_column_privilege(r.oid, c.oid, 'INSERT, UPDATE, REFERENCES') OR has_table_privilege(r.oid, c.oid,
		'DELETE, TRUNCATE, TRIGGER')
	OR has_any_column_privilege(r.oid, c.oid, 'SELECT')
		AND (c.relname, r.rolname) NOT IN (('setting', 'fenbo_rolemaker'), ('queue_list', 'fenbo_dispatcher'),
		('queue_list', 'fenbo_supervisor'),
		('queue_list', 'fenbo_admin'), ('queue_list', 'fenbo_unit'), ('queue_list', 'fenbo_feed'))
		AND NOT (c.relname ~ '^accuracy_' AND c.relkind = 'v' AND r.rolname IN ('fenbo_supervisor', 'fenbo_admin'))
		AND NOT (c.relname ~ '^report_' AND c.relkind = 'v' AND r.rolname IN ('fenbo_supervisor', 'fenbo_admin', 'fenbo_unit')))$$,
			'rights on tables');
SELECT test.none($$SELECT c.relname, r.rolname FROM pg_class c, pg_roles r WHERE c.relnamespace = 'fenbo'::regnamespace
	AND c.relkind = 'S' AND r.rolname IN (SELECT grp FROM role)
	AND has_sequence_privilege(r.oid, c.oid, 'USAGE, SELECT, UPDATE')$$, 'rights on sequences');
SELECT test.none($$SELECT n.nspname, r.rolname FROM pg_namespace n, pg_roles r WHERE n.nspname IN ('fenbo', 'public')
	AND r.rolname IN (SELECT grp FROM role UNION SELECT login FROM role)
	AND has_schema_privilege(r.oid, n.oid, 'CREATE')$$, 'may create things');
SELECT test.none($$SELECT r.rolname FROM pg_roles r WHERE r.rolname IN (SELECT login FROM role)
	AND has_database_privilege(r.oid, 'fenbo', 'TEMP, CREATE')$$,
	'temporary tables, and with them functions of one''s own');
SELECT test.none($$SELECT m.roleid::regrole, m.member::regrole FROM pg_auth_members m
	WHERE m.roleid IN ('fenbo_owner'::regrole, 'fenbo_rolemaker'::regrole, 'fenbo_reader'::regrole)
	AND m.member::regrole::text NOT IN (SELECT rolname FROM pg_roles WHERE rolsuper UNION SELECT 'fenbo_owner')$$,
		'members of the owners');
