-- What a storm is: people who press anything at any case, many at a time; and what must be true of the database whenever they pause.

CREATE TABLE t.pressed (what text);
-- Who waits for long is told the same as who waits in a circle; only of the latter there must be none, however slow the machine.
ALTER FUNCTION fenbo.act(text, bigint[], integer[], jsonb, boolean) SET lock_timeout = '300s';
INSERT INTO fenbo.unit (code, name, short, parent, level, area) VALUES ('BA-ZJ-1', '住建局巡查队', '巡查', 'BA-ZJ', 'grid', '440306'),
	('BA-CG-1', '城管局巡查队', '巡查', 'BA-CG', 'grid', '440306');

-- One random action by a random person. Every answer must be a done row or a refusal by a code people can be told; anything else is an
-- exception and ends the test. eager: how often it is an action that nobody has done yet.
CREATE FUNCTION t.press(eager double precision DEFAULT 0.12) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	a fenbo.action;
	who text;
	what text;
	one bigint;
	two bigint := (SELECT no FROM t.name ORDER BY random() LIMIT 1);
	q fenbo.queue;
	u text := (ARRAY['BA-ZJ', 'BA-CG', 'BA-ZJ', 'BA-CG', 'NS-CG', 'BA'])[1 + floor(random() * 6)];
	args jsonb;
	ids bigint[];
	r fenbo.act_row;
BEGIN
	-- Mostly somebody who may, and a case that it fits.
	SELECT * INTO a FROM fenbo.action x ORDER BY x.name = 'undo' AND random() < 0.15 DESC,
		random() < eager AND NOT EXISTS (SELECT FROM t.pressed p WHERE p.what = x.name) DESC, random() LIMIT 1;
	-- What comes only after something else: that first.
	IF a.name = 'approve' AND NOT EXISTS (SELECT FROM fenbo.queue x WHERE x.flags & 1024 <> 0) THEN
		SELECT * INTO a FROM fenbo.action x WHERE x.name = 'extend';
	ELSIF a.name = 'resume' AND NOT EXISTS (SELECT FROM fenbo.queue x WHERE x.flags & 2048 <> 0) THEN
		SELECT * INTO a FROM fenbo.action x WHERE x.name = CASE WHEN EXISTS (SELECT FROM fenbo.queue y WHERE y.stage IN ('dispatched', 'handling')) THEN 'pause' ELSE 'override' END;
	ELSIF a.name IN ('close', 'visit') AND NOT EXISTS (SELECT FROM fenbo.queue x WHERE x.stage = 'resolved') THEN
		SELECT * INTO a FROM fenbo.action x WHERE x.name = CASE WHEN EXISTS (SELECT FROM fenbo.queue y WHERE y.stage IN ('dispatched', 'handling')) THEN 'resolve' ELSE 'override' END;
	ELSIF a.name = 'lift' AND NOT EXISTS (SELECT FROM fenbo.queue x WHERE x.flags & 2 <> 0) THEN
		SELECT * INTO a FROM fenbo.action x WHERE x.name = 'supervise';
	ELSIF a.name IN ('settle', 'comply') AND NOT EXISTS (SELECT FROM fenbo.queue x WHERE x.flags & 16384 <> 0) THEN
		SELECT * INTO a FROM fenbo.action x WHERE x.name = 'instruct';
	ELSIF a.name = 'rule' AND NOT EXISTS (SELECT FROM fenbo.queue x WHERE x.flags & 1 <> 0) THEN
		SELECT * INTO a FROM fenbo.action x WHERE x.name = CASE WHEN EXISTS (SELECT FROM fenbo.queue y WHERE y.returned > 0 AND y.stage IN ('dispatched', 'handling'))
			OR NOT EXISTS (SELECT FROM fenbo.queue y WHERE y.returned > 0 AND y.stage = 'triage') THEN 'return' ELSE 'override' END;
	END IF;
	SELECT c.name INTO who FROM fenbo.account c WHERE c.role IN ('dispatcher', 'supervisor', 'unit')
	ORDER BY c.role = ANY (a.roles) OR random() < 0.1 DESC, random() LIMIT 1;
	SELECT n.no INTO one FROM t.name n CROSS JOIN LATERAL fenbo._peek(n.no) p
	ORDER BY p.stage::text = ANY (a.stages) AND CASE a.name WHEN 'approve' THEN p.flags & 1024 <> 0 WHEN 'rule' THEN p.flags & 1 <> 0
		WHEN 'resume' THEN p.flags & 2048 <> 0 WHEN 'lift' THEN p.flags & 2 <> 0 WHEN 'settle' THEN p.flags & 16384 <> 0
		WHEN 'comply' THEN p.flags & 16384 <> 0 WHEN 'subdispatch' THEN p.unit IN ('BA-ZJ', 'BA-CG') WHEN 'extend' THEN p.flags & 1024 = 0
		WHEN 'visit' THEN p.stage = 'resolved' WHEN 'return' THEN p.returned > 0 OR random() < 0.5 WHEN 'override' THEN p.flags & 1 = 0 AND (p.returned > 0 OR random() < 0.5) ELSE true END OR random() < 0.1 DESC, random() LIMIT 1;
	what := a.name; ids := ARRAY[one]; q := fenbo._peek(one);
	IF 'unit' = ANY (a.roles) AND random() < 0.8 THEN
		who := coalesce((SELECT c.name FROM fenbo.account c WHERE c.role = 'unit' AND c.desk = left(q.unit, 5) LIMIT 1), who);
	END IF;
	args := jsonb_build_object('recommendation', q.rec, 'unit', u, 'reason', 'other_unit', 'text', 'x', 'into', lpad(two::text, 13, '0'),
		'parts', jsonb_build_array('eins', 'zwei'), 'assist', jsonb_build_array('CITY-JT'),
		'priority', (ARRAY['urgent', 'fast', 'normal'])[1 + floor(random() * 3)], 'outcome', (ARRAY['invalid', 'withdrawn', 'emergency'])[1 + floor(random() * 3)],
		'fields', jsonb_build_object('title', 't' || floor(random() * 5), 'phone', floor(random() * 9)::text),
		'days', (1 + floor(random() * 3))::text, 'decision', CASE WHEN random() < 0.7 THEN 'yes' ELSE 'no' END, 'person', '李局长',
		'rating', jsonb_build_object('speed', 5, 'effect', 1 + floor(random() * 5), 'service', 5, 'feedback', 5),
		'files', '[{"name": "现场.jpg", "size": 10, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "link": "https://example.org/1"}]'::jsonb);
	IF what = 'subdispatch' THEN args := (args - 'assist') || jsonb_build_object('unit', q.unit || '-1'); END IF;
	IF what = 'contact' THEN args := args || jsonb_build_object('outcome', CASE WHEN random() < 0.7 THEN 'reached' ELSE 'unreached' END); END IF;
	IF what = 'visit' THEN args := args || '{"outcome": "reached"}'; END IF;
	IF what NOT IN ('rate', 'visit') OR random() < 0.3 THEN args := args - 'rating'; END IF;
	IF random() < 0.8 OR what NOT IN ('attach', 'contact', 'progress', 'rule', 'comply', 'resolve') THEN args := args - CASE what WHEN 'attach' THEN '' ELSE 'files' END; END IF;
	IF what = 'end' AND random() < 0.7 THEN args := args - 'unit'; END IF;
	IF what = 'undo' AND random() < 0.7 THEN ids := '{}'; END IF;
	IF random() < 0.2 THEN ids := ids || two; END IF;
	PERFORM t.become(who);
	BEGIN
		SELECT * INTO r FROM fenbo.act(what, ids, CASE WHEN cardinality(ids) = 1 THEN ARRAY[q.version] WHEN cardinality(ids) = 2
			THEN ARRAY[q.version, q.version] END, args, random() < 0.3) LIMIT 1;
	EXCEPTION WHEN SQLSTATE 'FB000' THEN
		r.ok := false; r.error := 'impossible';
	END;
	PERFORM t.become('postgres');
	IF NOT r.ok AND r.message ~ 'try again' THEN
		RETURN what || ' circle';                        -- PostgreSQL broke it and the caller was told: t.sound() wants none
	ELSIF NOT r.ok AND r.error NOT IN ('missing', 'invalid', 'forbidden', 'not_found', 'stale', 'impossible', 'leased', 'conflict') THEN
		RAISE EXCEPTION 'not ok: % % %: % %', who, what, one, r.error, r.message;
	END IF;
	-- Parts are cases like others from now on.
	IF r.ok AND what = 'split' THEN
		INSERT INTO t.name SELECT 'part' || p.no, p.no FROM fenbo.appeal p WHERE p.parent_no = r.id ON CONFLICT DO NOTHING;
	END IF;
	RETURN what || CASE WHEN r.ok THEN '' ELSE ' ' || r.error END;
END
$$;

CREATE PROCEDURE t.storm(times integer) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. times LOOP
		INSERT INTO t.pressed SELECT t.press();
		COMMIT;
	END LOOP;
END
$$;

-- The centre in a crowd: everybody at the same few cases, several at once and in any order, which end, come back, and follow one another meanwhile.
CREATE PROCEDURE t.crowd(times integer) LANGUAGE plpgsql AS $$
DECLARE
	what text;
	ids bigint[];
	versions integer[];
	args jsonb;
	r record;
BEGIN
	FOR i IN 1 .. times LOOP
		ids := ARRAY(SELECT n.no FROM t.name n WHERE n.name ~ '^c' ORDER BY random() LIMIT 1 + floor(random() * 3));
		versions := ARRAY(SELECT (fenbo._peek(x.no)).version FROM unnest(ids) WITH ORDINALITY x(no, nth) ORDER BY x.nth);
		args := (SELECT jsonb_build_object('text', 'x', 'reason', 'other', 'into', lpad(n.no::text, 13, '0')) FROM t.name n WHERE n.name ~ '^c' ORDER BY random() LIMIT 1);
		what := (ARRAY['note', 'note', 'answer', 'answer', 'reopen', 'reopen', 'undo', 'merge', 'unmerge', 'chase', 'escalate'])[1 + floor(random() * 11)];
		PERFORM t.become((ARRAY['anna', 'ben', 'sue'])[1 + floor(random() * 3)]);
		BEGIN
			FOR r IN SELECT a.message FROM fenbo.act(what, ids, versions, args) a LOOP
				IF r.message ~ 'try again' THEN what := what || ' circle'; END IF;
			END LOOP;
		EXCEPTION WHEN SQLSTATE 'FB000' THEN NULL;
		END;
		PERFORM t.become('postgres');
		INSERT INTO t.pressed SELECT what WHERE what ~ ' circle';
		COMMIT;
	END LOOP;
END
$$;

-- What six sessions have not come to in their time one brings to its end: every action is done at least once.
CREATE PROCEDURE t.rest(most integer) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. most LOOP
		EXIT WHEN NOT EXISTS (SELECT FROM fenbo.action x WHERE x.roles <> '{channel}' AND NOT EXISTS (SELECT FROM t.pressed p WHERE p.what = x.name));
		INSERT INTO t.pressed SELECT t.press(0.7);
		COMMIT;
	END LOOP;
END
$$;

CREATE FUNCTION t.sound() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM t.is((SELECT string_agg(DISTINCT p.what, ', ') FROM t.pressed p WHERE p.what ~ ' circle'), NULL, 'no two wait for one another');
	PERFORM t.chains();
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.appeal a LEFT JOIN fenbo.queue q USING (no) WHERE (a.stage IS NULL) <> (q.no IS NOT NULL)),
		'a case is in the queue, or has left it');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.queue q WHERE q.stage IN ('closed', 'merged')), 'nothing that ended is in the queue');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.clock k LEFT JOIN fenbo.queue q USING (no) WHERE q.no IS NULL), 'only open cases have clocks');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.appeal a WHERE (a.primary_no IS NOT NULL) <> (a.stage IS NOT DISTINCT FROM 'merged')),
		'who follows somebody is merged, and nobody else');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.appeal a WHERE a.primary_no IS NOT NULL AND a.no = ANY (fenbo._chain(a.no))), 'no circle');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.appeal a CROSS JOIN LATERAL fenbo._peek(a.no) q WHERE q.repeats <> (
		WITH RECURSIVE f(no) AS (SELECT x.no FROM fenbo.appeal x WHERE x.primary_no = a.no
			UNION SELECT x.no FROM fenbo.appeal x JOIN f ON x.primary_no = f.no) SELECT count(*) FROM f)), 'everybody knows how many follow');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.queue q WHERE q.parts_open <> (SELECT count(*) FROM fenbo.queue p WHERE p.parent_no = q.no)),
		'every parent knows how many parts are open');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.queue q WHERE (q.unit IS NULL) <> (q.stage = 'triage')), 'who has left triage has a unit');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.queue q WHERE q.session IS NOT NULL AND q.stage <> 'triage'), 'leases are of triage');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.queue q WHERE q.stage = 'triage' AND q.clock IS DISTINCT FROM 'dispatch'), 'in triage the dispatch clock runs');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.queue q JOIN fenbo.clock k ON k.no = q.no AND k.kind = q.clock
		WHERE k.due_at <> q.due_at OR k.stopped_at IS NOT NULL OR k.paused_since IS NOT NULL), 'the face of every clock is right');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.event e JOIN fenbo.appeal a USING (no) WHERE e.no <> 0 GROUP BY e.no
		HAVING max(e.version) <> count(DISTINCT e.version)), 'no version is missing');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.appeal a CROSS JOIN LATERAL fenbo._peek(a.no) q WHERE q.version <>
		(SELECT max(e.version) FROM fenbo.event e WHERE e.no = a.no)), 'every case is at its newest version');
	PERFORM t.ok(NOT EXISTS (SELECT FROM fenbo.event e JOIN LATERAL (SELECT fenbo._frame(fenbo._peek(e.no)) AS f) x ON true
		WHERE e.no <> 0 AND e.id = (SELECT max(v.id) FROM fenbo.event v WHERE v.no = e.no)
		AND e.after - ARRAY['lease_until', 'owner', 'due_at', 'clock'] <> x.f - ARRAY['lease_until', 'owner', 'due_at', 'clock']),
		'the newest frame says what is');
END
$$;
