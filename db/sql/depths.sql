-- name: depths
-- How much waits where.
-- params: none
-- result: triage bigint, open bigint, quarantined bigint, outgoing bigint
SELECT triage, open, quarantined, outgoing FROM fenbo.depths()
