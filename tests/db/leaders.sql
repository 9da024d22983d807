-- Leaders' lists, bulletins and topics. Run after actions_fixture.sql and supervise.sql.
DELETE FROM t.passed;
-- As somebody: one value of an expression; or the refusal as "code field".
CREATE FUNCTION t.as(who text, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v text;
	d text;
BEGIN
	PERFORM t.become(who);
	BEGIN
		EXECUTE 'SELECT (' || query || ')::text' INTO v;
	EXCEPTION WHEN SQLSTATE 'FB000' THEN
		GET STACKED DIAGNOSTICS d = PG_EXCEPTION_DETAIL;
		v := (d::jsonb ->> 'error') || ' ' || (d::jsonb ->> 'field');
	WHEN insufficient_privilege THEN
		v := 'no privilege';
	END;
	PERFORM t.become('postgres');
	RETURN v;
END
$$;
CREATE FUNCTION t.event0() RETURNS fenbo.event LANGUAGE sql STABLE AS 'SELECT e FROM fenbo.event e WHERE e.no = 0 ORDER BY e.id DESC LIMIT 1';
CREATE FUNCTION t.listed() RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(n.name, ' ' ORDER BY i.rank) FROM fenbo.leaders_item i JOIN t.name n ON n.no = i.no WHERE i.dropped IS NULL AND i.day = fenbo._day(fenbo.now_())
$$;
CREATE FUNCTION t.v() RETURNS text LANGUAGE sql STABLE AS 'SELECT format(''%L, %s'', day, version) FROM fenbo.leaders_list WHERE day = fenbo._day(fenbo.now_())';
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA t TO PUBLIC;
UPDATE fenbo.queue SET flags = flags & ~24658, chased = 0, repeats = 0, burst = NULL, due_at = fenbo.now_() + interval '1 day', returned = 0;

-- --- the leaders' list ---------------------------------------------------------------------------------------------
SELECT t.make('k1', 'k2', 'k3', 'k4', 'k5', 'k6');
UPDATE fenbo.routing_revision SET policy = policy || '{"leaders": {"most": 5, "people": 4, "chased": 3, "overdue_s": 86400, "words": ["微博", "记者"]}}';
UPDATE fenbo.queue SET flags = flags | 64 WHERE no = t.no('k1');
UPDATE fenbo.queue SET repeats = 5, flags = flags | 2 WHERE no = t.no('k2');
UPDATE fenbo.queue SET due_at = fenbo.now_() - interval '3 days' WHERE no = t.no('k3');
UPDATE fenbo.appeal SET text = text || '，已联系记者' WHERE no = t.no('k4');
UPDATE fenbo.queue SET returned = 4 WHERE no = t.no('k5');
SELECT t.is(t.as('anna', 'fenbo.leaders_draft()'), 'no privilege', 'a dispatcher drafts no list');
SELECT t.is(t.as('sue', 'fenbo.leaders_show(''2020-01-01'')'), 'not_found day', 'no list of that day');
SELECT t.is(t.as('sue', 'fenbo.leaders_draft(''2020-01-01'')'), 'invalid day', 'yesterday''s list is not drafted today');
SELECT t.is(t.as('sue', 'fenbo.leaders_draft()'), '5', 'five reasons, five cases');
SELECT t.is(t.listed(), 'k1 k2 k4 k5 k3', 'the gravest first');
SELECT t.is(i.reasons::text, '[{"n": 6, "code": "merged"}, {"code": "supervised"}]', 'with the reasons') FROM fenbo.leaders_item i WHERE i.no = t.no('k2');
SELECT t.is(i.reasons #>> '{0,text}', '记者', 'and the word that was found') FROM fenbo.leaders_item i WHERE i.no = t.no('k4');
SELECT t.is(t.as('sue', format('fenbo.leaders_edit(%L, 99, ''drop'', %s)', fenbo._day(fenbo.now_()), t.no('k1'))), 'stale version', 'the version seen is asked for');
SELECT t.is(t.as('sue', format('fenbo.leaders_edit(%s, ''drop'', %s)', t.v(), t.no('k6'))), 'not_found id', 'what is not on it cannot be dropped');
SELECT t.is(t.as('sue', format('fenbo.leaders_edit(%s, ''add'', %s)', t.v(), t.no('k1'))), 'impossible id', 'nor added twice');
SELECT t.is(t.as('sue', format('fenbo.leaders_edit(%s, ''move'', %s)', t.v(), t.no('k1'))), 'invalid at', 'a move needs a place');
SELECT t.is(t.as('sue', format('fenbo.leaders_edit(%s, ''fly'', %s)', t.v(), t.no('k1'))), 'usage op', 'no such change');
SELECT t.is(t.as('sue', format('fenbo.leaders_edit(%s, ''add'', %s, NULL, ''老旧小区改造'')', t.v(), t.no('k6'))), '2', 'added, with a remark');
SELECT t.is(t.as('sue', format('fenbo.leaders_edit(%s, ''drop'', %s)', t.v(), t.no('k3'))), '3', 'dropped');
SELECT t.is(t.as('sue', format('fenbo.leaders_edit(%s, ''move'', %s, 1)', t.v(), t.no('k5'))), '4', 'moved up');
SELECT t.is(t.as('sue', format('fenbo.leaders_edit(%s, ''move'', %s, 4)', t.v(), t.no('k1'))), '5', 'and down');
SELECT t.is(t.listed(), 'k5 k2 k4 k1 k6', 'as the supervisor put it');
SELECT t.is(t.as('sue', format('fenbo.leaders_edit(%s, ''remark'', %s, NULL, ''请住建现场核查'')', t.v(), t.no('k2'))), '6', 'remarked');
SELECT t.make('k7');
UPDATE fenbo.queue SET flags = flags | 32 WHERE no = t.no('k7');
UPDATE fenbo.queue SET due_at = fenbo.now_() - interval '60 days' WHERE no = t.no('k3');
SELECT t.is(t.as('sue', 'fenbo.leaders_draft()'), '6', 'drafted again: what was dropped takes nobody''s place');
SELECT t.is(t.as('sue', format('fenbo.leaders_edit(%s, ''drop'', %s)', t.v(), t.no('k7'))), '8', 'and the last one goes, too');
SELECT t.is(t.listed(), 'k5 k2 k4 k1 k6', 'what people did stays');
SELECT t.is(t.as('sue', format('fenbo.leaders_publish(%s)', t.v())), '1', 'published');
SELECT t.ok(e.action = 'leaders' AND e.actor = 'sue' AND e.after ->> 'edition' = '1' AND e.after -> 'cases' ->> 0 = t.case13('k5') AND
	e.after ->> 'sha256' = (SELECT fenbo._commit(d.salt, d.body::text) FROM fenbo.leaders_edition d), 'on the record, and committed to') FROM t.event0() e;
SELECT t.is((SELECT string_agg(o.target || ' ' || o.kind, ',') FROM fenbo.outbox o WHERE o.kind = 'leaders'), 'leader leaders', 'the leaders are told');
SELECT t.is(t.as('sue', format('fenbo.leaders_edit(%s, ''drop'', %s)', t.v(), t.no('k5'))), '10', 'it goes on being edited');
SELECT t.is(t.as('sue', format('fenbo.leaders_publish(%s)', t.v())), '2', 'as another edition');
SELECT t.ok(t.as('sue', format('(fenbo.leaders_edition(%L, 1)) #>> ''{items,0,id}''', fenbo._day(fenbo.now_()))) = t.case13('k5'), 'the first stays as it was');
SELECT t.is(t.as('sue', format('fenbo.leaders_edition(%L, 7)', fenbo._day(fenbo.now_()))), 'not_found edition', 'no such edition');
SELECT t.does('sue', 'instruct', 'k2', '{"text": "请城管局长包案", "unit": "BA-CG", "person": "陈市长"}');
SELECT t.is(t.as('sue', 'SELECT x ->> ''instructions'' FROM jsonb_array_elements(fenbo.leaders_show() -> ''items'') x WHERE x ->> ''instructions'' <> ''0'''), '1', 'an instruction shows on the list');
SELECT t.is(t.as('uli', 'SELECT string_agg(j ->> ''text'', ''|'') FROM fenbo.instructions() j WHERE j ->> ''text'' ~ ''包案'''), NULL, 'a unit that cannot see the case is not told of it');

-- --- bulletins -----------------------------------------------------------------------------------------------------
SELECT t.make('b1', 'b2');
SELECT t.send('b1', 'BA-ZJ'), t.send('b2', 'BA-ZJ');
SELECT fenbo._event_by(t.q('b1'), 'breach', NULL, '{"clock": "handle"}', NULL, 'system', '', NULL),
	fenbo._event_by(t.q('b1'), 'breach', NULL, '{"clock": "contact"}', NULL, 'system', '', NULL),
	fenbo._event_by(t.q('b2'), 'breach', NULL, '{"clock": "dispatch"}', NULL, 'system', '', NULL) \g /dev/null
-- Done again after a bad rating; a return that the ruling did not bear out. What was undone does not count.
CREATE FUNCTION t.rated(name text, effect integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	n bigint := t.no(name);
	v integer := (t.q(name)).version;
	r fenbo.act_row;
BEGIN
	PERFORM t.become('feeder');
	SELECT * INTO r FROM fenbo.act_for(sha256('hotline-key'), '', 'rate', ARRAY[n], ARRAY[v], jsonb_build_object('rating',
		jsonb_build_object('speed', 3, 'effect', effect, 'service', 3, 'feedback', effect), 'text', '没有解决'));
	PERFORM t.become('postgres');
	RETURN CASE WHEN r.ok THEN r.stage ELSE r.error || ' ' || r.field || ' ' || r.message END;
END
$$;
UPDATE fenbo.api_key SET rights = rights || '{act}' WHERE name = 'hotline';
SELECT t.make('b3', 'b4', 'b5');
SELECT t.send('b3', 'BA-CG'), t.does('uli', 'accept', 'b3'), t.does('uli', 'contact', 'b3', '{"text": "已联系"}'), t.does('uli', 'resolve', 'b3', '{"text": "已处理"}');
SELECT t.is(t.rated('b3', 1), 'dispatched', 'rated badly, done again');
SELECT t.dispute('b4'), t.does('sue', 'rule', 'b4', '{"unit": "BA-ZJ", "text": "住建牵头"}');
SELECT t.dispute('b5'), t.does('sue', 'rule', 'b5', '{"unit": "BA-CG", "text": "城管牵头"}'), t.does('sue', 'undo', 'b5');
CREATE TEMP TABLE day AS SELECT fenbo._day(fenbo.now_()) AS d;
GRANT SELECT ON day TO PUBLIC;
SELECT t.is(t.as('anna', 'fenbo.bulletin_draft(''2026-01-01'', ''2026-01-02'')'), 'no privilege', 'a dispatcher writes no bulletin');
SELECT t.is(t.as('sue', 'fenbo.bulletin_draft(''2026-01-02'', ''2026-01-01'')'), 'invalid from', 'a period has its end after its beginning');
SELECT t.as('sue', format('fenbo.bulletin_draft(%L, %L)', d, d)) AS nr FROM day \gset
-- (One of supervise.sql was found late by its result, with no sweep before.)
SELECT t.ok(b.units @> '[{"unit": "BA-ZJ", "late": 2}]' AND b.body ~ '住房和建设局：超期2件', 'what was late, once a case, by unit: ' || b.body) FROM fenbo.bulletin b WHERE b.id = :nr;
SELECT t.is((SELECT string_agg(concat_ws(' ', x ->> 'unit', x ->> 'late', x ->> 'redo', x ->> 'returned'), ', ' ORDER BY x ->> 'unit') FROM jsonb_array_elements(b.units) x),
	'BA-CG 0 1 0, BA-ZJ 2 0 1', 'what was late, redone, and returned against the ruling') FROM fenbo.bulletin b WHERE b.id = :nr;
SELECT t.ok(b.body ~ '城市管理局：重办1件' AND b.body ~ '住房和建设局：超期2件，应收退回1件', 'in words') FROM fenbo.bulletin b WHERE b.id = :nr;
SELECT t.is(t.as('sue', format('fenbo.bulletin_edit(%s, 7, ''x'', NULL)', :nr)), 'stale version', 'the version seen');
SELECT t.is(t.as('sue', format('fenbo.bulletin_edit(%s, 1, ''本周通报'', NULL)', :nr)), '2', 'edited');
SELECT t.is(t.as('ute', 'SELECT count(*) FROM fenbo.bulletins()'), '0', 'a draft is nobody else''s');
SELECT t.ok(t.as('sue', format('fenbo.bulletin_publish(%s, 2)', :nr))::integer >= 1, 'published');
SELECT t.is(e.after ->> 'sha256', fenbo._commit(b.salt, b.title || E'\n' || b.body), 'committed to, with salt') FROM t.event0() e, fenbo.bulletin b WHERE b.id = :nr;
SELECT t.ok(EXISTS (SELECT FROM fenbo.outbox o WHERE o.kind = 'bulletin' AND o.target = 'unit:BA-ZJ' AND o.body ->> 'title' = '本周通报'), 'the units in it are told');
SELECT t.is(t.as('ute', 'SELECT string_agg(j ->> ''title'', '','') FROM fenbo.bulletins() j'), '本周通报', 'a unit reads what names it');
SELECT t.is(t.as('ute', 'SELECT jsonb_array_length(j -> ''units'') FROM fenbo.bulletins() j'), '1', 'and of itself alone');
SELECT t.is(t.as('sue', format('fenbo.bulletin_edit(%s, 2, ''y'', NULL)', :nr)), 'impossible bulletin', 'what is published stands');
SELECT t.is(t.as('sue', format('fenbo.bulletin_drop(%s, 2)', :nr)), 'impossible bulletin', 'and stays');
SELECT t.as('sue', format('fenbo.bulletin_draft(%L, %L)', d, d)) AS nr FROM day \gset
SELECT t.is(t.as('sue', format('fenbo.bulletin_drop(%s, 1)', :nr)), '', 'a draft may go');

-- --- what stands beside a case in the queues ----------------------------------------------------------------------
SELECT t.does('ute', 'extend', 'b2', '{"reason": "not_ours", "days": 2}'), t.does('sue', 'remind', 'b2'), t.does('sue', 'instruct', 'b2', '{"text": "抓紧"}');
CREATE FUNCTION t.facts(who text, name text) RETURNS text LANGUAGE sql AS $$
	SELECT t.as(who, format('SELECT concat_ws(''|'', version = %s, returned_by, ask, days, letters, instruction, complied, rated, rated_text) FROM fenbo.queue_facts(ARRAY[%s])',
		(t.q(name)).version, t.no(name)))
$$;
SELECT t.is(t.facts('sue', 'b2'), 't|extend|2|1|抓紧|f', 'request, letter, instruction');
SELECT t.is(t.facts('sue', 'b3'), 't|f|1|没有解决', 'how it was rated');
SELECT t.is(t.facts('sue', 'b5'), 't|BA-CG|f', 'who sent it back');
SELECT t.is(t.facts('uli', 'b2'), NULL, 'not what one may not see');
UPDATE fenbo.remark SET text = '没有解决，致电13812345678' WHERE no = t.no('b3') AND kind = 'rated';
SELECT t.is(t.facts('uli', 'b3') || ' ' || t.facts('sue', 'b3'), 't|f|1|没有解决，致电138****5678 t|f|1|没有解决，致电13812345678', 'to a unit numbers are masked');
UPDATE fenbo.queue SET flags = flags | 4 WHERE no = t.no('b3');
SELECT t.is(t.facts('uli', 'b3') || ' ' || t.facts('sue', 'b3'), 't|f|1 t|f|1|没有解决，致电13812345678', 'and of a confidential case it reads nothing the citizen said');
SELECT t.ok(t.as('sue', format('fenbo.letter_draft(%s)', t.no('b2'))) ~ '住房和建设局：26', 'a letter to look over');
SELECT t.is(t.as('sue', format('fenbo.letter_draft(%s)', t.no('b5'))), 'impossible unit', 'nobody to write to');

-- --- topics --------------------------------------------------------------------------------------------------------
SELECT t.make('t1', 't2', 't3', 't4');
SELECT t.send('t1', 'BA-ZJ'), t.send('t2', 'BA-ZJ');
SELECT t.is(t.as('anna', 'fenbo.topic_put(NULL, NULL, ''{"title": "燃气"}'')'), 'no privilege', 'a dispatcher opens no topic');
SELECT t.is(t.as('sue', 'fenbo.topic_put(NULL, NULL, ''{}'')'), 'missing title', 'a topic needs a title');
SELECT t.is(t.as('sue', 'fenbo.topic_put(NULL, NULL, ''{"title": "燃气", "owner": "nobody"}'')'), 'invalid owner', 'an owner who exists');
SELECT t.is(t.as('sue', 'fenbo.topic_put(NULL, NULL, ''{"title": "燃气", "place": "1"}'')'), 'invalid place', 'a place that exists');
SELECT t.is(t.as('sue', 'fenbo.topic_put(NULL, NULL, ''{"title": "燃气", "item": "nothing"}'')'), 'invalid item', 'an item that exists');
SELECT t.is(t.as('sue', 'fenbo.topic_put(NULL, NULL, ''{"title": "燃气", "target": "soon"}'')'), 'invalid target', 'a day');
SELECT t.is(t.as('sue', 'fenbo.topic_put(NULL, NULL, ''{"title": "燃气", "colour": "red"}'')'), 'invalid colour', 'no such field');
SELECT t.as('sue', 'fenbo.topic_put(NULL, NULL, ''{"title": "航城燃气整治", "owner": "BA-ZJ", "item": "gas", "place": "440306", "plan": "逐栋排查", "target": "2027-01-31"}'')')::jsonb AS j \gset
SELECT (:'j'::jsonb ->> 'topic')::bigint AS nr \gset
SELECT t.ok((SELECT count(*) = (:'j'::jsonb ->> 'gathered')::integer AND count(*) >= 2 FROM fenbo.topic_case c WHERE c.topic = :nr AND c.by IS NULL), 'what fits the rule is gathered');
SELECT t.ok(EXISTS (SELECT FROM fenbo.topic_case c WHERE c.topic = :nr AND c.no = t.no('t1')), 'with the case of that item at that place');
SELECT t.is(t.as('sue', format('fenbo.topic_cases(%s, ARRAY[%s, %s])', :nr, t.no('t3'), t.no('t4'))), '2', 'marked rows are put in');
SELECT t.is(t.as('sue', format('fenbo.topic_cases(%s, ARRAY[%s])', :nr, t.no('t3'))), '0', 'once');
SELECT t.is(t.as('sue', format('fenbo.topic_cases(%s, ARRAY[%s], true)', :nr, t.no('t1'))), '1', 'and taken out');
SELECT t.ok(t.as('sue', format('(fenbo.topic_show(%s)) -> ''members''', :nr)) !~ t.case13('t1'), 'what a person took out is not gathered again');
SELECT t.is(t.as('sue', format('fenbo.topic_cases(%s, ARRAY[2611220000010])', :nr)), 'not_found id', 'no such case');
SELECT t.is(t.as('sue', format('fenbo.topic_cases(999, ARRAY[%s])', t.no('t1'))), 'not_found topic', 'no such topic');
SELECT t.is(t.as('ute', format('fenbo.topic_note(%s, ''已排查三栋'')', :nr)), '1', 'the owner writes how it goes');
SELECT t.is(e.after ->> 'sha256', fenbo._commit(n.salt, '已排查三栋'), 'committed to, with salt') FROM t.event0() e, fenbo.topic_note n WHERE n.topic = :nr;
SELECT t.is(t.as('uli', format('fenbo.topic_note(%s, ''x'')', :nr)), 'not_found topic', 'nobody else');
SELECT t.is(t.as('sue', format('fenbo.topic_note(%s, '' '')', :nr)), 'missing text', 'a note needs words');
SELECT t.is(t.as('ute', format('(fenbo.topic_show(%s)) #>> ''{notes,0,text}''', :nr)), '已排查三栋', 'and it is read');
SELECT t.is(t.as('uli', format('fenbo.topic_show(%s)', :nr)), 'not_found topic', 'by who may see the topic');
SELECT t.is(t.as('sue', format('fenbo.topic_put(%s, 9, ''{"stage": "working"}'')', :nr)), 'stale version', 'the version seen');
SELECT t.is(t.as('sue', format('fenbo.topic_put(%s, 1, ''{"stage": "flying"}'')', :nr)), 'invalid stage', 'no such stage');
SELECT t.is((t.as('sue', format('fenbo.topic_put(%s, 1, ''{"stage": "working"}'')', :nr))::jsonb) ->> 'version', '2', 'a stage on');
SELECT t.is(x ->> 'title', '航城燃气整治', 'a case shows its topic') FROM jsonb_array_elements(t.show('sue', 't3') -> 'topics') x;
SELECT t.ok(t.show('ute', 't2') -> 'topics' = '[]', 'a unit''s screen does not');
-- Figures: what came before it was opened and since, by the event log.
SELECT t.wait('14 days');
SELECT t.make('t5');
SELECT t.send('t5', 'BA-ZJ');
CREATE TEMP TABLE fig AS SELECT t.as('sue', format('fenbo.topic_show(%s)', :nr))::jsonb AS j;
SELECT t.ok((j #>> '{since,cases}')::integer = (SELECT count(*) FROM fenbo.topic_case c JOIN fenbo.appeal a USING (no), fenbo.topic x WHERE x.id = :nr AND c.topic = x.id
	AND c.out_at IS NULL AND a.received_at >= x.opened_at) AND j #>> '{since,weeks}' = '2.0' AND j #>> '{before,weeks}' = '8.0'
	AND (j #>> '{before,cases}')::integer > 0 AND (j #>> '{before,per_week}')::numeric = round((j #>> '{before,cases}')::numeric / 8, 1), 'before and since: ' || (j ->> 'before'))
FROM fig;
SELECT t.ok(j -> 'members' @> jsonb_build_array(jsonb_build_object('id', t.case13('t5'))), 'new cases that fit come by themselves') FROM fig;
SELECT t.is(t.as('sue', 'SELECT string_agg(j ->> ''stage'', '','') FROM fenbo.topics() j'), 'working', 'the list');
SELECT t.is((t.as('sue', format('fenbo.topic_put(%s, 2, ''{"stage": "done"}'')', :nr))::jsonb) ->> 'version', '3', 'done');
-- More than one call gathers: the next goes on, nothing is lost, and another title throws nothing away.
INSERT INTO fenbo.appeal (no, received_at, created_at, channel, external_id, title, text, place, duty_item)
	SELECT (SELECT max(no) FROM fenbo.appeal) + 10 * n, fenbo.now_(), fenbo.now_(), 'hotline', 'crowd-' || n, 'x', 'x', '440306A', 'noise' FROM generate_series(1, 10050) n;
SELECT t.wait('10 days');
SELECT t.as('sue', 'fenbo.topic_put(NULL, NULL, ''{"title": "噪音", "item": "noise", "place": "440306"}'')')::jsonb AS j \gset
SELECT (:'j'::jsonb ->> 'topic')::bigint AS nr \gset
SELECT t.is(:'j'::jsonb ->> 'gathered', '10000', 'so many at once');
SELECT t.ok((t.as('sue', format('fenbo.topic_put(%s, 1, ''{"title": "夜间噪音"}'')', :nr))::jsonb ->> 'gathered')::integer >= 50, 'another title, and the rest');
SELECT t.is((SELECT count(*)::text FROM fenbo.topic_case c JOIN fenbo.appeal a USING (no) WHERE c.topic = :nr AND a.title = 'x'), '10050', 'all of them');
DELETE FROM fenbo.topic_case c WHERE c.topic = :nr;
DELETE FROM fenbo.appeal WHERE title = 'x';
SELECT t.chains();
SELECT count(*) || ' passed' FROM t.passed;
