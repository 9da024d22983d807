#!/usr/bin/env bash
# What rises against its own past: forty quiet days, then eight people in one community about one matter. Found, told once, judged by a
# supervisor, found again by the next fenbod that leads without being told twice; the heat table; the console's view. What turns out to be no
# appeal leaves it again.
. "$(dirname "$0")/../tools/site.sh"
command -v jq >/dev/null || { echo "jq is not installed"; exit 77; }
site_start
every_second() { # a look; bringing fenbod up writes its configuration anew
	printf '\n[leader]\nhotspots = 1s\n' >>"$STATE/fenbo.ini"
	kill -HUP "$(cat "$STATE/fenbod.pid")"
}
every_second
jq -nc --argjson texts '["钟屋社区路灯不亮，晚上很黑", "钟屋社区垃圾桶满溢无人清运，臭味很大", "固戍社区工地夜间施工噪音扰民", "白石厦社区道路坑洼积水"]' '
	range(40; 0; -1) as $day | range(10) as $i | {external_id: "past\($day)-\($i)", text: $texts[($day * 7 + $i * 3) % 4], phone: "1370000\(1000 + $day * 10 + $i)",
		received_at: (now + 8 * 3600 - $day * 86400 | strftime("%Y-%m-%dT0\($i):30:00+08:00"))}' >"$site_dir/past"
key=$(FENBO_DATABASE_URL=$FENBO_OWNER_URL fenboctl key add past --channel app --rights intake,backdate --json | jq -r .key)
[ "$(curl -sS -H "Authorization: Bearer $key" --data-binary @"$site_dir/past" "$FENBO_URL/v1/appeals" | jq -rs '[.[] | select(.status == "created")] | length')" = 400 ] ||
	fail "the past was not taken in"
restart() {
	kill -9 "$(cat "$STATE/fenbod.pid")"
	bash db/cluster/fenbo-up.sh >/dev/null || fail "fenbod did not come back"
	every_second
}
metric() { curl -s -H "Authorization: Bearer $(cat "$FENBO_KEY_FILE")" "$FENBO_URL/metrics" | sed -n "s/^fenbo_$1 //p"; }
counts() { [ "$(metric hotspots_cases)" = "$1" ]; }
wait_for 30 counts 400 || fail "what the log tells of was not read: $(metric hotspots_cases)" # days of long ago, with their days' numbers

for i in 1 2 3 4 5 6 7 8; do
	jq -nc --arg e "gas$i" --arg p "1380000000$i" '{external_id: $e, phone: $p, text: "钟屋社区楼道里闻到很浓的燃气味，怀疑燃气泄漏"}'
done >"$site_dir/now"
curl -sS -H "Authorization: Bearer $(cat "$FENBO_KEY_FILE")" --data-binary @"$site_dir/now" "$FENBO_URL/v1/appeals" >/dev/null
spots() { FENBO_DATABASE_URL=$FENBO_SUPERVISOR_URL fenboctl hot list --json; }
hot() { spots | jq -se 'any(.[]; .state == "hot" and .people == 8)' >/dev/null; }
wait_for 20 hot || fail "eight people in one place were not noticed: $(spots)"
spot=$(spots | jq -rs '[.[] | select(.state == "hot")][0]')
id=$(jq -r .id <<<"$spot")
jq -e '.expected < 2 and .people == 8' <<<"$spot" >/dev/null || fail "what was expected: $spot"
[ "$(FENBO_DATABASE_URL=$FENBO_SUPERVISOR_URL fenboctl hot cases "$id" --json | wc -l)" = 8 ] || fail "its cases"
FENBO_DATABASE_URL=$FENBO_DISPATCHER_URL fenboctl hot heat --json | jq -se 'map(select(.people >= 8)) | length >= 1' >/dev/null || fail "the heat table"
told() { # times this one was told of
	site_sql "SELECT count(*) FROM fenbo.event e JOIN fenbo.hotspot h ON h.id = $id WHERE e.no = 0 AND e.action = 'hotspot'
		AND e.after ->> 'matter' = h.matter AND e.after ->> 'place' = h.place AND e.after ->> 'matter_level' = h.matter_level::text"
}
[ "$(told)" = 1 ] || fail "told $(told) times"

# --- the next leader knows the same, and tells nothing twice
restart
again() { counts 408 && [ "$(site_sql "SELECT seen_at > now() - interval '5 s' FROM fenbo.hotspot WHERE id = $id")" = t ]; }
wait_for 30 again || fail "the next leader does not find it"
[ "$(told)" = 1 ] || fail "told again by the next leader"

# --- a supervisor sees and judges it
FENBO_DATABASE_URL=$FENBO_SUPERVISOR_URL term_start desk 120 40 fenbo
term_wait desk '待分拨' 20 || fail "the console did not open"
term_wait desk '/408' 20 || fail "the queue is not there" # the whole snapshot has come
shown() { term_keys desk g z; wait_for 5 term_shows desk '8人'; }
shown || shown || fail "the view does not show it"
term_keys desk Enter
term_wait desk '燃气' || fail "its cases are not shown"
term_keys desk Escape
term_wait desk '热点' || fail "not back"
term_keys desk r
settled() { [ "$(site_sql "SELECT verdict FROM fenbo.hotspot WHERE id = $id")" = real ]; }
check "the verdict is kept" settled
FENBO_DATABASE_URL=$FENBO_DISPATCHER_URL fenboctl hot settle "$id" nothing >/dev/null 2>&1 && fail "a dispatcher judged"
FENBO_DATABASE_URL=$FENBO_SUPERVISOR_URL fenboctl hot settle "$id" perhaps >/dev/null 2>&1 && fail "a word that is no verdict"

# --- one of the eight was a prank
prank=$(FENBO_DATABASE_URL=$FENBO_SUPERVISOR_URL fenboctl hot cases "$id" --json | jq -rs '.[0].id')
FENBO_DATABASE_URL=$FENBO_DISPATCHER_URL fenboctl act claim "$prank" >/dev/null
FENBO_DATABASE_URL=$FENBO_DISPATCHER_URL fenboctl act end "$prank" --outcome invalid --reason no_content >/dev/null || fail "a prank cannot be ended"
wait_for 20 counts 407 || fail "a prank still counts: $(metric hotspots_cases)"
seven() { [ "$(site_sql "SELECT people FROM fenbo.hotspot WHERE id = $id")" = 7 ]; }
wait_for 20 seven || fail "it is not seven people now"
exit 0
