-- name: knowledge_search
-- Answers out of the knowledge base.
-- params: $1 text query, $2 integer at most
-- result: code, title, template
SELECT code, title, template FROM fenbo.knowledge_search($1::text, $2::integer);
