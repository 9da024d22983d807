-- name: recommend_store
-- Keep a renewed recommendation with its case.
-- params: $1 bigint number, $2 int version it was made from, $3 jsonb {model, novel, place, place_name, units, repeats, links}
-- result: boolean
SELECT fenbo.recommend_store($1::bigint, $2::int, $3::jsonb)
