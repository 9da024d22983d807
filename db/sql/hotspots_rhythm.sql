-- name: hotspots_rhythm
-- What finding hot spots needs beside the cases: now and days off in the centre's own days, the policy, and from where the log tells what
-- a reading that begins now does not see.
-- params: none
-- result: now_s bigint, off_days, false_a_day double precision, people integer, edge
SELECT now_s, off_days, false_a_day, people, edge FROM fenbo.hotspots_rhythm()
