-- 0043 actions: merge, unmerge. A merged case keeps its direct parent in appeal.primary_no; the chain of parents ends in one open case,
-- the primary, which answers for all. Whoever does any of this has locked every case of the chain first (fenbo._lock_all), so
-- merges in opposite directions meet in one place: one wins, the other finds its version gone and is told who.
SET ROLE fenbo_owner;

-- The cases above `no` in its chain of merges, nearest first. One question a step: see _merged_into.
CREATE FUNCTION fenbo._chain(no bigint) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	above bigint;
	found_ bigint[] := '{}';
BEGIN
	LOOP
		SELECT a.primary_no INTO above FROM fenbo.appeal a WHERE a.no = coalesce(found_[cardinality(found_)], _chain.no);
		EXIT WHEN above IS NULL OR above = ANY (found_);
		found_ := found_ || above;
	END LOOP;
	RETURN found_;
END
$$;

-- `by` cases more (or fewer) follow each of these; their consoles hear of it.
CREATE FUNCTION fenbo._followers(c fenbo.call, chain bigint[], by integer, action text, follower bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	p fenbo.queue;
	above bigint;
BEGIN
	FOREACH above IN ARRAY chain LOOP
		p := fenbo._case(above);
		p.repeats := p.repeats + by;
		IF p.stage = 'merged' THEN
			UPDATE fenbo.appeal a SET state = jsonb_set(a.state, '{row,repeats}', to_jsonb(p.repeats)) WHERE a.no = above;
		END IF;
		PERFORM fenbo._write_also(c, p, action, jsonb_build_object('case', lpad(follower::text, 13, '0')));
	END LOOP;
END
$$;

-- A part has ended, or is open again: its parent, while open itself, counts the parts still open.
CREATE FUNCTION fenbo._part(c fenbo.call, part fenbo.queue, ended boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	p fenbo.queue;
BEGIN
	IF part.parent_no IS NULL THEN RETURN; END IF;
	p := fenbo._case(part.parent_no);
	IF p.stage IN ('closed', 'merged') THEN RETURN; END IF;
	SELECT count(*) INTO p.parts_open FROM fenbo.queue t WHERE t.parent_no = p.no;
	PERFORM fenbo._write_also(c, p, 'part',
		jsonb_build_object('case', lpad(part.no::text, 13, '0'), 'ended', ended, 'open', p.parts_open));
END
$$;

CREATE FUNCTION fenbo._judge_parts(o fenbo.queue) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF o.parts_open > 0 THEN
		PERFORM fenbo._fail('impossible', 'parts', format('%s of its parts are still open: %s', o.parts_open,
			(SELECT string_agg(fenbo.case_show(t.no), ', ' ORDER BY t.no) FROM fenbo.queue t WHERE t.parent_no = o.no)), o.version);
	END IF;
END
$$;

-- The primary as merge needs it: open, in reach. One that is merged itself is refused with who did that: following it silently would
-- send the case somewhere its dispatcher has not looked.
CREATE FUNCTION fenbo._primary_or_fail(c fenbo.call, o fenbo.queue, target bigint) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
DECLARE
	p fenbo.queue;
	e record;
BEGIN
	IF target = o.no THEN
		PERFORM fenbo._fail('invalid', 'into', 'a case cannot be merged into itself', o.version);
	END IF;
	IF NOT EXISTS (SELECT FROM fenbo.appeal a WHERE a.no = target) THEN
		PERFORM fenbo._fail('not_found', 'into', 'there is no such case, or you may not see it');
	END IF;
	p := fenbo._case(target);
	IF NOT fenbo._in_scope(c.scope, p) IS TRUE THEN
		PERFORM fenbo._fail('not_found', 'into', 'there is no such case, or you may not see it');
	END IF;
	IF p.stage = 'merged' THEN
		SELECT v.actor, v.at INTO e FROM fenbo.event v WHERE v.no = target AND v.action IN ('merge', 'undo') ORDER BY v.id DESC LIMIT 1;
		PERFORM fenbo._fail('conflict', 'into', format('%s was merged into %s by %s', fenbo.case_show(target),
			fenbo.case_show((fenbo._chain(target))[1]), fenbo._person(e.actor)), o.version, e.actor, e.at);
	ELSIF p.stage = 'closed' THEN
		PERFORM fenbo._fail_since(p, 'conflict', 'into', format('%s is closed', fenbo.case_show(target)));
	END IF;
	RETURN p;
END
$$;

-- From here on the clocks of the case stand still and nothing escalates.
CREATE FUNCTION fenbo._leave_merged(q fenbo.queue, target bigint, at timestamptz) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._clock_pause(q.no, at);
	PERFORM fenbo._update_queue(q);
	q := fenbo._leave_queue(q.no, 'merged', NULL);
	UPDATE fenbo.appeal a SET primary_no = target WHERE a.no = q.no;
	RETURN q;
END
$$;

CREATE FUNCTION fenbo._do_merge(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	target bigint := fenbo._arg_case(args, 'into');
	p fenbo.queue;
	q fenbo.queue := o;
	clocks jsonb := fenbo._clocks(o.no);
	ev jsonb;
	d fenbo.done;
BEGIN
	p := fenbo._primary_or_fail(c, o, target);
	PERFORM fenbo._judge_parts(o);
	q.version := o.version + 1;
	q.session := NULL; q.owner := NULL; q.lease_until := NULL;
	ev := jsonb_build_object('into', lpad(target::text, 13, '0'), 'machine', (SELECT jsonb_build_object('score', r.score)
		FROM fenbo.repeat_candidate r WHERE r.no = o.no AND r.other = target));
	IF args ? 'reason' THEN ev := fenbo._keep_reason(q, 'merge', args, ev); END IF;
	q := fenbo._leave_merged(q, target, c.now);
	d := fenbo._write(c, o, q, 'merge', clocks, jsonb_strip_nulls(ev));
	PERFORM fenbo._followers(c, fenbo._chain(o.no), 1 + o.repeats, 'joined', o.no);
	PERFORM fenbo._part(c, o, true);
	RETURN d;
END
$$;

-- Back as it was: row, fields, clocks and ratings as they left the queue, and the time in between as a pause. What was merged into it
-- before comes with it.
CREATE FUNCTION fenbo._return_merged(o fenbo.queue, at timestamptz) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := fenbo._back_to_queue(o.no);
BEGIN
	UPDATE fenbo.appeal a SET primary_no = NULL WHERE a.no = o.no;
	PERFORM fenbo._clock_resume(o.no, at);
	q.version := o.version + 1;
	SELECT count(*) INTO q.parts_open FROM fenbo.queue t WHERE t.parent_no = o.no;
	RETURN fenbo._face(q);
END
$$;

CREATE FUNCTION fenbo._do_unmerge(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	chain bigint[] := fenbo._chain(o.no);
	root fenbo.queue := fenbo._case(chain[cardinality(chain)]);
	q fenbo.queue;
	clocks jsonb;
	ev jsonb := jsonb_build_object('from', lpad(chain[1]::text, 13, '0'));
	d fenbo.done;
BEGIN
	IF root.stage = 'closed' THEN
		PERFORM fenbo._fail_since(root, 'impossible', 'into', format('%s, which it follows, is closed', fenbo.case_show(root.no)));
	END IF;
	SELECT a.state -> 'clocks' INTO clocks FROM fenbo.appeal a WHERE a.no = o.no;
	q := fenbo._return_merged(o, c.now);
	IF args ? 'reason' THEN ev := fenbo._keep_reason(q, 'unmerge', args, ev); END IF;
	d := fenbo._write(c, o, q, 'unmerge', clocks, ev);
	PERFORM fenbo._followers(c, chain, -(1 + o.repeats), 'left', o.no);
	PERFORM fenbo._part(c, q, false);
	RETURN d;
END
$$;

RESET ROLE;
