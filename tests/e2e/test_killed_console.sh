#!/usr/bin/env bash
# The console is killed in the middle of an answer, stopped and brought back, made larger and smaller while somebody types: the text
# is there again, and a claim is kept or free again when it should be.
. "$(dirname "$0")/../tools/site.sh"
ctl() { timeout 60 fenboctl --json "$@"; }
shown() { printf '%s-%s-%s' "${1:0:6}" "${1:6:6}" "${1:12:1}"; }
advice() { term_screen "$1" | grep -qE '(^|│) 1 [^ ]'; }
is() { [ "$(ctl show "$1" | jq -r "$2")" = "$3" ]; }
post() { site_post "$(jq -nc --arg e "$1" --arg t "$2" '{external_id: $e, text: $t}')" | jq -re .id; }
size() { tmux -L "$site_tmux" resize-window -t "$1" -x "$2" -y "$3"; }
later() { site_sql "INSERT INTO fenbo.setting (name, value) VALUES ('test_clock', 'on'), ('test_clock_offset', '$1')
	ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value" >/dev/null; }
answering() { # console, what is typed
	term_keys "$1" F2 Home
	check "$1 reads the case" advice "$1"
	term_keys "$1" a
	term_wait "$1" 查找：
	term_keys "$1" Tab "=$2"
	term_wait "$1" "$2"
}

site_start
lin=$(site_person lin dispatcher 林小雨)
card=$(post card 宝安区西乡街道居民想问一下居住证怎么办理需要什么材料)
term_start a 80 24 exec fenbo
term_start b 80 24 "FENBO_DATABASE_URL=\"$lin\" exec fenbo"
for name in a b; do term_wait $name '流 ●'; term_wait $name "$(shown "$card")"; done

# --- larger and smaller while typing
term_keys a n
term_wait a 已认领
answering a 您好，居住证请
for to in '200 60' '80 24' '40 12' '132 40'; do
	size a ${to% *} ${to#* }
	term_keys a =带
done
size a 80 24
term_wait a 您好，居住证请带带带带
term_keys a BSpace BSpace BSpace
term_wait_gone a 请带带

# --- killed: what was typed is there at the next start; the claim is free again within a minute
saved() { grep -q 您好，居住证请带身份证 "$STATE"/drafts-demo.json; }
term_keys a =身份证
term_wait a 您好，居住证请带身份证
check "the draft is on disk" saved
kill -9 "$(term_pid a)"
is "$card" .owner demo || fail "not claimed"
later '20 seconds' # a claim still stands for two thirds of its minute at least …
term_keys b Home c
refused() { term_line b -1 | grep -q '他人正在办理\|已认领'; }
check "b may not take it" refused
is "$card" .owner demo || fail "the claim ended too early"
later '70 seconds' # … and not after it
check "the claim is swept" is "$card" '.owner // ""' ""
freed() { ! term_screen b | grep -qF '@demo'; }
check "b sees it free" freed
# By this clock b has slept for longer than its session lives: it says so, and is back at work with the next key.
term_keys b Home c
term_wait b 请再按一次
takes() { term_keys b c; wait_for 1 is "$card" .owner lin; }
check "b takes it" takes
term_keys b C
check "b gives it back" is "$card" '.owner // ""' ""

term_start c 80 24 'bash --norc -i'
term_keys c "=PS1='shell: '" Enter
term_wait c 'shell: '
term_keys c =fenbo Enter
term_wait c '流 ●' 15
term_keys c n
term_wait c 已认领
check "c reads the case" advice c
term_keys c a
term_wait c 您好，居住证请带身份证

# --- stopped and brought back: others do not get the case meanwhile
term_keys c =到西乡派出所
term_wait c 到西乡派出所
term_keys c C-z
term_wait c Stopped
stopped_at=$(ctl show "$card" | jq -r .lease_until)
renewed() { [ "$(ctl show "$card" | jq -r .lease_until)" != "$stopped_at" ]; }
wait_for 40 renewed || fail "nobody renews the claim of a stopped console"
is "$card" .owner demo || fail "the claim of a stopped console ended"
term_keys c =fg Enter
term_wait c 您好，居住证请带身份证到西乡派出所
term_keys c F2
term_wait c 'y 是'
term_keys c y
term_wait c 答复完成
check "answered" is "$card" .outcome answered
ctl show "$card" | grep -q 您好，居住证请带身份证到西乡派出所 || fail "another text was sent"
unsaved() { ! grep -qs 居住证请带 "$STATE"/drafts-demo.json; }
check "the draft is gone once it is sent" unsaved
term_keys c Escape Q
term_wait c 退出
term_keys c 1
term_wait c 'shell: '
