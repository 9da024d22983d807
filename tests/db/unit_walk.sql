-- A walk at random: units, supervisors and the sweep do whatever they may to twelve cases, the clock goes on, half of it is taken back at once. After every
-- step what stands must hold together, and what was taken back must be as it was. Run after actions_fixture.sql and unit_work.sql. The walk is the
-- same every time; -v seed=0.N takes another, -v steps=N goes further.
\if :{?seed}
\set ours 0
\else
\set ours 1
\set seed 0.4242
\endif
\if :{?steps}
\else
\set steps 220
\endif
SELECT setseed(:seed), set_config('t.steps', :'steps', false) \g /dev/null
DELETE FROM t.passed;
UPDATE fenbo.routing_revision SET policy = jsonb_set(policy, '{extend}', '{"times": 3, "days": 10, "late": true}');

-- What must hold of a case whatever was done to it; NULL when it does.
CREATE FUNCTION t.wrong(no bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
	q fenbo.queue := fenbo._peek(no);
	asked integer := (SELECT count(*) FROM fenbo.request r WHERE r.no = wrong.no AND r.decision IS NULL AND NOT r.undone);
	held integer := (SELECT count(*) FROM fenbo.clock k WHERE k.no = wrong.no AND k.paused_since IS NOT NULL);
	running integer := (SELECT count(*) FROM fenbo.clock k WHERE k.no = wrong.no AND k.paused_since IS NULL AND k.stopped_at IS NULL);
	at_unit boolean := q.stage IN ('dispatched', 'handling');
BEGIN
	RETURN CASE
		WHEN (q.flags & 1024 <> 0) <> (asked = 1) THEN format('asked: flag %s, requests %s', q.flags & 1024, asked)
		WHEN asked > 0 AND NOT at_unit THEN 'a request stands and no unit has the case'
		WHEN (q.flags & 2048 <> 0) <> (q.paused_until IS NOT NULL) THEN 'paused without an end, or an end without a pause'
		WHEN at_unit AND (q.flags & 2048 <> 0) <> (held > 0) THEN format('paused: flag %s, clocks %s', q.flags & 2048, held)
		WHEN held > 0 AND (running > 0 OR NOT at_unit) THEN 'some clocks stand still and some run'
		WHEN at_unit AND held = 0 AND (q.clock IS NULL OR q.due_at IS NULL) THEN 'with a unit, and no clock shows'
		WHEN at_unit AND q.unit IS NULL OR q.stage = 'triage' AND q.unit IS NOT NULL THEN 'stage and unit do not fit'
		WHEN EXISTS (SELECT FROM unnest(q.passed) p WHERE p <> ALL (fenbo._above(q.unit))) THEN 'passed down by a unit that is not above'
		WHEN q.step > 0 AND at_unit AND q.steps[q.step] IS DISTINCT FROM q.unit THEN 'not the turn of the unit that has it'
		WHEN q.step > cardinality(q.steps) THEN 'beyond the last step'
		WHEN q.unit = ANY (q.assist) THEN 'assists itself'
		WHEN EXISTS (SELECT FROM fenbo.promise p WHERE p.no = wrong.no AND p.kept_at < (SELECT e.at FROM fenbo.event e WHERE e.no = p.no AND e.version = p.version
			ORDER BY e.id LIMIT 1)) THEN 'a promise kept before it was made'
		WHEN (SELECT count(*) FROM fenbo.alarm a WHERE a.no = wrong.no AND a.kind = 'request' AND a.settled_at IS NULL AND a.acknowledged_at IS NULL) <> asked
			THEN 'the supervisors are called for nothing, or not called'
	END;
END
$$;

-- Something that might be done, most often by somebody who may: action, who, args.
CREATE FUNCTION t.dice(n integer) RETURNS integer LANGUAGE sql VOLATILE AS 'SELECT floor(random() * n)::integer';
CREATE FUNCTION t.idea(name text, OUT who text, OUT action text, OUT args jsonb) LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := t.q(name);
	soon jsonb := t.later(make_interval(hours => 1 + t.dice(60)));
	unit text := (ARRAY['BA-ZJ', 'S1', 'S2', 'C1'])[1 + t.dice(4)];
BEGIN
	who := (ARRAY['ute', 'ute', 'una', 'uma', 'uli', 'uwe', 'sue', 'sue', 'anna'])[1 + t.dice(9)];
	action := (ARRAY['accept', 'contact', 'contact', 'progress', 'attach', 'pause', 'pause', 'resume', 'extend', 'approve', 'approve', 'subdispatch', 'subdispatch',
		'return', 'resolve', 'reassign', 'note', 'priority', 'override', 'rule', 'reopen', 'close', 'edit'])[1 + t.dice(23)];
	IF q.flags & 2048 <> 0 AND t.dice(3) = 0 THEN action := 'resume'; END IF;
	IF q.stage = 'triage' AND t.dice(2) = 0 THEN action := 'override'; END IF;
	IF t.dice(4) > 0 THEN
		who := CASE WHEN action IN ('approve', 'reassign', 'rule', 'priority', 'override', 'edit', 'close') THEN 'sue' ELSE coalesce((SELECT a.name
			FROM fenbo.account a WHERE a.role = 'unit' AND a.desk = q.unit LIMIT 1), 'ute') END;
	END IF;
	args := CASE action
		WHEN 'contact' THEN '{"text": "联系"}'::jsonb || jsonb_build_object('outcome', (ARRAY['reached', 'unreached'])[1 + t.dice(2)]) || CASE t.dice(2) WHEN 0 THEN soon ELSE '{}' END
		WHEN 'progress' THEN '{"text": "进展"}'::jsonb || CASE t.dice(3) WHEN 0 THEN soon ELSE '{}' END
		WHEN 'attach' THEN jsonb_build_object('files', jsonb_build_array(t.file()))
		WHEN 'pause' THEN jsonb_build_object('reason', (ARRAY['rain', 'court', '别的'])[1 + t.dice(3)]) || CASE t.dice(2) WHEN 0 THEN soon ELSE '{}' END
		WHEN 'extend' THEN jsonb_build_object('reason', 'hard', 'days', 1 + t.dice(4))
		WHEN 'approve' THEN jsonb_build_object('decision', (ARRAY['yes', 'yes', 'no'])[1 + t.dice(3)])
		WHEN 'subdispatch' THEN jsonb_build_object('unit', unit)
		WHEN 'return' THEN '{"reason": "not_ours"}'
		WHEN 'resolve' THEN '{"text": "好了"}'
		WHEN 'reassign' THEN jsonb_build_object('reason', '改派', 'unit', (ARRAY['BA-CG', 'BA-ZJ', 'CITY-JT'])[1 + t.dice(3)])
		WHEN 'note' THEN '{"text": "备注"}'
		WHEN 'priority' THEN jsonb_build_object('priority', (ARRAY['urgent', 'fast', 'normal'])[1 + t.dice(3)])
		WHEN 'override' THEN CASE t.dice(3) WHEN 0 THEN '{"reason": "other_unit", "item": "road"}'::jsonb ELSE '{"reason": "other_unit", "unit": "BA-ZJ"}' END
		WHEN 'rule' THEN '{"text": "会议纪要", "unit": "BA-ZJ"}'
		WHEN 'reopen' THEN '{"reason": "没好"}'
		WHEN 'edit' THEN jsonb_build_object('fields', jsonb_build_object('duty_item', (ARRAY['gas', 'road'])[1 + t.dice(2)]))
		ELSE '{}' END;
END
$$;

-- What must come back. That a clock was late is a fact: whoever touches it finds it out, and an undo does not take it away.
CREATE FUNCTION t.bare(picture jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT jsonb_set(jsonb_set(picture, '{row,flags}', to_jsonb((picture #>> '{row,flags}')::integer & ~32768)), '{clocks}',
		(SELECT jsonb_agg(k - ARRAY['breached_at', 'rung', 'next_rung_at', 'ladder'] ORDER BY k ->> 'kind') FROM jsonb_array_elements(picture -> 'clocks') k))
$$;

-- What the leader does, until nothing is left to do.
CREATE FUNCTION t.lead_all() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM t.become('feeder');
	IF NOT fenbo.lead() THEN RAISE 'somebody else leads'; END IF;
	FOR i IN 1 .. 100 LOOP
		EXIT WHEN fenbo.sweep() + (SELECT l.fired FROM fenbo.ladder(1000) l WHERE l.clock IS NULL) = 0;
	END LOOP;
	PERFORM t.become('postgres');
END
$$;

CREATE TABLE t.walked (action text, done integer NOT NULL DEFAULT 0, undone integer NOT NULL DEFAULT 0, refused integer NOT NULL DEFAULT 0);
CREATE FUNCTION t.step_at_random(name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	i record := t.idea(name);
	was jsonb := t.picture(name);
	side jsonb := t.side(name);
	r fenbo.act_row;
	bad text;
BEGIN
	r := t.act(i.who, i.action, name, i.args);
	INSERT INTO t.walked VALUES (i.action, r.ok::integer, 0, 1 - r.ok::integer);
	bad := t.wrong(t.no(name));
	IF bad IS NULL AND NOT r.ok AND (t.picture(name) <> was OR t.side(name) <> side) THEN bad := 'refused, and something changed'; END IF;
	IF bad IS NULL AND r.ok AND t.dice(2) = 0 THEN
		r := t.act(i.who, 'undo', name);
		IF r.ok THEN
			INSERT INTO t.walked VALUES (i.action, 0, 1, 0);
			bad := coalesce(t.wrong(t.no(name)), CASE WHEN t.side(name) <> side THEN format('taken back, beside the row: %s, was %s', t.side(name), side)
				WHEN t.bare(t.picture(name)) <> t.bare(was) THEN format('taken back: %s, was %s', t.bare(t.picture(name)), t.bare(was)) END);
		END IF;
	END IF;
	IF bad IS NOT NULL THEN RAISE EXCEPTION 'not ok: % % % %: %', i.who, i.action, name, i.args, bad; END IF;
END
$$;

DO $$
BEGIN
	FOR c IN 1 .. 12 LOOP
		PERFORM t.make('walk' || c);
	END LOOP;
END
$$;
DO $$
DECLARE
	bad text;
BEGIN
	FOR c IN 1 .. 12 LOOP
		IF c <= 6 THEN PERFORM t.does('anna', 'confirm', 'walk' || c, t.rec('walk' || c, 'BA-ZJ'));
		ELSE PERFORM t.does('anna', 'override', 'walk' || c, '{"reason": "other_unit", "item": "road"}'); END IF;
	END LOOP;
	FOR s IN 1 .. current_setting('t.steps')::integer LOOP
		PERFORM t.step_at_random('walk' || 1 + t.dice(12));
		IF t.dice(6) = 0 THEN PERFORM t.wait(make_interval(mins => t.dice(900))); END IF;
		IF t.dice(8) = 0 THEN
			PERFORM t.lead_all();
			SELECT n.name || ': ' || t.wrong(n.no) INTO bad FROM t.name n WHERE n.name LIKE 'walk%' AND t.wrong(n.no) IS NOT NULL LIMIT 1;
			IF bad IS NOT NULL THEN RAISE EXCEPTION 'not ok: after the sweep: %', bad; END IF;
		END IF;
	END LOOP;
END
$$;
-- The leader has its turn until nothing is left to do: what is late by now has been told.
SELECT t.lead_all();
INSERT INTO t.passed SELECT format('%s: %s', w.action, n) FROM t.walked w, generate_series(1, done + undone) n;
\if :ours
SELECT t.ok(EXISTS (SELECT FROM t.walked w WHERE w.action = a GROUP BY w.action HAVING sum(done) > 0), 'the walk did: ' || a)
FROM unnest(ARRAY['accept', 'contact', 'progress', 'pause', 'resume', 'extend', 'approve', 'subdispatch', 'return', 'resolve', 'reassign']) a;
SELECT t.ok(EXISTS (SELECT FROM fenbo.event e WHERE e.action = a), 'it came to ' || a) FROM unnest(ARRAY['handback', 'step', 'ask', 'undo']) a;
\endif
SELECT t.chains();
SELECT count(*) || ' passed' FROM t.passed;
