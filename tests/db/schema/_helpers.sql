-- What the tests of this folder say things with, and a small centre to say them about. Lives in schema `test`.
CREATE EXTENSION IF NOT EXISTS dblink;
CREATE SCHEMA test;
GRANT USAGE ON SCHEMA test TO PUBLIC;

CREATE FUNCTION test.ok(good boolean, what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF good IS NOT TRUE THEN RAISE EXCEPTION 'not so: %', what; END IF;
	RETURN 'ok ' || what;
END $$;

CREATE FUNCTION test.eq(got anycompatible, want anycompatible, what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF got IS DISTINCT FROM want THEN RAISE EXCEPTION 'not so: %: got %, want %', what, got, want; END IF;
	RETURN 'ok ' || what;
END $$;

-- The statement is refused with this code (or SQLSTATE); nothing of it stays.
CREATE FUNCTION test.fails(statement text, code text, what text DEFAULT '') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	detail text;
	got text := 'nothing';
BEGIN
	BEGIN
		EXECUTE statement;
	EXCEPTION
	WHEN SQLSTATE 'FB000' THEN
		GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
		got := detail::jsonb ->> 'error';
	WHEN OTHERS THEN
		got := SQLSTATE;
		detail := SQLERRM;
	END;
	IF got <> code THEN RAISE EXCEPTION 'not so: % %: got % (%), want %', what, statement, got, detail, code; END IF;
	RETURN 'ok ' || statement;
END $$;

-- n appeals of a key's batch.
CREATE FUNCTION test.rows(n integer, prefix text, extra jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_agg(jsonb_build_object('line', i, 'external_id', prefix || i, 'text', '小区东门闻到很浓的燃气味道，请尽快来人 ' || i,
		'title', '燃气味很大 ' || i, 'name', '张三', 'phone', '1380013' || lpad(i::text, 4, '0'), 'address', '东门', 'priority',
			'normal',
		'place', 'st1', 'place_name', '东街道', 'model', 'duty-1', 'novel', false,
		'units', '[{"unit":"gas","item":"A1","p":0.9,"reasons":[]},{"unit":"st1","item":"A2","p":0.05,"reasons":[]}]'::jsonb) || extra)
	FROM generate_series(1, n) i
$$;

-- A verifier nobody knows the password of.
CREATE FUNCTION test.verifier() RETURNS text LANGUAGE sql AS $$
	SELECT 'SCRAM-SHA-256$4096:' || encode(substr(sha256('s'), 1, 16), 'base64') || '$' || encode(sha256('a'), 'base64')
		|| ':' || encode(sha256('b'), 'base64')
$$;

CREATE FUNCTION test.doc() RETURNS jsonb LANGUAGE sql AS $$
	SELECT '{
	"policy": {"format": 1, "centre": {"name": "试点分拨中心"}, "lead": {"fallback": ""}, "priorities": {
		"urgent": {"dispatch_s": 1800}, "fast": {"dispatch_s": 7200}, "normal": {"dispatch_s": 28800}}},
	"places": [
		{"code": "c", "name": "试点市", "level": "city", "parent": null, "aliases": []},
		{"code": "d1", "name": "甲区", "level": "district", "parent": "c", "aliases": []},
		{"code": "d2", "name": "乙区", "level": "district", "parent": "c", "aliases": []},
		{"code": "st1", "name": "东街道", "level": "street", "parent": "d1", "aliases": ["老东街"]},
		{"code": "st2", "name": "西街道", "level": "street", "parent": "d2", "aliases": []}],
	"units": [
		{"code": "city", "name": "市政府", "short": "市府", "level": "city", "parent": null, "area": "c"},
		{"code": "gas", "name": "燃气集团", "short": "燃气", "level": "bureau", "parent": "city", "function": "gas",
			"area": null},
		{"code": "desk1", "name": "甲区分拨台", "short": "甲台", "level": "district", "parent": "city", "area": "d1",
			"desk": true},
		{"code": "desk2", "name": "乙区分拨台", "short": "乙台", "level": "district", "parent": "city", "area": "d2",
			"desk": true},
		{"code": "cg1", "name": "甲区城管局", "short": "甲城管", "level": "bureau", "parent": "desk1", "function": "urban",
			"area": null},
		{"code": "cg2", "name": "乙区城管局", "short": "乙城管", "level": "bureau", "parent": "desk2", "function": "urban",
			"area": null},
		{"code": "st1", "name": "东街道办", "short": "东街", "level": "street", "parent": "desk1", "function": "street",
			"area": "st1"},
		{"code": "st2", "name": "西街道办", "short": "西街", "level": "street", "parent": "desk2", "function": "street",
			"area": "st2"}],
	"items": [
		{"code": "A1", "category": "安全", "class": "燃气", "name": "燃气泄漏", "definition": "闻到燃气味", "keywords": ["燃气"],
			"priority": "urgent",
			"handle_days": 1, "lead": "gas", "assist": [], "steps": []},
		{"code": "A2", "category": "市容", "class": "占道", "name": "占道经营", "definition": "", "keywords": ["占道"],
			"priority": "normal",
			"handle_days": 5, "lead": "urban@district", "assist": ["street@street"], "steps": []}],
	"channels": [{"code": "hotline", "name": "市民热线", "place": null}, {"code": "app", "name": "民意速办", "place": "d1"}],
	"reasons": [{"action": "override", "code": "wrong", "name": "事项不符", "sort": 1}, {"action": "override",
		"code": "area", "name": "属地不符", "sort": 2}],
	"knowledge": [{"code": "k1", "title": "燃气开户怎么办", "keywords": ["开户"], "template": "请带身份证到【网点】办理", "active": true}],
	"calendar": [{"day": "2027-01-01", "working": false, "name": "元旦"}]}'::jsonb
$$;

-- The small centre: routing, two keys of channels, one of a unit, one account of each kind.
DO $$
BEGIN
	PERFORM fenbo.route_apply(test.doc(), '{"routing.ini": "v1"}', 'first', 0);
	PERFORM fenbo.key_add('hot', 'hotline', NULL, '{intake,read,backdate}', 0, sha256('hot'));
	PERFORM fenbo.key_add('hot2', 'hotline', NULL, '{intake}', 0, sha256('hot2'));
	PERFORM fenbo.key_add('app', 'app', NULL, '{intake,read}', 0, sha256('app'));
	PERFORM fenbo.key_add('cg1', NULL, 'cg1', '{act,read,feed}', 0, sha256('cg1'));
	PERFORM fenbo.user_add('t_disp', 'dispatcher', '张三', NULL, 1, test.verifier());
	PERFORM fenbo.user_add('t_disp2', 'dispatcher', '李四', NULL, 1, test.verifier());
	PERFORM fenbo.user_add('t_desk1', 'dispatcher', '甲台', 'desk1', NULL, test.verifier());
	PERFORM fenbo.user_add('t_sup', 'supervisor', '王五', NULL, 1, test.verifier());
	PERFORM fenbo.user_add('t_admin', 'admin', '管理', NULL, NULL, test.verifier());
	PERFORM fenbo.user_add('t_unit', 'unit', '甲城管', 'cg1', NULL, test.verifier());
	PERFORM fenbo.user_add('t_gas', 'unit', '燃气', 'gas', NULL, test.verifier());
	PERFORM fenbo.user_add('t_feed', 'feed', 'fenbod', NULL, NULL, test.verifier());
END $$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA test TO PUBLIC;
