#!/usr/bin/env bash
# Stop what fenbo-up.sh started: the sample stream, fenbod (it finishes what it accepted), PostgreSQL. The data stays.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
state=${XDG_STATE_HOME:-$HOME/.local/state}/fenbo
export LC_ALL=C.UTF-8
[ -d "$state" ] || exit 0

end() { # pid file, a text its command line must hold
	local pid
	pid=$(cat "$1" 2>/dev/null) || return 0
	if [ -n "$pid" ] && { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF -- "$2"; then
		kill "$pid" 2>/dev/null || true
		for _ in $(seq 200); do
			kill -0 "$pid" 2>/dev/null || break
			read -rt 0.1 <> <(:) || true
		done
		kill -9 "$pid" 2>/dev/null || true
	fi
	rm -f "$1"
}
end "$state/sample.pid" sample
end "$state/fenbod.pid" "$state/fenbo.ini"
bash "$top/db/cluster/cluster.sh" stop "$state/cluster"
