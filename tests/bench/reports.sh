#!/usr/bin/env bash
# The reports part of make bench: facts of BENCH_CASES closed cases and their sums, put straight into the tables, 10,000 a day up to
# yesterday (a month is made, earlier ones are that month shifted); the event
# log of BENCH_LOG more, counted as fenbod does it; then reports of a day and of a month, and the cases behind a figure. Wants BENCH_OWNER_URL of a
# site whose fenbod has ended (nobody else may count meanwhile) and FENBO_BUILD.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${BENCH_CASES:=300000}" "${BENCH_LOG:=10000}" "${BENCH_OWNER_URL:?}" "${FENBO_BUILD:?}"
here=tests/bench/sql
sql() { psql -XqAt -v ON_ERROR_STOP=1 -d "$BENCH_OWNER_URL" "$@"; }
put() { printf '%s=%s\n' "$1" "$2"; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }
# Median of five, in milliseconds.
median_ms() { # name command…
	local name=$1 i start
	shift
	for i in 1 2 3 4 5; do
		start=$(now_ms)
		"$@" >/dev/null
		echo $(($(now_ms) - start))
	done | sort -n | sed -n 3p | { read -r ms; put "$name" "$ms"; }
}
day_before() { date -d "$1 -$2 day" +%F; }

days=$((BENCH_CASES / 10000))
today=$(sql -c 'SELECT fenbo._day(fenbo.now_())')
sql -c 'TRUNCATE fenbo.fact, fenbo.rollup' -c 'DROP TABLE IF EXISTS bench_log' >/dev/null
start=$(now_ms)
once=$((days < 30 ? days : 30))
for ((d = once; d > 0; d--)); do
	sql -v day="$(day_before "$today" "$d")" -v n=10000 -v log=0 -f $here/report_cases.sql >/dev/null
done
put reports_fill_cases_per_s $((once * 10000 * 1000 / ($(now_ms) - start)))
sql -c 'CREATE UNLOGGED TABLE IF NOT EXISTS bench_rollup (LIKE fenbo.rollup)' -c 'TRUNCATE bench_rollup' -c 'INSERT INTO bench_rollup SELECT * FROM fenbo.rollup'
for ((k = 1; k < days / once; k++)); do # more than a month: the same month again and again, back in time
	sql -v k="$k" -v days="$once" -v today="$today" -f $here/report_again.sql >/dev/null
done
days=$((days / once * once))
sql -c 'VACUUM ANALYZE fenbo.fact, fenbo.rollup' >/dev/null
put reports_cases $((days * 10000))
put reports_fill_s $((($(now_ms) - start) / 1000))
put reports_fact_bytes "$(sql -c "SELECT pg_total_relation_size('fenbo.fact') / greatest(count(*), 1) FROM fenbo.fact")"
put reports_rollup_mib "$(sql -c "SELECT pg_total_relation_size('fenbo.rollup') / 1048576")"
put reports_rollup_rows "$(sql -c 'SELECT count(*) FROM fenbo.rollup')"

# --- reading ---------------------------------------------------------------------------------------------------------
day=$(day_before "$today" 20)
month=$(date -d "$(date -d "$today" +%Y-%m-01) -1 day" +%F)
first=$(date -d "$month" +%Y-%m-01)
export FENBO_DATABASE_URL=$BENCH_OWNER_URL FENBO_CONFIG=$PWD/conf/fenbo.ini
put reports_month_cases "$(sql -c "SELECT received FROM fenbo.report('$first', '$month', 'all')")"
median_ms reports_day_ms "$FENBO_BUILD/fenboctl" report day "$day" --html
median_ms reports_month_ms "$FENBO_BUILD/fenboctl" report month "$month" --html
median_ms reports_month_one_sum_ms sql -c "SELECT * FROM fenbo.report('$first', '$month', 'all')"
median_ms reports_month_items_ms sql -c "SELECT * FROM fenbo.report('$first', '$month', 'item')"
unit=$(sql -c "SELECT key FROM fenbo.report('$first', '$month', 'unit') LIMIT 1")
median_ms reports_month_of_a_unit_ms "$FENBO_BUILD/fenboctl" report month "$month" --unit "$unit" --html
median_ms reports_cases_late_ms sql -c "SELECT count(*) FROM fenbo.report_cases('handle_late', 'all', '', '$first', '$month')"

# --- counting --------------------------------------------------------------------------------------------------------
from=$(day_before "$today" 60)
sql -v day="$from" -v n="$BENCH_LOG" -v log=1 -f $here/report_cases.sql >/dev/null 2>&1
sql -c "UPDATE fenbo.rollup_cursor SET tx = pg_current_xact_id(), id = 0, at = '$from'" >/dev/null
for ((d = 60; d > 35; d--)); do
	sql -v day="$(day_before "$today" "$d")" -f $here/report_log.sql >/dev/null 2>&1
done
sql -c 'ANALYZE fenbo.event, fenbo.appeal' >/dev/null
# Wall and processor time of one connection that counts `most` events at a time, for so many calls.
count() { # most calls
	sql <<SQL
DO \$\$ BEGIN IF NOT fenbo.lead() THEN RAISE EXCEPTION 'somebody else leads'; END IF; END \$\$;
CREATE TEMP TABLE cost (wall float, cpu float, events bigint);
DO \$\$
DECLARE
	ticks float; began timestamptz := clock_timestamp(); total bigint := 0; n bigint;
BEGIN
	ticks := (SELECT f[14]::float + f[15]::float FROM regexp_split_to_array(pg_read_file('/proc/self/stat'), ' ') f);
	FOR i IN 1 .. $2 LOOP
		n := fenbo.roll($1);
		EXIT WHEN n = 0;
		total := total + n;
	END LOOP;
	INSERT INTO cost SELECT extract(epoch FROM clock_timestamp() - began), ((SELECT f[14]::float + f[15]::float FROM regexp_split_to_array(pg_read_file('/proc/self/stat'), ' ') f) - ticks) / 100, total;
END \$\$;
SELECT round((1000000 * wall / greatest(events, 1))::numeric, 1), round((1000000 * cpu / greatest(events, 1))::numeric, 1), round((events / greatest(wall, 0.001))::numeric), events FROM cost;
SQL
}
IFS='|' read -r wall cpu rate events < <(count 5 400)
put reports_roll_small_us_per_event "$wall"
put reports_roll_small_cpu_us_per_event "$cpu"
median_ms reports_day_ms_with_2000_waiting "$FENBO_BUILD/fenboctl" report day "$day" --html
IFS='|' read -r wall cpu rate events < <(count 500 1000000)
put reports_roll_us_per_event "$wall"
put reports_roll_cpu_us_per_event "$cpu"
put reports_roll_events_per_s "$rate"
put reports_roll_events "$events"
start=$(now_ms)
put reports_check_differences "$(sql -c "SELECT count(*) FROM (SELECT n.no FROM (SELECT array_agg(a.no) AS nos FROM fenbo.appeal a WHERE a.external_id LIKE 'r-%') x,
	LATERAL fenbo._facts(x.nos, NULL, NULL) n EXCEPT SELECT f.no FROM fenbo.fact f) y")"
put reports_check_ms $(($(now_ms) - start))
