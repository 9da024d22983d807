-- name: migration_settings
-- What 0001_tables.sql is to write down about the centre; only a new database takes it.
-- params: $1 text name of the centre or NULL, $2 text IANA time zone or NULL
-- result: one row, nothing of interest
SELECT set_config('fenbo.centre_name', coalesce($1, ''), false), set_config('fenbo.time_zone', coalesce($2, ''), false)
