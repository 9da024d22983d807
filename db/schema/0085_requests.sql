-- 0085 requests: what a unit may not do alone: to pause for a reason that policy wants approved, and to have more working days. Both wait
-- for the supervisor; one stands at a time. What he grants counts from the moment it was asked for: his own delay costs the unit nothing,
-- and what was found late meanwhile is taken back (0039).
SET ROLE fenbo_owner;

CREATE TABLE fenbo.request (
	no         bigint NOT NULL,
	version    integer NOT NULL,
	kind       text NOT NULL CHECK (kind IN ('extend', 'pause')),
	asked_by   text NOT NULL,
	asked_at   timestamptz NOT NULL,
	unit       text,
	days       integer,                              -- extend: working days
	until      timestamptz,                          -- pause
	reason     text,                                 -- a code, NULL when it was typed
	decided_by text,
	decided_at timestamptz,
	decision   text CHECK (decision IN ('yes', 'no', 'lapsed')),
	decided_version integer,
	undone     boolean NOT NULL DEFAULT false,
	PRIMARY KEY (no, version)
);
CREATE UNIQUE INDEX request_open ON fenbo.request (no) WHERE decision IS NULL AND NOT undone;

-- The request that stands, or the newest, for fenbo.show; NULL for none.
CREATE FUNCTION fenbo._request(no bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT jsonb_strip_nulls(jsonb_build_object('version', r.version, 'kind', r.kind, 'asked_at', r.asked_at, 'asked_by', r.asked_by,
			'person', fenbo._person(r.asked_by, (SELECT e.person FROM fenbo.event e WHERE e.no = r.no AND e.version = r.version ORDER BY e.id LIMIT 1)),
			'unit', r.unit, 'days', r.days, 'until', r.until, 'decision', r.decision, 'decided_at', r.decided_at, 'decided_by', fenbo._person(r.decided_by),
			'reason', (SELECT m.text FROM fenbo.remark m WHERE m.no = r.no AND m.version = r.version AND m.kind = 'reason'),
			'text', (SELECT m.text FROM fenbo.remark m WHERE m.no = r.no AND m.version = r.version AND m.kind = 'ask'),
			'answer', (SELECT m.text FROM fenbo.remark m WHERE m.no = r.no AND m.version = r.decided_version AND m.kind = 'approve')))
		FROM fenbo.request r WHERE r.no = _request.no AND NOT r.undone ORDER BY r.version DESC LIMIT 1);
END
$$;

CREATE FUNCTION fenbo._judge_asking(o fenbo.queue) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF o.flags & 1024 <> 0 THEN
		PERFORM fenbo._fail('impossible', 'flags', 'a request stands already: the supervisor has to decide it', o.version);
	END IF;
END
$$;

CREATE FUNCTION fenbo._call_supervisors(no bigint, desk text, kind text, unit text, days integer, until timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._alarm(no, 'request', 'notice', 'supervisor', desk, NULL, kind || ' asked',
		jsonb_strip_nulls(jsonb_build_object('unit', unit, 'days', days, 'until', until)));
END
$$;

-- The request itself: it stands beside the row, the row shows that somebody is waited for, the supervisors hear of it.
CREATE FUNCTION fenbo._ask(c fenbo.call, o fenbo.queue, kind text, days integer, until timestamptz, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	ev jsonb := jsonb_strip_nulls(jsonb_build_object('kind', kind, 'days', days, 'until', until, 'unit', o.unit));
BEGIN
	q.version := o.version + 1;
	q.flags := o.flags | 1024;
	ev := fenbo._keep(q, 'ask', fenbo._arg(args, 'text', 20000), fenbo._keep_reason(q, kind, args, ev));
	INSERT INTO fenbo.request (no, version, kind, asked_by, asked_at, unit, days, until, reason)
	VALUES (q.no, q.version, kind, (c.who).account, c.now, o.unit, days, until, ev ->> 'code');
	PERFORM fenbo._call_supervisors(q.no, q.desk, kind, o.unit, days, until);
	RETURN fenbo._write(c, o, q, CASE kind WHEN 'extend' THEN 'extend' ELSE 'ask' END, NULL, ev);
END
$$;

-- --- pause ----------------------------------------------------------------------------------------------------------

CREATE FUNCTION fenbo._longest_pause() RETURNS integer
LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN fenbo._policy_int('{pause,longest_s}', 15 * 86400); END $$;

-- Does policy want this reason approved? A typed one cannot be judged by its code: it does, wherever any does.
CREATE FUNCTION fenbo._wants_approval(reason text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
	codes jsonb := (SELECT r.policy #> '{pause,approval}' FROM fenbo.routing_revision r WHERE r.revision = fenbo._revision());
BEGIN
	IF coalesce(jsonb_array_length(codes), 0) = 0 THEN RETURN false; END IF;
	RETURN codes ? reason OR NOT EXISTS (SELECT FROM fenbo.reason r WHERE r.action = 'pause' AND r.code = _wants_approval.reason);
END
$$;

-- The clocks of the case stand still from `at` on, and run on by themselves after `until`. `q` is one version on.
CREATE FUNCTION fenbo._hold(q fenbo.queue, at timestamptz, until timestamptz) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._clock_pause(q.no, at);
	q.flags := q.flags | 2048;
	q.paused_until := until;
	RETURN fenbo._face(q);
END
$$;

-- The clocks of a paused case run on from `at`.
CREATE FUNCTION fenbo._run_on(q fenbo.queue, at timestamptz) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._clock_resume(q.no, at);
	q.flags := q.flags & ~2048;
	q.paused_until := NULL;
	RETURN fenbo._face(q);
END
$$;

CREATE FUNCTION fenbo._do_pause(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	reason text := fenbo._arg(args, 'reason', 1000);
	until timestamptz := fenbo._arg_time(args, 'until', c.now);
	longest interval := make_interval(secs => fenbo._longest_pause());
	clocks jsonb := fenbo._clocks(o.no);
	q fenbo.queue := o;
	ev jsonb;
BEGIN
	IF o.flags & 2048 <> 0 THEN
		PERFORM fenbo._fail('impossible', 'flags', 'the case is paused already', o.version);
	ELSIF EXISTS (SELECT FROM fenbo.request r WHERE r.no = o.no AND r.kind = 'pause' AND r.decision IS NULL AND NOT r.undone) THEN
		PERFORM fenbo._judge_asking(o);
	ELSIF until > c.now + longest THEN
		PERFORM fenbo._fail('invalid', 'until', format('a pause lasts at most %s days', trim_scale(round(extract(epoch FROM longest) / 86400, 1))), o.version);
	END IF;
	until := coalesce(until, c.now + longest);
	IF (c.who).role = 'unit' AND fenbo._wants_approval(reason) THEN
		PERFORM fenbo._judge_asking(o);
		RETURN fenbo._ask(c, o, 'pause', NULL, until, args);
	END IF;
	q.version := o.version + 1;
	q := fenbo._hold(q, c.now, until);
	ev := fenbo._keep_reason(q, 'pause', args, jsonb_build_object('until', until));
	ev := fenbo._keep(q, 'pause', fenbo._arg(args, 'text', 20000), ev);
	IF (c.who).role <> 'unit' THEN
		PERFORM fenbo._tell(c, q, 'unit:' || q.unit, 'paused', jsonb_build_object('until', until));
	END IF;
	RETURN fenbo._write(c, o, q, 'pause', clocks, ev);
END
$$;

CREATE FUNCTION fenbo._do_resume(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	clocks jsonb := fenbo._clocks(o.no);
BEGIN
	IF o.flags & 2048 = 0 THEN
		PERFORM fenbo._fail('impossible', 'flags', 'the case is not paused', o.version);
	END IF;
	q.version := o.version + 1;
	q := fenbo._run_on(q, least(c.now, o.paused_until));
	IF (c.who).role <> 'unit' THEN
		PERFORM fenbo._tell(c, q, 'unit:' || q.unit, 'resumed');
	END IF;
	RETURN fenbo._write(c, o, q, 'resume', clocks, fenbo._keep(q, 'resume', fenbo._arg(args, 'text', 20000), '{}'));
END
$$;

-- For the leader's sweep: pauses whose time is over end at that very second, however late the sweep comes. Rows that somebody is working on
-- wait for the next turn; what fails costs only itself. Returns how many.
CREATE FUNCTION fenbo._resume_due(most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	c fenbo.call := fenbo._system_call(fenbo.now_());
	q fenbo.queue;
	over timestamptz;
	clocks jsonb;
	n integer := 0;
BEGIN
	FOR q IN SELECT * FROM fenbo.queue t WHERE t.paused_until <= c.now ORDER BY t.paused_until, t.no LIMIT most FOR UPDATE SKIP LOCKED LOOP
		BEGIN
			over := q.paused_until;
			clocks := fenbo._clocks(q.no);
			q := fenbo._run_on(q, over);
			PERFORM fenbo._write_also(c, q, 'resume', jsonb_build_object('until', over) || fenbo._clock_args(q, clocks));
			q.version := q.version + 1;                  -- word of this, and of nothing that somebody may take back
			PERFORM fenbo._tell(c, q, 'unit:' || q.unit, 'resumed');
			n := n + 1;
		EXCEPTION WHEN OTHERS THEN
			RAISE WARNING 'fenbo.sweep: % does not run on: %', q.no, SQLERRM;
		END;
	END LOOP;
	RETURN n;
END
$$;

-- --- more time ------------------------------------------------------------------------------------------------------

CREATE FUNCTION fenbo._do_extend(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	most integer := fenbo._policy_int('{extend,days}', 10);
	times integer := fenbo._policy_int('{extend,times}', 1);
	given integer;
	due timestamptz;
BEGIN
	IF coalesce(args ->> 'days', '') !~ '^\d{1,4}$' OR (args ->> 'days')::integer < 1 THEN
		PERFORM fenbo._fail('invalid', 'days', 'a number of working days is expected', o.version);
	ELSIF (args ->> 'days')::integer > most THEN
		PERFORM fenbo._fail('invalid', 'days', format('an extension is at most %s working days', most), o.version);
	END IF;
	PERFORM fenbo._judge_asking(o);
	SELECT count(*) INTO given FROM fenbo.request r WHERE r.no = o.no AND r.kind = 'extend' AND r.decision = 'yes' AND NOT r.undone;
	SELECT k.due_at INTO due FROM fenbo.clock k WHERE k.no = o.no AND k.kind = 'handle' AND k.stopped_at IS NULL;
	IF given >= times THEN
		PERFORM fenbo._fail('impossible', 'days', format('the case was extended already: %s of %s times', given, times), o.version);
	ELSIF due < c.now AND o.flags & 2048 = 0 AND NOT coalesce((SELECT (r.policy #>> '{extend,late}')::boolean FROM fenbo.routing_revision r
			WHERE r.revision = fenbo._revision()), false) THEN
		PERFORM fenbo._fail('impossible', 'due_at', 'the limit has run out: it cannot be extended any more', o.version);
	END IF;
	RETURN fenbo._ask(c, o, 'extend', (args ->> 'days')::integer, NULL, args);
END
$$;

-- --- the supervisor decides -----------------------------------------------------------------------------------------

-- A pause that was granted: from when it was asked for, as far as that is not over already.
CREATE FUNCTION fenbo._granted_pause(c fenbo.call, q fenbo.queue, r fenbo.request) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
BEGIN
	q := fenbo._hold(q, r.asked_at, r.until);
	IF r.until <= c.now THEN q := fenbo._run_on(q, r.until); END IF;
	RETURN q;
END
$$;

CREATE FUNCTION fenbo._do_approve(c fenbo.call, o fenbo.queue, args jsonb) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	said text := fenbo._arg(args, 'decision', 8);
	r fenbo.request;
	q fenbo.queue := o;
	clocks jsonb := fenbo._clocks(o.no);
	ev jsonb;
BEGIN
	IF said NOT IN ('yes', 'no') THEN
		PERFORM fenbo._fail('invalid', 'decision', 'yes or no is expected');
	END IF;
	SELECT * INTO r FROM fenbo.request t WHERE t.no = o.no AND t.decision IS NULL AND NOT t.undone;
	IF r.no IS NULL THEN
		PERFORM fenbo._fail_since(o, 'impossible', 'flags', 'nothing is asked for');
	END IF;
	q.version := o.version + 1;
	q.flags := o.flags & ~1024;
	UPDATE fenbo.request t SET decision = said, decided_by = (c.who).account, decided_at = c.now, decided_version = q.version
	WHERE t.no = r.no AND t.version = r.version;
	PERFORM fenbo._alarm_settle(o.no, 'request');
	IF said = 'yes' AND r.kind = 'extend' THEN
		PERFORM fenbo._clock_extend(o.no, 'handle', r.days, r.asked_at);
	ELSIF said = 'yes' THEN
		q := fenbo._granted_pause(c, q, r);
	END IF;
	IF said = 'yes' THEN PERFORM fenbo._ladder_again(o.no, clocks); END IF;
	q := fenbo._face(q);
	ev := jsonb_strip_nulls(jsonb_build_object('kind', r.kind, 'decision', said, 'request', r.version, 'asked_at', r.asked_at,
		'days', r.days, 'until', r.until, 'unit', r.unit));
	ev := fenbo._keep(q, 'approve', fenbo._arg(args, 'text', 20000), ev);
	PERFORM fenbo._tell(c, q, 'unit:' || q.unit, CASE said WHEN 'yes' THEN 'granted' ELSE 'refused' END,
		jsonb_strip_nulls(jsonb_build_object('kind', r.kind, 'days', r.days, 'until', r.until, 'remark', 'approve')));
	RETURN fenbo._write(c, o, q, 'approve', clocks, ev);
END
$$;

-- --- the end of it --------------------------------------------------------------------------------------------------

-- A case that leaves its unit waits for nobody's word any more and is not paused: every action that takes it away comes by here (_write). Passing
-- it down the tree is no leaving; an undo puts back what stood.
CREATE FUNCTION fenbo._stand_down(c fenbo.call, o fenbo.queue, q fenbo.queue, action text) RETURNS fenbo.queue
LANGUAGE plpgsql AS $$
BEGIN
	IF action IN ('subdispatch', 'undo') OR (q.stage IN ('dispatched', 'handling') AND q.unit IS NOT DISTINCT FROM o.unit) THEN
		RETURN q;
	END IF;
	UPDATE fenbo.request r SET decision = 'lapsed', decided_by = (c.who).account, decided_at = c.now, decided_version = q.version
	WHERE r.no = o.no AND r.decision IS NULL AND NOT r.undone;
	PERFORM fenbo._alarm_settle(o.no, 'request');
	IF q.flags & 2048 <> 0 AND q.stage NOT IN ('closed', 'merged') THEN
		q := fenbo._run_on(q, least(c.now, o.paused_until));
	END IF;
	q.flags := q.flags & ~3072;
	q.paused_until := NULL;
	RETURN q;
END
$$;

CREATE FUNCTION fenbo._undo_requests(e fenbo.event) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	again fenbo.request;
BEGIN
	UPDATE fenbo.request r SET decision = NULL, decided_by = NULL, decided_at = NULL, decided_version = NULL
	WHERE r.no = e.no AND r.decided_version = e.version RETURNING * INTO again;
	IF again.no IS NOT NULL THEN                     -- it stands again, and waits for somebody
		PERFORM fenbo._call_supervisors(again.no, e.after ->> 'desk', again.kind, again.unit, again.days, again.until);
	END IF;
	UPDATE fenbo.request r SET undone = true WHERE r.no = e.no AND r.version = e.version;
	IF FOUND THEN PERFORM fenbo._alarm_settle(e.no, 'request'); END IF;
END
$$;

RESET ROLE;
