#!/usr/bin/env bash
# The ladder on a whole site: rungs fire within a second of their time, a console hears of them without asking, and when the fenbod that leads is killed
# the next one fires what is due, each rung once.
. "$(dirname "$0")/../tools/site.sh"
work=$site_dir/work
rows=20
site_start
second_stop() { [ -z "${second:-}" ] || kill -9 "$second" 2>/dev/null; }
trap 'second_stop; site_stop' EXIT
mkdir -p "$work/conf"
cp conf/*.csv conf/routing.ini "$work/conf"
# Limits of a minute, and rungs seconds after the start.
sed -i 's/^dispatch    = .*/dispatch    = 1m/; /^\[clock.dispatch\]/,/^rungs/ s/^rungs .*/rungs = -57s dispatchers notice | -54s owner alarm | -48s supervisor alarm/' "$work/conf/routing.ini"
sed -i '/^\[clock.dispatch.urgent\]/,/^rungs/ d' "$work/conf/routing.ini"
FENBO_DATABASE_URL=$FENBO_ADMIN_URL fenboctl route apply "$work/conf" >"$work/said" 2>&1 || fail "$(cat "$work/said")"

# A second fenbod, which follows.
port=$((20000 + RANDOM % 20000))
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((20000 + RANDOM % 20000)); done
sed "s/^port = .*/port = $port/" "$STATE/fenbo.ini" >"$work/second.ini"
env -u FENBO_DATABASE_URL -u FENBO_URL -u FENBO_KEY_FILE fenbod --config "$work/second.ini" </dev/null >>"$STATE/fenbod.log" 2>&1 &
second=$!
healthy() { curl -fsS --max-time 2 "http://127.0.0.1:$port/healthz" >/dev/null 2>&1; }
wait_for 30 healthy || fail "the second does not become healthy"

echo "- rungs fire at their time, and the console says so"
term_start desk 120 40 "env LANG=C.UTF-8 FENBO_DATABASE_URL='$FENBO_DISPATCHER_URL' fenbo"
term_wait desk 库 20 >/dev/null || term_wait desk db 5 || fail "the console does not come up"
seq $rows | jq -c '{external_id: "rung-\(.)", text: "宝安区西乡街道第\(.)号路灯不亮，晚上看不清路"}' >"$work/body"
curl -sS --max-time 30 -H "Authorization: Bearer $(cat "$FENBO_KEY_FILE")" -H 'Content-Type: application/x-ndjson' --data-binary "@$work/body" \
	"$FENBO_URL/v1/appeals" >/dev/null || fail intake
fired() { [ "$(site_sql "SELECT count(*) FROM fenbo.event WHERE action = 'rung' AND (args ->> 'rung')::integer = $1")" -ge "$2" ]; }
wait_for 30 fired 2 $rows || fail "the second rung did not fire: $(site_sql "SELECT args ->> 'rung', count(*) FROM fenbo.event WHERE action = 'rung' GROUP BY 1")"
late=$(site_sql "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM at - (args ->> 'at')::timestamptz)) < 1 FROM fenbo.event WHERE action = 'rung'")
[ "$late" = t ] || fail "late: $(site_sql "SELECT args ->> 'rung', at, args ->> 'at' FROM fenbo.event WHERE action = 'rung' LIMIT 5")"
hears() { term_screen desk | grep -q "警报 $rows\|alarms $rows"; }
check "the console counts the alarms" hears
curl -sS -H "Authorization: Bearer $(cat "$FENBO_KEY_FILE")" "$FENBO_URL/metrics" | grep -q 'fenbo_rungs_fired_total{clock="dispatch",what="alarm"} '"$rows" ||
	fail "metrics: $(curl -sS -H "Authorization: Bearer $(cat "$FENBO_KEY_FILE")" "$FENBO_URL/metrics" | grep rung)"

[ "$(fenboctl --json alarm list | jq -r 'select(.acknowledged_at == null) | .code' | sort | uniq -c | tr -s ' ')" = " $rows rung dispatch" ] ||
	fail "$(fenboctl alarm list | head -n 3)"
fenboctl alarm ack all >"$work/said" || fail "$(cat "$work/said")"
quiet() { ! term_screen desk | grep -q "警报 [1-9]\|alarms [1-9]"; }
check "acknowledged in a shell, the console is quiet" quiet

echo "- the leader is killed; what comes due is fired once by the next"
kill -9 "$(cat "$STATE/fenbod.pid")"
wait_for 60 fired 3 $rows || fail "the third rung did not fire"
twice=$(site_sql "SELECT count(*) FROM (SELECT no, args ->> 'rung' FROM fenbo.event WHERE action = 'rung' GROUP BY 1, 2 HAVING count(*) > 1) x")
[ "$twice" = 0 ] || fail "$twice rungs fired twice"
echo passed
