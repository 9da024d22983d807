-- 0075 accuracy_cases: the cases behind a line of fenbo.accuracy.
SET ROLE fenbo_owner;

-- Those that were decided otherwise than the machine's first unit, or that the unit sent back, newest first: what was said and how surely, what
-- people decided, and where that stood among the three (0 = not among them). by_ and key_ as fenbo.accuracy has them; only cases in scope.
CREATE FUNCTION fenbo.accuracy_cases(from_ timestamptz, until_ timestamptz, by_ text, key_ text, most integer) RETURNS TABLE (no bigint,
	at timestamptz, title text, said_unit text, said_p double precision, unit text, rank smallint, returned boolean, person text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
DECLARE
	w fenbo.who := fenbo._who_as('supervisor', 'admin');
	s fenbo.scope := fenbo._scope(w);
BEGIN
	RETURN QUERY
	SELECT d.no, d.at, a.title, coalesce(d.said_unit, ''), coalesce(d.said_p, 0)::double precision, coalesce(d.unit, ''), d.rank::smallint,
		d.gone IS NOT DISTINCT FROM 'return', coalesce(t.person, d.actor, '')
	FROM fenbo._decisions(from_, until_) d JOIN fenbo.appeal a ON a.no = d.no LEFT JOIN fenbo.account t ON t.name = d.actor
	WHERE d.right1 IS NOT TRUE AND fenbo._counted_as(d, by_) = key_ AND (s.whole OR fenbo._in_scope(s, fenbo._peek(d.no)))
	ORDER BY d.at DESC, d.no DESC LIMIT least(greatest(most, 1), 500);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.accuracy_cases(timestamptz, timestamptz, text, text, integer) TO fenbo_supervisor, fenbo_admin;

RESET ROLE;
