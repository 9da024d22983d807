-- name: voices_put
-- Keep how much each source of the recommender counts: of the base in force on the connection that leads, or of one being written.
-- params: $1 int base, $2 bigint the lesson they have come to, $3 bytea
-- result: none
SELECT fenbo.voices_put($1::int, $2::bigint, $3::bytea)
