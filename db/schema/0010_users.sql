-- 0010 users and keys. CREATEROLE is nearly superuser in PostgreSQL 15, so the role that has it owns three short
-- functions and nothing else: they make and change only roles of the white list, and only from SCRAM verifiers, which
-- the client computes, so that no password ever reaches a statement or a log.
SET ROLE fenbo_owner;

CREATE FUNCTION fenbo._group(role text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE role WHEN 'dispatcher' THEN 'fenbo_dispatcher' WHEN 'supervisor' THEN 'fenbo_supervisor' WHEN 'admin'
		THEN 'fenbo_admin'
		WHEN 'unit' THEN 'fenbo_unit' WHEN 'feed' THEN 'fenbo_feed' END
$$;

-- Everything that must hold before a role is touched, and the row that says so. Called by the functions below with
-- their caller still in session_user. verifier NULL: the password stays. Errors: forbidden, invalid (field), conflict.
CREATE FUNCTION fenbo._account_put(name text, role text, person text, desk text, crew integer, verifier text,
	new boolean)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('admin');
	a fenbo.account;
	u fenbo.unit;
	desk_ text := nullif(nullif(desk, ''), 'centre');
BEGIN
	IF name !~ '^[a-z][a-z0-9_]{0,47}$' OR name ~ '^pg_' OR name IN ('postgres', 'public', 'none', 'fenbo_owner',
		'fenbo_rolemaker',
	    'fenbo_dispatcher', 'fenbo_supervisor', 'fenbo_admin', 'fenbo_unit', 'fenbo_feed') THEN
		PERFORM fenbo._fail('invalid', 'name', 'a name is a small letter, then letters, digits and _, at most 48');
	ELSIF fenbo._group(role) IS NULL THEN
		PERFORM fenbo._fail('invalid', 'role', 'dispatcher, supervisor, admin, unit or feed');
	ELSIF verifier IS NOT NULL AND (verifier !~ '^SCRAM-SHA-256\$\d{4,7}:[A-Za-z0-9+/]{20,}={0,2}\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$'
	    OR substring(verifier FROM '\$(\d+):')::integer < 4096) THEN
		PERFORM fenbo._fail('invalid', 'verifier',
			'a SCRAM-SHA-256 verifier of at least 4096 rounds is expected, never a password');
	END IF;
	SELECT * INTO a FROM fenbo.account t WHERE t.name = _account_put.name FOR UPDATE;
	IF new AND a.name IS NOT NULL AND a.disabled_at IS NULL THEN
		PERFORM fenbo._fail('conflict', 'name', 'this account exists');
	ELSIF new AND verifier IS NULL THEN
		PERFORM fenbo._fail('missing', 'verifier', 'a required value is missing');
	ELSIF NOT new AND (a.name IS NULL OR a.disabled_at IS NOT NULL) THEN
		PERFORM fenbo._fail('not_found', 'name', 'there is no such account');
	END IF;
	IF desk_ IS NOT NULL THEN
		SELECT * INTO u FROM fenbo.unit t WHERE t.code = desk_ AND t.active;
		IF u.code IS NULL THEN
			PERFORM fenbo._fail('invalid', 'desk', format('there is no unit %s', desk_));
		ELSIF role IN ('dispatcher', 'supervisor') AND NOT u.desk THEN
			PERFORM fenbo._fail('invalid', 'desk', format('the unit %s is no dispatch desk', desk_));
		END IF;
	ELSIF role = 'unit' THEN
		PERFORM fenbo._fail('missing', 'desk', 'a unit account sits at a unit');
	END IF;
	INSERT INTO fenbo.account AS t (name, role, person, desk, crew, created_at, created_by)
	VALUES (name, role, coalesce(nullif(person, ''), name), desk_, crew, fenbo.now_(), w.account)
	ON CONFLICT ON CONSTRAINT account_pkey DO UPDATE SET role = excluded.role, person = excluded.person,
		desk = excluded.desk,
		crew = excluded.crew, disabled_at = NULL;
	PERFORM fenbo._event0('user', jsonb_build_object('account', name, 'role', role, 'desk', desk_, 'new', new), '{}');
END
$$;

-- The account acts no more: its sessions end, their leases go back, its tickets are void.
CREATE FUNCTION fenbo._account_disable(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('admin');
	s uuid;
BEGIN
	IF name = session_user THEN
		PERFORM fenbo._fail('conflict', 'name', 'nobody disables himself');
	END IF;
	UPDATE fenbo.account t SET disabled_at = fenbo.now_() WHERE t.name = _account_disable.name
		AND t.disabled_at IS NULL;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('not_found', 'name', 'there is no such account');
	END IF;
	FOR s IN UPDATE fenbo.session t SET ended_at = fenbo.now_() WHERE t.account = name AND t.ended_at IS NULL
		RETURNING t.id LOOP
		PERFORM fenbo._release_all(s, 'expire', 'system', 10000);
	END LOOP;
	DELETE FROM fenbo.feed_ticket t WHERE t.account = name;
	PERFORM fenbo._event0('user', jsonb_build_object('account', name, 'disabled', true), '{}');
END
$$;
GRANT EXECUTE ON FUNCTION fenbo._account_put(text, text, text, text, integer, text, boolean),
	fenbo._account_disable(text),
	fenbo._group(text), fenbo._zone() TO fenbo_rolemaker;
GRANT SELECT ON fenbo.setting TO fenbo_rolemaker;
GRANT CREATE ON SCHEMA fenbo TO fenbo_rolemaker;
RESET ROLE;

SET ROLE fenbo_rolemaker;

-- Time limits and the like belong to each login role: what is SET on a group is not inherited. A writer never waits
-- long for a lock, a forgotten transaction never holds the feed back.
CREATE FUNCTION fenbo._role_settings(name text, role text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v text[];
BEGIN
	FOREACH v SLICE 1 IN ARRAY ARRAY[
		['statement_timeout', CASE role WHEN 'admin' THEN '120s' WHEN 'feed' THEN '60s' ELSE '15s' END],
		['lock_timeout', CASE role WHEN 'admin' THEN '10s' WHEN 'feed' THEN '5s' ELSE '2s' END],
		['idle_in_transaction_session_timeout', '20s'],
		['default_transaction_isolation', 'read committed'],
		['jit', 'off'],
		['TimeZone', fenbo._zone()]]
	LOOP
		EXECUTE format('ALTER ROLE %I SET %I = %L', name, v[1], v[2]);
	END LOOP;
END
$$;

CREATE FUNCTION fenbo._one_group(name text, role text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	g text;
BEGIN
	FOR g IN SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
		JOIN pg_roles u ON u.oid = m.member
		WHERE u.rolname = name AND r.rolname LIKE 'fenbo\_%' LOOP
		EXECUTE format('REVOKE %I FROM %I', g, name);
	END LOOP;
	IF role IS NOT NULL THEN
		EXECUTE format('GRANT %I TO %I', fenbo._group(role), name);
	END IF;
END
$$;

-- Make an account and its login role, or take a disabled one back in. role: dispatcher, supervisor, admin, unit, feed;
-- desk: a unit code, obligatory for units, NULL or 'centre' for the centre; crew 1 to 99 or NULL; verifier: what SCRAM
-- keeps of the password. A role of that name that is not ours is a conflict.
CREATE FUNCTION fenbo.user_add(name text, role text, person text, desk text, crew integer, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	PERFORM fenbo._account_put(name, role, person, desk, crew, verifier, true);
	IF EXISTS (SELECT FROM pg_roles r WHERE r.rolname = name) THEN
		-- Left over from another database of this cluster, from before a restore, or disabled: ours if it has never
		-- been more than that.
		IF EXISTS (SELECT FROM pg_roles r WHERE r.rolname = name AND (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb
			OR r.rolreplication
			OR r.rolbypassrls)) OR EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
				JOIN pg_roles r ON r.oid = m.member
			WHERE r.rolname = name AND g.rolname NOT IN ('fenbo_dispatcher', 'fenbo_supervisor', 'fenbo_admin',
				'fenbo_unit', 'fenbo_feed'))
		THEN
			PERFORM fenbo._fail('conflict', 'name', 'PostgreSQL has a role of this name that is not ours');
		END IF;
	ELSE
		EXECUTE format('CREATE ROLE %I', name);
	END IF;
	EXECUTE format('ALTER ROLE %I LOGIN NOCREATEDB NOCREATEROLE INHERIT PASSWORD %L', name, verifier);
	PERFORM fenbo._one_group(name, role);
	PERFORM fenbo._role_settings(name, role);
END
$$;

-- Give an account another role; person and desk stay. A unit needs a desk before.
CREATE FUNCTION fenbo.user_role(name text, role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	PERFORM fenbo._account_role(name, role);
	PERFORM fenbo._one_group(name, role);
	PERFORM fenbo._role_settings(name, role);
END
$$;

-- A new password, for somebody who has forgotten his.
CREATE FUNCTION fenbo.user_password(name text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	PERFORM fenbo._account_verifier(name, verifier);
	EXECUTE format('ALTER ROLE %I PASSWORD %L', name, verifier);
END
$$;

-- No more: no log-in, no group, no password; connections that are open are refused at their next call. The name stays
-- on the record.
CREATE FUNCTION fenbo.user_disable(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	PERFORM fenbo._account_disable(name);
	EXECUTE format('ALTER ROLE %I NOLOGIN PASSWORD NULL', name);
	PERFORM fenbo._one_group(name, NULL);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.user_add(text, text, text, text, integer, text), fenbo.user_role(text, text),
	fenbo.user_password(text, text), fenbo.user_disable(text) TO fenbo_admin;
RESET ROLE;

SET ROLE fenbo_owner;
REVOKE CREATE ON SCHEMA fenbo FROM fenbo_rolemaker;
GRANT EXECUTE ON FUNCTION fenbo._fail(text, text, text, integer, text, timestamptz) TO fenbo_rolemaker;

CREATE FUNCTION fenbo._account_role(name text, role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	a fenbo.account;
BEGIN
	PERFORM fenbo._who_as('admin');
	SELECT * INTO a FROM fenbo.account t WHERE t.name = _account_role.name;
	PERFORM fenbo._account_put(name, role, a.person, a.desk, a.crew, NULL, false);
END
$$;

CREATE FUNCTION fenbo._account_verifier(name text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	a fenbo.account;
BEGIN
	PERFORM fenbo._who_as('admin');
	IF verifier IS NULL THEN
		PERFORM fenbo._fail('missing', 'verifier', 'a required value is missing');
	END IF;
	SELECT * INTO a FROM fenbo.account t WHERE t.name = _account_verifier.name;
	PERFORM fenbo._account_put(name, a.role, a.person, a.desk, a.crew, verifier, false);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo._account_role(text, text), fenbo._account_verifier(text, text) TO fenbo_rolemaker;

CREATE FUNCTION fenbo.user_list() RETURNS TABLE (name text, role text, person text, desk text, crew integer,
	created_at timestamptz,
	created_by text, disabled_at timestamptz, alive boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	PERFORM fenbo._who_as('admin', 'supervisor');
	RETURN QUERY SELECT a.name, a.role, a.person, coalesce(a.desk, 'centre'), a.crew, a.created_at, a.created_by,
		a.disabled_at,
		EXISTS (SELECT FROM fenbo.session s WHERE s.account = a.name AND s.ended_at IS NULL
			AND s.alive_until > fenbo.now_())
	FROM fenbo.account a ORDER BY a.name;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.user_list() TO fenbo_admin, fenbo_supervisor;

-- Record a key by its sha256: of a channel (brings and reads its own cases) or of a unit (acts for it, naming the
-- person). Rights: intake, read, feed, act, noplace, backdate, metrics. rate: requests a minute, 0 = no limit. Returns
-- its id.
CREATE FUNCTION fenbo.key_add(name text, channel text, unit text, rights text[], rate integer,
	hash bytea) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('admin');
	id integer;
	bad text;
BEGIN
	SELECT r INTO bad FROM unnest(rights) r WHERE r NOT IN ('intake', 'read', 'feed', 'act', 'noplace', 'backdate',
		'metrics') LIMIT 1;
	IF coalesce(name, '') !~ '^[A-Za-z0-9_.-]{1,64}$' THEN
		PERFORM fenbo._fail('invalid', 'name', 'letters, digits, _ . and -, at most 64');
	ELSIF bad IS NOT NULL THEN
		PERFORM fenbo._fail('invalid', 'rights', format('there is no right %s', bad));
	ELSIF coalesce(cardinality(rights), 0) = 0 THEN
		PERFORM fenbo._fail('missing', 'rights', 'a required value is missing');
	ELSIF length(hash) IS DISTINCT FROM 32 THEN
		PERFORM fenbo._fail('invalid', 'hash', 'the sha256 of the key is expected');
	ELSIF coalesce(rate, 0) < 0 THEN
		PERFORM fenbo._fail('invalid', 'rate', 'requests a minute, 0 = no limit');
	ELSIF channel IS NOT NULL AND unit IS NOT NULL THEN
		PERFORM fenbo._fail('invalid', 'unit', 'a key belongs to a channel or to a unit, not to both');
	ELSIF channel IS NULL AND unit IS NULL AND rights && '{intake,read,act}' THEN
		PERFORM fenbo._fail('missing', 'channel', 'a key belongs to a channel or to a unit');
	ELSIF channel IS NOT NULL AND NOT EXISTS (SELECT FROM fenbo.channel c WHERE c.code = channel AND c.active) THEN
		PERFORM fenbo._fail('invalid', 'channel', format('there is no channel %s', channel));
	ELSIF unit IS NOT NULL AND NOT EXISTS (SELECT FROM fenbo.unit u WHERE u.code = unit AND u.active) THEN
		PERFORM fenbo._fail('invalid', 'unit', format('there is no unit %s', unit));
	ELSIF EXISTS (SELECT FROM fenbo.api_key k WHERE k.name = key_add.name) THEN
		PERFORM fenbo._fail('conflict', 'name', 'there is a key of this name');
	END IF;
	INSERT INTO fenbo.api_key AS k (name, hash, channel, unit, rights, rate, created_at, created_by)
	VALUES (name, hash, channel, unit, rights, coalesce(rate, 0), fenbo.now_(), w.account) RETURNING k.id INTO id;
	PERFORM fenbo._event0('key', jsonb_build_object('key', name, 'channel', channel, 'unit', unit, 'rights', rights),
		'{}');
	RETURN id;
END
$$;

CREATE FUNCTION fenbo.key_revoke(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	PERFORM fenbo._who_as('admin');
	UPDATE fenbo.api_key k SET revoked_at = fenbo.now_() WHERE k.name = key_revoke.name AND k.revoked_at IS NULL;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('not_found', 'name', 'there is no such key');
	END IF;
	PERFORM fenbo._event0('key', jsonb_build_object('key', name, 'revoked', true), '{}');
END
$$;

CREATE FUNCTION fenbo.key_list() RETURNS TABLE (id integer, name text, channel text, unit text, rights text[],
	rate integer,
	created_at timestamptz, created_by text, revoked_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	PERFORM fenbo._who_as('admin');
	RETURN QUERY SELECT k.id, k.name, k.channel, k.unit, k.rights, k.rate, k.created_at, k.created_by, k.revoked_at
	FROM fenbo.api_key k ORDER BY k.id;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.key_add(text, text, text, text[], integer, bytea), fenbo.key_revoke(text),
	fenbo.key_list()
	TO fenbo_admin;

RESET ROLE;
