-- name: letter_draft
-- The letter of reminder that would be written about a case now.
-- params: $1 bigint number
-- result: text
SELECT fenbo.letter_draft($1::bigint)
