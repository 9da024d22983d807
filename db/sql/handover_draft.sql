-- name: handover_draft
-- Draft the handover of the shift that is on, or bring the draft up to date.
-- params: none
-- result: bigint
SELECT fenbo.handover_draft()
