-- name: flow
-- What came and went since a time by five minutes, desk or unit, and priority: the past of a time board. The first row holds only the cursor
-- at which it was counted.
-- params: $1 timestamptz from
-- result: cursor text, slot int (five minutes since 1970), side text (desk, unit), code text, priority text, came int, went int, eased int, late int
SELECT cursor, slot, side, code, priority, came, went, eased, late FROM fenbo.flow($1::timestamptz)
