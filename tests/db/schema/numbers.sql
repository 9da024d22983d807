-- Case numbers: check digit, shape, ranges, overflow, and no number twice however many ask at once.
SELECT test.eq(fenbo._damm('572'), 4, 'the published example');
SELECT test.eq(fenbo._damm('5724'), 0, 'digit included');
SELECT test.eq(fenbo.case_show(2611220000017), '261122-000001-7', 'shape');
SELECT test.eq(fenbo.case_show(801010000015), '080101-000001-5', 'a leading zero is shown');
SELECT test.ok(NOT fenbo.case_check(2611220000018), 'wrong digit');
SELECT test.ok(NOT fenbo.case_check(2613220000010 + d), 'month 13') FROM generate_series(0, 9) d;
SELECT test.ok(NOT fenbo.case_check(NULL) AND NOT fenbo.case_check(-5) AND NOT fenbo.case_check(0), 'nonsense');

CREATE TABLE n AS SELECT no FROM fenbo.case_new(500, now(), false) no;
SELECT test.ok(bool_and(fenbo.case_check(no)), 'every number made checks') FROM n;
-- Every single wrong digit and every swap of neighbours is found.
SELECT test.eq(count(*), 0, 'no wrong digit passes') FROM n, generate_series(1, 13) p, generate_series(0, 9) d
WHERE substr(no::text, p, 1) <> d::text AND fenbo._damm(overlay(no::text PLACING d::text FROM p FOR 1)) = 0;
SELECT test.eq(count(*), 0, 'no swap passes') FROM n, generate_series(1, 12) p
WHERE substr(no::text, p, 1) <> substr(no::text, p + 1, 1)
	AND fenbo._damm(overlay(no::text PLACING substr(no::text, p + 1, 1) || substr(no::text, p, 1) FROM p FOR 2)) = 0;
SELECT test.eq(left(min(no)::text, 6), to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYMMDD'),
	'the day is the centre''s') FROM n;

-- Back-dated: a range of its own, with a counter for each day.
SELECT test.eq(string_agg(substr(no::text, 1, 12), ' '), '240305700000 240305700001', 'back-dated serials')
	FROM fenbo.case_new(2, '2024-03-05 12:00+08', true) no;
SELECT test.eq(min(substr(no::text, 7, 6)), '700002', 'go on') FROM fenbo.case_new(1, '2024-03-05 23:59+08', true) no;
SELECT test.eq(min(substr(no::text, 1, 12)), '240306700000', 'the next day begins at midnight of the centre')
	FROM fenbo.case_new(1, '2024-03-05 16:00Z', true) no;
SELECT test.ok(to_regclass('fenbo.appeal_2403') IS NOT NULL AND to_regclass('fenbo.remark_2403') IS NOT NULL,
	'the month was made on demand');

-- Full ranges are refused, never wrapped.
UPDATE fenbo.case_day SET imported = 299999 WHERE day = '2024-03-05';
SELECT test.eq(min(substr(no::text, 7, 6)), '999999', 'the last one') FROM fenbo.case_new(1, '2024-03-05 12:00+08',
	true) no;
SELECT test.fails($$SELECT fenbo.case_new(1, '2024-03-05 12:00+08', true)$$, 'too_many');
UPDATE fenbo.case_day SET base = (SELECT last_value + 1 FROM fenbo.case_serial) - 699999 WHERE base IS NOT NULL;
SELECT test.eq(min(substr(no::text, 7, 6)), '699999', 'the last live one') FROM fenbo.case_new(1, now(), false) no;
SELECT test.fails($$SELECT fenbo.case_new(1, now(), false)$$, 'too_many');
SELECT test.fails($$SELECT fenbo.case_new(1, '1999-03-05 12:00+08', true)$$, 'invalid');

-- Tomorrow begins at one again.
UPDATE fenbo.setting SET value = 'on' WHERE name = 'test_clock';
INSERT INTO fenbo.setting VALUES ('test_clock_offset', '1 day');
SELECT test.eq(min(substr(no::text, 7, 6)), '000001', 'first of the new day') FROM fenbo.case_new(3, now(), false) no;
DELETE FROM fenbo.setting WHERE name = 'test_clock_offset';
UPDATE fenbo.case_day SET base = NULL;

-- Many at once on a day that has no base yet.
SELECT dblink_connect('c' || i, :'url') FROM generate_series(1, 8) i;
SELECT dblink_send_query('c' || i, 'SELECT fenbo.case_new(10, now(), false) FROM generate_series(1, 200)')
	FROM generate_series(1, 8) i;
CREATE TABLE m (no bigint);
INSERT INTO m SELECT r.no FROM generate_series(1, 8) i, LATERAL dblink_get_result('c' || i) r(no bigint);
SELECT test.eq(count(*), 16000, 'all were given'), test.eq(count(DISTINCT no), 16000, 'none twice') FROM m;
SELECT test.ok(bool_and(fenbo.case_check(no)), 'and all check') FROM m;
SELECT dblink_disconnect('c' || i) FROM generate_series(1, 8) i;
