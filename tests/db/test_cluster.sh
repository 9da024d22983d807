#!/usr/bin/env bash
# db/cluster/cluster.sh: started twice, killed, with a stale pid file, with a path too long for a socket, and who may come in.
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d /tmp/fenbo-test.XXXXXX)
chmod 755 "$work"
cluster=db/cluster/cluster.sh
long=$work/$(printf 'x%.0s' $(seq 100))/with\ \'quote
finish() {
	bash $cluster stop "$work/c" >/dev/null 2>&1
	bash $cluster stop "$long" >/dev/null 2>&1
	rm -rf "$work"
}
trap finish EXIT
bad=0
complain() { echo "$*"; bad=1; }
run() { timeout 120 bash $cluster "$@" || complain "cluster.sh $* failed"; }
pid() { head -n 1 "$work/c/data/postmaster.pid"; }
ask() { psql -XqAt -d "$(bash $cluster url "$work/c")" -c "$1"; }

run start "$work/c" --test
[ "$(ask "SELECT concat_ws(' ', datcollate, datlocprovider, daticulocale) FROM pg_database WHERE datname = 'fenbo'")" = 'C.UTF-8 i zh-Hans-CN' ] ||
	complain "the database is not as the design says"
[ "$(ask 'SHOW listen_addresses')" = '' ] || complain "a test cluster listens on TCP"
ask 'CREATE TABLE kept AS SELECT 1 AS n' >/dev/null
first=$(pid)
run start "$work/c" --test
[ "$(pid)" = "$first" ] || complain "the second start made another server"

kill -9 "$first"
run start "$work/c"
[ "$(ask 'SELECT n FROM kept')" = 1 ] || complain "after kill -9 the data is gone"

# a pid file whose number now belongs to somebody else
kill -9 "$(pid)"
while pgrep -f "$work/c/data" >/dev/null; do read -rt 0.05 <> <(:); done
sed -i "1s/.*/$$/" "$work/c/data/postmaster.pid"
run start "$work/c"
[ "$(ask 'SELECT n FROM kept')" = 1 ] || complain "a stale pid file was believed"

# the owner by who he is, everybody else by password
ask "CREATE ROLE visitor LOGIN PASSWORD 'right'" >/dev/null
visitor=$(bash $cluster url "$work/c" | sed 's/user=.*/user=visitor/')
psql -XqAt -d "$visitor password=right" -c 'SELECT 1' >/dev/null || complain "the right password is refused"
psql -XqAt -d "$visitor password=wrong" -c 'SELECT 1' >/dev/null 2>&1 && complain "a wrong password is accepted"
psql -XqAtw -d "$visitor" -c 'SELECT 1' >/dev/null 2>&1 && complain "no password is accepted"

# two at once
bash $cluster stop "$work/c"
bash $cluster start "$work/c" & one=$!
bash $cluster start "$work/c" & two=$!
wait $one && wait $two || complain "two starts at once: one failed"
run stop "$work/c"
run stop "$work/c"
ask 'SELECT 1' >/dev/null 2>&1 && complain "a stopped server answers"

# a real one: TCP on a free port of 127.0.0.1, and a path no socket address can hold
run start "$long"
url=$(bash $cluster url "$long")
[ "$(psql -XqAt -d "$url" -c 'SHOW listen_addresses')" = 127.0.0.1 ] || complain "a real cluster does not listen on 127.0.0.1"
[ "$(psql -XqAt -d "$url" -c 'SHOW fsync')" = on ] || complain "a real cluster does not wait for the disk"
[ "$(psql -XqAt -d "$url" -c 'SHOW max_connections')" -ge 1100 ] || complain "no room for a thousand consoles"
port=$(psql -XqAt -d "$url" -c 'SHOW port')
psql -XqAtw -d "host=127.0.0.1 port=$port dbname=fenbo user=postgres" -c 'SELECT 1' >/dev/null 2>&1 && complain "TCP asks for no password"
run stop "$long"
exit $bad
