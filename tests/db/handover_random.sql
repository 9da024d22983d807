-- Days of shifts at random: people come and go, claim, take the next, decide, give back, vanish; supervisors edit, send, acknowledge, take back, deal, assign, or do
-- nothing; the clock goes on, now a little, now past a change of shift; the leader works now and then. After every step nothing may be without an owner,
-- and at the end every item of every handover is acknowledged, taken, queued or dropped. :steps of them.
SET client_min_messages = warning;
SET jit = off;
SELECT setseed(0.62);
CREATE TABLE t.drawn (what text, n integer DEFAULT 1);
UPDATE fenbo.session SET ended_at = fenbo.now_() WHERE ended_at IS NULL;
UPDATE fenbo.queue SET session = NULL, owner = NULL, lease_until = NULL WHERE session IS NOT NULL;
UPDATE fenbo.account SET crew = CASE name WHEN 'anna' THEN 1 WHEN 'ben' THEN 2 WHEN 'carl' THEN 3 WHEN 'dirk' THEN 1 WHEN 'sue' THEN 1 WHEN 'sam' THEN 2 END
	WHERE name IN ('anna', 'ben', 'carl', 'dirk', 'sue', 'sam');
UPDATE fenbo.routing_revision SET policy = jsonb_set(policy, '{rotation,cycle}', '[[[1], [2], [3]], [[3, 2], [1], [2]], [[1, 2], [], [3]]]') WHERE revision = 1;
SELECT t.clock('2026-11-30 00:10:00+08');
SELECT fenbo._shifts_spread(1);

CREATE FUNCTION t.pick(variadic of_ text[]) RETURNS text LANGUAGE sql VOLATILE AS 'SELECT of_[1 + floor(random() * cardinality(of_))::integer]';
-- As the leader sweeps: sessions without a sign of life end and give their cases back.
CREATE FUNCTION t.sweep() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s record;
BEGIN
	FOR s IN SELECT id FROM fenbo.session WHERE ended_at IS NULL AND alive_until < fenbo.now_() LOOP
		PERFORM fenbo._release_all(s.id, 'expire', 'system', 500);
		UPDATE fenbo.session SET ended_at = fenbo.now_() WHERE id = s.id;
	END LOOP;
	PERFORM t.tick();
END $$;
-- Somebody does something; what is refused is refused.
CREATE FUNCTION t.step(i integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	what text := t.pick('next', 'next', 'next', 'claim', 'decide', 'decide', 'release', 'login', 'login', 'login', 'login', 'vanish', 'logout', 'edit', 'send', 'ack', 'ack', 'undo', 'draft', 'deal', 'deal',
		'assign', 'tick', 'tick', 'minutes', 'minutes', 'hour', 'case');
	who text := t.pick('anna', 'ben', 'carl', 'dirk');
	chief text := t.pick('sue', 'sam');
	q fenbo.queue;
	h fenbo.handover := t.ho();
	n integer := (SELECT it.n FROM fenbo.handover_item it WHERE it.handover = h.id ORDER BY random() LIMIT 1);
BEGIN
	SELECT * INTO q FROM fenbo.queue x WHERE x.stage = 'triage' ORDER BY random() LIMIT 1;
	BEGIN
		CASE what
		WHEN 'next' THEN PERFORM t.run(who, 'next', '{}', NULL, '{}', false);
		WHEN 'claim' THEN PERFORM t.run(who, 'claim', ARRAY[q.no], ARRAY[q.version], '{}', false);
		WHEN 'release' THEN PERFORM t.run(coalesce(q.owner, who), 'release', ARRAY[q.no], ARRAY[q.version], '{}', false);
		WHEN 'decide' THEN PERFORM t.run(coalesce(q.owner, who), 'override', ARRAY[q.no], ARRAY[q.version], '{"unit": "BA-CG", "reason": "other_unit"}', false);
		WHEN 'login' THEN PERFORM t.login(t.pick(who, chief));
		WHEN 'logout' THEN PERFORM t.as_(who, 'SELECT fenbo.logout(false)::text');
		WHEN 'vanish' THEN UPDATE fenbo.session SET alive_until = fenbo.now_() - interval '1 second' WHERE account = who AND ended_at IS NULL;
		WHEN 'edit' THEN PERFORM t.as_(chief, format('SELECT fenbo.handover_edit(%s, NULL, %L, %s, ''x'', NULL)::text', h.id, t.pick('remark', 'drop', 'keep', 'add'), coalesce(n, 1)));
		WHEN 'send' THEN PERFORM t.as_(chief, format('SELECT fenbo.handover_send(%s, NULL)::text', h.id));
		WHEN 'ack' THEN PERFORM t.as_(chief, format('SELECT count(*)::text FROM fenbo.handover_ack(%s, ARRAY[%s], false)', h.id, coalesce(n, 1)));
		WHEN 'undo' THEN PERFORM t.as_(chief, format('SELECT fenbo.handover_undo(%s)::text', h.id));
		WHEN 'draft' THEN PERFORM t.as_(chief, 'SELECT fenbo.handover_draft()::text');
		WHEN 'deal' THEN PERFORM t.as_(chief, 'SELECT count(*)::text FROM fenbo.shift_deal(4, false)');
		WHEN 'assign' THEN PERFORM t.as_(chief, format('SELECT fenbo.shift_assign(%s, %s, %L)::text', q.no, q.version, who));
		WHEN 'case' THEN PERFORM t.make('r' || i); UPDATE fenbo.queue SET priority = t.pick('urgent', 'fast', 'normal')::fenbo.priority WHERE no = t.no('r' || i);
		WHEN 'tick' THEN PERFORM t.sweep();
		ELSE
			PERFORM t.clock(fenbo.now_() + CASE what WHEN 'hour' THEN random() * interval '3 hours' ELSE random() * interval '14 minutes' END);
			IF random() < 0.8 THEN PERFORM t.alive(); UPDATE fenbo.queue SET lease_until = fenbo.now_() + interval '45 s' WHERE session IS NOT NULL; END IF;
			PERFORM t.sweep();
		END CASE;
	EXCEPTION WHEN SQLSTATE 'FB000' OR insufficient_privilege THEN
		what := what || ' refused';
	END;
	PERFORM t.become('postgres');
	INSERT INTO t.drawn (what) VALUES (what);
	IF (SELECT count(*) FROM fenbo.queue x WHERE x.stage = 'triage' AND (x.session IS NULL) <> (x.owner IS NULL)) > 0
		OR (SELECT count(*) FROM fenbo.queue x LEFT JOIN fenbo.session s ON s.id = x.session WHERE x.session IS NOT NULL AND (s.id IS NULL OR s.ended_at IS NOT NULL)) > 0 THEN
		RAISE EXCEPTION 'step % (%): a case without an owner', i, what;
	END IF;
	RETURN what;
END $$;
SELECT count(t.step(i)) FROM generate_series(1, :steps) i \gset
-- The clock runs out: two looks after the patience of the last one sent.
SELECT t.clock(fenbo.now_() + interval '5 hours');
SELECT t.sweep();
SELECT t.clock(fenbo.now_() + interval '16 minutes');
SELECT t.sweep();
SELECT t.nothing_lost('after days at random');
SELECT t.is((SELECT count(*)::text FROM fenbo.handover_item i JOIN fenbo.handover h ON h.id = i.handover WHERE i.state = 'open'
	AND h.from_end < fenbo.now_() - interval '26 minutes'), '0', 'every item of a shift that is over ended');
SELECT t.ok((SELECT count(*) FROM fenbo.handover_item WHERE state = 'acknowledged') > 0 AND (SELECT count(*) FROM fenbo.handover_item WHERE state = 'queued') > 0
	AND (SELECT count(*) FROM fenbo.handover_item WHERE state = 'taken') > 0 AND (SELECT count(*) FROM fenbo.event WHERE action = 'handover' AND no > 0) > 0,
	'acknowledged, queued and taken ones came up, and cases moved');
SELECT t.is((SELECT string_agg(w, ' ') FROM unnest(CASE WHEN :steps < 2000 THEN '{next,claim,decide,ack}' ELSE '{next,claim,decide,edit,send,ack,deal,assign,undo}' END::text[]) w
	WHERE NOT EXISTS (SELECT FROM t.drawn d WHERE d.what = w)), NULL, 'each kind of step was done at least once');
-- Versions of a handover follow one another, each with its event.
SELECT t.is((SELECT count(*)::text FROM (SELECT version - lag(version, 1, 0) OVER (PARTITION BY handover ORDER BY version) AS by_one FROM fenbo.handover_change) x WHERE by_one <> 1), '0',
	'no version is missing');
SELECT t.is((SELECT count(*)::text FROM fenbo.handover h WHERE h.version <> (SELECT max(c.version) FROM fenbo.handover_change c WHERE c.handover = h.id)), '0', 'the last is the present one');
SELECT t.chains();
SELECT count(*) || ' passed' FROM t.passed;
TRUNCATE t.passed;
