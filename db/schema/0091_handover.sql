-- 0091 handover: what one shift leaves to the next. Drafted by the machine before the shift ends, edited and sent by the outgoing supervisor (or by the
-- machine, when nobody does), acknowledged item by item by the incoming one.
--
--  * An item is a case with every reason why it matters, or something that is no case. It ends acknowledged, taken (somebody of the incoming shift
--    has acted on the case since), or, when neither happened in time, queued: it stands in fenbo.handover_open until a supervisor acknowledges it. Dropped ones were taken
--    off by the outgoing supervisor with a reason and stay to be read.
--  * Every change is a version (fenbo.handover_change, with the rows as they were) and an event of case 0; the last change can be undone by whoever
--    made it, until something built on it.
--  * Leases: when the turn has been over for the policy's grace, cases held by people who do not work the next one are free again, each with the
--    event `handover`. Rows that somebody is just working on are left for the next look, a few seconds later.
--  * Locks: the handover's row first, then its items, then cases by number.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.handover (
	id         bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	desk       text NOT NULL,
	from_start timestamptz NOT NULL,                 -- the outgoing turn
	from_end   timestamptz NOT NULL,
	from_label text NOT NULL,
	to_label   text NOT NULL DEFAULT '',
	to_end     timestamptz NOT NULL,
	version    integer NOT NULL DEFAULT 0,
	state      text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'sent', 'done')),
	drafted_at timestamptz NOT NULL,
	drafted_by text NOT NULL,
	sent_at    timestamptz,
	sent_by    text,
	done_at    timestamptz,
	refreshed_at timestamptz,                        -- what came until the grace was over has been looked for
	leases_at  timestamptz,                          -- the outgoing people's cases are free
	UNIQUE (desk, from_start)
);
CREATE INDEX handover_live ON fenbo.handover (from_start) WHERE state <> 'done' OR leases_at IS NULL;

CREATE TABLE fenbo.handover_item (
	handover   bigint NOT NULL REFERENCES fenbo.handover,
	n          integer NOT NULL,
	no         bigint,                               -- the case
	kind       text NOT NULL,                        -- the first of the reasons
	reasons    jsonb NOT NULL,                       -- [{kind, at?, who?, n?, …}], most pressing first; of an alarm its number, code and args
	case_version integer,                            -- when it was sent
	by_        text NOT NULL,                        -- system, or who added it
	text       text NOT NULL DEFAULT '',             -- what people say about it
	text_by    text,
	state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'dropped', 'acknowledged', 'taken', 'queued')),
	dropped    text NOT NULL DEFAULT '',             -- why
	ended_by   text,
	ended_at   timestamptz,
	queued_at  timestamptz,
	PRIMARY KEY (handover, n)
);
CREATE INDEX handover_queued ON fenbo.handover_item (queued_at) WHERE state = 'queued';

CREATE TABLE fenbo.handover_change (
	handover bigint NOT NULL REFERENCES fenbo.handover,
	version  integer NOT NULL,
	at       timestamptz NOT NULL,
	by_      text NOT NULL,
	what     text NOT NULL,                          -- draft, refresh, add, remark, drop, keep, send, acknowledge, taken, queue, undo
	items    integer[] NOT NULL DEFAULT '{}',
	before   jsonb NOT NULL DEFAULT '{}',            -- {"handover": row, "items": [rows as they were]}
	PRIMARY KEY (handover, version)
);

-- --- what belongs in it --------------------------------------------------------------------------------------------

-- Reasons, the most pressing first.
CREATE FUNCTION fenbo._handover_rank(kind text) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(array_position('{danger,late,urgent,disputed,escalated,promise,soon,instruction,asked,overdue,alarm,held,dead,paused,added,open}'::text[], kind), 99)
$$;

-- Every reason there is, one row each: case (NULL = none), kind, the time that matters, whose it is, what else there is to say. late: at the desk;
-- overdue: at a unit. open: one line with how many there are in all.
CREATE FUNCTION fenbo._handover_reasons(of_desk text, outgoing text[], until_ timestamptz, soon timestamptz) RETURNS TABLE (no bigint, kind text,
	at timestamptz, who text, more jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
BEGIN
	RETURN QUERY
	WITH q AS MATERIALIZED (SELECT t.no, t.stage, t.priority, t.flags, t.due_at, t.clock, t.owner, t.session, t.lease_until FROM fenbo.queue t
		WHERE t.desk = of_desk AND (t.flags & 3393 <> 0 OR t.session IS NOT NULL OR (t.priority = 'urgent' AND t.stage IN ('triage', 'dispatched'))
			OR (t.stage = 'triage' AND t.due_at < soon) OR (t.stage IN ('dispatched', 'handling') AND t.due_at <= now_)))
	SELECT q.no, k.kind, k.at, k.who, NULL::jsonb FROM q CROSS JOIN LATERAL (SELECT q.stage IN ('dispatched', 'handling') AND q.due_at <= now_ AND q.flags & 2048 = 0) o(overdue)
	CROSS JOIN LATERAL (VALUES
		('danger', q.flags & 64 <> 0 AND q.stage IN ('triage', 'dispatched'), q.due_at, NULL),
		('urgent', q.priority = 'urgent' AND (q.stage IN ('triage', 'dispatched') OR o.overdue), q.due_at, NULL),
		('late', q.stage = 'triage' AND q.due_at <= now_, q.due_at, NULL),
		('overdue', o.overdue, q.due_at, NULL),
		('soon', q.stage = 'triage' AND q.due_at > now_ AND q.due_at < soon, q.due_at, NULL),
		('disputed', q.flags & 1 <> 0 AND q.stage = 'triage', NULL, NULL),
		('escalated', q.flags & 256 <> 0 AND q.stage = 'triage', NULL, NULL),
		('asked', q.flags & 1024 <> 0, NULL, NULL),
		('paused', q.flags & 2048 <> 0, NULL, NULL),
		('held', q.session IS NOT NULL AND q.stage = 'triage' AND q.lease_until > now_ AND q.owner = ANY (outgoing), NULL, q.owner)
	) k(kind, holds, at, who) WHERE k.holds
	UNION ALL
	SELECT p.no, 'promise', p.until, p.by, NULL FROM fenbo.promise p JOIN fenbo.queue t ON t.no = p.no
	WHERE p.kept_at IS NULL AND NOT p.undone AND p.until < until_ AND t.desk = of_desk
	UNION ALL
	SELECT i.no, 'instruction', i.until, fenbo._instruction_for(i.unit, fenbo._peek(i.no)), NULL FROM fenbo.instruction i LEFT JOIN fenbo.queue t ON t.no = i.no
	WHERE i.settled_at IS NULL AND i.complied_at IS NULL AND i.until < until_ AND coalesce(t.desk, 'centre') = of_desk
	UNION ALL
	SELECT * FROM fenbo._handover_others(of_desk)
	UNION ALL
	SELECT NULL, 'open', NULL, NULL, jsonb_build_object('n', count(*), 'units', count(*) FILTER (WHERE t.stage <> 'triage')) FROM fenbo.queue t
	WHERE t.desk = of_desk AND t.stage IN ('triage', 'dispatched', 'handling') HAVING count(*) > 0;
END
$$;

-- Alarms in force, however old (they stand until somebody acknowledges them), and letters that could not be delivered.
CREATE FUNCTION fenbo._handover_others(of_desk text) RETURNS TABLE (no bigint, kind text, at timestamptz, who text, more jsonb)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT nullif(a.no, 0), 'alarm', a.at, NULL::text, jsonb_build_object('alarm', a.id, 'code', a.code, 'args', a.args) FROM fenbo.alarm a
	WHERE a.acknowledged_at IS NULL AND a.settled_at IS NULL AND a.level <> 'notice' AND a.kind <> 'handover' AND a.to_role IN ('dispatcher', 'supervisor')
		AND coalesce(a.to_desk, of_desk) = of_desk
	UNION ALL
	SELECT nullif(o.no, 0), 'dead', o.hold_until, o.target, NULL FROM fenbo.outbox o LEFT JOIN fenbo.queue t ON t.no = o.no
	WHERE o.state = 'dead' AND coalesce(t.desk, 'centre') = of_desk;
END
$$;

-- The items that the machine wants, most pressing first: a case once, with all its reasons; of each kind at most `most`, the rest as a number.
CREATE FUNCTION fenbo._handover_wanted(h fenbo.handover) RETURNS TABLE (no bigint, kind text, reasons jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	most integer := fenbo._shift_policy('handover', 'most', 40);
	x fenbo.shift_turn := fenbo._turn_at(h.from_start);
	outgoing text[] := ARRAY(SELECT r.account FROM fenbo._roster(x) r WHERE r.how IN ('crew', 'swap'));
BEGIN
	RETURN QUERY
	WITH r AS MATERIALIZED (SELECT v.no, v.kind, v.at, v.who, v.more, fenbo._handover_rank(v.kind) AS rank
		FROM fenbo._handover_reasons(h.desk, outgoing, h.to_end, greatest(h.from_end, fenbo.now_()) + interval '1 hour') v),
	-- First which cases, by the most pressing reason of each: there may be tens of thousands in a bad hour. What is no case stands for itself.
	one AS (
		SELECT r.no, min(r.rank) AS rank, min(r.at) AS at, NULL::text AS who, NULL::text AS kind, NULL::jsonb AS more FROM r WHERE r.no IS NOT NULL GROUP BY r.no
		UNION ALL SELECT NULL, r.rank, r.at, r.who, r.kind, r.more FROM r WHERE r.no IS NULL),
	placed AS MATERIALIZED (SELECT one.*, row_number() OVER (PARTITION BY one.rank ORDER BY one.at NULLS LAST, one.no) AS i FROM one),
	told AS MATERIALIZED (SELECT DISTINCT r.no, r.kind, r.at, r.who, r.more, r.rank FROM r JOIN placed p ON p.no = r.no AND p.i <= most)
	SELECT p.no, (e.list #>> '{0,kind}'), e.list FROM placed p CROSS JOIN LATERAL (
		SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('kind', d.kind, 'at', d.at, 'who', d.who) || coalesce(d.more, '{}'))
			ORDER BY d.rank, d.at, d.who, d.more) AS list
		FROM (SELECT r.kind, r.at, r.who, r.more, r.rank FROM told r WHERE r.no = p.no
			UNION ALL SELECT p.kind, p.at, p.who, p.more, p.rank WHERE p.no IS NULL) d) e
	WHERE p.i <= most
	UNION ALL
	SELECT NULL, l.kind, jsonb_build_array(jsonb_build_object('kind', l.kind, 'n', l.n)) FROM (
		SELECT (SELECT r.kind FROM r WHERE r.rank = p.rank LIMIT 1) AS kind, count(*) AS n FROM placed p WHERE p.i > most GROUP BY p.rank) l;
END
$$;

-- --- versions ------------------------------------------------------------------------------------------------------

-- Before a change: the rows as they are, kept as the next version. Returns the handover with that version.
CREATE FUNCTION fenbo._handover_step(h fenbo.handover, by_ text, what text, ns integer[]) RETURNS fenbo.handover
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO fenbo.handover_change (handover, version, at, by_, what, items, before)
	VALUES (h.id, h.version + 1, fenbo.now_(), _handover_step.by_, _handover_step.what, ns, jsonb_build_object('handover', to_jsonb(h), 'items',
		(SELECT coalesce(jsonb_agg(to_jsonb(i)), '[]') FROM fenbo.handover_item i WHERE i.handover = h.id AND i.n = ANY (ns))));
	UPDATE fenbo.handover t SET version = h.version + 1 WHERE t.id = h.id RETURNING * INTO h;
	PERFORM fenbo._event0_by('handover', by_, jsonb_build_object('id', h.id, 'desk', h.desk, 'version', h.version, 'what', what, 'items', ns));
	RETURN h;
END
$$;

-- An event that concerns no case, in the name of whoever did it: the sweep is nobody's session.
CREATE FUNCTION fenbo._event0_by(action text, by_ text, after jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._event0(action, after || jsonb_build_object('by', by_), '{}');
END
$$;

-- The handover of this number, locked, at the version that the caller saw (NULL does not ask).
CREATE FUNCTION fenbo._handover_lock(w fenbo.who, id bigint, version integer) RETURNS fenbo.handover
LANGUAGE plpgsql AS $$
DECLARE
	h fenbo.handover;
	c record;
BEGIN
	SELECT * INTO h FROM fenbo.handover t WHERE t.id = _handover_lock.id FOR UPDATE;
	IF h.id IS NULL OR NOT fenbo._desk_in(fenbo._scope(w), h.desk) THEN
		PERFORM fenbo._fail('not_found', 'id', 'there is no such handover');
	ELSIF _handover_lock.version IS NOT NULL AND _handover_lock.version <> h.version THEN
		SELECT * INTO c FROM fenbo.handover_change t WHERE t.handover = h.id AND t.version = h.version;
		PERFORM fenbo._fail('stale', 'version', format('the handover has changed since: %s by %s', c.what, fenbo._person(c.by_)), h.version, c.by_, c.at);
	END IF;
	RETURN h;
END
$$;

-- Nothing open any more: done. How many cases are open in all is a number, which nobody has to acknowledge: it ends with the rest. The alarm about what
-- was not acknowledged is of no matter once nothing is queued at this desk.
CREATE FUNCTION fenbo._handover_done(h fenbo.handover) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM fenbo.handover_item i JOIN fenbo.handover o ON o.id = i.handover WHERE i.state = 'queued' AND o.desk = h.desk) THEN
		UPDATE fenbo.alarm a SET settled_at = fenbo.now_() WHERE a.no = 0 AND a.kind = 'handover' AND a.to_desk = h.desk AND a.settled_at IS NULL
			AND a.acknowledged_at IS NULL;
	END IF;
	UPDATE fenbo.handover t SET state = 'done', done_at = fenbo.now_()
	WHERE t.id = h.id AND t.state = 'sent' AND NOT EXISTS (SELECT FROM fenbo.handover_item i WHERE i.handover = h.id AND i.kind <> 'open'
		AND i.state IN ('open', 'queued'));
	IF FOUND THEN
		UPDATE fenbo.handover_item i SET state = 'taken', ended_by = 'system', ended_at = fenbo.now_() WHERE i.handover = h.id AND i.state = 'open';
	END IF;
END
$$;

-- --- drafting ------------------------------------------------------------------------------------------------------

-- Is it the same item? A case is; of what is none, a number is by its kind, an alarm by its own number, else everything that is said of it.
CREATE FUNCTION fenbo._handover_same(a_no bigint, a jsonb, b_no bigint, b jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT a_no IS NOT DISTINCT FROM b_no AND (a_no IS NOT NULL OR a = b OR a #>> '{0,kind}' = b #>> '{0,kind}'
		AND (a -> 0 ? 'n' AND b -> 0 ? 'n' OR a #> '{0,alarm}' = b #> '{0,alarm}'))
$$;

-- Of these reasons the pressing ones whose kind is not among those already told; NULL when there is none.
CREATE FUNCTION fenbo._handover_news(reasons jsonb, told text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_agg(v ORDER BY i) FROM jsonb_array_elements(reasons) WITH ORDINALITY x(v, i)
	WHERE v ->> 'kind' = ANY ('{danger,urgent,disputed,escalated,promise,instruction,asked}') AND v ->> 'kind' <> ALL (told)
$$;

-- Bring the machine's items up to date. What people have touched stays; with `adding` nothing is taken away, the number of open cases stays that of the
-- sending, and a case that was acknowledged for one reason stands there again for another. Returns how many changed.
CREATE FUNCTION fenbo._handover_refresh(h fenbo.handover, adding boolean) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	r record;
	next_n integer := (SELECT coalesce(max(i.n), 0) FROM fenbo.handover_item i WHERE i.handover = h.id);
	wanted jsonb := (SELECT coalesce(jsonb_agg(to_jsonb(v)), '[]') FROM fenbo._handover_wanted(h) v
		WHERE v.kind <> 'open' OR NOT adding);
	n integer := 0;
	changed integer;
BEGIN
	IF NOT adding THEN
		DELETE FROM fenbo.handover_item i WHERE i.handover = h.id AND i.by_ = 'system' AND i.state = 'open' AND i.text = ''
			AND NOT EXISTS (SELECT FROM jsonb_to_recordset(wanted) v(no bigint, kind text, reasons jsonb) WHERE fenbo._handover_same(v.no, v.reasons, i.no, i.reasons));
		GET DIAGNOSTICS n = ROW_COUNT;
	END IF;
	UPDATE fenbo.handover_item i SET kind = v.kind, reasons = v.reasons FROM jsonb_to_recordset(wanted) v(no bigint, kind text, reasons jsonb)
	WHERE i.handover = h.id AND i.state = 'open' AND fenbo._handover_same(v.no, v.reasons, i.no, i.reasons) AND i.reasons <> v.reasons;
	GET DIAGNOSTICS changed = ROW_COUNT;
	n := n + changed;
	FOR r IN
		WITH v AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(wanted) x(no bigint, kind text, reasons jsonb))
		SELECT u.* FROM (SELECT v.* FROM v WHERE NOT EXISTS (SELECT FROM fenbo.handover_item i WHERE i.handover = h.id AND fenbo._handover_same(v.no, v.reasons, i.no, i.reasons))
		UNION ALL
		SELECT v.no, w.news #>> '{0,kind}', w.news FROM v JOIN (SELECT i.no, array_agg(x ->> 'kind') AS told FROM fenbo.handover_item i, jsonb_array_elements(i.reasons) x
			WHERE adding AND i.handover = h.id GROUP BY i.no HAVING bool_and(i.state IN ('acknowledged', 'dropped'))) t ON t.no = v.no
			CROSS JOIN LATERAL fenbo._handover_news(v.reasons, t.told) w(news) WHERE w.news IS NOT NULL) u
		ORDER BY fenbo._handover_rank(u.kind), u.no NULLS LAST LOOP
		next_n := next_n + 1; n := n + 1;
		INSERT INTO fenbo.handover_item (handover, n, no, kind, reasons, by_, case_version)
		VALUES (h.id, next_n, r.no, r.kind, r.reasons, 'system', CASE WHEN h.state <> 'draft' THEN (fenbo._peek(r.no)).version END);
	END LOOP;
	RETURN n;
END
$$;

-- The draft of the turn for a desk: a new one, or the one there is brought up to date (a sent one is left alone).
CREATE FUNCTION fenbo._handover_draft(of_desk text, x fenbo.shift_turn, by_ text) RETURNS fenbo.handover
LANGUAGE plpgsql AS $$
DECLARE
	h fenbo.handover;
	y fenbo.shift_turn := fenbo._turn_at(x.end_at);
BEGIN
	INSERT INTO fenbo.handover (desk, from_start, from_end, from_label, to_label, to_end, drafted_at, drafted_by)
	VALUES (of_desk, x.start_at, x.end_at, fenbo._turn_label(x), coalesce(fenbo._turn_label(y), ''), coalesce(y.end_at, x.end_at + interval '4 hours'),
		fenbo.now_(), _handover_draft.by_)
	ON CONFLICT (desk, from_start) DO NOTHING RETURNING * INTO h;
	IF h.id IS NULL THEN
		SELECT * INTO h FROM fenbo.handover t WHERE t.desk = of_desk AND t.from_start = x.start_at FOR UPDATE;
		IF h.state <> 'draft' THEN RETURN h; END IF;
	END IF;
	IF fenbo._handover_refresh(h, false) > 0 OR h.version = 0 THEN
		h := fenbo._handover_step(h, by_, CASE WHEN h.version = 0 THEN 'draft' ELSE 'refresh' END, '{}');
	END IF;
	RETURN h;
END
$$;

CREATE FUNCTION fenbo._handover_send(h fenbo.handover, by_ text) RETURNS fenbo.handover
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._handover_refresh(h, false);       -- what came since it was drafted must not be lost
	h := fenbo._handover_step(h, by_, 'send', ARRAY(SELECT i.n FROM fenbo.handover_item i WHERE i.handover = h.id));
	UPDATE fenbo.handover_item i SET case_version = coalesce((fenbo._peek(i.no)).version, 0) WHERE i.handover = h.id AND i.no IS NOT NULL;
	UPDATE fenbo.handover t SET state = 'sent', sent_at = fenbo.now_(), sent_by = by_ WHERE t.id = h.id RETURNING * INTO h;
	PERFORM fenbo._handover_done(h);
	RETURN h;
END
$$;

-- --- what the leader does ------------------------------------------------------------------------------------------

-- The desks at which somebody works in this turn.
CREATE FUNCTION fenbo._handover_desks(x fenbo.shift_turn) RETURNS SETOF text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY SELECT DISTINCT coalesce(a.desk, 'centre') FROM fenbo._roster(x) r JOIN fenbo.account a ON a.name = r.account
	WHERE r.how IN ('crew', 'swap');
END
$$;

-- Cases held by people of the outgoing turn who do not work the one that is on become free. True when none is left.
CREATE FUNCTION fenbo._handover_leases(h fenbo.handover) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
	stay text[] := ARRAY(SELECT r.account FROM fenbo._roster(fenbo._turn_at(now_)) r WHERE r.how IN ('crew', 'swap'));
	gone text[] := ARRAY(SELECT r.account FROM fenbo._roster(fenbo._turn_at(h.from_start)) r WHERE r.how IN ('crew', 'swap') AND r.account <> ALL (stay));
	q fenbo.queue;
	was text;
BEGIN
	FOR q IN SELECT * FROM fenbo.queue t WHERE t.session IS NOT NULL AND t.stage = 'triage' AND t.desk = h.desk AND t.owner = ANY (gone)
		ORDER BY t.no LIMIT 500 FOR UPDATE SKIP LOCKED LOOP
		was := q.owner;
		UPDATE fenbo.queue t SET session = NULL, owner = NULL, lease_until = NULL, version = t.version + 1 WHERE t.no = q.no RETURNING * INTO q;
		PERFORM fenbo._event_by(q, 'handover', NULL, jsonb_build_object('held_by', was, 'handover', h.id), NULL, 'system', '', NULL);
	END LOOP;
	RETURN NOT EXISTS (SELECT FROM fenbo.queue t WHERE t.session IS NOT NULL AND t.stage = 'triage' AND t.desk = h.desk AND t.owner = ANY (gone));
END
$$;

-- Who has to know of it: the people of the turn that begins when the outgoing one ends, and of the one that is on.
CREATE FUNCTION fenbo._handover_coming(h fenbo.handover) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	x fenbo.shift_turn := fenbo._turn_at(h.from_end);
	y fenbo.shift_turn := fenbo._turn_at(greatest(fenbo.now_(), h.from_end));
BEGIN
	RETURN ARRAY(SELECT r.account FROM fenbo._roster(x) r WHERE r.how IN ('crew', 'swap')
		UNION SELECT r.account FROM fenbo._roster(y) r WHERE r.how IN ('crew', 'swap') AND y.start_at <> x.start_at);
END
$$;

-- Those whose work on a case takes it over: who has to know, of this desk. Where nobody is to come, everybody of the desk but those who go.
CREATE FUNCTION fenbo._handover_takers(h fenbo.handover) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	coming text[] := fenbo._handover_coming(h);
	takers text[] := ARRAY(SELECT a.name FROM fenbo.account a WHERE a.name = ANY (coming) AND coalesce(a.desk, 'centre') = h.desk);
BEGIN
	IF cardinality(takers) > 0 THEN RETURN takers; END IF;
	RETURN ARRAY(SELECT a.name FROM fenbo.account a WHERE a.role IN ('dispatcher', 'supervisor') AND coalesce(a.desk, 'centre') = h.desk
		AND a.name NOT IN (SELECT r.account FROM fenbo._roster(fenbo._turn_at(h.from_start)) r WHERE r.how IN ('crew', 'swap')));
END
$$;

-- Open items whose case somebody of the incoming shift has acted on since it was sent are taken (what the outgoing ones, units and citizens do is no
-- reason to think that the next shift knows of it); with `late_` the others go to the supervisor's queue, but for the number of open ones. An item is of
-- the version that the case had when it was put there: what was done before is not about it.
CREATE FUNCTION fenbo._handover_settle(h fenbo.handover, late_ boolean) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	i fenbo.handover_item;
	e record;
	takers text[];
	taken integer[] := '{}';
	queued integer[];
BEGIN
	FOR i IN SELECT * FROM fenbo.handover_item t WHERE t.handover = h.id AND t.state = 'open' AND t.no IS NOT NULL ORDER BY t.n LOOP
		CONTINUE WHEN (fenbo._peek(i.no)).version IS NOT DISTINCT FROM i.case_version;
		takers := coalesce(takers, fenbo._handover_takers(h));
		SELECT v.actor, v.at INTO e FROM fenbo.event v
		WHERE v.no = i.no AND v.at > h.sent_at AND v.version > coalesce(i.case_version, 0) AND v.actor = ANY (takers) AND v.before IS NOT NULL
			AND v.action NOT IN ('undo', 'release')
			AND NOT EXISTS (SELECT FROM fenbo.event u WHERE u.no = v.no AND u.id > v.id AND u.action = 'undo' AND (u.args ->> 'undoes')::bigint = v.id)
		ORDER BY v.id LIMIT 1;
		CONTINUE WHEN NOT FOUND;
		UPDATE fenbo.handover_item t SET state = 'taken', ended_by = e.actor, ended_at = e.at WHERE t.handover = h.id AND t.n = i.n;
		taken := taken || i.n;
	END LOOP;
	UPDATE fenbo.handover_item t SET state = 'taken', ended_by = 'system', ended_at = fenbo.now_()
	WHERE late_ AND t.handover = h.id AND t.state = 'open' AND t.kind = 'open';
	queued := ARRAY(SELECT t.n FROM fenbo.handover_item t WHERE late_ AND t.handover = h.id AND t.state = 'open' ORDER BY t.n);
	IF cardinality(taken) > 0 THEN h := fenbo._handover_step(h, 'system', 'taken', taken); END IF;
	IF cardinality(queued) > 0 THEN
		h := fenbo._handover_step(h, 'system', 'queue', queued);
		UPDATE fenbo.handover_item t SET state = 'queued', queued_at = fenbo.now_() WHERE t.handover = h.id AND t.n = ANY (queued);
		PERFORM fenbo._handover_alarm(h, cardinality(queued));
	END IF;
	PERFORM fenbo._handover_done(h);
	RETURN cardinality(taken) + cardinality(queued);
END
$$;

CREATE FUNCTION fenbo._handover_alarm(h fenbo.handover, items integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._alarm(0, 'handover', 'alarm', 'supervisor', h.desk, NULL, 'handover not acknowledged', jsonb_build_object('handover', h.id, 'items', items,
		'from', h.from_label));
END
$$;

-- A revision may have the outgoing turn end later, and another come after it: the handover is of the turns as they are.
CREATE FUNCTION fenbo._handover_follow(h fenbo.handover) RETURNS fenbo.handover
LANGUAGE plpgsql AS $$
DECLARE
	x fenbo.shift_turn;
	y fenbo.shift_turn;
BEGIN
	SELECT * INTO x FROM fenbo.shift_turn t WHERE t.start_at = h.from_start;
	IF x.start_at IS NULL THEN RETURN h; END IF;
	y := fenbo._turn_at(x.end_at);
	IF (h.from_end, h.to_label, h.to_end) IS DISTINCT FROM (x.end_at, coalesce(fenbo._turn_label(y), ''), coalesce(y.end_at, x.end_at + interval '4 hours')) THEN
		h := fenbo._handover_step(h, 'system', 'refresh', '{}');
		UPDATE fenbo.handover t SET from_end = x.end_at, from_label = fenbo._turn_label(x), to_label = coalesce(fenbo._turn_label(y), ''),
			to_end = coalesce(y.end_at, x.end_at + interval '4 hours') WHERE t.id = h.id RETURNING * INTO h;
	END IF;
	RETURN h;
END
$$;

-- A look at everything that time brings: drafts due, drafts nobody sent, leases to be moved, items nobody acknowledged.
CREATE FUNCTION fenbo._handover_work() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
	ahead interval := make_interval(secs => fenbo._shift_policy('handover', 'draft_s', 1200));
	send_after interval := make_interval(secs => fenbo._shift_policy('handover', 'send_after_s', 600));
	patience interval := make_interval(secs => fenbo._shift_policy('handover', 'acknowledge_s', 900));
	grace interval := make_interval(secs => fenbo._shift_policy('handover', 'grace_s', 600));
	moves boolean := coalesce((SELECT (r.policy #>> '{handover,free_leases}')::boolean FROM fenbo.routing_revision r WHERE r.revision = fenbo._revision()), true);
	x fenbo.shift_turn;
	h fenbo.handover;
	d text;
	n integer := 0;
BEGIN
	-- The turn that is about to end, and those that have lately: nobody may have led when they did.
	FOR x IN SELECT * FROM fenbo.shift_turn t WHERE t.start_at <= now_ AND t.end_at > now_ - interval '4 hours' AND t.end_at <= now_ + ahead
		ORDER BY t.start_at LOOP
		FOR d IN SELECT * FROM fenbo._handover_desks(x) t(desk)
			WHERE NOT EXISTS (SELECT FROM fenbo.handover o WHERE o.desk = t.desk AND o.from_start = x.start_at) LOOP
			PERFORM fenbo._handover_draft(d, x, 'system');
			n := n + 1;
		END LOOP;
	END LOOP;
	FOR h IN SELECT * FROM fenbo.handover t WHERE t.state <> 'done' OR t.leases_at IS NULL ORDER BY t.id FOR UPDATE SKIP LOCKED LOOP
		IF h.leases_at IS NULL THEN h := fenbo._handover_follow(h); END IF;
		IF h.state = 'draft' AND h.from_end + send_after <= now_ THEN
			h := fenbo._handover_send(h, 'system');
			n := n + 1;
		END IF;
		IF h.leases_at IS NULL AND h.from_end + grace <= now_ THEN
			IF h.state <> 'draft' AND h.refreshed_at IS NULL THEN        -- what came since belongs to it, though all before was acknowledged
				IF fenbo._handover_refresh(h, true) > 0 THEN
					h := fenbo._handover_step(h, 'system', 'refresh', '{}');
					UPDATE fenbo.handover t SET state = 'sent', done_at = NULL WHERE t.id = h.id;
				END IF;
				UPDATE fenbo.handover t SET refreshed_at = now_ WHERE t.id = h.id RETURNING * INTO h;
			END IF;
			IF NOT moves OR fenbo._handover_leases(h) THEN
				UPDATE fenbo.handover t SET leases_at = now_ WHERE t.id = h.id RETURNING * INTO h;
				n := n + 1;
			END IF;
		END IF;
		IF h.state = 'sent' THEN
			n := n + fenbo._handover_settle(h, greatest(h.sent_at, h.from_end) + patience <= now_);
		END IF;
	END LOOP;
	RETURN n;
END
$$;

RESET ROLE;
