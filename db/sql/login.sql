-- name: login
-- Open a console session on this connection. shift is the crew's, as the routing policy names it ("三班 16–20"), or NULL.
-- params: $1 text client program, $2 uuid session to resume or NULL
-- result: session uuid, account, role, person, desk, crew int, centre text, time_zone text, now timestamptz, epoch text, revision int, lease_s int, handled_today int, late_today int, shift text
SELECT session, account, role, person, desk, crew, centre, time_zone, now, epoch, revision, lease_s, handled_today, late_today,
	(SELECT s ->> 'name' || ' ' || regexp_replace(to_char(make_interval(mins => (s ->> 'start')::integer), 'HH24:MI') || '–' ||
		to_char(make_interval(mins => (s ->> 'end')::integer), 'HH24:MI'), ':00', '', 'g')
	FROM fenbo.routing_policy() p, jsonb_array_elements(p.policy -> 'shifts') s
	WHERE s ->> 'code' = crew::text LIMIT 1) AS shift
FROM fenbo.login($1::text, $2::uuid)
