-- name: outbox_depths
-- How many messages stand where.
-- params: none
-- result: waiting bigint, sending bigint, parked bigint, dead bigint, unaddressed bigint
SELECT waiting, sending, parked, dead, unaddressed FROM fenbo.outbox_depths()
