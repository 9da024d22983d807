#!/usr/bin/env bash
# make run as a person meets it: one command, a console with sample appeals in Chinese, more of them while it is open; the next day
# yesterday's cases are there; make down ends every process.
. "$(dirname "$0")/../tools/site.sh"
unset FENBO_TEST_SITE
listed() { FENBO_DATABASE_URL=$url timeout 20 fenboctl --json list --view all --limit 100000 | wc -l; }
more() { [ "$(listed)" -gt "$1" ]; }
# How it ended is written down by the shell in the pane: tmux does not always know.
run_in() { term_start "$1" "$2" "$3" "make --no-print-directory BUILD='$FENBO_BUILD' run; echo \$? >'$site_dir/ended.$1'"; }
ended() { [ -s "$site_dir/ended.$1" ]; }
quit() {
	term_keys "$1" Escape Q
	term_wait "$1" 退出分拨台
	term_keys "$1" 1
	wait_for 15 ended "$1" || fail "$1 does not end"
	[ "$(cat "$site_dir/ended.$1")" = 0 ] || fail "make run ends with a failure: $(cat "$site_dir/ended.$1")"
}
ours() { # processes that have to do with this STATE
	local p
	for p in /proc/[0-9]*; do
		[ "${p#/proc/}" != $$ ] && grep -qaF "$STATE" "$p/cmdline" 2>/dev/null && echo "${p#/proc/}"
	done
	return 0
}
none() { [ -z "$(ours)" ]; }

run_in a 80 24
term_wait a '流 ●' 60
term_wait a 待分拨
first=$(term_screen a)
printf '%s' "$first" | grep -qP '\p{Han}{6,}' || fail "no Chinese"
eval "$(grep '^FENBO_' "$STATE/env")"
url=${FENBO_DISPATCHER_URL:-$FENBO_DATABASE_URL}
[ "$(stat -c %a "$STATE/env")" = 600 ] || fail "env can be read by others"
check "a morning's worth of samples" more 40
before=$(listed)
wait_for 30 more "$before" || fail "no more samples come while the console is open"
rows() { term_screen a | grep -cE '[0-9] 26[0-9]{4}-[0-9]{6}-[0-9]'; }
[ "$(rows)" -ge 5 ] || fail "the list is not filled"
places=$(FENBO_DATABASE_URL=$url fenboctl --json list --view all | jq -r 'select(.place != "").place' | sort -u | wc -l)
[ "$places" -ge 5 ] || fail "the samples come from $places places only"

# One by hand, so that there is something of yesterday's.
term_keys a n
term_wait a 已认领
read -rt 0.4 <> <(:) # longer than the guard
term_keys a N =昨天记的一条备注 F2
term_wait a 备注完成
quit a
stopped() { [ ! -e "$STATE/sample.pid" ]; }
check "the samples stop with the console" stopped
before=$(listed)

# --- the next day, in the dark as well: what was there is there
bash db/cluster/fenbo-down.sh || fail "down"
check "down ends everything" none
run_in b 200 60
term_wait b '流 ●' 60
[ "$(listed)" -ge "$before" ] || fail "of $before cases $(listed) are left"
found=$(for no in $(FENBO_DATABASE_URL=$url fenboctl --json list --view all | jq -r .id | head -n 5); do FENBO_DATABASE_URL=$url fenboctl --json show "$no"; done | grep -c 昨天记的一条备注)
[ "$found" -ge 1 ] || fail "yesterday's note is not there"
quit b
make --no-print-directory "BUILD=$FENBO_BUILD" down || fail "make down"
check "make down ends everything" none
make --no-print-directory "BUILD=$FENBO_BUILD" down || fail "make down, twice"
