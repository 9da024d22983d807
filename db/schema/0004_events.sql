-- 0004 events: the record of a case, and how its row moves between the queue and the appeal. What the actions build with:
--
--   q := fenbo._case(no);                    lock the case, wherever it is; q.stage says where that is
--   UPDATE fenbo.queue … RETURNING * INTO q; version = version + 1 for whatever shows
--   q := fenbo._leave_queue(no, 'merged', NULL)  or  q := fenbo._back_to_queue(no)
--   event := fenbo._event(q, 'merge', before, args, batch);
SET ROLE fenbo_owner;

CREATE FUNCTION fenbo._flags(flags integer) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	IF flags = 0 THEN RETURN '[]'; END IF;       -- nearly always; and a planned function costs a twentieth of one that is not
	RETURN (SELECT coalesce(jsonb_agg(name ORDER BY bit), '[]')
		FROM unnest(ARRAY['disputed', 'supervised', 'confidential', 'reply_wanted',
			'delegate', 'key_enterprise', 'danger', 'relapse', 'escalated', 'ruled',
			'asked', 'paused', 'poor', 'special', 'instructed', 'breached', 'alert', 'headed', 'reminded']) WITH ORDINALITY f(name, bit)
		WHERE flags & (1 << (bit::integer - 1)) <> 0);
END
$$;

-- What every frame of the feed says about a case (DESIGN, section 8), less title and place, which could name
-- somebody and are joined when it is read; `at` and `by` come from the event itself.
CREATE FUNCTION fenbo._frame(q fenbo.queue) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object('id', lpad(q.no::text, 13, '0'), 'version', q.version, 'stage', q.stage, 'priority',
		q.priority,
		'desk', q.desk, 'unit', q.unit, 'owner', q.owner, 'lease_until', q.lease_until, 'due_at', q.due_at, 'clock',
			q.clock,
		'top', CASE WHEN q.top_unit IS NOT NULL THEN jsonb_build_array(q.top_unit, round(q.top_p::numeric, 4)) END,
		'repeats', q.repeats, 'flags', fenbo._flags(q.flags), 'rank_at', q.rank_at, 'received_at', q.received_at,
		'channel', q.channel, 'item', q.item, 'assist', q.assist, 'chased', q.chased, 'returned', q.returned, 'redo',
			q.redo, 'burst', q.burst)
$$;

-- The hash of an event: over the hash of the same case's event before it, and every column in one canonical text. Times
-- as microseconds, so that no session's time zone has a say; jsonb's own text form is canonical. STABLE, as
-- jsonb_build_array is: only so can the planner put the body in the place of the call, which intake lives on.
CREATE FUNCTION fenbo._event_hash(prev bytea, id bigint, no bigint, version integer, at timestamptz, tx xid8,
	action text,
	actor text, person text, session uuid, batch uuid, before jsonb, after jsonb, args jsonb) RETURNS bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
	RETURN sha256(prev || convert_to(jsonb_build_array(id, no, version, (extract(epoch FROM at) * 1000000)::bigint,
		tx::text, action,
		actor, person, session, batch, before, after, args)::text, 'UTF8'));
END
$$;

-- A text as an event may hold it: sha256(salt || text), in hex. The text itself is a remark, or the appeal.
CREATE FUNCTION fenbo._commit(salt bytea, value text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$ BEGIN RETURN encode(sha256(salt || convert_to(coalesce(value, ''),
	'UTF8')), 'hex'); END $$;

-- Keep what somebody wrote, and answer the commitment to put into the event's args.
CREATE FUNCTION fenbo._remark(no bigint, version integer, kind text, value text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	s bytea := uuid_send(gen_random_uuid());
BEGIN
	PERFORM fenbo._month_of(no);
	INSERT INTO fenbo.remark (no, version, kind, text, salt) VALUES (no, version, kind, value, s);
	RETURN fenbo._commit(s, value);
END
$$;

-- The case, locked, wherever it is. A case that has left the queue comes as its last queue row with the stage it has
-- now and no lease. not_found when there is none. Lock order everywhere: the queue row, then the appeal's.
CREATE FUNCTION fenbo._case(no bigint) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue;
	a record;
BEGIN
	LOOP
		SELECT * INTO q FROM fenbo.queue t WHERE t.no = _case.no FOR UPDATE;
		IF FOUND THEN RETURN q; END IF;
		-- Brought back while we waited for it: let go of the appeal (the subtransaction is for that) before the queue row
		-- is asked for again, because whoever brought it back holds that and may want this.
		BEGIN
			SELECT t.stage, t.version, t.head, t.state INTO a FROM fenbo.appeal t WHERE t.no = _case.no FOR UPDATE;
			IF NOT FOUND THEN
				PERFORM fenbo._fail('not_found', 'id', 'there is no such case');
			ELSIF a.stage IS NULL THEN
				RAISE EXCEPTION USING ERRCODE = 'FB002', MESSAGE = 'look again';
			END IF;
		EXCEPTION WHEN SQLSTATE 'FB002' THEN
			CONTINUE;
		END;
		q := jsonb_populate_record(NULL::fenbo.queue, a.state -> 'row');
		q.stage := a.stage; q.version := a.version; q.head := a.head;
		q.session := NULL; q.owner := NULL; q.lease_until := NULL; q.due_at := NULL; q.clock := NULL;
		RETURN q;
	END LOOP;
END
$$;

-- Lock several cases, wherever they are, in the order that everybody keeps: queue rows by number, then appeal rows by number. False as soon as
-- one of them turns out to have come back into the queue while we waited: let go of all (a subtransaction of the caller's is for that) and ask
-- again. To lock its queue row now would be out of order; and so would be to wait for anything else with its appeal row in hand, which whoever
-- holds its queue row may want. Hence one at a time: a query that locks many keeps those, too, that fit no more when it gets them.
CREATE FUNCTION fenbo._lock_cases(nos bigint[]) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	held bigint[] := ARRAY(SELECT t.no FROM fenbo.queue t WHERE t.no = ANY (nos) ORDER BY t.no FOR UPDATE);
	one bigint;
	at_stage fenbo.stage;
BEGIN
	IF cardinality(held) = cardinality(nos) THEN RETURN true; END IF;
	FOR one IN SELECT DISTINCT n FROM unnest(nos) n WHERE n <> ALL (held) ORDER BY n LOOP
		SELECT t.stage INTO at_stage FROM fenbo.appeal t WHERE t.no = one FOR UPDATE;
		IF FOUND AND at_stage IS NULL THEN RETURN false; END IF;
	END LOOP;
	RETURN true;
END
$$;

-- The case without a lock, for reads; a row of NULLs when there is none.
CREATE FUNCTION fenbo._peek(no bigint) RETURNS fenbo.queue
LANGUAGE plpgsql STABLE AS $$
DECLARE
	q fenbo.queue;
	a record;
BEGIN
	SELECT * INTO q FROM fenbo.queue t WHERE t.no = _peek.no;
	IF FOUND THEN RETURN q; END IF;
	SELECT t.stage, t.version, t.head, t.state INTO a FROM fenbo.appeal t WHERE t.no = _peek.no AND t.stage IS NOT NULL;
	IF NOT FOUND THEN RETURN NULL; END IF;
	q := jsonb_populate_record(NULL::fenbo.queue, a.state -> 'row');
	q.stage := a.stage; q.version := a.version; q.head := a.head;
	q.session := NULL; q.owner := NULL; q.lease_until := NULL; q.due_at := NULL; q.clock := NULL;
	RETURN q;
END
$$;

-- Append the event that made the row what it is now, and make it the head of the case's chain. The caller holds the
-- case's lock (_case) and has raised q.version if anything changed that a reader sees; an event that changes nothing
-- visible (reveal, breach) keeps the version. Works for open cases and for those that have left. Returns the event's
-- id.
CREATE FUNCTION fenbo._event(q fenbo.queue, action text, before jsonb, args jsonb, batch uuid) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	w fenbo.who := fenbo._who();
BEGIN
	RETURN fenbo._event_by(q, action, before, args, batch, w.account, CASE WHEN w.key_id IS NOT NULL THEN w.person
		ELSE '' END,
		w.session);
END
$$;

-- The same in somebody's name: for sweeps, whose actor is 'system'.
CREATE FUNCTION fenbo._event_by(q fenbo.queue, action text, before jsonb, args jsonb, batch uuid, actor text,
	person text,
	session uuid) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	e fenbo.event;
	open boolean := q.stage NOT IN ('closed', 'merged');
BEGIN
	IF open THEN
		SELECT t.head INTO e.prev FROM fenbo.queue t WHERE t.no = q.no FOR UPDATE;
	ELSE
		SELECT t.head INTO e.prev FROM fenbo.appeal t WHERE t.no = q.no FOR UPDATE;
	END IF;
	IF e.prev IS NULL THEN
		PERFORM fenbo._fail('internal', '', format('event %s without a case %s in stage %s', action, q.no, q.stage));
	END IF;
	e.id := nextval('fenbo.event_id'); e.no := q.no; e.version := q.version; e.at := fenbo.now_();
	e.tx := pg_current_xact_id(); e.action := action; e.actor := actor; e.person := coalesce(person, '');
	e.session := session; e.batch := batch; e.before := before; e.after := fenbo._frame(q); e.args := coalesce(args,
		'{}');
	e.hash := fenbo._event_hash(e.prev, e.id, e.no, e.version, e.at, e.tx, e.action, e.actor, e.person, e.session,
		e.batch, e.before,
		e.after, e.args);
	INSERT INTO fenbo.event SELECT (e).*;
	IF open THEN
		UPDATE fenbo.queue t SET head = e.hash WHERE t.no = q.no;
	ELSE
		UPDATE fenbo.appeal t SET head = e.hash, version = q.version WHERE t.no = q.no;
	END IF;
	RETURN e.id;
END
$$;

-- Lock the chain of events that concern no case. Whoever will write to it and touches alarms of no case does this before: everybody holds the chain
-- before the alarms.
CREATE FUNCTION fenbo._hold0() RETURNS void
LANGUAGE plpgsql AS $$ BEGIN PERFORM FROM fenbo.setting WHERE name = 'head0' FOR UPDATE; END $$;

-- An event that concerns no case: a user added, a revision applied. One chain for all of them, its head in a setting.
CREATE FUNCTION fenbo._event0(action text, after jsonb, args jsonb) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	e fenbo.event;
	w fenbo.who := fenbo._who();
BEGIN
	SELECT decode(value, 'hex') INTO e.prev FROM fenbo.setting WHERE name = 'head0' FOR UPDATE;
	e.id := nextval('fenbo.event_id'); e.no := 0; e.version := 0; e.at := fenbo.now_(); e.tx := pg_current_xact_id();
	e.action := action; e.actor := w.account; e.person := ''; e.session := w.session; e.after := coalesce(after, '{}');
	e.args := coalesce(args, '{}');
	e.hash := fenbo._event_hash(e.prev, e.id, e.no, e.version, e.at, e.tx, e.action, e.actor, e.person, e.session,
		e.batch, e.before,
		e.after, e.args);
	INSERT INTO fenbo.event SELECT (e).*;
	UPDATE fenbo.setting SET value = encode(e.hash, 'hex') WHERE name = 'head0';
	RETURN e.id;
END
$$;

-- Take an open case out of the queue: it ends (closed, with an outcome) or follows another (merged). Its row and clocks
-- are folded into appeal.state as they stand; nothing of it is left in queue and clock. Versions are the caller's
-- affair: raise queue.version before. Returns the row with its new stage, ready for _event.
CREATE FUNCTION fenbo._leave_queue(no bigint, stage fenbo.stage, outcome text) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue;
	c jsonb;
BEGIN
	DELETE FROM fenbo.queue t WHERE t.no = _leave_queue.no RETURNING * INTO q;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('internal', '', format('case %s is not in the queue', _leave_queue.no));
	END IF;
	WITH gone AS (DELETE FROM fenbo.clock t WHERE t.no = _leave_queue.no RETURNING t.*)
	SELECT coalesce(jsonb_agg(to_jsonb(gone) ORDER BY kind), '[]') INTO c FROM gone;
	UPDATE fenbo.appeal t SET stage = _leave_queue.stage, outcome = _leave_queue.outcome, unit = q.unit, item = q.item,
		version = q.version, closed_at = CASE WHEN _leave_queue.stage = 'closed' THEN fenbo.now_() END, head = q.head,
		state = jsonb_build_object('row', to_jsonb(q) - ARRAY['session', 'owner', 'lease_until', 'head'], 'clocks', c)
	WHERE t.no = _leave_queue.no;
	q.stage := stage; q.session := NULL; q.owner := NULL; q.lease_until := NULL; q.due_at := NULL; q.clock := NULL;
	RETURN q;
END
$$;

-- Bring a closed or merged case back as it was before it left: row and clocks restored (the stage too), version and
-- chain go on from where they are now. Pauses, stages and versions beyond that are the caller's. Returns the row.
CREATE FUNCTION fenbo._back_to_queue(no bigint) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue;
	a record;
BEGIN
	SELECT t.stage, t.version, t.head, t.state INTO a FROM fenbo.appeal t WHERE t.no = _back_to_queue.no FOR UPDATE;
	IF a.stage IS NULL THEN
		PERFORM fenbo._fail('internal', '', format('case %s has not left the queue', _back_to_queue.no));
	END IF;
	q := jsonb_populate_record(NULL::fenbo.queue, a.state -> 'row');
	q.version := a.version; q.head := a.head;
	q := fenbo._instructed_flag(q);                  -- one may have come, or ended, meanwhile (0086)
	INSERT INTO fenbo.queue SELECT (q).*;
	INSERT INTO fenbo.clock SELECT c.* FROM jsonb_populate_recordset(NULL::fenbo.clock, a.state -> 'clocks') c;
	UPDATE fenbo.appeal t SET stage = NULL, outcome = NULL, closed_at = NULL, state = NULL
		WHERE t.no = _back_to_queue.no;
	RETURN q;
END
$$;

RESET ROLE;
