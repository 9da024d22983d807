-- name: ticket_check
-- Whose one-minute ticket for the stream this is.
-- params: $1 text ticket
-- result: account, role, desk, whole boolean, desks (newline between), units (newline between); no row when unknown or run out
SELECT account, role, desk, whole, array_to_string(desks, E'\n'), array_to_string(units, E'\n')
FROM fenbo.ticket_check($1::text)
