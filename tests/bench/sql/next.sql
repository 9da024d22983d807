SELECT id, ok, version FROM fenbo.act('next', '{}', NULL, '{}', false)
