-- name: bulletin_drop
-- Drop the draft of a bulletin.
-- params: $1 bigint bulletin, $2 int version
-- result: void
SELECT fenbo.bulletin_drop($1::bigint, $2::integer)
