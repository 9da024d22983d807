-- name: search
-- Past and open cases by number, text, telephone or place; newest first, page by page.
-- params: $1 text what is looked for, $2 bigint only numbers below this or NULL, $3 int at most
-- result: no bigint, stage text, outcome text, received_at timestamptz, title text, place text, unit text, score real
SELECT no, stage, outcome, received_at, title, place, unit, score
FROM fenbo.search($1::text, $2::bigint, $3::int)
