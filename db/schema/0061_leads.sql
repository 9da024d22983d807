-- 0061 leads: which unit each lead rule of the duty items means at one place, for the picker of override and parallel. The answer is that
-- of _lead_unit, which decides when the item is named without a unit: what a person is shown is what will happen.
SET ROLE fenbo_owner;

-- No row for a rule that means no unit there; every function@level is one when the place is not known.
CREATE FUNCTION fenbo.leads(at_place text) RETURNS TABLE (rule text, unit text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
	SELECT r.lead, l.unit
	FROM (SELECT DISTINCT lead FROM fenbo.duty_item WHERE revision = fenbo._get('routing_revision')::integer) r,
		LATERAL (SELECT fenbo._lead_unit(r.lead, at_place) AS unit) l
	WHERE l.unit IS NOT NULL
	ORDER BY r.lead
$$;
GRANT EXECUTE ON FUNCTION fenbo.leads(text) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin;

RESET ROLE;
