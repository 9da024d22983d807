-- name: leads
-- The unit that each lead rule of the duty items means at a place.
-- params: $1 text place code, "" or NULL when it is not known
-- result: rule, unit
SELECT rule, unit FROM fenbo.leads($1::text);
