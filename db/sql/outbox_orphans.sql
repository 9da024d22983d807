-- name: outbox_orphans
-- Messages that an earlier carrier had taken and never reported.
-- params: none
-- result: id bigint, key, tries int, no bigint, target, kind, address, template, fields (JSON), payload (JSON)
SELECT id, key, tries, no, target, kind, address, template, fields, payload FROM fenbo.outbox_orphans()
