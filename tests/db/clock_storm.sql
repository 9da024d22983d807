-- Cases at random for test_clock_log, after actions_fixture.sql and storm.sql: people who press anything while time passes, sweeps that come when they
-- come, and revisions that change hours, holidays and limits.

CREATE FUNCTION t.lead() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM t.become('feeder');
	PERFORM fenbo.lead();
	FOR i IN 1 .. 50 LOOP
		EXIT WHEN fenbo.sweep() + (SELECT l.fired FROM fenbo.ladder(1000) l WHERE l.clock IS NULL) + fenbo.unrated(100) = 0;
	END LOOP;
	PERFORM t.become('postgres');
END
$$;

-- Another revision: the items and rules of the last, other hours and days, and now and then other limits.
CREATE FUNCTION t.revise() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	was integer := fenbo._revision();
	am integer := 420 + 30 * floor(random() * 8);
	pm integer := 720 + 30 * floor(random() * 8);
	days jsonb := (SELECT coalesce(jsonb_agg(jsonb_build_object('day', d::date, 'working', random() < 0.4)), '[]')
		FROM generate_series(fenbo.now_() - interval '20 days', fenbo.now_() + interval '60 days', interval '1 day') d WHERE random() < 0.2);
	p jsonb := (SELECT policy FROM fenbo.routing_revision WHERE revision = was);
BEGIN
	p := p || jsonb_build_object('working', jsonb_build_object('days', '[1,2,3,4,5,6]'::jsonb, 'am', jsonb_build_array(am, 720), 'pm', jsonb_build_array(pm, 1080)));
	p := jsonb_set(p, '{priorities,normal,handle_days}', to_jsonb(2 + floor(random() * 5)::integer));
	INSERT INTO fenbo.routing_revision (revision, applied_at, applied_by, files, policy) VALUES (was + 1, fenbo.now_(), 'test', '{}', p);
	INSERT INTO fenbo.routing_part VALUES (was + 1, 'calendar', days);
	INSERT INTO fenbo.duty_item SELECT (jsonb_populate_record(NULL::fenbo.duty_item, to_jsonb(d) || jsonb_build_object('revision', was + 1))).*
		FROM fenbo.duty_item d WHERE d.revision = was;
	INSERT INTO fenbo.routing_resolved SELECT was + 1, r.function, r.level, r.area, r.unit FROM fenbo.routing_resolved r WHERE r.revision = was;
	PERFORM fenbo._ladder_compile(was + 1);
	UPDATE fenbo.setting SET value = (was + 1)::text WHERE name = 'routing_revision';
	DELETE FROM fenbo.calendar_day;
	INSERT INTO fenbo.calendar_day (day, working) SELECT (d ->> 'day')::date, (d ->> 'working')::boolean FROM jsonb_array_elements(days) d;
	PERFORM fenbo._working_make();
END
$$;

UPDATE fenbo.routing_revision SET policy = policy || '{"clocks": {"dispatch": {"rungs": [{"at_s": 0, "tell": "supervisor", "do": "priority"}]},
	"contact": {"rungs": [{"share": 0.5, "tell": "unit", "do": "notice"}, {"at_s": 3600, "tell": "supervisor", "do": "supervise"}]},
	"handle": {"rungs": [{"at_s": 36000, "tell": "supervisor", "do": "letter"}]}}}' WHERE revision = 1;
SELECT fenbo._ladder_compile(1);
UPDATE fenbo.ladder_walk SET revision = 1;

CREATE PROCEDURE t.lives(times integer) LANGUAGE plpgsql AS $$
BEGIN
	FOR i IN 1 .. times LOOP
		IF i % 25 = 1 THEN                           -- units have work to do
			PERFORM t.act((ARRAY['anna', 'sue'])[1 + i % 2], 'override', n.name, jsonb_build_object('reason', 'other_unit', 'unit', (ARRAY['BA-ZJ', 'BA-CG'])[1 + floor(random() * 2)],
				'item', (ARRAY['gas', 'noise'])[1 + floor(random() * 2)])) FROM t.name n WHERE (fenbo._peek(n.no)).stage = 'triage' AND random() < 0.7;
		END IF;
		INSERT INTO t.pressed SELECT t.press();
		IF random() < 0.35 THEN
			PERFORM t.wait(make_interval(secs => CASE WHEN random() < 0.5 THEN random() * 600 ELSE random() * 40000 END));
			PERFORM t.login(a) FROM unnest(ARRAY['anna', 'ben', 'dora', 'sue', 'ute', 'uli']) a;
		END IF;
		IF random() < 0.3 THEN PERFORM t.lead(); END IF;
		IF random() < 0.02 THEN PERFORM t.revise(); END IF;
		COMMIT;
	END LOOP;
	PERFORM t.lead();
END
$$;
