-- name: hotspot_list
-- Hot spots and signals: open ones, and past ones since a time.
-- params: $1 from timestamptz
-- result: id bigint, matter, matter_name, matter_level integer, place, place_name, place_level integer, weak boolean, raised_at, seen_at, ended_at, since timestamptz, window_s integer, cases integer, people integer, expected real, surprise real, days (numbers with commas, today last), verdict, settled_by, remark
SELECT id, matter, matter_name, matter_level, place, place_name, place_level, weak, raised_at, seen_at, ended_at, since, window_s, cases, people, expected, surprise,
	array_to_string(days, ','), verdict, settled_by, remark FROM fenbo.hotspot_list($1)
