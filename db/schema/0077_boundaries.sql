-- 0077 boundaries: where the places of the gazetteer end, so that a coordinate without an address finds its community. They stand beside the
-- routing revisions, not in them: they change once in years and are larger than all the rest. Rings as conf/geojson.h writes them, WGS 84;
-- inside and outside change at every ring.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.boundary (
	code  text PRIMARY KEY REFERENCES fenbo.place,
	rings jsonb NOT NULL CHECK (jsonb_typeof(rings) = 'array' AND jsonb_array_length(rings) > 0) -- [[longitude, latitude, …], …]
);
INSERT INTO fenbo.setting VALUES ('boundaries', '0'); -- a number that grows with every change

-- These boundaries take the place of all that were there: [{code, rings}]. Returns the number of the change. invalid names the code that is
-- no place in force, or stands twice, or whose rings are none. Programs learn of it by the event 'boundaries'.
CREATE FUNCTION fenbo.boundaries_put(areas jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
	w fenbo.who := fenbo._who_as('admin');
	change bigint := (SELECT s.value::bigint + 1 FROM fenbo.setting s WHERE s.name = 'boundaries' FOR UPDATE);
	n integer;
	bad text;
BEGIN
	IF jsonb_typeof(areas) IS DISTINCT FROM 'array' THEN
		PERFORM fenbo._fail('invalid', 'areas', 'an array of areas is expected');
	END IF;
	SELECT coalesce(r.code, '') INTO bad FROM jsonb_to_recordset(areas) AS r(code text)
	WHERE NOT EXISTS (SELECT FROM fenbo.place p WHERE p.code = r.code AND p.active) LIMIT 1;
	IF FOUND THEN
		PERFORM fenbo._fail('invalid', left('areas.' || bad, 48), format('the place %s is not in the gazetteer in force', bad));
	END IF;
	DELETE FROM fenbo.boundary;
	INSERT INTO fenbo.boundary SELECT r.code, r.rings FROM jsonb_to_recordset(areas) AS r(code text, rings jsonb);
	GET DIAGNOSTICS n = ROW_COUNT;
	UPDATE fenbo.setting s SET value = change::text WHERE s.name = 'boundaries';
	PERFORM fenbo._event0('boundaries', jsonb_build_object('change', change, 'areas', n), '{}');
	RETURN change;
EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
	PERFORM fenbo._fail('invalid', 'areas', SQLERRM);
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.boundaries_put(jsonb) TO fenbo_admin;

-- The number of the last change, in a row of its own without code; and, unless the caller knows that one already, every area of a place in
-- force. Everybody may read them.
CREATE FUNCTION fenbo.boundaries(known bigint) RETURNS TABLE (change bigint, code text, rings jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
	SELECT s.value::bigint, NULL, NULL FROM fenbo.setting s WHERE s.name = 'boundaries'
	UNION ALL
	SELECT s.value::bigint, b.code, b.rings FROM fenbo.setting s, fenbo.boundary b JOIN fenbo.place p ON p.code = b.code AND p.active
	WHERE s.name = 'boundaries' AND s.value::bigint IS DISTINCT FROM known
$$;
GRANT EXECUTE ON FUNCTION fenbo.boundaries(bigint) TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit, fenbo_feed;

RESET ROLE;
