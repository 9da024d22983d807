UPDATE fenbo.queue SET session = $1::uuid, version = version + 1, lease_until = now() + interval '60 s'
WHERE no = (SELECT no FROM fenbo.queue WHERE desk = 'centre' AND stage = 'triage' AND session IS NULL
	ORDER BY priority, rank_at, no LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING no
