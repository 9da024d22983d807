#!/usr/bin/env bash
# A dispatcher's work by hand, in two consoles at once: 80×24 and 200×60, Chinese, everything checked in the database as well.
. "$(dirname "$0")/../tools/site.sh"
ctl() { timeout 60 fenboctl --json "$@"; }
post() { # external id, text, further fields of the line → the case's number
	site_post "$(jq -nc --arg e "$1" --arg t "$2" --argjson more "${3:-{\}}" '{external_id: $e, text: $t} + $more')" | jq -re .id
}
shown() { printf '%s-%s-%s' "${1:0:6}" "${1:6:6}" "${1:12:1}"; } # as people read a number
is() { [ "$(ctl show "$1" | jq -r "$2")" = "$3" ]; }
event() { ctl show "$1" --events | jq -e --arg a "$2" 'any(.events[]; .action == $a)' >/dev/null; }
cursor_on() { term_screen "$1" | grep -F '▸' | grep -qF "$(shown "$2")"; }
to_case() { # console, case: filter by the number's serial, so that the cursor stands on it, then take the filter away
	local serial=${2:6:6}
	term_keys "$1" Escape F2 / "=$serial" Enter
	check "$1: cursor on $(shown "$2")" cursor_on "$1" "$2"
	term_keys "$1" Escape
	term_wait_gone "$1" 筛选“
	check "$1: cursor stays on $(shown "$2")" cursor_on "$1" "$2"
}
advised() { # the case is read and its advice is on the screen, longer than the guard of a key that dispatches
	to_case "$1" "$2"
	term_wait "$1" '地点 ' && check "$1 reads the case" pane_has_advice "$1"
	read -rt 0.4 <> <(:)
}
pane_has_advice() { term_screen "$1" | grep -qE "(^|│) 1 [^ ]"; }
last_says() { term_line "$1" -1 | grep -qF -- "$2"; }
says() { wait_for 5 last_says "$1" "$2" || fail "$1 does not say: $2"; }
lists() { term_screen "$1" | grep -qE "[0-9] $(shown "$2")"; } # a row of the list, not a mention in another case
lists_not() { ! lists "$@"; }

site_start
lin=$(site_person lin dispatcher 林小雨)
term_start a 80 24 exec fenbo
term_start b 200 60 "FENBO_DATABASE_URL=\"$lin\" exec fenbo"
term_wait a '待分拨'
term_wait b '林小雨'

# --- arrivals, in both, in Chinese
gas=$(post gas 宝安区航城街道钟屋社区小区门口燃气味很大 '{"phone":"13800138000","name":"王小明"}')
noise=$(post noise 宝安区西乡街道夜间施工噪音扰民，无法入睡 '{"phone":"13911112222"}')
lamp=$(post lamp 福田区莲花街道路灯不亮，晚上看不清路)
rubbish=$(post rubbish 南山区粤海街道垃圾堆放无人清理，味道难闻)
park=$(post park 罗湖区东门街道违章停车堵住消防通道)
for name in a b; do
	for no in $gas $noise $lamp $rubbish $park; do check "$name lists $no" lists $name "$no"; done
	term_wait $name 燃气味很大
	term_wait $name '‼ 危及人身'
	term_wait $name '流 ●'
	term_wait $name '库 ●'
done
term_keys a F12
term_wait a 已确认
term_wait_gone a '‼ 危及人身'
term_wait_gone b '‼ 危及人身' # whoever acknowledges it does so for the whole desk

# --- a key for what has only just come up counts for nothing; then one key dispatches, the other console sees it go, u brings it back
to_case a "$noise"
term_keys a Home
check "cursor at the top" cursor_on a "$gas"
term_keys a Down 1
says a '看清后再按一次'
is "$gas" .desk centre && is "$noise" .desk centre && is "$lamp" .desk centre || fail "a key that came too early dispatched"
advised a "$noise"
unit=$(ctl show "$noise" | jq -r .recommendation.units[0].unit)
name=$(ctl show "$noise" | jq -r .recommendation.units[0].short)
term_keys a 1
says a "已派 $name · u 撤销"
check "b sees it leave" lists_not b "$noise"
is "$noise" .desk "$unit" || fail "not dispatched: $(ctl show "$noise")" # a district's desk: it is in their triage now
lists a "$noise" && [ "$(term_screen a | grep -c 待分拨)" != 0 ] && term_screen a | grep -F '▸' | grep -qF "$(shown "$noise")" &&
	fail "the cursor stayed with what is gone"
term_keys a u
says a 已撤销
check "b sees it come back" lists b "$noise"
is "$noise" .desk centre || fail "undo"
event "$noise" undo || fail "undo left no event"

# --- another unit by pinyin, a reason by one key
advised a "$lamp"
term_keys a o
term_wait a '查找：'
term_keys a =zjj
term_wait a 住
term_keys a Enter
term_wait a ' 1 '
term_keys a 1
says a 已派
check "overridden" is "$lamp" .stage dispatched
ctl show "$lamp" --events | jq -e 'any(.events[]; .action == "override" and (.args.reason // .remark // "") != "")' >/dev/null ||
	fail "the override has no reason: $(ctl show "$lamp" --events | jq -c .events)"
check "b sees the override" lists_not b "$lamp"

# --- next claims, and the other console names the owner
term_keys a Escape Escape n
says a 已认领
mine=$(ctl list --view all | jq -r 'select(.owner == "demo").id')
[ "$mine" = "$gas" ] || fail "next took $mine, the most pressing is $gas"
owner_at() { term_screen b | grep -F "$(shown "$gas")" | grep -qF '@demo'; }
check "b names the owner" owner_at
to_case b "$gas"
read -rt 0.4 <> <(:)
term_keys b 1
wait_for 5 last_says b '✗' || fail "b may dispatch what a holds"
is "$gas" .desk centre || fail "b dispatched what a holds"
term_keys b Escape

# --- merge and out again
double=$(post double 宝安区西乡街道夜间施工噪音很大，一直吵到凌晨)
check "the repeat is there" lists a "$double"
advised a "$double"
term_keys a m
term_wait a 并入哪一件
if term_shows a "$(shown "$noise") "; then term_keys a 1; else fail "the repeat does not name $noise"; fi
term_wait a 'y 是'
term_shows a "→ $(shown "$noise")" || fail "the merge does not say into what"
term_keys a y
says a 并案完成
check "merged" is "$double" .stage merged
is "$double" .primary.id "$noise" || fail "the primary: $(ctl show "$double" | jq -c .primary)"
cursor_on a "$gas" || fail "after a decision the cursor goes to the most pressing case of one's own"
check "b sees the merge" lists_not b "$double"
term_keys a S "=$(shown "$double")"
term_wait a 已并案
term_keys a Enter
term_wait a 并入
term_keys a M
term_wait a 'y 是'
term_keys a y
says a 撤并完成
check "unmerged" is "$double" .stage triage
check "b has it back" lists b "$double"
term_keys a Escape Escape Escape

# --- an answer out of the knowledge base: not while a field is open
card=$(post card 想问一下居住证怎么办理需要什么材料 '{"phone":"13800138000"}')
check "the question is there" lists a "$card"
advised a "$card"
term_keys a a
term_wait a 查找：
term_wait a 居住证办理
term_keys a Enter
term_wait a 还有【】未填
term_keys a F2
says a 还没有填
is "$card" .stage triage || fail "sent with a field open"
term_keys a =航城派出所 F4 =10 F4 =12345
term_wait_gone a '【咨询电话】'
term_keys a F2
term_wait a 'y 是'
term_keys a y
says a 答复完成
check "answered" is "$card" .stage closed
is "$card" .outcome answered || fail "outcome: $(ctl show "$card" | jq -c .outcome)"
ctl show "$card" | grep -q 航城派出所 || fail "the answer's words are not kept"

# --- end
advised a "$rubbish"
term_keys a x
term_wait a 撤诉
term_keys a 2
term_wait a ' 1 '
term_keys a 1
term_wait a 'y 是'
term_keys a y
says a 了结完成
check "ended" is "$rubbish" .stage closed
is "$rubbish" .outcome withdrawn || fail "outcome of the end"

# --- many at once: what is touched is shown first; one reason, row by row
many=()
for i in 1 2 3; do many+=("$(post "many$i" "龙华区民治街道第${i}号共享单车乱停放")"); done
check "the many are there" lists a "${many[2]}"
term_keys a Escape Escape F2 / =龙华
term_wait a 第1号
term_keys a Enter A
term_wait a '已选 3 件'
term_keys a 1
says a 数字键只对单件有效
term_keys a P
term_wait a 加急
term_keys a 2
term_wait a 'y 是'
for no in "${many[@]}"; do term_shows a "$(shown "$no")" || fail "what will be touched is not shown: $no"; done
term_keys a y
says a '完成 3 件'
for no in "${many[@]}"; do is "$no" .priority fast || fail "bulk left out $no"; done
term_keys a u
says a '已撤销 3 件'
for no in "${many[@]}"; do is "$no" .priority normal || fail "undo of the bulk left out $no: $(ctl show "$no" | jq -c .priority)"; done
# A mark that a filter hides is never acted on.
term_keys a Escape Escape F2 / =第1号 Enter Space
term_wait a '已选 1 件'
term_keys a / C-u =第2号 Enter
term_wait a 第2号
term_keys a c
says a 未办理
is "${many[0]}" '.owner // ""' "" && is "${many[1]}" '.owner // ""' "" || fail "a hidden mark was acted on"
term_keys a U Escape Escape

# --- the filter: Chinese, initials, whole pinyin
for typed in 停车 wztc weizhangtingche; do
	term_keys a / "=$typed"
	term_wait a "$(shown "$park")"
	check "the filter “$typed” leaves the rest out" lists_not a "${many[0]}"
	term_keys a Escape
	check "the filter is gone" lists a "${many[0]}"
done

# --- search by telephone, number, words
for typed in 13800138000 "$(shown "$card")" 居住证怎么办理; do
	term_keys a S "=$typed"
	term_wait a "$(shown "$card")"
	term_keys a Escape
done

# --- keys as the input method sends them
term_keys a F2 Home
advised a "$park"
term_keys a =１
says a 已派
check "the full-width digit" event "$park" confirm
term_keys a =ｕ
says a 已撤销
term_keys a =／ =停车
term_wait a "$(shown "$park")"
term_keys a Escape =？
term_wait a 帮助
term_keys a Escape

# --- the lock: nothing of a case on the screen, back with the password only
term_keys a L
term_wait a 保留我认领
term_keys a 1
term_wait a 分拨台已锁定
term_shows a 燃气 && fail "the lock shows a case"
term_keys a =wrong Enter
term_wait a 密码不对
term_keys a "=$(sed -n 's/^[^:]*:[^:]*:fenbo:demo://p' "$STATE/passfile")" Enter
term_wait_gone a 分拨台已锁定
term_wait a "$(shown "$gas")"
is "$gas" .owner demo || fail "the claim was to be kept"
term_keys a L
term_wait a 放回我认领
term_keys a 2
term_wait a 分拨台已锁定
check "the lock gave the claim back" is "$gas" '.owner // ""' ""

# --- leaving
term_keys b Escape Escape Q
term_wait b 退出
term_keys b 1
gone() { [ "$(tmux -L "$site_tmux" display-message -p -t b '#{pane_dead}')" = 1 ]; }
check "b ends" gone
FENBO_DATABASE_URL=$FENBO_ADMIN_URL ctl audit verify >/dev/null || fail "the record does not hold"
