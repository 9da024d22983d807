#!/usr/bin/env bash
# make run: everything up, sample appeals coming in while the console is open, and the console as the demonstration dispatcher.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${FENBO_BUILD:-$top/build}
state=${XDG_STATE_HOME:-$HOME/.local/state}/fenbo
bash "$top/db/cluster/fenbo-up.sh"
# shellcheck disable=SC1091
. "$state/env"
export FENBO_CONFIG=$state/fenbo.ini FENBO_DATABASE_URL=$FENBO_DISPATCHER_URL

# A morning's worth at once where the queue is empty, then one every few seconds. The stream of another console goes on.
stop_samples() {
	trap - EXIT
	if [ -n "${sample-}" ]; then
		kill "$sample" 2>/dev/null || true
		rm -f "$state/sample.pid"
	fi
}
if ! pid=$(cat "$state/sample.pid" 2>/dev/null) || ! grep -qa sample "/proc/$pid/cmdline" 2>/dev/null; then
	seed=$(date +%s)
	if [ "$("$build/fenboctl" --json list --view triage --limit 1)" = "" ]; then
		"$build/fenboctl" sample --policy "$top/conf" --rate 500 --count 60 --seed "$seed" >>"$state/sample.log" 2>&1 || tail -n 3 "$state/sample.log" >&2
	fi
	"$build/fenboctl" sample --policy "$top/conf" --rate 0.3 --seed $((seed + 1)) </dev/null >>"$state/sample.log" 2>&1 &
	sample=$!
	printf '%s\n' "$sample" >"$state/sample.pid"
	trap stop_samples EXIT
	trap 'exit 129' HUP
	trap 'exit 143' TERM
fi
status=0
"$build/fenbo" "$@" || status=$?
exit "$status"
