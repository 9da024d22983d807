#!/usr/bin/env bash
# fenboctl sample --print: the same seed prints the same lines, another seed others; wrong usage ends with 2, no fenbod with 3.
set -u
cd "$(dirname "$0")/../.." || exit 2
ctl=${FENBO_BUILD:-build}/fenboctl
[ -x "$ctl" ] || { echo "$ctl is not built"; exit 1; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
unset FENBO_CONFIG FENBO_KEY_FILE FENBO_DATABASE_URL
bad=0
expect() { # STATUS COMMAND…
	local want=$1 got
	shift
	timeout 20 "$@" >"$dir/out" 2>"$dir/err"
	got=$?
	[ "$got" = "$want" ] || { echo "FAILED: $* ended with $got, not $want"; cat "$dir/err"; bad=1; }
}

expect 0 "$ctl" sample --print --rate 0 --count 50 --seed 4 --policy conf
cp "$dir/out" "$dir/first"
[ "$(wc -l <"$dir/first")" = 50 ] || { echo "FAILED: 50 lines are expected"; bad=1; }
expect 0 "$ctl" sample --print --rate 0 --count 50 --seed 4 --policy conf
cmp "$dir/out" "$dir/first" || bad=1
expect 0 "$ctl" sample --print --rate 0 --count 50 --seed 5 --policy conf
cmp -s "$dir/out" "$dir/first" && { echo "FAILED: two seeds print the same"; bad=1; }
expect 2 "$ctl" sample --print --rate much
expect 2 "$ctl" sample --print --count 5 --policy /nowhere
echo key >"$dir/key"
chmod 600 "$dir/key"
FENBO_URL=http://127.0.0.1:1 expect 3 "$ctl" sample --count 1 --key-file "$dir/key" --policy conf
exit $bad
