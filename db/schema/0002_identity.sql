-- 0002 identity: who is asking, and how a refusal looks. Everything else stands on fenbo._who().
--
-- Rules for every function of the later scripts:
--  * what others may call is SECURITY DEFINER with `SET search_path = pg_catalog, fenbo, pg_temp`, owned by
--    fenbo_owner; EXECUTE is revoked from PUBLIC by default and granted by name below the function;
--  * what begins with an underscore is internal: granted to nobody, no SECURITY DEFINER needed, names written in full;
--  * refusals go through fenbo._fail with a code of core/base/err.h;
--  * time is fenbo.now_(), never now().
SET ROLE fenbo_owner;

-- Refuse. DETAIL carries what programs read: {"error", "field", "version", "by", "at"}; the message is English, and is
-- a msgid where a person may see it.
CREATE FUNCTION fenbo._fail(code text, field text, message text, version integer DEFAULT NULL, by text DEFAULT NULL,
	at timestamptz DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = 'FB000', MESSAGE = message, DETAIL = jsonb_strip_nulls(jsonb_build_object(
		'error', code, 'field', coalesce(field, ''), 'version', version, 'by', by, 'at', at))::text;
END
$$;

CREATE FUNCTION fenbo._get(wanted text) RETURNS text
LANGUAGE sql STABLE AS 'SELECT value FROM fenbo.setting WHERE name = wanted';

-- The server's time, the same throughout one statement. A test clock counts only where the database was made for
-- testing: setting test_clock = 'on', and then test_clock_offset (an interval) is added.
CREATE FUNCTION fenbo.now_() RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	shift interval;                              -- plpgsql keeps its plan for the session: 8 µs a call where LANGUAGE sql takes 65
BEGIN
	SELECT o.value::interval INTO shift FROM fenbo.setting o
	WHERE o.name = 'test_clock_offset' AND EXISTS (SELECT FROM fenbo.setting t WHERE t.name = 'test_clock'
		AND t.value = 'on');
	RETURN statement_timestamp() + coalesce(shift, interval '0');
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.now_() TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit, fenbo_feed;

CREATE FUNCTION fenbo._zone() RETURNS text
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT value FROM fenbo.setting WHERE name = 'time_zone'); END $$;

-- The calendar day of an instant where the centre is.
CREATE FUNCTION fenbo._day(t timestamptz) RETURNS date
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (t AT TIME ZONE (SELECT value FROM fenbo.setting
	WHERE name = 'time_zone'))::date; END $$;

-- Who acts. role: dispatcher, supervisor, admin, unit, feed, or channel (a citizen, through a channel's key).
CREATE TYPE fenbo.who AS (
	account text,        -- what the record says: the account, or key:NAME
	role    text,
	desk    text,        -- unit code; NULL = the centre
	person  text,        -- shown to people; for a key whom it acts for
	key_id  integer,
	rights  text[],
	channel text,
	session uuid         -- NULL before login, and for keys
);

-- Who is asking: the login role of this connection, or for a feed account the key it presented with as_key in this very
-- transaction. session_user, never current_user: inside a SECURITY DEFINER function that is the function's owner. The
-- settings can be written by anybody; they are believed only when the row they name bears them out. Whoever may become
-- fenbo_owner (the cluster's superuser, the migrator) counts as an administrator under his own name, with the right
-- 'owner': he could become anybody, so every action is open to him, under his own name in the record.
CREATE FUNCTION fenbo._who() RETURNS fenbo.who
LANGUAGE plpgsql STABLE AS $$
DECLARE
	a fenbo.account;
	k fenbo.api_key;
	w fenbo.who;
	key text;
	s text;
BEGIN
	SELECT * INTO a FROM fenbo.account WHERE name = session_user;
	IF a.name IS NULL THEN
		IF NOT pg_catalog.pg_has_role(session_user, 'fenbo_owner', 'MEMBER') THEN
			PERFORM fenbo._fail('forbidden', '', 'this role has no account here');
		END IF;
		w.account := session_user; w.role := 'admin'; w.person := session_user; w.rights := '{owner}';
		RETURN w;
	END IF;
	IF a.disabled_at IS NOT NULL THEN
		PERFORM fenbo._fail('forbidden', '', 'this account is disabled');
	END IF;
	w.account := a.name; w.role := a.role; w.desk := a.desk; w.person := a.person; w.rights := '{}';
	IF a.role = 'admin' AND pg_catalog.pg_has_role(session_user, 'fenbo_owner', 'MEMBER') THEN
		w.rights := '{owner}';
	END IF;
	IF a.role = 'feed' THEN
		key := nullif(pg_catalog.current_setting('fenbo.key', true), '');
		IF key IS NULL THEN RETURN w; END IF;
		SELECT * INTO k FROM fenbo.api_key WHERE hash = decode(split_part(key, ' ', 1), 'hex') AND revoked_at IS NULL;
		IF k.id IS NULL THEN
			PERFORM fenbo._fail('unauthorized', '', 'the key is unknown or revoked');
		END IF;
		w.account := 'key:' || k.name;
		w.role := CASE WHEN k.unit IS NOT NULL THEN 'unit' ELSE 'channel' END;
		w.desk := k.unit; w.channel := k.channel; w.key_id := k.id; w.rights := k.rights;
		w.person := substr(key, 66);
		RETURN w;
	END IF;
	s := nullif(pg_catalog.current_setting('fenbo.session', true), '');
	IF s IS NOT NULL THEN
		SELECT id INTO w.session FROM fenbo.session WHERE id = s::uuid AND account = a.name AND ended_at IS NULL;
	END IF;
	RETURN w;
END
$$;

CREATE FUNCTION fenbo.actor() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS 'SELECT (fenbo._who()).account';
GRANT EXECUTE ON FUNCTION fenbo.actor() TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit, fenbo_feed;

-- _who(), refused unless its role is one of those named. The grants say the same; this also holds for keys, which
-- come in under a feed account.
CREATE FUNCTION fenbo._who_as(VARIADIC roles text[]) RETURNS fenbo.who
LANGUAGE plpgsql STABLE AS $$
DECLARE
	w fenbo.who := fenbo._who();
BEGIN
	IF w.role <> ALL (roles) THEN
		PERFORM fenbo._fail('forbidden', '', 'this is not within your rights');
	END IF;
	RETURN w;
END
$$;

-- Present a key for the rest of this transaction, and the person it acts for. Only the feed may; an unknown or revoked
-- key is 'unauthorized' at once, and verified again at every use.
CREATE FUNCTION fenbo.as_key(hash bytea, person text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	PERFORM set_config('fenbo.key', encode(hash, 'hex') || ' ' || coalesce(person, ''), true);
	IF length(hash) <> 32 OR (fenbo._who()).key_id IS NULL THEN
		PERFORM fenbo._fail('unauthorized', '', 'the key is unknown or revoked');
	END IF;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.as_key(bytea, text) TO fenbo_feed;

-- What a key is and may do; no row when it is unknown or revoked. rate: requests a minute, 0 = no limit.
CREATE FUNCTION fenbo.key_check(hash bytea) RETURNS TABLE (id integer, name text, channel text, channel_name text,
	channel_place text, unit text, rights text[], rate integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT k.id, k.name, k.channel, c.name, c.place, k.unit, k.rights, k.rate
	FROM fenbo.api_key k LEFT JOIN fenbo.channel c ON c.code = k.channel
	WHERE k.hash = key_check.hash AND k.revoked_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION fenbo.key_check(bytea) TO fenbo_feed;

-- The unit itself and everything below it in the tree.
CREATE FUNCTION fenbo._subtree(root text) RETURNS text[]
LANGUAGE sql STABLE AS $$
	WITH RECURSIVE t(code) AS (
		SELECT code FROM fenbo.unit WHERE code = root
		UNION SELECT u.code FROM fenbo.unit u JOIN t ON u.parent = t.code)
	SELECT coalesce(array_agg(code), '{}') FROM t
$$;

-- What somebody may see. The centre (dispatchers and supervisors without a desk, administrators, the feed itself) sees
-- every case; a district desk what stands or stood in its queue or in a desk's below it; a unit what its subtree leads
-- or assists; a channel's key what came through that channel.
CREATE TYPE fenbo.scope AS (whole boolean, desks text[], units text[], channel text);

CREATE FUNCTION fenbo._scope(w fenbo.who) RETURNS fenbo.scope
LANGUAGE plpgsql STABLE AS $$
DECLARE
	s fenbo.scope := ROW (false, '{}'::text[], '{}'::text[], NULL);
BEGIN
	IF w.role IN ('admin', 'feed') OR (w.role IN ('dispatcher', 'supervisor') AND coalesce(w.desk, 'centre') = 'centre')
		THEN
		s.whole := true;
	ELSIF w.role = 'channel' THEN
		s.channel := w.channel;
	ELSIF w.role = 'unit' THEN
		s.units := fenbo._subtree(w.desk);
	ELSE
		s.desks := fenbo._subtree(w.desk);
	END IF;
	RETURN s;
END
$$;

CREATE FUNCTION fenbo._in_scope(s fenbo.scope, q fenbo.queue) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT s.whole OR q.desk = ANY (s.desks) OR q.unit = ANY (s.units) OR q.assist && s.units OR q.channel = s.channel
$$;

-- How long a lease outlives the last sign of life of its session. A console renews three times as often.
CREATE FUNCTION fenbo._lease() RETURNS interval LANGUAGE sql IMMUTABLE AS $$ SELECT interval '45 s' $$;

RESET ROLE;
