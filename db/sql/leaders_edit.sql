-- name: leaders_edit
-- Change a leaders' list: add, drop, move or remark a case.
-- params: $1 date, $2 int version, $3 text op, $4 bigint number, $5 int place, $6 text
-- result: version int
SELECT fenbo.leaders_edit($1::date, $2::integer, $3::text, $4::bigint, $5::integer, $6::text)
