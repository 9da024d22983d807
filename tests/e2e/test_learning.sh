#!/usr/bin/env bash
# What a dispatcher decides is in the recommendations of every fenbod within five seconds, and what is taken back is out of them. Two fenbods
# that have come to the same lesson know the same, byte for byte: through decisions, an undo, a return, a killed leader, a base put in
# force and back, a restart. A checkpoint that is damaged is passed over, and said.
. "$(dirname "$0")/../tools/site.sh"
work=$site_dir/work
mkdir "$work"
site_start
second_stop() { [ -z "${second:-}" ] || kill -9 "$second" 2>/dev/null; }
trap 'second_stop; site_stop' EXIT
a=$FENBO_URL
ask() { curl -sS --max-time 30 -H "Authorization: Bearer $(cat "$FENBO_KEY_FILE")" "$@"; }
metric() { ask "$1/metrics" | sed -n "s/^fenbo_$2 //p"; }
model() { curl -sS --max-time 5 "$1/healthz" | jq -r ".model.$2"; }
last() { site_sql 'SELECT coalesce(max(seq), 0) FROM fenbo.lesson'; }

# --- the second, with the configuration of the first but for the port
port=$((20000 + RANDOM % 20000))
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((20000 + RANDOM % 20000)); done
sed "s/^port = .*/port = $port/" "$STATE/fenbo.ini" >"$work/second.ini"
printf '\n[learning]\ncheckpoint_lessons = 8\n' >>"$work/second.ini"
start_second() {
	env -u FENBO_DATABASE_URL -u FENBO_URL -u FENBO_KEY_FILE fenbod --config "$work/second.ini" </dev/null >>"$work/second.log" 2>&1 &
	second=$!
}
start_second
b=http://127.0.0.1:$port
healthy() { curl -fsS --max-time 2 "$1/healthz" >/dev/null 2>&1; }
wait_for 30 healthy "$b" || fail "the second does not become healthy"
leads() { [ "$(metric "$1" leading)" = 1 ]; }
check "the first leads" leads "$a"

# Both have learnt all there is, say so, and know the same.
settled() { [ "$(model "$1" state_lesson)" = "$(last)" ]; }
agree() {
	wait_for 20 settled "$a" && wait_for 20 settled "$b" || fail "$1: not settled: $(curl -sS "$a/healthz") $(curl -sS "$b/healthz")"
	[ "$(model "$a" state)" = "$(model "$b" state)" ] || fail "$1: $(curl -sS "$a/healthz") $(curl -sS "$b/healthz")"
	[ "$(model "$a" name)" = "$(model "$b" name)" ] || fail "$1: $(model "$a" name), $(model "$b" name)"
}
recommend() { ask -H 'Content-Type: application/json' --data "$(jq -nc --arg t "$2" '{text: $t}')" "$1/v1/recommend"; }
first() { recommend "$1" "$2" | jq -r '.units[0].unit'; }
odd='喵喵俱乐部的蓝色票根盖不了戳，想问票根什么时候能盖戳'
first_is() { [ "$(first "$1" "$odd 请尽快答复")" = "$2" ]; }
first_is_not() { ! first_is "$@"; }
now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }
take() { site_post "$(jq -nc --arg e "$1" --arg t "$2" '{external_id: $e, text: $t}')" | jq -re .id; }

echo "- nothing learnt: as the duty list says"
[ "$(model "$a" name)" = "" ] || fail "$(model "$a" name)"
recommend "$a" "$odd" | jq -e '.model | startswith("duty-")' >/dev/null || fail "$(recommend "$a" "$odd")"
agree "at the start"

echo "- decisions are in what both say within five seconds"
unit=$(site_sql "SELECT code FROM fenbo.unit WHERE active AND NOT desk AND level <> 'city' ORDER BY code DESC LIMIT 1")
other=$(site_sql "SELECT code FROM fenbo.unit WHERE active AND NOT desk AND level <> 'city' ORDER BY code LIMIT 1")
first_is "$a" "$unit" && fail "the machine knew already"
ids=()
for i in 1 2 3 4 5 6; do ids+=("$(take "cat-$i" "$odd，第 $i 次来电")") || fail "not taken in"; done
for id in "${ids[@]}"; do fenboctl --json act override "$id" --unit "$unit" --reason 其他 >/dev/null || fail "override of $id"; done
begun=$(now_ms)
for side in "$a" "$b"; do wait_for 5 first_is "$side" "$unit" || fail "not learnt: $(recommend "$side" "$odd")"; done
echo "  in both after $(($(now_ms) - begun)) ms"
recommend "$b" "$odd" | jq -e '.model | startswith("city-0+")' >/dev/null || fail "$(recommend "$b" "$odd" | jq .model)"
agree "after six decisions"

week_told() { [ "$(metric "$a" recommend_flags)" = 0 ] && [ "$(metric "$a" 'recommend_decided_total{rank="other"}')" -ge 6 ]; }
check "the leader tells of the week, and of what was decided" week_told

echo "- an undo is out of what both know within five seconds"
before=$(model "$a" state)
voice() { ask "$a/metrics" | grep '^fenbo_recommend_voice'; }
said=$(recommend "$a" "$odd" | jq -c .units) weights=$(voice)
id=$(take undone-1 "$odd，第 7 次来电") || fail "not taken in"
fenboctl --json act override "$id" --unit "$other" --reason 其他 >/dev/null || fail "override"
taught() { [ "$(model "$1" name)" = "city-0+$2" ]; }
for side in "$a" "$b"; do wait_for 5 taught "$side" 7 || fail "not learnt"; done
agree "after the seventh"
[ "$(model "$a" state)" != "$before" ] || fail "nothing was learnt"
fenboctl --json act undo "$id" >/dev/null || fail "undo"
begun=$(now_ms)
for side in "$a" "$b"; do wait_for 5 taught "$side" 6 || fail "not taken out: $(curl -sS "$side/healthz")"; done
echo "  out of both after $(($(now_ms) - begun)) ms"
agree "after the undo"
[ "$(site_sql "SELECT string_agg(kind || ' ' || cause, ', ' ORDER BY seq) FROM fenbo.lesson WHERE no = $id")" = "learn override, forget undo" ] ||
	fail "$(site_sql "SELECT * FROM fenbo.lesson")"

[ "$(recommend "$a" "$odd" | jq -c .units)" = "$said" ] || fail "it does not say what it said before: $said, $(recommend "$a" "$odd" | jq -c .units)"
[ "$(voice)" = "$weights" ] || fail "the sources count otherwise than before: $weights, $(voice)"

echo "- the leader is killed in the middle of decisions"
for i in $(seq 12); do take "many-$i" "小区路灯坏了第 $i 天没人修，请派人处理"; done >"$work/many"
{ while read -r id; do fenboctl --json act override "$id" --unit "$other" --reason 其他 >/dev/null; done <"$work/many"; } & deciding=$!
kill -9 "$(cat "$STATE/fenbod.pid")"
wait $deciding || fail "decisions"
wait_for 15 leads "$b" || fail "the second does not lead"
wait_for 10 settled "$b" || fail "not settled: $(curl -sS "$b/healthz")"
[ "$(last)" = 20 ] || fail "$(last) lessons"
written() { [ "$(site_sql "SELECT count(*) FROM fenbo.model WHERE kind = 'checkpoint' AND done_at IS NOT NULL")" -gt 0 ]; }
check "the new leader writes a checkpoint" written
bash db/cluster/fenbo-up.sh >/dev/null 2>&1 || fail "the first does not come back"
wait_for 10 healthy "$a" || fail "the first is not healthy"
agree "after the first has come back, from the checkpoint"

echo "- a base is put in force, and back"
state=$(model "$a" state)
bytes=$(site_sql "SELECT number FROM fenbo.model WHERE kind = 'checkpoint' ORDER BY seq DESC LIMIT 1")
site_sql "INSERT INTO fenbo.model SELECT nextval('fenbo.model_base'), 'base', 1, seq, now(), 'test', sha256, bytes, parts, '{}', '', now() FROM fenbo.model WHERE number = $bytes;
	INSERT INTO fenbo.model_part SELECT 1, part, bytes FROM fenbo.model_part WHERE model = $bytes"
FENBO_DATABASE_URL=$FENBO_OWNER_URL fenboctl model use 1 >/dev/null || fail "model use"
based() { [ "$(model "$1" base)" = "$2" ]; }
for side in "$a" "$b"; do wait_for 10 based "$side" 1 || fail "base 1 is not in force"; done
agree "on base 1"
case $(model "$a" name) in city-1+*) ;; *) fail "$(model "$a" name)" ;; esac
FENBO_DATABASE_URL=$FENBO_OWNER_URL fenboctl model use 0 >/dev/null || fail "model use"
for side in "$a" "$b"; do wait_for 10 based "$side" 0 || fail "base 0 is not in force"; done
agree "back on base 0"
[ "$(model "$a" state)" = "$state" ] || fail "not what it was: $(model "$a" state), $state"

echo "- the log gives the checkpoint again, byte for byte"
admin() { FENBO_DATABASE_URL=$FENBO_OWNER_URL fenboctl --json "$@"; }
admin model rebuild >"$work/rebuilt" || fail "rebuild: $(cat "$work/rebuilt")"
jq -e '.same and .lesson > 8' "$work/rebuilt" >/dev/null || fail "$(cat "$work/rebuilt")"
fenboctl model list >/dev/null 2>&1 && fail "a dispatcher lists models"

echo "- a base is trained from what was decided, and from another system's export"
admin train --folds 2 --note 'two units' --use >"$work/trained" || fail "train: $(cat "$work/trained")"
jq -e --argjson last "$(last)" '.in_force and .lesson == $last and .figures.units.labels == 2 and .figures.folds == 2' "$work/trained" >/dev/null ||
	fail "$(cat "$work/trained")"
n=$(jq -r .model "$work/trained")
for side in "$a" "$b"; do wait_for 10 based "$side" "$n" || fail "base $n is not in force"; done
agree "on base $n"
[ "$(model "$a" name)" = "city-$n+0" ] || fail "$(model "$a" name)"
for side in "$a" "$b"; do wait_for 5 first_is "$side" "$unit" || fail "not what it was made of: $(recommend "$side" "$odd")"; done
short=$(site_sql "SELECT name FROM fenbo.unit WHERE code = '$other'")
{ echo 标题,内容,单位; for i in $(seq 30); do echo "路灯,第$i盏路灯不亮了晚上看不清路,$short"; echo "票根,俱乐部票根第$i次盖不了戳,$unit"; done
	echo 无,没有这个单位的事,火星事务局; } >"$work/old.csv"
admin train --from "$work/old.csv" --text 标题,内容 --unit 单位 --folds 0 >"$work/imported" 2>"$work/said" || fail "train: $(cat "$work/said")"
jq -e '.rows == 60 and .unknown_rows == 1 and .lesson == 0 and (.in_force | not)' "$work/imported" >/dev/null || fail "$(cat "$work/imported")"
grep -q '1  火星事务局' "$work/said" || fail "the unknown unit is not named: $(cat "$work/said")"
admin model compare "$n" "$(jq -r .model "$work/imported")" >"$work/compared" || fail "compare"
jq -es 'length == 2 and .[0].known > 0 and .[1].known == 0 and .[1].units.top1 == 1' "$work/compared" >/dev/null || fail "$(cat "$work/compared")"
admin model compare 0 "$n" | jq -es '.[0].units == null and .[0].whole.rows > 0' >/dev/null || fail "the empty base: $(admin model compare 0 "$n")"
FENBO_DATABASE_URL=$FENBO_OWNER_URL fenboctl model compare 0 "$n" >"$work/shown" || fail "compare"
grep -q '[{}]' "$work/shown" && fail "JSON for people: $(cat "$work/shown")"
grep -q "^ *$n .*0\.[0-9][0-9][0-9][0-9]\|^ *$n .*1\.0000" "$work/shown" || fail "$(cat "$work/shown")"
FENBO_DATABASE_URL=$FENBO_OWNER_URL fenboctl model list >"$work/shown" || fail "list"
grep -q '[{}]' "$work/shown" && fail "JSON for people: $(cat "$work/shown")"
admin model export "$n" "$work/base" && [ "$(sha256sum <"$work/base" | cut -d' ' -f1)" = "$(site_sql "SELECT sha256 FROM fenbo.model WHERE number = $n")" ] ||
	fail "export"
admin accuracy --by unit | jq -es 'map(.decided) | add > 10' >/dev/null || fail "accuracy: $(admin accuracy --by unit)"
admin accuracy --reliability | jq -es 'length == 10' >/dev/null || fail "reliability"
admin accuracy --flags >/dev/null || fail "flags"
admin model use 0 >/dev/null || fail "model use"
for side in "$a" "$b"; do wait_for 10 based "$side" 0 || fail "base 0 is not in force"; done
agree "on base 0 once more"
state=$(model "$a" state)

echo "- what a unit has sent back is recommended anew only when that dispatch is forgotten, and not to the same unit"
id=$(take sent-back "钢琴调音师傅说琴键粘住了，请问谁来修第一架琴") || fail "not taken in"
seen=$(last)
fenboctl --json act override "$id" --unit zhujian --reason 其他 >/dev/null || fail "override"
learnt() { [ "$(last)" -gt "$seen" ]; }
check "the dispatch is learnt" learnt
check "and in what is asked" settled "$a"
first_of_it() { recommend "$a" "钢琴调音师傅说琴键粘住了，请问谁来修第一架琴" | jq -r '.units[0].unit'; }
[ "$(first_of_it)" = zhujian ] || fail "it has not learnt from it: $(first_of_it)"
made() { site_sql "SELECT count(*) FROM fenbo.recommendation WHERE no = $id"; }
before=$(made)
FENBO_DATABASE_URL=$FENBO_UNIT_URL fenboctl --json act return "$id" --reason 其他 >"$work/returned" 2>&1 || fail "return: $(cat "$work/returned")"
begun=$(now_ms)
renewed() { [ "$(made)" -gt "$before" ]; }
check "it is recommended anew" renewed
echo "  after $(($(now_ms) - begun)) ms"
check "the dispatch is forgotten" settled "$a"
site_sql "SELECT jsonb_build_object('model', r.model, 'units', r.units) FROM fenbo.queue q JOIN fenbo.recommendation r ON r.id = q.rec WHERE q.no = $id" >"$work/renewed"
jq -e --arg m "$(model "$a" name)" '.model == $m' "$work/renewed" >/dev/null || fail "by another model than $(model "$a" name): $(cat "$work/renewed")"
jq -e '(.units | length) > 1 and all(.units[]; .unit != "zhujian")' "$work/renewed" >/dev/null || fail "to the same unit: $(cat "$work/renewed")"
agree "after a return"
state=$(model "$a" state)

echo "- a checkpoint that is damaged is passed over"
site_sql "UPDATE fenbo.model_part SET bytes = set_byte(bytes, 100, get_byte(bytes, 100) # 255) WHERE model >= 1000000 AND part = 0"
kill "$second"
wait "$second"
start_second
wait_for 30 healthy "$b" || fail "the second does not come back"
wait_for 15 settled "$b" || fail "not settled: $(curl -sS "$b/healthz")"
[ "$(model "$b" state)" = "$state" ] || fail "it knows something else: $(curl -sS "$b/healthz")"
[ "$(metric "$b" model_load_failures_total)" = 1 ] || fail "not counted"
grep -q 'the checkpoint cannot be read' "$work/second.log" || fail "not said"

admin model rebuild >"$work/rebuilt" 2>&1 && fail "rebuild is content with it: $(cat "$work/rebuilt")"
damaged=$(site_sql "SELECT number FROM fenbo.model WHERE kind = 'checkpoint' AND base = 0 ORDER BY seq DESC LIMIT 1")
admin model export "$damaged" "$work/damaged" 2>"$work/said" && fail "export is content with it"
grep -q damaged "$work/said" || fail "not said: $(cat "$work/said")"

echo "- and so is one of which a part is missing"
site_sql "DELETE FROM fenbo.model_part WHERE model >= 1000000"
kill "$second"
wait "$second"
start_second
wait_for 30 healthy "$b" || fail "the second does not come back"
wait_for 20 settled "$b" || fail "not settled: $(curl -sS "$b/healthz")"
[ "$(model "$b" state)" = "$state" ] || fail "it knows something else: $(curl -sS "$b/healthz")"
grep -q 'a part of it is missing' "$work/second.log" || fail "not said"

echo "- a fenbod that is connected as the owner says so, one of the feed does not"
grep -q 'not fenbo_feed' "$work/second.log" && fail "said of its own account"
kill "$second"
wait "$second"
FENBO_DATABASE_URL=$FENBO_OWNER_URL env -u FENBO_URL -u FENBO_KEY_FILE fenbod --config "$work/second.ini" </dev/null >>"$work/second.log" 2>&1 &
second=$!
check "the account is named" grep -q "not fenbo_feed.*account=" "$work/second.log"
echo passed
