#!/usr/bin/env bash
# A supervisor's half hour by hand, in a console of 100×30: rule on a dispute, say yes to a request, take a case from its unit, remind three marked
# units, record an instruction and follow it to its end, publish the leaders' list, open a topic. Everything is checked in the database.
. "$(dirname "$0")/../tools/site.sh"
command -v jq >/dev/null || { echo "jq is not installed"; exit 77; }
post() { site_post "$(jq -nc --arg e "$1" --arg t "$2" '{external_id: $e, text: $t}')" | jq -re .id; }
shown() { printf '%s-%s-%s' "${1:0:6}" "${1:6:6}" "${1:12:1}"; }
unit() { FENBO_DATABASE_URL=$FENBO_UNIT_URL timeout 30 fenboctl act "$@" >/dev/null || fail "the unit could not: $*"; }
sent() { timeout 30 fenboctl act override "$1" --unit zhujian --reason other >/dev/null || fail "not sent out: $1"; }
sql_is() { [ "$(site_sql "$1")" = "$2" ]; }
cursor_on() { term_screen s | grep -F '▸' | grep -qF "$(shown "$1")"; }
to_case() { # the queue's key, case: its serial as a filter puts the cursor on it
	term_keys s Escape g "$1" / "=${2:6:6}" Enter
	check "cursor on $(shown "$2")" cursor_on "$2"
}
drop_filter() { term_keys s Escape; term_wait_gone s 筛选“; }

site_start
dispute=$(post dispute 宝安区航城街道围墙开裂归谁管没人说得清)
wrong=$(post wrong 宝安区西乡街道工地围挡占了人行道)
for i in 1 2 3; do r[i]=$(post "r$i" "宝安区福永街道外墙瓷砖松动 $i 号楼"); done
told=$(post told 宝安区新安街道老旧小区加装电梯停工)
asked=$(post asked 宝安区沙井街道危房鉴定一直没有结果)
for i in 1 2; do sent "$dispute"; unit return "$dispute" --reason not_our_duty; done
for no in "$wrong" "${r[@]}" "$told" "$asked"; do sent "$no"; unit accept "$no"; done
unit extend "$asked" --days 3 --reason 需专业机构复测

FENBO_DATABASE_URL=$FENBO_SUPERVISOR_URL term_start s 100 30 exec fenbo
term_wait s '争议 1'

# --- the menu of queues counts what waits, and opens it; the column says who sent it back and why
term_keys s g l
term_wait s 督办事项
term_wait s 再次退回，等待裁定
term_keys s 1
term_wait s '谁退回、为何'
term_wait s '住建局：非本单位职责'
check "cursor on the disputed case" cursor_on "$dispute"

# --- a disputed case is not dispatched past the meeting; it is ruled
term_keys s d
term_wait s '裁定 ·'
term_keys s =chengguan
term_wait s 城市管理
term_keys s Enter
term_wait s 'F2'
term_keys s =会议纪要：由城管牵头，住建配合 F2
term_wait s '已核对：1 件都可办理'
term_keys s y
check "ruled" sql_is "SELECT stage || ' ' || unit || ' ' || (flags & 513) FROM fenbo.queue WHERE no = $dispute" 'dispatched chengguan 512'
check "its clock stands" sql_is "SELECT stopped_at IS NOT NULL FROM fenbo.clock WHERE no = $dispute AND kind = 'rule'" t
check "the record of the meeting" sql_is "SELECT text FROM fenbo.remark WHERE no = $dispute AND kind = 'ruling'" 会议纪要：由城管牵头，住建配合
term_wait_gone s '争议 1'

# --- a request: yes
term_keys s g l 4
term_wait s '住建局 延 3 天：需专业机构复测'
term_keys s V
term_wait s '审批 ·'
term_keys s 1
check "granted" sql_is "SELECT decision FROM fenbo.request WHERE no = $asked" yes
check "no longer asked" sql_is "SELECT flags & 1024 FROM fenbo.queue WHERE no = $asked" 0

# --- taken from its unit and given to another, with a reason
to_case u "$wrong"
term_keys s D
term_wait s '收回改派 ·'
term_keys s =jiaotong
term_wait s 交通运输
term_keys s Enter
term_wait s 职责认定有误
term_keys s 1
term_wait s '已核对：1 件都可办理'
term_keys s y
check "reassigned" sql_is "SELECT q.unit || ' ' || (e.args ->> 'was') || ' ' || (e.args ->> 'code') FROM fenbo.queue q
	JOIN fenbo.event e ON e.no = q.no AND e.action = 'reassign' WHERE q.no = $wrong" 'jiaotong zhujian wrong_duty'
drop_filter

# --- three marked units get a letter each, after a look at what will be touched
term_keys s Escape g u / =瓷砖 Enter
for no in "${r[@]}"; do term_wait s "$(shown "$no")"; done
term_keys s A
term_wait s '已选 3'
term_keys s t
term_wait s '已核对：3 件都可办理'
term_keys s y
check "three letters" sql_is "SELECT count(*) || ' ' || count(DISTINCT no) FROM fenbo.reminder WHERE answered_at IS NULL" '3 3'
check "each with the facts of its own case" sql_is "SELECT count(*) FROM fenbo.remark m JOIN fenbo.reminder l USING (no, version) WHERE m.kind = 'letter'
	AND position(fenbo.case_show(m.no) IN m.text) > 0" 3
drop_filter
term_keys s g l b
term_wait s '1 封未复'
unit progress "${r[1]}" --text 已安排加固
check "answered by the unit's progress" sql_is "SELECT count(*) FROM fenbo.reminder WHERE answered_at IS NOT NULL" 1

# --- an instruction, followed to its end
to_case u "$told"
term_keys s I
term_wait s '批示 ·'
term_keys s =请一周内复工并报结果 F2
term_wait s '谁的批示'
term_keys s =陈市长 Enter
term_wait s '何时之前'
term_keys s 2
check "recorded" sql_is "SELECT (flags & 16384 <> 0) || ' ' || (SELECT until > now() FROM fenbo.instruction i WHERE i.no = q.no) FROM fenbo.queue q WHERE no = $told" 'true true'
unit comply "$told" --text 已复工，预计月底完工
drop_filter
term_keys s g k Tab
term_wait s '已答复'
term_wait s 请一周内复工
term_keys s K
term_wait s '简述原因'
term_keys s Enter
check "settled" sql_is "SELECT (settled_at IS NOT NULL) || ' ' || (SELECT flags & 16384 FROM fenbo.queue q WHERE q.no = i.no) FROM fenbo.instruction i" 'true 0'

# --- the leaders' list: drafted, a case added by its number, published
term_keys s Tab Tab .
check "drafted" sql_is "SELECT count(*) FROM fenbo.leaders_list" 1
term_wait s '未发布'
term_keys s +
term_wait s '加入清单'
term_keys s "=$(shown "$wrong")" Enter
check "added" sql_is "SELECT by IS NOT NULL FROM fenbo.leaders_item WHERE no = $wrong" t
term_wait s "$(shown "$wrong")"
term_keys s f
term_wait s '就这样发布'
term_keys s 1
check "published" sql_is "SELECT jsonb_array_length(body) > 0 FROM fenbo.leaders_edition" t
term_wait s '第 1 版'

# --- a topic of the marked cases
term_keys s Escape g u / =瓷砖 Enter
term_wait s "$(shown "${r[1]}")"
term_keys s A
term_wait s '已选 3'
term_keys s g i +
term_wait s '新立类案'
term_keys s =外墙脱落治理 Enter
term_wait s '外墙脱落治理'
term_keys s +
check "three cases in it" sql_is "SELECT count(*) FROM fenbo.topic_case WHERE out_at IS NULL" 3
term_keys s Enter
term_wait s '立项前 8 周'
term_wait s "$(shown "${r[3]}")"
FENBO_DATABASE_URL=$FENBO_ADMIN_URL fenboctl audit verify >/dev/null || fail "the record does not hold"
echo "ok"
