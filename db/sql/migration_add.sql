-- name: migration_add
-- Record a migration.
-- params: $1 int number, $2 text name, $3 text sha256
-- result: none
INSERT INTO fenbo.migration (number, name, sha256) VALUES ($1::int, $2::text, $3::text)
