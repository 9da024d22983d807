-- name: key_check
-- What a key is and may do.
-- params: $1 text sha256 of the key, hex
-- result: id int, name, channel, channel_name, channel_place, unit, rights (blank between), rate int; no row when unknown or revoked
SELECT id, name, channel, channel_name, channel_place, unit, array_to_string(rights, ' '), rate
FROM fenbo.key_check(decode($1::text, 'hex'))
