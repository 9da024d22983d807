#!/usr/bin/env bash
# Bring a whole centre up under STATE (${XDG_STATE_HOME:-~/.local/state}/fenbo): private PostgreSQL, migrations, shipped policy,
# demonstration people, fenbod. Every step looks first whether it is done, so that a second run, or one after a crash, goes
# on where the last one stopped, with yesterday's data. Returns when /healthz says 200, having written STATE/env.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${FENBO_BUILD:-$top/build}
state=${XDG_STATE_HOME:-$HOME/.local/state}/fenbo
export LC_ALL=C.UTF-8
umask 077

die() { echo "fenbo-up: $*" >&2; exit 1; }
for program in fenboctl fenbod; do
	[ -x "$build/$program" ] || die "$build/$program is not built: make"
done
[ -d "$state" ] || (umask 066 && mkdir -p "$state") # its files are ours alone; the server's user passes through to the cluster
exec 8>"$state/up.lock"
flock -w 300 8 || die "another start does not end"

# --- the database --------------------------------------------------------------------------------------------------
cluster=$top/db/cluster/cluster.sh
bash "$cluster" start "$state/cluster" ${FENBO_TEST_SITE:+--test} 8>&-
owner=$(bash "$cluster" url "$state/cluster")
ctl() { FENBO_CONFIG=$top/conf/fenbo.ini FENBO_DATABASE_URL=$owner "$build/fenboctl" "$@"; }
ctl migrate >>"$state/up.log"

# A libpq string for somebody else: the same place, another user, the password from the passfile.
quote() { printf "'%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"; }
url_of() { printf '%s user=%s passfile=%s' "${owner% user=*}" "$1" "$(quote "$state/passfile")"; }

if [ "$(ctl --json route history)" = "" ]; then
	ctl route apply "$top/conf" --note 'shipped with Fenbo' >>"$state/up.log" 2>"$state/route.err" ||
		die "the shipped policy is refused: $(head -n 5 "$state/route.err")"
fi

# --- people and keys -----------------------------------------------------------------------------------------------
secret() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }
touch "$state/passfile"
accounts=$(ctl --json user list)
account() { # name role person option…
	local name=$1 role=$2 person=$3 password
	shift 3
	password=$(sed -n "s/^\*:\*:fenbo:$name://p" "$state/passfile" | tail -n 1)
	if [ -n "$password" ] && printf %s "$accounts" | grep -q "\"name\":\"$name\""; then return; fi
	# The password is on disk before the account has it: a crash in between costs nothing.
	if [ -z "$password" ]; then
		password=$(secret)
		printf '*:*:fenbo:%s:%s\n' "$name" "$password" >>"$state/passfile"
	fi
	if printf %s "$accounts" | grep -q "\"name\":\"$name\""; then
		printf '%s\n' "$password" | ctl user password "$name" --password-file - >>"$state/up.log"
	else
		printf '%s\n' "$password" | ctl user add "$name" --role "$role" --person "$person" --password-file - "$@" >>"$state/up.log"
	fi
}
account demo dispatcher 张三 --crew 3
account demo_supervisor supervisor 李四 --crew 3
account demo_admin admin 王五
account demo_unit unit 赵六 --desk "${FENBO_DEMO_UNIT:-zhujian}"
account fenbo_daemon feed fenbod

if [ ! -s "$state/key" ] || ! ctl --json key list | grep -q "\"name\":\"$(cat "$state/key.name" 2>/dev/null)\""; then
	name=demo-$(date +%Y%m%d%H%M%S)
	ctl key add "$name" --channel hotline --rights intake,read,noplace,backdate,feed,metrics >"$state/key.new"
	printf '%s\n' "$name" >"$state/key.name"
	mv "$state/key.new" "$state/key"
fi

# --- fenbod --------------------------------------------------------------------------------------------------------
in_use() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
running_pid() {
	local pid
	pid=$(cat "$state/fenbod.pid" 2>/dev/null) && [ -n "$pid" ] &&
	    { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF "$state/fenbo.ini" && echo "$pid"
}
healthy() { curl -fsS --max-time 2 "http://127.0.0.1:$port/healthz" >/dev/null 2>&1; }

port=$(cat "$state/http-port" 2>/dev/null || echo 8311)
pid=$(running_pid || true)
if [ -n "$pid" ] && { [ "$build/fenbod" -nt "$state/fenbod.pid" ] || ! healthy; }; then
	kill "$pid" 2>/dev/null || true # another build, or one that hangs: the new one takes over
	for _ in $(seq 100); do
		kill -0 "$pid" 2>/dev/null || break
		read -rt 0.1 <> <(:) || true
	done
	kill -9 "$pid" 2>/dev/null || true
	pid=
fi
if [ -z "$pid" ]; then
	while in_use "$port"; do port=$((20000 + RANDOM % 20000)); done
	printf '%s\n' "$port" >"$state/http-port"
	{
		echo "# written by make up; fenbod reads it"
		echo "[database]"
		echo "url = $(url_of fenbo_daemon)"
		echo "[fenbod]"
		echo "url = http://127.0.0.1:$port"
		echo "key_file = $state/key"
		echo "[listen]"
		echo "address = 127.0.0.1"
		echo "port = $port"
	} >"$state/fenbo.ini"
	cd /
	env -u FENBO_DATABASE_URL -u FENBO_URL -u FENBO_KEY_FILE setsid "$build/fenbod" --config "$state/fenbo.ini" \
	    </dev/null >>"$state/fenbod.log" 2>&1 8>&- &
	printf '%s\n' "$!" >"$state/fenbod.pid"
	for _ in $(seq 300); do
		if healthy; then break; fi
		running_pid >/dev/null || die "fenbod ended: $(tail -n 3 "$state/fenbod.log")"
		read -rt 0.1 <> <(:) || true
	done
	healthy || die "fenbod does not become healthy: $(tail -n 3 "$state/fenbod.log")"
fi

# --- what others need ----------------------------------------------------------------------------------------------
put() { printf "%s='%s'\n" "$1" "$(printf %s "$2" | sed "s/'/'\\\\''/g")"; }
{
	put FENBO_DATABASE_URL "$owner"
	put FENBO_URL "http://127.0.0.1:$port"
	put FENBO_KEY_FILE "$state/key"
	echo "export FENBO_DATABASE_URL FENBO_URL FENBO_KEY_FILE"
	echo "# FENBO_DATABASE_URL is the owner of this private database, who may do everything; these are people of the demonstration"
	put FENBO_OWNER_URL "$owner"
	put FENBO_DISPATCHER_URL "$(url_of demo)"
	put FENBO_SUPERVISOR_URL "$(url_of demo_supervisor)"
	put FENBO_ADMIN_URL "$(url_of demo_admin)"
	put FENBO_UNIT_URL "$(url_of demo_unit)"
} >"$state/env.new"
mv "$state/env.new" "$state/env"
echo "Fenbo is up at http://127.0.0.1:$port; . $state/env"
