-- 0084 unit work: what a unit does with a case that is its own: contact, progress, attach, passing it down its tree, steps that follow one
-- another. What stands beside the queue row carries (no, version) of the event that wrote it and is never taken out: an undo marks it.
SET ROLE fenbo_owner;

-- What somebody put on the record: where it lies, and how it is known again. The files themselves are kept elsewhere.
CREATE TABLE fenbo.attachment (
	no      bigint NOT NULL,
	version integer NOT NULL,
	n       integer NOT NULL,
	name    text NOT NULL,
	size    bigint NOT NULL,
	sha256  text NOT NULL,
	link    text NOT NULL,
	undone  boolean NOT NULL DEFAULT false,
	PRIMARY KEY (no, version, n)
);

-- A call that was promised: kept when the unit contacts the citizen next.
CREATE TABLE fenbo.promise (
	no      bigint NOT NULL,
	version integer NOT NULL,
	until   timestamptz NOT NULL,
	by      text NOT NULL,
	unit    text,                                    -- NULL: the centre
	kept_at timestamptz,
	kept_version integer,
	undone  boolean NOT NULL DEFAULT false,
	PRIMARY KEY (no, version)
);
CREATE INDEX promise_open ON fenbo.promise (until) WHERE kept_at IS NULL AND NOT undone;

-- --- arguments -----------------------------------------------------------------------------------------------------

-- A time to come, at most a year away. Without an offset it is the centre's own.
CREATE FUNCTION fenbo._arg_time(args jsonb, key text, at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v text := fenbo._arg(args, key, 40);
	t timestamptz;
BEGIN
	IF v IS NULL THEN RETURN NULL; END IF;
	IF v !~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?$' THEN
		PERFORM fenbo._fail('invalid', key, 'a time is expected, such as 2026-11-22T17:00:00+08:00');
	END IF;
	BEGIN
		t := CASE WHEN v ~ '(Z|[+-]\d\d(:?\d\d)?)$' AND v ~ ':' AND substr(v, 11) ~ '[Z+-]' THEN v::timestamptz
			ELSE v::timestamp AT TIME ZONE fenbo._zone() END;
	EXCEPTION WHEN data_exception THEN
		PERFORM fenbo._fail('invalid', key, 'a time is expected, such as 2026-11-22T17:00:00+08:00');
	END;
	IF t <= at THEN
		PERFORM fenbo._fail('invalid', key, 'this lies in the past');
	ELSIF t > at + interval '366 days' THEN
		PERFORM fenbo._fail('invalid', key, 'this is more than a year away');
	END IF;
	RETURN t;
END
$$;

-- One file as it was named; the field says which of them is wrong and where.
CREATE FUNCTION fenbo._judge_file(f jsonb, nth integer) RETURNS void
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	at text := 'files.' || nth;
	link text;
BEGIN
	IF jsonb_typeof(f) <> 'object' THEN
		PERFORM fenbo._fail('invalid', at, 'an object of name, size, sha256 and link is expected');
	ELSIF fenbo._arg(jsonb_build_object(at || '.name', f ->> 'name'), at || '.name', 200) IS NULL THEN
		PERFORM fenbo._fail('missing', at || '.name', 'a file needs a name');
	ELSIF jsonb_typeof(f -> 'size') IS DISTINCT FROM 'number' OR (f ->> 'size') !~ '^\d{1,13}$' THEN
		PERFORM fenbo._fail('invalid', at || '.size', 'the size in bytes is expected');
	ELSIF coalesce(f ->> 'sha256', '') !~ '^[0-9a-fA-F]{64}$' THEN
		PERFORM fenbo._fail('invalid', at || '.sha256', '64 hexadecimal digits are expected');
	END IF;
	link := fenbo._arg(jsonb_build_object(at || '.link', f ->> 'link'), at || '.link', 2000);
	IF coalesce(link, '') !~ '^https?://[^[:space:]/]+' OR link ~ '[[:space:]]' THEN
		PERFORM fenbo._fail('invalid', at || '.link', 'a link that begins with http:// or https:// is expected');
	END IF;
END
$$;

-- Put the files that came with the action on the record under the version of `q`, and what tells them again into the event. Their
-- names can name people and stay out of it.
CREATE FUNCTION fenbo._keep_files(q fenbo.queue, args jsonb, ev jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
	list jsonb := args -> 'files';
BEGIN
	IF coalesce(list, 'null') IN ('null', '[]') THEN RETURN ev; END IF;
	IF jsonb_typeof(list) <> 'array' THEN
		PERFORM fenbo._fail('invalid', 'files', 'a list is expected');
	ELSIF jsonb_array_length(list) > 20 THEN
		PERFORM fenbo._fail('too_large', 'files', format('at most %s', 20));
	END IF;
	FOR i IN 1 .. jsonb_array_length(list) LOOP
		PERFORM fenbo._judge_file(list -> (i - 1), i);
	END LOOP;
	INSERT INTO fenbo.attachment (no, version, n, name, size, sha256, link)
	SELECT q.no, q.version, f.n, btrim(f.value ->> 'name'), (f.value ->> 'size')::bigint, lower(f.value ->> 'sha256'), btrim(f.value ->> 'link')
	FROM jsonb_array_elements(list) WITH ORDINALITY f(value, n);
	RETURN ev || jsonb_build_object('files', (SELECT jsonb_agg(jsonb_build_object('size', a.size, 'sha256', a.sha256) ORDER BY a.n)
		FROM fenbo.attachment a WHERE a.no = q.no AND a.version = q.version));
END
$$;

-- The call that was promised with the action, if one was.
CREATE FUNCTION fenbo._keep_promise(c fenbo.call, q fenbo.queue, args jsonb, ev jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
	until timestamptz := fenbo._arg_time(args, 'until', c.now);
BEGIN
	IF until IS NULL THEN RETURN ev; END IF;
	INSERT INTO fenbo.promise (no, version, until, by, unit) VALUES (q.no, q.version, until, (c.who).account,
		CASE WHEN (c.who).role = 'unit' THEN coalesce((c.who).desk, q.unit) END);
	RETURN ev || jsonb_build_object('until', until);
END
$$;

-- --- word with the citizen, and how far it is -----------------------------------------------------------------------

-- Every attempt is kept; only one that reached the citizen stops the clock. A call that was promised is kept by any: they did call. The unit
-- does not learn who asks in a confidential case: there the centre, which may look, speaks with him, and its clock runs all the same.
CREATE FUNCTION fenbo._do_contact(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	outcome text := coalesce(fenbo._arg(args, 'outcome', 16), 'reached');
	by_unit boolean := (c.who).role = 'unit';
	q fenbo.queue := o;
	clocks jsonb;
	ev jsonb;
BEGIN
	IF outcome NOT IN ('reached', 'unreached') THEN
		PERFORM fenbo._fail('invalid', 'outcome', 'reached or unreached is expected');
	ELSIF o.flags & 65536 <> 0 THEN
		PERFORM fenbo._fail('impossible', 'flags', 'a machine''s alert has no citizen', o.version);
	ELSIF by_unit AND o.flags & 4 <> 0 THEN
		PERFORM fenbo._fail('forbidden', 'flags', 'confidential: the centre contacts the citizen', o.version);
	ELSIF NOT by_unit AND o.flags & 4 = 0 THEN
		PERFORM fenbo._fail('forbidden', 'flags', 'the unit contacts the citizen; only of a confidential case the centre does', o.version);
	END IF;
	q.version := o.version + 1;
	IF outcome = 'reached' AND EXISTS (SELECT FROM fenbo.clock k WHERE k.no = o.no AND k.kind = 'contact' AND k.stopped_at IS NULL) THEN
		clocks := fenbo._clocks(o.no);
		PERFORM fenbo._clock_stop(o.no, '{contact}', c.now);
		q := fenbo._face(q);
	END IF;
	UPDATE fenbo.promise p SET kept_at = c.now, kept_version = q.version WHERE p.no = o.no AND p.kept_at IS NULL AND NOT p.undone;
	ev := jsonb_strip_nulls(jsonb_build_object('outcome', outcome, 'unit', CASE WHEN by_unit THEN coalesce((c.who).desk, o.unit) END));
	ev := fenbo._keep(q, 'contact', fenbo._arg(args, 'text', 20000), fenbo._keep_promise(c, q, args, ev));
	RETURN fenbo._write(c, o, q, 'contact', clocks, fenbo._keep_files(q, args, ev));
END
$$;

CREATE FUNCTION fenbo._do_progress(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	ev jsonb;
BEGIN
	q.version := o.version + 1;
	q := fenbo._letters_answered(c, q);
	ev := fenbo._keep_promise(c, q, args, jsonb_strip_nulls(jsonb_build_object('unit', coalesce((c.who).desk, o.unit))));
	ev := fenbo._keep(q, 'progress', fenbo._arg(args, 'text', 20000), ev);
	RETURN fenbo._write(c, o, q, 'progress', NULL, fenbo._keep_files(q, args, ev));
END
$$;

CREATE FUNCTION fenbo._do_attach(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
BEGIN
	q.version := o.version + 1;
	RETURN fenbo._write(c, o, q, 'attach', NULL,
		fenbo._keep_files(q, args, fenbo._keep(q, 'attach', fenbo._arg(args, 'text', 20000), '{}')));
END
$$;

-- --- down the tree --------------------------------------------------------------------------------------------------

-- The units above `code`, topmost first.
CREATE FUNCTION fenbo._above(code text) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (WITH RECURSIVE up(code, depth) AS (
		SELECT u.parent, 1 FROM fenbo.unit u WHERE u.code = _above.code AND u.parent IS NOT NULL
		UNION ALL SELECT u.parent, up.depth + 1 FROM fenbo.unit u JOIN up ON u.code = up.code WHERE u.parent IS NOT NULL AND up.depth < 20)
	SELECT coalesce(array_agg(up.code ORDER BY up.depth DESC), '{}') FROM up);
END
$$;

-- Who passed the case down to `lead`, topmost first: those who had before, as far as they stand above it, then who had it last and whoever
-- is doing it.
CREATE FUNCTION fenbo._way_down(o fenbo.queue, lead text, by_unit text) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	above text[] := fenbo._above(lead);
BEGIN
	RETURN ARRAY(SELECT a.code FROM unnest(above) WITH ORDINALITY a(code, depth)
		WHERE a.code = ANY (o.passed) OR a.code = o.unit OR a.code = by_unit ORDER BY a.depth);
END
$$;

-- To a unit of one's own below, which signs for it itself; the clocks run on with what is left. Naming a unit that passed it down takes it back.
CREATE FUNCTION fenbo._do_subdispatch(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	lead text := fenbo._arg(args, 'unit', 32);
	u fenbo.unit := fenbo._unit_or_fail(lead, 'unit');
	more text[] := fenbo._assist(args, lead);
	q fenbo.queue := o;
	clocks jsonb := fenbo._clocks(o.no);
	code text;
	ev jsonb;
BEGIN
	FOREACH code IN ARRAY lead || more LOOP
		IF code <> ALL ((c.scope).units) THEN
			PERFORM fenbo._fail('forbidden', CASE code WHEN lead THEN 'unit' ELSE 'assist' END, format('%s is not a unit of yours', code), o.version);
		END IF;
	END LOOP;
	IF lead = o.unit THEN
		PERFORM fenbo._fail('impossible', 'unit', format('%s has the case already', lead), o.version);
	ELSIF u.desk THEN
		PERFORM fenbo._fail('invalid', 'unit', format('%s is a desk that dispatches, not a unit that handles', lead), o.version);
	END IF;
	q.version := o.version + 1;
	q.flags := q.flags & ~131072;                    -- what one head confirmed another did not
	q.stage := 'dispatched'; q.unit := lead;
	q.passed := fenbo._way_down(o, lead, (c.who).desk);
	q.assist := array_remove(o.assist, lead) || ARRAY(SELECT m FROM unnest(more) m WHERE m <> ALL (o.assist));
	IF o.step > 0 THEN q.steps[o.step] := lead; END IF;
	ev := jsonb_strip_nulls(jsonb_build_object('unit', lead, 'from', o.unit, 'assist', nullif(to_jsonb(more), '[]')));
	IF args ? 'reason' THEN ev := fenbo._keep_reason(q, 'subdispatch', args, ev); END IF;
	PERFORM fenbo._tell(c, q, 'unit:' || lead, 'dispatch', jsonb_build_object('from', o.unit));
	FOREACH code IN ARRAY more LOOP
		PERFORM fenbo._tell(c, q, 'unit:' || code, 'assist', jsonb_build_object('lead', lead));
	END LOOP;
	RETURN fenbo._write(c, o, q, 'subdispatch', clocks, ev);
END
$$;

-- Back to the unit that passed it down, where it lies as new; the clocks run on. That is a matter between units: it is no return of the case.
-- `way`: those who still stand above whoever sends it back, topmost first.
CREATE FUNCTION fenbo._hand_back(c fenbo.call, o fenbo.queue, way text[], from_unit text, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	clocks jsonb := fenbo._clocks(o.no);
	ev jsonb;
BEGIN
	q.version := o.version + 1;
	q.flags := q.flags & ~131072;
	PERFORM fenbo._rungs_leave(o.no, c.now);
	q.stage := 'dispatched'; q.unit := way[cardinality(way)];
	q.passed := way[:cardinality(way) - 1];
	q.assist := array_remove(o.assist, q.unit);
	IF o.step > 0 THEN q.steps[o.step] := q.unit; END IF;
	q.returned_by := from_unit; q.return_reason := fenbo._reason_text('return', args);
	ev := fenbo._keep_reason(q, 'return', args, jsonb_build_object('by', from_unit, 'unit', q.unit));
	PERFORM fenbo._tell(c, q, 'unit:' || q.unit, 'handback', jsonb_build_object('by', from_unit, 'remark', 'reason'));
	RETURN fenbo._write(c, o, q, 'handback', clocks, ev);
END
$$;

-- Those above whoever sends the case back: of the units that passed it down the ones before the first that is in the caller's own scope.
CREATE FUNCTION fenbo._way_back(c fenbo.call, o fenbo.queue, OUT way text[], OUT from_unit text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	i integer := (SELECT min(p.i) FROM unnest(o.passed) WITH ORDINALITY p(code, i) WHERE p.code = ANY ((c.scope).units));
BEGIN
	way := CASE WHEN i IS NULL THEN o.passed ELSE o.passed[:i - 1] END;
	from_unit := CASE WHEN i IS NULL THEN o.unit ELSE o.passed[i] END;
END
$$;

-- --- steps ----------------------------------------------------------------------------------------------------------

-- The units that must follow one another, as the duty item has them and the place says who they are; those already done stay done when a
-- case comes back to be sent out again. A unit that was named instead of the one on turn takes its turn.
CREATE FUNCTION fenbo._plan(o fenbo.queue, q fenbo.queue) RETURNS fenbo.queue
LANGUAGE plpgsql STABLE AS $$
DECLARE
	rules text[];
	at integer;
BEGIN
	IF q.item IS NOT NULL AND q.item = o.item AND o.step > 0 THEN
		at := (SELECT min(s.i) FROM unnest(o.steps) WITH ORDINALITY s(code, i) WHERE s.code = q.unit AND s.i >= o.step);
		q.steps := o.steps; q.step := coalesce(at, o.step);
		q.steps[q.step] := q.unit;
		RETURN q;
	END IF;
	q.steps := '{}'; q.step := 0;
	SELECT i.steps INTO rules FROM fenbo.duty_item i WHERE i.revision = fenbo._revision() AND i.code = q.item;
	IF coalesce(cardinality(rules), 0) < 2 THEN RETURN q; END IF;
	q.steps := ARRAY(SELECT x.unit FROM (SELECT s.i, fenbo._lead_unit(s.rule, q.place) AS unit FROM unnest(rules) WITH ORDINALITY s(rule, i)) x
		JOIN fenbo.unit u ON u.code = x.unit AND u.active ORDER BY x.i);
	at := array_position(q.steps, q.unit);
	IF at IS NULL THEN                               -- sent to somebody else on purpose: there is no order to keep
		q.steps := '{}';
		RETURN q;
	END IF;
	q.step := at;
	IF cardinality(q.steps) < 2 THEN q.steps := '{}'; q.step := 0; END IF;
	RETURN q;
END
$$;

-- A step is done: the next unit has it, signs for it itself, and the handling limit runs on, because it is that of the whole. `q` is one
-- version on; `clocks`: as they were.
CREATE FUNCTION fenbo._next_step(c fenbo.call, o fenbo.queue, q fenbo.queue, clocks jsonb, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	ev jsonb;
BEGIN
	PERFORM fenbo._rungs_leave(o.no, c.now);
	q.stage := 'dispatched'; q.flags := q.flags & ~131072;
	q.step := o.step + 1; q.unit := o.steps[q.step];
	q.assist := array_remove(o.assist, q.unit); q.passed := '{}';
	ev := jsonb_build_object('done', o.step, 'of', cardinality(o.steps), 'from', o.unit, 'unit', q.unit);
	ev := fenbo._keep_files(q, args, fenbo._keep(q, 'step', fenbo._arg(args, 'text', 20000), ev));
	PERFORM fenbo._tell(c, q, 'unit:' || q.unit, 'dispatch', jsonb_build_object('from', o.unit, 'step', q.step));
	RETURN fenbo._write(c, o, q, 'step', clocks, ev);
END
$$;

-- --- taking back, and reading ----------------------------------------------------------------------------------------

-- What the undone event `e` wrote beside the row and the clocks.
CREATE FUNCTION fenbo._undo_unit_work(e fenbo.event) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.attachment a SET undone = true WHERE a.no = e.no AND a.version = e.version;
	UPDATE fenbo.promise p SET undone = true WHERE p.no = e.no AND p.version = e.version;
	UPDATE fenbo.promise p SET kept_at = NULL, kept_version = NULL WHERE p.no = e.no AND p.kept_version = e.version;
END
$$;

CREATE FUNCTION fenbo._files(no bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('version', a.version, 'name', a.name, 'size', a.size, 'sha256', a.sha256, 'link', a.link)
		ORDER BY a.version, a.n), '[]') FROM fenbo.attachment a WHERE a.no = _files.no AND NOT a.undone);
END
$$;

CREATE FUNCTION fenbo._promises(no bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('version', p.version, 'until', p.until, 'by', p.by, 'person', fenbo._person(p.by),
		'unit', p.unit, 'kept_at', p.kept_at, 'overdue', p.kept_at IS NULL AND p.until < fenbo.now_()) ORDER BY p.version), '[]')
		FROM fenbo.promise p WHERE p.no = _promises.no AND NOT p.undone);
END
$$;

-- The steps with who is on turn; NULL where there are none.
CREATE FUNCTION fenbo._steps(q fenbo.queue) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT jsonb_agg(jsonb_build_object('unit', s.code, 'name', coalesce(u.short, s.code),
		'state', CASE WHEN s.i < q.step OR q.stage IN ('resolved', 'closed') THEN 'done' WHEN s.i = q.step THEN 'on' ELSE 'later' END) ORDER BY s.i)
		FROM unnest(q.steps) WITH ORDINALITY s(code, i) LEFT JOIN fenbo.unit u ON u.code = s.code);
END
$$;

-- What fenbo.show says about the unit's side of a case.
CREATE FUNCTION fenbo._unit_work(q fenbo.queue) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN jsonb_build_object('files', fenbo._files(q.no), 'promises', fenbo._promises(q.no), 'request', fenbo._request(q.no),
		'steps', fenbo._steps(q), 'paused_until', q.paused_until,
		'passed', (SELECT coalesce(jsonb_agg(jsonb_build_object('unit', p.code, 'name', coalesce(u.short, p.code)) ORDER BY p.i), '[]')
			FROM unnest(q.passed) WITH ORDINALITY p(code, i) LEFT JOIN fenbo.unit u ON u.code = p.code));
END
$$;

-- Calls that were promised in cases still with a unit and not made yet, the earliest first, within the caller's scope.
CREATE FUNCTION fenbo.promises(most integer) RETURNS TABLE (no bigint, until timestamptz, overdue boolean, person text, unit text, title text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin', 'unit');
	s fenbo.scope := fenbo._scope(w);
BEGIN
	RETURN QUERY
	SELECT p.no, p.until, p.until < fenbo.now_(), fenbo._person(p.by), p.unit, CASE w.role WHEN 'unit' THEN fenbo._mask_text(q.title) ELSE q.title END
	FROM fenbo.promise p JOIN fenbo.queue q ON q.no = p.no
	WHERE p.kept_at IS NULL AND NOT p.undone AND q.stage IN ('triage', 'dispatched', 'handling') AND fenbo._in_scope(s, q)
	ORDER BY p.until, p.no LIMIT least(greatest(most, 0), 1000);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.promises(integer) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit;

RESET ROLE;
