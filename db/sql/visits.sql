-- name: visits
-- Results that want a return visit by phone, those that can be called now first.
-- params: $1 int at most
-- result: JSON objects {no, version, title, place, unit, unit_short, why, resolved_at, next_at, calls, last_at, redo, name, phone}
SELECT to_jsonb(v) || jsonb_build_object('id', lpad(v.no::text, 13, '0'), 'waits', coalesce(v.next_at > fenbo.now_(), false)) FROM fenbo.visits($1::int) v
