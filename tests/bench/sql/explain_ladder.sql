-- What a turn of the ladder reads when nothing is due, and what it reads of the clocks when ten are.
\echo EXPLAIN what is due
EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT t.no, t.kind FROM fenbo.clock t JOIN fenbo.queue u ON u.no = t.no
	WHERE t.stopped_at IS NULL AND t.paused_since IS NULL AND t.next_rung_at <= now() - interval '1 year' ORDER BY t.next_rung_at LIMIT 1000 FOR UPDATE OF u, t SKIP LOCKED;
EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT t.no, t.kind FROM fenbo.clock t JOIN fenbo.queue u ON u.no = t.no
	WHERE t.stopped_at IS NULL AND t.paused_since IS NULL AND t.next_rung_at <= (SELECT min(next_rung_at) + interval '60 ms' FROM fenbo.clock WHERE stopped_at IS NULL AND paused_since IS NULL AND next_rung_at > now())
	ORDER BY t.next_rung_at LIMIT 1000 FOR UPDATE OF u, t SKIP LOCKED;
\echo EXPLAIN when there is something next
EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT min(t.next_rung_at) FROM fenbo.clock t WHERE t.stopped_at IS NULL AND t.paused_since IS NULL;
