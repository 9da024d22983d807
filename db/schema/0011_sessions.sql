-- 0011 sessions: a console at work. Leases belong to a session and live as long as it is renewed; whoever comes back
-- within that time resumes it with its claims.
SET ROLE fenbo_owner;

-- What somebody has decided today, and how much of it after its time was up. An action taken back does not count. Today
-- lies in one month, which is asked by its own name: whoever logs in opens one partition, not ten years of them.
CREATE FUNCTION fenbo._today(account text, OUT handled integer, OUT late integer)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	day date := fenbo._day(fenbo.now_());
	month regclass := to_regclass('fenbo.event_' || to_char(day, 'YYMM'));
BEGIN
	handled := 0; late := 0;
	IF month IS NULL THEN RETURN; END IF;
	EXECUTE format('SELECT count(*) FILTER (WHERE d.action <> ''undo'')::integer,
			count(*) FILTER (WHERE d.action <> ''undo'' AND d.at > d.due_at)::integer
		FROM (SELECT DISTINCT ON (e.no) e.action, e.at, (e.before #>> ''{row,due_at}'')::timestamptz AS due_at
			FROM %s e
			WHERE e.actor = $1 AND e.before IS NOT NULL AND e.at >= $2
				AND e.action IN (''confirm'', ''override'', ''parallel'', ''merge'', ''split'', ''answer'', ''end'', ''undo'')
			ORDER BY e.no, e.id DESC) d', month)
	INTO handled, late USING account, day::timestamp AT TIME ZONE fenbo._zone();
END
$$;

-- Mine of today, for the line at the top of the screen.
CREATE FUNCTION fenbo.mine_today(OUT handled integer, OUT late integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT * FROM fenbo._today((fenbo._who()).account)
$$;
GRANT EXECUTE ON FUNCTION fenbo.mine_today() TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit, fenbo_feed;

-- Begin to work, or go on: `resume` names an earlier session of the same account; if it has not been swept it lives on
-- with its leases. Sets this connection's fenbo.session. Programs and administrators may log in as well; they just hold
-- no leases.
CREATE FUNCTION fenbo.login(client text, resume uuid DEFAULT NULL, OUT session uuid, OUT account text, OUT role text,
	OUT person text,
	OUT desk text, OUT crew integer, OUT centre text, OUT time_zone text, OUT now timestamptz, OUT epoch text,
		OUT revision integer,
	OUT lease_s integer, OUT handled_today integer, OUT late_today integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who();
BEGIN
	now := fenbo.now_();
	IF 'owner' = ANY (w.rights) THEN             -- so that the owner of the database can hold cases too, at the centre's desk
		INSERT INTO fenbo.account (name, role, person) VALUES (w.account, 'admin', w.person)
			ON CONFLICT (name) DO NOTHING;
		w.role := 'dispatcher';
	END IF;
	account := w.account; role := w.role; person := w.person; desk := coalesce(w.desk, 'centre');
	SELECT a.crew INTO crew FROM fenbo.account a WHERE a.name = w.account;
	IF FOUND THEN
		UPDATE fenbo.session s SET alive_until = login.now + fenbo._lease(), client = left(login.client, 100)
		WHERE s.id = resume AND s.account = w.account AND s.ended_at IS NULL RETURNING s.id INTO session;
		IF session IS NULL THEN
			INSERT INTO fenbo.session AS s (account, client, started_at, alive_until)
			VALUES (w.account, left(coalesce(login.client, ''), 100), login.now, login.now + fenbo._lease())
				RETURNING s.id INTO session;
		ELSE
			UPDATE fenbo.queue q SET lease_until = login.now + fenbo._lease() WHERE q.session = login.session;
		END IF;
		PERFORM set_config('fenbo.session', session::text, false);
	END IF;
	centre := fenbo._get('centre_name'); time_zone := fenbo._zone(); epoch := fenbo._epoch();
	revision := fenbo._get('routing_revision')::integer; lease_s := extract(epoch FROM fenbo._lease());
	SELECT t.handled, t.late INTO handled_today, late_today FROM fenbo._today(w.account) t;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.login(text, uuid) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit,
	fenbo_feed;

-- Still there: this session and all its leases live on for another lease_s. gone: it has ended (its leases were swept),
-- log in again. Consoles call it every 15 s; it takes no event.
CREATE FUNCTION fenbo.renew(OUT leases integer, OUT now timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	w fenbo.who := fenbo._who();
BEGIN
	now := fenbo.now_();
	UPDATE fenbo.session s SET alive_until = renew.now + fenbo._lease() WHERE s.id = w.session AND s.ended_at IS NULL;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('gone', '', 'the session has ended: log in again');
	END IF;
	UPDATE fenbo.queue q SET lease_until = renew.now + fenbo._lease() WHERE q.session = w.session;
	GET DIAGNOSTICS leases = ROW_COUNT;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.renew() TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit;

-- Give up the leases of a session, each with its event; `action` is release (by oneself) or expire (by the sweep).
CREATE FUNCTION fenbo._release_all(session_ uuid, action text, actor text, most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue;
	before jsonb;
	n integer := 0;
BEGIN
	FOR q IN SELECT * FROM fenbo.queue t WHERE t.session = session_ ORDER BY t.no LIMIT most FOR UPDATE SKIP LOCKED LOOP
		before := jsonb_build_object('row', jsonb_build_object('owner', q.owner, 'session', q.session, 'lease_until',
			q.lease_until));
		UPDATE fenbo.queue t SET session = NULL, owner = NULL, lease_until = NULL, version = t.version + 1
			WHERE t.no = q.no
		RETURNING * INTO q;
		PERFORM fenbo._event_by(q, action, NULL, before, NULL, actor, '', CASE WHEN action = 'release'
			THEN session_ END);
		n := n + 1;
	END LOOP;
	RETURN n;
END
$$;

-- Leave. keep: the leases stay until they expire and the session can be resumed (a break, a restart); otherwise they
-- are given back at once and the session ends. Returns how many were given back.
CREATE FUNCTION fenbo.logout(keep boolean) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	w fenbo.who := fenbo._who();
	n integer := 0;
BEGIN
	IF w.session IS NOT NULL AND NOT keep THEN
		n := fenbo._release_all(w.session, 'release', w.account, 10000);
		UPDATE fenbo.session s SET ended_at = fenbo.now_() WHERE s.id = w.session;
	END IF;
	PERFORM set_config('fenbo.session', '', false);
	RETURN n;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.logout(boolean) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit,
	fenbo_feed;

-- A ticket for the event stream: good for one minute, for the scope of whoever asks. Only its hash is kept.
CREATE FUNCTION fenbo.feed_ticket() RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who();
	ticket text := encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
BEGIN
	-- The administrator who is no account (the migrator) has no row to hang a ticket on.
	IF NOT EXISTS (SELECT FROM fenbo.account a WHERE a.name = w.account) THEN
		PERFORM fenbo._fail('forbidden', '', 'this role has no account here');
	END IF;
	INSERT INTO fenbo.feed_ticket VALUES (sha256(convert_to(ticket, 'UTF8')), w.account,
		fenbo.now_() + interval '1 minute');
	RETURN ticket;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.feed_ticket() TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit;

-- Whose ticket it is and what its bearer may see; no row when it is unknown, has run out, or its account was disabled.
CREATE FUNCTION fenbo.ticket_check(ticket text) RETURNS TABLE (account text, role text, desk text, whole boolean,
	desks text[],
	units text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT a.name, a.role, coalesce(a.desk, 'centre'), s.whole, s.desks, s.units
	FROM fenbo.feed_ticket t JOIN fenbo.account a ON a.name = t.account
	CROSS JOIN LATERAL fenbo._scope(ROW (a.name, a.role, a.desk, a.person, NULL, '{}', NULL, NULL)::fenbo.who) s
	WHERE t.hash = sha256(convert_to(ticket, 'UTF8')) AND t.expires_at > fenbo.now_() AND a.disabled_at IS NULL
$$;
GRANT EXECUTE ON FUNCTION fenbo.ticket_check(text) TO fenbo_feed;

RESET ROLE;
