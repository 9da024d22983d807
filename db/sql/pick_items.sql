-- name: pick_items
-- The duty items of the current revision, as much of them as somebody who looks for one by typing needs.
-- params: none
-- result: code, name, class, keywords with blanks between them, lead (a unit code or function@level)
SELECT code, name, class, array_to_string(keywords, ' '), lead FROM fenbo.routing_items();
