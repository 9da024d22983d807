-- name: audit_verify
-- Every event that is changed, missing or out of order.
-- params: none
-- result: one jsonb object a row; no row when all is well
SELECT to_jsonb(v) FROM fenbo.audit_verify() v
