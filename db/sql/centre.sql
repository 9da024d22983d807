-- name: centre
-- The time zone and the time of the centre.
-- params: none
-- result: time_zone, now timestamptz
SELECT fenbo.centre_zone(), fenbo.now_()
