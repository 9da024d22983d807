-- name: shift_leaves
-- Leave to be decided, or all of late.
-- params: $1 boolean all
-- result: jsonb, one object a leave
SELECT to_jsonb(l) FROM fenbo.shift_leaves($1::boolean) l
