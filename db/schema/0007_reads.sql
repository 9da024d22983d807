-- 0007 reads: what the screens ask. Everything is within the scope of whoever asks (fenbo._scope); a case outside it is
-- not_found, as if it did not exist.
SET ROLE fenbo_owner;

CREATE FUNCTION fenbo.my_scope() RETURNS fenbo.scope
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo,
	pg_temp AS 'SELECT fenbo._scope(fenbo._who())';
GRANT EXECUTE ON FUNCTION fenbo.my_scope() TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit, fenbo_feed;

-- Every open case in scope, as the queue shows it. ORDER BY priority, rank_at, no is the order of an index: the top of
-- it costs the same however long the queue is. The scope is a row security policy rather than a condition of the view:
-- so nothing that a caller adds to his query ever meets a row outside it (a condition that fails tells, too), and the
-- index still gives the order, which a security_barrier view would lose.
ALTER TABLE fenbo.queue ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON fenbo.queue FOR SELECT TO fenbo_reader USING (
	(SELECT (fenbo.my_scope()).whole)
	OR desk = ANY ((SELECT (fenbo.my_scope()).desks)::text[])
	OR unit = ANY ((SELECT (fenbo.my_scope()).units)::text[])
	OR assist && (SELECT (fenbo.my_scope()).units)::text[]
	OR channel = (SELECT (fenbo.my_scope()).channel));
GRANT SELECT ON fenbo.queue TO fenbo_reader;
CREATE VIEW fenbo.queue_list AS
SELECT q.no, q.version, q.stage, q.priority, q.rank_at, q.received_at, q.due_at, q.clock, q.lease_until, q.flags,
	q.chased, q.returned,
	q.redo, q.repeats, q.top_p, q.desk, q.unit, q.item, q.owner, q.channel, q.title, q.place_name AS place, q.top_unit,
	q.burst
FROM fenbo.queue q;
GRANT SELECT ON fenbo.queue_list TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit, fenbo_feed;
GRANT CREATE ON SCHEMA fenbo TO fenbo_reader;
ALTER VIEW fenbo.queue_list OWNER TO fenbo_reader;
REVOKE CREATE ON SCHEMA fenbo FROM fenbo_reader;

-- 张**, 138****0001. What is left helps to recognise a caller and to nothing else.
CREATE FUNCTION fenbo._mask_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN name = '' THEN '' ELSE left(name, 1) || '**' END $$;
CREATE FUNCTION fenbo._mask_phone(phone text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN phone = '' THEN '' WHEN length(phone) >= 10 THEN left(phone, 3) || '****' || right(phone, 4)
		WHEN length(phone) >= 5 THEN '****' || right(phone, 2) ELSE '****' END
$$;

-- A text as units read it: the telephone numbers in it as _mask_phone leaves them. Mobile numbers, land lines with their area
-- code, and those of seven or eight digits that follow 电话. Longer runs of digits (case numbers, meters) stay.
CREATE FUNCTION fenbo._mask_text(body text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT regexp_replace(regexp_replace(regexp_replace(body,
		'(?<!\d)(1\d\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)', '\1****\2', 'g'),
		'(?<!\d)0\d{2,3}[-—－ ]\d{5,6}(\d{2})(?!\d)', '****\1', 'g'),
		'(电话[^\d\n]{0,6})(?:0\d{2,3}[- ]?)?\d{5,6}(\d{2})(?!\d)', '\1****\2', 'g')
$$;

-- The case if it is within the caller's scope; not_found otherwise.
CREATE FUNCTION fenbo._seen(no bigint, w fenbo.who) RETURNS fenbo.queue
LANGUAGE plpgsql STABLE AS $$
DECLARE
	q fenbo.queue := fenbo._peek(no);
BEGIN
	IF q.no IS NULL OR fenbo._in_scope(fenbo._scope(w), q) IS NOT TRUE THEN
		PERFORM fenbo._fail('not_found', 'id', 'there is no such case');
	END IF;
	RETURN q;
END
$$;

-- The complainant as the caller may see him: nothing of a confidential case for units, masked for everybody but whoever
-- holds the case, or the channel that brought it.
CREATE FUNCTION fenbo._complainant(q fenbo.queue, w fenbo.who, c fenbo.citizen) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT CASE
		WHEN q.flags & 4 <> 0 AND w.role = 'unit' THEN jsonb_build_object('hidden', true)
		WHEN q.session = w.session OR w.role = 'channel' THEN
			jsonb_build_object('name', c.name, 'phone', c.phone, 'identity', c.identity, 'masked', false, 'erased_at',
				c.erased_at)
		ELSE jsonb_build_object('name', fenbo._mask_name(c.name), 'phone', fenbo._mask_phone(c.phone),
			'identity', CASE WHEN c.identity = '' THEN '' ELSE '****' END, 'masked', true, 'erased_at', c.erased_at) END
$$;

CREATE FUNCTION fenbo._no13(no bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT lpad(no::text, 13, '0') $$;

-- One line about another case, its title as the caller may read it. Out of the caller's scope nothing but its number and stage is told. Not SQL on
-- purpose: inlined, its plan over every month of appeals would be made anew wherever it is called from.
CREATE FUNCTION fenbo._line(no bigint, s fenbo.scope) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	q fenbo.queue := fenbo._peek(no);
	a record;
BEGIN
	IF q.no IS NULL THEN RETURN NULL; END IF;
	IF fenbo._in_scope(s, q) IS NOT TRUE THEN
		RETURN jsonb_build_object('id', fenbo._no13(no), 'stage', q.stage);
	END IF;
	SELECT t.title, t.outcome INTO a FROM fenbo.appeal t WHERE t.no = _line.no;
	IF cardinality(s.units) > 0 THEN a.title := fenbo._mask_text(a.title); END IF;
	RETURN jsonb_build_object('id', fenbo._no13(no), 'stage', q.stage, 'title', a.title, 'outcome', a.outcome, 'unit',
		q.unit,
		'received_at', q.received_at, 'channel', q.channel, 'place', q.place_name, 'owner', q.owner);
END
$$;

-- Cases that may repeat this one, best first; only those in scope.
CREATE FUNCTION fenbo._repeats(no bigint, s fenbo.scope) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(x.line || jsonb_build_object('score', x.score, 'reason', x.reason)
			ORDER BY x.score DESC, x.other), '[]')
		FROM (SELECT r.*, fenbo._line(r.other, s) AS line FROM fenbo.repeat_candidate r
			WHERE r.no = _repeats.no OFFSET 0) x
		WHERE x.line ? 'title');
END
$$;

-- Earlier cases that this one belongs to (`kind` quoted or relapse); only those in scope.
CREATE FUNCTION fenbo._links(no bigint, s fenbo.scope) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(x.line || jsonb_build_object('kind', x.kind, 'reason', x.reason) ORDER BY x.other, x.kind), '[]')
		FROM (SELECT l.*, fenbo._line(l.other, s) AS line FROM fenbo.link l WHERE l.no = _links.no OFFSET 0) x
		WHERE x.line ? 'title');
END
$$;

-- The group of one incident, as far as the caller may see it; NULL for none. 0073 puts the real one in its place.
CREATE FUNCTION fenbo._burst(id bigint, s fenbo.scope) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN NULL; END $$;

-- What the machine read of the case. Its spans are those of the text as it came, so a unit, whose text may be masked to another length,
-- gets them only where every code point still stands in its place.
CREATE FUNCTION fenbo._fields(a fenbo.appeal, w fenbo.who) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN w.role <> 'unit' THEN a.fields
		WHEN char_length(fenbo._mask_text(a.text)) = char_length(a.text) THEN a.fields - ARRAY['phone', 'person', 'plate'] END
$$;

-- What was merged into the case, and the parts it was split into.
CREATE FUNCTION fenbo._merged(no bigint, s fenbo.scope) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(fenbo._line(t.no, s) ORDER BY t.no), '[]') FROM fenbo.appeal t
		WHERE t.primary_no = _merged.no);
END
$$;
CREATE FUNCTION fenbo._parts(no bigint, s fenbo.scope) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(fenbo._line(t.no, s) ORDER BY t.no), '[]') FROM fenbo.appeal t
		WHERE t.parent_no = _parts.no);
END
$$;

-- Who sent it back, when and why; what was undone does not count.
CREATE FUNCTION fenbo._returns(no bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('at', e.at, 'unit', e.before #>> '{row,unit}', 'by', e.actor,
		'person', coalesce(nullif(e.person, ''), (SELECT t.person FROM fenbo.account t WHERE t.name = e.actor), e.actor),
		'reason', m.text)
			ORDER BY e.id), '[]')
		FROM fenbo.event e JOIN fenbo.remark m ON m.no = e.no AND m.version = e.version AND m.kind = 'reason'
		WHERE e.no = _returns.no AND e.action IN ('return', 'handback'));
END
$$;

-- How many other cases this telephone number has brought, up to 99.
CREATE FUNCTION fenbo._earlier(number text) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT count(*) - 1 FROM (SELECT FROM fenbo.citizen t WHERE t.phone = number AND t.phone <> ''
		LIMIT 100) x);
END
$$;

-- The recommendation that stands, with the names of units and items as they are called now.
CREATE FUNCTION fenbo._advice(q fenbo.queue) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT jsonb_build_object('id', r.id, 'model', r.model, 'novel', r.novel, 'at', r.at, 'units', (
		SELECT coalesce(jsonb_agg(jsonb_build_object('unit', x.unit, 'name', coalesce(u.name, x.unit), 'short',
			coalesce(u.short, x.unit),
			'item', x.item, 'item_name', d.name, 'p', x.p, 'reasons', coalesce(x.reasons, '[]')) ORDER BY x.i), '[]')
		FROM ROWS FROM (jsonb_to_recordset(r.units) AS (unit text, item text, p double precision,
			reasons jsonb)) WITH ORDINALITY
			x(unit, item, p, reasons, i)
		LEFT JOIN fenbo.unit u ON u.code = x.unit
		LEFT JOIN fenbo.duty_item d ON d.revision = fenbo._get('routing_revision')::integer AND d.code = x.item))
	FROM fenbo.recommendation r WHERE r.no = q.no AND r.id = q.rec);
END
$$;

-- The event with which a remark was written: the one that is committed to it. Several events can stand at one version (a reveal
-- changes nothing), and each has its own author.
CREATE FUNCTION fenbo._wrote(args jsonb, m fenbo.remark) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT args <> '{}' AND strpos(args::text, coalesce(m.seal, fenbo._commit(m.salt, m.text))) > 0 $$;

-- A remark as a role reads it, NULL when it is not for it. '.…' is what undo needs, with personal data in it; a channel reads what is told to
-- its citizen and nothing else. A unit has its own letters and instructions from elsewhere (0086), and no business with those to others, with who
-- looked at the complainant and why, or with what became of messages; what citizens said it reads with telephone numbers masked, and of a
-- confidential case not at all: who speaks of himself is known by it. What the centre writes of its contact with him there is written for the unit, too;
-- numbers in it are masked all the same.
CREATE FUNCTION fenbo._remark_for(m fenbo.remark, role text, confidential boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN m.kind LIKE '.%' OR role = 'channel' THEN NULL WHEN role <> 'unit' THEN m.text
		WHEN m.kind ~ '^(undone )?(instruction|leader|comply|settle|letter|reveal|drop|erase)' THEN NULL
		WHEN m.kind ~ '^(undone )?(chase|rated|visit)' THEN CASE WHEN NOT confidential THEN fenbo._mask_text(m.text) END
		WHEN confidential AND m.kind ~ '^(undone )?contact' THEN fenbo._mask_text(m.text)
		ELSE m.text END
$$;

-- What was written about it.
CREATE FUNCTION fenbo._remarks(no bigint, role text, confidential boolean) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('version', m.version, 'kind', m.kind, 'text', x.said, 'at',
		e.at, 'by', e.actor,
			'person', coalesce(a.person, nullif(e.person, ''), e.actor)) ORDER BY m.version, m.kind), '[]')
		FROM fenbo.remark m CROSS JOIN LATERAL (SELECT fenbo._remark_for(m, role, confidential) AS said) x
		LEFT JOIN LATERAL (SELECT t.at, t.actor, t.person FROM fenbo.event t WHERE t.no = m.no AND t.version = m.version
			AND fenbo._wrote(t.args, m) ORDER BY t.id LIMIT 1) e ON true
		LEFT JOIN fenbo.account a ON a.name = e.actor
		WHERE m.no = _remarks.no AND x.said IS NOT NULL);
END
$$;

-- The whole case as the caller may see it, in one object: the frame's fields, then content, citizen, recommendation
-- {id, units …}, repeats [{id, title, score, reason, stage …}], links [{id, title, kind, reason, stage …}], burst {id, title …}, fields,
-- clocks, merged, parts, parent, primary, remarks,
-- returns, earlier (how many other cases this caller has). not_found when there is no such case in scope. What spans
-- all months is asked only when there is reason to, and by functions that keep their plans: planning over five years of
-- partitions costs more than the answers.
CREATE FUNCTION fenbo.show(no bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off
	SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	w fenbo.who := fenbo._who();
	s fenbo.scope := fenbo._scope(w);
	q fenbo.queue := fenbo._seen(no, w);
	a fenbo.appeal;
	c fenbo.citizen;
	u fenbo.unit;
	p fenbo.place;
	hidden boolean := q.flags & 4 <> 0 AND w.role = 'unit';
BEGIN
	SELECT * INTO a FROM fenbo.appeal t WHERE t.no = show.no;
	SELECT * INTO c FROM fenbo.citizen t WHERE t.no = show.no;
	SELECT * INTO u FROM fenbo.unit t WHERE t.code = q.unit;
	SELECT * INTO p FROM fenbo.place t WHERE t.code = a.place;
	RETURN fenbo._frame(q) || jsonb_build_object('show', fenbo.case_show(no), 'outcome', a.outcome, 'closed_at',
		a.closed_at,
		'created_at', a.created_at, 'external_id', a.external_id, 'type', a.type, 'title',
		CASE w.role WHEN 'unit' THEN fenbo._mask_text(a.title) ELSE a.title END,
		'text', CASE w.role WHEN 'unit' THEN fenbo._mask_text(a.text) ELSE a.text END, 'duty_item', a.duty_item, 'tags', a.tags, 'happened_at', a.happened_at)
	|| jsonb_build_object(
		'address', CASE WHEN hidden THEN '' ELSE a.address END, 'lat', CASE WHEN NOT hidden THEN a.lat END, 'long', CASE WHEN NOT hidden THEN a.long END,
		'place', q.place_name,
		'place_code', a.place, 'place_level', p.level,
		'channel_name', (SELECT t.name FROM fenbo.channel t WHERE t.code = a.channel),
		'unit_name', u.name, 'unit_short', u.short,
		'item_name', (SELECT t.name FROM fenbo.duty_item t WHERE t.revision = fenbo._get('routing_revision')::integer
			AND t.code = q.item),
		'assist', (SELECT coalesce(jsonb_agg(jsonb_build_object('unit', t.code, 'name', t.name)), '[]')
			FROM fenbo.unit t
			WHERE t.code = ANY (q.assist)),
		'owner_person', (SELECT t.person FROM fenbo.account t WHERE t.name = q.owner),
		'returned_by', q.returned_by, 'return_reason', q.return_reason)
	|| jsonb_build_object(
		'citizen', fenbo._complainant(q, w, c), 'recommendation', fenbo._advice(q),
		'merged_count', q.repeats,
		'repeats', CASE WHEN w.role IN ('unit', 'channel') THEN '[]'::jsonb ELSE fenbo._repeats(no, s) END,
		'links', CASE WHEN w.role IN ('unit', 'channel') THEN '[]'::jsonb ELSE fenbo._links(no, s) END,
		'burst', CASE WHEN q.burst IS NOT NULL AND w.role NOT IN ('unit', 'channel') THEN fenbo._burst(q.burst, s) END,
		'fields', CASE WHEN w.role <> 'channel' THEN fenbo._fields(a, w) END,
		'clocks', CASE WHEN a.stage IS NULL THEN
			(SELECT coalesce(jsonb_agg(to_jsonb(t) - 'no' ORDER BY t.kind), '[]') FROM fenbo.clock t
				WHERE t.no = show.no)
			ELSE coalesce(a.state -> 'clocks', '[]') END,
		'merged', CASE WHEN q.repeats = 0 THEN '[]'::jsonb ELSE fenbo._merged(no, s) END, 'parts', fenbo._parts(no, s),
		'parent', CASE WHEN a.parent_no IS NOT NULL THEN fenbo._line(a.parent_no, s) END,
		'primary', CASE WHEN a.primary_no IS NOT NULL THEN fenbo._line(a.primary_no, s) END,
		'remarks', CASE WHEN w.role = 'channel' THEN '[]'::jsonb ELSE fenbo._remarks(no, w.role, q.flags & 4 <> 0) END,
		'ratings', fenbo._ratings(no, CASE WHEN hidden THEN 'channel' ELSE w.role END), 'visits', fenbo._visits(no),
		'returns', CASE WHEN q.returned_by IS NULL OR w.role = 'channel' THEN '[]'::jsonb ELSE fenbo._returns(no) END,
		'earlier', CASE WHEN c.phone = '' OR w.role IN ('unit', 'channel') THEN 0 ELSE fenbo._earlier(c.phone) END)
	|| CASE WHEN w.role = 'channel' THEN '{}'::jsonb ELSE fenbo._unit_work(q) || fenbo._supervision(q, w, s) END;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.show(bigint) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit, fenbo_feed;

-- The record of a case, oldest first, with what was written, as far as it is for the caller. Who of several rated is neither a unit's nor a channel's.
CREATE FUNCTION fenbo.history(no bigint) RETURNS TABLE (version integer, at timestamptz, action text, actor text,
	person text, args jsonb,
	remark text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	w fenbo.who := fenbo._who();
	q fenbo.queue := fenbo._seen(no, w);
BEGIN
	RETURN QUERY
	SELECT e.version, e.at, e.action, e.actor, coalesce(nullif(e.person, ''), a.person, ''),
		CASE WHEN w.role IN ('unit', 'channel') AND e.action IN ('rate', 'visit') THEN e.args - 'of' ELSE e.args END,
		(SELECT string_agg(fenbo._remark_for(m, w.role, q.flags & 4 <> 0), E'\n' ORDER BY m.kind) FROM fenbo.remark m WHERE m.no = e.no
			AND m.version = e.version AND fenbo._wrote(e.args, m))
	FROM fenbo.event e LEFT JOIN fenbo.account a ON a.name = e.actor
	WHERE e.no = history.no ORDER BY e.id;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.history(bigint) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit,
	fenbo_feed;

-- The complainant in the clear. Each look is an event with its reason, which must be given; the version stays, because nothing changed.
-- forbidden: a unit in a confidential case.
CREATE FUNCTION fenbo.reveal(no bigint, why text, OUT name text, OUT phone text, OUT identity text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'unit');
	q fenbo.queue;
	n integer;
BEGIN
	q := fenbo._seen(no, w);
	IF q.flags & 4 <> 0 AND w.role = 'unit' THEN
		PERFORM fenbo._fail('forbidden', '', 'confidential: the unit sees no complainant');
	ELSIF w.key_id IS NOT NULL AND NOT 'act' = ANY (w.rights) THEN
		PERFORM fenbo._fail('forbidden', '', 'this is not within your rights');
	ELSIF btrim(coalesce(why, ''), E' \t\n　') = '' THEN
		PERFORM fenbo._fail('missing', 'why', 'say why you need to know');
	END IF;
	q := fenbo._case(no);
	SELECT count(*) INTO n FROM fenbo.remark m WHERE m.no = reveal.no AND m.version = q.version AND m.kind LIKE 'reveal%';
	PERFORM fenbo._event(q, 'reveal', NULL,
		jsonb_build_object('why', fenbo._remark(no, q.version, 'reveal ' || n + 1, why)), NULL);
	SELECT c.name, c.phone, c.identity INTO reveal.name, reveal.phone, reveal.identity FROM fenbo.citizen c
		WHERE c.no = reveal.no;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.reveal(bigint, text) TO fenbo_dispatcher, fenbo_supervisor, fenbo_unit, fenbo_feed;

-- The other cases of the same telephone number, newest first, at most 50.
CREATE FUNCTION fenbo.callers_cases(of_case bigint) RETURNS TABLE (no bigint, stage text, outcome text,
	received_at timestamptz, title text,
	place text, unit text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin');
	s fenbo.scope := fenbo._scope(w);
BEGIN
	PERFORM fenbo._seen(of_case, w);
	RETURN QUERY
	SELECT a.no, coalesce(q.stage, a.stage)::text, coalesce(a.outcome, ''), a.received_at, a.title,
		coalesce(q.place_name, a.state #>> '{row,place_name}', ''), coalesce(q.unit, a.unit, '')
	FROM (SELECT t.no FROM fenbo.citizen t WHERE t.phone <> '' AND t.no <> of_case
			AND t.phone = (SELECT c.phone FROM fenbo.citizen c WHERE c.no = of_case) ORDER BY t.no DESC LIMIT 200) c
	JOIN fenbo.appeal a ON a.no = c.no LEFT JOIN fenbo.queue q ON q.no = a.no
	WHERE s.whole OR fenbo._in_scope(s, fenbo._peek(c.no))
	ORDER BY a.no DESC LIMIT 50;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.callers_cases(bigint) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin;

-- Erase the complainant of a case on his request: name, telephone and identity are gone, earlier forms of them (kept
-- for undo) too, and so is the salt, without which the commitments in the record say nothing any more. The title that the machine learns
-- from goes as well, and what was learnt with it is learnt again without (0070).
CREATE FUNCTION fenbo.erase(no bigint, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	w fenbo.who := fenbo._who_as('admin');
	q fenbo.queue := fenbo._case(no);
	forms text[];
BEGIN
	IF coalesce(why, '') = '' THEN
		PERFORM fenbo._fail('missing', 'why', 'a required value is missing');
	END IF;
	forms := fenbo._fields_erase(no);
	why := fenbo._starred(why, forms);
	UPDATE fenbo.citizen c SET name = '', phone = '', identity = '', salt = '\x', erased_at = fenbo.now_()
	WHERE c.no = erase.no AND c.erased_at IS NULL;
	IF NOT FOUND THEN
		PERFORM fenbo._fail('impossible', 'id', 'this has been erased already');
	END IF;
	UPDATE fenbo.appeal a SET own_title = '' WHERE a.no = erase.no AND a.own_title IS NOT NULL;
	UPDATE fenbo.remark m SET text = '' WHERE m.no = erase.no AND m.kind LIKE '.%';
	UPDATE fenbo.attachment f SET name = fenbo._starred(f.name, forms) WHERE f.no = erase.no;
	DELETE FROM fenbo.remark m WHERE m.no = erase.no AND m.kind LIKE '.%';
	PERFORM fenbo._event(q, 'erase', NULL, jsonb_build_object('why', fenbo._remark(no, q.version, 'erase', why)), NULL);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.erase(bigint, text) TO fenbo_admin;

-- Answers that fit: entries whose title or keywords the query names, or that name the query.
CREATE FUNCTION fenbo.knowledge_search(query text, max integer) RETURNS TABLE (code text, title text, template text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT k.code, k.title, k.template FROM fenbo.knowledge k
	CROSS JOIN LATERAL (SELECT count(*) AS n FROM unnest(k.keywords) w WHERE position(lower(w) IN lower(query)) > 0) hit
	WHERE k.active AND (coalesce(query, '') = '' OR hit.n > 0 OR position(lower(query) IN lower(k.title)) > 0
		OR position(lower(query) IN lower(k.template)) > 0 OR EXISTS (SELECT FROM unnest(k.keywords) w
			WHERE position(lower(query) IN lower(w)) > 0))
	ORDER BY (position(lower(coalesce(query, '')) IN lower(k.title)) > 0) DESC, hit.n DESC, k.code
	LIMIT least(greatest(max, 0), 200)
$$;

-- The one-key list of reasons for an action, in its order. approval: a unit that gives this reason asks the supervisor (0085).
CREATE FUNCTION fenbo.reasons(action text) RETURNS TABLE (code text, name text, approval boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT r.code, r.name, reasons.action = 'pause' AND fenbo._wants_approval(r.code)
	FROM fenbo.reason r WHERE r.action = reasons.action ORDER BY r.sort, r.code;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.knowledge_search(text, integer), fenbo.reasons(text)
	TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit, fenbo_feed;

RESET ROLE;
