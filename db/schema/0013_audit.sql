-- 0013 audit: seals over the log, and the proof that nobody has been at it. Three things hold the record together:
-- every event's hash covers it and the event before it of the same case; the case's own row names its newest event; and
-- a seal covers a stretch of the whole log and the seal before it. Seals exported daily cannot be made to fit
-- afterwards, not even by who owns the server.
SET ROLE fenbo_owner;

CREATE FUNCTION fenbo._digest_hash(prev bytea, number bigint, to_tx xid8, to_id bigint, hashes bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
	SELECT sha256(prev || convert_to(number || ' ' || to_tx || ' ' || to_id || ' ', 'UTF8') || hashes)
$$;

-- Seal what lies below the oldest running transaction, ten thousand events to a seal, at most fifty seals in a call.
-- Returns how many.
CREATE FUNCTION fenbo._seal() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	d fenbo.event_digest;
	edge xid8 := pg_snapshot_xmin(pg_current_snapshot());
	hashes bytea;
	n integer := 0;
BEGIN
	LOCK fenbo.event_digest IN SHARE ROW EXCLUSIVE MODE;
	SELECT * INTO d FROM fenbo.event_digest ORDER BY number DESC LIMIT 1;
	IF NOT FOUND THEN
		d.number := 0; d.to_tx := '0'; d.to_id := 0; d.hash := '\x';
	END IF;
	WHILE n < 50 LOOP
		d.from_tx := d.to_tx; d.from_id := d.to_id; d.prev := d.hash;
		SELECT count(*), string_agg(x.hash, ''::bytea ORDER BY x.tx, x.id),
			(array_agg(x.tx ORDER BY x.tx DESC, x.id DESC))[1],
			(array_agg(x.id ORDER BY x.tx DESC, x.id DESC))[1]
		INTO d.events, hashes, d.to_tx, d.to_id
		FROM (SELECT e.tx, e.id, e.hash FROM fenbo.event e WHERE (e.tx, e.id) > (d.from_tx, d.from_id) AND e.tx < edge
			ORDER BY e.tx, e.id LIMIT 10000) x;
		EXIT WHEN d.events = 0;
		d.number := d.number + 1; d.at := fenbo.now_();
		d.hash := fenbo._digest_hash(d.prev, d.number, d.to_tx, d.to_id, hashes);
		INSERT INTO fenbo.event_digest SELECT (d).*;
		n := n + 1;
	END LOOP;
	RETURN n;
END
$$;

-- The seals, for export: one line each.
CREATE FUNCTION fenbo.audit_digests(after bigint, most integer) RETURNS TABLE (number bigint, at timestamptz,
	to_tx text, to_id bigint,
	events integer, hash text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	PERFORM fenbo._who_as('admin', 'supervisor');
	RETURN QUERY SELECT d.number, d.at, d.to_tx::text, d.to_id, d.events, encode(d.hash, 'hex')
		FROM fenbo.event_digest d
	WHERE d.number > coalesce(after, 0) ORDER BY d.number LIMIT most;
END
$$;

-- Read the whole record and name what is wrong; no row means that all is well. problem: changed (an event's columns do
-- not give its hash), broken (its predecessor is not the event before it: one is missing, or the order was changed),
-- tail (the case's newest event is not the one its row names), seal (a stretch of the log is not what was sealed),
-- unsealed (a gap between seals).
CREATE FUNCTION fenbo.audit_verify() RETURNS TABLE (problem text, no bigint, event bigint, detail text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET work_mem = '64MB'
	SET jit = off AS $$
BEGIN
	PERFORM fenbo._who_as('admin');
	RETURN QUERY
	WITH checked AS MATERIALIZED (
		SELECT e.no, e.id, e.version, e.prev, e.hash, fenbo._event_hash(e.prev, e.id, e.no, e.version, e.at, e.tx,
			e.action, e.actor, e.person,
			e.session, e.batch, e.before, e.after, e.args) = e.hash AS sound
		FROM fenbo.event e
	), chained AS (
		SELECT c.*, lag(c.hash, 1, '\x') OVER w AS before, lag(c.version, 1, 0) OVER w AS version_before,
			lead(c.id) OVER w AS next
		FROM checked c WINDOW w AS (PARTITION BY c.no ORDER BY c.id)
	)
	SELECT CASE WHEN NOT c.sound THEN 'changed' ELSE 'broken' END, c.no, c.id,
		CASE WHEN NOT c.sound THEN 'the columns do not give the hash'
			WHEN c.prev <> c.before THEN 'does not follow the event before it'
			ELSE format('version %s after %s', c.version, c.version_before) END
	FROM chained c WHERE NOT c.sound OR c.prev <> c.before OR c.version < c.version_before
	UNION ALL
	SELECT 'tail', h.no, c.id, CASE WHEN c.id IS NULL THEN 'a case without events'
		ELSE 'the row names another newest event' END
	FROM (SELECT q.no, q.head FROM fenbo.queue q
		UNION ALL SELECT a.no, a.head FROM fenbo.appeal a WHERE a.stage IS NOT NULL
		UNION ALL SELECT 0, decode(s.value, 'hex') FROM fenbo.setting s WHERE s.name = 'head0' AND s.value <> '') h
	LEFT JOIN chained c ON c.no = h.no AND c.next IS NULL
	WHERE c.hash IS DISTINCT FROM h.head
	UNION ALL
	SELECT 'tail', c.no, c.id, 'events without a case' FROM chained c
	WHERE c.next IS NULL AND c.no <> 0 AND NOT EXISTS (SELECT FROM fenbo.appeal a WHERE a.no = c.no);

	RETURN QUERY
	SELECT CASE WHEN x.hash IS NULL OR d.prev <> x.hash OR (d.from_tx, d.from_id) <> (x.to_tx, x.to_id) THEN 'unsealed'
		ELSE 'seal' END, NULL::bigint, d.to_id,
		format('seal %s over %s events', d.number, d.events)
	FROM (SELECT t.*, t.number - 1 AS before FROM fenbo.event_digest t) d
	LEFT JOIN LATERAL (SELECT p.hash, p.to_tx, p.to_id FROM fenbo.event_digest p WHERE p.number = d.before
		UNION ALL SELECT '\x'::bytea, '0'::xid8, 0::bigint WHERE d.before = 0) x ON true
	CROSS JOIN LATERAL (SELECT count(*) AS n, coalesce(string_agg(e.hash, ''::bytea ORDER BY e.tx, e.id),
		'\x') AS hashes FROM fenbo.event e
		WHERE (e.tx, e.id) > (d.from_tx, d.from_id) AND (e.tx, e.id) <= (d.to_tx, d.to_id)) y
	WHERE x.hash IS NULL OR d.prev <> x.hash OR (d.from_tx, d.from_id) <> (x.to_tx, x.to_id) OR y.n <> d.events
		OR fenbo._digest_hash(d.prev, d.number, d.to_tx, d.to_id, y.hashes) <> d.hash
	ORDER BY d.number;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.audit_verify() TO fenbo_admin;
GRANT EXECUTE ON FUNCTION fenbo.audit_digests(bigint, integer) TO fenbo_admin, fenbo_supervisor;

RESET ROLE;
