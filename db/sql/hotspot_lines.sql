-- name: hotspot_lines
-- Hot spots and signals as JSON: open ones, and past ones since a time.
-- params: $1 from timestamptz
-- result: hot spot jsonb, with state: hot, weak, over, or what a supervisor said
SELECT to_jsonb(h) || jsonb_build_object('state', coalesce(h.verdict, CASE WHEN h.ended_at IS NOT NULL THEN 'over' WHEN h.weak THEN 'weak' ELSE 'hot' END))
FROM fenbo.hotspot_list($1) h
