-- name: promises
-- Calls that were promised and not made yet, the earliest first, within one's scope.
-- params: $1 integer at most so many
-- result: no, until, overdue, person, unit, title
SELECT no, until, overdue, person, unit, title FROM fenbo.promises($1::integer);
