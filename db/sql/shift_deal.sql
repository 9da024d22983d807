-- name: shift_deal
-- Deal the most pressing free cases out to those who are on.
-- params: $1 integer how many at most, $2 boolean only look, $3 bigint[] exactly these cases or NULL, $4 text[] to these accounts, one for each
-- result: jsonb, one object a case
SELECT to_jsonb(d) || jsonb_build_object('id', lpad(d.id::text, 13, '0')) FROM fenbo.shift_deal($1::integer, $2::boolean, $3::bigint[], $4::text[]) d
