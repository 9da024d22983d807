-- name: channels
-- The channels of the current routing revision.
-- params: none
-- result: the columns of fenbo.channels()
SELECT * FROM fenbo.channels()
