-- 0042 actions: confirm, override, parallel. All three end in _dispatch; they differ in how the unit was found and in what is kept
-- of that: what the machine said stands beside what the human did in every one of these events, and so do place and type of the case, which
-- may be corrected later: the machine learns from what the dispatcher saw (0070).
SET ROLE fenbo_owner;

-- The unit that a lead rule (a code, or function@level) means where the appeal happened: areas are tried from the place upwards.
-- Reads the table that the one resolver made when the revision was applied; NULL when there is none.
CREATE FUNCTION fenbo._lead_unit(rule text, at_place text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT CASE WHEN position('@' IN rule) = 0 THEN rule ELSE (
		WITH RECURSIVE up(code, parent, depth) AS (
			SELECT p.code, p.parent, 0 FROM fenbo.place p WHERE p.code = at_place
			UNION ALL SELECT p.code, p.parent, up.depth + 1 FROM fenbo.place p JOIN up ON p.code = up.parent WHERE up.depth < 9)
		SELECT r.unit FROM up JOIN fenbo.routing_resolved r ON r.area = up.code
		WHERE r.revision = fenbo._revision() AND r.function = split_part(rule, '@', 1) AND r.level = split_part(rule, '@', 2)
		ORDER BY up.depth LIMIT 1) END);
END
$$;

CREATE FUNCTION fenbo._unit_or_fail(code text, field text) RETURNS fenbo.unit
LANGUAGE plpgsql STABLE AS $$
DECLARE
	u fenbo.unit;
BEGIN
	SELECT * INTO u FROM fenbo.unit t WHERE t.code = _unit_or_fail.code;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('invalid', field, format('there is no unit %s', code));
	END IF;
	IF NOT u.active THEN
		PERFORM fenbo._fail('invalid', field, format('the unit %s is no longer active', code));
	END IF;
	RETURN u;
END
$$;

CREATE FUNCTION fenbo._item_or_fail(code text) RETURNS fenbo.duty_item
LANGUAGE plpgsql STABLE AS $$
DECLARE
	i fenbo.duty_item;
BEGIN
	SELECT * INTO i FROM fenbo.duty_item t WHERE t.revision = fenbo._revision() AND t.code = _item_or_fail.code;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('invalid', 'item', format('there is no duty item %s', code));
	END IF;
	RETURN i;
END
$$;

CREATE FUNCTION fenbo._assist(args jsonb, lead text) RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	codes text[] := fenbo._arg_list(args, 'assist', 32, 20);
	code text;
	list text[] := '{}';
BEGIN
	FOREACH code IN ARRAY codes LOOP
		PERFORM fenbo._unit_or_fail(code, 'assist');
		IF code = lead THEN
			PERFORM fenbo._fail('invalid', 'assist', format('%s leads already', code));
		END IF;
		IF code <> ALL (list) THEN list := list || code; END IF;
	END LOOP;
	RETURN list;
END
$$;

-- What the machine said, as the event keeps it: recommendation, its first unit, its probability.
CREATE FUNCTION fenbo._machine_said(q fenbo.queue) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object('recommendation', q.rec, 'unit', q.top_unit, 'p', round(q.top_p::numeric, 4))
$$;

-- A district desk dispatches to the units below it, and lets those assist; the centre all.
CREATE FUNCTION fenbo._judge_reach(c fenbo.call, code text, field text DEFAULT 'unit') RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF NOT (c.scope).whole AND code <> ALL ((c.scope).desks) THEN
		PERFORM fenbo._fail('forbidden', field, format('%s is not a unit of your desk', code));
	END IF;
END
$$;

-- The clocks of a unit at work begin: first contact with the citizen (an alert of a machine, flag 16, has none to contact), and the
-- handling limit. Those of the dispatch and of a ruling have done their work.
CREATE FUNCTION fenbo._clocks_with_unit(c fenbo.call, q fenbo.queue) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._clock_stop(q.no, '{dispatch,rule}', c.now);
	IF q.flags & 65536 = 0 THEN
		PERFORM fenbo._clock_start(q.no, 'contact', c.now, fenbo._contact_limit(q.priority), fenbo._clock_calendar('contact'));
	END IF;
	PERFORM fenbo._clock_start(q.no, 'handle', c.now, fenbo._handle_limit(q.item, q.priority), fenbo._clock_calendar('handle'));
END
$$;

-- Send the case to a unit. A unit with a desk of its own gets it into that desk's triage queue, the dispatch clock running on; any
-- other has it from now on, and its clocks begin.
CREATE FUNCTION fenbo._dispatch(c fenbo.call, o fenbo.queue, action text, lead text, item text, assist text[], args jsonb, ev jsonb)
	RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	u fenbo.unit := fenbo._unit_or_fail(lead, 'unit');
	clocks jsonb := fenbo._clocks(o.no);
	code text;
BEGIN
	IF o.flags & 1 <> 0 AND action NOT IN ('rule', 'end') THEN
		PERFORM fenbo._fail('impossible', 'flags', 'the case is disputed: rule whose it is, with the record of the meeting', o.version);
	END IF;
	PERFORM fenbo._judge_reach(c, lead);
	FOREACH code IN ARRAY assist LOOP
		IF code <> ALL (o.assist) THEN PERFORM fenbo._judge_reach(c, code, 'assist'); END IF;
	END LOOP;
	q.version := o.version + 1;
	q.item := item; q.assist := assist; q.passed := '{}';
	q.session := NULL; q.owner := NULL; q.lease_until := NULL;
	q.flags := q.flags & ~257;
	PERFORM fenbo._answered(o);
	IF o.flags & 1 <> 0 THEN                         -- a supervisor's ruling, or hand-over beside one
		q.flags := q.flags | 512;
		PERFORM fenbo._clock_stop(o.no, '{rule}', c.now);
	END IF;
	IF args ? 'reason' THEN
		ev := fenbo._keep_reason(q, action, args, ev);
	END IF;
	ev := ev || jsonb_strip_nulls(jsonb_build_object('unit', lead, 'item', item, 'assist', nullif(to_jsonb(assist), '[]'),
		'machine', fenbo._machine_said(o), 'place', nullif(o.place, ''), 'type', nullif((SELECT a.type FROM fenbo.appeal a WHERE a.no = o.no), '')));
	IF u.desk AND u.code <> o.desk THEN
		q.desk := u.code; q.unit := NULL;
		ev := ev || '{"desk": true}';
		IF o.flags & 1 <> 0 THEN q := fenbo._face(q); ELSE clocks := NULL; END IF;
	ELSE
		q.stage := 'dispatched'; q.unit := u.code;
		q := fenbo._plan(o, q);
		PERFORM fenbo._clocks_with_unit(c, q);
		q := fenbo._face(q);
		PERFORM fenbo._tell_citizens(c, q, 'dispatched', jsonb_build_object('unit', lead));
	END IF;
	PERFORM fenbo._tell(c, q, 'unit:' || lead, 'dispatch');
	FOREACH code IN ARRAY assist LOOP
		PERFORM fenbo._tell(c, q, 'unit:' || code, 'assist', jsonb_build_object('lead', lead));
	END LOOP;
	RETURN fenbo._write(c, o, q, action, clocks, ev);
END
$$;

-- One of the units recommended, named by recommendation and unit: if the machine has thought again since, the key that was pressed
-- meant something else, and is refused.
CREATE FUNCTION fenbo._do_confirm(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	rec bigint := fenbo._arg_id(args, 'recommendation');
	lead text := fenbo._arg(args, 'unit', 32);
	pick record;
BEGIN
	IF o.rec IS NULL THEN
		PERFORM fenbo._fail('stale', 'recommendation', 'the recommendation is being renewed', o.version);
	ELSIF rec <> o.rec THEN
		PERFORM fenbo._fail('stale', 'recommendation', 'there is a newer recommendation', o.version);
	END IF;
	SELECT u.rank, u.value ->> 'item' AS item, u.value -> 'p' AS p, r.model INTO pick
	FROM fenbo.recommendation r, jsonb_array_elements(r.units) WITH ORDINALITY u(value, rank)
	WHERE r.no = o.no AND r.id = rec AND u.value ->> 'unit' = lead ORDER BY u.rank LIMIT 1;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('conflict', 'unit', format('%s is not among the recommended units', lead), o.version);
	END IF;
	RETURN fenbo._dispatch(c, o, 'confirm', lead, pick.item, fenbo._assist(args, lead), args,
		jsonb_build_object('recommendation', rec, 'rank', pick.rank, 'p', pick.p, 'model', pick.model));
END
$$;

-- The lead unit that args name: a unit, or a duty item whose rule says the unit, or (`otherwise`) the one recommended first. With a
-- unit alone the item is the one recommended for it, if any.
CREATE FUNCTION fenbo._named(o fenbo.queue, args jsonb, otherwise text, OUT lead text, OUT item text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	i fenbo.duty_item;
BEGIN
	lead := fenbo._arg(args, 'unit', 32);
	item := fenbo._arg(args, 'item', 64);
	IF item IS NOT NULL THEN
		i := fenbo._item_or_fail(item);
		lead := coalesce(lead, fenbo._lead_unit(i.lead, o.place));
		IF lead IS NULL THEN
			PERFORM fenbo._fail('invalid', 'item', 'which unit that means depends on the place, and the place is not known: name the unit',
				o.version);
		END IF;
	ELSE
		lead := coalesce(lead, otherwise);
		IF lead IS NULL THEN
			PERFORM fenbo._fail('missing', 'unit', 'name a unit or a duty item', o.version);
		END IF;
		SELECT u.value ->> 'item' INTO item
		FROM fenbo.recommendation r, jsonb_array_elements(r.units) WITH ORDINALITY u(value, rank)
		WHERE r.no = o.no AND r.id = o.rec AND u.value ->> 'unit' = lead ORDER BY u.rank LIMIT 1;
	END IF;
END
$$;

CREATE FUNCTION fenbo._do_override(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	n record := fenbo._named(o, args, NULL);
BEGIN
	RETURN fenbo._dispatch(c, o, 'override', n.lead, n.item, fenbo._assist(args, n.lead), args, '{}');
END
$$;

CREATE FUNCTION fenbo._do_parallel(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	n record := fenbo._named(o, args, o.top_unit);
	assist text[] := fenbo._assist(args, n.lead);
BEGIN
	IF assist = '{}' THEN
		PERFORM fenbo._fail('missing', 'assist', 'name at least one assisting unit', o.version);
	END IF;
	RETURN fenbo._dispatch(c, o, 'parallel', n.lead, n.item, assist, args, '{}');
END
$$;

RESET ROLE;
