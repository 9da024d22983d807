-- name: item_text
-- One duty item of the current revision in words: what it is and how long the unit has.
-- params: $1 text code
-- result: name, class, definition, keywords with blanks between them, handle_days; no row when there is no such item
SELECT name, class, definition, array_to_string(keywords, ' '), handle_days FROM fenbo.routing_items() WHERE code = $1::text;
