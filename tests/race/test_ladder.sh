#!/usr/bin/env bash
# The ladder among people: four sessions press anything while two would-be leaders fire rungs, the test clock runs a hundred times as fast, and whoever leads is
# killed again and again. No deadlock, no error, every chain sound, no rung fired twice, and the log alone gives the same clocks and rungs (recount).
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${FENBO_BUILD:=$PWD/build}"
if [ "${1-}" != inside ]; then exec tests/tools/with-cluster.sh "$0" inside; fi
work=$(mktemp -d)
trap 'touch "$work/done"; wait; rm -rf "$work"' EXIT
sql() { psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" "$@"; }
sql -f tests/db/actions_fixture.sql -f tests/race/storm.sql -f tests/race/ladder.sql >/dev/null
lead() { # one would-be leader: a connection that lives until it is killed
	while [ ! -e "$work/done" ]; do
		for _ in $(seq 200); do
			[ -e "$work/done" ] && break
			echo "SELECT fenbo.lead(); SELECT 'fired ' || count(*) FROM fenbo.ladder(7) WHERE clock IS NOT NULL;"
		done | PGAPPNAME=leader psql -XqAt -d "$FENBO_TEST_URL" >>"$work/leader$1" 2>&1 || true
	done
}
lead 1 & lead 2 &
clock() {
	while [ ! -e "$work/done" ]; do
		sql -c "SELECT t.wait('10 seconds')" -c "UPDATE fenbo.session SET alive_until = fenbo.now_() + interval '1 hour'" >/dev/null
		read -rt 0.1 <> <(:) || true
	done
}
clock &
murder() {
	while [ ! -e "$work/done" ]; do
		sql -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'leader' ORDER BY random() LIMIT 1" >/dev/null
		read -rt 0.7 <> <(:) || true
	done
}
murder &
pids=()
for n in 1 2 3 4; do
	{ echo "SELECT setseed(0.$n);"; for _ in $(seq "${STORM:-60}"); do echo "CALL t.storm(1);"; done; } | sql >/dev/null &
	pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done
touch "$work/done"
wait
if grep -h 'ERROR\|WARNING\|PANIC' "$work"/leader? | grep -v 'does not lead'; then exit 1; fi
# What the killed ones left is fired by the next.
while [ "$(sql -c 'SELECT fenbo.lead()' -c 'SELECT count(*) FROM fenbo.ladder(100) WHERE clock IS NOT NULL' | tail -n 1)" != 0 ]; do :; done
sql -c "SELECT t.sound(), t.climbed()" >/dev/null
sql -c "SELECT t.told()"
"$FENBO_BUILD/tests/race/recount" "$FENBO_TEST_URL"
