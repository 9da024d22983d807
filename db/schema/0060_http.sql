-- 0060 http: what fenbod asks for those who come over HTTP, and for its own memory. A key reads the cases of its own channel; a unit's key
-- those its units lead or assist. Everything here is read only, but for the recommendation that fenbod renews.
SET ROLE fenbo_owner;

-- The key with this right, or a refusal.
CREATE FUNCTION fenbo._key_with(key_hash bytea, right_ text) RETURNS fenbo.api_key
LANGUAGE plpgsql STABLE AS $$
DECLARE
	k fenbo.api_key;
BEGIN
	SELECT * INTO k FROM fenbo.api_key WHERE hash = key_hash AND revoked_at IS NULL;
	IF k.id IS NULL THEN
		PERFORM fenbo._fail('unauthorized', '', 'the key is unknown or revoked');
	ELSIF right_ <> ALL (k.rights) THEN
		PERFORM fenbo._fail('forbidden', '', format('this key lacks the right %s', right_));
	END IF;
	RETURN k;
END
$$;

-- The case at the end of a chain of merges: itself when it is not merged. Chains are short; a hundred is a fault.
CREATE FUNCTION fenbo._final(of_case bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
	no_ bigint := of_case;
	p bigint;
BEGIN
	FOR i IN 1 .. 100 LOOP
		SELECT a.primary_no INTO p FROM fenbo.appeal a WHERE a.no = no_ AND a.stage = 'merged';
		IF NOT FOUND OR p IS NULL THEN RETURN no_; END IF;
		no_ := p;
	END LOOP;
	RETURN no_;
END
$$;

-- The numbers that live cases of these days can have: the door takes what is at most a day old under today's number.
CREATE FUNCTION fenbo._numbers(from_ timestamptz, until_ timestamptz, OUT lo bigint, OUT hi bigint)
LANGUAGE sql STABLE AS $$
	SELECT (to_char(fenbo._day(greatest(from_, '2000-01-03')) - 1, 'YYMMDD') || '0000000')::bigint,
		(to_char(fenbo._day(least(until_, '2099-12-28')) + 2, 'YYMMDD') || '0000000')::bigint
$$;

-- Requests as Open311 shows them. ids given: those, whatever else; otherwise newest first by the filters. open: triage, dispatched,
-- handling; closed: resolved, closed; a merged case follows its primary (final_no).
CREATE FUNCTION fenbo.open311_requests(key_hash bytea, ids bigint[], codes text[], want_open boolean, want_closed boolean,
	from_ timestamptz, until_ timestamptz, most integer, skip integer)
RETURNS TABLE (no bigint, open boolean, stage text, outcome text, final_no bigint, item text, item_name text, text text, unit_name text,
	address text, lat double precision, long double precision, received_at timestamptz, updated_at timestamptz, due_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	k fenbo.api_key := fenbo._key_with(key_hash, 'read');
	r record := fenbo._numbers(from_, until_);
BEGIN
	RETURN QUERY
	WITH found AS (
		SELECT a.*, fenbo._final(a.no) AS final_ FROM fenbo.appeal a
		WHERE a.channel = k.channel AND ids IS NOT NULL AND a.no = ANY (ids)
		UNION ALL
		(SELECT a.*, f.final_
		FROM fenbo.appeal a
		LEFT JOIN fenbo.queue q ON q.no = a.no
		CROSS JOIN LATERAL (SELECT CASE WHEN a.stage = 'merged' THEN fenbo._final(a.no) ELSE a.no END AS final_) f
		LEFT JOIN fenbo.queue p ON p.no = f.final_
		WHERE ids IS NULL AND a.channel = k.channel AND a.no >= r.lo AND a.no < r.hi AND a.received_at BETWEEN from_ AND until_
			AND (codes IS NULL OR coalesce(q.item, a.item, a.duty_item, 'general') = ANY (codes))
			AND CASE WHEN p.stage IN ('triage', 'dispatched', 'handling') THEN want_open ELSE want_closed END
		ORDER BY a.no DESC LIMIT most OFFSET skip)
	)
	SELECT f.no, coalesce(p.stage IN ('triage', 'dispatched', 'handling'), false), coalesce(q.stage, f.stage)::text, f.outcome, f.final_,
		coalesce(q.item, f.item, f.duty_item, ''), coalesce(d.name, ''), f.text, coalesce(u.name, ''), f.address, f.lat, f.long, f.received_at,
		coalesce((SELECT e.at FROM fenbo.event e WHERE e.no = f.no ORDER BY e.version DESC LIMIT 1), f.created_at), p.due_at
	FROM found f
	LEFT JOIN fenbo.queue q ON q.no = f.no
	LEFT JOIN fenbo.queue p ON p.no = f.final_
	LEFT JOIN fenbo.appeal pa ON pa.no = f.final_
	LEFT JOIN fenbo.unit u ON u.code = coalesce(p.unit, pa.unit)
	LEFT JOIN fenbo.duty_item d ON d.revision = fenbo._get('routing_revision')::integer AND d.code = coalesce(q.item, f.item, f.duty_item)
	ORDER BY f.no DESC;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.open311_requests(bytea, bigint[], text[], boolean, boolean, timestamptz, timestamptz, integer, integer)
	TO fenbo_feed;

-- An event in words for the citizen: what became of the case, and what was written for him (an answer, a result, his own words).
CREATE FUNCTION fenbo._told_citizen(e fenbo.event) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	unit_name text := (SELECT u.name FROM fenbo.unit u WHERE u.code = e.after ->> 'unit');
	open_progress boolean := coalesce((SELECT (r.policy #>> '{progress,public}')::boolean FROM fenbo.routing_revision r
		WHERE r.revision = fenbo._revision()), false);
	wrote text := (SELECT fenbo._mask_text(m.text) FROM fenbo.remark m WHERE m.no = e.no AND m.version = e.version
		AND m.kind = CASE e.action WHEN 'answer' THEN 'answer' WHEN 'resolve' THEN 'result' WHEN 'chase' THEN 'chase'
			WHEN 'progress' THEN CASE WHEN open_progress THEN 'progress' END END);
	zone text := fenbo._zone();
	words text;
BEGIN
	words := CASE
		WHEN e.action = 'create' THEN '已受理'
		WHEN e.action IN ('confirm', 'override', 'parallel', 'end', 'rule', 'reassign') AND e.after ->> 'stage' = 'dispatched' THEN '已派送至' || unit_name
		WHEN e.action IN ('confirm', 'override', 'parallel', 'rule', 'reassign') THEN '已转分拨机构办理'
		WHEN e.action = 'accept' THEN unit_name || '已签收，办理中'
		WHEN e.action = 'contact' THEN CASE WHEN e.args ? 'unit' THEN '承办单位' ELSE '受理中心' END
			|| CASE e.args ->> 'outcome' WHEN 'reached' THEN '已与您联系' ELSE '曾联系您，未能接通' END
			|| coalesce('，约定' || to_char((e.args ->> 'until')::timestamptz AT TIME ZONE zone, 'FMMM月FMDD日HH24:MI') || '再次联系', '')
		WHEN e.action = 'progress' THEN '承办单位反馈了办理进展'
		WHEN e.action IN ('subdispatch', 'handback') THEN '已转由' || unit_name || '办理'
		WHEN e.action = 'step' THEN format('第%s步已完成（共%s步），转由%s办理', e.args ->> 'done', e.args ->> 'of', unit_name)
		WHEN e.action = 'pause' OR e.action = 'approve' AND e.after -> 'flags' ? 'paused' THEN '暂停计时' || coalesce('（' || (SELECT r.name
			FROM fenbo.reason r WHERE r.action = 'pause' AND r.code = coalesce(e.args ->> 'code', (SELECT t.reason FROM fenbo.request t
				WHERE t.no = e.no AND t.version = (e.args ->> 'request')::integer))) || '）', '')
			|| coalesce('，至' || to_char((e.args ->> 'until')::timestamptz AT TIME ZONE zone, 'FMMM月FMDD日'), '')
		WHEN e.action = 'approve' AND e.args ->> 'kind' = 'extend' THEN format('办理期限延长%s个工作日', e.args ->> 'days')
		WHEN e.action = 'resume' THEN '恢复办理'
		WHEN e.action = 'resolve' AND e.after ->> 'stage' = 'resolved' THEN '已办理完毕，请您评价'
		WHEN e.action = 'resolve' THEN '已办理完毕'
		WHEN e.action IN ('rate', 'visit') AND e.after ->> 'stage' IN ('dispatched', 'handling') THEN '已收到评价，由承办单位重新办理'
		WHEN e.action = 'rate' THEN '已收到您的评价'
		WHEN e.action = 'visit' THEN '已电话回访'
		WHEN e.action = 'redo' THEN '已由承办单位重新办理'
		WHEN e.action = 'unrated' THEN '评价期已过，已办结'
		WHEN e.action = 'answer' THEN '已答复'
		WHEN e.action = 'close' THEN '已办结'
		WHEN e.action = 'reopen' THEN '已重新办理'
		WHEN e.action = 'chase' THEN '已收到您的补充或催办'
		ELSE CASE e.args ->> 'outcome' WHEN 'withdrawn' THEN '已按您的要求撤回' WHEN 'emergency' THEN '已移交应急部门处置'
			ELSE '经核实无需派送，已办结' END END;
	RETURN coalesce(words, '办理中') || coalesce('：' || nullif(wrote, ''), '');
END
$$;

-- May the citizen learn of it? What was asked of a supervisor and refused is between him and the unit.
CREATE FUNCTION fenbo._citizens_matter(e fenbo.event) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT e.action IN ('create', 'confirm', 'override', 'parallel', 'rule', 'reassign', 'accept', 'contact', 'progress', 'subdispatch', 'handback', 'step',
			'pause', 'resume', 'resolve', 'rate', 'redo', 'unrated', 'answer', 'end', 'close', 'reopen')
		OR e.action = 'visit' AND e.args ->> 'outcome' = 'reached'
		OR e.action = 'approve' AND e.args ->> 'decision' = 'yes' AND (e.args ->> 'kind' = 'extend' OR e.after -> 'flags' ? 'paused')
$$;

-- What happened to the channel's cases, as far as a citizen learns of it, step by step from the receipt to the end;
-- and what the channel itself posted, under the number it was posted to. What was undone is not told.
CREATE FUNCTION fenbo.open311_updates(key_hash bytea, ids bigint[], from_ timestamptz, until_ timestamptz, most integer, skip integer)
RETURNS TABLE (id bigint, no bigint, open boolean, at timestamptz, action text, words text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	k fenbo.api_key := fenbo._key_with(key_hash, 'read');
	posters text[] := ARRAY(SELECT 'key:' || t.name FROM fenbo.api_key t WHERE t.channel = k.channel);
	every bigint[] := ids;
BEGIN
	IF ids IS NOT NULL THEN                              -- what was posted to a merged case is an event of its primary
		every := ids || ARRAY(SELECT f FROM unnest(ids) i CROSS JOIN LATERAL unnest(fenbo._chain(i)) f);
	END IF;
	RETURN QUERY
	SELECT e.id, x.of_case, e.after ->> 'stage' IN ('triage', 'dispatched', 'handling', 'merged'), e.at, e.action, fenbo._told_citizen(e)
	FROM fenbo.event e CROSS JOIN LATERAL (SELECT CASE WHEN e.action = 'chase' THEN coalesce((e.args ->> 'via')::bigint, e.no)
		ELSE e.no END AS of_case) x
	WHERE e.no <> 0 AND e.at BETWEEN from_ AND until_
		AND (e.after ->> 'channel' = k.channel AND fenbo._citizens_matter(e)
			OR e.action = 'chase' AND e.actor = ANY (posters))
		AND (every IS NULL OR e.no = ANY (every)) AND (ids IS NULL OR x.of_case = ANY (ids))
		AND NOT EXISTS (SELECT FROM fenbo.event u WHERE u.no = e.no AND u.id > e.id AND u.action = 'undo'
			AND (u.args ->> 'undoes')::bigint = e.id)
	ORDER BY e.at, e.id LIMIT most OFFSET skip;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.open311_updates(bytea, bigint[], timestamptz, timestamptz, integer, integer) TO fenbo_feed;

-- Has the key been given the citizen of the case since the unit last signed for it? If not it is now, on the record: false only while
-- somebody else is at work on the case, until the next poll.
CREATE FUNCTION fenbo._told(q fenbo.queue, key_name text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	signed bigint;
BEGIN
	SELECT e.id INTO signed FROM fenbo.event e WHERE e.no = q.no AND e.action = 'accept' ORDER BY e.id DESC LIMIT 1;
	IF EXISTS (SELECT FROM fenbo.event e WHERE e.no = q.no AND e.id > coalesce(signed, 0) AND e.action = 'reveal'
			AND e.actor = 'key:' || key_name) THEN
		RETURN true;
	END IF;
	SELECT * INTO q FROM fenbo.queue t WHERE t.no = q.no AND t.head = q.head FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN RETURN false; END IF;
	PERFORM fenbo._event_by(q, 'reveal', NULL, '{"by": "tasks"}', NULL, 'key:' || key_name, '', NULL);
	RETURN true;
END
$$;

-- One task as its unit reads it. open: 'clear', 'masked', or 'hidden' for a confidential case.
CREATE FUNCTION fenbo._task(q fenbo.queue, open text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT fenbo._frame(q) || jsonb_build_object('title', fenbo._mask_text(q.title), 'place', q.place_name,
		'text', fenbo._mask_text(a.text), 'type', a.type, 'address', CASE open WHEN 'hidden' THEN '' ELSE a.address END,
		'lat', CASE WHEN open <> 'hidden' THEN a.lat END, 'long', CASE WHEN open <> 'hidden' THEN a.long END, 'item_name', coalesce(d.name, ''), 'clocks', fenbo._clocks(q.no),
		'citizen', CASE open
			WHEN 'clear' THEN jsonb_build_object('name', c.name, 'phone', c.phone, 'masked', false)
			WHEN 'masked' THEN jsonb_build_object('name', fenbo._mask_name(c.name), 'phone', fenbo._mask_phone(c.phone), 'masked', true)
			ELSE jsonb_build_object('hidden', true) END) || fenbo._unit_work(q)
	FROM fenbo.appeal a LEFT JOIN fenbo.citizen c ON c.no = a.no
	LEFT JOIN fenbo.duty_item d ON d.revision = fenbo._get('routing_revision')::integer AND d.code = q.item
	WHERE a.no = q.no);
END
$$;

-- The open work of a unit's key, after this number: what its units lead or assist, dispatched or in hand. The citizen is masked until the
-- case is accepted, and then given in the clear, once on the record; of a confidential case he stays unknown. Telephone numbers
-- in the text are masked.
CREATE FUNCTION fenbo.tasks(key_hash bytea, after_no bigint, most integer) RETURNS SETOF jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	k fenbo.api_key := fenbo._key_with(key_hash, 'act');
	mine text[] := fenbo._subtree(k.unit);
	q fenbo.queue;
	open text;
BEGIN
	FOR q IN SELECT * FROM fenbo.queue t WHERE t.no > after_no AND t.stage IN ('dispatched', 'handling')
		AND (t.unit = ANY (mine) OR t.assist && mine) ORDER BY t.no LIMIT most
	LOOP
		open := CASE WHEN q.flags & 4 <> 0 THEN 'hidden' WHEN q.stage = 'handling' AND fenbo._told(q, k.name) THEN 'clear' ELSE 'masked' END;
		RETURN NEXT fenbo._task(q, open);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.tasks(bytea, bigint, integer) TO fenbo_feed;

-- A cursor about n events back, from which a fenbod that has just started fills its memory.
CREATE FUNCTION fenbo.feed_recent(n integer) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT fenbo._epoch() || '-' || coalesce(
		(SELECT e.tx || '-' || e.id FROM fenbo.event e, fenbo.feed_floor f
			WHERE e.tx < pg_snapshot_xmin(pg_current_snapshot()) AND (e.tx, e.id) > (f.tx, f.id)
			ORDER BY e.tx DESC, e.id DESC OFFSET n LIMIT 1),
		(SELECT f.tx || '-' || f.id FROM fenbo.feed_floor f))
$$;
GRANT EXECUTE ON FUNCTION fenbo.feed_recent(integer) TO fenbo_feed;

-- --- the machine ---------------------------------------------------------------------------------------------------

-- What the recommender reads of an open case that stands in triage; no row otherwise. A title made of the text says nothing more: ''.
-- `corrected`: a person has corrected the address.
CREATE FUNCTION fenbo.recommend_case(of_case bigint) RETURNS TABLE (no bigint, version integer, text text, title text, address text,
	channel text, channel_place text, duty_item text, returned_by text[], corrected boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT q.no, q.version, a.text, CASE WHEN fenbo._of_text(q.title, a.text) THEN '' ELSE q.title END, a.address, q.channel, c.place, a.duty_item,
		ARRAY(SELECT DISTINCT e.before #>> '{row,unit}' FROM fenbo.event e
			WHERE e.no = q.no AND e.action = 'return' AND e.before #>> '{row,unit}' IS NOT NULL),
		EXISTS (SELECT FROM fenbo.event e WHERE e.no = q.no AND e.action = 'edit' AND e.args -> 'fields' ? 'address' AND NOT EXISTS (
			SELECT FROM fenbo.event u WHERE u.no = e.no AND u.id > e.id AND u.action = 'undo' AND (u.args ->> 'undoes')::bigint = e.id))
	FROM fenbo.queue q JOIN fenbo.appeal a ON a.no = q.no LEFT JOIN fenbo.channel c ON c.code = q.channel
	WHERE q.no = of_case AND q.stage = 'triage'
$$;
GRANT EXECUTE ON FUNCTION fenbo.recommend_case(bigint) TO fenbo_feed;

-- Does the machine's place go into the form? Where there is none, or where a person has corrected the address; never over a place that
-- a person chose since the machine last put one.
CREATE FUNCTION fenbo._place_free(q fenbo.queue) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN q.place = '' OR (SELECT coalesce(bool_or(x.fields ? 'address'), false)
			AND coalesce(max(x.id) FILTER (WHERE x.fields ? 'place'), 0) <= coalesce(max(x.id) FILTER (WHERE x.action = 'recommend'), 0)
		FROM (SELECT e.id, e.action, e.args -> 'fields' AS fields FROM fenbo.event e
			WHERE e.no = q.no AND (e.action = 'recommend' AND e.args ? 'place' OR e.action = 'edit' AND NOT EXISTS (SELECT FROM fenbo.event u
				WHERE u.no = e.no AND u.id > e.id AND u.action = 'undo' AND (u.args ->> 'undoes')::bigint = e.id))) x);
END
$$;

-- Keep a renewed recommendation {model, novel, place, place_name, units, repeats, links} with the case, made from what the case was at this
-- version: if it has moved on since, nothing happens, because a newer event asks for another. A relapse found now is flagged. An event without `before`: nobody's action, no obstacle to undo.
CREATE FUNCTION fenbo.recommend_store(of_case bigint, seen integer, made jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	q fenbo.queue;
	said boolean := jsonb_array_length(coalesce(made -> 'units', '[]')) > 0;
	found_ text := coalesce(made ->> 'place', '');
	moved boolean;
	back boolean;                                        -- a relapse
	ev jsonb := '{}';
BEGIN
	SELECT * INTO q FROM fenbo.queue t WHERE t.no = of_case FOR UPDATE;
	IF NOT FOUND OR q.stage <> 'triage' OR q.version <> seen THEN
		RETURN false;
	END IF;
	moved := made ? 'place' AND found_ <> q.place AND fenbo._place_free(q);
	PERFORM fenbo._found_again(of_case, made);
	back := q.flags & 128 = 0 AND made -> 'links' @> '[{"kind": "relapse"}]';
	IF NOT (said OR moved OR back OR q.rec IS NOT NULL) THEN
		RETURN false;
	END IF;
	IF said OR q.rec IS NOT NULL THEN
		INSERT INTO fenbo.recommendation (id, no, at, model, novel, units)
		VALUES (nextval('fenbo.recommendation_id'), of_case, fenbo.now_(), made ->> 'model', coalesce((made ->> 'novel')::boolean, false),
			coalesce(made -> 'units', '[]')) RETURNING id INTO q.rec;
		ev := jsonb_build_object('recommendation', q.rec);
	END IF;
	IF moved THEN
		UPDATE fenbo.appeal a SET place = nullif(found_, '') WHERE a.no = of_case;
		q.place := found_;
		q.place_name := coalesce(nullif(made ->> 'place_name', ''), (SELECT p.name FROM fenbo.place p WHERE p.code = found_), '');
		ev := ev || jsonb_build_object('place', found_);
	END IF;
	IF back THEN q.flags := q.flags | 128; END IF;
	UPDATE fenbo.queue t SET version = t.version + 1, rec = q.rec, flags = q.flags, top_unit = made #>> '{units,0,unit}', top_p = (made #>> '{units,0,p}')::real,
		place = q.place, place_name = q.place_name
	WHERE t.no = of_case RETURNING * INTO q;
	PERFORM fenbo._event_by(q, 'recommend', NULL, ev, NULL, 'system', '', NULL);
	RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.recommend_store(bigint, integer, jsonb) TO fenbo_feed;

-- Digits of a telephone number: written with blanks, hyphens or a country code it is the same person.
CREATE FUNCTION fenbo._phone_digits(phone text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT right(regexp_replace(phone, '[^0-9]', '', 'g'), 11) $$;

-- From which number on every case belongs into the index of repeats: those of the past 30 days, at most so many.
CREATE FUNCTION fenbo.repeats_edge(most integer) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
BEGIN
	RETURN greatest((to_char(fenbo._day(fenbo.now_()) - 30, 'YYMMDD') || '0000000')::bigint,
		coalesce((SELECT a.no + 1 FROM fenbo.appeal a ORDER BY a.no DESC OFFSET most LIMIT 1), 0));
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.repeats_edge(integer) TO fenbo_feed;

-- The duty item of the unit recommended first, as last recommended: of a case that was sent to a unit by name it says best what it was about.
CREATE FUNCTION fenbo._item_said(of_case bigint) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT r.units #>> '{0,item}' FROM fenbo.recommendation r WHERE r.no = of_case AND r.units #>> '{0,item}' IS NOT NULL
	ORDER BY r.id DESC LIMIT 1
$$;

-- Cases for the index of repeats, in the order of their numbers, after this one: open ones from before the edge, and all from there on.
-- phone: its digits, by which one caller's cases are known.
CREATE FUNCTION fenbo.repeats_seed(after bigint, edge bigint, most integer) RETURNS TABLE (no bigint, received_at timestamptz, text text,
	title text, place text, item text, open boolean, merged boolean, phone text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
BEGIN
	RETURN QUERY
	SELECT n.no, a.received_at, a.text, a.title, coalesce(nullif(q.place, ''), a.place, ''), coalesce(q.item, a.item, a.duty_item, fenbo._item_said(a.no), ''),
		q.no IS NOT NULL, coalesce(a.stage = 'merged', false), coalesce(fenbo._phone_digits(c.phone), '')
	FROM ((SELECT t.no FROM fenbo.queue t WHERE t.no > after AND t.no < edge ORDER BY t.no LIMIT most)
		UNION ALL (SELECT t.no FROM fenbo.appeal t WHERE t.no > after AND t.no >= edge ORDER BY t.no LIMIT most)
		ORDER BY 1 LIMIT most) n
	JOIN fenbo.appeal a ON a.no = n.no LEFT JOIN fenbo.queue q ON q.no = n.no LEFT JOIN fenbo.citizen c ON c.no = n.no
	ORDER BY n.no;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.repeats_seed(bigint, bigint, integer) TO fenbo_feed;

-- How much waits where, for the metrics.
CREATE FUNCTION fenbo.depths(OUT triage bigint, OUT open bigint, OUT quarantined bigint, OUT outgoing bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT (SELECT count(*) FROM fenbo.queue q WHERE q.stage = 'triage'), (SELECT count(*) FROM fenbo.queue),
		(SELECT count(*) FROM fenbo.quarantine t WHERE t.settled_at IS NULL),
		(SELECT count(*) FROM fenbo.outbox o WHERE o.state IN ('waiting', 'sending'))
$$;
GRANT EXECUTE ON FUNCTION fenbo.depths() TO fenbo_feed;

-- The one time zone of the centre.
CREATE FUNCTION fenbo.centre_zone() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$ SELECT fenbo._zone() $$;
GRANT EXECUTE ON FUNCTION fenbo.centre_zone() TO fenbo_feed;

RESET ROLE;
