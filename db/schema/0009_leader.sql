-- 0009 leader: what one fenbod does for all. It holds an advisory lock and does this work on the connection that holds
-- it, so a deposed leader cannot act: its connection is gone, and the lock with it. Every function here works in small
-- bites and returns how much it did; it is called again.
SET ROLE fenbo_owner;

CREATE FUNCTION fenbo._lead_key() RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT hashtextextended('fenbo leader',
	0) $$;

CREATE FUNCTION fenbo._leading() RETURNS boolean
LANGUAGE sql VOLATILE AS $$
	SELECT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.pid = pg_backend_pid()
		AND l.objsubid = 1
		AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND (l.classid::bigint << 32 | l.objid::bigint) = fenbo._lead_key())
$$;

-- Try to lead; true when this connection does, also if it did before.
CREATE FUNCTION fenbo.lead() RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT fenbo._leading() OR pg_try_advisory_lock(fenbo._lead_key())
$$;

CREATE FUNCTION fenbo._must_lead() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT fenbo._leading() THEN
		PERFORM fenbo._fail('conflict', '', 'this connection does not lead');
	END IF;
END
$$;

-- Leases whose session has shown no sign of life go back to the queue, each with the event 'expire', so that every
-- screen learns of it; pauses whose time is over end (0085), and clocks are counted anew when hours or holidays have changed (0039). At most
-- 500 at a time; rows that somebody is working on wait for the next turn.
CREATE FUNCTION fenbo.sweep() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
	s fenbo.session;
	n integer := 0;
BEGIN
	PERFORM fenbo._must_lead();
	n := fenbo._resume_due(250);
	n := n + fenbo._retime(200);
	n := n + fenbo._instructions_due(fenbo.now_(), 100);
	FOR s IN SELECT * FROM fenbo.session t WHERE t.ended_at IS NULL AND t.alive_until < fenbo.now_()
		ORDER BY t.alive_until LIMIT 500
		FOR UPDATE SKIP LOCKED LOOP
		n := n + fenbo._release_all(s.id, 'expire', 'system', 500 - n);
		IF NOT EXISTS (SELECT FROM fenbo.queue q WHERE q.session = s.id) THEN
			UPDATE fenbo.session t SET ended_at = fenbo.now_() WHERE t.id = s.id;
		END IF;
		EXIT WHEN n >= 500;
	END LOOP;
	RETURN n;
END
$$;

-- The feed keeps 48 hours: everything up to the event before the first that is younger is given up.
CREATE FUNCTION fenbo._move_floor() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	f fenbo.feed_floor;
	young record;
	old record;
	edge timestamptz := fenbo.now_() - interval '48 hours';
BEGIN
	SELECT * INTO f FROM fenbo.feed_floor FOR UPDATE;
	SELECT x.tx, x.id INTO young FROM fenbo.event x WHERE (x.tx, x.id) > (f.tx, f.id) AND x.at >= edge ORDER BY x.tx,
		x.id LIMIT 1;
	SELECT x.tx, x.id INTO old FROM fenbo.event x WHERE (x.tx, x.id) > (f.tx, f.id)
		AND x.tx < pg_snapshot_xmin(pg_current_snapshot())
		AND (young IS NULL OR (x.tx, x.id) < (young.tx, young.id)) ORDER BY x.tx DESC, x.id DESC LIMIT 1;
	IF old IS NULL THEN RETURN 0; END IF;
	UPDATE fenbo.feed_floor SET tx = old.tx, id = old.id, at = least(edge, clock_timestamp() - interval '48 hours');
	RETURN 1;
END
$$;

CREATE FUNCTION fenbo._forget() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	n integer;
	sum integer := 0;
BEGIN
	DELETE FROM fenbo.feed_ticket t WHERE t.expires_at < fenbo.now_();
	GET DIAGNOSTICS n = ROW_COUNT; sum := sum + n;
	DELETE FROM fenbo.idempotency i WHERE i.at < fenbo.now_() - interval '24 hours';
	GET DIAGNOSTICS n = ROW_COUNT; sum := sum + n;
	DELETE FROM fenbo.alarm a WHERE coalesce(a.settled_at, a.acknowledged_at) < fenbo.now_() - interval '30 days';
	GET DIAGNOSTICS n = ROW_COUNT; sum := sum + n;
	DELETE FROM fenbo.session s WHERE s.ended_at < fenbo.now_() - interval '30 days';
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN sum + n;
END
$$;

-- Housekeeping: partitions a year ahead, seals over the log, the feed's floor, search of closed months, and whatever
-- has had its time: tickets after a minute, idempotency keys after a day, ended sessions and settled alarms after a month. Returns how
-- many things it did. A step that fails is a warning in the server's log and does not keep the others from their work:
-- partitions come first.
CREATE FUNCTION fenbo.maintain() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
	n integer := 0;
	more integer;
	step text;
BEGIN
	PERFORM fenbo._must_lead();
	FOREACH step IN ARRAY ARRAY['_make_partitions()', '_seal()', '_move_floor()', '_forget()', '_outbox_forget(5000)',
		'_index_closed(5000)', '_flow_roll(20000)'] LOOP
		BEGIN
			EXECUTE 'SELECT fenbo.' || step INTO more;
			n := n + more;
		EXCEPTION WHEN OTHERS THEN
			RAISE WARNING 'fenbo.maintain: %: %', step, SQLERRM;
		END;
	END LOOP;
	RETURN n;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.lead(), fenbo.sweep(), fenbo.maintain() TO fenbo_feed;

RESET ROLE;
