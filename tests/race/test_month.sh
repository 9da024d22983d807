#!/usr/bin/env bash
# A month of a centre through the real functions on a test clock (here a few days of it; soak_month.sh plays all of it), then everything
# recounted from the record alone: clocks, rungs and counts by recount, facts and sums of the reports by report check.
# MONTH_DAYS, MONTH_CASES (in all), MONTH_WORKERS, MONTH_STEP (minutes)
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1-}" != inside ]; then exec tests/tools/with-cluster.sh "$0" inside; fi
: "${MONTH_DAYS:=4}" "${MONTH_CASES:=120}" "${MONTH_WORKERS:=2}" "${MONTH_STEP:=120}"
build=${FENBO_BUILD:-$PWD/build}
sql() { psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" "$@"; }
FENBO_CONFIG=conf/fenbo.ini FENBO_DATABASE_URL=$FENBO_TEST_URL "$build/fenboctl" route apply conf >/dev/null
start=$(date -d '2026-09-28 07:00:00+08:00' +%s) # a week with a holiday and make-up days in it, and the month after
sql -c "INSERT INTO fenbo.setting VALUES ('test_clock_offset', '0 s') ON CONFLICT (name) DO NOTHING" \
	-c "UPDATE fenbo.setting SET value = (to_timestamp($start) - now())::text WHERE name = 'test_clock_offset'" \
	-c "SELECT fenbo._make_partitions()" >/dev/null
sql -f tests/race/month.sql >/dev/null
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$dir"' EXIT

# One session each: it reads calls from a pipe and says when each is done.
open() { # number
	mkfifo "$dir/in$1" "$dir/out$1"
	psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" <"$dir/in$1" >"$dir/out$1" 2>"$dir/err$1" &
	eval "exec {in$1}>'$dir/in$1' {out$1}<'$dir/out$1'"
}
tell() { # number, calls
	local to=in$1
	printf '%s\n\\echo done\n' "$2" >&"${!to}"
}
hear() {
	local from=out$1 line
	while IFS= read -r line <&"${!from}"; do [ "$line" = done ] && return 0; done
	cat "$dir/err$1" >&2
	exit 1
}
for n in $(seq 0 "$MONTH_WORKERS"); do open "$n"; done
seeds=${MONTH_SEED:-7}
for n in $(seq 1 "$MONTH_WORKERS"); do tell "$n" "SELECT setseed(0.$seeds$n);"; hear "$n"; done

a_day=$(awk "BEGIN { print $MONTH_CASES / $MONTH_DAYS / $MONTH_WORKERS }")
steps=$((MONTH_DAYS * 1440 / MONTH_STEP))
rest=$((steps / 2)) # and half as long again in which nothing new comes, so that most of it ends
for step in $(seq 1 $((steps + rest))); do
	at=$((start + step * MONTH_STEP * 60 + (step * 37) % 53))
	tell 0 "UPDATE fenbo.setting SET value = (to_timestamp($at) - now())::text WHERE name = 'test_clock_offset';"
	hear 0
	for n in $(seq 1 "$MONTH_WORKERS"); do
		calls="CALL m.work($n);"
		[ "$step" -le "$steps" ] && calls="CALL m.intake($n, $a_day, interval '$MONTH_STEP min'); $calls"
		[ $((step % 6)) = 0 ] && calls="CALL m.strays($n, $MONTH_WORKERS); $calls"
		tell "$n" "$calls"
	done
	tell 0 'CALL m.lead();'
	for n in $(seq 0 "$MONTH_WORKERS"); do hear "$n"; done
	[ $((step % 144)) != 0 ] || printf 'step %s of %s: %s\n' "$step" $((steps + rest)) "$(sql -c 'SELECT count(*) FROM fenbo.event')" >&2
done
tell 0 'CALL m.lead();'
hear 0
sql -c "SELECT what || CASE WHEN ok THEN '' ELSE ' ' || error END, sum(n) FROM m.done GROUP BY 1 ORDER BY 1" | paste -sd' '
sql -c "SELECT stage, count(*) FROM (SELECT coalesce(q.stage, a.stage) AS stage FROM fenbo.appeal a LEFT JOIN fenbo.queue q ON q.no = a.no) x GROUP BY 1 ORDER BY 1" | paste -sd' '
"$build/tests/race/recount" "$FENBO_TEST_URL"
FENBO_CONFIG=conf/fenbo.ini FENBO_DATABASE_URL=$FENBO_TEST_URL "$build/fenboctl" report check
