-- 0006 feed: the log as its readers follow it. The order is (tx, id), and only what lies below the oldest transaction
-- still running is given out, so nothing is ever skipped. That is not the order of commits: every frame carries the
-- case's version, and a reader applies only a higher one (DESIGN, section 2). A cursor is EPOCH-TX-ID: everything up to
-- it has been read.
SET ROLE fenbo_owner;

-- Changes when this is another history: on restore (another system or time line), on fail-over (another time line).
CREATE FUNCTION fenbo._epoch() RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT left(encode(sha256(convert_to(s.value || ' ' || c.system_identifier || ' ' ||
		left(pg_walfile_name(pg_current_wal_lsn()), 8), 'UTF8')), 'hex'), 12)
	FROM fenbo.setting s, pg_control_system() c WHERE s.name = 'epoch'
$$;

-- The cursor of a snapshot: taken in the same transaction (repeatable read) as the queue, it stands before everything
-- that the snapshot may have missed. What it saw and the feed repeats is known by its version.
CREATE FUNCTION fenbo.feed_cursor() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT fenbo._epoch() || '-' || pg_snapshot_xmin(pg_current_snapshot()) || '-0'
$$;
GRANT EXECUTE ON FUNCTION fenbo.feed_cursor() TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit,
	fenbo_feed;

-- At most `most` events after the cursor, in the feed's order. data is the frame's whole payload: what the event keeps,
-- and title, place, at, by; `was` is where the case stood before (desk, unit, assist), if it moved. Events of no case
-- (no = 0) come too; people get only
-- 'route' and what alarms there are of those. Alarms that an event brings, or acknowledges, stand in data as it has them. gone: another epoch, a cursor that is not ours, or one older
-- than what is kept (48 h, moved on by maintain()). Cheap when nothing has come: one partition's index is looked at.
-- People read within their scope; consoles do so when fenbod is gone. A case that has just left somebody's scope is
-- still told to him once, by the event that took it there, as far as its `before` shows where it was.
CREATE FUNCTION fenbo.feed_read(after text, most integer) RETURNS TABLE (cursor text, action text, no bigint,
	version integer,
	at timestamptz, actor text, data jsonb, was jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	epoch text := fenbo._epoch();
	part text[] := regexp_match(after, '^([0-9a-f]{12})-(\d{1,19})-(\d{1,18})$');
	xmin_ xid8 := pg_snapshot_xmin(pg_current_snapshot());
	tx_ xid8;
	id_ bigint;
	f fenbo.feed_floor;
	found fenbo.event[];
	w fenbo.who := fenbo._who();
	s fenbo.scope := fenbo._scope(w);
	from_ timestamptz;
	until_ timestamptz;
BEGIN
	IF part IS NULL OR part[1] <> epoch THEN
		PERFORM fenbo._fail('gone', 'cursor', 'older than what is kept: take a new snapshot');
	END IF;
	tx_ := part[2]::xid8; id_ := part[3]::bigint;
	SELECT * INTO f FROM fenbo.feed_floor;
	IF (tx_, id_) < (f.tx, f.id) OR tx_ > pg_snapshot_xmax(pg_current_snapshot()) THEN
		PERFORM fenbo._fail('gone', 'cursor', 'older than what is kept: take a new snapshot');
	END IF;
	-- Times only narrow down the partitions: an event's time may differ from its place in the log by as long as a
	-- transaction may take. With a test clock they say nothing.
	IF EXISTS (SELECT FROM fenbo.setting t WHERE t.name = 'test_clock' AND t.value = 'on') THEN
		from_ := '-infinity'; until_ := 'infinity';
	ELSE
		from_ := f.at - interval '6 hours'; until_ := clock_timestamp() + interval '1 hour';
	END IF;
	-- The log alone first: most polls find nothing, and then the other tables need not even be planned for.
	found := ARRAY(SELECT x FROM fenbo.event x WHERE (x.tx, x.id) > (tx_, id_) AND x.tx < xmin_ AND x.at >= from_
		AND x.at < until_
			AND (x.no <> 0 OR x.action IN ('route', 'alarm', 'acknowledge') OR w.role = 'feed')
			AND (s.whole OR x.no = 0 OR x.after ->> 'desk' = ANY (s.desks) OR x.after ->> 'unit' = ANY (s.units)
				OR x.after -> 'assist' ?| s.units OR x.before #>> '{row,desk}' = ANY (s.desks)
					OR x.before #>> '{row,unit}' = ANY (s.units))
		ORDER BY x.tx, x.id LIMIT most);
	IF cardinality(found) = 0 THEN RETURN; END IF;
	RETURN QUERY
	SELECT epoch || '-' || e.tx || '-' || e.id, e.action, e.no, e.version, e.at, e.actor,
		e.after || jsonb_build_object('title', coalesce(q.title, a.state #>> '{row,title}'),
			'place', coalesce(q.place_name, a.state #>> '{row,place_name}'), 'at', e.at, 'by', e.actor)
			|| CASE WHEN e.args ?| '{alarm,acknowledged}' THEN jsonb_strip_nulls(jsonb_build_object('alarm', e.args -> 'alarm',
				'acknowledged', e.args -> 'acknowledged')) ELSE '{}' END,
		CASE WHEN e.before -> 'row' ?| '{desk,unit,assist}' THEN jsonb_build_object('desk', e.before #> '{row,desk}',
			'unit', e.before #> '{row,unit}',
			'assist', e.before #> '{row,assist}') END
	FROM unnest(found) e
	-- OFFSET 0: each row looks its case up; as a join, a busy moment would have read the whole queue.
	LEFT JOIN LATERAL (SELECT t.no, t.title, t.place_name FROM fenbo.queue t WHERE t.no = e.no OFFSET 0) q ON true
	LEFT JOIN LATERAL (SELECT t.state FROM fenbo.appeal t WHERE t.no = e.no AND q.no IS NULL AND e.no <> 0) a ON true
	ORDER BY e.tx, e.id;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.feed_read(text, integer) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit,
	fenbo_feed;

-- How far the feed lags: seconds since the oldest transaction that holds the cursor back began (0 = nothing does), and
-- events below the cursor's horizon that are not given out yet.
CREATE FUNCTION fenbo.feed_lag(OUT held_s double precision, OUT waiting bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT CASE WHEN pg_snapshot_xmin(x) = pg_snapshot_xmax(x) THEN 0
		ELSE coalesce((SELECT extract(epoch FROM clock_timestamp() - min(xact_start))
			FROM pg_stat_get_activity(NULL) WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()), 0) END,
		CASE WHEN pg_snapshot_xmin(x) = pg_snapshot_xmax(x) THEN 0 ELSE
			(SELECT count(*) FROM fenbo.event e WHERE e.tx >= pg_snapshot_xmin(x)
				AND e.at > now() - interval '1 day') END
	FROM pg_current_snapshot() x
$$;
GRANT EXECUTE ON FUNCTION fenbo.feed_lag() TO fenbo_feed, fenbo_admin;

RESET ROLE;
