-- 0000 roles: who may exist. Groups cannot log in; people and programs are LOGIN roles in exactly one group, made by
-- fenbo.user_add. fenbo_owner owns every object and cannot log in, so nobody can become it from outside;
-- fenbo_rolemaker owns only the functions that make users, because CREATEROLE is nearly superuser in PostgreSQL 15
-- (DESIGN, section 2). fenbo_reader owns the one view that people read, so that row security holds in it, which an
-- owner of the table would bypass. Run by the cluster's superuser, or by a database owner with CREATEROLE. Roles belong
-- to the whole cluster, so they may exist already; their properties are set again all the same. Every later script
-- begins with SET ROLE fenbo_owner and ends with RESET ROLE.

DO $$
DECLARE
	r text;
BEGIN
	FOREACH r IN ARRAY ARRAY['fenbo_owner', 'fenbo_rolemaker', 'fenbo_reader', 'fenbo_dispatcher', 'fenbo_supervisor',
		'fenbo_admin',
	    'fenbo_unit', 'fenbo_feed']
	LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = r) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', r);
		END IF;
		EXECUTE format('ALTER ROLE %I NOLOGIN NOCREATEDB %s', r,
			CASE WHEN r = 'fenbo_rolemaker' THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END);
	END LOOP;
	-- A migrator who is no superuser must be able to SET ROLE to the owners.
	IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
		EXECUTE format('GRANT fenbo_owner, fenbo_rolemaker TO %I', current_user);
	END IF;
	-- The feed's lag is how long the oldest writer has been at it; one may only see that of others with this.
	GRANT pg_read_all_stats TO fenbo_owner;
	GRANT fenbo_reader TO fenbo_owner;
	EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
	EXECUTE format('GRANT CONNECT ON DATABASE %I TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit, fenbo_feed',
		current_database());
	EXECUTE format('GRANT CREATE ON DATABASE %I TO fenbo_owner', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS fenbo;
ALTER SCHEMA fenbo OWNER TO fenbo_owner;
GRANT USAGE ON SCHEMA fenbo TO fenbo_reader, fenbo_rolemaker, fenbo_dispatcher, fenbo_supervisor, fenbo_admin,
	fenbo_unit, fenbo_feed;
ALTER DEFAULT PRIVILEGES FOR ROLE fenbo_owner, fenbo_rolemaker REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- What ran when; a changed script is refused.
CREATE TABLE IF NOT EXISTS fenbo.migration (
	number     integer PRIMARY KEY,
	name       text NOT NULL,
	sha256     text NOT NULL,
	applied_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE fenbo.migration OWNER TO fenbo_owner;
