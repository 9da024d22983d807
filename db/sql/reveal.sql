-- name: reveal
-- Name, phone and identity, on the record.
-- params: $1 bigint case number, $2 text why
-- result: name, phone, identity
SELECT name, phone, identity FROM fenbo.reveal($1::bigint, $2::text);
