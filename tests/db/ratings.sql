-- Ratings and return visits: what follows from each, who may, undo, what waits for a call, what the end of the window does. Run after
-- actions_fixture.sql, by a connection that leads.
SELECT t.ok(fenbo.lead(), 'this connection leads');
UPDATE fenbo.routing_revision SET policy = policy || '{"rating": {"bad": 2, "by": ["effect", "feedback"], "ask_s": 3600, "visits": 2},
	"visit": {"after_s": 259200, "share": 0, "poor": true, "reply": true}}';
CREATE FUNCTION t.rating(speed integer, effect integer, service integer, feedback integer) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_build_object('rating', jsonb_build_object('speed', speed, 'effect', effect, 'service', service, 'feedback', feedback)) $$;
CREATE FUNCTION t.as_key(key text, action text, name text, args jsonb, idem text DEFAULT NULL) RETURNS fenbo.act_row LANGUAGE plpgsql AS $$
DECLARE
	r fenbo.act_row;
	id bigint := t.no(name);
BEGIN
	PERFORM t.become('feeder');
	SELECT * INTO r FROM fenbo.act_for(sha256(convert_to(key, 'UTF8')), '王', action, ARRAY[id], NULL, args, false, idem);
	PERFORM t.become('postgres');
	PERFORM set_config('fenbo.key', '', false);
	RETURN r;
END
$$;
-- The citizen rates; "ok closed" or "error field".
CREATE FUNCTION t.rates(name text, rating jsonb, key text DEFAULT 'hotline-key') RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN r.ok THEN 'ok ' || r.stage ELSE r.error || ' ' || r.field END FROM t.as_key(key, 'rate', name, rating) r
$$;
CREATE FUNCTION t.resolved(VARIADIC names text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	n text;
BEGIN
	FOREACH n IN ARRAY names LOOP
		PERFORM t.make(n);
		PERFORM t.does('anna', 'confirm', n, t.rec(n, 'BA-ZJ'));
		PERFORM t.does('ute', 'accept', n);
		PERFORM t.does('ute', 'resolve', n, '{"text": "已派人检修"}');
	END LOOP;
END
$$;
CREATE FUNCTION t.flag(name text, nth integer) RETURNS boolean LANGUAGE sql AS $$ SELECT (t.q(name)).flags & (1 << nth) <> 0 $$;
CREATE FUNCTION t.again(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM t.does('ute', 'accept', name);
	IF t.flag(name, 1) THEN PERFORM t.does('ute', 'confirm-head', name, '{"person": "局长"}'); END IF;
	PERFORM t.does('ute', 'resolve', name, '{"text": "再次检修完毕"}');
END
$$;
CREATE FUNCTION t.told(name text, kind text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(o.target || ' ' || o.state, ', ' ORDER BY o.id), '') FROM fenbo.outbox o WHERE o.no = t.no(name) AND o.kind = $2
$$;
CREATE FUNCTION t.outcome(name text) RETURNS text LANGUAGE sql AS $$ SELECT coalesce(a.outcome, '') FROM fenbo.appeal a WHERE a.no = t.no(name) $$;
CREATE FUNCTION t.window_ends() RETURNS integer LANGUAGE sql AS $$ SELECT fenbo.unrated(100) $$;

-- --- a good rating -------------------------------------------------------------------------------------------------
SELECT t.resolved('a');
SELECT t.is(t.told('a', 'rate'), 'citizen waiting', 'the citizen is to be asked');
SELECT t.ok(o.hold_until = (t.last('a')).at + interval '1 hour', 'an hour after the result') FROM fenbo.outbox o WHERE o.no = t.no('a') AND o.kind = 'rate';
SELECT t.is(t.rates('a', '{}'), 'missing rating', 'a rating has a rating');
SELECT t.is(t.rates('a', '{"rating": {"speed": 5, "effect": 5, "service": 5}}'), 'missing feedback', 'all four');
SELECT t.is(t.rates('a', t.rating(5, 6, 5, 5)), 'invalid effect', 'to five');
SELECT t.is(t.rates('a', '{"rating": {"speed": 5, "effect": 4.5, "service": 5, "feedback": 5}}'), 'invalid effect', 'whole');
SELECT t.is(t.rates('a', '{"rating": "very good"}'), 'invalid rating', 'not words');
SELECT t.is(t.rates('a', t.rating(5, 5, 5, 5), 'app-key'), 'not_found id', 'a channel knows its own cases only');
SELECT t.is(r.error, 'forbidden', 'a unit rates nobody') FROM t.as_key('zj-key', 'rate', 'a', t.rating(5, 5, 5, 5)) r;
SELECT t.refuses('anna', 'rate', 'a', 'forbidden', 'action', t.rating(5, 5, 5, 5)) \g /dev/null
SELECT t.is(t.rates('a', t.rating(1, 3, 1, 4) || '{"text": "还可以"}'), 'ok closed', 'neither effect nor feedback is bad');
SELECT t.is(t.outcome('a'), 'solved', 'solved');
SELECT t.ok((e.args ->> 'bad')::boolean = false AND e.args #>> '{rated,sha256}' IS NOT NULL AND e.args #>> '{rating,feedback}' = '4' AND e.actor = 'key:hotline', 'on the record') FROM t.last('a') e;
SELECT t.is(h.remark, '还可以', 'with his own words') FROM fenbo.history(t.no('a')) h WHERE h.action = 'rate';
SELECT t.is(t.told('a', 'rate'), 'citizen cancelled', 'who has rated is not asked');
SELECT t.is(t.told('a', 'closed'), 'citizen waiting', 'but thanked');
SELECT t.is(t.rates('a', t.rating(1, 3, 1, 4)), 'ok closed', 'the same again is the same');
SELECT t.is(count(*)::text, '1', 'once') FROM fenbo.rating WHERE no = t.no('a');
SELECT t.is(t.rates('a', t.rating(1, 1, 1, 1)), 'impossible stage', 'another one is too late');
SELECT t.become('anna');
SELECT t.become('postgres');

-- --- a bad one: again, by the same unit -----------------------------------------------------------------------------
SELECT t.resolved('b');
SELECT t.wait('2 hours');
SELECT t.is(t.rates('b', t.rating(5, 2, 5, 5)), 'ok dispatched', 'bad effect');
SELECT t.ok(q.unit = 'BA-ZJ' AND q.redo = 1 AND q.flags & 4096 <> 0 AND q.flags & 8192 = 0 AND q.clock = 'contact', 'back to the same unit, as poor') FROM t.q('b') q;
SELECT t.is(string_agg(k.kind || ' ' || (date_trunc('second', k.started_at) = date_trunc('second', e.at)) || ' ' || (k.stopped_at IS NULL), ', ' ORDER BY k.kind),
	'contact true true, dispatch false false, handle true true, rate false false', 'with fresh clocks') FROM t.last('b') e, fenbo.clock k WHERE k.no = e.no;
SELECT t.is(e.action || ' ' || (e.args ->> 'redo') || ' ' || coalesce(e.before::text, '-'), 'redo 1 -', 'an event says so') FROM t.last('b') e;
SELECT t.is(t.told('b', 'redo'), 'unit:BA-ZJ waiting, citizen waiting', 'unit and citizen are told');
SELECT t.is(t.rates('b', t.rating(5, 2, 5, 5)), 'ok dispatched', 'the same said again changes nothing');
SELECT t.ok((t.q('b')).redo = 1, 'still once');
SELECT t.again('b');
SELECT t.refuses('anna', 'close', 'b', 'impossible', 'rating') \g /dev/null
SELECT t.is(t.rates('b', t.rating(5, 5, 5, 1)), 'ok dispatched', 'bad feedback, again');
SELECT t.ok(t.flag('b', 13) AND t.flag('b', 1) AND (t.q('b')).redo = 2, 'bad again: special supervision');
SELECT t.again('b');
SELECT t.is(t.rates('b', t.rating(5, 5, 5, 5)), 'ok closed', 'good at last');
SELECT t.is(t.outcome('b'), 'solved', 'solved');
SELECT t.is(string_agg(round || ' ' || bad, ',' ORDER BY round), '0 true,1 true,2 false', 'each result has its rating') FROM fenbo.rating WHERE no = t.no('b');

-- --- a visit by phone -----------------------------------------------------------------------------------------------
SELECT t.resolved('c', 'd', 'e');
SELECT t.refuses('anna', 'visit', 'c', 'invalid', 'outcome', '{"outcome": "maybe"}') \g /dev/null
SELECT t.refuses('anna', 'visit', 'c', 'invalid', 'rating', '{"outcome": "unreached"}' || t.rating(5, 5, 5, 5)) \g /dev/null
SELECT t.refuses('anna', 'visit', 'c', 'invalid', 'until', '{"outcome": "refused", "until": "2099-01-01T09:00:00+08:00"}') \g /dev/null
SELECT t.undoes('anna', 'visit', 'c', '{"outcome": "unreached", "text": "无人接听"}');
SELECT t.undoes('anna', 'visit', 'c', '{"outcome": "refused"}');
SELECT t.undoes('anna', 'visit', 'c', '{"outcome": "reached"}' || t.rating(1, 1, 1, 1));
SELECT t.undoes('anna', 'visit', 'c', '{"outcome": "reached"}' || t.rating(5, 5, 5, 5));
SELECT t.is(t.told('c', 'rate'), 'citizen waiting', 'undone: he is to be asked again');
SELECT t.ok(count(*) = 2 AND bool_and(undone_at IS NOT NULL), 'the ratings no longer stand') FROM fenbo.rating WHERE no = t.no('c');
SELECT t.does('anna', 'visit', 'c', '{"outcome": "reached"}' || t.rating(5, 5, 5, 1));
SELECT t.ok(q.stage = 'dispatched' AND q.redo = 1, 'a bad rating by phone sends it back too') FROM t.q('c') q;
SELECT t.does('anna', 'visit', 'd', '{"outcome": "reached"}' || t.rating(5, 5, 5, 5) || '{"text": "满意"}');
SELECT t.is(t.outcome('d'), 'solved', 'a good one closes it');
SELECT t.ok(s #>> '{ratings,0,via}' = 'visit' AND s #>> '{visits,0,outcome}' = 'reached', 'both are shown') FROM fenbo.show(t.no('d')) s;
SELECT t.undoes('sue', 'visit', 'e', '{"outcome": "reached", "text": "不便评价"}');
SELECT t.is(s #>> '{ratings,0,words}' || ' ' || (s #>> '{ratings,0,effect}'), '满意 5', 'with what was said') FROM fenbo.show(t.no('d')) s;
SELECT t.is(string_agg(coalesce(fenbo._ratings(t.no('d'), r) #>> '{0,words}', '-'), ',' ORDER BY r), ',满意,满意', 'a channel reads nobody''s words')
	FROM unnest(ARRAY['channel', 'supervisor', 'unit']) r;
SELECT t.does('sue', 'close', 'e');
SELECT t.is(t.told('e', 'rate'), 'citizen cancelled', 'closed by hand: nobody is asked any more');
SELECT t.does('sue', 'undo', 'e');
SELECT t.is(t.told('e', 'rate'), 'citizen waiting', 'unless that is undone');

-- Redo is not closed in silence.
SELECT t.again('c');
SELECT t.does('anna', 'visit', 'c', '{"outcome": "unreached"}');
SELECT t.refuses('sue', 'close', 'c', 'impossible', 'rating') \g /dev/null
SELECT t.does('anna', 'visit', 'c', '{"outcome": "refused"}');
SELECT t.does('sue', 'close', 'c');

-- --- the list -------------------------------------------------------------------------------------------------------
SELECT t.resolved('f', 'g', 'h', 'i', 'j');
UPDATE fenbo.queue SET flags = flags | 8 WHERE no = t.no('g');
UPDATE fenbo.queue SET flags = flags | 65536 WHERE no = t.no('j');
SELECT t.is(t.rates('f', t.rating(1, 1, 1, 1)), 'ok dispatched', 'one is done again');
SELECT t.wait('1 minute');
SELECT t.again('f');
SELECT t.is(t.rates('j', t.rating(5, 5, 5, 5)), 'impossible flags', 'a machine rates nothing');
GRANT ALL ON t.passed TO PUBLIC;
SELECT t.no('i') AS i \gset
CREATE FUNCTION t.list() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	l text;
BEGIN
	PERFORM t.become('anna');
	SELECT string_agg(v.no || ' ' || v.why, ', ' ORDER BY nth) INTO l FROM fenbo.visits(50) WITH ORDINALITY AS v(no, version, title, place, unit, unit_short, why, resolved_at, next_at, calls, last_at, redo, name, phone, nth);
	PERFORM t.become('postgres');
	RETURN (SELECT string_agg(coalesce(n.name, '?') || ' ' || split_part(x, ' ', 2), ', ' ORDER BY nth) FROM unnest(string_to_array(l, ', ')) WITH ORDINALITY u(x, nth)
		LEFT JOIN t.name n ON n.no = split_part(x, ' ', 1)::bigint);
END
$$;
SELECT t.is(t.list(), 'g reply, f poor', 'a reply wanted, done again; the oldest first');
SELECT t.does('anna', 'visit', 'g', jsonb_build_object('outcome', 'unreached', 'until', to_jsonb(fenbo.now_() + interval '2 hours')));
SELECT t.is(t.list(), 'f poor, g reply', 'who is to be called later comes later');
SELECT t.does('anna', 'visit', 'f', '{"outcome": "refused"}');
SELECT t.is(t.list(), 'g reply', 'who will not is not called again');
SELECT t.wait('3 days');
SELECT t.is(t.list(), 'e silent, g reply, h silent, i silent', 'and who has said nothing for three days');
UPDATE fenbo.routing_revision SET policy = policy || '{"visit": {"after_s": 0, "share": 1}}';
SELECT t.is(t.list(), 'e sample, g reply, h sample, i sample', 'or all of them by lot');
SELECT t.become('anna');
SELECT t.ok(v.phone = '138****0001' AND v.name = '张**', 'masked') FROM fenbo.visits(1) v;
SELECT t.is((fenbo.reveal(:i, '回访')).phone, '13800000001', 'until revealed, with a reason');
SELECT t.become('postgres');

-- --- nobody within the window ---------------------------------------------------------------------------------------
SELECT t.wait('5 days');
SELECT t.login(a) FROM unnest(ARRAY['anna', 'ben', 'dora', 'sue', 'ute', 'uli']) a \g /dev/null
SELECT t.ok(t.window_ends() >= 4, 'the window ends');
SELECT t.is(t.outcome('h') || ' ' || t.outcome('i') || ' ' || t.outcome('f'), 'unrated unrated unrated', 'unrated, also where he would not rate');
SELECT t.is(e.action || ' ' || e.actor || ' ' || (e.args ->> 'outcome'), 'unrated system unrated', 'on the record') FROM t.last('h') e;
SELECT t.is(t.window_ends()::text, '0', 'once');
SELECT t.resolved('k', 'l');
SELECT t.is(t.rates(n, t.rating(1, 1, 1, 1)), 'ok dispatched', 'bad') FROM unnest(ARRAY['k', 'l']) n;
SELECT t.again(n) FROM unnest(ARRAY['k', 'l']) n;
SELECT t.does('anna', 'visit', 'l', '{"outcome": "unreached"}');
SELECT t.does('anna', 'visit', 'l', '{"outcome": "unreached"}');
SELECT t.wait('8 days');
SELECT t.login(a) FROM unnest(ARRAY['anna', 'ben', 'dora', 'sue', 'ute', 'uli']) a \g /dev/null
SELECT t.window_ends() \g /dev/null
SELECT t.is((t.q('k')).stage || ' ' || t.outcome('l'), 'resolved unrated', 'what was done again waits for a call, unless it has been called often enough');
SELECT t.is(e.action || ' ' || (e.args ->> 'waits') || CASE WHEN (t.q('k')).version > v.version AND e.version = (t.q('k')).version THEN ' anew' END, 'unrated visit anew',
	'and says so, in a version that consoles take over') FROM t.last('k') e, LATERAL (SELECT max(x.version) AS version FROM fenbo.event x WHERE x.no = e.no AND x.id < e.id) v;
UPDATE fenbo.routing_revision SET policy = policy || '{"visit": {"after_s": 0, "share": 0}}';
SELECT t.is(t.list(), 'k poor', 'in the list');
SELECT t.is(t.window_ends()::text, '0', 'the sweep leaves it alone');
SELECT t.does('anna', 'visit', 'k', '{"outcome": "reached"}' || t.rating(4, 4, 4, 4));
SELECT t.is(t.outcome('k'), 'solved', 'until somebody was reached');
-- The calls go on after the end of the window, too: as many as policy has it in vain, or somebody who was reached and did not rate. A case that cannot be closed keeps no
-- other from it.
SELECT t.resolved('k1', 'k2', 'k3', 'k4');
SELECT t.is(t.rates(n, t.rating(1, 1, 1, 1)), 'ok dispatched', 'bad') FROM unnest(ARRAY['k1', 'k2', 'k3', 'k4']) n;
SELECT t.again(n) FROM unnest(ARRAY['k1', 'k2', 'k3', 'k4']) n;
SELECT t.wait('8 days');
SELECT t.login(a) FROM unnest(ARRAY['anna', 'ben', 'dora', 'sue', 'ute', 'uli']) a \g /dev/null
SELECT t.is(t.window_ends()::text, '4', 'they wait');
SELECT t.does('anna', 'visit', 'k1', '{"outcome": "unreached"}');
SELECT t.is(t.window_ends()::text, '0', 'called once: not yet');
SELECT t.does('anna', 'visit', 'k1', '{"outcome": "unreached"}'), t.does('anna', 'visit', 'k2', '{"outcome": "reached"}'), t.does('anna', 'visit', 'k3', '{"outcome": "refused"}');
CREATE FUNCTION t.broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
SELECT format('CREATE TRIGGER broken BEFORE UPDATE ON fenbo.appeal FOR EACH ROW WHEN (old.no = %s) EXECUTE FUNCTION t.broken()', t.no('k1')) \gexec
SET client_min_messages = error;
SELECT t.is(t.window_ends()::text, '2', 'what is broken costs only itself');
SET client_min_messages = warning;
DROP TRIGGER broken ON fenbo.appeal;
SELECT t.is((t.q('k1')).stage || ' ' || t.outcome('k2') || ' ' || t.outcome('k3'), 'resolved unrated unrated', 'the others are closed');
SELECT t.is(t.window_ends()::text, '1', 'it comes again');
SELECT t.is(t.outcome('k1') || ' ' || (t.q('k4')).stage, 'unrated resolved', 'called often enough; another waits on');
SELECT t.does('anna', 'visit', 'k4', '{"outcome": "reached"}' || t.rating(4, 4, 4, 4));

-- --- merged cases ---------------------------------------------------------------------------------------------------
SELECT t.make('p', 'p1', 'p2');
SELECT t.does('anna', 'merge', 'p1', jsonb_build_object('into', t.case13('p')));
SELECT t.does('anna', 'merge', 'p2', jsonb_build_object('into', t.case13('p')));
SELECT t.is(t.rates('p1', t.rating(5, 5, 5, 5)), 'impossible stage', 'there is no result yet');
SELECT t.does('anna', 'confirm', 'p', t.rec('p', 'BA-ZJ'));
SELECT t.does('ute', 'accept', 'p');
SELECT t.does('ute', 'resolve', 'p', '{"text": "已修"}');
SELECT t.is(t.told('p', 'rate'), 'citizen waiting, citizen waiting, citizen waiting', 'all three are to be asked');
SELECT t.is(t.rates('p', t.rating(5, 5, 5, 5)), 'ok resolved', 'one is content: the others may still rate');
SELECT t.is(t.rates('p', t.rating(4, 4, 4, 4)), 'conflict rating', 'each once');
SELECT t.is(t.rates('p1', t.rating(5, 1, 5, 5)), 'ok dispatched', 'another is not: the primary goes back');
SELECT t.ok(q.redo = 1 AND q.stage = 'dispatched', 'as a whole') FROM t.q('p') q;
SELECT t.is(string_agg((fenbo._ratings(t.no('p'), r)::text ~ t.case13('p1'))::text, ',' ORDER BY r), 'false,true,false', 'who it was is the centre''s to know')
	FROM unnest(ARRAY['channel', 'supervisor', 'unit']) r;
SELECT t.no('p') AS p, t.case13('p1') AS p1 \gset
SELECT t.become('ute');
SELECT count(*) FILTER (WHERE h.args ->> 'of' = :'p1') AS named, count(*) FILTER (WHERE h.action = 'rate') AS rated FROM fenbo.history(:p) h \gset
SELECT t.become('postgres');
SELECT t.is(:'named' || ' of ' || :'rated', '0 of 2', 'in the history, too');
SELECT t.is(t.told('p', 'rate'), 'citizen cancelled, citizen cancelled, citizen cancelled', 'nobody is asked about it any more');
SELECT t.again('p');
SELECT t.is(t.rates('p1', t.rating(5, 5, 5, 5)) || ', ' || t.rates('p2', t.rating(5, 5, 5, 5)) || ', ' || t.rates('p', t.rating(5, 5, 5, 5)),
	'ok resolved, ok resolved, ok closed', 'done again, all are content');
SELECT t.make('r', 'r1');
SELECT t.does('anna', 'merge', 'r1', jsonb_build_object('into', t.case13('r')));
SELECT t.does('anna', 'confirm', 'r', t.rec('r', 'BA-ZJ'));
SELECT t.does('ute', 'resolve', 'r', '{"text": "已修"}');
SELECT t.is(t.rates('r1', t.rating(5, 5, 5, 5)), 'ok resolved', 'one of two');
SELECT t.wait('8 days');
SELECT t.window_ends() \g /dev/null
SELECT t.is(t.outcome('r'), 'solved', 'at the end of the window one who is content is enough');

-- --- opened again: another result, to be rated anew -------------------------------------------------------------------
SELECT t.login(a) FROM unnest(ARRAY['anna', 'ben', 'dora', 'sue', 'ute', 'uli']) a \g /dev/null
SELECT t.resolved('v');
SELECT t.is(t.rates('v', t.rating(5, 5, 5, 5)), 'ok closed', 'content');
SELECT t.wait('1 day');
SELECT t.login(a) FROM unnest(ARRAY['anna', 'ben', 'dora', 'sue', 'ute', 'uli']) a \g /dev/null
SELECT t.does('anna', 'reopen', 'v', '{"reason": "又坏了"}');
SELECT t.does('anna', 'override', 'v', '{"unit": "BA-ZJ", "reason": "other_unit"}');
SELECT t.does('ute', 'resolve', 'v', '{"text": "又修好了"}');
SELECT t.is(t.rates('v', t.rating(5, 5, 5, 5)), 'ok closed', 'the same words are about the new result');
SELECT t.is(count(*)::text, '2', 'two ratings') FROM fenbo.rating WHERE no = t.no('v');

-- --- parts ----------------------------------------------------------------------------------------------------------
SELECT t.login(a) FROM unnest(ARRAY['anna', 'ben', 'dora', 'sue', 'ute', 'uli']) a \g /dev/null
SELECT t.make('s');
SELECT t.does('anna', 'split', 's', '{"parts": ["燃气味大", "路灯不亮"]}');
SELECT t.does('anna', 'confirm', 's', t.rec('s', 'BA-ZJ'));
SELECT t.does('ute', 'resolve', 's', '{"text": "已修"}');
SELECT t.is(t.rates('s', t.rating(5, 5, 5, 5)), 'ok resolved', 'it cannot close before its parts');
SELECT t.wait('8 days');
SELECT t.window_ends() \g /dev/null
SELECT t.is((t.q('s')).stage::text, 'resolved', 'nor when the window ends');
SELECT t.chains();
SELECT count(*) || ' passed' FROM t.passed;
