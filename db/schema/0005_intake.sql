-- 0005 intake: rows that fenbod has cleaned and recommended become cases, a thousand in one statement. Everything is
-- set-based; the keys decide first (intake_key), so the same report sent three times is one case, whoever sends it at
-- the same moment.
SET ROLE fenbo_owner;

-- One arriving row, as jsonb_to_recordset reads it.
CREATE TYPE fenbo.arrival AS (
	line integer, external_id text, text text, title text, received_at timestamptz, address text, lat double precision,
	long double precision, name text, phone text, identity text, type text, duty_item text, confidential boolean,
	reply_wanted boolean, raw_b64 text, priority fenbo.priority, desk text, place text, place_name text, flags integer,
	model text, novel boolean, units jsonb, repeats jsonb, fields jsonb, links jsonb, quotes text[]
);
CREATE TYPE fenbo.receipt AS (line integer, status text, no bigint, field text, error text, message text);

-- Was the title made of the text (by us, or by a channel that has none), rather than given beside it?
CREATE FUNCTION fenbo._of_text(title text, body text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT left(title, 8) = translate(left(body, 8), E'\n\t', '  ') $$;

-- Rows whose order in the array is in `ords` become the cases `nos`. One statement: each table gets its rows in one
-- multi-row insert, and what several of them need is computed once.
CREATE FUNCTION fenbo._intake_write(channel_ text, actor_ text, rows jsonb, ords integer[], nos bigint[],
	late boolean[])
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
	tx_ xid8 := pg_current_xact_id();
	alert integer := CASE WHEN (SELECT h.citizen FROM fenbo.channel h WHERE h.code = channel_) THEN 0 ELSE 65536 END;
	revision_ integer := fenbo._revision();
	calendar_ text := fenbo._clock_calendar('dispatch');
	calendar_no_ integer := CASE calendar_ WHEN 'working' THEN fenbo._calendar_no() ELSE 0 END;
	limits integer[] := ARRAY[fenbo._dispatch_limit('urgent'), fenbo._dispatch_limit('fast'),
		fenbo._dispatch_limit('normal')];
	ladders integer[] := fenbo._ladder_first(limits);
BEGIN
	WITH a AS MATERIALIZED (
		SELECT n.no, r.external_id, r.text, coalesce(nullif(r.title, ''), left(r.text, 60)) AS title,
			coalesce(least(r.received_at, now_), now_) AS received_at,
			l.started_at, l.limit_s, l.p, CASE calendar_ WHEN 'working' THEN fenbo._working_add(l.started_at, l.limit_s)
				ELSE l.started_at + make_interval(secs => l.limit_s) END AS due_at,
			coalesce(r.address, '') AS address, r.lat, r.long, coalesce(r.name, '') AS name,
				coalesce(r.phone, '') AS phone,
			coalesce(r.identity, '') AS identity, coalesce(r.type, '') AS type, r.duty_item,
			coalesce(r.priority, 'normal') AS priority,
			coalesce(r.desk, 'centre') AS desk, nullif(r.place, '') AS place, coalesce(r.place_name, '') AS place_name,
			coalesce(r.flags, 0) | CASE WHEN r.confidential THEN 4 ELSE 0 END | CASE WHEN r.reply_wanted THEN 8
				ELSE 0 END | alert AS flags,
			r.model, coalesce(r.novel, false) AS novel, r.units, r.repeats, r.fields, r.links, r.quotes,
			(r.fields #>> '{time,value}')::timestamptz AS happened_at, fenbo._keywords(r.fields) AS tags,
			CASE WHEN r.model IS NOT NULL THEN nextval('fenbo.recommendation_id') END AS rec,
			r.units #>> '{0,unit}' AS top_unit, (r.units #>> '{0,p}')::real AS top_p,
			uuid_send(gen_random_uuid()) AS salt, nextval('fenbo.event_id') AS event
		FROM unnest(ords, nos, late) n(ord, no, late)
		CROSS JOIN LATERAL jsonb_populate_record(NULL::fenbo.arrival, rows -> (n.ord - 1)) r
		CROSS JOIN LATERAL (SELECT date_trunc('second', CASE WHEN n.late THEN now_ ELSE coalesce(least(r.received_at, now_), now_) END) AS started_at,
			limits[p.p] AS limit_s, p.p FROM (SELECT CASE r.priority WHEN 'urgent' THEN 1 WHEN 'fast' THEN 2 ELSE 3 END AS p) p) l
	), e AS MATERIALIZED (
		SELECT a.*,
			jsonb_build_object('id', lpad(a.no::text, 13, '0'), 'version', 1, 'stage', 'triage', 'priority', a.priority,
				'desk', a.desk,
				'unit', NULL, 'owner', NULL, 'lease_until', NULL, 'due_at', a.due_at, 'clock', 'dispatch',
				'top', CASE WHEN a.top_unit IS NOT NULL THEN jsonb_build_array(a.top_unit,
					round(a.top_p::numeric, 4)) END,
				'repeats', 0, 'flags', fenbo._flags(a.flags), 'rank_at', a.received_at, 'received_at', a.received_at,
				'channel', channel_, 'item', NULL, 'assist', '[]'::jsonb, 'chased', 0, 'returned', 0, 'redo',
					0, 'burst', NULL) AS after,
			jsonb_build_object('text', fenbo._commit(a.salt, a.text),
				'citizen', fenbo._commit(a.salt, a.name || chr(10) || a.phone || chr(10) || a.identity),
				'clocks', jsonb_build_object('dispatch', jsonb_build_object('started', jsonb_build_object('at', a.started_at,
					'limit_s', a.limit_s, 'calendar', calendar_))), 'revision', revision_) AS args
		FROM a
	), h AS MATERIALIZED (
		SELECT e.*, fenbo._event_hash('\x', e.event, e.no, 1, now_, tx_, 'create', actor_, '', NULL, NULL, NULL,
			e.after, e.args) AS hash
		FROM e
	), i_event AS (
		INSERT INTO fenbo.event (id, no, version, at, tx, action, actor, after, args, prev, hash)
		SELECT event, no, 1, now_, tx_, 'create', actor_, after, args, '\x', hash FROM h
	), i_appeal AS (
		INSERT INTO fenbo.appeal (no, received_at, created_at, channel, external_id, title, text, type, duty_item,
			address, lat, long, place, fields, happened_at, tags, own_title)
		SELECT no, received_at, now_, channel_, external_id, title, text, type, duty_item, address, lat, long, place, fields, happened_at, tags,
			CASE WHEN NOT fenbo._of_text(title, text) THEN title END
			FROM a
	), i_citizen AS (
		INSERT INTO fenbo.citizen (no, name, phone, identity, salt) SELECT no, name, phone, identity, salt FROM a
	), i_clock AS (
		INSERT INTO fenbo.clock (no, kind, started_at, limit_s, calendar, due_at, calendar_no, ladder, next_rung_at)
		SELECT no, 'dispatch', started_at, limit_s, calendar_, due_at, calendar_no_, ladders[p][1],
			CASE calendar_ WHEN 'working' THEN started_at ELSE started_at + make_interval(secs => ladders[p][2]) END FROM a
	), i_rec AS (
		INSERT INTO fenbo.recommendation (id, no, at, model, novel, units)
		SELECT rec, no, now_, model, novel, coalesce(units, '[]') FROM a WHERE rec IS NOT NULL
	), i_repeat AS (
		INSERT INTO fenbo.repeat_candidate (no, other, score, reason)
		SELECT DISTINCT ON (a.no, r.no) a.no, r.no, coalesce(r.score, 0), coalesce(r.reason, '')
		FROM a CROSS JOIN LATERAL jsonb_to_recordset(a.repeats) r(no bigint, score real, reason text)
		WHERE jsonb_typeof(a.repeats) = 'array' AND r.no IS NOT NULL
	), i_link AS (
		-- quotes: what may be the ticket number of an earlier case of this channel, also one of these very rows
		INSERT INTO fenbo.link (no, other, kind, reason, at)
		SELECT DISTINCT ON (x.no, x.other, x.kind) x.no, x.other, x.kind, x.reason, now_
		FROM (SELECT a.no, l.no AS other, l.kind, coalesce(l.reason, '') AS reason, l.ord
				FROM a CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(a.links) AS (no bigint, kind text, reason text)) WITH ORDINALITY
					l(no, kind, reason, ord)
				WHERE jsonb_typeof(a.links) = 'array' AND EXISTS (SELECT FROM fenbo.appeal t WHERE t.no = l.no)
			UNION ALL
			SELECT a.no, (SELECT i.no FROM fenbo.intake_key i WHERE i.channel = channel_ AND i.external_id = w), 'quoted', '文中写有编号 ' || w,
				1000000
				FROM a CROSS JOIN LATERAL unnest(a.quotes) w) x
		WHERE x.other <> x.no
		ORDER BY x.no, x.other, x.kind, x.ord, x.reason
	)
	INSERT INTO fenbo.queue (no, version, stage, priority, rank_at, desk, received_at, due_at, clock, flags, rec,
		top_unit, top_p, channel,
		title, place, place_name, head)
	SELECT no, 1, 'triage', priority, received_at, desk, received_at, due_at, 'dispatch', flags, rec,
		top_unit, top_p, channel_, left(title, 60), coalesce(place, ''), place_name, hash
	FROM h;
END
$$;

-- One key's rows, all or an exception. Rules of the door:
--  * the channel is the key's; its right `intake` lets it in;
--  * received_at later than five minutes from now is invalid; one older than a day makes a back-dated import, which
--    needs the right `backdate`, takes a number of its own day and starts its dispatch clock now, because the centre
--    has it from now;
--  * a desk that does not exist is the centre.
-- An answer for each row in order; rows that the rules refuse come as 'quarantined' and are not written. Planned once
-- for the session and without knowing how many rows will come, so nothing here is a join whose size the plan would have
-- to know; and keys are looked up one by one, because a join makes the planner read every key the channel ever had.
CREATE FUNCTION fenbo._intake_set(k fenbo.api_key, rows jsonb) RETURNS SETOF fenbo.receipt
LANGUAGE plpgsql AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
	horizon timestamptz := fenbo.now_() - interval '1 day';
	ords integer[]; exts text[]; recs timestamptz[]; late boolean[];
	nos bigint[];
	won bigint[];
	made bigint[] := array_fill(0::bigint, ARRAY[jsonb_array_length(rows)]);  -- by position; 0 = not made here
	d record;
BEGIN
	-- The first of each external id that is not known yet and not refused, in the order of the ids: whoever inserts the
	-- same keys at the same moment does so in the same order, and nobody can wait in a circle.
	SELECT array_agg(ord ORDER BY external_id), array_agg(external_id ORDER BY external_id),
		array_agg(received_at ORDER BY external_id), array_agg(coalesce(received_at < horizon, false)
			ORDER BY external_id)
	INTO ords, exts, recs, late
	FROM (SELECT DISTINCT ON (r.external_id) r.ord::integer, r.external_id, r.received_at
		FROM ROWS FROM (jsonb_to_recordset(rows) AS (external_id text, received_at timestamptz,
			text text)) WITH ORDINALITY
			r(external_id, received_at, text, ord)
		WHERE fenbo._refusal(k, r.external_id, r.text, r.received_at, now_) IS NULL
		ORDER BY r.external_id, r.ord) f
	WHERE (SELECT i.no FROM fenbo.intake_key i WHERE i.channel = k.channel AND i.external_id = f.external_id) IS NULL;

	IF ords IS NOT NULL THEN
		nos := array_fill(NULL::bigint, ARRAY[cardinality(ords)]);
		IF NOT true = ANY (late) THEN
			SELECT array_agg(n) INTO nos FROM fenbo.case_new(cardinality(ords), NULL, false) n;
		ELSE
			-- Days in order, again so that two imports cannot wait for each other.
			FOR d IN SELECT l, CASE WHEN l THEN fenbo._day(r) END AS day, min(r) AS received,
				array_agg(i ORDER BY i) AS at
				FROM unnest(recs, late) WITH ORDINALITY u(r, l, i) GROUP BY 1, 2 ORDER BY 2 NULLS LAST
			LOOP
				won := ARRAY(SELECT fenbo.case_new(cardinality(d.at), d.received, d.l));
				FOR i IN 1 .. cardinality(d.at) LOOP nos[d.at[i]] := won[i]; END LOOP;
			END LOOP;
		END IF;
		WITH w AS (
			INSERT INTO fenbo.intake_key AS i (channel, external_id, no)
			SELECT k.channel, u.ext, u.no FROM unnest(exts, nos) WITH ORDINALITY u(ext, no, i) ORDER BY u.i
			ON CONFLICT DO NOTHING RETURNING i.no)
		SELECT array_agg(no) INTO won FROM w;
		IF cardinality(won) < cardinality(ords) THEN        -- somebody else was first with some of them
			SELECT array_agg(u.ord), array_agg(u.no), array_agg(u.late) INTO ords, nos, late
			FROM unnest(ords, nos, late) u(ord, no, late) WHERE u.no = ANY (won);
		END IF;
		IF won IS NOT NULL THEN
			PERFORM fenbo._intake_write(k.channel, 'key:' || k.name, rows, ords, nos, late);
			IF true = ANY (late) THEN PERFORM fenbo._index_again(nos); END IF;
			FOR i IN 1 .. cardinality(ords) LOOP made[ords[i]] := nos[i]; END LOOP;
		END IF;
	END IF;

	RETURN QUERY
	SELECT coalesce(r.line, r.ord::integer), CASE WHEN x.f IS NOT NULL THEN 'quarantined' WHEN made[r.ord] <> 0
		THEN 'created' ELSE 'duplicate' END,
		coalesce(nullif(made[r.ord], 0), CASE WHEN x.f IS NULL THEN (SELECT i.no FROM fenbo.intake_key i
			WHERE i.channel = k.channel AND i.external_id = r.external_id) END),
		coalesce(x.f[1], ''), coalesce(x.f[2], ''), coalesce(x.f[3], '')
	FROM ROWS FROM (jsonb_to_recordset(rows) AS (line integer, external_id text, received_at timestamptz,
		text text)) WITH ORDINALITY
		r(line, external_id, received_at, text, ord)
	CROSS JOIN LATERAL (SELECT fenbo._refusal(k, r.external_id, r.text, r.received_at, now_) AS f) x
	ORDER BY r.ord;
END
$$;

-- Why a row may not come in: {field, error, message}, NULL when it may.
CREATE FUNCTION fenbo._refusal(k fenbo.api_key, external_id text, text_ text, received_at timestamptz,
	now_ timestamptz) RETURNS text[]
LANGUAGE sql STABLE AS $$
	SELECT CASE
		WHEN coalesce(external_id, '') = '' THEN ARRAY['external_id', 'missing', 'a required value is missing']
		WHEN length(external_id) > 200 THEN ARRAY['external_id', 'too_large', 'longer than 200 characters']
		WHEN coalesce(text_, '') = '' THEN ARRAY['text', 'missing', 'a required value is missing']
		WHEN received_at > now_ + interval '5 minutes' THEN ARRAY['received_at', 'invalid', 'this lies in the future']
		WHEN received_at < now_ - interval '1 day' AND NOT 'backdate' = ANY (k.rights)
			THEN ARRAY['received_at', 'forbidden', 'older than a day: this needs the right backdate']
		WHEN received_at < '2000-01-02' THEN ARRAY['received_at', 'invalid',
			'case numbers reach from the year 2000 to 2099']
	END
$$;

-- What a row that SQL refused leaves behind.
CREATE FUNCTION fenbo._quarantine(k fenbo.api_key, entry jsonb, line integer, field text, error text,
	message text) RETURNS bigint
LANGUAGE sql AS $$
	INSERT INTO fenbo.quarantine (at, key, channel, line, raw, row, field, error, message)
	VALUES (fenbo.now_(), k.id, k.channel, coalesce(line, 0),
		CASE WHEN jsonb_typeof(entry) <> 'object' THEN convert_to(entry::text, 'UTF8')
			WHEN entry ->> 'raw_b64' IS NOT NULL THEN decode(entry ->> 'raw_b64', 'base64')
			ELSE convert_to((entry - ARRAY['units', 'repeats', 'fields', 'links', 'quotes', 'raw_b64', 'line'])::text, 'UTF8') END,
		CASE jsonb_typeof(entry) WHEN 'object' THEN entry - 'raw_b64' END, coalesce(field, ''), error, message)
	RETURNING id
$$;

-- _intake_set, and when a row makes the whole set fail, one row at a time: a bad row costs only itself. Rows that could
-- not be written for want of a lock or a number are 'retry': they may come again.
CREATE FUNCTION fenbo._intake_key_rows(k fenbo.api_key, rows jsonb) RETURNS SETOF fenbo.receipt
LANGUAGE plpgsql AS $$
DECLARE
	r fenbo.receipt;
	all_ fenbo.receipt[];
	entry jsonb;
	detail text;
	ord bigint;
BEGIN
	BEGIN
		all_ := ARRAY(SELECT s FROM fenbo._intake_set(k, rows) s);
	EXCEPTION WHEN data_exception OR integrity_constraint_violation OR SQLSTATE 'FB000' THEN
		all_ := '{}';
		FOR entry, ord IN SELECT * FROM jsonb_array_elements(rows) WITH ORDINALITY LOOP
			BEGIN
				SELECT * INTO r FROM fenbo._intake_set(k, jsonb_build_array(entry));
				IF jsonb_typeof(entry -> 'line') IS DISTINCT FROM 'number' THEN r.line := ord; END IF;
			EXCEPTION
			WHEN data_exception OR integrity_constraint_violation THEN
				r := ROW (CASE jsonb_typeof(entry -> 'line') WHEN 'number' THEN (entry ->> 'line')::numeric::integer
					ELSE ord END,
					'quarantined', NULL, '', 'invalid', SQLERRM);
			WHEN SQLSTATE 'FB000' THEN
				GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
				r := ROW ((entry ->> 'line')::integer, CASE detail::jsonb ->> 'error' WHEN 'too_many' THEN 'retry'
					ELSE 'quarantined' END,
					NULL, detail::jsonb ->> 'field', detail::jsonb ->> 'error', SQLERRM);
			END;
			all_ := all_ || r;
		END LOOP;
	END;
	FOR i IN 1 .. cardinality(all_) LOOP
		IF all_[i].status = 'quarantined' THEN
			PERFORM fenbo._quarantine(k, rows -> (i - 1), all_[i].line, all_[i].field, all_[i].error, all_[i].message);
		END IF;
	END LOOP;
	RETURN QUERY SELECT * FROM unnest(all_);
END
$$;

CREATE FUNCTION fenbo._intake_key(key_hash bytea) RETURNS fenbo.api_key
LANGUAGE plpgsql STABLE AS $$
DECLARE
	k fenbo.api_key;
BEGIN
	SELECT * INTO k FROM fenbo.api_key WHERE hash = key_hash AND revoked_at IS NULL;
	IF k.id IS NULL THEN
		PERFORM fenbo._fail('unauthorized', '', 'the key is unknown or revoked');
	ELSIF k.channel IS NULL OR NOT 'intake' = ANY (k.rights) THEN
		PERFORM fenbo._fail('forbidden', '', 'this key may not bring appeals');
	END IF;
	RETURN k;
END
$$;

-- Take in up to 1,000 rows of one key, in one transaction. rows: array of fenbo.arrival objects, cleaned and
-- recommended before; unknown members are ignored. Answers a receipt for each row in order: created, duplicate (with
-- the number that stands), quarantined (kept with its original bytes, raw_b64) or retry. unauthorized, forbidden,
-- too_large concern the whole call.
CREATE FUNCTION fenbo.intake(key_hash bytea, rows jsonb) RETURNS SETOF fenbo.receipt
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '5s'
	SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
	k fenbo.api_key := fenbo._intake_key(key_hash);
BEGIN
	IF jsonb_typeof(rows) IS DISTINCT FROM 'array' THEN
		PERFORM fenbo._fail('invalid', 'rows', 'an array of rows is expected');
	ELSIF jsonb_array_length(rows) > 1000 THEN
		PERFORM fenbo._fail('too_large', 'rows', 'more than 1000 rows in one batch');
	END IF;
	RETURN QUERY SELECT * FROM fenbo._intake_key_rows(k, rows);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.intake(bytea, jsonb) TO fenbo_feed;

-- The rows of several keys in one transaction: batches[i] came with hashes[i]. Line numbers are unique in the whole
-- call. A key that is unknown by now fails its own rows only.
CREATE FUNCTION fenbo.intake_many(batches jsonb[], hashes bytea[]) RETURNS SETOF fenbo.receipt
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '5s'
	SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
	k fenbo.api_key;
	detail text;
	total integer := 0;
	i integer;
BEGIN
	IF cardinality(batches) IS DISTINCT FROM cardinality(hashes) THEN
		PERFORM fenbo._fail('invalid', 'hashes', 'as many keys as batches are expected');
	END IF;
	SELECT sum(jsonb_array_length(b)) INTO total FROM unnest(batches) b;
	IF total > 1000 THEN
		PERFORM fenbo._fail('too_large', 'batches', 'more than 1000 rows in one batch');
	END IF;
	-- In the order of the channels, as every caller does.
	FOR i IN SELECT u.i FROM unnest(hashes) WITH ORDINALITY u(h, i) LEFT JOIN fenbo.api_key a ON a.hash = u.h
		ORDER BY a.channel, u.i LOOP
		BEGIN
			k := fenbo._intake_key(hashes[i]);
		EXCEPTION WHEN SQLSTATE 'FB000' THEN
			GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
			RETURN QUERY SELECT (r ->> 'line')::integer, 'refused', NULL::bigint, '', detail::jsonb ->> 'error', SQLERRM
			FROM jsonb_array_elements(batches[i]) r;
			CONTINUE;
		END;
		RETURN QUERY SELECT * FROM fenbo._intake_key_rows(k, batches[i]);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.intake_many(jsonb[], bytea[]) TO fenbo_feed;

RESET ROLE;
