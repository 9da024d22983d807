-- name: bursts
-- The groups of one incident that have an open case in one's scope, with how many people told of each.
-- params: none
-- result: id bigint, people integer
SELECT id, people FROM fenbo.bursts();
