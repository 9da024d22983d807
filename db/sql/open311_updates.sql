-- name: open311_updates
-- What happened to the cases of the key's channel.
-- params: $1 text sha256 of the key, hex; $2 bigint[] ids or NULL; $3 timestamptz from; $4 timestamptz until; $5 int at most; $6 int skipped
-- result: id bigint, no bigint, open boolean, at timestamptz, action, words
SELECT id, no, open, at, action, words
FROM fenbo.open311_updates(decode($1::text, 'hex'), $2::bigint[], $3::timestamptz, $4::timestamptz, $5::int, $6::int)
