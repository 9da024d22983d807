-- name: lead
-- Try to lead; true when this connection does.
-- params: none
-- result: boolean
SELECT fenbo.lead()
