-- name: outbox_take
-- Messages to be carried now; they stand as sending from then on. Without an address: marked unaddressed already.
-- params: $1 int at most, $2 int at most to one target, $3 text[] targets to leave alone
-- result: id bigint, key, tries int, no bigint, target, kind, address, template, fields (JSON), payload (JSON)
SELECT id, key, tries, no, target, kind, address, template, fields, payload FROM fenbo.outbox_take($1::int, $2::int, $3::text[])
