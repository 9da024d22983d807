#!/usr/bin/env bash
# What the machine reads out of a few sentences, from the post to the form and back: stored with spans, never with personal values; filled into
# the form where the channel said nothing; corrected by an ordinary edit; asked for by POST /v1/recommend; enterprises badge the case.
# shellcheck disable=SC1091
. "$(dirname "$0")/../tools/site.sh"
site_start
key=$(cat "$FENBO_KEY_FILE")
post() { curl -sS -H "Authorization: Bearer $key" -H 'Content-Type: application/x-ndjson' --data-binary "$1" "$FENBO_URL/v1/appeals"; }
one() { jq -er "$1" "$site_dir/show" >/dev/null; }
enterprises() { grep -q "msg=\"enterprises loaded\" names=$1 " "$STATE/fenbod.log"; }

wait_for 20 enterprises 10 || fail "the shipped list of enterprises is not loaded"
text='我叫李明，电话13800138000。今天凌晨在示例精密制造有限公司门口，车牌粤B12345的货车漏油，闻到很浓的燃气味，请尽快处理，我要投诉！'
id=$(post "{\"external_id\":\"f1\",\"text\":\"$text\"}" | jq -r .id)
wait_for 10 sh -c "fenboctl --json show $id >$site_dir/show 2>/dev/null" || fail "the case does not show"
check "kind, time, tags" one '.type == "complaint" and .happened_at != null and (.tags | index("燃气味"))'
check "spans" one '.fields.person == [{"start":2,"end":4}] and .fields.phone == [{"start":7,"end":18}] and (.fields.plate | length) == 1 and .fields.time.precision == "part"'
check "the enterprise with its tags" one '.fields.enterprise[0].name == "示例精密制造有限公司" and (.fields.enterprise[0].tags | length) == 2'
check "danger and badge" one '.priority == "urgent" and (.flags | index("danger")) and (.flags | index("key_enterprise"))'
[ "$(jq -c .fields "$site_dir/show" | grep -c '13800138000\|李明\|粤B12345')" = 0 ] || fail "a personal value stands in the fields"
[ "$(site_sql "SELECT name || ' ' || phone FROM fenbo.citizen WHERE no = ${id}")" = '李明 13800138000' ] || fail "name and telephone are not in the form"

# What the channel says stands.
id2=$(post '{"external_id":"f2","text":"我叫李明，电话13800138000，我要投诉","name":"王五","phone":"13900139000","type":"建议"}' | jq -r .id)
[ "$(site_sql "SELECT c.name || ' ' || c.phone || ' ' || a.type FROM fenbo.citizen c JOIN fenbo.appeal a USING (no) WHERE no = ${id2}")" = '王五 13900139000 建议' ] ||
	fail "the machine writes over the channel"

# A correction.
fenboctl act claim "$id" >/dev/null || fail "claim"
fenboctl act edit "$id" --fields '{"happened_at":"2026-01-05T08:30:00+08:00","tags":["漏油"]}' >/dev/null 2>"$site_dir/err" || fail "edit: $(cat "$site_dir/err")"
fenboctl --json show "$id" >"$site_dir/show"
check "corrected" one '.happened_at | startswith("2026-01-05")'
check "no longer the machine's" one '(.fields | has("time") | not) and (.fields | has("phone"))'

# An address that a person has corrected counts for more than what the text names.
id4=$(post '{"external_id":"f4","text":"坪山街道人民路的路灯坏了","address":"人民路"}' | jq -r .id)
[ "$(site_sql "SELECT place FROM fenbo.queue WHERE no = ${id4}")" != 440310005 ] || fail "the text is not read"
fenboctl act claim "$id4" >/dev/null && fenboctl act edit "$id4" --fields '{"address":"坑梓街道人民路"}' >/dev/null 2>"$site_dir/err" || fail "edit: $(cat "$site_dir/err")"
moved() { [ "$(site_sql "SELECT place FROM fenbo.queue WHERE no = ${id4}")" = 440310005 ]; }
check "the place follows the correction" moved

# The same reading while somebody writes.
curl -sS -H "Authorization: Bearer $key" -H 'Content-Type: application/json' --data "{\"text\":\"$text\"}" "$FENBO_URL/v1/recommend" >"$site_dir/show"
check "recommend says the fields" one '.fields.type.value == "complaint" and .fields.danger[0].start > 0 and (.place | type) == "object"'

# Forgotten: nothing of the citizen is left anywhere in the database, whoever wrote it down.
text='我叫欧阳建国，电话138-0013-8111，身份证440301198001011234，邮箱ouyang1@example.com，微信号：ouyang1980。欧阳建国家的路灯不亮，请回电13800138111或壹叁捌零零壹叁捌壹壹壹找欧阳建国。'
id3=$(post "{\"external_id\":\"f3\",\"text\":\"$text\",\"title\":\"欧阳建国家的路灯\"}" | jq -r .id)
wait_for 10 sh -c "fenboctl --json show $id3 2>/dev/null | jq -e .recommendation.units[0] >/dev/null" || fail "nothing is recommended"
fenboctl act claim "$id3" >/dev/null && fenboctl act note "$id3" --text '欧阳建国说路灯还没亮' >/dev/null 2>"$site_dir/err" || fail "note: $(cat "$site_dir/err")"
personal='欧阳|建国|138-?0013-?8111|44030119800101|ouyang|壹叁捌'
kept() { pg_dump --data-only --schema=fenbo "$FENBO_OWNER_URL" 2>/dev/null | grep -E "$personal"; }
[ "$(kept | wc -l)" -ge 3 ] || fail "the test looks in the wrong place"
site_sql "SELECT fenbo.erase(${id3}, '欧阳建国要求')" >/dev/null || fail "erase"
[ -z "$(kept)" ] || fail "left: $(kept | cut -c1-300)"
fenboctl --json show "$id3" >"$site_dir/show"
check "the matter and who noted it stay" one '(.text | test("路灯不亮")) and (.remarks | map(select(.kind == "note" and .by != null and (.text | test("说路灯还没亮")))) | length) == 1'

# As long as a case may be, soon; and a character that no text may hold is named plainly.
jq -nc '{text: ("小区门口闻到燃气味。" * 10000), address: ""}' >"$site_dir/long"
[ "$(wc -c <"$site_dir/long")" -gt 290000 ] || fail "not long"
curl -sS --max-time 5 -H "Authorization: Bearer $key" --data-binary "@$site_dir/long" "$FENBO_URL/v1/recommend" >"$site_dir/show"
check "a long question is answered" one '(.units | length) > 0 and (.fields.danger | length) > 0'
jq -nc '{text: "a", address: ("x" * 1100000)}' | curl -sS --max-time 5 -H "Authorization: Bearer $key" --data-binary @- "$FENBO_URL/v1/recommend" >"$site_dir/show"
check "a longer one is not" one '.error == "too_large"'
curl -sS -H "Authorization: Bearer $key" --data '{"text":"漏水\u0000了"}' "$FENBO_URL/v1/recommend" >"$site_dir/show"
check "no text has a zero" one '.error == "invalid" and (.message | test("u0000")) and (.message | test("JSON_") | not)'

# Another list takes the place of the first without a new revision.
revision=$(site_sql "SELECT fenbo._get('routing_revision')")
printf '企业名称,标签\n海南椰岛风食品股份有限公司,上市企业\n深圳市蓝鲸食品贸易有限公司,\n广州市蓝鲸食品贸易有限公司,\n' >"$site_dir/e.csv"
FENBO_DATABASE_URL=$FENBO_OWNER_URL fenboctl import enterprises "$site_dir/e.csv" | grep -q '3 names' || fail "import"
[ "$(site_sql "SELECT fenbo._get('routing_revision')")" = "$revision" ] || fail "the list made a revision"
wait_for 60 enterprises 3 || fail "fenbod does not take the new list"
wait_for 10 sh -c "curl -sS -H 'Authorization: Bearer $key' --data '{\"text\":\"投诉椰岛风食品的员工\"}' $FENBO_URL/v1/recommend | jq -e '.fields.enterprise[0].name == \"海南椰岛风食品股份有限公司\"' >/dev/null" ||
	fail "a short form is not found"
curl -sS -H "Authorization: Bearer $key" --data '{"text":"投诉蓝鲸食品贸易有限公司"}' "$FENBO_URL/v1/recommend" >"$site_dir/show"
check "two that may be meant" one '.fields.enterprise[0].names == 2 and (.fields.enterprise[0].candidates | length) == 2 and (.fields.enterprise[0] | has("name") | not)'
exit 0
