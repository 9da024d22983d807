-- name: outbox_take
-- Messages to be carried now; they stand as sending from then on. Without an address: marked unaddressed already.
-- params: $1 int at most, $2 int at most to one server, $3 jsonb {server: how many are on their way to it}
-- result: id bigint, key, tries int, no bigint, target, kind, address, template, fields (JSON), payload (JSON), server
SELECT id, key, tries, no, target, kind, address, template, fields, payload, server FROM fenbo.outbox_take($1::int, $2::int, $3::jsonb)
