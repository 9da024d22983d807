-- name: heat_lines
-- Streets by classes of matters in one window, as JSON.
-- params: $1 window_s integer (3600, 86400 or 604800)
-- result: cell jsonb
SELECT to_jsonb(h) FROM fenbo.heat_table($1) h
