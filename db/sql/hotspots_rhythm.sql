-- name: hotspots_rhythm
-- What finding hot spots needs beside the cases: now and days off in the centre's own days, and the policy.
-- params: none
-- result: now_s bigint, off_days, false_a_day double precision, people integer
SELECT now_s, off_days, false_a_day, people FROM fenbo.hotspots_rhythm()
