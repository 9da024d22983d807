-- 0044 action: split. The parts are cases of their own from the start (number, clock, recommendation, history); they share the
-- citizen and the time of receipt, so that splitting gains nobody time. The parent stays where it is and cannot end before them.
SET ROLE fenbo_owner;

CREATE FUNCTION fenbo._title(body text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT left(btrim(regexp_replace(body, '\s+', ' ', 'g')), 60) $$;

-- One part, in triage at the parent's desk.
CREATE FUNCTION fenbo._make_part(c fenbo.call, o fenbo.queue, no bigint, nth integer, body text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	e record;
BEGIN
	PERFORM fenbo._month_of(no);
	INSERT INTO fenbo.appeal (no, received_at, created_at, channel, external_id, title, text, type, address, lat, long, place, tags,
		happened_at, parent_no)
	SELECT _make_part.no, a.received_at, c.now, a.channel, a.external_id || '#' || nth, fenbo._title(body), body, a.type, a.address,
		a.lat, a.long, a.place, a.tags, a.happened_at, o.no
	FROM fenbo.appeal a WHERE a.no = o.no;
	INSERT INTO fenbo.citizen (no, name, phone, identity, salt, erased_at)
	SELECT _make_part.no, z.name, z.phone, z.identity, uuid_send(gen_random_uuid()), z.erased_at
	FROM fenbo.citizen z WHERE z.no = o.no;
	INSERT INTO fenbo.clock (no, kind, started_at, limit_s, calendar, due_at, paused_s, extended_s, pauses, calendar_no)
	SELECT _make_part.no, k.kind, k.started_at, k.limit_s, k.calendar, k.due_at, k.paused_s, k.extended_s, k.pauses, k.calendar_no
	FROM fenbo.clock k WHERE k.no = o.no AND k.kind = 'dispatch';
	q.no := no; q.version := 1; q.parent_no := o.no; q.title := fenbo._title(body); q.head := '';
	q.session := NULL; q.owner := NULL; q.lease_until := NULL; q.unit := NULL; q.item := NULL; q.assist := '{}';
	q.parts_open := 0; q.chased := 0; q.returned := 0; q.redo := 0; q.repeats := 0;
	q.flags := o.flags & (2 | 4 | 8 | 16 | 32 | 64 | 65536);  -- of the matter and of who reported it; not of what was done so far
	q.returned_by := NULL; q.return_reason := NULL; q.rec := NULL; q.top_unit := NULL; q.top_p := NULL;
	q.burst := NULL; q.passed := '{}'; q.steps := '{}'; q.step := 0; q.paused_until := NULL;
	q := fenbo._face(q);
	e := fenbo._log(c, q, 'create', NULL, jsonb_build_object('parent', lpad(o.no::text, 13, '0')) || fenbo._clock_args(q, '[]'));
	q.head := e.hash;
	INSERT INTO fenbo.queue SELECT (q).*;
	PERFORM fenbo._ladder_set(no, 'dispatch');
END
$$;

CREATE FUNCTION fenbo._do_split(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	texts text[] := fenbo._arg_list(args, 'parts', 20000, 20);
	numbers bigint[];
	earlier integer;
	q fenbo.queue := o;
BEGIN
	IF cardinality(texts) < 2 THEN
		PERFORM fenbo._fail('invalid', 'parts', 'two parts at least are expected', o.version);
	END IF;
	SELECT count(*) INTO earlier FROM fenbo.appeal a WHERE a.parent_no = o.no;
	SELECT array_agg(n ORDER BY n) INTO numbers FROM fenbo.case_new(cardinality(texts), c.now, false) n;
	FOR i IN 1 .. cardinality(texts) LOOP
		PERFORM fenbo._make_part(c, o, numbers[i], earlier + i, texts[i]);
	END LOOP;
	q.version := o.version + 1;
	q.parts_open := o.parts_open + cardinality(texts);
	RETURN fenbo._write(c, o, q, 'split', NULL,
		jsonb_build_object('parts', (SELECT jsonb_agg(lpad(n::text, 13, '0') ORDER BY n) FROM unnest(numbers) n)));
END
$$;

RESET ROLE;
