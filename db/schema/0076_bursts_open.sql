-- 0076 bursts_open: the groups of one incident as the queue's rows show them.
SET ROLE fenbo_owner;

-- The groups that have an open case in the caller's scope, and how many people told of each (as fenbo._burst_people counts them). One statement
-- for all of them: every console asks it when a frame says that a group has grown.
CREATE FUNCTION fenbo.bursts() RETURNS TABLE (id bigint, people integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	s fenbo.scope := fenbo._scope(fenbo._who());
BEGIN
	RETURN QUERY
	SELECT g.burst, (count(DISTINCT d.digits) + count(*) FILTER (WHERE d.digits IS NULL))::integer
	FROM (SELECT q.burst FROM fenbo.queue q WHERE q.burst IS NOT NULL AND (s.whole OR fenbo._in_scope(s, q)) GROUP BY q.burst) g
	JOIN fenbo.burst_case b ON b.burst = g.burst AND b.out_at IS NULL LEFT JOIN fenbo.citizen c ON c.no = b.no
	CROSS JOIN LATERAL (SELECT CASE WHEN length(fenbo._phone_digits(c.phone)) >= 7 THEN fenbo._phone_digits(c.phone) END AS digits) d
	GROUP BY g.burst;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.bursts() TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin;

RESET ROLE;
