-- name: heat_table
-- Streets by classes of matters in one window.
-- params: $1 window_s integer (3600, 86400 or 604800)
-- result: place, place_name, matter, people integer, expected real, at timestamptz
SELECT place, place_name, matter, people, expected, at FROM fenbo.heat_table($1)
