-- name: leaders_draft
-- Draft today's leaders' list, or bring the draft up to date.
-- params: none
-- result: cases int
SELECT fenbo.leaders_draft()
