-- name: voices_put
-- Keep how much each source of the recommender counts; only on the connection that leads.
-- params: $1 int base, $2 bigint the lesson they have come to, $3 bytea
-- result: none
SELECT fenbo.voices_put($1::int, $2::bigint, $3::bytea)
