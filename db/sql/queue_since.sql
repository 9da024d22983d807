-- name: queue_since
-- What happened after a cursor, within a person's scope: how a console keeps up while fenbod is gone.
-- params: $1 text cursor, $2 int at most
-- result: next text (the cursor after this row), action text, actor text, data jsonb
SELECT cursor, action, actor, data
FROM fenbo.feed_read($1::text, $2::int)
