-- name: reasons
-- The one-key reasons of an action. approval: a unit that gives this reason asks the supervisor.
-- params: $1 text action
-- result: code, name, approval
SELECT code, name, approval FROM fenbo.reasons($1::text);
