-- name: accuracy_cases
-- The cases that were decided otherwise than the machine's first unit, newest first.
-- params: $1 timestamptz from, $2 timestamptz until (each may be NULL), $3 text by, $4 text key (as accuracy has them), $5 integer at most
-- result: no, at, title, said_unit, said_p, unit, rank (0 = not among the three), returned boolean, person
SELECT no, at, title, said_unit, said_p, unit, rank, returned, person
FROM fenbo.accuracy_cases($1::timestamptz, $2::timestamptz, $3::text, $4::text, $5::integer);
