-- 0083 ratings: what the citizen thinks of the result. He rates through his channel (`rate`), or is asked by phone (`visit`); once for
-- each result: the first, and one for each time the case was done again (`round`).
--
--  * Bad for one of the dimensions that the policy names (effect and feedback), the case goes back to the same unit, with fresh clocks: a
--    redo. Bad again, it is under special supervision, and the supervisor hears of it.
--  * Otherwise the case is closed as solved, when everybody has rated who waits for it. Several may: citizens of merged cases follow the
--    primary's answer and judge it, each for himself, under the number of his own case. One bad rating among them sends the primary
--    back; good ones wait for the others until the window ends, and then one is enough.
--  * Nobody within the window (the rate clock): closed as unrated. But what was done again is never closed in silence: it waits for a return
--    visit, and is closed unrated only after so many calls that nobody answered.
--  * A machine's alert (flag 16) has nobody to rate it.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.rating (
	no        bigint NOT NULL,                       -- the case whose result it is
	version   integer NOT NULL,                      -- of that case, by this rating
	of_no     bigint NOT NULL,                       -- the citizen's own case: itself, or one that follows it
	at        timestamptz NOT NULL,
	by        text NOT NULL,                         -- account, or key:NAME
	via       text NOT NULL CHECK (via IN ('rate', 'visit')),
	speed     integer NOT NULL CHECK (speed BETWEEN 1 AND 5),
	effect    integer NOT NULL CHECK (effect BETWEEN 1 AND 5),
	service   integer NOT NULL CHECK (service BETWEEN 1 AND 5),
	feedback  integer NOT NULL CHECK (feedback BETWEEN 1 AND 5),
	bad       boolean NOT NULL,                      -- by the policy of that time
	round     integer NOT NULL,                      -- how often the case had been done again
	undone_at timestamptz,
	PRIMARY KEY (no, version)
);
CREATE INDEX rating_of ON fenbo.rating (of_no) WHERE undone_at IS NULL;
CREATE INDEX rating_at ON fenbo.rating (at);

CREATE TABLE fenbo.visit (
	no        bigint NOT NULL,
	version   integer NOT NULL,
	at        timestamptz NOT NULL,
	by        text NOT NULL,
	outcome   text NOT NULL CHECK (outcome IN ('reached', 'unreached', 'refused')),
	until     timestamptz,                           -- when to call again
	round     integer NOT NULL,
	undone_at timestamptz,
	PRIMARY KEY (no, version)
);

-- Results that wait for a rating; few beside the open cases.
CREATE INDEX queue_resolved ON fenbo.queue (no) WHERE stage = 'resolved';
CREATE INDEX clock_rate ON fenbo.clock (due_at, no) WHERE kind = 'rate' AND stopped_at IS NULL AND paused_since IS NULL;
-- Those done again whose window has ended and that wait for a visit are among these (and those that are being done again).
CREATE INDEX clock_rate_over ON fenbo.clock (due_at, no) WHERE kind = 'rate' AND stopped_at IS NOT NULL;

-- --- who is asked --------------------------------------------------------------------------------------------------

-- A message before the rating, as cities send it: a while after the result, to those who have not rated by then.
CREATE FUNCTION fenbo._ask_rating(c fenbo.call, q fenbo.queue) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	whose bigint;
BEGIN
	FOREACH whose IN ARRAY fenbo._citizens_of(q) LOOP
		PERFORM fenbo._tell_later(c, q, 'citizen', 'rate', CASE WHEN whose = q.no THEN '{}' ELSE jsonb_build_object('of', lpad(whose::text, 13, '0')) END,
			greatest(fenbo._policy_int('{rating,ask_s}', 3600), 10));
	END LOOP;
END
$$;

-- --- what was said -------------------------------------------------------------------------------------------------

-- A rating as an argument: all four, each from 1 to 5.
CREATE FUNCTION fenbo._arg_rating(args jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	r jsonb := args -> 'rating';
	one text;
	clean jsonb := '{}';
BEGIN
	IF coalesce(r, 'null') = 'null' THEN RETURN NULL; END IF;
	IF jsonb_typeof(r) = 'string' THEN
		BEGIN
			r := (r #>> '{}')::jsonb;
		EXCEPTION WHEN data_exception THEN
			r := NULL;
		END;
	END IF;
	IF jsonb_typeof(r) IS DISTINCT FROM 'object' THEN
		PERFORM fenbo._fail('invalid', 'rating', 'an object of speed, effect, service and feedback is expected');
	END IF;
	FOREACH one IN ARRAY ARRAY['speed', 'effect', 'service', 'feedback'] LOOP
		IF coalesce(r -> one, 'null') = 'null' THEN
			PERFORM fenbo._fail('missing', one, 'rate all four: speed, effect, service and feedback');
		ELSIF jsonb_typeof(r -> one) <> 'number' OR r ->> one !~ '^[1-5]$' THEN
			PERFORM fenbo._fail('invalid', one, 'a number from 1 to 5 is expected');
		END IF;
		clean := clean || jsonb_build_object(one, (r ->> one)::integer);
	END LOOP;
	RETURN clean;
END
$$;

CREATE FUNCTION fenbo._is_bad(r jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
	dims jsonb := fenbo._policy_text('{rating,by}', '["effect", "feedback"]')::jsonb;
	most integer := fenbo._policy_int('{rating,bad}', 2);
BEGIN
	RETURN EXISTS (SELECT FROM jsonb_array_elements_text(dims) d WHERE (r ->> d)::integer <= most);
END
$$;

-- When the result that stands was reported: ratings and visits before that were about another one (the case may have been opened again).
CREATE FUNCTION fenbo._result_at(q fenbo.queue) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT k.started_at FROM fenbo.clock k WHERE k.no = q.no AND k.kind = 'rate');
END
$$;

-- The rating of this citizen for this result, if it stands.
CREATE FUNCTION fenbo._rated(q fenbo.queue, whose bigint) RETURNS fenbo.rating
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT r FROM fenbo.rating r WHERE r.of_no = whose AND r.no = q.no AND r.round = q.redo AND r.undone_at IS NULL
		AND r.at >= fenbo._result_at(q) LIMIT 1);
END
$$;

-- Since the unit last reported a result, has the citizen rated it, or been spoken with (or said that he will not)?
CREATE FUNCTION fenbo._heard(q fenbo.queue) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
	since timestamptz := fenbo._result_at(q);
BEGIN
	RETURN EXISTS (SELECT FROM fenbo.rating r WHERE r.no = q.no AND r.round = q.redo AND r.undone_at IS NULL AND r.at >= since)
		OR EXISTS (SELECT FROM fenbo.visit v WHERE v.no = q.no AND v.round = q.redo AND v.undone_at IS NULL AND v.at >= since
			AND v.outcome IN ('reached', 'refused'));
END
$$;

CREATE FUNCTION fenbo._calls(q fenbo.queue) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT count(*) FROM fenbo.visit v WHERE v.no = q.no AND v.round = q.redo AND v.undone_at IS NULL AND v.outcome = 'unreached'
		AND v.at >= fenbo._result_at(q));
END
$$;

-- --- what follows from it ------------------------------------------------------------------------------------------

-- Back to the same unit: it signs for the case again, contacts the citizen again, and has its whole time again.
CREATE FUNCTION fenbo._again(c fenbo.call, q fenbo.queue, whose bigint) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
BEGIN
	q.stage := 'dispatched';
	q.redo := q.redo + 1;
	q.flags := (q.flags | 4096) & ~131072;           -- poor; whatever its head confirmed was the other result
	IF q.redo > 1 THEN q.flags := q.flags | 8192 | 2; END IF;
	PERFORM fenbo._clock_stop(q.no, '{rate}', c.now);
	PERFORM fenbo._clocks_with_unit(c, q);
	q := fenbo._face(q);
	PERFORM fenbo._tell(c, q, 'unit:' || q.unit, 'redo', jsonb_build_object('redo', q.redo));
	PERFORM fenbo._tell(c, q, 'citizen', 'redo', CASE WHEN whose = q.no THEN '{}' ELSE jsonb_build_object('of', lpad(whose::text, 13, '0')) END);
	IF q.redo > 1 THEN
		PERFORM fenbo._alarm(q.no, 'rating', 'alarm', 'supervisor', NULL, NULL, 'poor_again', jsonb_build_object('redo', q.redo, 'unit', q.unit));
	END IF;
	RETURN q;
END
$$;

-- A rating of the result of `o`, by the citizen of `whose`: put on the record, and what follows. `ev` is what the event says beside it.
CREATE FUNCTION fenbo._judged(c fenbo.call, o fenbo.queue, q fenbo.queue, action text, whose bigint, r jsonb, ev jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	bad boolean := fenbo._is_bad(r);
	clocks jsonb := fenbo._clocks(o.no);
	d fenbo.done;
BEGIN
	IF (fenbo._rated(o, whose)).no IS NOT NULL THEN
		PERFORM fenbo._fail('conflict', 'rating', 'this result has been rated already', o.version);
	END IF;
	INSERT INTO fenbo.rating (no, version, of_no, at, by, via, speed, effect, service, feedback, bad, round)
	VALUES (o.no, q.version, whose, c.now, (c.who).account, action, (r ->> 'speed')::integer, (r ->> 'effect')::integer, (r ->> 'service')::integer,
		(r ->> 'feedback')::integer, bad, o.redo);
	ev := ev || jsonb_build_object('rating', r, 'bad', bad, 'round', o.redo);
	IF whose <> o.no THEN ev := ev || jsonb_build_object('of', lpad(whose::text, 13, '0')); END IF;
	UPDATE fenbo.outbox t SET state = 'cancelled', cancelled_at = c.now, settled_at = c.now, answer = 'of no use any more'
	WHERE t.no = o.no AND t.kind = 'rate' AND t.state = 'waiting' AND coalesce((t.body ->> 'of')::bigint, t.no) = whose;
	IF bad THEN
		PERFORM fenbo._tell_no_more(o.no, 'rate', c.now);
		q := fenbo._again(c, q, whose);
		d := fenbo._write(c, o, q, action, clocks, ev || jsonb_build_object('redo', q.redo));
		q.version := d.version;
		PERFORM fenbo._event_by(q, 'redo', NULL, jsonb_build_object('redo', q.redo, 'by', d.event, 'unit', q.unit), NULL, (c.who).account,
			CASE WHEN (c.who).key_id IS NULL THEN '' ELSE coalesce((c.who).person, '') END, (c.who).session);
		RETURN d;
	ELSIF o.parts_open > 0 OR EXISTS (SELECT FROM unnest(fenbo._citizens_of(o)) z(no) WHERE (fenbo._rated(o, z.no)).no IS NULL) THEN
		RETURN fenbo._write(c, o, q, action, NULL, ev);
	END IF;
	PERFORM fenbo._tell_citizens(c, q, 'closed');
	RETURN fenbo._finish(c, o, q, action, 'solved', ev);
END
$$;

-- --- actions -------------------------------------------------------------------------------------------------------

-- The same said again (an answer was lost on the way): what it came to then, once more; an event of NULL when it is new.
CREATE FUNCTION fenbo._rated_before(c fenbo.call, o fenbo.queue, named bigint, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql STABLE AS $$
DECLARE
	r fenbo.rating;
	said jsonb := fenbo._arg_rating(args);
	d fenbo.done;
BEGIN
	SELECT * INTO r FROM fenbo.rating t WHERE t.of_no = named AND t.undone_at IS NULL AND t.by = (c.who).account
	ORDER BY t.at DESC, t.version DESC LIMIT 1;
	IF r.no = o.no AND (o.stage <> 'resolved' OR r.round = o.redo AND r.at >= fenbo._result_at(o))
		AND (said ->> 'speed')::integer = r.speed AND (said ->> 'effect')::integer = r.effect AND (said ->> 'service')::integer = r.service
		AND (said ->> 'feedback')::integer = r.feedback THEN
		d.version := r.version;
		SELECT e.id, (e.after ->> 'stage')::fenbo.stage INTO d.event, d.stage FROM fenbo.event e WHERE e.no = r.no AND e.version = r.version AND e.action = 'rate';
	END IF;
	RETURN d;
END
$$;

-- The citizen rates. `via` is the case he knows: the one it is about (`o`), or one that follows it.
CREATE FUNCTION fenbo._do_rate(c fenbo.call, o fenbo.queue, via bigint, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	r jsonb := fenbo._arg_rating(args);
	q fenbo.queue := o;
BEGIN
	IF o.stage <> 'resolved' THEN
		PERFORM fenbo._fail_since(o, 'impossible', 'stage', format('%s is not possible: the case is %s', 'rate', o.stage));
	ELSIF via <> ALL (fenbo._citizens_of(o)) THEN
		PERFORM fenbo._fail('impossible', 'flags', 'a machine''s alert has no citizen', o.version);
	END IF;
	q.version := o.version + 1;
	RETURN fenbo._judged(c, o, q, 'rate', via, r, fenbo._keep(q, 'rated', fenbo._arg(args, 'text', 20000), '{}'));
END
$$;

-- A return visit by phone. Reached, with a rating: it counts like one that the citizen gave himself. Not reached: to be called again, at
-- `until` or four hours on. Refused: nobody calls again. Of a confidential case that is with its unit: the first contact, which is the centre's (0084).
CREATE FUNCTION fenbo._do_visit(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	outcome text := fenbo._arg(args, 'outcome', 16);
	r jsonb := fenbo._arg_rating(args);
	again timestamptz := fenbo._arg_time(args, 'until', c.now);
	q fenbo.queue := o;
	ev jsonb;
BEGIN
	IF o.stage <> 'resolved' THEN
		IF r IS NOT NULL THEN
			PERFORM fenbo._fail_since(o, 'impossible', 'stage', format('%s is not possible: the case is %s', 'rate', o.stage));
		END IF;
		RETURN fenbo._do_contact(c, o, args);
	ELSIF outcome NOT IN ('reached', 'unreached', 'refused') THEN
		PERFORM fenbo._fail('invalid', 'outcome', 'reached, unreached or refused is expected');
	ELSIF o.flags & 65536 <> 0 THEN
		PERFORM fenbo._fail('impossible', 'flags', 'a machine''s alert has no citizen', o.version);
	ELSIF r IS NOT NULL AND outcome <> 'reached' THEN
		PERFORM fenbo._fail('invalid', 'rating', 'only somebody who was reached can have rated');
	ELSIF again IS NOT NULL AND outcome <> 'unreached' THEN
		PERFORM fenbo._fail('invalid', 'until', 'only who was not reached is called again');
	END IF;
	q.version := o.version + 1;
	INSERT INTO fenbo.visit (no, version, at, by, outcome, until, round)
	VALUES (o.no, q.version, c.now, (c.who).account, outcome, CASE outcome WHEN 'unreached' THEN coalesce(again, c.now + interval '4 hours') END, o.redo);
	ev := fenbo._keep(q, 'visit', fenbo._arg(args, 'text', 20000), jsonb_strip_nulls(jsonb_build_object('outcome', outcome, 'until', again)));
	IF r IS NOT NULL THEN
		RETURN fenbo._judged(c, o, q, 'visit', o.no, r, ev);
	END IF;
	RETURN fenbo._write(c, o, q, 'visit', NULL, ev);
END
$$;

-- What an undo takes back here: the rating, the call, and that nobody was to be asked any more.
CREATE FUNCTION fenbo._undo_ratings(e fenbo.event, now_ timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.rating r SET undone_at = now_ WHERE r.no = e.no AND r.version = e.version;
	UPDATE fenbo.visit v SET undone_at = now_ WHERE v.no = e.no AND v.version = e.version;
	UPDATE fenbo.outbox o SET state = 'waiting', cancelled_at = NULL, settled_at = NULL, answer = ''
	WHERE o.no = e.no AND o.kind = 'rate' AND o.state = 'cancelled' AND o.cancelled_at = e.at AND o.answer = 'of no use any more';
END
$$;

-- What was done again after a bad rating is not closed by a key that somebody presses in passing.
CREATE FUNCTION fenbo._judge_silence(o fenbo.queue) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF o.redo > 0 AND NOT fenbo._heard(o) THEN
		PERFORM fenbo._fail('impossible', 'rating', 'it was done again after a bad rating: ask the citizen first, by a return visit', o.version);
	END IF;
END
$$;

-- --- the window ends -----------------------------------------------------------------------------------------------

-- What was done again and waits for a visit since its window ended: has it been waited for long enough?
CREATE FUNCTION fenbo._waited(q fenbo.queue) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN q.redo = 0 OR fenbo._heard(q) OR fenbo._calls(q) >= fenbo._policy_int('{rating,visits}', 3);
END
$$;

-- One case whose window has ended. False when somebody is at work on it: the next sweep comes to it.
CREATE FUNCTION fenbo._window_ended(of_case bigint, at timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	c fenbo.call := fenbo._system_call(at);
	o fenbo.queue;
	q fenbo.queue;
	clocks jsonb;
	up bigint := (SELECT t.parent_no FROM fenbo.queue t WHERE t.no = of_case);
	wanted bigint[] := ARRAY(SELECT t.no FROM fenbo.queue t WHERE t.no IN (of_case, up));
	got integer;
BEGIN
	SELECT count(*) INTO got FROM (SELECT FROM fenbo.queue t WHERE t.no = ANY (wanted) ORDER BY t.no FOR UPDATE SKIP LOCKED) x;
	IF got < cardinality(wanted) THEN RETURN false; END IF;
	SELECT * INTO o FROM fenbo.queue t WHERE t.no = of_case;
	IF o.no IS NULL OR o.stage <> 'resolved' OR o.parts_open > 0 OR o.parent_no IS DISTINCT FROM up OR NOT EXISTS (SELECT FROM fenbo.clock k
		WHERE k.no = of_case AND k.kind = 'rate' AND k.paused_since IS NULL AND k.due_at <= at AND (k.stopped_at IS NULL OR fenbo._waited(o))) THEN
		RETURN false;
	END IF;
	PERFORM fenbo._tell_no_more(of_case, 'rate', at);
	q := o;
	q.version := o.version + 1;
	IF NOT fenbo._waited(o) THEN
		clocks := fenbo._clocks(of_case);
		PERFORM fenbo._clock_stop(of_case, '{rate}', at);    -- from now on it waits for a visit, not for the citizen
		q := fenbo._face(q);
		PERFORM fenbo._update_queue(q);
		PERFORM fenbo._event_by(q, 'unrated', NULL, '{"waits": "visit"}'::jsonb || fenbo._clock_args(q, clocks), NULL, 'system', '', NULL);
		PERFORM fenbo._alarm(of_case, 'rating', 'notice', 'supervisor', NULL, NULL, 'redo_unrated', jsonb_build_object('redo', o.redo));
		RETURN true;
	END IF;
	PERFORM fenbo._finish(c, o, q, 'unrated', CASE WHEN EXISTS (SELECT FROM fenbo.rating r WHERE r.no = of_case AND r.round = o.redo AND r.undone_at IS NULL
		AND r.at >= fenbo._result_at(o)) THEN 'solved' ELSE 'unrated' END, '{}');
	RETURN true;
END
$$;

-- Results whose window has ended, at most so many; answers how many were dealt with. And those done again that wait for a visit, once somebody was
-- reached or they have been called often enough. What cannot be dealt with costs only itself. By who leads.
CREATE FUNCTION fenbo.unrated(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
	one bigint;
	n integer := 0;
BEGIN
	PERFORM fenbo._must_lead();
	FOR one IN SELECT x.no FROM (
			(SELECT k.no, k.due_at FROM fenbo.clock k JOIN fenbo.queue q ON q.no = k.no AND q.stage = 'resolved' AND q.parts_open = 0
				WHERE k.kind = 'rate' AND k.stopped_at IS NULL AND k.paused_since IS NULL AND k.due_at <= now_
				ORDER BY k.due_at, k.no LIMIT least(greatest(most, 1), 1000))
			UNION ALL
			(SELECT k.no, k.due_at FROM fenbo.clock k JOIN fenbo.queue q ON q.no = k.no AND q.stage = 'resolved' AND q.parts_open = 0 AND q.redo > 0
				WHERE k.kind = 'rate' AND k.stopped_at IS NOT NULL AND k.due_at <= now_ AND fenbo._waited(q)
				ORDER BY k.due_at, k.no LIMIT least(greatest(most, 1), 1000))) x
		ORDER BY x.due_at, x.no LIMIT least(greatest(most, 1), 1000)
	LOOP
		BEGIN
			IF fenbo._window_ended(one, now_) THEN n := n + 1; END IF;
		EXCEPTION WHEN OTHERS THEN
			RAISE WARNING 'fenbo.unrated: %: %', one, SQLERRM;
		END;
	END LOOP;
	RETURN n;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.unrated(integer) TO fenbo_feed;

-- --- the list of return visits -------------------------------------------------------------------------------------

-- Why a result wants a return visit, by the policy; NULL when it wants none. In this order: done again, a reply wanted, drawn by lot, nobody
-- rated for so long.
CREATE FUNCTION fenbo._visit_why(q fenbo.queue, resolved timestamptz, now_ timestamptz) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	after_s integer := fenbo._policy_int('{visit,after_s}', 259200);
	share double precision := fenbo._policy_text('{visit,share}', '0.05')::double precision;
BEGIN
	IF q.stage <> 'resolved' OR q.flags & 65536 <> 0 OR fenbo._heard(q) THEN RETURN NULL; END IF;
	RETURN CASE
		WHEN q.redo > 0 AND fenbo._policy_text('{visit,poor}', 'true') = 'true' THEN 'poor'
		WHEN q.flags & 8 <> 0 AND fenbo._policy_text('{visit,reply}', 'true') = 'true' THEN 'reply'
		WHEN ('x' || left(md5('visit ' || q.no), 7))::bit(28)::integer % 100000 < share * 100000 THEN 'sample'
		WHEN after_s > 0 AND resolved <= now_ - make_interval(secs => after_s) THEN 'silent' END;
END
$$;

-- Results that want a return visit, in the caller's scope: those that can be called now first, then those to be called again later; the oldest
-- first. Telephone numbers are masked; fenbo.reveal shows one, on the record.
CREATE FUNCTION fenbo.visits(most integer) RETURNS TABLE (no bigint, version integer, title text, place text, unit text, unit_short text, why text,
	resolved_at timestamptz, next_at timestamptz, calls integer, last_at timestamptz, redo integer, name text, phone text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	w fenbo.who := fenbo._who_as('dispatcher', 'supervisor', 'admin');
	s fenbo.scope := fenbo._scope(w);
	now_ timestamptz := fenbo.now_();
BEGIN
	RETURN QUERY
	SELECT q.no, q.version, q.title, q.place_name, q.unit, u.short, x.why, k.started_at, v.until, coalesce(v.calls, 0)::integer, v.at, q.redo,
		fenbo._mask_name(z.name), fenbo._mask_phone(z.phone)
	FROM fenbo.queue q JOIN fenbo.clock k ON k.no = q.no AND k.kind = 'rate'
	CROSS JOIN LATERAL (SELECT CASE WHEN fenbo._in_scope(s, q) THEN fenbo._visit_why(q, k.started_at, now_) END AS why OFFSET 0) x
	LEFT JOIN LATERAL (SELECT max(t.until) AS until, max(t.at) AS at, count(*) AS calls FROM fenbo.visit t
		WHERE t.no = q.no AND t.round = q.redo AND t.undone_at IS NULL AND t.outcome = 'unreached' AND t.at >= k.started_at) v ON true
	LEFT JOIN fenbo.unit u ON u.code = q.unit LEFT JOIN fenbo.citizen z ON z.no = q.no
	WHERE q.stage = 'resolved' AND x.why IS NOT NULL
	ORDER BY coalesce(v.until, '-infinity') > now_, CASE WHEN v.until > now_ THEN v.until ELSE k.started_at END, q.no LIMIT least(greatest(most, 1), 1000);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.visits(integer) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin;

-- For fenbo.show: what was rated and who was called, oldest first; what was undone is not shown. A unit does not learn who of several rated,
-- and reads the words without telephone numbers, as it does the case's own text; a channel reads none: they may be another citizen's.
CREATE FUNCTION fenbo._ratings(of_case bigint, role text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('at', r.at, 'via', r.via, 'person', fenbo._person(r.by), 'of', CASE WHEN r.of_no <> r.no AND role NOT IN ('unit', 'channel')
		THEN fenbo._no13(r.of_no) END, 'speed', r.speed, 'effect', r.effect, 'service', r.service, 'feedback', r.feedback, 'bad', r.bad, 'round', r.round,
		'words', CASE role WHEN 'channel' THEN '' WHEN 'unit' THEN fenbo._mask_text(x.words) ELSE x.words END) ORDER BY r.at, r.version), '[]')
		FROM fenbo.rating r
		CROSS JOIN LATERAL (SELECT coalesce(fenbo._said(r.no, r.version, 'rated'), fenbo._said(r.no, r.version, 'visit'), '') AS words) x
		WHERE r.no = of_case AND r.undone_at IS NULL);
END
$$;
CREATE FUNCTION fenbo._visits(of_case bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('at', v.at, 'person', fenbo._person(v.by), 'outcome', v.outcome, 'until', v.until, 'round', v.round)
		ORDER BY v.at, v.version), '[]')
		FROM fenbo.visit v WHERE v.no = of_case AND v.undone_at IS NULL);
END
$$;

RESET ROLE;
