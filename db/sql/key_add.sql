-- name: key_add
-- Record an API key by its hash.
-- params: $1 text name, $2 text channel or NULL, $3 text unit or NULL, $4 text[] rights, $5 int requests a minute, $6 bytea sha256 of the key
-- result: id int
SELECT fenbo.key_add($1::text, $2::text, $3::text, $4::text[], $5::int, $6::bytea)
