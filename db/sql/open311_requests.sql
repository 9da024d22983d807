-- name: open311_requests
-- Requests of the key's channel.
-- params: $1 text sha256 of the key, hex; $2 bigint[] ids or NULL; $3 text[] codes or NULL; $4 boolean open; $5 boolean closed; $6 timestamptz from; $7 timestamptz until; $8 int at most; $9 int skipped
-- result: no bigint, open boolean, stage, outcome, final_no bigint, item, item_name, text, unit_name, address, lat real, long real, received_at, updated_at, due_at timestamptz
SELECT no, open, stage, outcome, final_no, item, item_name, text, unit_name, address, lat, long, received_at, updated_at, due_at
FROM fenbo.open311_requests(decode($1::text, 'hex'), $2::bigint[], $3::text[], $4::boolean, $5::boolean, $6::timestamptz,
	$7::timestamptz, $8::int, $9::int)
