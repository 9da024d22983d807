-- name: zone_known
-- What this role can know of the centre's time zone: whether it may ask for it, and what its account was given.
-- params: none
-- result: may_ask boolean, zone text or NULL
SELECT coalesce(has_function_privilege(to_regprocedure('fenbo.centre_zone()'), 'EXECUTE'), false),
       (SELECT substr(setting, strpos(setting, '=') + 1)
        FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) AS setting
        WHERE r.rolname = session_user AND lower(setting) LIKE 'timezone=%'
          AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        ORDER BY s.setdatabase DESC LIMIT 1)
