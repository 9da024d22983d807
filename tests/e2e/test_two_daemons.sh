#!/usr/bin/env bash
# Two fenbods on one database: both serve and tell the same, one leads; when the leader is killed the other sweeps within seconds. The same
# reports sent to both at once are one case each, and a repeat of a case that the other took in is found by its text.
. "$(dirname "$0")/../tools/site.sh"
work=$site_dir/work
mkdir "$work"
rows=300
site_start
second_stop() { [ -z "${second:-}" ] || kill -9 "$second" 2>/dev/null; }
trap 'second_stop; site_stop' EXIT

# --- the second, with the configuration of the first but for the port
port=$((20000 + RANDOM % 20000))
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((20000 + RANDOM % 20000)); done
sed "s/^port = .*/port = $port/" "$STATE/fenbo.ini" >"$work/second.ini"
env -u FENBO_DATABASE_URL -u FENBO_URL -u FENBO_KEY_FILE fenbod --config "$work/second.ini" </dev/null >>"$STATE/fenbod.log" 2>&1 &
second=$!
a=$FENBO_URL b=http://127.0.0.1:$port
first=$(cat "$STATE/fenbod.pid")
healthy() { curl -fsS --max-time 2 "$1/healthz" >/dev/null 2>&1; }
wait_for 30 healthy "$b" || fail "the second does not become healthy"
ask() { curl -sS --max-time 30 -H "Authorization: Bearer $(cat "$FENBO_KEY_FILE")" "$@"; }
metric() { ask "$1/metrics" | sed -n "s/^fenbo_$2 //p"; }

echo "- one leads, both serve"
leads() { [ "$(metric "$1" leading)" = 1 ]; }
follows() { [ "$(metric "$1" leading)" = 0 ]; }
check "the first leads" leads "$a"
follows "$b" || fail "both lead"

echo "- the same reports to both at once"
follow() { curl -sN --max-time 120 -H "Authorization: Bearer $(cat "$FENBO_KEY_FILE")" "$1/v1/feed" >"$2"; }
follow "$a" "$work/seen.a" & readers[0]=$!
follow "$b" "$work/seen.b" & readers[1]=$!
begun() { [ -s "$work/seen.a" ] && [ -s "$work/seen.b" ]; }
check "the streams begin" begun
seq $rows | jq -c '{external_id: "two-\(.)", text: "宝安区西乡街道第\(.)号路灯不亮，晚上看不清路"}' >"$work/body"
send() { ask -H 'Content-Type: application/x-ndjson' --data-binary "@$work/body" "$1/v1/appeals" >"$2"; }
send "$a" "$work/said.a" & lanes[0]=$!
send "$b" "$work/said.b" & lanes[1]=$!
wait "${lanes[@]}" || fail "intake"
[ "$(site_sql 'SELECT count(*) FROM fenbo.queue')" = $rows ] || fail "$rows reports, $(site_sql 'SELECT count(*) FROM fenbo.queue') cases"
for side in a b; do jq -r .id "$work/said.$side" >"$work/ids.$side"; done
cmp -s "$work/ids.a" "$work/ids.b" || fail "the two named different cases"
[ "$(cat "$work"/said.[ab] | jq -r .status | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = " $rows created; $rows duplicate;" ] ||
	fail "$(cat "$work"/said.[ab] | jq -r .status | sort | uniq -c)"

echo "- readers of both see the same"
heard() { [ "$(grep -c '^event: create' "$work/seen.$1")" = $rows ]; }
for side in a b; do check "the reader of $side hears of all" heard $side; done
for side in a b; do grep -E '^(id|event|data):' "$work/seen.$side" >"$work/frames.$side"; done
cmp -s "$work/frames.a" "$work/frames.b" || fail "the streams differ: $(diff "$work/frames.a" "$work/frames.b" | head -n 4)"

echo "- a repeat of what the other took in"
take() { ask -H 'Content-Type: application/x-ndjson' --data-binary "$(jq -nc --arg e "$2" --arg t "$3" '{external_id: $e, text: $t}')" \
	"$1/v1/appeals" | jq -re .id; }
long='市民来电：福海街道桥头社区立新路二十七号楼下的宵夜档每天夜里十一点以后把桌椅摆到人行道上，油烟很大，喝酒的人吵到凌晨三点，老人和孩子都睡不着。'
tail='另外收摊以后泔水倒进雨水井里，井口堵塞发臭，下雨时污水倒灌到一楼的商铺，店主已经清理过四次，请派人到现场看一看井盖和隔油池。'
original=$(take "$a" long-1 "$long$tail") || fail "not taken in"
remembers() { [ "$(metric "$b" repeats_cases)" -gt $rows ]; }
check "the second has read its text" remembers
# Nothing of the title is in this one: only the text can tell.
again=$(take "$b" long-2 "$tail") || fail "not taken in"
[ "$(site_sql "SELECT count(*) FROM fenbo.repeat_candidate WHERE no = $again AND other = $original")" = 1 ] ||
	fail "$again does not name $original: $(site_sql "SELECT no, other, score FROM fenbo.repeat_candidate WHERE no = $again")"

echo "- the leader is killed"
claimed=$(fenboctl --json act claim "$original" | jq -r .id) || fail "not claimed"
kill -9 "$first"
wait_for 10 leads "$b" || fail "the second does not lead"
swept() { [ "$(metric "$b" leases_expired_total)" -gt 0 ]; }
site_sql "UPDATE fenbo.session SET alive_until = now() - interval '1 second', ended_at = NULL WHERE id =
	(SELECT session FROM fenbo.queue WHERE no = $claimed)" >/dev/null
free() { [ "$(site_sql "SELECT owner IS NULL FROM fenbo.queue WHERE no = $claimed")" = t ]; }
check "the claim is swept by the second" free
heard_expire() { grep -q '^event: \(expire\|release\)' "$work/seen.b"; }
check "its reader hears of it" heard_expire
take "$b" after-1 "沙井街道新桥社区有人乱倒建筑垃圾" >/dev/null || fail "the second does not take in alone"
kill "${readers[1]}" 2>/dev/null

echo "- the first comes back and follows"
bash db/cluster/fenbo-up.sh >/dev/null 2>&1 || fail "the first does not come back"
check "the first follows" follows "$a"
leads "$b" || fail "the second gave up the lead"
echo passed
