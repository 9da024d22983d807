SELECT ok, version, error FROM fenbo.act($1, ARRAY[$2::bigint], ARRAY[$3::integer])
