-- name: queue_since
-- What happened after a cursor, for a console that has lost fenbod.
-- params: $1 text cursor, $2 integer at most
-- result: cursor, action, actor, data
SELECT cursor, action, actor, data FROM fenbo.queue_since($1::text, $2::integer);
