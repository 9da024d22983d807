-- The events that report_cases.sql has made, of one day: psql -v day=2026-11-02. In the order of their times, as a log grows.
SELECT fenbo._make_event_month(:'day'::date) \g /dev/null
INSERT INTO fenbo.event (id, no, version, at, action, actor, before, after, args, prev, hash)
SELECT nextval('fenbo.event_id'), e.no, e.version, e.at, e.action, e.actor, e.before, e.after, e.args, '\x', '\x00'
FROM (SELECT * FROM bench_log b WHERE b.at >= :'day'::timestamp AT TIME ZONE fenbo._zone() AND b.at < (:'day'::date + 1)::timestamp AT TIME ZONE fenbo._zone() ORDER BY b.at, b.no) e;
