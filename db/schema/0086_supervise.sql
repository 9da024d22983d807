-- 0086 supervise: what a supervisor does about a case that is with a unit, or that units will not have: rule, reassign, supervise, lift,
-- remind, instruct, settle; and what units answer: comply, confirm-head.
--
--  * A case that was returned again is disputed (0046): its clock `rule` runs until a ruling, or until the case leaves triage otherwise. A
--    ruling is a dispatch with the record of the coordination meeting; it binds: the unit cannot return the case (flag 512).
--  * reassign takes a case from its unit as a dispatch that was wrong: the new unit has nothing of the old one's delay, so its contact
--    and handling clocks begin now; the dispatch clock, which measures the centre, stays where it stopped. Only a unit with a desk
--    of its own gets the case into that desk's triage: then nobody has it yet, and the dispatch clock runs on as after a return.
--  * A supervised case cannot be resolved until the head of its unit has confirmed it (policy supervise.head; flag 131072). The
--    confirmation holds for that unit and that attempt: whoever gets the case next confirms anew.
--  * A letter of reminder is told to the unit, stands on its desk, and is answered by the unit's next progress or result. Flag 262144 while
--    one is not answered.
--  * An instruction is a leader's word about a case, open or not. It stands (flag 16384) until the supervisor settles it. It is for the unit that it
--    names as long as that has part in the case, else for whoever has the case: it goes where the case goes.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.reminder (
	id          bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	no          bigint NOT NULL,
	version     integer NOT NULL,                    -- of the event it was written with; its text is that event's remark
	remark      text NOT NULL,                       -- kind of that remark: letter, or "letter 2" for another of the same version
	unit        text NOT NULL REFERENCES fenbo.unit,
	kind        text NOT NULL CHECK (kind IN ('remind', 'rung')),
	at          timestamptz NOT NULL,
	answered_at timestamptz,                         -- by the unit's next progress or result
	lapsed_at   timestamptz,                         -- or the case left the unit before
	ended_version integer                            -- of the event that did either
);
CREATE INDEX ON fenbo.reminder (no);
CREATE INDEX reminder_unit ON fenbo.reminder (unit) WHERE ended_version IS NULL;

CREATE TABLE fenbo.instruction (
	id          bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	no          bigint NOT NULL,
	version     integer NOT NULL,                    -- text and leader are that event's remarks
	at          timestamptz NOT NULL,
	unit        text REFERENCES fenbo.unit,          -- who was named to follow it; NULL = whoever has the case
	until       timestamptz,
	complied_at timestamptz,
	complied_version integer,
	settled_at  timestamptz,
	settled_version integer,
	alarmed_at  timestamptz                          -- it was overdue, and the supervisors were told
);
CREATE INDEX ON fenbo.instruction (no);
CREATE INDEX instruction_until ON fenbo.instruction (until) WHERE settled_at IS NULL AND complied_at IS NULL AND alarmed_at IS NULL;
CREATE INDEX instruction_stands ON fenbo.instruction (at) WHERE settled_at IS NULL;

-- --- policy and words ----------------------------------------------------------------------------------------------

-- A member of the policy in force, as JSON; NULL without one.
CREATE FUNCTION fenbo._policy_part(path text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT r.policy #> path FROM fenbo.routing_revision r WHERE r.revision = fenbo._revision());
END
$$;

-- What a unit is called in a column; the code of one that is not known.
CREATE FUNCTION fenbo._unit_name(code text) RETURNS text
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN coalesce((SELECT u.name FROM fenbo.unit u WHERE u.code = _unit_name.code), code); END $$;

-- A span as people say it: 3天2小时, 40分钟.
CREATE FUNCTION fenbo._span(seconds bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN seconds >= 86400 THEN seconds / 86400 || '天' || CASE WHEN seconds % 86400 >= 3600 THEN seconds % 86400 / 3600 || '小时' ELSE '' END
		WHEN seconds >= 3600 THEN seconds / 3600 || '小时' || CASE WHEN seconds % 3600 >= 60 THEN seconds % 3600 / 60 || '分钟' ELSE '' END
		ELSE greatest(seconds, 0) / 60 || '分钟' END
$$;

-- The letter as the policy words it (letter.remind, letter.rung), with the facts of the case in the place of {id}, {title}, {unit}, {received},
-- {due}, {clock}, {late}, {chased}, {returned}, {centre}, {today}. What is not such a word stays as it stands. The title as units read it.
CREATE FUNCTION fenbo._letter_text(q fenbo.queue, unit text, kind text, now_ timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	body text := fenbo._policy_text(ARRAY['letter', kind],
		'{unit}：{received}受理的 {id}（{title}）{clock}时限为{due}{late}。请抓紧办理，并及时反馈进展。{centre} {today}');
	late_s bigint := extract(epoch FROM now_ - q.due_at);
	word text;
	fact text;
BEGIN
	FOR word, fact IN SELECT * FROM (VALUES ('id', fenbo.case_show(q.no)), ('title', fenbo._mask_text(q.title)), ('unit', fenbo._unit_name(unit)),
		('received', fenbo._when(q.received_at)), ('due', coalesce(fenbo._when(q.due_at), '限期')),
		('clock', CASE q.clock WHEN 'contact' THEN '联系' WHEN 'handle' THEN '办理' WHEN 'dispatch' THEN '分拨' ELSE '办理' END),
		('late', CASE WHEN late_s > 0 THEN '，现已超期' || fenbo._span(late_s) ELSE '' END), ('chased', q.chased::text), ('returned', q.returned::text),
		('centre', fenbo._get('centre_name')), ('today', to_char(now_ AT TIME ZONE fenbo._zone(), 'YYYY年FMMM月FMDD日'))) f(w, v)
	LOOP
		body := replace(body, '{' || word || '}', coalesce(fact, ''));
	END LOOP;
	RETURN left(body, 20000);
END
$$;

-- The letter that remind would write about a case now, to be looked over first.
CREATE FUNCTION fenbo.letter_draft(no bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('supervisor');
	q fenbo.queue := fenbo._seen(no, w);
BEGIN
	IF q.unit IS NULL THEN
		PERFORM fenbo._fail('impossible', 'unit', 'no unit has the case');
	END IF;
	RETURN fenbo._letter_text(q, q.unit, 'remind', fenbo.now_());
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.letter_draft(bigint) TO fenbo_supervisor;

-- An instant as people here write it.
CREATE FUNCTION fenbo._when(t timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$ SELECT to_char(t AT TIME ZONE fenbo._zone(), 'FMMM月FMDD日HH24:MI') $$;

-- --- letters -------------------------------------------------------------------------------------------------------

-- Write `unit` a letter about the case and tell it. `q` is the row as it will be written, at the version of the event whose args the answer
-- is to be joined to; the caller sets flag 262144 in it. body NULL: drafted. Returns {"letter": id, "unit": code, "text": {"sha256"}}.
CREATE FUNCTION fenbo._letter(c fenbo.call, q fenbo.queue, unit text, kind text, body text DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
	n integer := (SELECT count(*) FROM fenbo.remark m WHERE m.no = q.no AND m.version = q.version AND m.kind LIKE 'letter%');
	called text := CASE n WHEN 0 THEN 'letter' ELSE 'letter ' || n + 1 END;
	sha text := fenbo._remark(q.no, q.version, called, coalesce(body, fenbo._letter_text(q, unit, kind, c.now)));
	id bigint;
BEGIN
	INSERT INTO fenbo.reminder AS l (no, version, remark, unit, kind, at) VALUES (q.no, q.version, called, unit, kind, c.now) RETURNING l.id INTO id;
	PERFORM fenbo._tell(c, q, 'unit:' || unit, 'letter', jsonb_build_object('remark', called, 'letter', id));
	RETURN jsonb_build_object('letter', id, 'unit', unit, 'text', jsonb_build_object('sha256', sha));
END
$$;

-- The lead unit has said how far it is, or what came of it, with the event of q.version: its letters are answered. Returns the row with its flag.
CREATE FUNCTION fenbo._letters_answered(c fenbo.call, q fenbo.queue) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
BEGIN
	IF q.flags & 262144 <> 0 AND ((c.who).role <> 'unit' OR q.unit = ANY ((c.scope).units)) THEN
		UPDATE fenbo.reminder l SET answered_at = c.now, ended_version = q.version WHERE l.no = q.no AND l.ended_version IS NULL;
		q.flags := q.flags & ~262144;
	END IF;
	RETURN q;
END
$$;

-- The case leaves its unit: letters to it lapse, and what its head confirmed with them; what was held for the morning, or stands in its list of
-- alarms, is not for it any more. Undo brings them back by the version, and by the moment.
CREATE FUNCTION fenbo._leave_unit(c fenbo.call, q fenbo.queue) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.reminder l SET lapsed_at = c.now, ended_version = q.version WHERE l.no = q.no AND l.ended_version IS NULL;
	q.flags := q.flags & ~393216;
	PERFORM fenbo._rungs_leave(q.no, c.now);
	RETURN q;
END
$$;

CREATE FUNCTION fenbo._do_remind(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	ev jsonb;
BEGIN
	q.version := o.version + 1;
	q.flags := q.flags | 262144;
	ev := fenbo._letter(c, q, o.unit, 'remind', fenbo._arg(args, 'text', 20000));
	RETURN fenbo._write(c, o, q, 'remind', NULL, ev);
END
$$;

-- --- whose it is ---------------------------------------------------------------------------------------------------

-- The case was returned once more than units may decide among themselves: from now on a supervisor's clock runs.
CREATE FUNCTION fenbo._dispute(c fenbo.call, q fenbo.queue) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
BEGIN
	q.flags := q.flags | 1;
	PERFORM fenbo._clock_start(q.no, 'rule', c.now, fenbo._rule_limit(q.priority), fenbo._clock_calendar('rule'));
	PERFORM fenbo._alarm(q.no, 'dispute', 'notice', 'supervisor', q.desk, NULL, 'disputed', jsonb_build_object('returned', q.returned));
	RETURN q;
END
$$;

-- What a supervisor was called for (a dispute, a case sent up) has had its answer.
CREATE FUNCTION fenbo._answered(o fenbo.queue) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF o.flags & 1 <> 0 THEN PERFORM fenbo._alarm_settle(o.no, 'dispute'); END IF;
	IF o.flags & 256 <> 0 THEN PERFORM fenbo._alarm_settle(o.no, 'escalate'); END IF;
END
$$;

-- Whose a disputed case is: a dispatch that binds, with the record of the meeting and its files.
CREATE FUNCTION fenbo._do_rule(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	n record;
	q fenbo.queue := o;
	ev jsonb;
BEGIN
	IF o.flags & 1 = 0 THEN
		PERFORM fenbo._fail('impossible', 'flags', 'the case is not disputed: dispatch it', o.version);
	END IF;
	n := fenbo._named(o, args, NULL);
	q.version := o.version + 1;
	ev := fenbo._keep(q, 'ruling', fenbo._arg(args, 'text', 20000), jsonb_build_object('returned', o.returned));
	ev := fenbo._keep_files(q, args, ev);
	RETURN fenbo._dispatch(c, o, 'rule', n.lead, n.item, fenbo._assist(args, n.lead), args, ev);
END
$$;

-- From its unit to another. `was` names the old one in the event.
CREATE FUNCTION fenbo._do_reassign(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	clocks jsonb := fenbo._clocks(o.no);
	n record := fenbo._named(o, args, NULL);
	u fenbo.unit := fenbo._unit_or_fail(n.lead, 'unit');
	ev jsonb;
	code text;
BEGIN
	IF n.lead = o.unit THEN
		PERFORM fenbo._fail('impossible', 'unit', 'the case is with this unit already', o.version);
	END IF;
	PERFORM fenbo._judge_reach(c, n.lead);
	q.version := o.version + 1;
	IF o.flags & 2048 <> 0 THEN q := fenbo._run_on(q, least(c.now, o.paused_until)); END IF;
	q := fenbo._leave_unit(c, q);
	q.flags := q.flags & ~512;                       -- what was ruled was ruled about the other
	q.passed := '{}';
	q.unit := u.code; q.item := coalesce(n.item, o.item);
	q.assist := CASE WHEN args ? 'assist' THEN fenbo._assist(args, n.lead) ELSE array_remove(o.assist, n.lead) END;
	FOREACH code IN ARRAY q.assist LOOP
		IF code <> ALL (o.assist) THEN PERFORM fenbo._judge_reach(c, code, 'assist'); END IF;
	END LOOP;
	ev := fenbo._keep_reason(q, 'reassign', args, jsonb_strip_nulls(jsonb_build_object('unit', n.lead, 'was', o.unit, 'item', q.item,
		'assist', nullif(to_jsonb(q.assist), '[]'), 'machine', fenbo._machine_said(o), 'place', nullif(o.place, ''),
		'type', nullif((SELECT a.type FROM fenbo.appeal a WHERE a.no = o.no), ''))));
	IF u.desk AND u.code <> o.desk THEN
		q.desk := u.code; q.unit := NULL; q.stage := 'triage';
		ev := ev || '{"desk": true}';
		PERFORM fenbo._clock_stop(o.no, '{contact,handle}', c.now);
		PERFORM fenbo._clock_go_on(o.no, '{dispatch}');
	ELSE
		q.stage := 'dispatched';
		q := fenbo._plan(o, q);
		PERFORM fenbo._clocks_with_unit(c, q);
		PERFORM fenbo._tell_citizens(c, q, 'dispatched', jsonb_build_object('unit', n.lead));
	END IF;
	q := fenbo._face(q);
	PERFORM fenbo._tell(c, q, 'unit:' || o.unit, 'taken', jsonb_build_object('to', n.lead));
	PERFORM fenbo._tell(c, q, 'unit:' || n.lead, 'dispatch');
	FOREACH code IN ARRAY q.assist LOOP
		PERFORM fenbo._tell(c, q, 'unit:' || code, 'assist', jsonb_build_object('lead', n.lead));
	END LOOP;
	RETURN fenbo._write(c, o, q, 'reassign', clocks, ev);
END
$$;

-- --- supervision ---------------------------------------------------------------------------------------------------

CREATE FUNCTION fenbo._do_supervise(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	ev jsonb := '{}';
BEGIN
	IF o.flags & 2 <> 0 THEN
		PERFORM fenbo._fail('impossible', 'flags', 'the case is under supervision already', o.version);
	END IF;
	q.version := o.version + 1;
	q.flags := q.flags | 2;
	IF args ? 'reason' THEN ev := fenbo._keep_reason(q, 'supervise', args, ev); END IF;
	ev := fenbo._keep(q, 'supervise', fenbo._arg(args, 'text', 20000), ev);
	IF q.unit IS NOT NULL THEN PERFORM fenbo._tell(c, q, 'unit:' || q.unit, 'supervised'); END IF;
	RETURN fenbo._write(c, o, q, 'supervise', NULL, ev);
END
$$;

-- Special supervision (a result rated badly again) ends only with a word about why.
CREATE FUNCTION fenbo._do_lift(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	why text := fenbo._arg(args, 'text', 20000);
BEGIN
	IF o.flags & 8194 = 0 THEN
		PERFORM fenbo._fail('impossible', 'flags', 'the case is not under supervision', o.version);
	ELSIF o.flags & 8192 <> 0 AND why IS NULL THEN
		PERFORM fenbo._fail('missing', 'text', 'say why special supervision ends', o.version);
	END IF;
	q.version := o.version + 1;
	q.flags := q.flags & ~8194;
	IF q.unit IS NOT NULL THEN PERFORM fenbo._tell(c, q, 'unit:' || q.unit, 'lifted'); END IF;
	RETURN fenbo._write(c, o, q, 'lift', NULL, fenbo._keep(q, 'lift', why, '{}'));
END
$$;

-- May the unit report a result? While the case is supervised only with the word of its head.
CREATE FUNCTION fenbo._judge_headed(o fenbo.queue) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF o.flags & 2 <> 0 AND o.flags & 131072 = 0 AND coalesce((fenbo._policy_part('{supervise,head}'))::boolean, true) THEN
		PERFORM fenbo._fail('impossible', 'flags', 'the case is supervised: the head of the unit confirms it first', o.version);
	END IF;
END
$$;

CREATE FUNCTION fenbo._do_confirm_head(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	ev jsonb;
BEGIN
	IF o.flags & 131072 <> 0 THEN
		PERFORM fenbo._fail('impossible', 'flags', 'the head of the unit has confirmed it already', o.version);
	END IF;
	q.version := o.version + 1;
	q.flags := q.flags | 131072;
	ev := fenbo._keep(q, 'head', fenbo._arg(args, 'person', 60), jsonb_build_object('unit', o.unit));
	RETURN fenbo._write(c, o, q, 'confirm-head', NULL, fenbo._keep(q, 'confirm-head', fenbo._arg(args, 'text', 20000), ev));
END
$$;

-- --- instructions --------------------------------------------------------------------------------------------------

CREATE FUNCTION fenbo._instructed(no bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN EXISTS (SELECT FROM fenbo.instruction i WHERE i.no = _instructed.no AND i.settled_at IS NULL); END $$;

-- The row with flag 16384 as the instructions say, one that ended no longer counted. A case that has left the queue has no flags to set; coming
-- back it gets them.
CREATE FUNCTION fenbo._instructed_flag(q fenbo.queue) RETURNS fenbo.queue
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF q.stage NOT IN ('closed', 'merged') THEN
		q.flags := CASE WHEN fenbo._instructed(q.no) THEN q.flags | 16384 ELSE q.flags & ~16384 END;
	END IF;
	RETURN q;
END
$$;

-- Does this unit, or one below it, lead or assist?
CREATE FUNCTION fenbo._has_part(q fenbo.queue, code text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (q.unit || q.assist) && fenbo._subtree(code); END $$;

-- Who is to follow an instruction that named `named` (or nobody) about the case `q`; NULL while nobody has the case.
CREATE FUNCTION fenbo._instruction_for(named text, q fenbo.queue) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE WHEN named IS NULL OR q.unit IS NOT NULL AND NOT fenbo._has_part(q, named) THEN q.unit ELSE named END;
END
$$;

CREATE FUNCTION fenbo._do_instruct(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	at_unit text := fenbo._arg(args, 'unit', 32);
	due timestamptz := fenbo._arg_time(args, 'until', c.now);
	ev jsonb;
	id bigint;
BEGIN
	IF at_unit IS NOT NULL THEN
		PERFORM fenbo._unit_or_fail(at_unit, 'unit');
		PERFORM fenbo._judge_reach(c, at_unit);
		IF o.unit IS NOT NULL AND NOT fenbo._has_part(o, at_unit) THEN
			PERFORM fenbo._fail('invalid', 'unit', format('%s has no part in the case: it could not see what to do', at_unit), o.version);
		END IF;
	END IF;
	q.version := o.version + 1;
	INSERT INTO fenbo.instruction AS i (no, version, at, unit, until) VALUES (o.no, q.version, c.now, at_unit, due) RETURNING i.id INTO id;
	q := fenbo._instructed_flag(q);
	ev := jsonb_strip_nulls(jsonb_build_object('instruction', id, 'unit', at_unit, 'until', due));
	ev := fenbo._keep(q, 'instruction', fenbo._arg(args, 'text', 20000), ev);
	ev := fenbo._keep(q, 'leader', fenbo._arg(args, 'person', 60), ev);
	at_unit := fenbo._instruction_for(at_unit, q);
	IF at_unit IS NOT NULL THEN
		PERFORM fenbo._tell(c, q, 'unit:' || at_unit, 'instruction', jsonb_strip_nulls(jsonb_build_object('remark', 'instruction', 'until', due)));
	END IF;
	RETURN fenbo._write(c, o, q, 'instruct', NULL, ev);
END
$$;

-- The instruction that args name, or the newest that fits, locked with its case; answered ones only when `answered` allows.
CREATE FUNCTION fenbo._instruction_of(c fenbo.call, o fenbo.queue, args jsonb, answered boolean) RETURNS fenbo.instruction
LANGUAGE plpgsql STABLE AS $$
DECLARE
	wanted bigint := CASE WHEN args ? 'instruction' THEN fenbo._arg_id(args, 'instruction') END;
	i fenbo.instruction;
BEGIN
	SELECT * INTO i FROM fenbo.instruction t WHERE t.no = o.no AND (wanted IS NULL OR t.id = wanted) AND t.settled_at IS NULL
		AND ((c.who).role <> 'unit' OR fenbo._instruction_for(t.unit, o) = ANY ((c.scope).units))
		AND (answered OR wanted IS NOT NULL OR t.complied_at IS NULL)
	ORDER BY t.complied_at IS NULL, t.id DESC LIMIT 1;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('impossible', 'instruction', CASE WHEN (c.who).role = 'unit' THEN 'no instruction to your unit stands'
			ELSE 'no instruction stands' END, o.version);
	ELSIF NOT answered AND i.complied_at IS NOT NULL THEN
		PERFORM fenbo._fail('impossible', 'instruction', 'this instruction has been answered', o.version);
	END IF;
	RETURN i;
END
$$;

-- When no overdue one is left without an answer, nor is its alarm.
CREATE FUNCTION fenbo._instruction_calm(of_case bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM fenbo.instruction i WHERE i.no = of_case AND i.alarmed_at IS NOT NULL AND i.complied_at IS NULL AND i.settled_at IS NULL) THEN
		PERFORM fenbo._alarm_settle(of_case, 'instruction');
	END IF;
END
$$;

CREATE FUNCTION fenbo._do_comply(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	i fenbo.instruction := fenbo._instruction_of(c, o, args, false);
	ev jsonb;
BEGIN
	q.version := o.version + 1;
	UPDATE fenbo.instruction t SET complied_at = c.now, complied_version = q.version WHERE t.id = i.id;
	PERFORM fenbo._instruction_calm(o.no);
	ev := fenbo._keep(q, 'comply', fenbo._arg(args, 'text', 20000), jsonb_strip_nulls(jsonb_build_object('instruction', i.id,
		'late', CASE WHEN c.now > i.until THEN true END)));
	ev := fenbo._keep_files(q, args, ev);
	RETURN fenbo._write(c, o, q, 'comply', NULL, ev);
END
$$;

-- The end of an instruction: after its answer, or without one for a reason that is on the record.
CREATE FUNCTION fenbo._do_settle(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	i fenbo.instruction := fenbo._instruction_of(c, o, args, true);
	why text := fenbo._arg(args, 'text', 20000);
BEGIN
	IF i.complied_at IS NULL AND why IS NULL THEN
		PERFORM fenbo._fail('missing', 'text', 'nobody has answered the instruction: say why it ends', o.version);
	END IF;
	q.version := o.version + 1;
	UPDATE fenbo.instruction t SET settled_at = c.now, settled_version = q.version WHERE t.id = i.id;
	PERFORM fenbo._instruction_calm(o.no);
	q := fenbo._instructed_flag(q);
	RETURN fenbo._write(c, o, q, 'settle', NULL, fenbo._keep(q, 'settle', why, jsonb_build_object('instruction', i.id)));
END
$$;

-- Instructions whose time is up without an answer: the supervisors of the case's desk are told, once each. Of the leader's sweep. The case is locked before
-- its instruction, as whoever answers does; one that somebody is working on waits for the next turn.
CREATE FUNCTION fenbo._instructions_due(now_ timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	i fenbo.instruction;
	q fenbo.queue;
	n integer := 0;
BEGIN
	FOR i IN SELECT * FROM fenbo.instruction t WHERE t.until <= now_ AND t.settled_at IS NULL AND t.complied_at IS NULL AND t.alarmed_at IS NULL
		ORDER BY t.until LIMIT most LOOP
		PERFORM FROM fenbo.queue t WHERE t.no = i.no FOR UPDATE SKIP LOCKED;
		IF NOT FOUND THEN
			CONTINUE WHEN EXISTS (SELECT FROM fenbo.queue t WHERE t.no = i.no);
			PERFORM FROM fenbo.appeal t WHERE t.no = i.no AND t.stage IS NOT NULL FOR UPDATE SKIP LOCKED;
			CONTINUE WHEN NOT FOUND;
		END IF;
		UPDATE fenbo.instruction t SET alarmed_at = now_
		WHERE t.id = i.id AND t.settled_at IS NULL AND t.complied_at IS NULL AND t.alarmed_at IS NULL;
		CONTINUE WHEN NOT FOUND;
		q := fenbo._peek(i.no);
		PERFORM fenbo._alarm(i.no, 'instruction', 'alarm', 'supervisor', q.desk, NULL, 'instruction overdue',
			jsonb_strip_nulls(jsonb_build_object('instruction', i.id, 'unit', fenbo._instruction_for(i.unit, q), 'until', i.until)));
		n := n + 1;
	END LOOP;
	RETURN n;
END
$$;

-- --- undo ----------------------------------------------------------------------------------------------------------

-- What an undone event wrote beside the case goes, or stands again (0047).
CREATE FUNCTION fenbo._unwrite_supervise(e fenbo.event) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._alarms_stand(e);
	IF e.action = 'remind' THEN
		DELETE FROM fenbo.reminder l WHERE l.no = e.no AND l.version = e.version AND l.kind = 'remind';
	ELSIF e.action = 'instruct' THEN
		DELETE FROM fenbo.instruction i WHERE i.no = e.no AND i.version = e.version;
		PERFORM fenbo._instruction_calm(e.no);
	ELSIF e.action = 'comply' THEN
		UPDATE fenbo.instruction i SET complied_at = NULL, complied_version = NULL WHERE i.no = e.no AND i.complied_version = e.version;
	ELSIF e.action IN ('return', 'escalate') THEN
		PERFORM fenbo._alarm_settle(e.no, CASE e.action WHEN 'return' THEN 'dispute' ELSE 'escalate' END);
	ELSIF e.action = 'settle' THEN
		UPDATE fenbo.instruction i SET settled_at = NULL, settled_version = NULL WHERE i.no = e.no AND i.settled_version = e.version;
	END IF;
	UPDATE fenbo.reminder l SET answered_at = NULL, lapsed_at = NULL, ended_version = NULL WHERE l.no = e.no AND l.ended_version = e.version;
END
$$;

-- --- what show() says ----------------------------------------------------------------------------------------------

CREATE FUNCTION fenbo._said(no bigint, version integer, kind text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT m.text FROM fenbo.remark m WHERE m.no = _said.no AND m.version = _said.version AND m.kind = _said.kind);
END
$$;

-- The words of a rating, given by itself or during a visit, as far as they are for `role`.
CREATE FUNCTION fenbo._rated_text(no bigint, version integer, role text, confidential boolean) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT fenbo._remark_for(m, role, confidential) FROM fenbo.remark m
		WHERE m.no = _rated_text.no AND m.version = _rated_text.version AND m.kind IN ('rated', 'visit') ORDER BY m.kind LIMIT 1);
END
$$;

CREATE FUNCTION fenbo._letters(no bigint, w fenbo.who, s fenbo.scope) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'unit', l.unit, 'unit_name', fenbo._unit_name(l.unit), 'kind', l.kind,
		'at', l.at, 'answered_at', l.answered_at, 'lapsed_at', l.lapsed_at, 'text', fenbo._said(l.no, l.version, l.remark)) ORDER BY l.id), '[]')
		FROM fenbo.reminder l WHERE l.no = _letters.no AND (w.role <> 'unit' OR l.unit = ANY (s.units)));
END
$$;

-- A unit is told of the instructions that are for it; `unit` is who they are for now.
CREATE FUNCTION fenbo._instructions(q fenbo.queue, w fenbo.who, s fenbo.scope) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'at', i.at, 'unit', f.unit, 'unit_name', fenbo._unit_name(f.unit),
		'until', i.until, 'text', fenbo._said(i.no, i.version, 'instruction'), 'leader', fenbo._said(i.no, i.version, 'leader'),
		'overdue', i.until <= fenbo.now_() AND i.complied_at IS NULL AND i.settled_at IS NULL,
		'complied_at', i.complied_at, 'complied', fenbo._said(i.no, i.complied_version, 'comply'),
		'settled_at', i.settled_at, 'settled', fenbo._said(i.no, i.settled_version, 'settle')) ORDER BY i.id), '[]')
		FROM fenbo.instruction i CROSS JOIN LATERAL (SELECT fenbo._instruction_for(i.unit, q) AS unit) f
		WHERE i.no = q.no AND (w.role <> 'unit' OR f.unit = ANY (s.units)));
END
$$;

-- What fenbo.show says about the supervisor's side of a case.
CREATE FUNCTION fenbo._supervision(q fenbo.queue, w fenbo.who, s fenbo.scope) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN jsonb_build_object('letters', fenbo._letters(q.no, w, s), 'instructions', fenbo._instructions(q, w, s),
		'topics', CASE WHEN w.role = 'unit' THEN '[]'::jsonb ELSE fenbo._topics_of(q.no) END);
END
$$;

-- What a supervisor's queues say beside each case, in one call for a screenful: who sent it back and why; the request that waits; the newest letter
-- and how many wait; the instruction that stands; the newest rating, with its words as far as they are for the caller. Cases out of scope, or gone, have no
-- row; what a case has not is NULL.
CREATE FUNCTION fenbo.queue_facts(nos bigint[]) RETURNS TABLE (no bigint, version integer, returned_by text, return_reason text, ask text, days integer, until timestamptz,
	ask_reason text, letters integer, letter_at timestamptz, instruction text, instruction_until timestamptz, complied boolean, rated integer, rated_text text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin', 'unit');
	s fenbo.scope := fenbo._scope(w);
BEGIN
	RETURN QUERY
	SELECT q.no, q.version, q.returned_by, q.return_reason, r.kind, r.days, r.until, fenbo._said(r.no, r.version, 'reason'),
		l.n, l.at, fenbo._said(i.no, i.version, 'instruction'), i.until, i.complied_at IS NOT NULL, g.effect,
		fenbo._rated_text(g.no, g.version, w.role, q.flags & 4 <> 0)
	FROM fenbo.queue q
	LEFT JOIN LATERAL (SELECT * FROM fenbo.request t WHERE t.no = q.no AND t.decision IS NULL AND NOT t.undone LIMIT 1) r ON q.flags & 1024 <> 0
	LEFT JOIN LATERAL (SELECT count(*)::integer AS n, max(t.at) AS at FROM fenbo.reminder t WHERE t.no = q.no AND t.ended_version IS NULL) l ON q.flags & 262144 <> 0
	LEFT JOIN LATERAL (SELECT * FROM fenbo.instruction t WHERE t.no = q.no AND t.settled_at IS NULL
		AND (w.role <> 'unit' OR fenbo._instruction_for(t.unit, q) = ANY (s.units)) ORDER BY t.complied_at IS NOT NULL, t.until NULLS LAST, t.id DESC LIMIT 1) i ON q.flags & 16384 <> 0
	LEFT JOIN LATERAL (SELECT e.no, e.version, (e.args #>> '{rating,effect}')::integer AS effect FROM fenbo.event e WHERE e.no = q.no
		AND e.action IN ('rate', 'visit') AND e.args ? 'rating' ORDER BY e.id DESC LIMIT 1) g ON q.flags & 12288 <> 0
	WHERE q.no = ANY (nos[1:500]) AND (s.whole OR fenbo._in_scope(s, q));
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.queue_facts(bigint[]) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit;

RESET ROLE;
