#!/usr/bin/env bash
# A private PostgreSQL cluster for one machine, or for one test.
#
#   cluster.sh start DIR [--test]   make it if it is not there, start it if it does not run; doing it twice is harmless
#   cluster.sh stop DIR             stop it, if it runs
#   cluster.sh url DIR              print the owner's libpq connection string
#
# DIR holds data/ (the cluster), run/ (the socket), log, port. PostgreSQL refuses to run as root: then the server belongs to
# `postgres`, or to `nobody` where there is no such user, and if that user cannot reach DIR (root's home is closed) data/ and
# run/ become links into /var/lib/fenbo. A real cluster also listens on a free port of 127.0.0.1; one made for a test has its
# socket only and does not wait for the disk. The owner of the server process and whoever called this come in over the
# socket as the superuser `postgres`; everybody else needs a password (SCRAM) on every way in.
set -euo pipefail
export LC_ALL=C.UTF-8

die() { echo "cluster.sh: $*" >&2; exit 1; }
usage() { echo "usage: cluster.sh start DIR [--test] | stop DIR | url DIR" >&2; exit 2; }

[ $# -ge 2 ] || usage
verb=$1 dir=$2 test_mode=
shift 2
case "${1-}" in
'') ;;
--test) test_mode=1 ;;
*) usage ;;
esac
[ $# -le 1 ] || usage

find_binaries() {
	local d best=
	for d in /usr/lib/postgresql/*/bin /usr/local/pgsql/bin; do
		[ -x "$d/postgres" ] && [ -x "$d/initdb" ] && best=$d # the glob is sorted: the newest wins
	done
	if [ -z "$best" ] && command -v initdb >/dev/null 2>&1; then
		best=$(dirname "$(command -v initdb)")
	fi
	[ -n "$best" ] || die "no PostgreSQL server is installed (Debian: apt install postgresql)"
	bin=$best
}

# Run a command as the user the server belongs to.
if [ "$(id -u)" -eq 0 ]; then
	if id postgres >/dev/null 2>&1; then server_user=postgres; else server_user=nobody; fi
	as_server() {
		setpriv --reuid "$server_user" --regid "$(id -g "$server_user")" --clear-groups -- \
		    env -u PGPASSFILE -u PGSERVICEFILE HOME=/ "$@"
	}
else
	server_user=$(id -un)
	as_server() { "$@"; }
fi

# data/ and run/: inside DIR, or behind links where the server's user cannot go.
make_rooms() {
	local room name
	[ -d "$dir" ] || (umask 066 && mkdir -p "$dir") # others may pass through, not look: the server's user must reach its rooms
	dir=$(cd "$dir" && pwd)
	if [ "$(id -u)" -eq 0 ] && ! as_server test -x "$dir"; then
		room=/var/lib/fenbo/$(printf %s "$dir" | sha256sum | cut -c1-12)
		mkdir -p "$room"
		chmod 755 /var/lib/fenbo "$room"
	else
		room=$dir
	fi
	for name in data run log; do
		if [ "$room" != "$dir" ] && [ ! -e "$dir/$name" ]; then
			mkdir -p "$room/$name"
			ln -sfn "$room/$name" "$dir/$name"
		fi
		mkdir -p "$dir/$name"
		chmod 700 "$(readlink -f "$dir/$name")"
		if [ "$(id -u)" -eq 0 ]; then chown "$server_user": "$(readlink -f "$dir/$name")"; fi
	done
}

rooms() {
	dir=$(cd "$dir" 2>/dev/null && pwd) || return 1
	[ -e "$dir/data" ] || return 1
	data=$(readlink -f "$dir/data")
	log=$(readlink -f "$dir/log")/postgresql.log
	run=$(readlink -f "$dir/run")
	# sun_path holds 107 bytes, and ".s.PGSQL.65535.lock" comes behind the directory.
	if [ ${#run} -gt 86 ]; then
		if [ -s "$dir/socket" ] && [ -d "$(cat "$dir/socket")" ]; then
			run=$(cat "$dir/socket")
		elif [ "$verb" = start ]; then
			run=$(mktemp -d /tmp/fenbo-socket.XXXXXX)
			if [ "$(id -u)" -eq 0 ]; then chown "$server_user": "$run"; fi
			printf '%s\n' "$run" >"$dir/socket"
		fi
	fi
	port=$(cat "$dir/port" 2>/dev/null || echo 5432)
}

# The postmaster of this data directory, and of no other: a pid file that a crash left may name anybody.
running_pid() {
	local pid
	pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 1
	[ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$data" ] &&
	    { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -q postgres || return 1
	echo "$pid"
}

quote() { # a value of a libpq connection string
	printf "'%s'" "$(printf %s "$1" | sed "s/[\\\\']/\\\\&/g")"
}

url() { echo "host=$(quote "$run") port=$port dbname=${1-fenbo} user=postgres"; }

sql() { psql -XqAt -v ON_ERROR_STOP=1 -d "$(url "$1")" -c "$2"; }

free_port() {
	local p
	while :; do
		p=$((20000 + RANDOM % 20000))
		(exec 3<>"/dev/tcp/127.0.0.1/$p") 2>/dev/null || { echo "$p"; return; }
	done
}

make_cluster() {
	[ ! -s "$data/PG_VERSION" ] || return 0
	# Built beside and moved in whole, so that a start that was killed leaves nothing half made behind.
	local new=$data.new log_init
	rm -rf "$new"
	mkdir "$new"
	if [ "$(id -u)" -eq 0 ]; then chown "$server_user": "$new"; fi
	log_init=$(as_server "$bin/initdb" -D "$new" -U postgres --encoding=UTF8 --locale=C.UTF-8 \
	    --auth-local=peer --auth-host=scram-sha-256 ${test_mode:+--no-sync} 2>&1) || die "initdb: $log_init"
	rmdir "$data" && mv "$new" "$data"
	if [ -n "$test_mode" ]; then touch "$dir/test"; fi
}

memory_mb() { awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo; }

write_config() {
	local buffers=128
	if [ ! -e "$dir/test" ]; then
		buffers=$(($(memory_mb) / 8))
		[ "$buffers" -le 1024 ] || buffers=1024
		[ "$buffers" -ge 64 ] || buffers=64
	fi
	{
		echo "unix_socket_directories = '$(printf %s "$run" | sed "s/'/''/g")'"
		echo "port = $port"
		echo "shared_buffers = ${buffers}MB"
		# What citizens wrote must not reach the log by way of a failing statement.
		echo "log_min_error_statement = panic"
		echo "log_line_prefix = '%m [%p] %u '"
		echo "password_encryption = 'scram-sha-256'"
		echo "timezone = 'UTC'"
		echo "idle_in_transaction_session_timeout = '60s'"
		echo "jit = off" # the statements are short; to compile one costs more than to run it
		echo "max_locks_per_transaction = 256" # sixty monthly partitions, and their indexes, in one statement
		if [ -e "$dir/test" ]; then
			echo "listen_addresses = ''"
			echo "max_connections = 300"
			echo "fsync = off"
			echo "full_page_writes = off"
			echo "max_wal_size = '1GB'"
		else
			echo "listen_addresses = '127.0.0.1'"
			echo "max_connections = 1200" # a thousand consoles, fenbod, and room
			echo "max_wal_size = '4GB'"
			echo "checkpoint_timeout = '15min'"
			echo "wal_compression = on"
		fi
	} >"$dir/fenbo.conf"
	{
		echo "local all postgres peer map=owner"
		echo "local all all scram-sha-256"
		echo "host  all all 127.0.0.1/32 scram-sha-256"
	} >"$dir/hba.conf"
	{
		for name in "$server_user" "$(id -un)"; do echo "owner \"$name\" postgres"; done | sort -u
	} >"$dir/ident.conf"
	install_config fenbo.conf fenbo.conf
	install_config hba.conf pg_hba.conf
	install_config ident.conf pg_ident.conf
	grep -q "^include 'fenbo.conf'" "$data/postgresql.conf" || echo "include 'fenbo.conf'" >>"$data/postgresql.conf"
}

install_config() {
	install -m 600 "$dir/$1" "$data/$2"
	if [ "$(id -u)" -eq 0 ]; then chown "$server_user": "$data/$2"; fi
	rm -f "$dir/$1"
}

start_server() {
	local try answer
	for try in 1 2 3 4 5 6 7 8; do
		# A crash leaves a pid file; when its number now belongs to another process of the same user PostgreSQL would
		# believe it. Nobody holds this directory, running_pid has looked.
		if [ -e "$data/postmaster.pid" ] && ! running_pid >/dev/null; then
			rm -f "$data/postmaster.pid" "$run"/.s.PGSQL.*
		fi
		write_config
		if answer=$(as_server "$bin/pg_ctl" -D "$data" -l "$log" -s -w -t 120 start 2>&1 9>&-); then
			printf '%s\n' "$port" >"$dir/port"
			return 0
		fi
		if tail -n 20 "$log" | grep -q 'could not bind\|could not create any TCP'; then
			port=$(free_port) # somebody was quicker
		fi
		read -r -t 0.3 <> <(:) || true # children of a killed postmaster need a moment to let go of its memory
	done
	die "the server does not start: $answer$(tail -n 5 "$log" | sed 's/^/\n  /')"
}

make_database() {
	[ "$(sql postgres "SELECT count(*) FROM pg_database WHERE datname = 'fenbo'")" = 0 ] || return 0
	sql postgres "CREATE DATABASE fenbo TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu
	    ICU_LOCALE 'zh-Hans-CN' LOCALE 'C.UTF-8'"
	sql postgres "REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC"
}

start() {
	make_rooms
	exec 9>"$dir/lock"
	flock -w 180 9 || die "another start or stop of $dir does not end"
	rooms
	find_binaries
	cd /
	make_cluster
	if [ -e "$dir/test" ]; then
		port=5432
	elif [ ! -s "$dir/port" ]; then
		port=$(free_port)
	elif ! running_pid >/dev/null && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
		port=$(free_port) # yesterday's port belongs to somebody else today
	fi
	if ! running_pid >/dev/null; then start_server; fi
	make_database
}

stop() {
	rooms || return 0
	exec 9>"$dir/lock"
	flock -w 180 9 || die "another start or stop of $dir does not end"
	find_binaries
	cd /
	if running_pid >/dev/null; then
		as_server "$bin/pg_ctl" -D "$data" -s -w -t 120 -m fast stop || die "the server does not stop"
	fi
	if [ -s "$dir/socket" ]; then
		rm -rf "$(cat "$dir/socket")"
		rm -f "$dir/socket"
	fi
}

case "$verb" in
start) start ;;
stop) stop ;;
url)
	rooms || die "there is no cluster in $dir"
	url
	;;
*) usage ;;
esac
