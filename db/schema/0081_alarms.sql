-- 0081 alarms: what people at consoles are told while they look at something else. An alarm is addressed to a role at a desk (of whom the first
-- who acknowledges it speaks for all) or to one account, and stands until somebody acknowledges it or the matter settles itself.
--
--  * level: danger (to life: sounds again and again until acknowledged), alarm (may sound, within each person's budget), notice (listed).
--  * code and args say what it is about; each console makes the sentence in its language (tui/alarm_text.c). Nothing personal is in them.
--  * The same alarm while it stands is one row, told again: count and at say how often and when last.
--  * Consoles hear of alarms through the event stream: the event that brought them carries them as `alarm` (the rungs of the ladder), else an event
--    'alarm' of the case, written when the transaction ends; alarms of no case and acknowledgements are events of no case.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.alarm (
	id              bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	no              bigint NOT NULL,                 -- 0 = of no case
	kind            text NOT NULL,                   -- danger, rung, request, instruction, rating, burst, letter …
	level           text NOT NULL CHECK (level IN ('danger', 'alarm', 'notice')),
	to_role         text NOT NULL CHECK (to_role IN ('dispatcher', 'supervisor', 'admin', 'unit')),
	to_desk         text,                            -- desk, or unit; NULL = wherever somebody of that role sits
	to_account      text,                            -- NULL = all of them
	code            text NOT NULL,
	args            jsonb NOT NULL DEFAULT '{}',
	first_at        timestamptz NOT NULL,
	at              timestamptz NOT NULL,
	count           integer NOT NULL DEFAULT 1,
	again_at        timestamptz,                     -- danger: when it is told again
	raised_at       timestamptz,                     -- danger: when the supervisor was told, because nobody had acknowledged it
	acknowledged_at timestamptz,
	acknowledged_by text,
	settled_at      timestamptz,                     -- it is of no matter any more: the clock stopped, the case left
	announced       boolean NOT NULL                 -- the event that brought it carries it
);
CREATE UNIQUE INDEX alarm_standing ON fenbo.alarm (no, kind, to_role, coalesce(to_desk, ''), coalesce(to_account, ''),
	(CASE WHEN no = 0 OR kind <> 'rung' THEN code ELSE split_part(code, ' ', 1) END))
	WHERE acknowledged_at IS NULL AND settled_at IS NULL;
CREATE INDEX alarm_unannounced ON fenbo.alarm (no) WHERE NOT announced;
CREATE INDEX alarm_again ON fenbo.alarm (again_at) WHERE again_at IS NOT NULL;
CREATE INDEX alarm_to ON fenbo.alarm (to_role, to_desk, at) WHERE settled_at IS NULL;
CREATE INDEX alarm_open ON fenbo.alarm (to_role) WHERE settled_at IS NULL AND acknowledged_at IS NULL;
CREATE INDEX alarm_settled ON fenbo.alarm (no, settled_at) WHERE settled_at IS NOT NULL AND acknowledged_at IS NULL; -- for an undo

-- As frames and lists carry one.
CREATE FUNCTION fenbo._alarm_frame(a fenbo.alarm) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object('id', a.id, 'no', CASE WHEN a.no <> 0 THEN lpad(a.no::text, 13, '0') END, 'kind', a.kind, 'level', a.level,
		'role', a.to_role, 'desk', a.to_desk, 'account', a.to_account, 'code', a.code, 'args', a.args, 'at', a.at, 'count', a.count))
$$;

-- Raise an alarm, or tell one that stands again; answers [frame]. announced: the caller puts that into its event.
CREATE FUNCTION fenbo._alarm_put(no bigint, kind text, level text, to_role text, to_desk text, to_account text, code text, args jsonb,
	announced boolean) RETURNS jsonb
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
	a fenbo.alarm;
	now_ timestamptz := fenbo.now_();
BEGIN
	IF _alarm_put.no = 0 THEN PERFORM fenbo._hold0(); END IF;
	INSERT INTO fenbo.alarm AS t (no, kind, level, to_role, to_desk, to_account, code, args, first_at, at, again_at, announced)
	VALUES (_alarm_put.no, _alarm_put.kind, _alarm_put.level, _alarm_put.to_role, _alarm_put.to_desk, _alarm_put.to_account, _alarm_put.code,
		coalesce(_alarm_put.args, '{}'), now_, now_,
		CASE _alarm_put.level WHEN 'danger' THEN now_ + make_interval(secs => fenbo._policy_int('{alarms,repeat_s}', 60)) END, _alarm_put.announced)
	ON CONFLICT (no, kind, to_role, coalesce(to_desk, ''), coalesce(to_account, ''),
		(CASE WHEN no = 0 OR kind <> 'rung' THEN code ELSE split_part(code, ' ', 1) END)) WHERE acknowledged_at IS NULL AND settled_at IS NULL
	DO UPDATE SET level = CASE WHEN 'danger' IN (t.level, excluded.level) THEN 'danger' WHEN 'alarm' IN (t.level, excluded.level) THEN 'alarm' ELSE 'notice' END,
		code = excluded.code, args = excluded.args, at = excluded.at, count = t.count + 1, announced = excluded.announced
	RETURNING t.* INTO a;
	RETURN jsonb_build_array(fenbo._alarm_frame(a));
END
$$;

-- For everybody's use. no: a case whose row the caller holds, or 0. to_account NULL: all of to_role at to_desk (NULL: at any).
CREATE FUNCTION fenbo._alarm(no bigint, kind text, level text, to_role text, to_desk text, to_account text, code text, args jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._alarm_put(no, kind, level, to_role, to_desk, to_account, code, args, false);
END
$$;

-- The matter is settled: `kind` of this case, or of no case by its code, need not be acknowledged any more. NULL = of every kind.
CREATE FUNCTION fenbo._alarm_settle(no bigint, kind text, code text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF no = 0 THEN PERFORM fenbo._hold0(); END IF;
	UPDATE fenbo.alarm a SET settled_at = fenbo.now_(), again_at = NULL
	WHERE a.no = _alarm_settle.no AND a.settled_at IS NULL AND a.acknowledged_at IS NULL
		AND (_alarm_settle.kind IS NULL OR a.kind = _alarm_settle.kind) AND (_alarm_settle.code IS NULL OR a.code = _alarm_settle.code);
END
$$;

-- The action `e` is undone: what it settled stands again, and is told again. Danger and requests are called for by those who raise them. What stands, and
-- what was settled, are asked for apart, each as its index (alarm_standing, alarm_settled) has it: an OR of the two would read every alarm there is.
CREATE FUNCTION fenbo._alarms_stand(e fenbo.event) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.alarm a SET settled_at = NULL, announced = false
	WHERE a.no = e.no AND a.settled_at = e.at AND a.acknowledged_at IS NULL AND a.kind NOT IN ('danger', 'request')
		AND NOT EXISTS (SELECT FROM (SELECT * FROM fenbo.alarm x WHERE x.no = e.no AND x.settled_at = e.at AND x.acknowledged_at IS NULL AND x.id > a.id
				UNION ALL SELECT * FROM fenbo.alarm x WHERE x.no = e.no AND x.settled_at IS NULL AND x.acknowledged_at IS NULL) b
			WHERE b.kind = a.kind AND b.to_role = a.to_role AND b.to_desk IS NOT DISTINCT FROM a.to_desk
				AND b.to_account IS NOT DISTINCT FROM a.to_account AND (b.kind = 'rung' OR b.code = a.code));
	UPDATE fenbo.outbox o SET state = 'waiting', cancelled_at = NULL, settled_at = NULL, answer = ''
	WHERE o.no = e.no AND o.kind = 'rung' AND o.state = 'cancelled' AND o.cancelled_at = e.at AND o.answer = 'of no use any more';
END
$$;

-- At the end of the transaction that raised alarms which no event of its own carries: one event for each case.
CREATE FUNCTION fenbo._alarm_announce() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	told jsonb;
	q fenbo.queue;
BEGIN
	WITH t AS (UPDATE fenbo.alarm a SET announced = true WHERE a.no = NEW.no AND NOT a.announced AND (NEW.no <> 0 OR a.id = NEW.id) RETURNING a.*)
	SELECT jsonb_agg(fenbo._alarm_frame(ROW (t.*)::fenbo.alarm) ORDER BY t.id) INTO told FROM t;
	IF told IS NULL THEN RETURN NULL; END IF;        -- told already, with another of its case
	IF NEW.no = 0 THEN
		PERFORM fenbo._event0('alarm', '{}', jsonb_build_object('alarm', told));
	ELSE
		q := fenbo._peek(NEW.no);
		IF q.no IS NOT NULL THEN
			PERFORM fenbo._event_by(q, 'alarm', NULL, jsonb_build_object('alarm', told), NULL, 'system', '', NULL);
		END IF;
	END IF;
	RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER alarm_announce AFTER INSERT OR UPDATE ON fenbo.alarm DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW WHEN (NOT NEW.announced) EXECUTE FUNCTION fenbo._alarm_announce();

-- --- danger to life ------------------------------------------------------------------------------------------------------

-- A case in triage with the flag danger (64) calls everybody at its desk until it leaves triage or somebody acknowledges it, whoever set
-- the flag: intake, a correction, a case that came back.
CREATE FUNCTION fenbo._alarm_danger() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		PERFORM fenbo._alarm_settle(OLD.no, NULL);
		RETURN NULL;
	ELSIF TG_OP = 'UPDATE' THEN
		PERFORM fenbo._alarm_settle(OLD.no, 'danger');
		IF NEW.stage <> 'triage' OR NEW.flags & 64 = 0 THEN RETURN NULL; END IF;
	END IF;
	PERFORM fenbo._alarm(NEW.no, 'danger', 'danger', 'dispatcher', NEW.desk, NULL, 'danger', '{}');
	RETURN NULL;
END
$$;
CREATE TRIGGER alarm_danger_new AFTER INSERT ON fenbo.queue FOR EACH ROW WHEN (NEW.flags & 64 <> 0 AND NEW.stage = 'triage')
	EXECUTE FUNCTION fenbo._alarm_danger();
CREATE TRIGGER alarm_danger_set AFTER UPDATE ON fenbo.queue FOR EACH ROW
	WHEN (NEW.flags & 64 <> 0 AND NEW.stage = 'triage' AND (OLD.flags & 64 = 0 OR OLD.stage <> 'triage' OR OLD.desk <> NEW.desk))
	EXECUTE FUNCTION fenbo._alarm_danger();
CREATE TRIGGER alarm_danger_over AFTER UPDATE ON fenbo.queue FOR EACH ROW 
	WHEN (OLD.flags & 64 <> 0 AND OLD.stage = 'triage' AND (NEW.stage <> 'triage' OR NEW.flags & 64 = 0))
	EXECUTE FUNCTION fenbo._alarm_danger();
CREATE TRIGGER alarm_gone AFTER DELETE ON fenbo.queue FOR EACH ROW EXECUTE FUNCTION fenbo._alarm_danger();

-- Told again, as long as nobody has acknowledged it; then the supervisor of the desk is told, too, and when he does not hear, the leaders. Consoles sound by
-- themselves meanwhile. Cases that somebody is working on wait for the next turn; what fails costs only itself. Returns how many.
CREATE FUNCTION fenbo._alarms_again(c fenbo.call, most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	a fenbo.alarm;
	q fenbo.queue;
	every interval := make_interval(secs => fenbo._policy_int('{alarms,repeat_s}', 60));
	after integer := fenbo._policy_int('{alarms,escalate_after}', 3);
	n integer := 0;
BEGIN
	FOR a IN SELECT * FROM fenbo.alarm t WHERE t.again_at <= c.now ORDER BY t.again_at LIMIT most FOR UPDATE SKIP LOCKED LOOP
		SELECT * INTO q FROM fenbo.queue t WHERE t.no = a.no FOR UPDATE SKIP LOCKED;
		IF NOT FOUND AND a.no <> 0 THEN
			CONTINUE WHEN EXISTS (SELECT FROM fenbo.queue t WHERE t.no = a.no);
			UPDATE fenbo.alarm t SET settled_at = c.now, again_at = NULL WHERE t.id = a.id;
			CONTINUE;
		END IF;
		n := n + 1;
		BEGIN
			UPDATE fenbo.alarm t SET count = a.count + 1, at = c.now, again_at = c.now + every,
				raised_at = CASE WHEN a.raised_at IS NULL AND a.count >= after THEN c.now ELSE a.raised_at END WHERE t.id = a.id;
			IF a.raised_at IS NULL AND a.count >= after THEN
				IF a.to_role <> 'supervisor' THEN
					PERFORM fenbo._alarm(a.no, a.kind, 'danger', 'supervisor', a.to_desk, NULL, 'unheard', jsonb_build_object('count', a.count));
				ELSIF a.no <> 0 THEN
					PERFORM fenbo._tell(c, q, 'leader', 'danger', jsonb_build_object('count', a.count));
				END IF;
			END IF;
		EXCEPTION WHEN OTHERS THEN
			RAISE WARNING 'fenbo.ladder: alarm % of %: %', a.id, a.no, SQLERRM;
			UPDATE fenbo.alarm t SET again_at = c.now + every WHERE t.id = a.id;
		END;
	END LOOP;
	RETURN n;
END
$$;

-- --- for consoles --------------------------------------------------------------------------------------------------------

CREATE FUNCTION fenbo._alarm_is_for(a fenbo.alarm, w fenbo.who, units text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN a.to_account IS NOT NULL THEN a.to_account = w.account
		ELSE a.to_role = w.role AND (a.to_desk IS NULL OR a.to_desk = coalesce(w.desk, 'centre') OR a.to_desk = ANY (units)) END
$$;

-- The caller's alarms: those that stand, and those of [alarms] keep that were acknowledged; danger first, then the newest. A case's title, stage
-- and due time as they are now, where it lies in the caller's scope.
CREATE FUNCTION fenbo.alarms() RETURNS TABLE (id bigint, no bigint, kind text, level text, code text, args jsonb, at timestamptz, count integer, to_role text,
	to_desk text, to_account text, acknowledged_by text, acknowledged_at timestamptz, title text, stage text, priority text, due_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	w fenbo.who := fenbo._who();
	units text[] := CASE w.role WHEN 'unit' THEN fenbo._subtree(w.desk) ELSE '{}' END;
	s fenbo.scope := fenbo._scope(w);
	since timestamptz := fenbo.now_() - make_interval(secs => fenbo._policy_int('{alarms,keep_s}', 43200));
BEGIN
	RETURN QUERY
	SELECT a.id, a.no, a.kind, a.level, a.code, a.args, a.at, a.count, a.to_role, a.to_desk, a.to_account, fenbo._person(a.acknowledged_by),
		a.acknowledged_at, coalesce(CASE w.role WHEN 'unit' THEN fenbo._mask_text(q.title) ELSE q.title END, ''), coalesce(q.stage::text, ''), coalesce(q.priority::text, ''), q.due_at
	FROM (SELECT t.* FROM (SELECT o.* FROM fenbo.alarm o WHERE o.to_role = w.role AND o.settled_at IS NULL AND o.acknowledged_at IS NULL
			UNION ALL SELECT o.* FROM fenbo.alarm o WHERE o.to_role = w.role AND o.settled_at IS NULL AND o.at > since AND o.acknowledged_at IS NOT NULL) t
		WHERE fenbo._alarm_is_for(t, w, units) ORDER BY t.acknowledged_at IS NOT NULL, t.level = 'danger' DESC, t.at DESC LIMIT 500) a
	LEFT JOIN LATERAL (SELECT x.title, x.stage, x.priority, x.due_at FROM fenbo.queue x WHERE x.no = a.no AND (s.whole OR fenbo._in_scope(s, x)) OFFSET 0) q ON true
	ORDER BY a.acknowledged_at IS NOT NULL, a.level = 'danger' DESC, a.at DESC;
END
$$;

-- The caller has taken note of these: for all who were told. Answers how many stood. Danger is kept in the record of the case, the others in one event.
-- Locks: cases, the alarms of danger to them, the chain of no case, all other alarms; of these nobody is waited for, because whoever has one in hand is
-- telling it again, or settles it.
CREATE FUNCTION fenbo.alarm_ack(ids bigint[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin', 'unit');
	units text[] := CASE w.role WHEN 'unit' THEN fenbo._subtree(w.desk) ELSE '{}' END;
	now_ timestamptz := fenbo.now_();
	cases bigint[];
	all_held boolean := false;
	take bigint[];
	mine bigint[];
	told jsonb;
	d record;
BEGIN
	IF cardinality(ids) > 1000 THEN
		PERFORM fenbo._fail('too_large', 'ids', 'more than 1000 alarms at once');
	END IF;
	cases := ARRAY(SELECT DISTINCT a.no FROM fenbo.alarm a WHERE a.id = ANY (ids) AND a.level = 'danger' AND a.no <> 0 AND a.acknowledged_at IS NULL
		AND a.settled_at IS NULL AND fenbo._alarm_is_for(a, w, units));
	WHILE NOT all_held LOOP
		BEGIN
			all_held := fenbo._lock_cases(cases);
			IF NOT all_held THEN RAISE EXCEPTION USING ERRCODE = 'FB002', MESSAGE = 'look again'; END IF;
		EXCEPTION WHEN SQLSTATE 'FB002' THEN
			NULL;                                    -- what we held is let go
		END;
	END LOOP;
	take := ARRAY(SELECT a.id FROM fenbo.alarm a WHERE a.id = ANY (ids) AND a.level = 'danger' AND a.no = ANY (cases) ORDER BY a.id FOR UPDATE);
	IF cardinality(take) < cardinality(ids) THEN PERFORM fenbo._hold0(); END IF;
	take := take || ARRAY(SELECT a.id FROM fenbo.alarm a WHERE a.id = ANY (ids) AND a.id <> ALL (take) AND (a.level <> 'danger' OR a.no = 0) FOR UPDATE SKIP LOCKED);
	WITH t AS (UPDATE fenbo.alarm a SET acknowledged_at = now_, acknowledged_by = w.account, again_at = NULL
		WHERE a.id = ANY (take) AND a.acknowledged_at IS NULL AND a.settled_at IS NULL AND fenbo._alarm_is_for(a, w, units)
		RETURNING a.id, a.no, a.level)
	SELECT array_agg(t.id ORDER BY t.id), coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'no', lpad(t.no::text, 13, '0'), 'level', t.level) ORDER BY t.no, t.id),
		'[]') INTO mine, told FROM t;
	IF mine IS NULL THEN RETURN 0; END IF;
	FOR d IN SELECT (x ->> 'no')::bigint AS no, jsonb_agg(x -> 'id') AS ids FROM jsonb_array_elements(told) x
		WHERE x ->> 'level' = 'danger' AND (x ->> 'no')::bigint <> 0 GROUP BY 1 ORDER BY 1 LOOP
		IF w.role = 'dispatcher' THEN PERFORM fenbo._alarm_settle(d.no, 'danger', 'unheard'); END IF;        -- somebody has heard
		PERFORM fenbo._event(fenbo._case(d.no), 'acknowledge', NULL, jsonb_build_object('acknowledged', d.ids), NULL);
	END LOOP;
	SELECT jsonb_agg(x -> 'id') INTO told FROM jsonb_array_elements(told) x WHERE x ->> 'level' <> 'danger' OR (x ->> 'no')::bigint = 0;
	IF told IS NOT NULL THEN
		PERFORM fenbo._event0('acknowledge', '{}', jsonb_build_object('acknowledged', told));
	END IF;
	RETURN cardinality(mine);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.alarms(), fenbo.alarm_ack(bigint[]) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit;

RESET ROLE;
