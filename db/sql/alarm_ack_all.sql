-- name: alarm_ack_all
-- The caller has taken note of everything that stands.
-- params: none
-- result: int
SELECT fenbo.alarm_ack(ARRAY(SELECT a.id FROM fenbo.alarms() a WHERE a.acknowledged_at IS NULL))
