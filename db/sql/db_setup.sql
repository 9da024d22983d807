-- name: db_setup
-- What every connection is told first: forms that db/row.c can read in any server's setting, and the statement time-out.
-- params: $1 text    statement_timeout, with unit; NULL = what the role has
-- result: one row, nothing of interest
SELECT set_config('statement_timeout', coalesce($1, current_setting('statement_timeout')), false),
       set_config('datestyle', 'ISO, YMD', false),
       set_config('bytea_output', 'hex', false),
       set_config('search_path', 'pg_catalog', false)
