-- name: migration_list
-- What has been migrated.
-- params: none
-- result: number int, sha256 text
SELECT number, sha256 FROM fenbo.migration ORDER BY number
