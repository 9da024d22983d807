-- 0048 act: the one door. fenbo.act for people, fenbo.act_for for programs that hold a key, fenbo.preview to see before doing.
-- A refusal is a row of the answer, not an error of the call: error (a code of core/base/err.h), message, field, and for what
-- somebody else did: version, by, at.
SET ROLE fenbo_owner;

CREATE FUNCTION fenbo._refused(id bigint, detail text, message text) RETURNS fenbo.act_row
LANGUAGE sql IMMUTABLE AS $$
	SELECT ROW (id, false, (d ->> 'version')::integer, NULL, NULL, d ->> 'error', message, d ->> 'field', d ->> 'by',
		(d ->> 'at')::timestamptz)::fenbo.act_row
	FROM (SELECT detail::jsonb AS d) x
$$;

-- Every case that an action on `ids` may touch, beside themselves: the primary and the chain of a merge, the parent of a
-- part, the parts of a split that is undone.
CREATE FUNCTION fenbo._related(action text, ids bigint[], args jsonb) RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	touched bigint[] := ids;
BEGIN
	IF action = 'merge' AND replace(args ->> 'into', '-', '') ~ '^\s*\d{13}\s*$' THEN        -- judged later, row by row
		touched := touched || replace(args ->> 'into', '-', '')::bigint;
	END IF;
	IF action IN ('merge', 'unmerge', 'chase', 'rate', 'undo') THEN
		touched := touched || ARRAY(SELECT unnest(fenbo._chain(i)) FROM unnest(touched) i);
	END IF;
	IF action = 'undo' THEN
		touched := touched || ARRAY(
			SELECT p::bigint FROM unnest(ids) i CROSS JOIN LATERAL fenbo._standing(i) s,
				jsonb_array_elements_text(CASE WHEN s.action = 'split' THEN s.args -> 'parts' END) p
			UNION ALL
			SELECT unnest((s.args ->> 'from')::bigint || fenbo._chain((s.args ->> 'from')::bigint))
			FROM unnest(ids) i CROSS JOIN LATERAL fenbo._standing(i) s WHERE s.action = 'unmerge');
	END IF;
	IF action IN ('answer', 'end', 'resolve', 'close', 'reopen', 'merge', 'unmerge', 'rate', 'visit', 'undo') THEN
		touched := touched || ARRAY(SELECT a.parent_no FROM fenbo.appeal a WHERE a.no = ANY (touched) AND a.parent_no IS NOT NULL);
	END IF;
	RETURN ARRAY(SELECT DISTINCT t FROM unnest(touched) t WHERE t IS NOT NULL);
END
$$;

-- Lock all of it in the one order, so that no two calls ever wait for each other in a circle. What hangs on what, or where a case is, may change
-- while we wait: then let go of everything (the subtransaction is for that) and begin again, because to add a lock now would be out of order. False
-- when the caller's own transaction closes a circle.
CREATE FUNCTION fenbo._lock_all(action text, ids bigint[], args jsonb) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	wanted bigint[] := ids;
	more bigint[] := '{}';
BEGIN
	IF action IN ('merge', 'unmerge', 'chase', 'rate', 'visit', 'undo', 'answer', 'end', 'resolve', 'close', 'reopen') THEN
		wanted := fenbo._related(action, ids, args);
	ELSIF cardinality(ids) < 2 THEN
		RETURN true;                                 -- one row, locked by _case
	END IF;
	LOOP
		BEGIN
			IF fenbo._lock_cases(wanted) THEN
				more := fenbo._related(action, ids, args);
				IF more <@ wanted THEN RETURN true; END IF;
			END IF;
			RAISE EXCEPTION USING ERRCODE = 'FB002', MESSAGE = 'look again';
		EXCEPTION
		WHEN SQLSTATE 'FB002' THEN
			wanted := ARRAY(SELECT DISTINCT n FROM unnest(wanted || more) n);
		WHEN deadlock_detected OR lock_not_available THEN
			RETURN false;
		END;
	END LOOP;
END
$$;

-- One action on one case, judged and done. Raises to refuse.
CREATE FUNCTION fenbo._act_one(c fenbo.call, a fenbo.action, no bigint, version integer, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	o fenbo.queue := fenbo._case(no);
	chain bigint[];
	d fenbo.done;
BEGIN
	IF a.name = 'undo' THEN
		IF version > 0 AND version <> o.version THEN     -- a unit that sent a case back can no longer see its version
			PERFORM fenbo._fail_since(o, 'stale', 'version', 'the case has moved on');
		END IF;
		RETURN fenbo._do_undo(c, o);
	END IF;
	IF a.name = 'rate' AND fenbo._in_scope(c.scope, o) IS TRUE THEN
		chain := no || fenbo._chain(no);
		d := fenbo._rated_before(c, fenbo._case(chain[cardinality(chain)]), no, args);
		IF d.event IS NOT NULL THEN RETURN d; END IF;
	END IF;
	PERFORM fenbo._judge(c, a, o, version);
	CASE a.name
	WHEN 'claim' THEN RETURN fenbo._do_claim(c, o);
	WHEN 'release' THEN RETURN fenbo._do_release(c, o);
	WHEN 'confirm' THEN RETURN fenbo._do_confirm(c, o, args);
	WHEN 'override' THEN RETURN fenbo._do_override(c, o, args);
	WHEN 'parallel' THEN RETURN fenbo._do_parallel(c, o, args);
	WHEN 'merge' THEN RETURN fenbo._do_merge(c, o, args);
	WHEN 'unmerge' THEN RETURN fenbo._do_unmerge(c, o, args);
	WHEN 'split' THEN RETURN fenbo._do_split(c, o, args);
	WHEN 'answer' THEN RETURN fenbo._do_answer(c, o, args);
	WHEN 'edit' THEN RETURN fenbo._do_edit(c, o, args);
	WHEN 'priority' THEN RETURN fenbo._do_priority(c, o, args);
	WHEN 'note' THEN RETURN fenbo._do_note(c, o, args);
	WHEN 'escalate' THEN RETURN fenbo._do_escalate(c, o, args);
	WHEN 'end' THEN RETURN fenbo._do_end(c, o, args);
	WHEN 'chase' THEN
		IF o.stage = 'merged' THEN
			chain := fenbo._chain(no);
			o := fenbo._case(chain[cardinality(chain)]);
		END IF;
		RETURN fenbo._do_chase(c, o, no, args);
	WHEN 'accept' THEN RETURN fenbo._do_accept(c, o);
	WHEN 'return' THEN RETURN fenbo._do_return(c, o, args);
	WHEN 'resolve' THEN RETURN fenbo._do_resolve(c, o, args);
	WHEN 'close' THEN RETURN fenbo._do_close(c, o, args);
	WHEN 'reopen' THEN RETURN fenbo._do_reopen(c, o, args);
	WHEN 'attach' THEN RETURN fenbo._do_attach(c, o, args);
	WHEN 'contact' THEN RETURN fenbo._do_contact(c, o, args);
	WHEN 'progress' THEN RETURN fenbo._do_progress(c, o, args);
	WHEN 'pause' THEN RETURN fenbo._do_pause(c, o, args);
	WHEN 'resume' THEN RETURN fenbo._do_resume(c, o, args);
	WHEN 'extend' THEN RETURN fenbo._do_extend(c, o, args);
	WHEN 'approve' THEN RETURN fenbo._do_approve(c, o, args);
	WHEN 'subdispatch' THEN RETURN fenbo._do_subdispatch(c, o, args);
	WHEN 'rule' THEN RETURN fenbo._do_rule(c, o, args);
	WHEN 'reassign' THEN RETURN fenbo._do_reassign(c, o, args);
	WHEN 'supervise' THEN RETURN fenbo._do_supervise(c, o, args);
	WHEN 'lift' THEN RETURN fenbo._do_lift(c, o, args);
	WHEN 'remind' THEN RETURN fenbo._do_remind(c, o, args);
	WHEN 'instruct' THEN RETURN fenbo._do_instruct(c, o, args);
	WHEN 'comply' THEN RETURN fenbo._do_comply(c, o, args);
	WHEN 'settle' THEN RETURN fenbo._do_settle(c, o, args);
	WHEN 'confirm-head' THEN RETURN fenbo._do_confirm_head(c, o, args);
	WHEN 'rate' THEN                                     -- of a merged case: its primary's result
		RETURN fenbo._do_rate(c, fenbo._case(chain[cardinality(chain)]), no, args);
	WHEN 'visit' THEN RETURN fenbo._do_visit(c, o, args);
	END CASE;
END
$$;

-- The same in a subtransaction: a refusal costs only its row.
CREATE FUNCTION fenbo._try_one(c fenbo.call, a fenbo.action, no bigint, version integer, args jsonb) RETURNS fenbo.act_row
LANGUAGE plpgsql AS $$
DECLARE
	d fenbo.done;
	detail text;
	q fenbo.queue;
	chain bigint[];
BEGIN
	d := fenbo._act_one(c, a, no, version, args);
	IF a.name = 'chase' THEN
		q := fenbo._peek(no);
		IF q.stage = 'merged' THEN                       -- the primary was pressed; what is answered is about the case that was named
			chain := fenbo._chain(no);
			RETURN ROW (no, true, q.version, q.stage, d.event, NULL, format('%s, which it follows, was chased',
				fenbo.case_show(chain[cardinality(chain)])), NULL, NULL, NULL)::fenbo.act_row;
		END IF;
	END IF;
	RETURN ROW (no, true, d.version, d.stage, d.event, NULL, NULL, NULL, NULL, NULL)::fenbo.act_row;
EXCEPTION
WHEN SQLSTATE 'FB000' THEN
	GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
	RETURN fenbo._refused(no, detail, SQLERRM);
WHEN data_exception THEN
	RETURN ROW (no, false, NULL, NULL, NULL, 'invalid', SQLERRM, 'args', NULL, NULL)::fenbo.act_row;
WHEN deadlock_detected OR lock_not_available THEN
	RETURN ROW (no, false, NULL, NULL, NULL, 'conflict', 'somebody is at work on it: try again', 'id', NULL, NULL)::fenbo.act_row;
END
$$;

-- What is wrong with the call before any case is looked at; NULL when nothing is.
CREATE FUNCTION fenbo._judge_call(w fenbo.who, a fenbo.action, args jsonb, OUT error text, OUT field text, OUT message text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	need text;
BEGIN
	IF w.role <> ALL (a.roles) AND 'owner' <> ALL (w.rights) THEN
		error := 'forbidden'; field := 'action'; message := format('a %s may not %s', w.role, a.name);
		RETURN;
	END IF;
	FOREACH need IN ARRAY a.needs LOOP
		IF coalesce(args -> need, 'null') IN ('null', '""', '[]', '{}') OR btrim(args ->> need, E' \t\n　') = '' THEN
			error := 'missing'; field := need; message := format('%s needs %s', a.name, need);
			RETURN;
		END IF;
	END LOOP;
END
$$;

CREATE FUNCTION fenbo._act_rows(c fenbo.call, a fenbo.action, ids bigint[], versions integer[], args jsonb) RETURNS fenbo.act_row[]
LANGUAGE plpgsql AS $$
DECLARE
	rows fenbo.act_row[] := '{}';
BEGIN
	FOR i IN 1 .. cardinality(ids) LOOP
		rows := rows || fenbo._try_one(c, a, ids[i], versions[i], args);
	END LOOP;
	RETURN rows;
END
$$;

-- All or nothing: if any row is refused, none is done, and the answer says which were the reason.
CREATE FUNCTION fenbo._act_whole(c fenbo.call, a fenbo.action, ids bigint[], versions integer[], args jsonb) RETURNS fenbo.act_row[]
LANGUAGE plpgsql AS $$
DECLARE
	rows fenbo.act_row[];
	bad integer;
BEGIN
	BEGIN
		rows := fenbo._act_rows(c, a, ids, versions, args);
		SELECT count(*) INTO bad FROM unnest(rows) r WHERE NOT r.ok;
		IF bad > 0 THEN
			RAISE EXCEPTION USING ERRCODE = 'FB001', MESSAGE = 'take it all back';
		END IF;
	EXCEPTION WHEN SQLSTATE 'FB001' THEN
		FOR i IN 1 .. cardinality(rows) LOOP
			IF (rows[i]).ok THEN
				rows[i] := ROW (ids[i], false, NULL, NULL, NULL, 'conflict',
					format('nothing was done: %s of %s were refused', bad, cardinality(ids)), 'atomic', NULL, NULL)::fenbo.act_row;
			END IF;
		END LOOP;
	END;
	RETURN rows;
END
$$;

CREATE FUNCTION fenbo._act(w fenbo.who, action text, ids bigint[], versions integer[], args jsonb, atomic boolean) RETURNS SETOF fenbo.act_row
LANGUAGE plpgsql AS $$
DECLARE
	a fenbo.action;
	c fenbo.call;
	bad record;
BEGIN
	SELECT * INTO a FROM fenbo.action t WHERE t.name = _act.action;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('usage', 'action', format('there is no action %s', coalesce(action, '')));
	END IF;
	args := coalesce(args, '{}'); ids := coalesce(ids, '{}'); versions := coalesce(versions, array_fill(NULL::integer, ARRAY[cardinality(ids)]));
	IF cardinality(ids) > 1000 THEN
		PERFORM fenbo._fail('too_large', 'ids', 'more than 1000 cases in one action');
	ELSIF cardinality(versions) <> cardinality(ids) THEN
		PERFORM fenbo._fail('usage', 'versions', 'as many versions as cases are expected');
	ELSIF jsonb_typeof(args) <> 'object' THEN
		PERFORM fenbo._fail('usage', 'args', 'an object of arguments is expected');
	END IF;
	c := ROW (w, fenbo._scope(w), fenbo.now_(), NULL);
	bad := fenbo._judge_call(w, a, args);
	IF bad.error IS NOT NULL THEN
		IF cardinality(ids) = 0 THEN
			PERFORM fenbo._fail(bad.error, bad.field, bad.message);
		END IF;
		RETURN QUERY SELECT i, false, NULL::integer, NULL, NULL::bigint, bad.error, bad.message, bad.field, NULL, NULL::timestamptz
		FROM unnest(ids) i;
		RETURN;
	ELSIF action = 'undo' AND cardinality(ids) = 0 THEN
		ids := fenbo._last_cases(c);
		versions := array_fill(NULL::integer, ARRAY[cardinality(ids)]);
		IF cardinality(ids) = 0 THEN
			PERFORM fenbo._fail('impossible', 'id', 'you have done nothing today that could be undone');
		END IF;
	END IF;
	IF action = 'next' THEN
		PERFORM fenbo._fail('usage', 'action', 'next is for people at a console');
	END IF;
	IF cardinality(ids) > 1 THEN c.batch := gen_random_uuid(); END IF;
	IF NOT fenbo._lock_all(action, ids, args) THEN
		RETURN QUERY SELECT i, false, NULL::integer, NULL, NULL::bigint, 'conflict', 'somebody is at work on it: try again', 'id', NULL,
			NULL::timestamptz FROM unnest(ids) i;
		RETURN;
	END IF;
	RETURN QUERY SELECT * FROM unnest(CASE WHEN atomic THEN fenbo._act_whole(c, a, ids, versions, args)
		ELSE fenbo._act_rows(c, a, ids, versions, args) END);
END
$$;

-- Do `action` to the cases `ids`, of which the caller saw `versions`; args as in the action table. One row for each case, in order. `next`
-- takes no ids and answers the case claimed, or no row; `undo` without ids takes back the caller's last action, all of it.
-- Refused as a whole, with an error: an unknown action, a caller without an account, too many rows. A case that somebody keeps locked for ten
-- seconds is a conflict: try again.
CREATE FUNCTION fenbo.act(action text, ids bigint[], versions integer[] DEFAULT NULL, args jsonb DEFAULT '{}', atomic boolean DEFAULT false)
	RETURNS SETOF fenbo.act_row
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
	r fenbo.act_row;
BEGIN
	IF action = 'next' THEN                          -- the short way: no case to look up, lock or judge
		r := fenbo._do_next();
		IF r.id IS NOT NULL THEN RETURN NEXT r; END IF;
		RETURN;
	END IF;
	RETURN QUERY SELECT * FROM fenbo._act(fenbo._who(), action, ids, versions, args, coalesce(atomic, false));
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.act(text, bigint[], integer[], jsonb, boolean)
	TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit;

-- --- for programs --------------------------------------------------------------------------------------------------

-- The same in the name of a key and the person it acts for. A unit's key needs the right `act` and names a person; a channel's key
-- speaks for its citizens with `intake` or `act`. With an idempotency key the first answer is kept for 24 h and given
-- again; another request under the same key is a conflict; two at once do it once.
CREATE FUNCTION fenbo.act_for(key_hash bytea, person text, action text, ids bigint[], versions integer[] DEFAULT NULL,
	args jsonb DEFAULT '{}', atomic boolean DEFAULT false, idempotency_key text DEFAULT NULL) RETURNS SETOF fenbo.act_row
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
	w fenbo.who;
	request text := encode(sha256(convert_to(jsonb_build_array(person, action, ids, versions, args, atomic)::text, 'UTF8')), 'hex');
	kept jsonb;
	rows fenbo.act_row[];
BEGIN
	PERFORM fenbo.as_key(key_hash, person);
	w := fenbo._who();
	IF NOT w.rights && (CASE w.role WHEN 'channel' THEN '{act,intake}'::text[] ELSE '{act}' END) THEN
		PERFORM fenbo._fail('forbidden', '', 'this key may not act');
	ELSIF w.role = 'unit' AND coalesce(btrim(person), '') = '' THEN
		PERFORM fenbo._fail('missing', 'person', 'name the person you act for');
	ELSIF length(idempotency_key) > 200 THEN
		PERFORM fenbo._fail('too_large', 'Idempotency-Key', 'longer than 200 characters');
	END IF;
	IF coalesce(idempotency_key, '') = '' THEN
		RETURN QUERY SELECT * FROM fenbo._act(w, action, ids, versions, args, coalesce(atomic, false));
		RETURN;
	END IF;
	-- Whoever asks with the same key meanwhile waits here for us, and then reads what we answered.
	INSERT INTO fenbo.idempotency AS i (key, api_key, at, result) VALUES (idempotency_key, w.key_id, fenbo.now_(), 'null')
	ON CONFLICT (api_key, key) DO UPDATE SET at = excluded.at, result = 'null' WHERE i.at < excluded.at - interval '24 hours';
	IF NOT FOUND THEN
		SELECT i.result INTO kept FROM fenbo.idempotency i WHERE i.api_key = w.key_id AND i.key = idempotency_key;
		IF kept ->> 'request' <> request THEN
			PERFORM fenbo._fail('conflict', 'Idempotency-Key', 'this key was used for another request');
		END IF;
		RETURN QUERY SELECT * FROM jsonb_populate_recordset(NULL::fenbo.act_row, kept -> 'rows');
		RETURN;
	END IF;
	rows := ARRAY(SELECT r FROM fenbo._act(w, action, ids, versions, args, coalesce(atomic, false)) r);
	UPDATE fenbo.idempotency i SET result = jsonb_build_object('request', request, 'rows', to_jsonb(rows))
	WHERE i.api_key = w.key_id AND i.key = idempotency_key;
	RETURN QUERY SELECT * FROM unnest(rows);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.act_for(bytea, text, text, bigint[], integer[], jsonb, boolean, text) TO fenbo_feed;

-- --- looking first -------------------------------------------------------------------------------------------------

-- One line about a case for whoever is about to act on it.
CREATE FUNCTION fenbo._touched(action text, no bigint, args jsonb) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	q fenbo.queue := fenbo._peek(no);
	p fenbo.queue;
	line text := format('%s %s', fenbo.case_show(no), q.title);
	e fenbo.event;
BEGIN
	IF q.unit IS NOT NULL THEN line := line || format(' · %s', q.unit); END IF;
	IF q.repeats > 0 THEN line := line || format(' · +%s', q.repeats); END IF;
	IF action = 'merge' THEN
		p := fenbo._peek(fenbo._arg_case(args, 'into'));
		line := line || format(' → %s %s', fenbo.case_show(p.no), p.title);
	ELSIF action = 'unmerge' THEN
		line := line || format(' ← %s', fenbo.case_show((fenbo._chain(no))[1]));
	ELSIF action = 'undo' THEN
		e := fenbo._standing(no);
		line := line || format(' ← %s', e.action);
	ELSIF action = 'split' THEN
		line := line || format(' → %s', cardinality(fenbo._arg_list(args, 'parts', 20000, 20)));
	ELSIF action IN ('rule', 'reassign') AND args ? 'unit' THEN
		line := line || format(' → %s', args ->> 'unit');
	END IF;
	RETURN line;
END
$$;

-- Exactly what act would answer now, and what it would touch, without doing it: it is done and taken back. Versions are those of this
-- moment.
CREATE FUNCTION fenbo.preview(action text, ids bigint[], args jsonb DEFAULT '{}') RETURNS TABLE (id bigint, ok boolean, message text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	w fenbo.who := fenbo._who();
	rows fenbo.act_row[];
	lines text[];
BEGIN
	BEGIN
		rows := ARRAY(SELECT r FROM fenbo._act(w, preview.action, preview.ids,
			CASE WHEN cardinality(preview.ids) > 0 THEN ARRAY(SELECT (fenbo._peek(i)).version FROM unnest(preview.ids) WITH ORDINALITY u(i, nth)
				ORDER BY nth) END, preview.args, false) r);
		RAISE EXCEPTION USING ERRCODE = 'FB001', MESSAGE = 'only a look';
	EXCEPTION WHEN SQLSTATE 'FB001' THEN
		NULL;
	END;
	RETURN QUERY SELECT r.id, r.ok, CASE WHEN r.ok THEN fenbo._touched(preview.action, r.id, coalesce(preview.args, '{}')) ELSE r.message END
	FROM unnest(rows) r;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.preview(text, bigint[], jsonb) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit;

RESET ROLE;
