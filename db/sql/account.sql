-- name: account
-- As whom we are connected, and whether that is an account of fenbod: of the feed, and not of an owner, who may do everything but is told less.
-- params: none
-- result: name, feed boolean
SELECT session_user::text, pg_has_role(session_user, 'fenbo_feed', 'MEMBER') AND NOT pg_has_role(session_user, 'fenbo_owner', 'MEMBER')
