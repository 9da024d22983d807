-- name: feed_read
-- Events after a cursor, in the order of the log.
-- params: $1 text cursor, $2 int at most
-- result: cursor, action, no bigint, at timestamptz, data jsonb, tags (who may see it; newline between)
SELECT cursor, action, no, at, data, CASE WHEN no = 0 THEN CASE WHEN action IN ('route', 'alarm', 'acknowledge') THEN 'all' ELSE '' END ELSE
	concat_ws(E'\n', 'desk:' || (data ->> 'desk'), 'unit:' || (data ->> 'unit'), 'channel:' || (data ->> 'channel'),
		(SELECT string_agg('unit:' || a, E'\n') FROM jsonb_array_elements_text(nullif(data -> 'assist', 'null')) a),
		'desk:' || (was ->> 'desk'), 'unit:' || (was ->> 'unit'),
		(SELECT string_agg('unit:' || a, E'\n') FROM jsonb_array_elements_text(nullif(was -> 'assist', 'null')) a)) END
FROM fenbo.feed_read($1::text, $2::int)
