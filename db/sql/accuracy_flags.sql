-- name: accuracy_flags
-- Where the machine has become worse within a week, beyond chance.
-- params: $1 timestamptz end of the week looked at; NULL = now
-- result: jsonb, one object a flag
SELECT to_jsonb(f) - 'by_' || jsonb_build_object('by', f.by_) FROM fenbo.accuracy_flags($1::timestamptz) f
