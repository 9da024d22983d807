-- name: outbox_orphans
-- Messages that an earlier carrier had taken and never reported.
-- params: none
-- result: id bigint, key, tries int, no bigint, target, kind, address, template, fields (JSON), payload (JSON), server
SELECT id, key, tries, no, target, kind, address, template, fields, payload, server FROM fenbo.outbox_orphans()
