-- 0076 bursts_open: the groups of one incident as the queue shows them.
SET ROLE fenbo_owner;

CREATE INDEX IF NOT EXISTS queue_burst ON fenbo.queue (burst) WHERE burst IS NOT NULL;

-- The groups that have an open case in the caller's scope, and how many people told of each: a telephone number is one, and so is each case
-- without one.
CREATE FUNCTION fenbo.bursts() RETURNS TABLE (id bigint, people integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	s fenbo.scope := fenbo._scope(fenbo._who());
BEGIN
	RETURN QUERY
	SELECT q.burst, count(DISTINCT coalesce(nullif(c.phone, ''), q.no::text))::integer
	FROM fenbo.queue q LEFT JOIN fenbo.citizen c ON c.no = q.no
	WHERE q.burst IS NOT NULL AND (s.whole OR fenbo._in_scope(s, q))
	GROUP BY q.burst;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.bursts() TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit;

RESET ROLE;
