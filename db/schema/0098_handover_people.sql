-- 0098 handover, what people do with it: draft, read, edit, send, acknowledge, undo.
SET ROLE fenbo_owner;

-- A supervisor of the handover's desk.
CREATE FUNCTION fenbo._handover_who() RETURNS fenbo.who
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN fenbo._who_as('supervisor'); END $$;

-- The draft of the shift that is on, at the caller's desk: made, or brought up to date. Returns its number.
CREATE FUNCTION fenbo.handover_draft() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
	w fenbo.who := fenbo._handover_who();
	x fenbo.shift_turn := fenbo._turn_at(fenbo.now_());
BEGIN
	IF x.start_at IS NULL THEN
		PERFORM fenbo._fail('impossible', 'shift', 'there are no shifts: the routing policy names none');
	END IF;
	RETURN (fenbo._handover_draft(coalesce(w.desk, 'centre'), x, w.account)).id;
END
$$;

-- The handover that a supervisor of this desk has to do with now: one that was sent and waits; else the draft of the shift that is on; else the last.
CREATE FUNCTION fenbo._handover_mine(of_desk text) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT h.id FROM fenbo.handover h WHERE h.desk = of_desk
		ORDER BY CASE h.state WHEN 'sent' THEN 0 WHEN 'draft' THEN 1 ELSE 2 END, h.from_start DESC LIMIT 1);
END
$$;

-- One handover (NULL = the one the caller has to do with now) with its items; NULL when there is none. Of a case that has gone where the caller
-- does not see it, nothing but its number and stage. due_at: when what is not acknowledged goes to the supervisor's queue, so long after it was
-- sent or after the shift ended, whichever is later.
CREATE FUNCTION fenbo.handover_show(id bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin');
	s fenbo.scope := fenbo._scope(w);
	h fenbo.handover;
BEGIN
	SELECT * INTO h FROM fenbo.handover t WHERE t.id = coalesce(handover_show.id, fenbo._handover_mine(coalesce(w.desk, 'centre')));
	IF h.id IS NULL OR NOT fenbo._desk_in(s, h.desk) THEN
		IF handover_show.id IS NULL THEN RETURN NULL; END IF;
		PERFORM fenbo._fail('not_found', 'id', 'there is no such handover');
	END IF;
	RETURN jsonb_build_object('id', h.id, 'desk', h.desk, 'state', h.state, 'version', h.version, 'from', h.from_label, 'from_start', h.from_start,
		'from_end', h.from_end, 'to', h.to_label, 'drafted_at', h.drafted_at, 'drafted_by', fenbo._person(h.drafted_by), 'sent_at', h.sent_at,
		'sent_by', coalesce(fenbo._person(h.sent_by), ''), 'done_at', h.done_at, 'leases_at', h.leases_at,
		'due_at', CASE WHEN h.state = 'sent' THEN greatest(h.sent_at, h.from_end) + make_interval(secs => fenbo._shift_policy('handover', 'acknowledge_s', 900)) END,
		'items', (SELECT coalesce(jsonb_agg(jsonb_build_object('n', i.n, 'id', CASE WHEN i.no IS NOT NULL THEN lpad(i.no::text, 13, '0') END, 'kind', i.kind,
				'reasons', (SELECT jsonb_agg(CASE WHEN v ? 'who' THEN v || jsonb_build_object('who', fenbo._person(v ->> 'who')) ELSE v END)
					FROM jsonb_array_elements(i.reasons) v),
				'title', coalesce(a.title, ''), 'stage', q.stage, 'priority', CASE WHEN f.here THEN q.priority END,
				'due_at', CASE WHEN f.here THEN q.due_at END, 'place', CASE WHEN f.here THEN q.place_name END, 'unit', CASE WHEN f.here THEN q.unit END,
				'owner', CASE WHEN f.here THEN coalesce(fenbo._person(q.owner), '') ELSE '' END, 'text', i.text, 'text_by', coalesce(fenbo._person(i.text_by), ''),
				'by', i.by_, 'state', i.state, 'dropped', i.dropped, 'ended_by', coalesce(fenbo._person(i.ended_by), ''), 'ended_at', i.ended_at,
				'queued_at', i.queued_at) ORDER BY i.state = 'dropped', i.state NOT IN ('open', 'queued'), fenbo._handover_rank(i.kind), i.n), '[]')
			FROM fenbo.handover_item i CROSS JOIN LATERAL fenbo._peek(i.no) q CROSS JOIN LATERAL (SELECT fenbo._in_scope(s, q) IS TRUE) f(here)
			LEFT JOIN LATERAL (SELECT x.title FROM fenbo.appeal x WHERE x.no = i.no AND f.here OFFSET 0) a ON true WHERE i.handover = h.id));
END
$$;

-- Handovers, the newest first. The number of open cases is not counted among the items: it waits for nobody.
CREATE FUNCTION fenbo.handover_list(most integer) RETURNS TABLE (id bigint, desk text, state text, "from" text, from_end timestamptz, "to" text,
	sent_at timestamptz, sent_by text, items bigint, open bigint, queued bigint, dropped bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	s fenbo.scope := fenbo._scope(fenbo._who_as('dispatcher', 'supervisor', 'admin'));
BEGIN
	RETURN QUERY
	SELECT h.id, h.desk, h.state, h.from_label, h.from_end, h.to_label, h.sent_at, coalesce(fenbo._person(h.sent_by), ''), count(i.n),
		count(*) FILTER (WHERE i.state = 'open'), count(*) FILTER (WHERE i.state = 'queued'), count(*) FILTER (WHERE i.state = 'dropped')
	FROM (SELECT * FROM fenbo.handover t WHERE fenbo._desk_in(s, t.desk) ORDER BY t.from_start DESC, t.desk LIMIT least(greatest(most, 1), 500)) h
	LEFT JOIN fenbo.handover_item i ON i.handover = h.id AND i.kind <> 'open'
	GROUP BY h.id, h.desk, h.state, h.from_label, h.from_start, h.from_end, h.to_label, h.sent_at, h.sent_by ORDER BY h.from_start DESC, h.desk;
END
$$;

-- What was done to a handover, version by version.
CREATE FUNCTION fenbo.handover_changes(of_id bigint) RETURNS TABLE (version integer, at timestamptz, by_ text, what text, items integer[], before jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	s fenbo.scope := fenbo._scope(fenbo._who_as('supervisor', 'admin'));
BEGIN
	RETURN QUERY SELECT c.version, c.at, fenbo._person(c.by_), c.what, c.items, c.before -> 'items' FROM fenbo.handover_change c
	JOIN fenbo.handover h ON h.id = c.handover WHERE h.id = of_id AND fenbo._desk_in(s, h.desk) ORDER BY c.version;
END
$$;

-- Edit a draft, or add to it: what is add (text, and the case if it is one), remark (text on item n), drop (n; text says why), keep (n: not
-- dropped after all). Returns the handover's new version.
CREATE FUNCTION fenbo.handover_edit(id bigint, version integer, what text, n integer, text text, no bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
	w fenbo.who := fenbo._handover_who();
	h fenbo.handover := fenbo._handover_lock(w, handover_edit.id, handover_edit.version);
	said text := fenbo._arg(jsonb_build_object('text', handover_edit.text), 'text', 500);
	i fenbo.handover_item;
	at_n integer := handover_edit.n;
BEGIN
	IF handover_edit.what IS NULL OR handover_edit.what NOT IN ('add', 'remark', 'drop', 'keep') THEN
		PERFORM fenbo._fail('invalid', 'what', 'add, remark, drop or keep is expected');
	ELSIF h.state <> 'draft' THEN
		PERFORM fenbo._fail('impossible', 'id', 'the handover has been sent', h.version, h.sent_by, h.sent_at);
	ELSIF said IS NULL AND handover_edit.what IN ('add', 'drop') THEN
		PERFORM fenbo._fail('missing', 'text', CASE handover_edit.what WHEN 'drop' THEN 'say why' ELSE 'a required value is missing' END);
	END IF;
	IF handover_edit.what = 'add' THEN
		IF handover_edit.no IS NOT NULL AND NOT fenbo._in_scope(fenbo._scope(w), fenbo._peek(handover_edit.no)) IS TRUE THEN
			PERFORM fenbo._fail('not_found', 'no', 'there is no such case, or you may not see it');
		END IF;
		SELECT coalesce(max(t.n), 0) + 1 INTO at_n FROM fenbo.handover_item t WHERE t.handover = h.id;
		h := fenbo._handover_step(h, w.account, 'add', ARRAY[at_n]);
		INSERT INTO fenbo.handover_item (handover, n, no, kind, reasons, by_, text, text_by)
		VALUES (h.id, at_n, handover_edit.no, 'added', '[{"kind": "added"}]', w.account, said, w.account);
		RETURN h.version;
	END IF;
	SELECT * INTO i FROM fenbo.handover_item t WHERE t.handover = h.id AND t.n = at_n;
	IF i.n IS NULL THEN
		PERFORM fenbo._fail('not_found', 'n', 'the handover has no such item');
	ELSIF (i.state = 'dropped') <> (handover_edit.what = 'keep') THEN
		PERFORM fenbo._fail('impossible', 'n', format('the item is %s', i.state), h.version);
	END IF;
	h := fenbo._handover_step(h, w.account, handover_edit.what, ARRAY[at_n]);
	UPDATE fenbo.handover_item t SET
		text = CASE handover_edit.what WHEN 'remark' THEN coalesce(said, '') ELSE t.text END,
		text_by = CASE handover_edit.what WHEN 'remark' THEN w.account ELSE t.text_by END,
		state = CASE handover_edit.what WHEN 'drop' THEN 'dropped' WHEN 'keep' THEN 'open' ELSE t.state END,
		dropped = CASE handover_edit.what WHEN 'drop' THEN said WHEN 'keep' THEN '' ELSE t.dropped END,
		ended_by = CASE handover_edit.what WHEN 'drop' THEN w.account END, ended_at = CASE handover_edit.what WHEN 'drop' THEN fenbo.now_() END
	WHERE t.handover = h.id AND t.n = at_n;
	RETURN h.version;
END
$$;

-- Send the draft as the caller saw it (and what has come since).
CREATE FUNCTION fenbo.handover_send(id bigint, version integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
	w fenbo.who := fenbo._handover_who();
	h fenbo.handover := fenbo._handover_lock(w, handover_send.id, handover_send.version);
BEGIN
	IF h.state <> 'draft' THEN
		PERFORM fenbo._fail('impossible', 'id', 'the handover has been sent', h.version, h.sent_by, h.sent_at);
	END IF;
	RETURN (fenbo._handover_send(h, w.account)).version;
END
$$;

-- Acknowledge items. With `whole` the list must be every one that is still open, because each must have been shown to whoever says so. Who sent it, and
-- everybody of the outgoing shift, acknowledges only when he works the next one, or the one that is on, too. One row for each item, in order.
CREATE FUNCTION fenbo.handover_ack(id bigint, items integer[], whole boolean) RETURNS TABLE (n integer, ok boolean, message text, by_ text, at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
	w fenbo.who := fenbo._handover_who();
	h fenbo.handover := fenbo._handover_lock(w, handover_ack.id, NULL);
	good integer[];
	left_ integer;
BEGIN
	IF h.state = 'draft' THEN
		PERFORM fenbo._fail('impossible', 'id', 'the handover has not been sent yet', h.version);
	ELSIF w.account <> ALL (fenbo._handover_coming(h)) AND (h.sent_by = w.account OR fenbo._works(w.account, fenbo._turn_at(h.from_start))) THEN
		PERFORM fenbo._fail('forbidden', 'id', 'the incoming shift acknowledges', h.version);
	END IF;
	good := ARRAY(SELECT i.n FROM fenbo.handover_item i WHERE i.handover = h.id AND i.n = ANY (items) AND i.state IN ('open', 'queued') ORDER BY i.n);
	IF whole THEN
		SELECT count(*) INTO left_ FROM fenbo.handover_item i WHERE i.handover = h.id AND i.state IN ('open', 'queued') AND i.kind <> 'open'
			AND i.n <> ALL (coalesce(items, '{}'));
		IF left_ > 0 THEN
			PERFORM fenbo._fail('impossible', 'items', format('%s items have not been shown yet', left_), h.version);
		END IF;
	END IF;
	IF cardinality(good) > 0 THEN
		h := fenbo._handover_step(h, w.account, 'acknowledge', good);
		UPDATE fenbo.handover_item i SET state = 'acknowledged', ended_by = w.account, ended_at = fenbo.now_() WHERE i.handover = h.id AND i.n = ANY (good);
		PERFORM fenbo._handover_done(h);
	END IF;
	RETURN QUERY SELECT u.n, u.n = ANY (good), CASE WHEN u.n = ANY (good) THEN NULL WHEN i.n IS NULL THEN 'the handover has no such item'
		ELSE format('the item is %s', i.state) END, fenbo._person(i.ended_by), i.ended_at
	FROM unnest(items) WITH ORDINALITY u(n, place) LEFT JOIN fenbo.handover_item i ON i.handover = h.id AND i.n = u.n ORDER BY u.place;
END
$$;

-- Take back the caller's last change, if nothing came after it. A handover that was sent comes back as long as nobody has acknowledged any of it, no
-- case has changed hands, and the machine would not send it again at once. The alarm about what waits in the queue rings again with it.
CREATE FUNCTION fenbo.handover_undo(id bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
	w fenbo.who := fenbo._handover_who();
	h fenbo.handover := fenbo._handover_lock(w, handover_undo.id, NULL);
	c fenbo.handover_change;
	was fenbo.handover;
BEGIN
	SELECT * INTO c FROM fenbo.handover_change t WHERE t.handover = h.id AND t.version = h.version;
	IF c.what IN ('draft', 'refresh', 'taken', 'queue', 'undo') OR c.by_ <> w.account THEN
		PERFORM fenbo._fail('conflict', 'version', format('%s by %s came since', c.what, fenbo._person(c.by_)), h.version, c.by_, c.at);
	ELSIF c.what = 'send' AND h.leases_at IS NOT NULL THEN
		PERFORM fenbo._fail('conflict', 'version', 'the cases have changed hands', h.version);
	ELSIF c.what = 'send' AND h.from_end + make_interval(secs => fenbo._shift_policy('handover', 'send_after_s', 600)) <= fenbo.now_() THEN
		PERFORM fenbo._fail('conflict', 'version', 'the shift is over: the machine would send it again', h.version);
	END IF;
	was := jsonb_populate_record(NULL::fenbo.handover, c.before -> 'handover');
	h := fenbo._handover_step(h, w.account, 'undo', c.items);
	DELETE FROM fenbo.handover_item i WHERE i.handover = h.id AND i.n = ANY (c.items);
	INSERT INTO fenbo.handover_item SELECT i.* FROM jsonb_populate_recordset(NULL::fenbo.handover_item, c.before -> 'items') i;
	UPDATE fenbo.handover t SET state = was.state, sent_at = was.sent_at, sent_by = was.sent_by, done_at = was.done_at WHERE t.id = h.id;
	IF EXISTS (SELECT FROM fenbo.alarm a WHERE a.no = 0 AND a.kind = 'handover' AND a.to_desk = h.desk AND a.settled_at >= c.at AND a.acknowledged_at IS NULL)
		AND EXISTS (SELECT FROM fenbo.handover_item i WHERE i.handover = h.id AND i.n = ANY (c.items) AND i.state = 'queued') THEN
		PERFORM fenbo._handover_alarm(h, (SELECT count(*)::integer FROM fenbo.handover_item i WHERE i.handover = h.id AND i.state = 'queued'));
	END IF;
	RETURN h.version;
END
$$;

-- What no shift has acknowledged in time: the supervisor's queue.
CREATE FUNCTION fenbo.handover_open() RETURNS TABLE (handover bigint, n integer, no bigint, kind text, title text, text text, due_at timestamptz,
	queued_at timestamptz, "from" text, desk text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	s fenbo.scope := fenbo._scope(fenbo._who_as('supervisor', 'admin'));
BEGIN
	RETURN QUERY
	SELECT i.handover, i.n, i.no, i.kind, coalesce(a.title, ''), i.text, CASE WHEN f.here THEN q.due_at END, i.queued_at,
		h.from_label, h.desk
	FROM fenbo.handover_item i JOIN fenbo.handover h ON h.id = i.handover CROSS JOIN LATERAL fenbo._peek(i.no) q
	CROSS JOIN LATERAL (SELECT fenbo._in_scope(s, q) IS TRUE) f(here)
	LEFT JOIN LATERAL (SELECT x.title FROM fenbo.appeal x WHERE x.no = i.no AND f.here OFFSET 0) a ON true
	WHERE i.state = 'queued' AND fenbo._desk_in(s, h.desk) ORDER BY i.queued_at, fenbo._handover_rank(i.kind), i.handover, i.n;
END
$$;

GRANT EXECUTE ON FUNCTION fenbo.handover_draft(), fenbo.handover_edit(bigint, integer, text, integer, text, bigint), fenbo.handover_send(bigint, integer),
	fenbo.handover_ack(bigint, integer[], boolean), fenbo.handover_undo(bigint) TO fenbo_supervisor;
GRANT EXECUTE ON FUNCTION fenbo.handover_show(bigint), fenbo.handover_list(integer) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin;
GRANT EXECUTE ON FUNCTION fenbo.handover_changes(bigint), fenbo.handover_open() TO fenbo_supervisor, fenbo_admin;

RESET ROLE;
