-- 0047 action: undo. A compensating event, never an erasure: the row goes back to what the undone event says it was, one version on.
-- Somebody's last action is found by event_doer; it must still be the newest standing one of its case, and no message of it may
-- have left the outbox.
SET ROLE fenbo_owner;

-- The newest action on a case that stands: not undone, and not itself an undo. Sweeps, recommendations and consequences of
-- actions on other cases have no `before` and are not actions.
CREATE FUNCTION fenbo._standing(no bigint) RETURNS fenbo.event
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT e FROM fenbo.event e
	WHERE e.no = _standing.no AND e.before IS NOT NULL AND e.action <> 'undo'
		AND NOT EXISTS (SELECT FROM fenbo.event u
			WHERE u.no = e.no AND u.id > e.id AND u.action = 'undo' AND (u.args ->> 'undoes')::bigint = e.id)
	ORDER BY e.id DESC LIMIT 1);
END
$$;

-- The cases of somebody's last action of the past day: one, or all of a bulk action.
CREATE FUNCTION fenbo._last_cases(c fenbo.call) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	e record;
BEGIN
	SELECT v.no, v.tx, v.batch INTO e FROM fenbo.event v
	WHERE v.actor = (c.who).account AND v.before IS NOT NULL AND v.action <> 'undo' AND v.at > c.now - interval '1 day'
		AND NOT EXISTS (SELECT FROM fenbo.event u
			WHERE u.no = v.no AND u.id > v.id AND u.action = 'undo' AND (u.args ->> 'undoes')::bigint = v.id)
	ORDER BY v.id DESC LIMIT 1;
	IF NOT FOUND THEN RETURN '{}'; END IF;
	IF e.batch IS NULL THEN RETURN ARRAY[e.no]; END IF;
	RETURN ARRAY(SELECT DISTINCT v.no FROM fenbo.event v
		WHERE v.tx = e.tx AND v.batch = e.batch AND v.before IS NOT NULL AND v.action <> 'undo' ORDER BY v.no);
END
$$;

-- May the caller take back `e`? Locks and calls back its messages if so. A message has left the outbox when its hold is over, whether or not
-- its carrier has come for it: what can be taken back must not depend on how busy the carrier is.
CREATE FUNCTION fenbo._judge_undo(c fenbo.call, o fenbo.queue, e fenbo.event) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	m record;
BEGIN
	IF e.id IS NULL OR e.actor <> (c.who).account THEN
		IF NOT fenbo._in_scope(c.scope, o) IS TRUE THEN
			PERFORM fenbo._fail('not_found', 'id', 'there is no such case, or you may not see it');
		ELSIF e.id IS NULL THEN
			PERFORM fenbo._fail('impossible', 'id', 'nothing was done to the case that could be undone', o.version);
		END IF;
		PERFORM fenbo._fail('conflict', 'id', format('%s by %s came since', e.action, fenbo._person(e.actor, e.person)), o.version, e.actor, e.at);
	END IF;
	-- A rung has done more than tell, or a pause has ended by itself: the case, or its clocks, are not what the action left.
	SELECT v.action, v.at INTO m FROM fenbo.event v WHERE v.no = e.no AND v.id > e.id AND v.before IS NULL
		AND (v.action = 'rung' AND v.args ->> 'what' NOT IN ('notice', 'alarm') OR v.action = 'resume' AND v.args ? 'clocks' AND e.before ? 'clocks')
		ORDER BY v.id LIMIT 1;
	IF m.at IS NOT NULL THEN
		PERFORM fenbo._fail('conflict', 'id', format('%s by %s came since', m.action, 'system'), o.version, 'system', m.at);
	END IF;
	FOR m IN SELECT t.id, t.target, t.state, t.hold_until FROM fenbo.outbox t WHERE t.no = e.no AND t.version = e.version AND t.kind NOT IN ('rung', 'danger')
		AND t.state <> 'cancelled'
		ORDER BY t.id FOR UPDATE LOOP
		IF m.state <> 'waiting' OR m.hold_until <= c.now THEN    -- taken while we waited for the case, or as good as taken
			PERFORM fenbo._fail('conflict', 'id', format('word of it has gone out to %s', m.target), o.version, e.actor, m.hold_until);
		END IF;
	END LOOP;
	UPDATE fenbo.outbox t SET state = 'cancelled', cancelled_at = c.now, settled_at = c.now, answer = 'undone'
	WHERE t.no = e.no AND t.version = e.version AND t.kind NOT IN ('rung', 'danger') AND t.state = 'waiting';
END
$$;

-- The parts of a split go again, if nobody has touched them.
CREATE FUNCTION fenbo._unmake_parts(c fenbo.call, e fenbo.event) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	part bigint;
	q fenbo.queue;
	clocks jsonb;
	s fenbo.event;
BEGIN
	FOR part IN SELECT p::bigint FROM jsonb_array_elements_text(e.args -> 'parts') p ORDER BY 1 LOOP
		q := fenbo._case(part);
		s := fenbo._standing(part);
		IF s.id IS NOT NULL THEN
			PERFORM fenbo._fail('conflict', 'parts', format('%s: %s by %s came since', fenbo.case_show(part), s.action,
				fenbo._person(s.actor, s.person)), NULL, s.actor, s.at);
		ELSIF q.stage <> 'triage' THEN
			PERFORM fenbo._fail_since(q, 'conflict', 'parts', format('%s is %s', fenbo.case_show(part), q.stage));
		END IF;
		q.version := q.version + 1;
		clocks := fenbo._clocks(part);
		PERFORM fenbo._clock_stop(part, '{dispatch}', c.now);
		PERFORM fenbo._update_queue(q);
		q := fenbo._leave_queue(part, 'closed', 'withdrawn');
		q.version := q.version - 1;
		PERFORM fenbo._write_also(c, q, 'unsplit', jsonb_build_object('parent', lpad(e.no::text, 13, '0')) || fenbo._clock_args(q, clocks));
	END LOOP;
END
$$;

-- What people wrote with the undone action no longer counts as their note, answer or reason; the form goes back.
CREATE FUNCTION fenbo._unwrite(q fenbo.queue, e fenbo.event) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
DECLARE
	form jsonb;
BEGIN
	IF e.action = 'edit' THEN
		SELECT nullif(r.text, '')::jsonb INTO form FROM fenbo.remark r
		WHERE r.no = e.no AND r.version = e.version AND r.kind = '.form';
		IF form IS NULL THEN
			PERFORM fenbo._fail('impossible', 'fields', 'the citizen''s data were erased', q.version);
		END IF;
		PERFORM fenbo._form_put(e.no, form - ARRAY['confidential', 'reply_wanted']);
		q := fenbo._form_shown(q, form);
	ELSIF e.action IN ('return', 'handback') THEN
		q.return_reason := CASE WHEN q.returned_by IS NOT NULL THEN (SELECT r.text FROM fenbo.remark r
			WHERE r.no = e.no AND r.version < e.version AND r.kind = 'reason' AND EXISTS (SELECT FROM fenbo.event v
				WHERE v.no = r.no AND v.version = r.version AND v.action IN ('return', 'handback'))
			ORDER BY r.version DESC LIMIT 1) END;
	END IF;
	PERFORM fenbo._undo_unit_work(e);
	PERFORM fenbo._undo_requests(e);
	PERFORM fenbo._unwrite_supervise(e);
	PERFORM fenbo._undo_ratings(e, fenbo.now_());
	UPDATE fenbo.remark r SET kind = regexp_replace(r.kind, '^(\.?)', '\1undone ') WHERE r.no = e.no AND r.version = e.version;
	RETURN q;
END
$$;

-- The lease of before, for whoever still has the session it was held in.
CREATE FUNCTION fenbo._lease_again(c fenbo.call, q fenbo.queue) RETURNS fenbo.queue
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF q.session IS NULL OR q.session IS DISTINCT FROM (c.who).session THEN
		q.session := NULL; q.owner := NULL; q.lease_until := NULL;
	ELSE
		q.lease_until := c.now + fenbo._lease();
	END IF;
	RETURN q;
END
$$;

-- A case that had left comes back: out of a merge, or from its end.
CREATE FUNCTION fenbo._undo_leaving(c fenbo.call, o fenbo.queue, e fenbo.event) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue;
	root fenbo.queue;
	chain bigint[] := fenbo._chain(o.no);
BEGIN
	IF o.stage = 'merged' THEN
		root := fenbo._case(chain[cardinality(chain)]);
		IF root.stage = 'closed' THEN
			PERFORM fenbo._fail_since(root, 'conflict', 'into', format('%s, which it follows, is closed', fenbo.case_show(root.no)));
		END IF;
	END IF;
	q := fenbo._back_to_queue(o.no);
	q := jsonb_populate_record(q, e.before -> 'row');
	q.version := o.version + 1;
	q.repeats := o.repeats;
	SELECT count(*) INTO q.parts_open FROM fenbo.queue t WHERE t.parent_no = o.no;
	IF o.stage = 'merged' THEN
		UPDATE fenbo.appeal a SET primary_no = NULL WHERE a.no = o.no;
		PERFORM fenbo._followers(c, chain, -(1 + o.repeats), 'left', o.no);
	END IF;
	RETURN q;
END
$$;

-- The case that `o` followed until the unmerge `e`, fit to be followed again: open as a primary must be, or itself merged in a chain
-- that ends in an open case and in which nobody has merged anything since.
CREATE FUNCTION fenbo._judge_following(c fenbo.call, o fenbo.queue, e fenbo.event, target bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	p fenbo.queue := fenbo._case(target);
	above bigint;
	s fenbo.event;
BEGIN
	IF p.stage <> 'merged' THEN
		PERFORM fenbo._primary_or_fail(c, o, target);
		RETURN;
	ELSIF NOT fenbo._in_scope(c.scope, p) IS TRUE THEN
		PERFORM fenbo._fail('not_found', 'into', 'there is no such case, or you may not see it');
	END IF;
	FOREACH above IN ARRAY target || fenbo._chain(target) LOOP
		p := fenbo._case(above);
		IF p.stage <> 'merged' THEN EXIT; END IF;
		SELECT v.* INTO s FROM fenbo.event v WHERE v.no = above AND v.id > e.id
			AND (v.action = 'merge' AND NOT EXISTS (SELECT FROM fenbo.event u WHERE u.no = v.no AND u.id > v.id AND u.action = 'undo'
					AND (u.args ->> 'undoes')::bigint = v.id)
				OR v.action = 'undo' AND v.args ->> 'action' = 'unmerge' AND (v.args ->> 'undoes')::bigint < e.id)
		ORDER BY v.id DESC LIMIT 1;
		IF FOUND THEN
			PERFORM fenbo._fail('conflict', 'into', format('%s was merged into %s by %s since', fenbo.case_show(above),
				fenbo.case_show((fenbo._chain(above))[1]), fenbo._person(s.actor, s.person)), o.version, s.actor, s.at);
		END IF;
	END LOOP;
	IF p.stage = 'closed' THEN
		PERFORM fenbo._fail_since(p, 'conflict', 'into', format('%s, which it followed, is closed', fenbo.case_show(p.no)));
	END IF;
END
$$;

-- A case that had come back goes again: into the merge it was taken out of, or to its end. `q` is one version on.
CREATE FUNCTION fenbo._undo_coming_back(c fenbo.call, o fenbo.queue, e fenbo.event) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue;
	stage fenbo.stage := e.before #>> '{row,stage}';
	target bigint;
BEGIN
	PERFORM fenbo._judge_parts(o);
	q := jsonb_populate_record(o, (e.before -> 'row') - 'repeats');
	q.version := o.version + 1;
	q.stage := coalesce(e.args ->> 'left', 'triage');
	PERFORM fenbo._clocks_put(o.no, e.before -> 'clocks');
	IF stage = 'merged' THEN
		target := (e.args ->> 'from')::bigint;
		PERFORM fenbo._judge_following(c, o, e, target);
		PERFORM fenbo._update_queue(q);
		q := fenbo._leave_queue(o.no, stage, NULL);
		UPDATE fenbo.appeal a SET primary_no = target WHERE a.no = o.no;
		PERFORM fenbo._followers(c, fenbo._chain(o.no), 1 + o.repeats, 'joined', o.no);
	ELSE
		PERFORM fenbo._update_queue(q);
		q := fenbo._leave_queue(o.no, stage, e.args ->> 'outcome');
	END IF;
	RETURN q;
END
$$;

-- Take back what the caller did last to the case `o`, which is locked with everything that hangs on it.
CREATE FUNCTION fenbo._do_undo(c fenbo.call, o fenbo.queue) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	e fenbo.event := fenbo._standing(o.no);
	q fenbo.queue;
	clocks jsonb;
	was_open boolean := o.stage NOT IN ('closed', 'merged');
	d fenbo.done;
BEGIN
	PERFORM fenbo._judge_undo(c, o, e);
	IF was_open AND e.before ? 'clocks' THEN clocks := fenbo._clocks(o.no); END IF;
	IF NOT was_open AND e.before #> '{row,stage}' IS NOT NULL THEN
		q := fenbo._undo_leaving(c, o, e);
	ELSIF was_open AND e.before #>> '{row,stage}' IN ('closed', 'merged') THEN
		q := fenbo._undo_coming_back(c, o, e);
	ELSE
		IF e.action = 'split' THEN PERFORM fenbo._unmake_parts(c, e); END IF;
		q := jsonb_populate_record(o, e.before -> 'row');
		q.version := o.version + 1;
		IF was_open THEN
			SELECT count(*) INTO q.parts_open FROM fenbo.queue t WHERE t.parent_no = o.no;
		END IF;
	END IF;
	IF o.flags & 32768 <> 0 AND EXISTS (SELECT FROM fenbo.event v WHERE v.no = e.no AND v.id > e.id AND v.action = 'breach') THEN
		q.flags := q.flags | 32768;                  -- late is late, whatever is taken back
	END IF;
	q := fenbo._unwrite(q, e);
	IF q.stage NOT IN ('closed', 'merged') THEN
		IF e.before ? 'clocks' THEN PERFORM fenbo._clocks_put(o.no, e.before -> 'clocks'); END IF;
		q := fenbo._lease_again(c, fenbo._face(q));
	END IF;
	d := fenbo._write(c, o, q, 'undo', clocks,
		jsonb_build_object('undoes', e.id, 'action', e.action, 'version', e.version)
			|| CASE WHEN e.before ? 'clocks' THEN jsonb_build_object('revision', fenbo._revision()) ELSE '{}' END);
	IF was_open <> (q.stage NOT IN ('closed', 'merged')) THEN
		PERFORM fenbo._part(c, q, was_open);
	END IF;
	RETURN d;
END
$$;

RESET ROLE;
