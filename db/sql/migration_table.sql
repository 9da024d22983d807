-- name: migration_table
-- Is this database one of ours?
-- params: none
-- result: boolean
SELECT to_regclass('fenbo.migration') IS NOT NULL
