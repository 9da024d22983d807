#!/usr/bin/env bash
# A street office's morning by hand, in a console of 80×24: sign for a case, call the citizen and promise another call, report with a picture of this
# machine, ask for days, pause and go on, pass a case down to the squad, get it back, return one, report a result. Everything is checked in the database.
. "$(dirname "$0")/../tools/site.sh"
command -v jq >/dev/null || { echo "jq is not installed"; exit 77; }
export FENBO_DEMO_UNIT=bljd
post() { site_post "$(jq -nc --arg e "$1" --arg t "$2" '{external_id: $e, text: $t}')" | jq -re .id; }
shown() { printf '%s-%s-%s' "${1:0:6}" "${1:6:6}" "${1:12:1}"; }
sent() { timeout 30 fenboctl act override "$1" --unit bljd --reason other >/dev/null || fail "not sent out: $1"; }
as() { FENBO_DATABASE_URL=$1 timeout 30 fenboctl "${@:2}"; }
sql_is() { [ "$(site_sql "$1")" = "$2" ]; }
cursor_on() { term_screen u | grep -F '▸' | grep -qF "$(shown "$1")"; }
to_case() { # the tab's key, case: a filter puts the cursor on it and goes again
	term_keys u Escape "$1" / "=${2:6:6}" Enter
	check "cursor on $(shown "$2")" cursor_on "$2"
}
drop_filter() { term_keys u Escape; term_wait_gone u 筛选“; }

site_start
printf '*:*:fenbo:squad:squad-pass\n' >>"$STATE/passfile"
printf 'squad-pass\n' | FENBO_DATABASE_URL=$FENBO_OWNER_URL fenboctl user add squad --role unit --person 小队 --desk bljd-cg --password-file - >/dev/null ||
	fail "no account for the squad"
squad=${FENBO_DATABASE_URL/user=demo/user=squad}
hole=$(post hole 碧岭街道沙湖社区路边井盖松动，车一过就响)
lamp=$(post lamp 碧岭街道汤坑社区路灯不亮已经一周)
trees=$(post trees 碧岭街道碧岭社区树枝压在电线上)
far=$(post far 碧岭街道旁边的学校要扩建)
for no in "$hole" "$lamp" "$trees" "$far"; do sent "$no"; done

FENBO_DATABASE_URL=$FENBO_UNIT_URL term_start u 80 24 exec fenbo
term_wait u '待签收 4'

# --- signed for, called, another call promised
to_case F2 "$hole"
term_keys u 1
check "signed for" sql_is "SELECT stage FROM fenbo.queue WHERE no = $hole" handling
drop_filter
term_wait u '待签收 3  办理中 1'
to_case F3 "$hole"
term_keys u c
term_wait u 联系结果
term_keys u =已联系，约明早上门 F5
term_wait u 约定什么时候再联系
term_keys u End Enter
term_wait u '时间，如 17:00'
term_keys u "=$(date -d '+1 day' '+%Y-%m-%d') 09:00" Enter
term_wait u "约定 $(date -d '+1 day' '+%m-%d') 09:00 再联系"
term_keys u F2
check "contact on the record" sql_is "SELECT (k.stopped_at IS NOT NULL) || ' ' || (SELECT count(*) FROM fenbo.promise p WHERE p.no = k.no AND p.kept_at IS NULL)
	FROM fenbo.clock k WHERE k.no = $hole AND k.kind = 'contact'" 'true 1'
term_wait u '联系 已联系'

# --- progress with a picture of this machine
printf 'a picture' >"$site_dir/现场.jpg"
term_keys u p
term_wait u 办理进展
term_keys u =已拍照，井圈破损 F6
term_wait u '本机上的路径'
term_keys u "=$site_dir/现场.jpg" Enter
term_wait u '文件存放的链接'
term_keys u =files.example/1.jpg Enter
term_wait u '现场.jpg 9 B'
term_keys u F2
check "the picture by its hash" sql_is "SELECT name || ' ' || size || ' ' || (sha256 = encode(sha256('a picture'), 'hex')) || ' ' || link FROM fenbo.attachment WHERE no = $hole" \
	'现场.jpg 9 true https://files.example/1.jpg'
term_wait u '附件  现场.jpg 9 B'

# --- days asked for, granted by the supervisor, seen at once
term_keys u e
term_wait u '延长 3 个工作日'
term_keys u 3
term_wait u 施工整改需要时间
term_keys u 2
term_wait u 简述原因
term_keys u =要换井圈 Enter
check "asked" sql_is "SELECT kind || ' ' || days || ' ' || reason FROM fenbo.request WHERE no = $hole" 'extend 3 works'
term_wait u '等督办审批'
as "$FENBO_SUPERVISOR_URL" act approve "$hole" --decision yes --text 同意 >/dev/null || fail "not approved"
term_wait u '李四 已同意'

# --- paused until the rules end it, and on again; a reason that is to be approved says so
term_keys u Z
term_wait u '（需督办审批）'
term_keys u 3
term_wait u '到时自动恢复计时'
term_keys u End Up Enter
check "paused" sql_is "SELECT flags & 2048 <> 0 AND paused_until IS NOT NULL FROM fenbo.queue WHERE no = $hole" t
drop_filter
term_wait u '已暂停 1'
to_case F4 "$hole"
term_keys u J
check "going on" sql_is "SELECT flags & 2048 FROM fenbo.queue WHERE no = $hole" 0
drop_filter

# --- down to the squad, which sees that one alone; and back
is_zero() { [ "$(as "$squad" --json list --view all | wc -l)" = 0 ]; }
check "the squad sees nothing" is_zero
to_case F2 "$lamp"
term_keys u s
term_wait u 碧岭社区工作站
term_keys u =bljd-cg
term_wait u 市政服务中心
term_keys u Enter
check "with the squad" sql_is "SELECT unit || ' ' || passed::text FROM fenbo.queue WHERE no = $lamp" 'bljd-cg {bljd}'
[ "$(as "$squad" --json list --view all | jq -r '.id // .no' | tr -d -)" = "$lamp" ] || fail "the squad sees something else: $(as "$squad" --json list --view all)"
term_wait u '来自  碧岭街道'
as "$squad" act accept "$lamp" >/dev/null || fail "the squad cannot sign"
as "$squad" act return "$lamp" --reason not_our_duty >/dev/null || fail "the squad cannot give back"
term_wait u '退回'
check "back at the street" sql_is "SELECT unit || ' ' || stage || ' ' || returned FROM fenbo.queue WHERE no = $lamp" 'bljd dispatched 0'
if as "$squad" act progress "$hole" --text x >/dev/null 2>&1; then fail "the squad touches what is not its own"; fi
drop_filter

# --- not theirs: back to the centre, after a look at what will be touched
to_case F2 "$far"
term_keys u r
term_wait u 非本单位职责
term_keys u 1
term_wait u '已核对：1 件都可办理'
term_keys u y
check "returned" sql_is "SELECT stage || ' ' || returned FROM fenbo.queue WHERE no = $far" 'triage 1'
drop_filter

# --- the result
to_case F3 "$hole"
term_keys u f
term_wait u 将告知诉求人
term_keys u =井圈已更换 F2
term_wait u '已核对：1 件都可办理'
term_keys u y
check "resolved" sql_is "SELECT stage FROM fenbo.queue WHERE no = $hole" resolved
drop_filter
term_wait u '待评价 1'
check "the promise was kept or stands on the record" sql_is "SELECT count(*) FROM fenbo.promise WHERE no = $hole" 1
term_keys u Q 2
echo "all is well"
