SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename NOT IN ('postgres', 'bench_person')
