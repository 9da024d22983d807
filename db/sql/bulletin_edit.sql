-- name: bulletin_edit
-- Another title or text of a bulletin that is not published.
-- params: $1 bigint bulletin, $2 int version, $3 text title, $4 text
-- result: version int
SELECT fenbo.bulletin_edit($1::bigint, $2::integer, $3::text, $4::text)
