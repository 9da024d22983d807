-- 0012 quarantine: what was refused at the door is kept with the reason, the field and the original bytes, until
-- somebody corrects and retries it or drops it. What fenbod could not even read comes through quarantine_add, what SQL
-- refused through intake.
SET ROLE fenbo_owner;

-- rows: array of {line, raw_b64, field, error, message}. Returns how many were kept.
CREATE FUNCTION fenbo.quarantine_add(key_hash bytea, rows jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	k fenbo.api_key := fenbo._intake_key(key_hash);
	n integer;
BEGIN
	INSERT INTO fenbo.quarantine (at, key, channel, line, raw, field, error, message)
	SELECT fenbo.now_(), k.id, k.channel, coalesce(r.line, 0), decode(coalesce(r.raw_b64, ''), 'base64'),
		coalesce(r.field, ''),
		coalesce(nullif(r.error, ''), 'invalid'), coalesce(r.message, '')
	FROM jsonb_to_recordset(rows) AS r(line integer, raw_b64 text, field text, error text, message text);
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.quarantine_add(bytea, jsonb) TO fenbo_feed;

-- Unsettled entries with a number above `after`, without their bytes. The centre's affair: district desks and units see
-- none.
CREATE FUNCTION fenbo.quarantine_list(after bigint, most integer) RETURNS TABLE (id bigint, at timestamptz, key text,
	channel text,
	line integer, field text, error text, message text, bytes integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	PERFORM fenbo._centre();
	RETURN QUERY SELECT q.id, q.at, k.name, q.channel, q.line, q.field, q.error, q.message, length(q.raw)
	FROM fenbo.quarantine q LEFT JOIN fenbo.api_key k ON k.id = q.key
	WHERE q.settled_at IS NULL AND q.id > coalesce(after, 0) ORDER BY q.id LIMIT least(greatest(most, 0), 10000);
END
$$;

-- Only the centre's dispatchers and supervisors, administrators and the feed itself.
CREATE FUNCTION fenbo._centre() RETURNS fenbo.who
LANGUAGE plpgsql STABLE AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin', 'feed');
BEGIN
	IF NOT (fenbo._scope(w)).whole THEN
		PERFORM fenbo._fail('forbidden', '', 'this is not within your rights');
	END IF;
	RETURN w;
END
$$;

-- One entry whole; raw_b64 are the original bytes, row what was left of them when SQL refused.
CREATE FUNCTION fenbo.quarantine_show(entry bigint) RETURNS TABLE (id bigint, at timestamptz, key text, channel text,
	line integer, field text,
	error text, message text, raw_b64 text, "row" jsonb, settled_at timestamptz, settled_by text, no bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	PERFORM fenbo._centre();
	RETURN QUERY SELECT q.id, q.at, k.name, q.channel, q.line, q.field, q.error, q.message,
		replace(encode(q.raw, 'base64'), E'\n', ''),
		q.row, q.settled_at, q.settled_by, q.no
	FROM fenbo.quarantine q LEFT JOIN fenbo.api_key k ON k.id = q.key WHERE q.id = entry;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('not_found', 'id', 'there is no such entry');
	END IF;
END
$$;

CREATE FUNCTION fenbo._quarantine_end(entry bigint, became bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	w fenbo.who := fenbo._centre();
	q fenbo.quarantine;
BEGIN
	SELECT * INTO q FROM fenbo.quarantine t WHERE t.id = entry FOR UPDATE;
	IF q.id IS NULL THEN
		PERFORM fenbo._fail('not_found', 'id', 'there is no such entry');
	ELSIF q.settled_at IS NOT NULL THEN
		PERFORM fenbo._fail('conflict', 'id', 'this has been settled already', NULL, q.settled_by, q.settled_at);
	END IF;
	UPDATE fenbo.quarantine t SET settled_at = fenbo.now_(), settled_by = w.account, no = became WHERE t.id = entry;
	PERFORM fenbo._event0('quarantine', jsonb_build_object('entry', entry, 'became', fenbo._no13(became)), '{}');
END
$$;

CREATE FUNCTION fenbo.quarantine_drop(entry bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, fenbo,
	pg_temp AS 'SELECT fenbo._quarantine_end(entry, NULL)';

-- The corrected row came in through the door as a case; the entry is done. not_found also when there is no such case.
CREATE FUNCTION fenbo.quarantine_settle(entry bigint, no bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM fenbo.appeal a WHERE a.no = quarantine_settle.no) THEN
		PERFORM fenbo._fail('not_found', 'no', 'there is no such case');
	END IF;
	PERFORM fenbo._quarantine_end(entry, no);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.quarantine_list(bigint, integer), fenbo.quarantine_show(bigint),
	fenbo.quarantine_drop(bigint),
	fenbo.quarantine_settle(bigint, bigint) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_feed;

RESET ROLE;
