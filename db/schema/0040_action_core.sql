-- 0040 actions, core: what every action does alike. One call of fenbo.act is one transaction; one row of it is: lock the case, judge
-- (role, scope, version, stage, lease), change the row in memory, write it once together with its hashed event.
--
-- Conventions of 0041 to 0048:
--  * fenbo._do_NAME(c, o, args) does action NAME to the locked and judged case `o` and answers what became of it. It raises
--    (fenbo._fail) to refuse; the caller wraps it in a subtransaction.
--  * An event with `before` is an action that its actor can undo. `before.row` holds the columns of the queue row that the
--    action changed, as they were; `before.clocks` every clock of the case, when the action touched any. What an action
--    does to other cases (the primary of a merge, the parent of a part) is an event of theirs without `before`.
--  * Texts that people wrote go into fenbo.remark; the event holds {"sha256": commitment}.
--  * Locks are taken in this order everywhere: queue rows by number, then appeal rows by number.
--  * Functions that read or write a table are in plpgsql, however short: it keeps their plans for the session, where a function in SQL
--    that cannot be put inline is planned anew at every call.
SET ROLE fenbo_owner;

-- Mirrors core/appeal/action.h, which a test compares with this.
CREATE TABLE fenbo.action (
	name   text PRIMARY KEY,
	roles  text[] NOT NULL,
	stages text[] NOT NULL,
	needs  text[] NOT NULL,
	may    text[] NOT NULL
);
INSERT INTO fenbo.action (name, roles, stages, needs, may) VALUES
	('claim',    '{dispatcher,supervisor}',         '{triage}',   '{}',                    '{}'),
	('release',  '{dispatcher,supervisor}',         '{triage}',   '{}',                    '{}'),
	('next',     '{dispatcher,supervisor}',         '{triage}',   '{}',                    '{}'),
	('confirm',  '{dispatcher,supervisor}',         '{triage}',   '{recommendation,unit}', '{assist}'),
	('override', '{dispatcher,supervisor}',         '{triage}',   '{reason}',              '{unit,item,assist}'),
	('parallel', '{dispatcher,supervisor}',         '{triage}',   '{assist}',              '{unit,item,reason}'),
	('merge',    '{dispatcher,supervisor}',         '{triage}',   '{into}',                '{reason}'),
	('unmerge',  '{dispatcher,supervisor}',         '{merged}',   '{}',                    '{reason}'),
	('split',    '{dispatcher,supervisor}',         '{triage}',   '{parts}',               '{}'),
	('answer',   '{dispatcher,supervisor}',         '{triage}',   '{text}',                '{}'),
	('edit',     '{dispatcher,supervisor}',         '{triage,dispatched,handling,resolved}', '{fields}', '{}'),
	('priority', '{dispatcher,supervisor}',         '{triage,dispatched,handling,resolved}', '{priority}', '{reason}'),
	('note',     '{dispatcher,supervisor,unit}',    '{triage,dispatched,handling,resolved,closed,merged}', '{text}', '{}'),
	('escalate', '{dispatcher}',                    '{triage}',   '{reason}',              '{}'),
	('end',      '{dispatcher,supervisor}',         '{triage}',   '{reason,outcome}',      '{unit,item,assist}'),
	('chase',    '{dispatcher,supervisor,channel}', '{triage,dispatched,handling,resolved,merged}', '{}', '{text}'),
	('accept',   '{unit}',                          '{dispatched}', '{}',                  '{}'),
	('return',   '{unit}',                          '{dispatched,handling}', '{reason}',   '{unit}'),
	('resolve',  '{unit}',                          '{dispatched,handling}', '{text}',     '{files}'),
	('close',    '{dispatcher,supervisor}',         '{resolved}', '{}',                    '{text}'),
	('reopen',   '{dispatcher,supervisor,unit,channel}', '{closed}', '{reason}',           '{}'),
	('attach', '{dispatcher,supervisor,unit}', '{triage,dispatched,handling,resolved,closed,merged}', '{files}', '{text}'),
	('contact', '{unit}', '{dispatched,handling}', '{text}', '{outcome,until,files}'),
	('progress', '{unit}', '{dispatched,handling}', '{text}', '{until,files}'),
	('pause', '{supervisor,unit}', '{dispatched,handling}', '{reason}', '{text,until}'),
	('resume', '{supervisor,unit}', '{dispatched,handling}', '{}', '{text}'),
	('extend', '{unit}', '{dispatched,handling}', '{reason,days}', '{text}'),
	('approve', '{supervisor}', '{dispatched,handling}', '{decision}', '{text}'),
	('subdispatch', '{unit}', '{dispatched,handling}', '{unit}', '{assist,reason}'),
	('rule', '{supervisor}', '{triage}', '{unit,text}', '{item,assist,files}'),
	('reassign', '{supervisor}', '{dispatched,handling}', '{unit,reason}', '{item,assist}'),
	('supervise', '{supervisor}', '{triage,dispatched,handling,resolved}', '{}', '{reason,text}'),
	('lift', '{supervisor}', '{triage,dispatched,handling,resolved}', '{}', '{text}'),
	('remind', '{supervisor}', '{dispatched,handling}', '{}', '{text}'),
	('instruct', '{supervisor}', '{triage,dispatched,handling,resolved,closed,merged}', '{text}', '{unit,until,person}'),
	('comply', '{supervisor,unit}', '{triage,dispatched,handling,resolved,closed,merged}', '{text}', '{files,instruction}'),
	('settle', '{supervisor}', '{triage,dispatched,handling,resolved,closed,merged}', '{}', '{text,instruction}'),
	('confirm-head', '{unit}', '{dispatched,handling,resolved}', '{person}', '{text}'),
	('rate', '{channel}', '{resolved,merged}', '{rating}', '{text}'),
	('visit', '{dispatcher,supervisor}', '{dispatched,handling,resolved}', '{outcome}', '{text,until,rating}'),
	('undo',     '{dispatcher,supervisor,unit}',    '{triage,dispatched,handling,resolved,closed,merged}', '{}', '{}');

-- Finding somebody's last action costs the same after ten years; events nobody can undo (intake, sweeps) are not in it.
CREATE INDEX event_doer ON fenbo.event (actor, id) WHERE before IS NOT NULL;
-- What an undo has to call back.
CREATE INDEX outbox_of ON fenbo.outbox (no, version);
-- What has been sent up to the supervisor of a desk, most pressing first: flags disputed (1) or escalated (256).
CREATE INDEX queue_up ON fenbo.queue (desk, priority, rank_at, no)
	WHERE stage = 'triage' AND session IS NULL AND flags & 257 <> 0;

-- One call of act: who, when, within which bulk action.
CREATE TYPE fenbo.call AS (who fenbo.who, scope fenbo.scope, now timestamptz, batch uuid);
-- What one row of it came to.
CREATE TYPE fenbo.done AS (version integer, stage fenbo.stage, event bigint);
CREATE TYPE fenbo.act_row AS (id bigint, ok boolean, version integer, stage text, event bigint, error text, message text,
	field text, by text, at timestamptz);

-- The sweeps act in nobody's name.
CREATE FUNCTION fenbo._system_call(now_ timestamptz) RETURNS fenbo.call
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN ROW (ROW ('system', 'system', NULL, '', NULL, '{}', NULL, NULL)::fenbo.who, ROW (true, '{}', '{}', NULL)::fenbo.scope, now_, NULL)::fenbo.call;
END
$$;

-- --- arguments -----------------------------------------------------------------------------------------------------

-- A text argument, trimmed; NULL when it is absent or empty. It was cleaned at the door; a caller who did not is refused, because
-- what stands here ends on somebody's terminal.
CREATE FUNCTION fenbo._arg(args jsonb, key text, longest integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v text := nullif(btrim(args ->> key, E' \t\n　'), '');
BEGIN
	IF v IS NULL THEN RETURN NULL; END IF;
	IF length(v) > longest THEN
		PERFORM fenbo._fail('too_large', key, format('longer than %s characters', longest));
	END IF;
	IF v ~ '[\u0001-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]' THEN
		PERFORM fenbo._fail('invalid', key, 'there are control characters in it');
	END IF;
	RETURN v;
END
$$;

-- An argument that is a list of texts: an array, or one text.
CREATE FUNCTION fenbo._arg_list(args jsonb, key text, longest integer, most integer) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v jsonb := args -> key;
	list text[] := '{}';
	item text;
BEGIN
	IF v IS NULL OR v = 'null' THEN RETURN list; END IF;
	IF jsonb_typeof(v) = 'string' THEN v := jsonb_build_array(v); END IF;
	IF jsonb_typeof(v) <> 'array' THEN
		PERFORM fenbo._fail('invalid', key, 'a list is expected');
	END IF;
	IF jsonb_array_length(v) > most THEN
		PERFORM fenbo._fail('too_large', key, format('at most %s', most));
	END IF;
	FOR i IN 0 .. jsonb_array_length(v) - 1 LOOP
		item := fenbo._arg(jsonb_build_object(key, v -> i), key, longest);
		IF item IS NULL THEN
			PERFORM fenbo._fail('invalid', key, format('number %s is empty', i + 1));
		END IF;
		list := list || item;
	END LOOP;
	RETURN list;
END
$$;

-- A case number: 13 digits, with or without dashes.
CREATE FUNCTION fenbo._arg_case(args jsonb, key text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v text := replace(btrim(args ->> key), '-', '');
BEGIN
	IF v IS NULL THEN RETURN NULL; END IF;
	IF v !~ '^\d{13}$' OR NOT fenbo.case_check(v::bigint) THEN
		PERFORM fenbo._fail('invalid', key, 'this is not a case number');
	END IF;
	RETURN v::bigint;
END
$$;

CREATE FUNCTION fenbo._arg_id(args jsonb, key text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	IF args ->> key !~ '^\d{1,18}$' THEN
		PERFORM fenbo._fail('invalid', key, 'a number is expected');
	END IF;
	RETURN (args ->> key)::bigint;
END
$$;

-- Put what somebody wrote beside the record and its commitment into the event's args. A kind that begins with a dot is for undo only
-- and never shown.
CREATE FUNCTION fenbo._keep(q fenbo.queue, kind text, value text, ev jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
	IF value IS NULL THEN RETURN ev; END IF;
	RETURN ev || jsonb_build_object(ltrim(kind, '.'), jsonb_build_object('sha256', fenbo._remark(q.no, q.version, kind, value)));
END
$$;

-- A reason is a code of the action's list, or typed. People read the name of a code beside the record; programs count codes.
CREATE FUNCTION fenbo._keep_reason(q fenbo.queue, action text, args jsonb, ev jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
	v text := fenbo._arg(args, 'reason', 1000);
BEGIN
	IF EXISTS (SELECT FROM fenbo.reason r WHERE r.action = _keep_reason.action AND r.code = v) THEN
		ev := ev || jsonb_build_object('code', v);
	END IF;
	RETURN fenbo._keep(q, 'reason', fenbo._reason_text(action, args), ev);
END
$$;

CREATE FUNCTION fenbo._reason_text(action text, args jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce((SELECT r.name FROM fenbo.reason r WHERE r.action = _reason_text.action AND r.code = fenbo._arg(args, 'reason', 1000)),
		fenbo._arg(args, 'reason', 1000)));
END
$$;

-- --- judging -------------------------------------------------------------------------------------------------------

-- How people know whoever did it: the person a key acted for, or the account's.
CREATE FUNCTION fenbo._person(actor text, for_person text DEFAULT '') RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce(nullif(for_person, ''), (SELECT a.person FROM fenbo.account a WHERE a.name = actor), actor);
END
$$;

-- Refuse and say who made the case what it is now.
CREATE FUNCTION fenbo._fail_since(q fenbo.queue, code text, field text, message text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	e record;
BEGIN
	SELECT v.action, v.actor, v.person, v.at INTO e FROM fenbo.event v WHERE v.no = q.no AND v.version = q.version ORDER BY v.id LIMIT 1;
	PERFORM fenbo._fail(code, field, message || CASE WHEN e.action IS NULL THEN ''
		ELSE format(': %s by %s', e.action, fenbo._person(e.actor, e.person)) END, q.version, e.actor, e.at);
END
$$;

-- Role, scope, version, stage and lease, in this order. `q` is locked.
CREATE FUNCTION fenbo._judge(c fenbo.call, a fenbo.action, q fenbo.queue, version integer) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF NOT fenbo._in_scope(c.scope, q) IS TRUE THEN
		PERFORM fenbo._fail('not_found', 'id', 'there is no such case, or you may not see it');
	END IF;
	IF version IS NULL THEN
		IF a.name NOT IN ('chase', 'rate', 'undo') THEN      -- a citizen sees no versions
			PERFORM fenbo._fail('missing', 'version', 'say which version you saw');
		END IF;
	ELSIF version <> q.version THEN
		PERFORM fenbo._fail_since(q, 'stale', 'version', 'the case has moved on');
	END IF;
	IF q.stage::text <> ALL (a.stages) THEN
		PERFORM fenbo._fail_since(q, 'impossible', 'stage', format('%s is not possible: the case is %s', a.name, q.stage));
	END IF;
	IF q.stage = 'triage' AND a.name <> ALL ('{note,attach,chase,supervise,lift,instruct,comply,settle,undo}') THEN       -- none of these decides it
		PERFORM fenbo._judge_triage(c, a, q);
	ELSIF (c.who).role = 'unit' AND a.name <> ALL ('{note,attach,contact,progress,comply,undo}')
		AND (q.unit = ANY ((c.scope).units)) IS NOT TRUE THEN
		PERFORM fenbo._fail('forbidden', 'unit', 'your unit assists; the lead unit answers for the whole', q.version);
	END IF;
END
$$;

-- In triage a case stands at one desk, may be held by one person, and may have been sent up.
CREATE FUNCTION fenbo._judge_triage(c fenbo.call, a fenbo.action, q fenbo.queue) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
	w fenbo.who := c.who;
BEGIN
	IF q.session IS NOT NULL AND q.lease_until > c.now AND q.owner IS DISTINCT FROM w.account
		AND NOT (a.name = 'release' AND w.role = 'supervisor') THEN
		PERFORM fenbo._fail('leased', 'id', format('%s holds the case', fenbo._person(q.owner)), q.version, q.owner,
			q.lease_until - fenbo._lease());
	END IF;
	IF w.role = 'dispatcher' THEN
		IF q.desk <> coalesce(w.desk, 'centre') THEN
			PERFORM fenbo._fail('forbidden', 'desk', format('the case stands at the desk %s', q.desk), q.version);
		END IF;
		IF q.flags & 257 <> 0 AND a.name NOT IN ('release', 'edit') THEN
			PERFORM fenbo._fail('forbidden', 'flags', CASE WHEN q.flags & 1 <> 0
				THEN 'the case was returned again and waits for a supervisor''s ruling'
				ELSE 'the case was sent up to the supervisor' END, q.version);
		END IF;
	END IF;
END
$$;

-- --- writing -------------------------------------------------------------------------------------------------------

-- The columns of the row that differ, as they were, and when it was due; without what people wrote.
CREATE FUNCTION fenbo._changed(o fenbo.queue, q fenbo.queue) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT jsonb_build_object('due_at', o.due_at) || coalesce(jsonb_object_agg(was.key, was.value), '{}')
	FROM jsonb_each(to_jsonb(o) - ARRAY['head', 'version', 'title', 'place_name', 'return_reason']) was
	JOIN jsonb_each(to_jsonb(q)) becomes ON becomes.key = was.key
	WHERE becomes.value IS DISTINCT FROM was.value);
END
$$;

-- Append an event to the chain whose head is q.head; the caller writes the new head into the row.
CREATE FUNCTION fenbo._log(c fenbo.call, q fenbo.queue, action text, before jsonb, args jsonb, OUT id bigint, OUT hash bytea)
LANGUAGE plpgsql AS $$
DECLARE
	w fenbo.who := c.who;
	person text := CASE WHEN w.key_id IS NULL THEN '' ELSE coalesce(w.person, '') END;
	after jsonb := fenbo._frame(q);
	tx xid8 := pg_current_xact_id();
BEGIN
	id := nextval('fenbo.event_id');
	hash := fenbo._event_hash(q.head, id, q.no, q.version, c.now, tx, action, w.account, person, w.session, c.batch, before, after, args);
	INSERT INTO fenbo.event (id, no, version, at, tx, action, actor, person, session, batch, before, after, args, prev, hash)
	VALUES (id, q.no, q.version, c.now, tx, action, w.account, person, w.session, c.batch, before, after, args, q.head, hash);
END
$$;

CREATE FUNCTION fenbo._update_queue(q fenbo.queue) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.queue t SET version = q.version, stage = q.stage, priority = q.priority, rank_at = q.rank_at, desk = q.desk,
		unit = q.unit, item = q.item, assist = q.assist, received_at = q.received_at, due_at = q.due_at, clock = q.clock,
		session = q.session, owner = q.owner, lease_until = q.lease_until, parts_open = q.parts_open, chased = q.chased,
		returned = q.returned, redo = q.redo, repeats = q.repeats, flags = q.flags, returned_by = q.returned_by,
		return_reason = q.return_reason, rec = q.rec, top_unit = q.top_unit, top_p = q.top_p, title = q.title,
		place = q.place, place_name = q.place_name, passed = q.passed, steps = q.steps, step = q.step,
		paused_until = q.paused_until, head = q.head
	WHERE t.no = q.no;
END
$$;

-- Write the row `o` as it has become in `q`, one version on, with its event. Also for a case that is not open: then nothing but
-- version and chain of its appeal change. `clocks`: as they were, when the action touched them; what became of each is put into the args.
CREATE FUNCTION fenbo._write(c fenbo.call, o fenbo.queue, q fenbo.queue, action text, clocks jsonb, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	e record;
BEGIN
	IF o.flags & 3072 <> 0 THEN q := fenbo._stand_down(c, o, q, action); END IF;
	q.head := o.head;
	IF clocks IS NOT NULL AND action <> 'undo' THEN
		args := args || fenbo._clock_args(q, clocks);
		IF jsonb_path_exists(args, '$.clocks.*.late') THEN
			q.flags := q.flags | 32768;              -- before any sweep had told it
		ELSIF jsonb_path_exists(args, '$.clocks.*.in_time') AND NOT fenbo._late_still(q.no, ARRAY(SELECT k.key FROM jsonb_each(args -> 'clocks') k
				WHERE k.value ? 'in_time')) THEN
			q.flags := q.flags & ~32768;             -- it was not late after all
		END IF;
	END IF;
	e := fenbo._log(c, q, action, jsonb_strip_nulls(jsonb_build_object('clocks', clocks))
		|| jsonb_build_object('row', fenbo._changed(o, q)), args);
	q.head := e.hash;
	IF q.stage IN ('closed', 'merged') THEN
		UPDATE fenbo.appeal t SET version = q.version, head = q.head WHERE t.no = q.no;
	ELSE
		PERFORM fenbo._update_queue(q);
		IF q.priority <> o.priority THEN PERFORM fenbo._ladder_set(q.no, NULL); END IF;      -- each priority has its ladders
	END IF;
	RETURN ROW (q.version, q.stage, e.id)::fenbo.done;
END
$$;

-- The same for a consequence on another case: no `before`, because it is undone with the action that caused it.
CREATE FUNCTION fenbo._write_also(c fenbo.call, q fenbo.queue, action text, args jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	e record;
BEGIN
	q.version := q.version + 1;
	e := fenbo._log(c, q, action, NULL, args);
	q.head := e.hash;
	IF q.stage IN ('closed', 'merged') THEN
		UPDATE fenbo.appeal t SET version = q.version, head = q.head WHERE t.no = q.no;
	ELSE
		PERFORM fenbo._update_queue(q);
	END IF;
END
$$;

-- A message to a unit, the citizen or the emergency services. It waits ten seconds for an undo, unless the case is urgent or lives may
-- depend on it.
CREATE FUNCTION fenbo._tell(c fenbo.call, q fenbo.queue, target text, kind text, body jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._tell_later(c, q, target, kind, body, CASE WHEN q.priority = 'urgent' OR target = 'emergency' THEN 0 ELSE 10 END);
END
$$;

-- The cases merged into this one, however far down. A level a question, by the index: joined to itself in one statement, all appeals there are would be read.
CREATE FUNCTION fenbo._merged_into(of_case bigint) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	level bigint[] := ARRAY[of_case];
	found_ bigint[] := '{}';
BEGIN
	LOOP
		level := ARRAY(SELECT a.no FROM fenbo.appeal a WHERE a.primary_no = ANY (level) AND a.no <> ALL (found_));
		EXIT WHEN cardinality(level) = 0;
		found_ := found_ || level;
	END LOOP;
	RETURN found_;
END
$$;

-- Everybody who waits for the result: the case's own citizen, first, and those of the cases merged into it. Not machines.
CREATE FUNCTION fenbo._citizens_of(q fenbo.queue) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	own bigint[] := CASE WHEN q.flags & 65536 = 0 THEN ARRAY[q.no] ELSE '{}' END;
BEGIN
	IF q.repeats = 0 THEN RETURN own; END IF;
	RETURN own || ARRAY(SELECT a.no FROM fenbo.appeal a WHERE a.no = ANY (fenbo._merged_into(q.no))
		AND coalesce((a.state #>> '{row,flags}')::integer, 0) & 65536 = 0 ORDER BY a.no);
END
$$;

CREATE FUNCTION fenbo._tell_citizens(c fenbo.call, q fenbo.queue, kind text, body jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	whose bigint;
BEGIN
	FOREACH whose IN ARRAY fenbo._citizens_of(q) LOOP
		PERFORM fenbo._tell(c, q, 'citizen', kind, CASE WHEN whose = q.no THEN body ELSE body || jsonb_build_object('of', lpad(whose::text, 13, '0')) END);
	END LOOP;
END
$$;

RESET ROLE;
