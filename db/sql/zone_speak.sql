-- name: zone_speak
-- Have this connection write its times in one zone, whatever its client's environment says.
-- params: $1 text IANA time zone
-- result: one row, nothing of interest
SELECT set_config('TimeZone', $1::text, false)
