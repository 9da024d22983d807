#!/usr/bin/env bash
# One handover by two consoles: the machine drafts it before the shift ends, the outgoing supervisor adds, remarks and hands over, the incoming one opens a
# case, acknowledges one line and then the rest; when the shift is over the cases that its people hold are free, and the line at the top names the next.
. "$(dirname "$0")/../tools/site.sh"
ctl() { timeout 60 fenboctl --json "$@"; }
shown() { printf '%s-%s-%s' "${1:0:6}" "${1:6:6}" "${1:12:1}"; }
post() { site_post "$(jq -nc --arg e "$1" --arg t "$2" '{external_id: $e, text: $t}')" | jq -re .id; }
# The clock of the site stands at this time of tomorrow and goes on.
clock_at() { site_sql "INSERT INTO fenbo.setting (name, value) VALUES ('test_clock', 'on'),
	('test_clock_offset', (((now() AT TIME ZONE 'Asia/Shanghai')::date + 1 + time '$1') AT TIME ZONE 'Asia/Shanghai' - now())::text)
	ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value" >/dev/null; }
state() { FENBO_DATABASE_URL=$wei ctl handover show | jq -r "$1"; }
is() { [ "$(state "$1" 2>/dev/null)" = "$2" ]; }

site_start
clock_at 19:41
crew=$(ctl shift at | jq -r '.crews[0]')
next=$(site_sql "SELECT crews[1] FROM fenbo._turn_at(fenbo.now_() + interval '1 hour')")
for p in wei:supervisor:韦值班:$crew gao:supervisor:高值班:$next lin:dispatcher:林小雨:$crew; do
	IFS=: read -r name role person number <<<"$p"
	url=$(site_person "$name" "$role" "$person")
	printf -v "$name" %s "$url"
	FENBO_DATABASE_URL=$FENBO_OWNER_URL fenboctl shift crew "$name" "$number" >/dev/null || fail "crew of $name"
done
# shellcheck disable=SC2154 # wei, gao and lin are set above
gas=$(post gas 宝安区航城街道小区门口闻到很浓的燃气味请马上派人来)
term_start lin 80 24 "FENBO_DATABASE_URL=\"$lin\" exec fenbo"
term_wait lin '流 ●'
term_wait lin "$(shown "$gas")"
term_wait lin '三班 16–20'
term_keys lin n
term_wait lin 已认领

# --- drafted, edited, sent
drafted() { is .state draft && is '.items[0].id' "$gas"; }
wait_for 30 drafted || fail "nothing was drafted: $(state .)"
term_start out 80 24 "FENBO_DATABASE_URL=\"$wei\" exec fenbo"
term_wait out '流 ●'
term_keys out g h
term_wait out '交班 三班 16–20 → 四班 20–24'
term_wait out 在手
term_keys out '\;' =已联系燃气集团 Enter
check "the remark is kept" is '.items[0].text' 已联系燃气集团
term_keys out + =明早八点市里来检查 Enter
check "the item is added" is '.items | length' 3 # with the number of open cases
term_wait out 明早八点
term_keys out '>' 1
term_wait out 已交班
check "sent" is .state sent

# --- acknowledged
term_start in 80 24 "FENBO_DATABASE_URL=\"$gao\" exec fenbo"
term_wait in '流 ●'
term_keys in g h
term_wait in 待签收
term_wait in 已联系燃气集团
term_keys in Enter
term_wait in 航城街道
term_keys in Escape
term_wait in 待签收
term_keys in Space
check "one is acknowledged" is '[.items[] | select(.state == "acknowledged")] | length' 1
term_wait in '1／2'
whole() { term_keys in A; wait_for 2 is .state done; }
wait_for 20 whole || fail "not all is acknowledged: $(state .)"
is '[.items[] | select(.ended_by == "高值班")] | length' 2 || fail "by somebody else: $(state .)"

# --- the shift is over: what its people hold is free, with its event
[ "$(ctl show "$gas" | jq -r .owner)" = lin ] || fail "the case moved too early"
clock_at 20:11
freed() { [ "$(ctl show "$gas" | jq -r '.owner // ""')" = "" ]; }
wait_for 30 freed || fail "the case of the shift that is over is still held"
FENBO_DATABASE_URL=$wei ctl show "$gas" --events | grep -qE '"(handover|expire)"' || fail "no event says so"
term_wait in '四班 20–24' 30
