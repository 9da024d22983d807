-- name: login
-- Open a console session on this connection. shift is the one that is on ("三班 16–20"), empty without shifts.
-- params: $1 text client program, $2 uuid session to resume or NULL
-- result: session uuid, account, role, person, desk, crew int, centre text, time_zone text, now timestamptz, epoch text, revision int, lease_s int, handled_today int, late_today int, shift text
SELECT session, account, role, person, desk, crew, centre, time_zone, now, epoch, revision, lease_s, handled_today, late_today,
	(SELECT m.shift FROM fenbo.my_shift() m) AS shift
FROM fenbo.login($1::text, $2::uuid)
