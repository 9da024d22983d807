-- 0003 numbers and months: case numbers, and the monthly partitions that follow from them.
SET ROLE fenbo_owner;

-- The Damm digit of a string of decimal digits: finds every single wrong digit and every swap of neighbours. 0 over
-- number and digit together means that they belong together. `c` is the digit of what stands before. Same table as
-- core/appeal/number.c.
CREATE FUNCTION fenbo._damm(digits text, c integer DEFAULT 0) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
	FOR i IN 1 .. length(digits) LOOP
		c := substr('0317598642709215486342068713591750983426612304597836742095815869720134894536201794386172052581436790',
			c * 10 + substr(digits, i, 1)::integer + 1, 1)::integer;
	END LOOP;
	RETURN c;
END
$$;

-- Does the check digit fit, and are there 13 digits with a date in front?
CREATE FUNCTION fenbo.case_check(no bigint) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp AS $$
DECLARE
	t text := lpad(no::text, 13, '0');
BEGIN
	IF no IS NULL OR no <= 0 OR length(t) <> 13 OR fenbo._damm(t) <> 0 OR substr(t, 7, 6) = '000000' THEN
		RETURN false;
	END IF;
	PERFORM make_date(2000 + substr(t, 1, 2)::integer, substr(t, 3, 2)::integer, substr(t, 5, 2)::integer);
	RETURN true;
EXCEPTION WHEN datetime_field_overflow THEN
	RETURN false;
END
$$;

-- 261122-000012-3
CREATE FUNCTION fenbo.case_show(no bigint) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT regexp_replace(lpad(no::text, 13, '0'), '^(\d{6})(\d{6})(\d)$', '\1-\2-\3')
$$;
GRANT EXECUTE ON FUNCTION fenbo.case_check(bigint), fenbo.case_show(bigint)
	TO fenbo_dispatcher, fenbo_supervisor, fenbo_admin, fenbo_unit, fenbo_feed;

CREATE FUNCTION fenbo._case_no(day date, serial bigint) RETURNS bigint
LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
	SELECT (d || fenbo._damm(d))::bigint FROM (SELECT to_char(day, 'YYMMDD') || lpad(serial::text, 6, '0') AS d) x
$$;

-- The numbers of a month: [lo, hi).
CREATE FUNCTION fenbo._month_range(month date, OUT lo bigint, OUT hi bigint)
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT (to_char(month, 'YYMM') || '010000000')::bigint,
		CASE WHEN to_char(month, 'YYMM') = '9912' THEN 10000000000000
			ELSE (to_char(month + interval '1 month', 'YYMM') || '010000000')::bigint END
$$;

-- One more partition, unless it is there. Made beside its parent and then attached: that waits for nobody who reads
-- or writes the parent, where CREATE TABLE … PARTITION OF would lock it.
CREATE FUNCTION fenbo._make_partition(parent text, suffix text, lo text, hi text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	child text := parent || '_' || suffix;
BEGIN
	IF to_regclass('fenbo.' || quote_ident(child)) IS NOT NULL THEN RETURN false; END IF;
	EXECUTE format('CREATE TABLE fenbo.%I (LIKE fenbo.%I INCLUDING ALL)', child, parent);
	EXECUTE format('ALTER TABLE fenbo.%I ATTACH PARTITION fenbo.%I FOR VALUES FROM (%L) TO (%L)', parent, child, lo,
		hi);
	RETURN true;
END
$$;

-- Everything partitioned by case number, for one month. Two who need the same month at once wait for each other here.
CREATE FUNCTION fenbo._make_month(month date) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	first date := date_trunc('month', month)::date;
	r record;
	made integer := 0;
	t text;
BEGIN
	IF extract(year FROM first) NOT BETWEEN 2000 AND 2099 THEN
		PERFORM fenbo._fail('invalid', 'received_at', 'case numbers reach from the year 2000 to 2099');
	END IF;
	PERFORM pg_advisory_xact_lock(hashtext('fenbo partitions'));
	r := fenbo._month_range(first);
	FOREACH t IN ARRAY ARRAY['appeal', 'citizen', 'recommendation', 'repeat_candidate', 'remark'] LOOP
		made := made + fenbo._make_partition(t, to_char(first, 'YYMM'), r.lo::text, r.hi::text)::integer;
	END LOOP;
	RETURN made;
END
$$;

-- The month a number lies in exists after this call.
CREATE FUNCTION fenbo._month_of(no bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	t text := lpad(no::text, 13, '0');
BEGIN
	IF to_regclass('fenbo.remark_' || left(t, 4)) IS NULL THEN
		PERFORM fenbo._make_month(make_date(2000 + left(t, 2)::integer, substr(t, 3, 2)::integer, 1));
	END IF;
END
$$;

-- Events of one month, where the centre is.
CREATE FUNCTION fenbo._make_event_month(month date) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	first timestamp := date_trunc('month', month::timestamp);
	zone text := fenbo._zone();
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext('fenbo partitions'));
	RETURN fenbo._make_partition('event', to_char(first, 'YYMM'), (first AT TIME ZONE zone)::text,
		((first + interval '1 month') AT TIME ZONE zone)::text)::integer;
END
$$;

-- All partitions from one month back to a year ahead. Called by maintain() and by the migration.
CREATE FUNCTION fenbo._make_partitions() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	this date := date_trunc('month', fenbo._day(fenbo.now_()))::date;
	made integer := 0;
BEGIN
	FOR i IN -1 .. 12 LOOP
		made := made + fenbo._make_month((this + make_interval(months => i))::date)
			+ fenbo._make_event_month((this + make_interval(months => i))::date);
	END LOOP;
	RETURN made;
END
$$;

-- n new case numbers. Live ones take serials 1 to 699999 of today without a lock: the day's base is the sequence's
-- value when its first number was drawn. Back-dated ones (imports of what was received on an earlier day) take 700000
-- to 999999 of that day from a counter. A used-up range is refused (too_many), never somebody else's number; the
-- refused rows can come again the next day. Serials have gaps where transactions failed.
CREATE FUNCTION fenbo.case_new(n integer, received timestamptz, backdate boolean) RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
DECLARE
	day_ date := fenbo._day(CASE WHEN backdate THEN received ELSE fenbo.now_() END);
	prefix text;
	base_ bigint;
	last_ bigint;
BEGIN
	IF n < 1 THEN RETURN; END IF;
	IF extract(year FROM day_) NOT BETWEEN 2000 AND 2099 THEN
		PERFORM fenbo._fail('invalid', 'received_at', 'case numbers reach from the year 2000 to 2099');
	END IF;
	PERFORM fenbo._month_of(fenbo._case_no(day_, 1));
	IF backdate THEN
		INSERT INTO fenbo.case_day (day, imported) VALUES (day_, n)
		ON CONFLICT (day) DO UPDATE SET imported = case_day.imported + n
		RETURNING imported INTO last_;
		IF last_ > 300000 THEN
			PERFORM fenbo._fail('too_many', 'received_at', 'this day has no back-dated case numbers left');
		END IF;
		RETURN QUERY SELECT fenbo._case_no(day_, 699999 + s) FROM generate_series(last_ - n + 1, last_) s;
		RETURN;
	END IF;
	SELECT d.base INTO base_ FROM fenbo.case_day d WHERE d.day = day_;
	IF base_ IS NULL THEN
		INSERT INTO fenbo.case_day AS d (day, base) VALUES (day_, nextval('fenbo.case_serial'))
		ON CONFLICT (day) DO UPDATE SET base = coalesce(d.base, excluded.base)
		RETURNING d.base INTO base_;
	END IF;
	prefix := to_char(day_, 'YYMMDD');
	RETURN QUERY SELECT (prefix || x.s || fenbo._damm(x.s, fenbo._damm(prefix)))::bigint
	FROM (SELECT lpad((nextval('fenbo.case_serial') - base_)::text, 6, '0') AS s FROM generate_series(1, n)) x;
	IF currval('fenbo.case_serial') - base_ > 699999 THEN
		PERFORM fenbo._fail('too_many', '', 'today has no case numbers left');
	END IF;
END
$$;

-- Partitions that do not grow with time, and the first year.
DO $$
BEGIN
	FOR i IN 0 .. 15 LOOP
		EXECUTE format('CREATE TABLE fenbo.intake_key_%s PARTITION OF fenbo.intake_key FOR VALUES WITH (MODULUS 16, REMAINDER %s)', i, i);
	END LOOP;
END
$$;
SELECT fenbo._make_partitions();

RESET ROLE;
