-- 0046 actions of the unit, and the end of the way: accept, return, resolve, close, reopen.
SET ROLE fenbo_owner;

CREATE FUNCTION fenbo._do_accept(c fenbo.call, o fenbo.queue) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
BEGIN
	q.version := o.version + 1;
	q.stage := 'handling';
	RETURN fenbo._write(c, o, q, 'accept', NULL, '{}');
END
$$;

-- Not theirs: back to the triage of the desk that sent it. The dispatch clock goes on as if it had never stopped, so the time the case lay
-- with the wrong unit counts (DESIGN, section 5). The second return waits for a supervisor's ruling, and a ruling binds. What was passed down
-- the tree goes back to whoever passed it down (0084).
CREATE FUNCTION fenbo._do_return(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	clocks jsonb := fenbo._clocks(o.no);
	theirs text := fenbo._arg(args, 'unit', 32);
	back record := fenbo._way_back(c, o);
	ev jsonb;
BEGIN
	IF cardinality(back.way) > 0 THEN                -- it came from above, not from the centre
		RETURN fenbo._hand_back(c, o, back.way, back.from_unit, args);
	END IF;
	IF o.flags & 512 <> 0 THEN
		PERFORM fenbo._fail('impossible', 'flags', 'a supervisor has ruled that it is yours', o.version);
	END IF;
	IF theirs IS NOT NULL THEN PERFORM fenbo._unit_or_fail(theirs, 'unit'); END IF;
	q.version := o.version + 1;
	IF o.flags & 2048 <> 0 THEN q := fenbo._run_on(q, least(c.now, o.paused_until)); END IF;
	q.stage := 'triage'; q.unit := NULL; q.assist := '{}'; q.passed := '{}';
	q.returned := o.returned + 1; q.returned_by := back.from_unit; q.return_reason := fenbo._reason_text('return', args);
	IF q.returned >= fenbo._policy_int('{returns,ruling_after}', 2) THEN
		q := fenbo._dispute(c, q);
	END IF;
	q := fenbo._leave_unit(c, q);
	PERFORM fenbo._clock_stop(o.no, '{contact,handle}', c.now);
	PERFORM fenbo._clock_go_on(o.no, '{dispatch}');
	q := fenbo._face(q);
	ev := fenbo._keep_reason(q, 'return', args, jsonb_strip_nulls(jsonb_build_object('by', back.from_unit, 'unit', theirs)));
	RETURN fenbo._write(c, o, q, 'return', clocks, ev);
END
$$;

-- The result. A unit whose step it was hands on to the next; the last one's is that of the whole. What a machine reported has nobody who
-- rates it, and is done.
CREATE FUNCTION fenbo._do_resolve(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	clocks jsonb := fenbo._clocks(o.no);
	ev jsonb;
BEGIN
	PERFORM fenbo._judge_headed(o);
	q.version := o.version + 1;
	q := fenbo._letters_answered(c, q);
	IF o.flags & 65536 <> 0 AND o.step >= cardinality(o.steps) AND cardinality(fenbo._citizens_of(o)) = 0 THEN
		ev := fenbo._keep_files(q, args, fenbo._keep(q, 'result', fenbo._arg(args, 'text', 20000), '{}'));
		PERFORM fenbo._tell_citizens(c, q, 'result', jsonb_build_object('remark', 'result'));
		RETURN fenbo._finish(c, o, q, 'resolve', 'solved', ev);
	END IF;
	IF o.flags & 2048 <> 0 THEN q := fenbo._run_on(q, least(c.now, o.paused_until)); END IF;
	IF o.step < cardinality(o.steps) THEN
		RETURN fenbo._next_step(c, o, q, clocks, args);
	END IF;
	q.stage := 'resolved';
	PERFORM fenbo._clock_stop(o.no, '{contact,handle}', c.now);
	PERFORM fenbo._clock_start(o.no, 'rate', c.now, fenbo._rate_limit(q.priority), fenbo._clock_calendar('rate'));
	q := fenbo._face(q);
	ev := fenbo._keep_files(q, args, fenbo._keep(q, 'result', fenbo._arg(args, 'text', 20000), '{}'));
	PERFORM fenbo._tell_citizens(c, q, 'result', jsonb_build_object('remark', 'result'));
	PERFORM fenbo._ask_rating(c, q);
	RETURN fenbo._write(c, o, q, 'resolve', clocks, ev);
END
$$;

CREATE FUNCTION fenbo._do_close(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
BEGIN
	PERFORM fenbo._judge_silence(o);
	q.version := o.version + 1;
	PERFORM fenbo._tell_citizens(c, q, 'closed');
	RETURN fenbo._finish(c, o, q, 'close', 'solved', fenbo._keep(q, 'close', fenbo._arg(args, 'text', 20000), '{}'));
END
$$;

-- Closed but not solved, or the same again: to the triage of its desk, with a dispatch limit that begins now and its old place in the
-- order, which is near the top. `relapse` marks those that had been taken for solved.
CREATE FUNCTION fenbo._do_reopen(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue;
	a record;
	ev jsonb;
	d fenbo.done;
BEGIN
	SELECT t.outcome, t.state -> 'clocks' AS clocks, t.state #>> '{row,stage}' AS left INTO a FROM fenbo.appeal t WHERE t.no = o.no;
	q := fenbo._back_to_queue(o.no);
	q.version := o.version + 1;
	q.stage := 'triage'; q.unit := NULL; q.assist := '{}'; q.passed := '{}'; q.step := 0; q.steps := '{}';
	q.session := NULL; q.owner := NULL; q.lease_until := NULL;
	q.flags := q.flags & ~(131072 | 512);            -- the head's word and the ruling were about what has ended
	IF a.outcome IN ('solved', 'unrated') THEN
		q.flags := q.flags | 128;
	END IF;
	SELECT count(*) INTO q.parts_open FROM fenbo.queue t WHERE t.parent_no = o.no;
	PERFORM fenbo._clock_start(o.no, 'dispatch', c.now, fenbo._dispatch_limit(q.priority), fenbo._clock_calendar('dispatch'));
	q := fenbo._face(q);
	ev := fenbo._keep_reason(q, 'reopen', args, jsonb_strip_nulls(jsonb_build_object('outcome', a.outcome, 'unit', o.unit, 'left', a.left)));
	d := fenbo._write(c, o, q, 'reopen', a.clocks, ev);
	PERFORM fenbo._part(c, q, false);
	RETURN d;
END
$$;

RESET ROLE;
