-- A small centre for the tests of actions: units, a routing revision, people, a channel with a key, and functions to act as
-- somebody. Run as superuser in a database made for testing.
SET client_min_messages = warning;
DO $$
DECLARE
	r record;
BEGIN
	FOR r IN SELECT * FROM (VALUES ('anna', 'fenbo_dispatcher'), ('ben', 'fenbo_dispatcher'), ('dora', 'fenbo_dispatcher'),
		('sue', 'fenbo_supervisor'), ('ute', 'fenbo_unit'), ('uli', 'fenbo_unit'), ('adam', 'fenbo_admin'), ('feeder', 'fenbo_feed'))
		v(name, grp)
	LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r.name) THEN
			EXECUTE format('CREATE ROLE %I LOGIN', r.name);
		END IF;
		EXECUTE format('GRANT %I TO %I', r.grp, r.name);
	END LOOP;
END
$$;

INSERT INTO fenbo.routing_revision (revision, applied_at, applied_by, files, policy) VALUES (1, now(), 'test', '{}',
	'{"priorities": {"urgent": {"dispatch_s": 1800, "contact_s": 86400, "handle_days": 1, "rate_days": 7},
		"fast": {"dispatch_s": 7200, "contact_s": 86400, "handle_days": 3, "rate_days": 7},
		"normal": {"dispatch_s": 28800, "contact_s": 86400, "handle_days": 5, "rate_days": 7}},
	"chase": {"lift_s": 1800, "supervise_after": 3}, "returns": {"ruling_after": 2}}');
UPDATE fenbo.setting SET value = '1' WHERE name = 'routing_revision';
INSERT INTO fenbo.place (code, name, level, parent) VALUES
	('4403', '深圳市', 'city', NULL), ('440306', '宝安区', 'district', '4403'), ('440305', '南山区', 'district', '4403'),
	('440306A', '航城街道', 'street', '440306');
INSERT INTO fenbo.unit (code, name, short, parent, level, function, area, desk, active) VALUES
	('BA', '宝安区', '宝安', NULL, 'district', NULL, '440306', true, true),
	('BA-ZJ', '宝安区住房和建设局', '住建', 'BA', 'bureau', 'housing', '440306', false, true),
	('BA-CG', '宝安区城市管理局', '城管', 'BA', 'bureau', 'urban management', '440306', false, true),
	('NS-CG', '南山区城市管理局', '城管', NULL, 'bureau', 'urban management', '440305', false, true),
	('CITY-JT', '市交通局', '交通', NULL, 'city', NULL, '4403', false, true),
	('OLD', '已撤销单位', '撤销', NULL, 'bureau', NULL, NULL, false, false);
INSERT INTO fenbo.duty_item (revision, code, category, class, name, handle_days, lead) VALUES
	(1, 'gas', '住建', '燃气', '燃气安全隐患', 2, 'BA-ZJ'), (1, 'noise', '环境', '噪音', '夜间施工噪音', 5, 'urban management@district');
INSERT INTO fenbo.routing_resolved VALUES (1, 'urban management', 'district', '440306', 'BA-CG'),
	(1, 'urban management', 'district', '440305', 'NS-CG');
INSERT INTO fenbo.reason (action, code, name, sort) VALUES ('override', 'other_unit', '职责属于其他单位', 1),
	('return', 'not_ours', '不属于本单位职责', 1), ('end', 'no_content', '无实质内容', 1);
INSERT INTO fenbo.channel (code, name) VALUES ('hotline', '市民热线'), ('app', '移动端');
INSERT INTO fenbo.account (name, role, person, desk, created_by) VALUES ('anna', 'dispatcher', '安娜', NULL, 'test'),
	('ben', 'dispatcher', '本恩', NULL, 'test'), ('dora', 'dispatcher', '朵拉', 'BA', 'test'), ('sue', 'supervisor', '苏', NULL, 'test'),
	('ute', 'unit', '乌特', 'BA-ZJ', 'test'), ('uli', 'unit', '乌里', 'BA-CG', 'test'), ('adam', 'admin', '亚当', NULL, 'test'),
	('feeder', 'feed', 'fenbod', NULL, 'test');
INSERT INTO fenbo.api_key (name, hash, channel, unit, rights, created_by) VALUES
	('hotline', sha256('hotline-key'), 'hotline', NULL, '{intake,read}', 'test'),
	('app', sha256('app-key'), 'app', NULL, '{intake,read}', 'test'),
	('mute', sha256('mute-key'), 'hotline', NULL, '{read}', 'test'),
	('zj', sha256('zj-key'), NULL, 'BA-ZJ', '{act,read}', 'test');

-- --- acting as somebody --------------------------------------------------------------------------------------------

CREATE SCHEMA t;
GRANT USAGE ON SCHEMA t TO PUBLIC;
CREATE TABLE t.session (account text PRIMARY KEY, id uuid);
CREATE TABLE t.name (name text PRIMARY KEY, no bigint);
CREATE TABLE t.passed (what text);

CREATE FUNCTION t.become(who text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('session_authorization', 'postgres', false);
	PERFORM set_config('fenbo.session', coalesce((SELECT id::text FROM t.session WHERE account = who), ''), false);
	PERFORM set_config('session_authorization', who, false);
END
$$;
CREATE FUNCTION t.login(who text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s uuid;
BEGIN
	PERFORM t.become(who);
	SELECT session INTO s FROM fenbo.login('test');
	PERFORM t.become('postgres');
	INSERT INTO t.session VALUES (who, s) ON CONFLICT (account) DO UPDATE SET id = s;
END
$$;

-- Everything that follows asserts: a false condition or another answer ends the test.
CREATE FUNCTION t.ok(condition boolean, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF condition IS NOT TRUE THEN RAISE EXCEPTION 'not ok: %', what; END IF;
	INSERT INTO t.passed VALUES (what);
END
$$;
CREATE FUNCTION t.is(got text, want text, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF got IS DISTINCT FROM want THEN RAISE EXCEPTION 'not ok: %: got %, expected %', what, got, want; END IF;
	INSERT INTO t.passed VALUES (what);
END
$$;

-- Take in cases; each is known by a name from then on. extra: further members of the arrival.
CREATE FUNCTION t.make(variadic names text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	n text;
	r record;
BEGIN
	FOREACH n IN ARRAY names LOOP
		SELECT * INTO r FROM fenbo.intake(sha256('hotline-key'), jsonb_build_array(jsonb_build_object('line', 1, 'external_id', n,
			'text', '小区门口燃气味很大，请尽快处理 ' || n, 'title', '燃气味很大 ' || n, 'name', '张三丰', 'phone', '13800000001',
			'place', '440306A', 'place_name', '航城街道', 'priority', 'normal', 'model', 'duty-1', 'units',
			'[{"unit": "BA-ZJ", "item": "gas", "p": 0.9, "reasons": []}, {"unit": "BA-CG", "item": "noise", "p": 0.05, "reasons": []},
			{"unit": "CITY-JT", "item": null, "p": 0.02, "reasons": []}]'::jsonb)));
		PERFORM t.is(r.status, 'created', 'intake of ' || n);
		INSERT INTO t.name VALUES (n, r.no);
	END LOOP;
END
$$;
CREATE FUNCTION t.no(name text) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT no FROM t.name n WHERE n.name = $1';
CREATE FUNCTION t.q(name text) RETURNS fenbo.queue LANGUAGE sql STABLE AS 'SELECT fenbo._peek(t.no($1))';
-- The newest event, but for alarms, which are told at the end of whatever raised them.
CREATE FUNCTION t.last(name text) RETURNS fenbo.event LANGUAGE sql STABLE AS $$
	SELECT e FROM fenbo.event e WHERE e.no = t.no($1) AND e.action <> 'alarm' ORDER BY e.id DESC LIMIT 1
$$;
-- What an undo must bring back: row, clocks and form; not version, chain and lease time.
CREATE FUNCTION t.picture(name text) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object('row', to_jsonb(t.q($1)) - ARRAY['version', 'head', 'lease_until'],
		'clocks', (SELECT coalesce(a.state -> 'clocks', (SELECT jsonb_agg(to_jsonb(c) ORDER BY c.kind) FROM fenbo.clock c WHERE c.no = a.no))),
		'appeal', to_jsonb(a) - ARRAY['version', 'head', 'state', 'closed_at', 'unit', 'item'], 'citizen', to_jsonb(z))
	FROM fenbo.appeal a JOIN fenbo.citizen z ON z.no = a.no WHERE a.no = t.no($1)
$$;

CREATE FUNCTION t.run(who text, action text, ids bigint[], versions integer[], args jsonb, atomic boolean) RETURNS fenbo.act_row[]
LANGUAGE plpgsql AS $$
DECLARE
	rows fenbo.act_row[];
BEGIN
	PERFORM t.become(who);
	rows := ARRAY(SELECT r FROM fenbo.act(action, ids, versions, args, atomic) r);
	PERFORM t.become('postgres');
	RETURN rows;
END
$$;
-- One case, at the version it has now.
CREATE FUNCTION t.act(who text, action text, name text, args jsonb DEFAULT '{}') RETURNS fenbo.act_row LANGUAGE sql AS $$
	SELECT (t.run(who, action, ARRAY[t.no(name)], ARRAY[(t.q(name)).version], args, false))[1]
$$;
-- Must be done, and be one version on with an event that says so.
CREATE FUNCTION t.does(who text, action text, name text, args jsonb DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	was integer := (t.q(name)).version;
	r fenbo.act_row := t.act(who, action, name, args);
	e fenbo.event;
BEGIN
	IF NOT r.ok THEN RAISE EXCEPTION 'not ok: % % %: refused: % % %', who, action, name, r.error, r.field, r.message; END IF;
	SELECT * INTO e FROM fenbo.event v WHERE v.id = r.event;
	PERFORM t.ok(e.action = action AND e.actor = who AND e.version = was + 1 AND r.version = was + 1 AND (t.q(name)).version >= r.version
		AND (t.q(name)).stage::text = r.stage AND e.after ->> 'stage' = r.stage AND (e.after ->> 'version')::integer = r.version,
		format('%s %s %s', who, action, name));
END
$$;
-- Must be refused with this code and field, and change nothing.
CREATE FUNCTION t.refuses(who text, action text, name text, error text, field text, args jsonb DEFAULT '{}') RETURNS fenbo.act_row
LANGUAGE plpgsql AS $$
DECLARE
	was jsonb := t.picture(name);
	events bigint := (SELECT count(*) FROM fenbo.event);
	r fenbo.act_row := t.act(who, action, name, args);
BEGIN
	IF r.ok OR r.error <> error OR r.field <> field THEN
		RAISE EXCEPTION 'not ok: % % %: expected % %, got % % % %', who, action, name, error, field, r.ok, r.error, r.field, r.message;
	END IF;
	PERFORM t.ok(t.picture(name) = was AND events = (SELECT count(*) FROM fenbo.event) AND r.message <> '',
		format('%s may not %s %s: %s', who, action, name, r.message));
	RETURN r;
END
$$;
-- Does it, takes it back, and everything is as before.
CREATE FUNCTION t.undoes(who text, action text, name text, args jsonb DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	was jsonb := t.picture(name);
BEGIN
	PERFORM t.does(who, action, name, args);
	PERFORM t.does(who, 'undo', name);
	IF t.picture(name) <> was THEN
		RAISE EXCEPTION 'not ok: % undone differs: %', action, (SELECT jsonb_object_agg(k || '.' || x.key, jsonb_build_array(x.value, y.value))
			FROM jsonb_each(was) o(k, v), jsonb_each(CASE jsonb_typeof(v) WHEN 'array' THEN jsonb_build_object('all', v) ELSE v END) x
			LEFT JOIN LATERAL jsonb_each(CASE jsonb_typeof(v) WHEN 'array' THEN jsonb_build_object('all', t.picture(name) -> k)
				ELSE t.picture(name) -> k END) y ON y.key = x.key
			WHERE x.value IS DISTINCT FROM y.value);
	END IF;
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.outbox o WHERE o.no = t.no(name) AND o.cancelled_at IS NULL
		AND o.version = (SELECT v.version FROM fenbo.event v WHERE v.id = ((t.last(name)).args ->> 'undoes')::bigint)),
		format('undo of %s calls its messages back', action));
END
$$;
CREATE FUNCTION t.clock(name text, kind text) RETURNS fenbo.clock LANGUAGE sql STABLE AS
	'SELECT c FROM fenbo.clock c WHERE c.no = t.no($1) AND c.kind = $2';
CREATE FUNCTION t.case13(name text) RETURNS text LANGUAGE sql STABLE AS $$ SELECT lpad(t.no($1)::text, 13, '0') $$;
CREATE FUNCTION t.rec(name text, unit text) RETURNS jsonb LANGUAGE sql STABLE AS
	$$ SELECT jsonb_build_object('recommendation', (t.q($1)).rec::text, 'unit', $2) $$;
-- Move the test clock on by so much.
CREATE FUNCTION t.wait(span interval) RETURNS void LANGUAGE sql AS $$
	INSERT INTO fenbo.setting VALUES ('test_clock_offset', span::text)
	ON CONFLICT (name) DO UPDATE SET value = (fenbo.setting.value::interval + span)::text
$$;
-- Every case's events hash over one another in the order they were written.
CREATE FUNCTION t.chains() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM t.ok(NOT EXISTS (SELECT FROM (SELECT e.*, lag(hash, 1, '\x') OVER (PARTITION BY no ORDER BY id) AS want FROM fenbo.event e WHERE no <> 0) x
		WHERE prev <> want OR hash <> fenbo._event_hash(prev, id, no, version, at, tx, action, actor, person, session, batch, before, after, args)),
		'the hash chain of every case holds');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.appeal a LEFT JOIN fenbo.queue q USING (no)
		WHERE coalesce(q.head, a.head) <> (SELECT e.hash FROM fenbo.event e WHERE e.no = a.no ORDER BY e.id DESC LIMIT 1)),
		'every case knows the head of its chain');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.event e WHERE e.no <> 0 AND concat(e.before, e.after, e.args) ~ '张三|1380000'),
		'no personal data in any event');
END
$$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA t TO PUBLIC;
SELECT t.login(a) FROM unnest(ARRAY['anna', 'ben', 'dora', 'sue', 'ute', 'uli']) a \g /dev/null
