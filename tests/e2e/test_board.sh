#!/usr/bin/env bash
# The time board from end to end: it opens, a case becomes late and the number changes, the cases behind it are acted on there; the wall, with
# fenbod gone, with PostgreSQL gone, and started while there was none.
. "$(dirname "$0")/../tools/site.sh"
ctl() { timeout 60 fenboctl --json "$@"; }
shown() { printf '%s-%s-%s' "${1:0:6}" "${1:6:6}" "${1:12:1}"; }
ago() { date -u -d "-$1" +%FT%TZ; }
post() { site_post "$(jq -nc --arg e "$1" --arg t "$2" --arg at "$(ago "$3")" '{external_id: $e, text: $t, received_at: $at}')" | jq -re .id; }
lists() { term_screen "$1" | grep -qE "[0-9] $(shown "$2")"; }
lists_not() { ! lists "$@"; }

site_start
supervisor=$FENBO_SUPERVISOR_URL
noise=$(post noise 宝安区西乡街道夜间施工噪音扰民 '45 minutes')
light=$(post light 宝安区西乡街道路灯不亮好几天了 '5 minutes')
post card 宝安区西乡街道居民想问一下居住证怎么办理 '1 minute' >/dev/null

# --- the board
term_start a 120 40 "FENBO_DATABASE_URL=\"$supervisor\" exec fenbo"
term_wait a '流 ●'
check "the queue is there" lists a "$noise"
term_keys a g b
term_wait a 即将超时
check "what will be late next" lists a "$noise"
term_wait a 来件
term_lacks a 最久 || fail "something is late already"
# More pressing than it was thought: 30 minutes from when it came in, which are over.
ctl act priority "$noise" --priority urgent --reason '有人受伤' >/dev/null || fail "the priority is not changed"
term_wait a 最久
term_keys a Tab Tab
term_wait a 未结
term_keys a Enter
term_wait a '台席 中心'
term_shows a '▲ 已超时 1' || fail "the cases of the desk do not say how many are late"
top() { term_screen a | grep -F '▸' | head -n 1 | grep -qF "$(shown "$noise")"; }
check "what is late stands first" top
check "its units are shown" eval "term_screen a | grep -qE '(^|│) 1 [^ ]'"
read -rt 0.4 <> <(:) # longer than the guard
term_keys a 1
term_wait a 已派
check "it has left the desk" lists_not a "$noise"
term_shows a '台席 中心' || fail "deciding has closed the list"
check "the next one is under the cursor" eval "term_screen a | grep -F '▸' | grep -qF '$(shown "$light")'"
term_keys a Enter
term_wait a 路灯不亮好几天了
term_keys a Escape Escape
term_wait a 即将超时
ctl show "$noise" | jq -e '.desk != "centre" or .stage != "triage"' >/dev/null || fail "nothing was dispatched"

# --- what came and went, to the second console as to the first
went() { term_screen "$1" | grep -qE '办出 +1 '; }
check "a has counted the departure" went a
term_start b 200 60 "FENBO_DATABASE_URL=\"$supervisor\" exec fenbo --wall"
term_wait b 时限看板
check "b has read it" went b
for words in 噪音 路灯 居住证 demo; do term_shows b $words && fail "the wall shows $words"; done

# --- fenbod is gone
kill -9 "$(cat "$STATE/fenbod.pid")"
term_wait b 事件流中断
bash db/cluster/fenbo-up.sh >/dev/null || fail "fenbod does not start again"
term_wait_gone b 事件流中断 20

# --- PostgreSQL is gone; another wall is started while it is
kill -QUIT "$(head -n 1 "$STATE/cluster/data/postmaster.pid")"
term_wait b 数据库中断
term_start c 80 24 "FENBO_DATABASE_URL=\"$supervisor\" exec fenbo --wall"
term_wait c 连接数据库
read -rt 6 <> <(:) # longer than a console that somebody has started would wait
term_shows c 连接数据库 || fail "a wall has given up"
bash db/cluster/fenbo-up.sh >/dev/null || fail "PostgreSQL does not start again"
term_wait_gone b 数据库中断 30
term_wait c 即将超时 30
term_wait_gone c 事件流中断 30
fast=$(post fast 宝安区西乡街道停水了什么时候来水 '1 minute')
check "the wall hears of a new case" lists b "$fast"
check "and the other" eval "term_screen c | grep -qF '$(shown "$fast")' || term_screen c | grep -qF 台席"
check "what came and went has outlived both" went b
term_keys b q
gone() { [ "$(tmux -L "$site_tmux" display-message -p -t b '#{pane_dead}')" = 1 ]; }
check "q ends the wall" gone
