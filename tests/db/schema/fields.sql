-- What the machine read of a case: into the form, corrected by hand, undone, erased. And the list of enterprises beside the revisions.
SELECT fenbo.intake(sha256('hot'), test.rows(1, 'm', '{"text": "我叫李明，电话13800138000，昨天下午五点粤B12345的车堵了门", "title": "李明说车堵了门", "type": "complaint",
	"name": "李明", "phone": "13800138000", "fields": {
		"type": {"value": "complaint", "start": 0, "end": 2}, "person": [{"start": 2, "end": 4}], "phone": [{"start": 7, "end": 18}],
		"time": {"value": "2026-11-21T17:00:00+08:00", "precision": "hour", "start": 19, "end": 25}, "plate": [{"start": 25, "end": 32}],
		"keywords": [{"text": "堵门", "start": 35, "end": 37}, {"text": "车", "start": 33, "end": 34}]}}'));
SELECT fenbo.intake(sha256('hot'), test.rows(1, 'bare'));
SELECT fenbo.intake(sha256('hot'), test.rows(1, 'odd', '{"fields": {"keywords": "x", "phone": {"a": 1}, "time": {"value": null}}}'));
SELECT no AS m FROM fenbo.appeal WHERE external_id = 'm1' \gset
SELECT no AS bare FROM fenbo.appeal WHERE external_id = 'bare1' \gset
SELECT no AS odd FROM fenbo.appeal WHERE external_id = 'odd1' \gset
SELECT test.eq(tags, '{堵门,车}', 'keywords are tags'), test.eq(happened_at, '2026-11-21T09:00:00Z'::timestamptz, 'when it happened')
	FROM fenbo.appeal WHERE no = :m;
SELECT test.eq(tags, '{}', 'none'), test.ok(happened_at IS NULL, 'never') FROM fenbo.appeal WHERE no = :bare;
SELECT test.eq(tags, '{}', 'of another shape'), test.ok(happened_at IS NULL, 'none') FROM fenbo.appeal WHERE no = :odd;

SET SESSION AUTHORIZATION t_disp;
SELECT fenbo.login('t');
SELECT test.eq(fenbo.show(:m) #>> '{fields,time,start}', '19', 'shown with its span'),
	test.eq((fenbo.show(:m) ->> 'happened_at')::timestamptz, '2026-11-21T09:00:00Z'::timestamptz, 'and the value in the form');
SELECT test.ok(bool_and(ok), 'claimed') FROM fenbo.act('claim', ARRAY[:m], ARRAY[1]);
CREATE FUNCTION pg_temp.edit(no bigint, version integer, fields text) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN d.ok THEN 'ok' ELSE d.error || ' ' || d.message END FROM fenbo.act('edit', ARRAY[no], ARRAY[version], jsonb_build_object('fields', fields::jsonb)) d
$$;
SELECT test.ok(pg_temp.edit(:m, 2, '{"happened_at": "yesterday"}') ~ '^invalid', 'no time'),
	test.ok(pg_temp.edit(:m, 2, '{"happened_at": "2026-13-01T00:00:00+08:00"}') <> 'ok', 'no month'),
	test.ok(pg_temp.edit(:m, 2, '{"happened_at": "2090-01-01T00:00:00+08:00"}') ~ '^invalid', 'nor the future'),
	test.ok(pg_temp.edit(:m, 2, '{"fields": {}}') ~ '^invalid', 'nobody writes the reading itself');
SELECT test.eq(pg_temp.edit(:m, 2, '{"happened_at": "2026-11-21T17:30:00+08:00", "type": "help", "tags": ["占道"]}'), 'ok', 'corrected');
SELECT test.eq(fenbo.show(:m) ->> 'type', 'help', 'type'), test.eq(fenbo.show(:m) ->> 'tags', '["占道"]', 'keywords'),
	test.eq((fenbo.show(:m) ->> 'happened_at')::timestamptz, '2026-11-21T09:30:00Z'::timestamptz, 'time'),
	test.eq(ARRAY(SELECT jsonb_object_keys(fenbo.show(:m) -> 'fields') k ORDER BY k), '{person,phone,plate}', 'what a person said is not the machine''s');
SELECT test.ok(fenbo.show(:m) -> 'recommendation' = 'null' OR fenbo.show(:m) -> 'recommendation' IS NULL, 'another recommendation is to come: the tags changed');
SELECT test.ok(bool_and(d.ok), 'undone') FROM fenbo.act('undo', ARRAY[:m], ARRAY[3]) d;
SELECT test.eq(fenbo.show(:m) ->> 'type', 'complaint', 'back'), test.eq(fenbo.show(:m) #>> '{fields,type,value}', 'complaint', 'with the reading'),
	test.eq((fenbo.show(:m) ->> 'happened_at')::timestamptz, '2026-11-21T09:00:00Z'::timestamptz, 'and the time');
SELECT test.eq(pg_temp.edit(:m, 4, '{"happened_at": null}'), 'ok', 'taken out');
SELECT test.ok(fenbo.show(:m) -> 'happened_at' = 'null', 'nothing'), test.ok(NOT fenbo.show(:m) -> 'fields' ? 'time', 'nor the machine''s');
RESET SESSION AUTHORIZATION;

-- Erased: where the spans were stand stars, all else in its place.
SET SESSION AUTHORIZATION t_admin;
SELECT fenbo.erase(:m, '本人申请');
RESET SESSION AUTHORIZATION;
SELECT test.eq(text, '我叫**，电话***********，昨天下午五点*******的车堵了门', 'the text'), test.eq(title, '**说车堵了门', 'the title'),
	test.eq(ARRAY(SELECT jsonb_object_keys(fields) k ORDER BY k), '{keywords,type}', 'the spans') FROM fenbo.appeal WHERE no = :m;
SELECT test.eq(title, '**说车堵了门', 'the queue''s') FROM fenbo.queue WHERE no = :m;

-- However it is written and as often as it stands there, in what the machine wrote and in what people wrote.
SELECT fenbo.intake(sha256('hot'), test.rows(1, 'e', jsonb_build_object('text', '我叫欧阳建国，电话138-0013-8000，身份证440301 19800101 1234，车牌粤B12345。欧阳 建国说：打１３８００１３８０００、一三八〇〇一三八〇〇〇、'
	|| '+86 138 0013 8000找欧阳建国，邮箱ouyang.jg@example.com，微信号：ouyang1980，QQ 12345678，粤B·12345，妻子身份证11010519491231002X。工单号2611220000123，编号20171228066909。',
	'title', '欧阳建国（13800138000）反映燃气味', 'name', '欧阳建国', 'phone', '13800138000', 'identity', '440301198001011234', 'address', '东门欧阳建国家',
	'units', '[{"unit":"gas","item":"A1","p":0.9,"reasons":[{"kind":"word","text":"找欧阳建国","start":90,"end":95}]}]'::jsonb,
	'fields', '{"person": [{"start": 2, "end": 6}], "phone": [{"start": 9, "end": 22}], "plate": [{"start": 49, "end": 56}],
		"keywords": [{"text": "身份证", "start": 23, "end": 26}, {"text": "1980", "start": 33, "end": 37}]}'::jsonb)));
SELECT no AS e FROM fenbo.appeal WHERE external_id = 'e1' \gset
SELECT test.eq(tags, '{身份证,1980}', 'a piece of the number among the tags') FROM fenbo.appeal WHERE no = :e;
SET SESSION AUTHORIZATION t_disp;
SELECT fenbo.login('t');
SELECT test.ok(bool_and(d.ok), 'claimed') FROM fenbo.act('claim', ARRAY[:e], ARRAY[1]) d;
SELECT test.eq(pg_temp.edit(:e, 2, '{"name": "欧阳建邦", "phone": "13900139000", "title": "欧阳建邦的燃气"}'), 'ok', 'another name'), test.eq(pg_temp.edit(:e, 3, '{"name": "欧阳建国"}'), 'ok', 'and the first again');
SELECT test.ok(bool_and(d.ok), 'noted') FROM fenbo.act('note', ARRAY[:e], ARRAY[4], '{"text": "已回电欧阳建国，又名欧阳建邦，13900139000"}') d;
SELECT test.ok(jsonb_path_exists(fenbo.show(:e), '$.remarks[*] ? (@.kind == "note" && @.by == "t_disp")'), 'whose note it is');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION t_admin;
SELECT fenbo.erase(:e, '欧阳建国本人申请');
RESET SESSION AUTHORIZATION;
SELECT test.eq(text, '我叫****，电话*************，身份证********************，车牌*******。*****说：打***********、***********、'
	|| '+86 *************找****，邮箱*********************，微信号：**********，QQ ********，********，妻子身份证******************。工单号2611220000123，编号20171228066909。', 'nothing of him in the text'),
	test.eq(title, '****的燃气', 'nor in the title'), test.eq(address, '东门****家', 'nor in the address'), test.eq(tags, '{身份证}', 'nor among the tags'),
	test.eq(fields, '{"keywords": [{"text": "身份证", "start": 23, "end": 26}]}', 'nor in what the machine read') FROM fenbo.appeal WHERE no = :e;
SELECT test.eq(string_agg(text, '|' ORDER BY version, kind), '****本人申请|已回电****，又名****，***********', 'nor in a remark') FROM fenbo.remark WHERE no = :e;
SELECT test.eq(count(*), 0, 'nor in a reason') FROM fenbo.recommendation WHERE no = :e AND units::text ~ '欧阳';
SELECT test.eq(count(*), 0, 'nor anywhere else') FROM (SELECT to_jsonb(q) AS j FROM fenbo.queue q WHERE no = :e UNION ALL SELECT to_jsonb(v) FROM fenbo.event v WHERE no = :e
	UNION ALL SELECT to_jsonb(o) FROM fenbo.outbox o WHERE no = :e UNION ALL SELECT to_jsonb(z) FROM fenbo.citizen z WHERE no = :e) x WHERE j::text ~ '欧阳|建国|13[89]00|1980';
SET SESSION AUTHORIZATION t_disp;
SELECT test.ok(jsonb_path_exists(fenbo.show(:e), '$.remarks[*] ? (@.kind == "note" && @.by == "t_disp")'), 'it is still known who wrote it');
RESET SESSION AUTHORIZATION;
SELECT test.ok(length(fenbo._starred(repeat('a1@微信', 60000), fenbo._personal())) = 300000, 'a long text in bounded time'), test.eq(fenbo._starred('wx: ludeng119，138—0013—8000，VX号dianti_1', fenbo._personal()), 'wx: *********，*************，VX号********', 'other hands'), test.ok(fenbo._written('王') IS NULL AND fenbo._written('匿名') IS NULL
	AND fenbo._written('119') IS NULL AND fenbo._written(NULL) IS NULL, 'what could be any word is no value');

-- --- enterprises ----------------------------------------------------------------------------------------------------
SET SESSION AUTHORIZATION t_admin;
SELECT test.eq(number, 0, 'no list yet'), test.eq(names, 0, 'no names') FROM fenbo.enterprises_current();
SELECT fenbo.feed_cursor() AS c \gset
SELECT fenbo.enterprises_begin('first') AS l \gset
SELECT test.eq(fenbo.enterprises_put(:l, E'甲公司\ta|b\n乙公司\t\n'), 2, 'two'), test.eq(fenbo.enterprises_put(:l, E'丙公司\n'), 3, 'three');
SELECT test.fails(format('SELECT fenbo.enterprises_put(%s, %L)', :l, E'甲公司\t\n'), 'invalid', 'twice');
SELECT test.fails(format('SELECT fenbo.enterprises_done(%s, 2)', :l), 'invalid', 'not all came');
SELECT test.eq(number, 0, 'not in force before it is whole') FROM fenbo.enterprises_current();
SELECT fenbo.enterprises_done(:l, 3) \g /dev/null
SELECT test.eq(number, :l, 'in force'), test.eq(names, 3, 'its names') FROM fenbo.enterprises_current();
SELECT test.eq(count(*), 1, 'daemons are told') FROM fenbo.feed_read(:'c', 10) WHERE action = 'route';
SELECT test.fails(format('SELECT fenbo.enterprises_put(%s, %L)', :l, '丁'), 'not_found', 'finished');
SELECT test.eq(string_agg(name, ' '), '丙公司 乙公司', 'a page') FROM fenbo.enterprises_page(:l, '', 2);
SELECT test.eq(string_agg(name || ' ' || tags, ' '), '甲公司 a|b', 'the next, with tags') FROM fenbo.enterprises_page(:l, '乙公司', 2);
SELECT fenbo.enterprises_begin('second') AS l2 \gset
SELECT fenbo.enterprises_put(:l2, E'丁公司\t\n'), fenbo.enterprises_done(:l2, 1) \g /dev/null
SELECT test.eq(count(*), 0, 'the old one is gone') FROM fenbo.enterprises_page(:l, '', 10);
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION t_disp;
SELECT test.fails('SELECT fenbo.enterprises_begin(''x'')', '42501', 'an administrator''s');
RESET SESSION AUTHORIZATION;
