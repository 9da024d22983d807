-- name: intake_many
-- Up to 1,000 appeals of several keys, in one transaction; lines are numbered through.
-- params: $1 text hashes of the keys, hex, blank between; $2 jsonb array of arrays of rows, in the order of the keys
-- result: line int, status, no bigint, field, error, message
SELECT line, status, no, field, error, message
FROM fenbo.intake_many(
	ARRAY(SELECT b FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY t(b, i) ORDER BY i),
	ARRAY(SELECT decode(h, 'hex') FROM unnest(string_to_array($1::text, ' ')) WITH ORDINALITY t(h, i) ORDER BY i))
