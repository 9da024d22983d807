-- name: visits
-- Results that want a return visit by phone, those that can be called now first.
-- params: $1 int at most
-- result: no bigint, version int, title, place, unit, unit_short, why, resolved_at, next_at, calls int, last_at, redo int, name, phone
SELECT no, version, title, place, unit, unit_short, why, resolved_at, next_at, calls, last_at, redo, name, phone FROM fenbo.visits($1::int)
