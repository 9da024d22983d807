-- 0041 actions: claim, release, next. `next` is what a room of a hundred dispatchers presses all day: no subtransaction, one pass down
-- the index queue_free, one write of the row, one event.
SET ROLE fenbo_owner;

CREATE FUNCTION fenbo._need_session(w fenbo.who) RETURNS void
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF w.session IS NULL THEN
		PERFORM fenbo._fail('missing', 'session', 'log in first: a claim lives as long as its session');
	END IF;
END
$$;

-- Put the caller's lease on the locked case `o`.
CREATE FUNCTION fenbo._lease_it(c fenbo.call, o fenbo.queue, action text) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
	e record;
BEGIN
	q.version := o.version + 1;
	q.session := (c.who).session; q.owner := (c.who).account; q.lease_until := c.now + fenbo._lease();
	e := fenbo._log(c, q, action, CASE WHEN o.session IS NULL
		THEN '{"row": {"owner": null, "session": null, "lease_until": null}}'::jsonb
		ELSE jsonb_build_object('row', jsonb_build_object('owner', o.owner, 'session', o.session, 'lease_until', o.lease_until)) END,
		'{}');
	UPDATE fenbo.queue t SET version = q.version, session = q.session, owner = q.owner, lease_until = q.lease_until, head = e.hash
	WHERE t.no = q.no;
	RETURN ROW (q.version, q.stage, e.id)::fenbo.done;
END
$$;

-- Claiming what one holds already only renews it: no event, nobody need hear of it.
CREATE FUNCTION fenbo._do_claim(c fenbo.call, o fenbo.queue) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM fenbo._need_session(c.who);
	IF o.session = (c.who).session THEN
		UPDATE fenbo.queue t SET lease_until = c.now + fenbo._lease() WHERE t.no = o.no;
		RETURN ROW (o.version, o.stage, NULL)::fenbo.done;
	END IF;
	RETURN fenbo._lease_it(c, o, 'claim');
END
$$;

-- A supervisor may give back what somebody else holds.
CREATE FUNCTION fenbo._do_release(c fenbo.call, o fenbo.queue) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
BEGIN
	IF o.session IS NULL THEN
		PERFORM fenbo._fail('impossible', 'id', 'nobody holds the case', o.version);
	END IF;
	q.version := o.version + 1;
	q.session := NULL; q.owner := NULL; q.lease_until := NULL;
	RETURN fenbo._write(c, o, q, 'release', NULL, jsonb_build_object('held_by', o.owner));
END
$$;

-- Whoever looks for the most pressing free case must step over every row that somebody is just claiming; with a hundred at it each
-- pays for ninety-nine. So 48 at most are at it at once (enough for one flush of the log to serve many) and the others stand in
-- line, first come first served: it costs less than the crowd did, and the longest wait is a fraction. The line waits for no row, so nothing
-- can close a circle; somebody who falls asleep in his transaction holds up his place in it for 200 ms at most, then the others go
-- on without it.
CREATE FUNCTION fenbo._stand_in_line(place integer) RETURNS void
LANGUAGE plpgsql SET lock_timeout = '200ms' AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(4660, place);
EXCEPTION WHEN lock_not_available THEN
	NULL;
END
$$;

-- The most pressing free case of the caller's desk, leased; no row when there is none. A supervisor gets what was sent up
-- first. Locked rows are somebody else's already and are passed over: no two callers ever get the same.
--
-- Who has his hands full decides first: policy balance.most_held (0 = no limit), which 0095 keeps as a setting.
--
-- The planner must walk the index in its order whatever it believes about the table (a plan made in the morning over an empty
-- queue would sort 100,000 rows at noon), so sorting is closed to it here. And one
-- plan will do: a console's first claims should not be spent on making five.
CREATE FUNCTION fenbo._do_next() RETURNS fenbo.act_row
LANGUAGE plpgsql SET enable_sort = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	w fenbo.who := fenbo._who();
	c fenbo.call := ROW (w, NULL, fenbo.now_(), NULL);
	at_desk text := coalesce(w.desk, 'centre');
	most integer;
	q fenbo.queue;
	d fenbo.done;
BEGIN
	IF w.role NOT IN ('dispatcher', 'supervisor') AND 'owner' <> ALL (w.rights) THEN
		PERFORM fenbo._fail('forbidden', 'action', format('a %s may not next', w.role));
	END IF;
	PERFORM fenbo._need_session(w);
	IF w.role = 'dispatcher' THEN                    -- here and not in a function of its own: everybody passes at every press
		SELECT value::integer INTO most FROM fenbo.setting WHERE name = 'most_held';
		IF most > 0 AND EXISTS (SELECT FROM fenbo.queue t WHERE t.session = w.session AND t.stage = 'triage' OFFSET most - 1) THEN
			PERFORM fenbo._fail('impossible', 'held', format('you hold %s cases that are not decided: decide them or give some back', most));
		END IF;
	END IF;
	IF NOT pg_try_advisory_xact_lock(4660, pg_backend_pid() % 48) THEN
		PERFORM fenbo._stand_in_line(pg_backend_pid() % 48);
	END IF;
	IF w.role = 'supervisor' THEN
		SELECT * INTO q FROM fenbo.queue t
		WHERE t.desk = at_desk AND t.stage = 'triage' AND t.session IS NULL AND t.flags & 257 <> 0
		ORDER BY t.priority, t.rank_at, t.no LIMIT 1 FOR UPDATE SKIP LOCKED;
	END IF;
	IF q.no IS NULL THEN
		SELECT * INTO q FROM fenbo.queue t
		WHERE t.desk = at_desk AND t.stage = 'triage' AND t.session IS NULL AND t.flags & 257 = 0
		ORDER BY t.priority, t.rank_at, t.no LIMIT 1 FOR UPDATE SKIP LOCKED;
	END IF;
	IF q.no IS NULL THEN RETURN NULL; END IF;
	d := fenbo._lease_it(c, q, 'next');
	RETURN ROW (q.no, true, d.version, d.stage, d.event, NULL, NULL, NULL, NULL, NULL)::fenbo.act_row;
END
$$;

RESET ROLE;
