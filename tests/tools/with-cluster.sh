#!/usr/bin/env bash
# with-cluster.sh [--bare] CMD…: run CMD beside a throw-away PostgreSQL cluster with a migrated database, and leave nothing
# behind. CMD finds the owner's connection string in FENBO_TEST_URL and the cluster's directory in FENBO_TEST_CLUSTER;
# --bare leaves the database empty. FENBO_BUILD names the build directory (default: build).
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${FENBO_BUILD:-$top/build}
case "$build" in /*) ;; *) build=$top/$build ;; esac
bare=
if [ "${1-}" = --bare ]; then bare=1; shift; fi
[ $# -gt 0 ] || { echo "usage: with-cluster.sh [--bare] CMD…" >&2; exit 2; }

dir=$(mktemp -d /tmp/fenbo-test.XXXXXX)
chmod 711 "$dir"
child=
finish() {
	trap - EXIT
	trap '' INT TERM HUP # a second signal must not stop the cleaning
	if [ -n "$child" ]; then kill "$child" 2>/dev/null || true; fi
	"$top/db/cluster/cluster.sh" stop "$dir" >/dev/null 2>&1 || true
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

"$top/db/cluster/cluster.sh" start "$dir" --test
FENBO_TEST_URL=$("$top/db/cluster/cluster.sh" url "$dir")
export FENBO_TEST_URL FENBO_TEST_CLUSTER=$dir
if [ -z "$bare" ]; then
	if [ -x "$build/fenboctl" ]; then
		FENBO_DATABASE_URL=$FENBO_TEST_URL "$build/fenboctl" migrate >/dev/null
	else
		for script in "$top"/db/schema/[0-9]*.sql; do
			psql -XqAt -v ON_ERROR_STOP=1 -1 -d "$FENBO_TEST_URL" -f "$script" >/dev/null
		done
	fi
	psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" >/dev/null \
	    -c "INSERT INTO fenbo.setting VALUES ('test_clock', 'on') ON CONFLICT (name) DO UPDATE SET value = 'on'"
fi

# In the background, so that a signal to us is not kept waiting for CMD; with our input all the same.
"$@" <&0 &
child=$!
status=0
wait "$child" || status=$?
child=
exit "$status"
