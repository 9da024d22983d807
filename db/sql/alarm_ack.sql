-- name: alarm_ack
-- The caller has taken note of these alarms.
-- params: $1 bigint[] ids
-- result: int
SELECT fenbo.alarm_ack($1::bigint[])
