#!/usr/bin/env bash
# Cases that belong together, through the whole: a quoted ticket number, two alike in one body, a relapse, eight callers of one incident gathered
# and merged in one action.
. "$(dirname "$0")/../tools/site.sh"
command -v jq >/dev/null || { echo "jq is not installed"; exit 77; }
site_start
ext() { site_sql "SELECT no FROM fenbo.appeal WHERE external_id = '$1'"; }
line() { # external id, phone, text
	jq -nc --arg e "$1" --arg p "$2" --arg t "$3" '{external_id: $e, phone: $p, text: $t}'
}
linked() { [ "$(site_sql "SELECT string_agg(l.kind || ':' || a.external_id, ',' ORDER BY a.external_id) FROM fenbo.link l
	JOIN fenbo.appeal a ON a.no = l.other WHERE l.no = $(ext "$1")")" = "$2" ]; }
repeats() { [ "$(site_sql "SELECT count(*) FROM fenbo.repeat_candidate WHERE no = $(ext "$1") AND other = $(ext "$2")")" = 1 ]; }
remembered() { curl -s "$FENBO_URL/healthz" | jq -e '.repeats == true' >/dev/null; }
check "recent cases are remembered" remembered

# --- quoted: a ticket of the channel, and one of our own numbers ---------------------------------------------------------
site_post "$(line 20180102123270 13900000001 '航城街道钟屋社区创业路12号门口路灯不亮，请派人维修')" >/dev/null
own=$(ext 20180102123270)
site_post "$(line q1 13900000002 '上次反映的问题（工单号：20180102123270）一直没有人处理，请核实')" \
	"$(line q2 13900000003 "我的单号是${own:0:6}-${own:6:6}-${own:12:1}，什么时候办结")" >/dev/null
check "a ticket number is linked" linked q1 quoted:20180102123270
check "our own number is linked" linked q2 quoted:20180102123270
FENBO_DATABASE_URL=$FENBO_DISPATCHER_URL fenboctl show "$(ext q1)" --json | jq -e '.links[0].kind == "quoted" and (.links[0].reason | contains("20180102123270"))' \
	>/dev/null || fail "the console is not told of the quoted case"

# --- two alike in one body see each other --------------------------------------------------------------------------------
site_post "$(line twin1 13900000011 '福永街道白石厦社区宝安大道工地夜间打桩噪音扰民，整夜不停，无法入睡')" \
	"$(line twin2 13900000012 '福永街道白石厦社区宝安大道工地夜间打桩噪音扰民，通宵施工，孩子无法入睡')" >/dev/null
check "the later sees the earlier" repeats twin2 twin1
check "and the earlier the later" repeats twin1 twin2

# --- relapse: the same again after it was closed -------------------------------------------------------------------------
text='西乡街道固戍社区固戍二路垃圾桶满溢无人清运，臭味很大'
site_post "$(line old 13900000021 "$text")" >/dev/null
fenboctl act end "$(ext old)" --outcome invalid --reason duplicate --json >/dev/null || fenboctl act answer "$(ext old)" --text '已清运' >/dev/null || fail "the case cannot be closed"
closed() { [ "$(site_sql "SELECT stage FROM fenbo.appeal WHERE external_id = 'old'")" = closed ]; }
check "closed" closed
item=$(site_sql "SELECT r.units #>> '{0,item}' FROM fenbo.recommendation r WHERE r.no = $(ext old) ORDER BY id LIMIT 1")
place=$(site_sql "SELECT place FROM fenbo.appeal WHERE external_id = 'old'")
[ -n "$place" ] && [ -n "$item" ] || fail "no place or item for the relapse: '$place' '$item'"
again=0
relapsed() {
	again=$((again + 1)) # the event of the closing has to reach fenbod first
	site_post "$(line "again$again" 13900000022 "$text，又满了")" >/dev/null
	linked "again$again" relapse:old
}
check "a relapse is linked" relapsed
site_sql "SELECT flags & 128 FROM fenbo.queue WHERE no = $(ext "again$again")" | grep -qx 128 || fail "the relapse is not flagged"

# --- the same, where the first case was sent to a unit by name, without a duty item ---------------------------------------
text='沙坣社区荔枝园旁边的变压器嗡嗡响，晚上睡不着'
site_post "$(line hum 13900000031 "$text")" >/dev/null
no=$(ext hum)
fenboctl act override "$no" --unit zhujian --reason 其他 --json >/dev/null || fail "not sent to the unit"
FENBO_DATABASE_URL=$FENBO_UNIT_URL fenboctl act accept "$no" --json >/dev/null || fail "not accepted"
FENBO_DATABASE_URL=$FENBO_UNIT_URL fenboctl act resolve "$no" --text 已处理 --json >/dev/null || fail "not resolved"
fenboctl act close "$no" --json >/dev/null || fail "not closed"
[ -z "$(site_sql "SELECT item FROM fenbo.appeal WHERE no = $no")" ] || fail "the case has an item"
again=0
hums() {
	again=$((again + 1))
	site_post "$(line "hum$again" 13900000031 "$text")" >/dev/null
	linked "hum$again" relapse:hum
}
check "a relapse of a case without an item" hums

# --- eight callers, one incident -----------------------------------------------------------------------------------------
n=0
for words in '海秀路金鼎花园门口水管爆了，水漫到路上来了' '金鼎花园小区门前自来水管爆裂，路面全是水，车过不去' '海秀路这里水管爆裂，整个金鼎花园停水了' \
	'金鼎花园停水，听说是门口水管爆了，什么时候修好' '海秀路金鼎花园路段自来水管爆裂喷水，请马上派人抢修' '金鼎花园门口地下水管爆裂，水喷出来有一米高' \
	'金鼎花园这边水管爆了，家里没有水用' '海秀路水管爆裂，金鼎花园门口积水很深'; do
	n=$((n + 1))
	site_post "$(line "pipe$n" "1370000000$n" "$words")" >/dev/null
done
site_post "$(line pipe9 13700000001 '金鼎花园门口水管爆了，水漫到路上来了，怎么还没来')" >/dev/null # the first caller again
grouped() { [ "$(site_sql "SELECT count(*) FROM fenbo.queue q JOIN fenbo.appeal a USING (no) WHERE q.burst IS NOT NULL AND a.external_id LIKE 'pipe%'")" -ge 9 ]; }
check "the callers are gathered" grouped
[ "$(site_sql "SELECT count(DISTINCT burst) FROM fenbo.queue WHERE burst IS NOT NULL")" = 1 ] || fail "more than one group"
group=$(site_sql "SELECT DISTINCT burst FROM fenbo.queue WHERE burst IS NOT NULL")
fenboctl burst list --json | jq -e --argjson g "$group" 'select(.id == $g) | .people == 8 and .cases == 9' >/dev/null || fail "people: $(fenboctl burst list --json)"
[ "$(fenboctl burst merge "$group" --preview --json | jq -s 'map(select(.ok)) | length')" = 8 ] || fail "the preview"
[ "$(site_sql "SELECT count(*) FROM fenbo.queue WHERE burst = $group")" = 9 ] || fail "the preview has done something"
fenboctl burst merge "$group" --json >"$site_dir/merged" || fail "not merged: $(cat "$site_dir/merged")"
[ "$(jq -s 'map(select(.ok and .stage == "merged")) | length' "$site_dir/merged")" = 8 ] || fail "merged: $(cat "$site_dir/merged")"
[ "$(site_sql "SELECT external_id FROM fenbo.queue q JOIN fenbo.appeal a USING (no) WHERE q.burst = $group")" = pipe1 ] || fail "the oldest is not the primary"
# One more caller joins; taken out, it stays out.
site_post "$(line pipe10 13700000010 '金鼎花园门口水管爆裂还在喷水')" >/dev/null
joined() { [ "$(site_sql "SELECT burst FROM fenbo.queue WHERE no = $(ext pipe10)")" = "$group" ]; }
check "a late caller joins" joined
fenboctl burst out "$group" "$(ext pipe10)" >/dev/null || fail "not taken out"
[ -z "$(site_sql "SELECT burst FROM fenbo.queue WHERE no = $(ext pipe10)")" ] || fail "it is still in the group"
fenboctl burst close "$group" >/dev/null || fail "not closed"
site_sql "SELECT count(*) FROM fenbo.audit_verify()" | grep -qx 0 || fail "the record is not sound"
echo "kin passed"
