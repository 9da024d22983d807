#!/usr/bin/env bash
# fenbod is killed, or hangs, while consoles are open: they say so within 2 s, go on with PostgreSQL alone, and heal by themselves.
. "$(dirname "$0")/../tools/site.sh"
ctl() { timeout 60 fenboctl --json "$@"; }
shown() { printf '%s-%s-%s' "${1:0:6}" "${1:6:6}" "${1:12:1}"; }
lists() { term_screen "$1" | grep -qE "[0-9] $(shown "$2")"; } # a row of the list, not a mention in another case
lists_not() { ! lists "$@"; }
cursor_on() { term_screen "$1" | grep -F '▸' | grep -qF "$(shown "$2")"; }
advice() { term_screen "$1" | grep -qE '(^|│) 1 [^ ]'; }
dispatch_top() { # console, case: it stands at the top
	term_keys "$1" Home
	check "$1: cursor on $(shown "$2")" cursor_on "$1" "$2"
	check "$1 reads $(shown "$2")" advice "$1"
	read -rt 0.4 <> <(:) # longer than the guard
	term_keys "$1" 1
	term_wait "$1" 已派
}
within_2s() { # what, command: what a person must see, in the time promised (and 0.3 s for looking)
	local what=$1 started=${EPOCHREALTIME/./}
	shift
	wait_for 10 "$@" || fail "$what: never"
	[ $((${EPOCHREALTIME/./} - started)) -le 2300000 ] || fail "$what: only after $((${EPOCHREALTIME/./} - started)) µs"
}
says_lost() { term_shows "$1" '流 ✗'; }
post() { site_post "$(jq -nc --arg e "$1" --arg t "$2" '{external_id: $e, text: $t}')" | jq -re .id; }
pid_of_daemon() { cat "$STATE/fenbod.pid"; }

site_start
lin=$(site_person lin dispatcher 林小雨)
for i in 1 2 3 4 5; do no[i]=$(post "e$i" "宝安区西乡街道夜间施工噪音扰民第${i}起"); done
term_start a 80 24 exec fenbo
term_start b 200 60 "FENBO_DATABASE_URL=\"$lin\" exec fenbo"
for name in a b; do term_wait $name '流 ●'; check "$name lists" lists $name "${no[5]}"; done

# --- killed
kill -9 "$(pid_of_daemon)"
within_2s "a says that the stream is lost" says_lost a
within_2s "b says that the stream is lost" says_lost b
term_wait a 轮询 5
term_shows a '库 ●' || fail "PostgreSQL is there"
dispatch_top a "${no[1]}"
check "b sees it without fenbod" lists_not b "${no[1]}"
term_keys b n
term_wait b 已认领
owned() { term_screen a | grep -qF '@lin'; }
check "a sees the owner without fenbod" owned
bash db/cluster/fenbo-up.sh >/dev/null || fail "fenbod does not start again"
for name in a b; do term_wait $name '流 ●' 15; term_wait_gone $name 轮询; done
no[6]=$(post e6 宝安区西乡街道夜间施工噪音扰民第6起)
for name in a b; do check "$name hears the stream again" lists $name "${no[6]}"; done

# --- hangs: connections stay open, nobody answers
kill -STOP "$(pid_of_daemon)"
term_keys b Escape C # the claim goes back; a learns of it although its stream is silent
shows_free() { ! owned; }
within_2s "a hung fenbod is noticed" says_lost a
check "a goes on" shows_free
dispatch_top a "${no[2]}"
check "b sees it" lists_not b "${no[2]}"
kill -CONT "$(pid_of_daemon)"
for name in a b; do term_wait $name '流 ●' 15; done
no[7]=$(post e7 宝安区西乡街道夜间施工噪音扰民第7起)
for name in a b; do check "$name hears the stream again" lists $name "${no[7]}"; done
[ "$(ctl list --view all | jq -s 'map(select(.desk == "centre")) | length')" = 5 ] || fail "something was done twice or not at all"
