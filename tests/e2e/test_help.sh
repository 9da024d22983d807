#!/usr/bin/env bash
# The machine's help as a dispatcher meets it: why these units, what was read, advice that follows a form, one incident merged at once; and as a
# supervisor does: how often it was right. In Chinese at 80×24 and 200×60, checked in the database as well.
. "$(dirname "$0")/../tools/site.sh"
ctl() { timeout 60 fenboctl --json "$@"; }
post() { # external id, text, further fields of the line → the case's number
	site_post "$(jq -nc --arg e "$1" --arg t "$2" --argjson more "${3:-{\}}" '{external_id: $e, text: $t} + $more')" | jq -re .id
}
shown() { printf '%s-%s-%s' "${1:0:6}" "${1:6:6}" "${1:12:1}"; }
is() { [ "$(ctl show "$1" | jq -r "$2")" = "$3" ]; }
lists() { term_screen "$1" | grep -qE "[0-9] $(shown "$2")"; }
cursor_on() { term_screen "$1" | grep -F '▸' | grep -qF "$(shown "$2")"; }
to_case() {
	term_keys "$1" Escape Escape Escape F2 / "=${2:6:6}" Enter
	check "$1: cursor on $(shown "$2")" cursor_on "$1" "$2"
	term_keys "$1" Escape
	term_wait "$1" '地点 '
	read -rt 0.4 <> <(:)
}
says() { wait_for 8 last_says "$1" "$2" || fail "$1 does not say: $2"; }
last_says() { term_line "$1" -1 | grep -qF -- "$2"; }

site_start
term_start a 80 24 exec fenbo
term_start b 200 60 "FENBO_DATABASE_URL=\"$FENBO_SUPERVISOR_URL\" exec fenbo"
term_wait a 待分拨
term_wait b 李四

# --- why: the words, the item and what it means, the model; a digit confirms there as well
noise=$(post noise 宝安区西乡街道夜间工地施工噪音扰民，无法入睡，请处理 '{"phone":"13911112222"}')
check "the case is there" lists a "$noise"
to_case a "$noise"
term_keys a i
term_wait a 推荐理由
term_wait a 用词
term_wait a 个工作日
term_wait a '模型 '
item=$(ctl show "$noise" | jq -r '.recommendation.units[0].item_name')
term_shows a "$item" || fail "why does not name the item $item"
read -rt 0.4 <> <(:)
unit=$(ctl show "$noise" | jq -r .recommendation.units[0].unit)
term_keys a 1
says a 已派
ctl show "$noise" --events | jq -e 'any(.events[]; .action == "confirm")' >/dev/null || fail "the digit did not confirm: $(ctl show "$noise" | jq -c .)"
[ "$(ctl show "$noise" | jq -r '.desk, .unit' | grep -cx "$unit")" != 0 ] || fail "not with $unit"
term_keys a Escape Escape u
says a 已撤销

# --- what was read, with its words; corrected, it is somebody's
told=$(post told '我叫王小明，电话13800138000。今天上午九点楼下路灯不亮，投诉物业不管。')
check "the told case is there" lists a "$told"
to_case a "$told"
term_keys a v
term_wait a 机读要素
term_wait a 13800138000
term_keys a E
term_wait a 事发时间
term_keys a Tab C-u =咨询 F2
says a 修改完成
check "the type is corrected" is "$told" .type 咨询
term_keys a Escape Escape v
term_wait a 更正）
term_shows a '张三' || fail "who corrected it is not said"
term_keys a Escape

# --- advice follows the form, is asked with one's own ticket, and waits for nobody
to_case a "$told"
term_keys a E Tab Tab =坑梓街道人民路
term_wait a 按现在的表单推荐
term_wait a 坑梓街道
term_keys a F2
says a 修改完成
check "the place was found anew" is "$told" .place 坑梓街道
kill -STOP "$(cat "$STATE/fenbod.pid")"
to_case a "$told"
term_keys a E Tab Tab =1号
term_wait a 服务暂离 20
term_keys a F2
kill -CONT "$(cat "$STATE/fenbod.pid")"
says a 修改完成
check "what was typed while fenbod was away is there" is "$told" .address 坑梓街道人民路1号

# --- one incident: a badge, the group, all of it merged but the one that is another matter
many=()
for i in 1 2 3 4; do
	many+=("$(post "burst$i" "坪山街道六和社区和平路路口自来水管爆裂，水漫到马路上，${i}栋停水" "{\"phone\":\"1370013000$i\"}")")
done
# fenbod gathers them within seconds.
gathered() { [ "$(site_sql "SELECT count(*) FROM fenbo.queue WHERE burst IS NOT NULL AND title LIKE '%爆裂%'")" = 4 ]; }
wait_for 20 gathered || fail "the burst is not gathered"
term_keys a Escape Escape F2 / =爆裂 Enter
check "the burst is listed" lists a "${many[3]}"
term_keys a Escape C-l
to_case a "${many[1]}"
term_wait a 同一事件 15
term_keys a b
term_wait a ★
term_keys a Home Down Down Space
term_wait a 不并
term_keys a m
term_wait a '都可办理'
term_keys a y
says a '并案完成 2 件'
merged=$(ctl list --view all | jq -r .id | sort >"$STATE/open"; for no in "${many[@]}"; do grep -qx "$no" "$STATE/open" || echo "$no"; done | wc -l)
[ "$merged" = 2 ] || fail "merged: $merged"

# --- how often it was right: lessons are there within seconds, the view counts them, what was decided otherwise opens
to_case a "$told"
term_keys a 2
says a 已派
term_keys b g p
term_wait b 机器推荐准确率
counted() { term_keys b '[' ']'; wait_for 3 term_shows b '共 1 件'; }
wait_for 30 counted || fail "the decision is not counted"
term_wait b 可信度
term_keys b Tab Tab Tab
term_wait b 'duty'
term_keys b Enter
term_wait b 未按首选处理：
term_wait b "$(shown "$told")"
term_keys b Enter
term_wait b 路灯不亮
term_keys a g p
says a 此视图供值班长和管理员查看
