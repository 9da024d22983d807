-- name: routing_rows
-- One part of the current routing revision, as rows.
-- params: $1 text part: units, items, places, channels, reasons, knowledge, calendar, enterprises
-- result: jsonb array
SELECT fenbo.routing_rows($1::text)
