#!/usr/bin/env bash
# Six sessions of people who press anything at twelve cases, all at once, and then eight of the centre at the same four: no exception, no deadlock,
# and afterwards every count, clock, chain and hash is right. STORM=n presses n times in each (default 150).
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1-}" != inside ]; then exec tests/tools/with-cluster.sh "$0" inside; fi
sql() { psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" "$@"; }
sql -f tests/db/actions_fixture.sql -f tests/race/storm.sql
sql -c "SELECT t.make('s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11', 's12')" >/dev/null
pids=()
for n in 1 2 3 4 5 6; do
	sql -c "SELECT setseed(0.$n)" -c "CALL t.storm(${STORM:-150})" >/dev/null &
	pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done
sql -c 'CALL t.rest(6000)' >/dev/null
sql -c "SELECT t.make('c1', 'c2', 'c3', 'c4')" >/dev/null
pids=()
for n in 1 2 3 4 5 6 7 8; do
	sql -c "SELECT setseed(0.$n)" -c "CALL t.crowd(${STORM:-150})" >/dev/null &
	pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid"; done
sql -c "SELECT t.sound()" >/dev/null
sql -c "SELECT string_agg(what || ' ' || n, ', ' ORDER BY what) FROM (SELECT what, count(*) n FROM t.pressed GROUP BY what) x"
sql -c "SELECT count(*) || ' pressed, ' || count(*) FILTER (WHERE what !~ ' ') || ' done' FROM t.pressed"
# Every action that people have must have been done at least once, or the storm says nothing about it.
missing=$(sql -c "SELECT name FROM fenbo.action WHERE roles <> '{channel}' EXCEPT SELECT what FROM t.pressed")
if [ -n "$missing" ]; then echo "never done: $missing"; exit 1; fi
