-- A month of a centre, played through the real functions on the test clock: what people, units and citizens do is drawn at random, when they do
-- it stands in an agenda. Run as superuser in a database made for testing that has the shipped policy.
SET client_min_messages = warning;
CREATE SCHEMA m;
GRANT USAGE ON SCHEMA m TO PUBLIC;

CREATE TABLE m.agenda (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, worker integer, at timestamptz, no bigint, what text, args jsonb);
CREATE INDEX ON m.agenda (worker, at, id);
CREATE INDEX ON m.agenda (no);
CREATE TABLE m.done (worker integer, what text, ok boolean, error text, n bigint, PRIMARY KEY (worker, what, ok, error));
CREATE TABLE m.item (nth integer PRIMARY KEY, code text, priority fenbo.priority, days integer, lead text);
CREATE TABLE m.place (nth integer PRIMARY KEY, code text, name text);
CREATE TABLE m.session (account text PRIMARY KEY, id uuid);
CREATE TABLE m.below (unit text, below text);   -- a unit and one under it

-- --- people ----------------------------------------------------------------------------------------------------------------

CREATE FUNCTION m.person(name text, role text, desk text, crew integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = name) THEN EXECUTE format('CREATE ROLE %I LOGIN', name); END IF;
	EXECUTE format('GRANT fenbo_%s TO %I', role, name);
	INSERT INTO fenbo.account (name, role, person, desk, crew, created_by) VALUES (name, role, name, desk, crew, 'test');
END
$$;
-- Two dispatchers and a supervisor in each crew; one person for all units; fenbod.
SELECT m.person('m_feed', 'feed', NULL, NULL);
SELECT m.person(format('m_d%s%s', c, k), 'dispatcher', NULL, c), m.person(format('m_s%s%s', c, k), 'supervisor', NULL, c)
FROM generate_series(1, 6) c, generate_series(1, 2) k WHERE k = 1 OR c > 0;
SELECT m.person('m_unit', 'unit', 'centre', NULL), m.person('m_admin', 'admin', NULL, NULL);
INSERT INTO fenbo.api_key (name, hash, channel, rights, created_by)
SELECT 'm_' || c, sha256(convert_to('m_' || c, 'UTF8')), c, '{intake,read,act}', 'test' FROM unnest(ARRAY['hotline', 'app', 'camera']) c;

CREATE FUNCTION m.become(who text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('session_authorization', 'postgres', false);
	PERFORM set_config('fenbo.session', coalesce((SELECT id::text FROM m.session WHERE account = who), ''), false);
	PERFORM set_config('session_authorization', who, false);
END
$$;

INSERT INTO m.item SELECT row_number() OVER (ORDER BY code), code, priority, handle_days, lead FROM fenbo.duty_item WHERE revision = fenbo._revision();
INSERT INTO m.place SELECT row_number() OVER (ORDER BY code), code, name FROM fenbo.place WHERE level IN ('street', 'community') AND active;
INSERT INTO m.below SELECT u.code, d.code FROM fenbo.unit u JOIN fenbo.unit d ON d.parent = u.code WHERE NOT d.desk AND NOT u.desk AND d.active;

-- --- chance -----------------------------------------------------------------------------------------------------------------

-- A waiting time with this mean, in hours: mostly short, now and then very long.
CREATE FUNCTION m.hours(mean double precision) RETURNS interval LANGUAGE sql VOLATILE AS $$
	SELECT make_interval(secs => 3600 * mean * -ln(greatest(random(), 1e-9))) $$;
CREATE FUNCTION m.any(words text[]) RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT words[1 + floor(random() * cardinality(words))] $$;
CREATE FUNCTION m.rating() RETURNS jsonb LANGUAGE sql VOLATILE AS $$
	SELECT jsonb_build_object('speed', 1 + floor(random() * 5), 'effect', CASE WHEN random() < 0.12 THEN 1 ELSE 3 + floor(random() * 3) END,
		'service', 2 + floor(random() * 4), 'feedback', CASE WHEN random() < 0.05 THEN 2 ELSE 3 + floor(random() * 3) END) $$;

-- Any unit that works itself.
CREATE FUNCTION m.unit() RETURNS text LANGUAGE sql VOLATILE AS $$ SELECT u.code FROM fenbo.unit u WHERE u.active AND NOT u.desk ORDER BY random() LIMIT 1 $$;
CREATE FUNCTION m.plan(worker integer, at timestamptz, no bigint, what text, args jsonb DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
	INSERT INTO m.agenda (worker, at, no, what, args) VALUES (worker, at, no, what, args) $$;

-- Appeals as a day brings them: few by night, most in the morning and afternoon.
CREATE FUNCTION m.weight(hour integer) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
	SELECT (ARRAY[.3, .2, .15, .1, .1, .2, .5, 1, 2, 2.4, 2.3, 1.7, 1.3, 1.7, 2.2, 2.1, 1.8, 1.4, 1.1, 1, .9, .8, .6, .4])[hour + 1] / 26.25 $$;

-- --- what follows ------------------------------------------------------------------------------------------------------------

-- The unit has it (again): signs, speaks, works, and reports; or does not.
CREATE FUNCTION m.with_unit(w integer, no bigint, now_ timestamptz, days integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	done timestamptz := now_ + interval '4 hours' + make_interval(secs => 86400.0 * days * 1.5 * (0.1 + 0.75 * random()));
BEGIN
	IF random() < 0.08 THEN
		PERFORM m.plan(w, now_ + m.hours(6), no, 'return', jsonb_build_object('reason', m.any(ARRAY['not_our_duty', 'not_our_area', 'need_more_info'])));
		RETURN;
	END IF;
	IF random() < 0.9 THEN PERFORM m.plan(w, now_ + m.hours(4), no, 'accept'); END IF;
	PERFORM m.plan(w, now_ + m.hours(9), no, 'contact', jsonb_build_object('text', '已联系', 'outcome', CASE WHEN random() < 0.85 THEN 'reached' ELSE 'unreached' END));
	IF random() < 0.2 THEN PERFORM m.plan(w, now_ + m.hours(20), no, 'progress', '{"text": "正在办理"}'); END IF;
	IF random() < 0.08 THEN
		PERFORM m.plan(w, now_ + m.hours(20), no, 'extend', jsonb_build_object('reason', m.any(ARRAY['complex', 'other']), 'days', 1 + floor(random() * 5)));
		PERFORM m.plan(w, now_ + interval '20 h' + m.hours(20), no, 'approve', jsonb_build_object('decision', CASE WHEN random() < 0.7 THEN 'yes' ELSE 'no' END));
	END IF;
	IF random() < 0.07 THEN
		PERFORM m.plan(w, now_ + m.hours(24), no, 'pause', jsonb_build_object('reason', m.any(ARRAY['weather', 'wait_citizen', 'other'])));
		IF random() < 0.5 THEN PERFORM m.plan(w, now_ + interval '24 h' + m.hours(8), no, 'approve', '{"decision": "yes"}'); END IF;
		PERFORM m.plan(w, now_ + interval '30 h' + m.hours(40), no, 'resume');
	END IF;
	IF random() < 0.05 THEN PERFORM m.plan(w, now_ + m.hours(12), no, 'subdispatch'); END IF;
	IF random() < 0.05 THEN PERFORM m.plan(w, now_ + m.hours(30), no, 'chase', '{"text": "怎么还没有处理"}'); END IF;
	IF random() < 0.01 THEN PERFORM m.plan(w, now_ + m.hours(30), no, 'reassign', '{"reason": "wrong_unit"}'); END IF;
	IF random() < 0.02 THEN PERFORM m.plan(w, now_ + m.hours(30), no, 'supervise', '{"text": "重点督办"}'); END IF;
	IF random() < 0.02 THEN PERFORM m.plan(w, now_ + m.hours(40), no, 'remind'); END IF;
	IF random() < 0.02 THEN PERFORM m.plan(w, now_ + m.hours(20), no, 'priority', jsonb_build_object('priority', m.any(ARRAY['urgent', 'fast', 'normal']))); END IF;
	IF random() < 0.02 THEN PERFORM m.plan(w, now_ + interval '5 s', no, 'undo'); END IF;
	PERFORM m.plan(w, done, no, 'confirm-head', '{"person": "王局"}');
	PERFORM m.plan(w, done + interval '1 s', no, 'resolve', '{"text": "已办结"}');
	PERFORM m.plan(w, done + m.hours(40), no, 'resolve', '{"text": "已办结，再报"}'); -- where the first time something stood in its way
END
$$;

-- What comes after an action that was done.
CREATE FUNCTION m.next(w integer, r fenbo.act_row, what text, now_ timestamptz, days integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF r.stage = 'dispatched' AND what NOT IN ('priority', 'chase', 'supervise', 'remind', 'undo', 'note', 'pause', 'resume', 'extend', 'approve', 'contact', 'progress') THEN
		PERFORM m.with_unit(w, r.id, now_, days);
	ELSIF r.stage = 'triage' AND what <> 'claim' THEN
		PERFORM m.plan(w, now_ + m.hours(0.3), r.id, 'dispatch');
	ELSIF r.stage = 'resolved' AND what = 'resolve' THEN
		IF random() < 0.4 THEN PERFORM m.plan(w, now_ + m.hours(40), r.id, 'rate', jsonb_build_object('rating', m.rating())); END IF;
		IF random() < 0.1 THEN
			PERFORM m.plan(w, now_ + m.hours(60), r.id, 'visit', CASE WHEN random() < 0.6 THEN jsonb_build_object('outcome', 'reached', 'rating', m.rating())
				ELSE jsonb_build_object('outcome', m.any(ARRAY['unreached', 'refused'])) END);
		END IF;
		IF random() < 0.05 THEN PERFORM m.plan(w, now_ + m.hours(30), r.id, 'close'); END IF;
	ELSIF r.stage IN ('handling', 'dispatched') AND what IN ('rate', 'visit') THEN
		PERFORM m.with_unit(w, r.id, now_, days);     -- to be done again
	ELSIF r.stage = 'closed' AND random() < 0.02 THEN
		PERFORM m.plan(w, now_ + m.hours(50), r.id, 'reopen', '{"reason": "not_solved"}');
	ELSIF r.stage = 'merged' AND random() < 0.1 THEN
		PERFORM m.plan(w, now_ + m.hours(10), r.id, 'unmerge');
	END IF;
END
$$;

-- --- acting ------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION m.count(w integer, what text, ok boolean, error text) RETURNS void LANGUAGE sql AS $$
	INSERT INTO m.done VALUES (w, what, ok, coalesce(error, ''), 1) ON CONFLICT (worker, what, ok, error) DO UPDATE SET n = m.done.n + 1 $$;

-- Who does it, of those on shift now.
CREATE FUNCTION m.doer(what text, crew integer) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT CASE WHEN what IN ('accept', 'return', 'contact', 'progress', 'pause', 'resume', 'extend', 'subdispatch', 'resolve', 'confirm-head') THEN 'm_unit'
		WHEN what IN ('approve', 'rule', 'reassign', 'supervise', 'remind', 'lift') THEN format('m_s%s1', crew)
		ELSE format('m_d%s%s', crew, 1 + floor(random() * 2)) END $$;

-- One line of the agenda as a call: the action, its arguments, and who.
CREATE FUNCTION m.call(a m.agenda, q fenbo.queue, crew integer, OUT what text, OUT args jsonb, OUT who text) LANGUAGE plpgsql AS $$
DECLARE
	i m.item;
	dice double precision := random();
BEGIN
	what := a.what; args := a.args;
	IF a.what = 'dispatch' THEN
		SELECT * INTO i FROM m.item t WHERE t.nth = 1 + floor(random() * (SELECT count(*) FROM m.item));
		args := jsonb_build_object('item', i.code, 'unit', coalesce(fenbo._lead_unit(i.lead, q.place), m.unit()), 'reason', 'wrong_item');
		what := 'override';
		IF q.flags & 1 <> 0 THEN
			what := 'rule'; args := (args - 'reason') || '{"text": "协调会纪要"}';
		ELSIF q.flags & 256 <> 0 OR q.desk <> 'centre' THEN
			who := format('m_s%s1', crew);
			IF q.desk <> 'centre' THEN
				args := jsonb_build_object('reason', 'other', 'unit', coalesce((SELECT b.code FROM fenbo.unit b WHERE b.parent = q.desk AND NOT b.desk AND b.active
					ORDER BY random() LIMIT 1), m.unit()));
			END IF;
		ELSIF dice < 0.04 THEN
			what := 'answer'; args := '{"text": "您好，已答复。"}';
		ELSIF dice < 0.06 THEN
			what := 'end'; args := '{"outcome": "invalid", "reason": "no_content"}';
		ELSIF dice < 0.10 THEN
			what := 'merge'; args := jsonb_build_object('into', (SELECT lpad(t.no::text, 13, '0') FROM fenbo.queue t WHERE t.no < q.no AND t.no % 2 = q.no % 2
				AND t.stage IN ('triage', 'dispatched', 'handling') ORDER BY t.no DESC LIMIT 1));
		ELSIF dice < 0.11 THEN
			what := 'escalate'; args := '{"reason": "sensitive"}';
		ELSIF dice < 0.16 AND q.rec IS NOT NULL AND q.top_unit IS NOT NULL THEN
			what := 'confirm'; args := jsonb_build_object('recommendation', q.rec, 'unit', q.top_unit);
		END IF;
	ELSIF a.what = 'subdispatch' THEN
		args := jsonb_build_object('unit', coalesce((SELECT b.below FROM m.below b WHERE b.unit = q.unit ORDER BY random() LIMIT 1), q.unit));
	ELSIF a.what = 'reassign' THEN
		args := args || jsonb_build_object('unit', m.unit());
	END IF;
	who := coalesce(who, m.doer(what, crew));
END
$$;

CREATE FUNCTION m.act(w integer, a m.agenda, crew integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := fenbo._peek(a.no);
	k record := m.call(a, q, crew);
	r fenbo.act_row;
	now_ timestamptz := fenbo.now_();
BEGIN
	IF k.what = 'rate' THEN
		PERFORM m.become('m_feed');
		SELECT * INTO r FROM fenbo.act_for(sha256(convert_to('m_' || q.channel, 'UTF8')), '', 'rate', ARRAY[a.no], ARRAY[q.version], k.args);
	ELSE
		PERFORM m.become(k.who);
		SELECT * INTO r FROM fenbo.act(k.what, ARRAY[a.no], ARRAY[CASE WHEN k.what <> 'undo' THEN q.version END], k.args, false);
	END IF;
	PERFORM m.become('postgres');
	PERFORM m.count(w, k.what, r.ok, r.error);
	IF r.ok THEN
		PERFORM m.next(w, r, k.what, now_, coalesce((SELECT i.days FROM m.item i JOIN fenbo.queue t ON t.item = i.code WHERE t.no = a.no), 5));
	ELSIF r.error NOT IN ('missing', 'invalid', 'forbidden', 'not_found', 'stale', 'impossible', 'leased', 'conflict') THEN
		RAISE EXCEPTION 'not ok: % % %: % %', k.who, k.what, a.no, r.error, r.message;
	ELSIF a.what = 'dispatch' AND q.stage = 'triage' THEN
		PERFORM m.plan(w, now_ + m.hours(0.5), a.no, 'dispatch');
	END IF;
END
$$;

-- Everything of the agenda that is due, a transaction each hundred.
CREATE PROCEDURE m.work(w integer) LANGUAGE plpgsql AS $$
DECLARE
	a m.agenda;
	crew integer := coalesce((SELECT t.crews[1] FROM fenbo.shift_turn t WHERE t.start_at <= fenbo.now_() AND t.end_at > fenbo.now_() ORDER BY t.start_at LIMIT 1), 1);
	n integer := 0;
BEGIN
	LOOP
		DELETE FROM m.agenda t WHERE t.id = (SELECT x.id FROM m.agenda x WHERE x.worker = w AND x.at <= fenbo.now_() ORDER BY x.at, x.id LIMIT 1) RETURNING * INTO a;
		EXIT WHEN a.id IS NULL;
		PERFORM m.act(w, a, crew);
		n := n + 1;
		IF n % 100 = 0 THEN COMMIT; END IF;
		a.id := NULL;
	END LOOP;
	COMMIT;
END
$$;

-- What came in during this span: `cases` a day on average. Each is dispatched after a while, some too late.
-- n appeals as fenbod hands them over.
CREATE FUNCTION m.arrivals(w integer, channel text, n integer, now_ timestamptz) RETURNS jsonb LANGUAGE sql VOLATILE AS $$
	SELECT coalesce(jsonb_agg(jsonb_build_object('line', g, 'external_id', format('%s-%s-%s-%s', channel, w, extract(epoch FROM now_)::bigint, g),
		'text', format('第%s件：路灯不亮，请处理 %s', g, now_), 'title', '路灯不亮', 'phone', '138' || lpad((floor(random() * 1e8))::bigint::text, 8, '0'),
		'priority', CASE WHEN random() < 0.04 THEN 'urgent' WHEN random() < 0.15 THEN 'fast' ELSE 'normal' END, 'place', p.code, 'place_name', p.name,
		'model', 'duty-1', 'units', jsonb_build_array(jsonb_build_object('unit', coalesce(fenbo._lead_unit(i.lead, p.code), m.unit()), 'item', i.code, 'p', 0.6,
			'reasons', '[]'::jsonb)))), '[]')
	FROM (SELECT g, 1 + floor(random() * (SELECT count(*) FROM m.place))::integer AS place, 1 + floor(random() * (SELECT count(*) FROM m.item))::integer AS item
		FROM generate_series(1, n) g) x
	JOIN m.place p ON p.nth = x.place JOIN m.item i ON i.nth = x.item
$$;

CREATE PROCEDURE m.intake(w integer, cases double precision, span interval) LANGUAGE plpgsql AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
	wanted double precision := cases * extract(epoch FROM span) / 3600 * m.weight(extract(hour FROM now_ AT TIME ZONE fenbo._zone())::integer);
	n integer := floor(wanted) + CASE WHEN random() < wanted - floor(wanted) THEN 1 ELSE 0 END;
	channel text;
	rows jsonb;
	told fenbo.receipt[];
BEGIN
	FOREACH channel IN ARRAY ARRAY['hotline', 'app', 'camera'] LOOP
		rows := m.arrivals(w, channel, CASE channel WHEN 'hotline' THEN n - n / 3 - n / 20 WHEN 'app' THEN n / 3 ELSE n / 20 END, now_);
		CONTINUE WHEN rows = '[]';
		PERFORM m.become('m_feed');
		told := ARRAY(SELECT i FROM fenbo.intake(sha256(convert_to('m_' || channel, 'UTF8')), rows) i);
		PERFORM m.become('postgres');
		IF EXISTS (SELECT FROM unnest(told) t WHERE t.status <> 'created') THEN
			RAISE EXCEPTION 'not ok: intake: %', (SELECT t.message FROM unnest(told) t WHERE t.status <> 'created' LIMIT 1);
		END IF;
		INSERT INTO m.agenda (worker, at, no, what, args) SELECT w, now_ + m.hours(0.7), t.no, 'dispatch', '{}' FROM unnest(told) t;
	END LOOP;
	COMMIT;
END
$$;

-- What the fenbod that leads does. The connection holds the lock from the first call on.
CREATE PROCEDURE m.lead() LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	PERFORM m.become('m_feed');
	PERFORM fenbo.lead();
	PERFORM fenbo.sweep();
	COMMIT;
	LOOP
		SELECT coalesce(sum(l.fired), 0) INTO n FROM fenbo.ladder(500) l;
		COMMIT;
		EXIT WHEN n = 0;
	END LOOP;
	LOOP
		n := fenbo.unrated(500);
		COMMIT;
		EXIT WHEN n < 500;
	END LOOP;
	PERFORM fenbo.shift_tick();
	COMMIT;
	WHILE fenbo.roll(5000) = 5000 LOOP
		COMMIT;
	END LOOP;
	COMMIT;
	PERFORM m.become('postgres');
END
$$;

-- A case that stands in triage and in nobody's agenda is taken up again.
CREATE PROCEDURE m.strays(w integer, workers integer) LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO m.agenda (worker, at, no, what, args) SELECT w, fenbo.now_(), q.no, 'dispatch', '{}' FROM fenbo.queue q
	WHERE q.stage = 'triage' AND (q.no / 10) % workers = w - 1 AND NOT EXISTS (SELECT FROM m.agenda a WHERE a.no = q.no AND a.what = 'dispatch');
	COMMIT;
END
$$;
