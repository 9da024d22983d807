-- 0045 actions of the centre on the case itself: answer, end, edit, priority, note, escalate, chase.
SET ROLE fenbo_owner;

-- The case ends: clocks stop, the lease goes, the row leaves the queue. `q` is one version on already, because what people wrote is
-- filed under that.
CREATE FUNCTION fenbo._finish(c fenbo.call, o fenbo.queue, q fenbo.queue, action text, outcome text, ev jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	clocks jsonb := fenbo._clocks(o.no);
	d fenbo.done;
BEGIN
	PERFORM fenbo._judge_parts(o);
	PERFORM fenbo._tell_no_more(o.no, 'rate', c.now);
	IF o.flags & 2048 <> 0 THEN q := fenbo._run_on(q, least(c.now, o.paused_until)); END IF;      -- paused, and maybe over
	PERFORM fenbo._clock_stop(o.no, '{dispatch,contact,handle,rate,rule}', c.now);
	q.session := NULL; q.owner := NULL; q.lease_until := NULL;
	PERFORM fenbo._answered(o);
	q.flags := q.flags & ~3329; q.paused_until := NULL;  -- nobody is waited for, nothing is held any more
	PERFORM fenbo._update_queue(q);
	q := fenbo._leave_queue(o.no, 'closed', outcome);
	d := fenbo._write(c, o, q, action, clocks, ev || jsonb_build_object('outcome', outcome));
	PERFORM fenbo._part(c, o, true);
	RETURN d;
END
$$;

-- Reply at once. Fields of a template stand as 【name】; while one is left the citizen would read the form instead of an answer.
CREATE FUNCTION fenbo._do_answer(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	reply text := fenbo._arg(args, 'text', 20000);
	left_open text := substring(reply FROM '【[^】]*】');
	q fenbo.queue := o;
	ev jsonb;
BEGIN
	IF left_open IS NOT NULL THEN
		PERFORM fenbo._fail('invalid', 'text', format('%s is not filled in', left_open), o.version);
	END IF;
	q.version := o.version + 1;
	ev := fenbo._keep(q, 'answer', reply, '{}');
	PERFORM fenbo._tell_citizens(c, q, 'answer', jsonb_build_object('remark', 'answer'));
	RETURN fenbo._finish(c, o, q, 'answer', 'answered', ev);
END
$$;

-- Invalid, withdrawn, or handed to the emergency services; the last may go beside a dispatch (unit or item named), and then the case
-- lives on with that unit.
CREATE FUNCTION fenbo._do_end(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	outcome text := fenbo._arg(args, 'outcome', 32);
	q fenbo.queue := o;
	n record;
BEGIN
	IF outcome NOT IN ('invalid', 'withdrawn', 'emergency') THEN
		PERFORM fenbo._fail('invalid', 'outcome', 'invalid, withdrawn or emergency is expected');
	END IF;
	q.version := o.version + 1;
	IF outcome = 'emergency' THEN
		PERFORM fenbo._tell(c, q, 'emergency', 'emergency');
	END IF;
	IF fenbo._arg(args, 'unit', 32) IS NOT NULL OR fenbo._arg(args, 'item', 64) IS NOT NULL THEN
		IF outcome <> 'emergency' THEN
			PERFORM fenbo._fail('invalid', 'unit', 'only a hand-over to the emergency services goes beside a dispatch');
		END IF;
		n := fenbo._named(o, args, NULL);
		RETURN fenbo._dispatch(c, o, 'end', n.lead, n.item, fenbo._assist(args, n.lead), args, '{"outcome": "emergency"}');
	END IF;
	PERFORM fenbo._tell_citizens(c, q, 'ended', jsonb_build_object('outcome', outcome));
	RETURN fenbo._finish(c, o, q, 'end', outcome, fenbo._keep_reason(q, 'end', args, '{}'));
END
$$;

CREATE FUNCTION fenbo._do_note(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
BEGIN
	q.version := o.version + 1;
	RETURN fenbo._write(c, o, q, 'note', NULL, fenbo._keep(q, 'note', fenbo._arg(args, 'text', 20000), '{}'));
END
$$;

-- Up to the shift's supervisor: off the dispatchers' `next`, into the supervisors'.
CREATE FUNCTION fenbo._do_escalate(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
BEGIN
	q.version := o.version + 1;
	q.flags := o.flags | 256;
	PERFORM fenbo._alarm(q.no, 'escalate', 'alarm', 'supervisor', q.desk, NULL, 'sent up', '{}');
	q.session := NULL; q.owner := NULL; q.lease_until := NULL;
	RETURN fenbo._write(c, o, q, 'escalate', NULL, fenbo._keep_reason(q, 'escalate', args, '{}'));
END
$$;

-- Another priority, other limits, from the same start and with the pauses taken. A dispatch clock that stopped when the case went out
-- gets its own, too: it goes on if the unit sends the case back.
CREATE FUNCTION fenbo._do_priority(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	wanted text := fenbo._arg(args, 'priority', 16);
	q fenbo.queue := o;
	clocks jsonb := fenbo._clocks(o.no);
	ev jsonb;
BEGIN
	IF wanted NOT IN ('urgent', 'fast', 'normal') THEN
		PERFORM fenbo._fail('invalid', 'priority', 'urgent, fast or normal is expected');
	ELSIF wanted = o.priority::text THEN
		PERFORM fenbo._fail('impossible', 'priority', format('the case is %s already', wanted), o.version);
	END IF;
	q.version := o.version + 1;
	q.priority := wanted;
	PERFORM fenbo._clocks_limit(q);
	q := fenbo._face(q);
	ev := jsonb_build_object('priority', wanted, 'was', o.priority);
	IF args ? 'reason' THEN ev := fenbo._keep_reason(q, 'priority', args, ev); END IF;
	IF q.unit IS NOT NULL THEN
		PERFORM fenbo._tell(c, q, 'unit:' || q.unit, 'priority', jsonb_build_object('priority', wanted));
	END IF;
	RETURN fenbo._write(c, o, q, 'priority', clocks, ev);
END
$$;

-- The citizen asks again. A merged case's citizen waits for the primary's answer, so the primary is what gets pressed: `o` is
-- that (fenbo._act_one sees to it), `via` the case that was named.
CREATE FUNCTION fenbo._do_chase(c fenbo.call, o fenbo.queue, via bigint, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	ev jsonb := '{}';
BEGIN
	IF o.stage = 'closed' THEN
		PERFORM fenbo._fail_since(o, 'impossible', 'stage', format('%s, which it follows, is closed', fenbo.case_show(o.no)));
	END IF;
	q.version := o.version + 1;
	q.chased := o.chased + 1;
	q.rank_at := o.rank_at - make_interval(secs => fenbo._policy_int('{chase,lift_s}', 1800));
	IF q.chased >= fenbo._policy_int('{chase,supervise_after}', 3) THEN
		q.flags := q.flags | 2;
	END IF;
	IF via <> o.no THEN
		ev := jsonb_build_object('via', lpad(via::text, 13, '0'));
	END IF;
	ev := fenbo._keep(q, 'chase', fenbo._arg(args, 'text', 20000), ev);
	IF q.unit IS NOT NULL THEN
		PERFORM fenbo._tell(c, q, 'unit:' || q.unit, 'chase', jsonb_build_object('chased', q.chased));
	END IF;
	RETURN fenbo._write(c, o, q, 'chase', NULL, ev);
END
$$;

-- --- edit ----------------------------------------------------------------------------------------------------------

-- The form as far as it can be corrected; the citizen's own words are not part of it.
CREATE FUNCTION fenbo._form(no bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT jsonb_build_object('title', a.title, 'type', a.type, 'duty_item', coalesce(a.duty_item, ''), 'address', a.address,
		'place', coalesce(a.place, ''), 'lat', a.lat, 'long', a.long, 'tags', to_jsonb(a.tags), 'happened_at', a.happened_at, 'fields', a.fields,
		'name', z.name, 'phone', z.phone, 'identity', z.identity)
	FROM fenbo.appeal a LEFT JOIN fenbo.citizen z ON z.no = a.no WHERE a.no = _form.no);
END
$$;

-- Write the given fields; the row's own copies of them are the caller's affair.
CREATE FUNCTION fenbo._form_put(no bigint, f jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.appeal a SET title = n.title, type = n.type, duty_item = nullif(n.duty_item, ''), address = n.address,
		place = nullif(n.place, ''), lat = n.lat, long = n.long, tags = n.tags, happened_at = n.happened_at, fields = nullif(n.fields, 'null')
	FROM jsonb_to_record(fenbo._form(_form_put.no) || f) AS n(title text, type text, duty_item text, address text, place text,
		lat double precision, long double precision, tags text[], happened_at timestamptz, fields jsonb)
	WHERE a.no = _form_put.no;
	IF f ?| '{name,phone,identity}' THEN
		UPDATE fenbo.citizen z SET name = coalesce(f ->> 'name', z.name), phone = coalesce(f ->> 'phone', z.phone),
			identity = coalesce(f ->> 'identity', z.identity)
		WHERE z.no = _form_put.no AND z.erased_at IS NULL;
		IF NOT FOUND THEN
			PERFORM fenbo._fail('impossible', 'fields', 'the citizen''s data were erased');
		END IF;
	END IF;
END
$$;

-- One field as it may stand in the form, or a refusal that names it.
CREATE FUNCTION fenbo._form_field(field text, value jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	longest integer := (jsonb_build_object('title', 60, 'type', 100, 'duty_item', 64, 'address', 500, 'place', 32, 'name', 100,
		'phone', 50, 'identity', 50) ->> field)::integer;
	v text;
BEGIN
	IF field IN ('lat', 'long') THEN
		v := value #>> '{}';
		IF v IS NULL THEN RETURN 'null'; END IF;
		IF v !~ '^-?\d{1,3}(\.\d+)?$' OR abs(v::double precision) > (CASE field WHEN 'lat' THEN 90 ELSE 180 END) THEN
			PERFORM fenbo._fail('invalid', field, 'degrees are expected');
		END IF;
		RETURN to_jsonb(v::double precision);
	ELSIF field = 'happened_at' THEN
		v := nullif(btrim(value #>> '{}'), '');
		IF v IS NULL THEN RETURN 'null'; END IF;
		IF v !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$' THEN
			PERFORM fenbo._fail('invalid', field, 'a time is expected, such as 2026-11-22T17:00:00+08:00');
		ELSIF v::timestamptz > fenbo.now_() + interval '5 minutes' THEN
			PERFORM fenbo._fail('invalid', field, 'this lies in the future');
		END IF;
		RETURN to_jsonb(v::timestamptz);
	ELSIF field = 'tags' THEN
		RETURN to_jsonb(fenbo._arg_list(jsonb_build_object('tags', value), 'tags', 60, 50));
	ELSIF longest IS NULL THEN
		PERFORM fenbo._fail('invalid', field, 'the form has no such field');
	END IF;
	v := coalesce(fenbo._arg(jsonb_build_object(field, value), field, longest), '');
	IF field = 'title' AND v = '' THEN
		PERFORM fenbo._fail('missing', field, 'a case needs a title');
	ELSIF field = 'place' AND v <> '' AND NOT EXISTS (SELECT FROM fenbo.place p WHERE p.code = v AND p.active) THEN
		PERFORM fenbo._fail('invalid', field, format('there is no place %s', v));
	ELSIF field = 'duty_item' AND v <> '' THEN
		PERFORM fenbo._item_or_fail(v);
	END IF;
	RETURN to_jsonb(v);
END
$$;

-- Correct the form. What the machine said rested on the old one, unless only the caller's own data changed: the recommendation no
-- longer stands, and fenbod, which reads this event, makes another. Another duty item of a case that is with its unit is the unit's, too: its limit
-- holds, from the same start.
CREATE FUNCTION fenbo._do_edit(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	given jsonb := args -> 'fields';
	was jsonb := fenbo._form(o.no) || jsonb_build_object('confidential', o.flags & 4 <> 0, 'reply_wanted', o.flags & 8 <> 0);
	becomes jsonb := '{}';
	q fenbo.queue := o;
	field text;
	value jsonb;
	clocks jsonb;
	ev jsonb;
BEGIN
	IF jsonb_typeof(given) IS DISTINCT FROM 'object' THEN
		PERFORM fenbo._fail('invalid', 'fields', 'an object of fields is expected');
	END IF;
	q.version := o.version + 1;
	FOR field, value IN SELECT * FROM jsonb_each(given) LOOP
		IF field IN ('confidential', 'reply_wanted') THEN
			IF jsonb_typeof(value) <> 'boolean' THEN
				PERFORM fenbo._fail('invalid', field, 'true or false is expected');
			END IF;
			q.flags := CASE WHEN value::boolean THEN q.flags | CASE field WHEN 'confidential' THEN 4 ELSE 8 END
				ELSE q.flags & ~CASE field WHEN 'confidential' THEN 4 ELSE 8 END END;
		ELSE
			value := fenbo._form_field(field, value);
		END IF;
		IF value IS DISTINCT FROM was -> field THEN
			becomes := becomes || jsonb_build_object(field, value);
		END IF;
	END LOOP;
	IF becomes = '{}' THEN
		PERFORM fenbo._fail('impossible', 'fields', 'nothing differs from what stands there', o.version);
	END IF;
	ev := jsonb_build_object('fields', (SELECT jsonb_agg(k ORDER BY k) FROM jsonb_object_keys(becomes) k));
	becomes := becomes || fenbo._fields_corrected(was -> 'fields', becomes);
	ev := fenbo._keep(q, '.edit', becomes::text, ev);
	ev := fenbo._keep(q, '.form', (SELECT jsonb_object_agg(k, was -> k) FROM jsonb_object_keys(becomes
		|| CASE WHEN becomes ? 'address' THEN '{"place": ""}'::jsonb ELSE '{}' END) k)::text, ev);    -- fenbod finds the place anew
	PERFORM fenbo._form_put(o.no, becomes - ARRAY['confidential', 'reply_wanted']);
	q := fenbo._form_shown(q, becomes);
	IF becomes ?| '{title,type,duty_item,address,place,lat,long,tags}' THEN
		q.rec := NULL; q.top_unit := NULL; q.top_p := NULL;
	END IF;
	IF becomes ->> 'duty_item' <> '' AND o.stage IN ('dispatched', 'handling') THEN
		clocks := fenbo._clocks(o.no);
		q.item := becomes ->> 'duty_item';
		PERFORM fenbo._clocks_limit(q);
		q := fenbo._face(q);
		ev := ev || jsonb_build_object('item', q.item);
	END IF;
	RETURN fenbo._write(c, o, q, 'edit', clocks, ev);
END
$$;

-- The row's own copies of what stands in the form.
CREATE FUNCTION fenbo._form_shown(q fenbo.queue, f jsonb) RETURNS fenbo.queue
LANGUAGE plpgsql STABLE AS $$
BEGIN
	q.title := coalesce(f ->> 'title', q.title);
	IF f ? 'place' THEN
		q.place := f ->> 'place';
		q.place_name := coalesce((SELECT p.name FROM fenbo.place p WHERE p.code = q.place), '');
	END IF;
	RETURN q;
END
$$;

RESET ROLE;
