-- 0082 outbox: words that leave the house. An action only puts a message there (fenbo._tell, in its own transaction); whoever leads
-- carries it. What happens to a message:
--
--   waiting     held for an undo, or for the next try
--   sending     taken: committed before a byte of it goes out, so that nobody takes it again however the carrier ends
--   sent        the receiver has answered that it has it
--   parked      nobody knows whether it arrived (the carrier died, the connection broke after the request had left) and the receiver
--               has not been declared idempotent: a person decides
--   dead        refused for good, or tried too often
--   unaddressed there is nobody to send it to: no address, no gateway, nothing to say by SMS
--   cancelled   undone before it left, no longer of use, or dropped by a person
--
--  * fenbod finds out facts (what came back), fenbo.outbox_done judges them.
--  * Each message has one key, sent with every try of it: a receiver that honours it never acts twice.
--  * To one target (of citizens, to one citizen) about one case, messages go in the order of their ids: the next is taken when the one before is settled. One that
--    is held for hours (a request to rate) is no obstacle, nor one that is parked or dead.
--  * No personal data here: the citizen's telephone number and what was written to him are looked up when a message is taken.
SET ROLE fenbo_owner;

CREATE INDEX outbox_due ON fenbo.outbox (coalesce(next_at, hold_until), id) WHERE state = 'waiting';
CREATE INDEX outbox_order ON fenbo.outbox (no, target, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX outbox_sending ON fenbo.outbox (id) WHERE state = 'sending';
CREATE INDEX outbox_rest ON fenbo.outbox (state, settled_at) WHERE state IN ('parked', 'dead', 'unaddressed');
CREATE INDEX outbox_old ON fenbo.outbox (settled_at) WHERE state IN ('sent', 'cancelled', 'unaddressed');

-- A message that concerns no case: a bulletin, a report, an alarm about the house itself. Not held: nobody undoes it.
CREATE FUNCTION fenbo._tell0(target text, kind text, body jsonb DEFAULT '{}') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO fenbo.outbox (no, version, target, kind, body, hold_until)
	VALUES (0, 0, target, kind, jsonb_build_object('at', fenbo.now_()) || body, fenbo.now_());
END
$$;

-- A message that is of use only later, if at all: held so long, and called off by fenbo._tell_no_more.
CREATE FUNCTION fenbo._tell_later(c fenbo.call, q fenbo.queue, target text, kind text, body jsonb, wait_s integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF target = 'citizen' AND q.flags & 65536 <> 0 AND NOT body ? 'of' THEN RETURN; END IF; -- a machine's alert has no citizen; who follows it has
	INSERT INTO fenbo.outbox (no, version, target, kind, body, hold_until)
	VALUES (q.no, q.version, target, kind, jsonb_build_object('id', lpad(q.no::text, 13, '0'), 'stage', q.stage, 'at', c.now) || body,
		c.now + make_interval(secs => wait_s));
END
$$;

CREATE FUNCTION fenbo._tell_no_more(of_case bigint, of_kind text, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.outbox o SET state = 'cancelled', cancelled_at = at, settled_at = at, answer = 'of no use any more'
	WHERE o.no = of_case AND o.kind = of_kind AND o.state = 'waiting';
END
$$;

-- --- what a message says -------------------------------------------------------------------------------------------

-- A telephone that takes short messages, as a gateway wants it: 13800000001, or +… for another country. NULL when it is none.
CREATE FUNCTION fenbo._mobile(phone text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN d ~ '^1[3-9]\d{9}$' THEN d WHEN d ~ '^\+[1-9]\d{6,14}$' THEN d END
	FROM (SELECT regexp_replace(regexp_replace(coalesce(phone, ''), '[\s()·-]', '', 'g'), '^(\+|00)?86(?=1[3-9]\d{9}$)', '') AS d) x
$$;

-- Who stands behind a target, as templates know him: unit, head, district, leader, citizen, emergency.
CREATE FUNCTION fenbo._target_class(target text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT split_part(target, ':', 1) $$;

-- Where a message goes: an http(s) URL or a mobile number; NULL when there is nothing. `of_case` is whose citizen is meant.
CREATE FUNCTION fenbo._address(target text, of_case bigint) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	class text := fenbo._target_class(target);
	said text;
BEGIN
	IF class IN ('unit', 'district', 'head') THEN
		SELECT CASE class WHEN 'head' THEN to_jsonb(u) ->> 'head' ELSE u.contact END INTO said
		FROM fenbo.unit u WHERE u.code = substr(target, strpos(target, ':') + 1);
	ELSIF class = 'citizen' THEN
		-- A channel that has an address of its own speaks with its people itself: an app, a mini program, another city.
		SELECT coalesce(nullif(h.contact, ''), z.phone) INTO said
		FROM fenbo.appeal a LEFT JOIN fenbo.channel h ON h.code = a.channel LEFT JOIN fenbo.citizen z ON z.no = a.no
		WHERE a.no = of_case;
	ELSE
		said := fenbo._policy_text(ARRAY['addresses', class], '');
	END IF;
	RETURN CASE WHEN said ~* '^https?://' THEN said ELSE fenbo._mobile(said) END;
END
$$;

-- The template of this kind for this class: [message.KIND], else [message.default]; '' when there is none.
CREATE FUNCTION fenbo._template(kind text, class text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce(nullif(fenbo._policy_text(ARRAY['messages', kind, class], ''), ''),
		CASE WHEN class <> 'citizen' THEN fenbo._policy_text(ARRAY['messages', 'default', class], '') END, '');
END
$$;

-- A time as a short message says it.
CREATE FUNCTION fenbo._said_time(t timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$ SELECT coalesce(to_char(t AT TIME ZONE fenbo._zone(), 'FMMM"月"FMDD"日"HH24:MI'), '') $$;

-- What a template may name, for a message about a case: 【number】 and so on. For a citizen who follows another case (`of`) number and
-- title are his own. Whatever the message itself brings (body) can be named too.
CREATE FUNCTION fenbo._letter_fields(o fenbo.outbox, q fenbo.queue, of_case bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	class text := fenbo._target_class(o.target);
	who text := coalesce(o.body ->> 'unit', o.body ->> 'lead', q.unit);
	f jsonb := jsonb_build_object('centre', fenbo._get('centre_name'));
	own text;
BEGIN
	IF q.no IS NOT NULL THEN
		SELECT a.title INTO own FROM fenbo.appeal a WHERE a.no = of_case;
		f := f || jsonb_build_object('number', fenbo.case_show(of_case),
			'title', CASE WHEN class IN ('citizen', 'leader', 'emergency') THEN own ELSE fenbo._mask_text(own) END,
			'place', q.place_name, 'due', fenbo._said_time(coalesce((o.body ->> 'due_at')::timestamptz, q.due_at)),
			'priority', CASE coalesce(o.body ->> 'priority', q.priority::text) WHEN 'urgent' THEN '紧急' WHEN 'fast' THEN '较急' ELSE '一般' END,
			'unit', coalesce((SELECT u.name FROM fenbo.unit u WHERE u.code = who), ''),
			'item', coalesce((SELECT d.name FROM fenbo.duty_item d WHERE d.revision = fenbo._revision() AND d.code = q.item), ''),
			'clock', CASE coalesce(o.body ->> 'clock', q.clock) WHEN 'dispatch' THEN '分拨' WHEN 'contact' THEN '首次联系' WHEN 'handle' THEN '办理'
				WHEN 'rate' THEN '评价' WHEN 'rule' THEN '裁定' ELSE '' END,
			'outcome', CASE o.body ->> 'outcome' WHEN 'invalid' THEN '经核实不属受理范围' WHEN 'withdrawn' THEN '已按您的要求撤回'
				WHEN 'emergency' THEN '已移交应急部门处置' ELSE '' END,
			'text', CASE WHEN o.body ? 'remark' THEN coalesce((SELECT m.text FROM fenbo.remark m WHERE m.no = o.no AND m.version = o.version
				AND m.kind = o.body ->> 'remark'), '') ELSE '' END);
	END IF;
	IF o.body ? 'until' THEN
		f := f || jsonb_build_object('until', fenbo._said_time((o.body ->> 'until')::timestamptz));
	END IF;
	RETURN (SELECT coalesce(jsonb_object_agg(b.key, b.value), '{}') FROM jsonb_each_text(o.body) b WHERE NOT f ? b.key AND b.value IS NOT NULL) || f;
END
$$;

-- What a webhook is given beside the words: one object, without the complainant. A channel hears of its own case: number and external
-- id are those it knows.
CREATE FUNCTION fenbo._letter_payload(o fenbo.outbox, q fenbo.queue, of_case bigint, f jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
	p jsonb := jsonb_build_object('key', o.key, 'kind', o.kind, 'target', o.target, 'at', o.body ->> 'at');
	a fenbo.appeal;
BEGIN
	IF q.no IS NOT NULL THEN
		p := p || jsonb_build_object('id', fenbo._no13(of_case), 'version', o.version, 'stage', o.body ->> 'stage', 'priority', q.priority,
			'title', f ->> 'title', 'place', q.place_name, 'item', q.item, 'unit', coalesce(o.body ->> 'unit', o.body ->> 'lead', q.unit),
			'due_at', q.due_at);
		IF o.target = 'citizen' THEN
			SELECT * INTO a FROM fenbo.appeal t WHERE t.no = of_case;
			p := p || jsonb_build_object('channel', a.channel, 'external_id', a.external_id, 'remark', nullif(f ->> 'text', ''));
		ELSIF o.body ? 'remark' THEN
			p := p || jsonb_build_object('remark', f ->> 'text');
		END IF;
	END IF;
	RETURN jsonb_strip_nulls(p || jsonb_build_object('more', o.body - ARRAY['id', 'stage', 'at', 'remark', 'of', 'unit']));
END
$$;

-- A message as its carrier gets it. Without an address it cannot go anywhere, and says why.
CREATE TYPE fenbo.letter AS (id bigint, key text, tries integer, no bigint, target text, kind text, address text, template text, fields jsonb, payload jsonb, server text);

-- What stands behind an address and can be slow or away as a whole: the server of a URL, or the one gateway of all short messages.
CREATE FUNCTION fenbo._server_of(address text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN address ~* '^https?://'
		THEN regexp_replace(lower(substring(address FROM '^[^/]+//[^/?#]*')), '(?<=^http://.*):80$|(?<=^https://.*):443$', '')
		WHEN address IS NOT NULL THEN 'sms' END
$$;

CREATE FUNCTION fenbo._letter(o fenbo.outbox) RETURNS fenbo.letter
LANGUAGE plpgsql STABLE AS $$
DECLARE
	of_case bigint := coalesce((o.body ->> 'of')::bigint, o.no);
	q fenbo.queue := CASE WHEN o.no <> 0 THEN fenbo._peek(o.no) END;
	f jsonb := fenbo._letter_fields(o, q, of_case);
	address text := fenbo._address(o.target, of_case);
BEGIN
	RETURN ROW (o.id, o.key, o.tries, o.no, o.target, o.kind, address, fenbo._template(o.kind, fenbo._target_class(o.target)), f,
		fenbo._letter_payload(o, q, of_case, f), fenbo._server_of(address))::fenbo.letter;
END
$$;

-- --- taking --------------------------------------------------------------------------------------------------------

CREATE FUNCTION fenbo._settle(of_id bigint, becomes text, http integer, said text, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE fenbo.outbox t SET state = becomes, status = http, answer = left(coalesce(said, ''), 500), next_at = NULL, settled_at = at,
		sent_at = CASE becomes WHEN 'sent' THEN at END WHERE t.id = of_id;
END
$$;

-- When a message to a citizen by SMS may go: not in the quiet hours of [working], unless the case is urgent. NULL = now.
CREATE FUNCTION fenbo._quiet_until(t timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	hours jsonb := (SELECT r.policy #> '{working,quiet}' FROM fenbo.routing_revision r WHERE r.revision = fenbo._revision());
	here timestamp := t AT TIME ZONE fenbo._zone();
	minute integer := extract(hour FROM here) * 60 + extract(minute FROM here);
	from_ integer := (hours ->> 0)::integer;
	until_ integer := (hours ->> 1)::integer;
BEGIN
	IF hours IS NULL OR fenbo._policy_text('{outbox,quiet}', '') = 'false' OR NOT (CASE WHEN from_ < until_ THEN minute >= from_ AND minute < until_
		ELSE minute >= from_ OR minute < until_ END) THEN
		RETURN NULL;
	END IF;
	RETURN (here::date + make_interval(mins => until_) + CASE WHEN minute >= until_ THEN interval '1 day' ELSE interval '0' END)
		AT TIME ZONE fenbo._zone();
END
$$;

-- Is one before it still on its way to the same target about the same case? One held for long does not count, nor one to another citizen: those of
-- the cases merged into one are all told under its number (`of` says whose), and one's dead address is not the others'.
CREATE FUNCTION fenbo._behind(o fenbo.outbox, now_ timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN EXISTS (SELECT FROM fenbo.outbox b WHERE b.no = o.no AND b.target = o.target AND b.id < o.id AND b.body ->> 'of' IS NOT DISTINCT FROM o.body ->> 'of'
		AND (b.state = 'sending' OR b.state = 'waiting' AND b.hold_until <= greatest(o.hold_until, now_ + interval '10 s')));
END
$$;

-- Take up to `most` messages whose time has come. `busy` says how many are on their way to which server ({"sms": 3}): there are never more
-- than `each` to one, so that one which hangs holds up no other, whoever stands behind it. They are 'sending' once this returns: it must be
-- a transaction of its own. A row without address has been marked unaddressed and is told only to be counted. What was found to go to a
-- full server is marked with it, and not looked at again before there is room; a server that becomes full here ends the look, which begins
-- anew without it, so that thousands for one that works fast do not hide what comes after them. conflict: this connection does not lead.
CREATE FUNCTION fenbo.outbox_take(most integer, each integer, busy jsonb) RETURNS SETOF fenbo.letter
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' SET jit = off AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
	quiet timestamptz := fenbo._quiet_until(now_);
	o fenbo.outbox;
	l fenbo.letter;
	goes text;
	n integer := 0;
	again boolean;
	load jsonb := coalesce(busy, '{}');
	full_ text[] := ARRAY(SELECT b.key FROM jsonb_each_text(coalesce(busy, '{}')) b WHERE b.value::integer >= each);
BEGIN
	PERFORM fenbo._must_lead();
	LOOP
		again := false;
		FOR o IN SELECT * FROM fenbo.outbox t WHERE t.state = 'waiting' AND coalesce(t.next_at, t.hold_until) <= now_
			AND (t.server IS NULL OR t.server <> ALL (full_)) AND NOT fenbo._behind(t, now_)
			ORDER BY coalesce(t.next_at, t.hold_until), t.id LIMIT 1000 FOR UPDATE SKIP LOCKED
		LOOP
			EXIT WHEN n >= most;
			IF (load ->> o.server)::integer >= each THEN     -- it has become full: what else goes there need not be looked at
				full_ := full_ || o.server;
				again := true;
				EXIT;
			END IF;
			CONTINUE WHEN fenbo._behind(o, now_);
			BEGIN
				goes := fenbo._server_of(fenbo._address(o.target, coalesce((o.body ->> 'of')::bigint, o.no)));
				IF (load ->> goes)::integer >= each THEN
					UPDATE fenbo.outbox t SET server = goes WHERE t.id = o.id;
					CONTINUE;
				END IF;
				l := fenbo._letter(o);
			EXCEPTION WHEN OTHERS THEN                       -- a message that cannot be made costs only itself
				PERFORM fenbo._settle(o.id, 'dead', NULL, 'it cannot be written: ' || SQLERRM, now_);
				CONTINUE;
			END;
			IF l.address IS NULL THEN
				PERFORM fenbo._settle(o.id, 'unaddressed', NULL, 'no address', now_);
			ELSIF l.address !~* '^http' AND l.template = '' THEN
				PERFORM fenbo._settle(o.id, 'unaddressed', NULL, 'no template for a short message', now_);
				l.address := NULL;
			ELSIF quiet IS NOT NULL AND o.target = 'citizen' AND l.address !~* '^http' AND l.payload ->> 'priority' IS DISTINCT FROM 'urgent' THEN
				UPDATE fenbo.outbox t SET next_at = quiet, server = l.server WHERE t.id = o.id;
				CONTINUE;
			ELSE
				UPDATE fenbo.outbox t SET state = 'sending', tries = t.tries + 1, taken_at = now_, server = l.server WHERE t.id = o.id
				RETURNING tries INTO l.tries;
				load := load || jsonb_build_object(l.server, coalesce((load ->> l.server)::integer, 0) + 1);
			END IF;
			n := n + 1;
			RETURN NEXT l;
		END LOOP;
		EXIT WHEN NOT again;
	END LOOP;
END
$$;

-- What an earlier carrier had taken and never reported, and what this one took without hearing of it: asked by whoever begins to lead, and every
-- half minute from then on. Nobody else takes anything, so all that stands as sending and is not in the asker's own hands is of unknown fate, and
-- is to be reported as such (outbox_done). Without words, which nobody needs any more, and with an address only to know whom it was for: one that
-- cannot be written is told like the others.
CREATE FUNCTION fenbo.outbox_orphans() RETURNS SETOF fenbo.letter
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	o fenbo.outbox;
	address text;
BEGIN
	PERFORM fenbo._must_lead();
	FOR o IN SELECT * FROM fenbo.outbox t WHERE t.state = 'sending' ORDER BY t.id LOOP
		BEGIN
			address := fenbo._address(o.target, coalesce((o.body ->> 'of')::bigint, o.no));
		EXCEPTION WHEN OTHERS THEN
			address := NULL;
		END;
		RETURN NEXT ROW (o.id, o.key, o.tries, o.no, o.target, o.kind, coalesce(address, ''), '', '{}', '{}', o.server)::fenbo.letter;
	END LOOP;
END
$$;

-- --- what became of it ---------------------------------------------------------------------------------------------

-- Until the next try: twice as long each time, half of it by chance so that many do not come back together.
CREATE FUNCTION fenbo._back_off(failed integer) RETURNS interval
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	s double precision := least(fenbo._policy_int('{outbox,longest_s}', 3600),
		fenbo._policy_int('{outbox,back_off_s}', 5) * power(2, least(failed, 30) - 1));
BEGIN
	RETURN make_interval(secs => s / 2 + random() * s / 2);
END
$$;

-- Something came to rest that a person must look at: an alarm to the supervisors, one for each target in ten minutes. It is the house's, not
-- the case's, whose row we do not hold: an undo holds that and waits for the message.
CREATE FUNCTION fenbo._outbox_alarm(o fenbo.outbox, becomes text, at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM fenbo.outbox t WHERE t.state IN ('parked', 'dead') AND t.target = o.target AND t.id <> o.id
		AND t.settled_at > at - interval '10 minutes') THEN
		PERFORM fenbo._alarm(0, 'outbox', 'notice', 'supervisor', NULL, NULL, 'outbox_' || becomes,
			jsonb_build_object('target', o.target, 'kind', o.kind, 'message', o.id,
				'n', (SELECT count(*) FROM fenbo.outbox t WHERE t.state = becomes)));
	END IF;
END
$$;

-- What a carrier found out about the try `of_try` of a message. fate: answered (with an HTTP status), unsent (nothing left the house),
-- busy (the receiver did not take it and may later), unknown (the request left, no answer came), refused (the receiver or our own
-- configuration will never take it), unaddressed (there is no way to send it). once: the receiver has not been declared idempotent. Answers
-- what it is now. A report that comes after somebody else took the message in hand changes nothing, unless it is that the message did arrive.
CREATE FUNCTION fenbo.outbox_done(of_id bigint, of_try integer, fate text, http integer, said text, wait_s integer, once boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
	o fenbo.outbox;
	now_ timestamptz := fenbo.now_();
	becomes text;
	why text := said;
BEGIN
	SELECT * INTO o FROM fenbo.outbox t WHERE t.id = of_id FOR UPDATE;
	IF NOT FOUND OR o.tries <> of_try OR o.state IN ('sent', 'cancelled', 'unaddressed')
		OR o.state <> 'sending' AND NOT (fate = 'answered' AND http BETWEEN 200 AND 299) THEN
		RETURN o.state;
	END IF;
	becomes := CASE
		WHEN fate = 'unaddressed' THEN 'unaddressed'
		WHEN fate = 'answered' AND http BETWEEN 200 AND 299 THEN 'sent'
		WHEN fate = 'refused' OR fate = 'answered' AND http BETWEEN 300 AND 499 AND http NOT IN (408, 425, 429) THEN 'dead'
		-- A proxy that gave up waiting cannot say whether the receiver behind it acted.
		WHEN once AND (fate = 'unknown' OR http IN (502, 504)) THEN 'parked'
		WHEN o.tries - o.forgiven >= fenbo._policy_int('{outbox,tries}', 20) THEN 'dead'
		ELSE 'waiting' END;
	IF becomes = 'waiting' THEN
		UPDATE fenbo.outbox t SET state = 'waiting', status = http, answer = left(coalesce(why, ''), 500),
			next_at = now_ + greatest(fenbo._back_off(o.tries - o.forgiven), make_interval(secs => least(greatest(coalesce(wait_s, 0), 0), 86400)))
		WHERE t.id = of_id;
		RETURN becomes;
	END IF;
	PERFORM fenbo._settle(of_id, becomes, http, why, now_);
	IF becomes IN ('parked', 'dead') THEN PERFORM fenbo._outbox_alarm(o, becomes, now_); END IF;
	RETURN becomes;
END
$$;

-- How many stand where, for the metrics; unaddressed: of the past day.
CREATE FUNCTION fenbo.outbox_depths(OUT waiting bigint, OUT sending bigint, OUT parked bigint, OUT dead bigint, OUT unaddressed bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT (SELECT count(*) FROM fenbo.outbox o WHERE o.state = 'waiting'), (SELECT count(*) FROM fenbo.outbox o WHERE o.state = 'sending'),
		(SELECT count(*) FROM fenbo.outbox o WHERE o.state = 'parked'), (SELECT count(*) FROM fenbo.outbox o WHERE o.state = 'dead'),
		(SELECT count(*) FROM fenbo.outbox o WHERE o.state = 'unaddressed' AND o.settled_at > fenbo.now_() - interval '1 day')
$$;
GRANT EXECUTE ON FUNCTION fenbo.outbox_take(integer, integer, jsonb), fenbo.outbox_orphans(),
	fenbo.outbox_done(bigint, integer, text, integer, text, integer, boolean), fenbo.outbox_depths() TO fenbo_feed;

-- Settled messages are kept half a year; what waits for a person stays until he has looked. Called by fenbo.maintain.
CREATE FUNCTION fenbo._outbox_forget(most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	n integer;
BEGIN
	DELETE FROM fenbo.outbox o USING (SELECT t.id FROM fenbo.outbox t WHERE t.state IN ('sent', 'cancelled', 'unaddressed')
		AND t.settled_at < fenbo.now_() - interval '180 days' ORDER BY t.settled_at LIMIT most) x WHERE o.id = x.id;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$$;

-- --- for people ----------------------------------------------------------------------------------------------------

-- May this person look after this message? Supervisors and administrators, within their scope; what concerns no case is the centre's.
CREATE FUNCTION fenbo._outbox_mine(o fenbo.outbox, s fenbo.scope) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN s.whole OR o.no <> 0 AND fenbo._in_scope(s, fenbo._peek(o.no)) IS TRUE;
END
$$;

CREATE TYPE fenbo.outbox_row AS (id bigint, no bigint, target text, target_name text, kind text, state text, tries integer, at timestamptz,
	next_at timestamptz, settled_at timestamptz, status integer, answer text, title text, key text);

CREATE FUNCTION fenbo._outbox_row(o fenbo.outbox) RETURNS fenbo.outbox_row
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ROW (o.id, o.no, o.target, (SELECT u.short FROM fenbo.unit u WHERE u.code = split_part(o.target, ':', 2)), o.kind, o.state, o.tries,
		(o.body ->> 'at')::timestamptz, CASE o.state WHEN 'waiting' THEN coalesce(o.next_at, o.hold_until) END, o.settled_at, o.status, o.answer,
		(fenbo._peek(o.no)).title, o.key)::fenbo.outbox_row;
END
$$;

-- Messages in these states (NULL = parked and dead), newest first, at most so many, before this id; of one case when `of_case` is given.
CREATE FUNCTION fenbo.outbox_list(states text[], of_case bigint, to_target text, before bigint, most integer) RETURNS SETOF fenbo.outbox_row
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	s fenbo.scope := fenbo._scope(fenbo._who_as('supervisor', 'admin'));
	o fenbo.outbox;
	n integer := 0;
BEGIN
	-- The states stand in the text of the query: only so can the small index of what did not arrive be used.
	FOR o IN EXECUTE format('SELECT * FROM fenbo.outbox t WHERE t.state = ANY (%L) AND ($1 IS NULL OR t.id < $1) AND ($2 IS NULL OR t.no = $2)
		AND ($3 IS NULL OR t.target = $3) ORDER BY t.id DESC', coalesce(states, '{parked,dead}')) USING before, of_case, to_target
	LOOP
		CONTINUE WHEN NOT fenbo._outbox_mine(o, s);
		EXIT WHEN n >= least(greatest(most, 1), 1000);
		n := n + 1;
		RETURN NEXT fenbo._outbox_row(o);
	END LOOP;
END
$$;

CREATE FUNCTION fenbo._outbox_case(of_id bigint, OUT o fenbo.outbox)
LANGUAGE plpgsql AS $$
BEGIN
	SELECT * INTO o FROM fenbo.outbox t WHERE t.id = of_id FOR UPDATE;
	IF o.id IS NULL OR NOT fenbo._outbox_mine(o, fenbo._scope(fenbo._who_as('supervisor', 'admin'))) THEN
		PERFORM fenbo._fail('not_found', 'id', 'there is no such message');
	END IF;
END
$$;

-- One message whole: what its receiver is given (words, but no telephone number: the address of a citizen is masked) and what came back.
CREATE FUNCTION fenbo.outbox_show(of_id bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	s fenbo.scope := fenbo._scope(fenbo._who_as('supervisor', 'admin'));
	o fenbo.outbox;
	l fenbo.letter;
BEGIN
	SELECT * INTO o FROM fenbo.outbox t WHERE t.id = of_id;
	IF NOT FOUND OR NOT fenbo._outbox_mine(o, s) THEN
		PERFORM fenbo._fail('not_found', 'id', 'there is no such message');
	END IF;
	l := fenbo._letter(o);
	RETURN to_jsonb(fenbo._outbox_row(o)) || jsonb_build_object('hold_until', o.hold_until, 'taken_at', o.taken_at, 'sent_at', o.sent_at,
		'address', CASE WHEN l.address ~* '^http' THEN l.address ELSE fenbo._mask_phone(coalesce(l.address, '')) END,
		'template', l.template, 'fields', l.fields, 'payload', l.payload);
END
$$;

-- When nothing is left that waits for a person, nor does the alarm.
CREATE FUNCTION fenbo._outbox_calm() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	one text;
BEGIN
	FOREACH one IN ARRAY ARRAY['parked', 'dead'] LOOP
		IF NOT EXISTS (SELECT FROM fenbo.outbox o WHERE o.state = one) THEN
			PERFORM fenbo._alarm_settle(0, 'outbox', 'outbox_' || one);
		END IF;
	END LOOP;
END
$$;

-- On the record of its case, or of the house when it has none.
CREATE FUNCTION fenbo._outbox_event(o fenbo.outbox, action text, args jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	ev jsonb := jsonb_build_object('message', o.id, 'target', o.target, 'kind', o.kind, 'was', o.state) || args;
BEGIN
	IF o.no = 0 THEN
		PERFORM fenbo._event0(action, '{}', ev);
	ELSE
		PERFORM fenbo._event(fenbo._case(o.no), action, NULL, ev, NULL);
	END IF;
END
$$;

-- Send it again, now, with the same key and as many tries as a new one. Only what has come to rest without arriving.
CREATE FUNCTION fenbo.outbox_retry(of_id bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	o fenbo.outbox;
	case_no bigint := (SELECT t.no FROM fenbo.outbox t WHERE t.id = of_id);
BEGIN
	IF case_no <> 0 THEN PERFORM fenbo._case(case_no); END IF;       -- cases are locked before their messages, as an undo does
	o := fenbo._outbox_case(of_id);
	IF o.state NOT IN ('parked', 'dead', 'unaddressed') THEN
		PERFORM fenbo._fail('impossible', 'id', format('the message is %s', o.state));
	END IF;
	UPDATE fenbo.outbox t SET state = 'waiting', next_at = fenbo.now_(), settled_at = NULL, forgiven = t.tries, server = NULL WHERE t.id = of_id;
	PERFORM fenbo._outbox_event(o, 'outbox_retry', '{}');
	PERFORM fenbo._outbox_calm();
END
$$;

-- It is not to be sent any more, for a reason that goes on the record.
CREATE FUNCTION fenbo.outbox_drop(of_id bigint, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
	o fenbo.outbox;
	case_no bigint := (SELECT t.no FROM fenbo.outbox t WHERE t.id = of_id);
	reason text := fenbo._arg(jsonb_build_object('reason', why), 'reason', 500);
BEGIN
	IF case_no <> 0 THEN PERFORM fenbo._case(case_no); END IF;
	o := fenbo._outbox_case(of_id);
	IF o.state NOT IN ('parked', 'dead', 'unaddressed', 'waiting') THEN
		PERFORM fenbo._fail('impossible', 'id', format('the message is %s', o.state));
	ELSIF reason IS NULL THEN
		PERFORM fenbo._fail('missing', 'reason', 'say why it is dropped');
	END IF;
	UPDATE fenbo.outbox t SET state = 'cancelled', cancelled_at = fenbo.now_(), settled_at = fenbo.now_(), next_at = NULL, answer = left('dropped: ' || reason, 500)
	WHERE t.id = of_id;
	PERFORM fenbo._outbox_event(o, 'outbox_drop', jsonb_build_object('why', jsonb_build_object('sha256', CASE WHEN o.no = 0
		THEN fenbo._commit(uuid_send(o.key), reason)  -- the words stay with the message, whose key nobody guesses
		ELSE fenbo._remark(o.no, (fenbo._peek(o.no)).version, 'drop ' || o.id, reason) END)));
	PERFORM fenbo._outbox_calm();
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.outbox_list(text[], bigint, text, bigint, integer), fenbo.outbox_show(bigint), fenbo.outbox_retry(bigint),
	fenbo.outbox_drop(bigint, text) TO fenbo_supervisor, fenbo_admin;

RESET ROLE;
