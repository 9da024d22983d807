-- The thirty days before `today` once more, thirty times `k` days earlier: psql -v k=1 -v days=30. Facts and sums are shifted as they are (numbers keep
-- their serials); sums of days that two such months share are added.
INSERT INTO fenbo.fact SELECT (to_char(f.received_day - :days * :k, 'YYMMDD') || right(lpad(f.no::text, 13, '0'), 7))::bigint, f.received_at - s.span, f.received_day - :days * :k,
	f.hour, f.shift, f.channel, f.type, f.area, f.priority, f.item, f.unit, f.stage, f.outcome, f.void, f.alert, f.relapse, f.burst, f.primary_no, f.dispatch_due - s.span,
	f.dispatched_at - s.span, f.dispatched_day - :days * :k, f.dispatch_shift, f.dispatched_by, f.dispatch_late, f.said_rank, f.accepted_at - s.span, f.contact_due - s.span,
	f.contacted_at - s.span, f.contact_kept, f.handle_due - s.span, f.resolved_at - s.span, f.resolved_day - :days * :k, f.resolved_last - s.span, f.rounds, f.handle_late, f.handle_s,
	f.extended, f.paused, f.returned, f.returned_by, f.redo, f.chased, f.speed, f.effect, f.service, f.feedback, f.rated_via, f.closed_at - s.span, f.closed_day - :days * :k
FROM fenbo.fact f, (SELECT make_interval(days => :days * :k) AS span) s WHERE f.received_day BETWEEN :'today'::date - :days AND :'today'::date - 1;
SELECT string_agg(format('%I = r.%I + excluded.%I', a.attname, a.attname, a.attname), ', ') AS adds FROM pg_attribute a
WHERE a.attrelid = 'fenbo.rollup'::regclass AND a.attnum > 3 AND a.attname <> 'hist' \gset
SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns FROM pg_attribute a WHERE a.attrelid = 'fenbo.rollup'::regclass AND a.attnum > 1 \gset
INSERT INTO fenbo.rollup AS r (day, :columns) SELECT b.day - :days * :k, :columns FROM bench_rollup b
ON CONFLICT (day, counted_by, key) DO UPDATE SET :adds, hist = fenbo._hist_add(r.hist, excluded.hist);
