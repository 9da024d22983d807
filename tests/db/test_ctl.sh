#!/usr/bin/env bash
# fenboctl against a real database: what each command does, its exit status, what it says, and that --json is JSON.
set -u
cd "$(dirname "$0")/../.." || exit 2
: "${FENBO_BUILD:=$PWD/build}"
export FENBO_BUILD LC_ALL=C.UTF-8 TZ=Asia/Shanghai
[ -n "${FENBO_TEST_URL-}" ] || exec bash tests/tools/with-cluster.sh bash "$0"
command -v jq >/dev/null || { echo "needs jq"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ctl=$FENBO_BUILD/fenboctl
export FENBO_CONFIG=$PWD/conf/fenbo.ini FENBO_DATABASE_URL=$FENBO_TEST_URL FENBO_URL=http://127.0.0.1:1
bad=0
complain() { echo "$*"; bad=1; }

# ctl STATUS WORDS…: run, compare the status; output in $work/out, $work/err
ctl() {
	local want=$1 got
	shift
	timeout 20 "$ctl" "$@" >"$work/out" 2>"$work/err" </dev/null
	got=$?
	[ "$got" = "$want" ] || complain "fenboctl $*: status $got, not $want: $(head -c 400 "$work/err")"
}
says() { grep -qF -- "$1" "$work/out" || complain "line ${BASH_LINENO[0]}: not said: $1 but $(head -c 400 "$work/out")"; }
warns() { grep -qF -- "$1" "$work/err" || complain "line ${BASH_LINENO[0]}: not on stderr: $1 but $(head -c 400 "$work/err")"; }
json() { # a jq filter that must hold for some line; every line must be an object
	jq -e 'type == "object"' <"$work/out" >/dev/null 2>&1 || complain "line ${BASH_LINENO[0]}: not one object a line: $(head -c 400 "$work/out")"
	jq -es "any(.[]; $1)" <"$work/out" >/dev/null 2>&1 || complain "line ${BASH_LINENO[0]}: no line where $1: $(head -c 600 "$work/out")"
}
some=$(psql -XqAt -d "$FENBO_TEST_URL" -c "SELECT no FROM generate_series(2611220000120, 2611220000129) no WHERE fenbo.case_check(no)")
sql() { psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" -c "$1"; }

echo "- usage"
ctl 2; warns usage
ctl 2 nosuch; warns "no command nosuch"
ctl 2 route; warns "route apply"
ctl 2 list --nosuch; warns "--nosuch"
ctl 2 list --limit
ctl 2 list --limit 0
ctl 2 list --limit 12abc
ctl 2 list --view nosuch
ctl 2 show
ctl 2 act
ctl 2 act nosuch $some
ctl 2 act claim
ctl 2 act confirm $some; warns "needs --recommendation"
ctl 2 act claim $some --text x; warns "does not take --text"
ctl 2 key add k --channel hotline
ctl 2 user add someone
ctl 0 --help; says "fenboctl act"
ctl 0 act --help; says "--recommendation"
ctl 1 show $((some + 1)); warns "no case number"
FENBO_CONFIG=/nonexistent.ini ctl 1 list; warns /nonexistent.ini
ctl 1 --config "$work/deep/down.ini" list; warns "$work/deep/down.ini"
ctl 1 route check "$work/deep/nonesuch"; warns "$work/deep/nonesuch"
ctl 1 import duty "$work/deep/duty.csv"; warns "$work/deep/duty.csv"
printf 'x\n' >"$work/anykey"; chmod 600 "$work/anykey"
ctl 1 import appeals "$work/deep/a.ndjson" --key-file "$work/anykey"; warns "$work/deep/a.ndjson"
ctl 1 import appeals "$work/anykey" --key-file "$work/deep/key"; warns "$work/deep/key"
for group in user import route quarantine; do ctl 0 $group --help; says "fenboctl $group"; done
ctl 0 user add --help; says "--role"
ctl 2 nosuch --help
ctl 0 list --help; says "triage"; says "escalated"
ctl 0 act --help; says "reply_wanted"; says "an empty line between"; says "urgent, fast or normal"; says "withdrawn"

echo "- nobody there"
for words in list "search x" "act note $some --text x" migrate status "feed tail" "user list"; do
	# shellcheck disable=SC2086 # words on purpose
	FENBO_DATABASE_URL='host=/nonexistent dbname=fenbo' ctl 3 $words
	warns PostgreSQL
done
ctl 3 status; says "routing_revision  "; warns "fenbod at http://127.0.0.1:1"
printf 'x\n' >"$work/key"; chmod 600 "$work/key"
printf '{"external_id":"1","text":"x"}\n' >"$work/one.ndjson"
ctl 3 import appeals "$work/one.ndjson" --key-file "$work/key"; warns fenbod

printf 'external_id,text,received_at\n1,x,2026-11-22 01:02:03\n' >"$work/naive.csv"
FENBO_DATABASE_URL='host=/nonexistent dbname=fenbo' ctl 3 import appeals "$work/naive.csv" --key-file "$work/key"
warns PostgreSQL; warns "received_at"; warns "+08:00"
printf 'external_id,text,received_at\n1,x,2026-11-22 01:02:03+08:00\n' >"$work/offset.csv"
FENBO_DATABASE_URL='host=/nonexistent dbname=fenbo' ctl 3 import appeals "$work/offset.csv" --key-file "$work/key"
warns fenbod; grep -q PostgreSQL "$work/err" && complain "PostgreSQL is not needed for times with an offset"

echo "- migrate"
ctl 0 migrate; says "nothing to do"
sql "UPDATE fenbo.migration SET sha256 = 'x' || sha256 WHERE number = 1" >/dev/null
ctl 1 migrate; warns "0001_tables has changed"
sql "UPDATE fenbo.migration SET sha256 = substr(sha256, 2) WHERE number = 1; INSERT INTO fenbo.migration VALUES (9999, 'later', '')" >/dev/null
ctl 1 migrate; warns "newer than the program"
sql "DELETE FROM fenbo.migration WHERE number = 9999" >/dev/null
ctl 0 migrate

echo "- route"
ctl 0 route check conf; says "nothing is wrong"
ctl 0 --json route apply conf --note first; json '.revision == 1'
ctl 0 route diff conf; says "no difference"
cp -r conf "$work/conf"
printf '[chanel.x]\nname = y\n[priority.urgent]\ndispatch = soon\n' >>"$work/conf/routing.ini"
ctl 1 route check "$work/conf"; warns routing.ini; [ "$(wc -l <"$work/err")" -ge 2 ] || complain "route check stops at the first error"
ctl 1 route apply "$work/conf"
ctl 0 export units "$work/units.csv"
ctl 0 import units "$work/units.csv"; says "revision 2"
ctl 0 route diff conf; says "no difference"
sed 's/区水务局,水务局/区水务和排水局,水务局/' conf/units.csv >"$work/units.csv"
ctl 0 import units "$work/units.csv" --note 'a new name'; says "revision 3"
ctl 0 --json route diff 2 3; json '.part == "units" and .key == "shuiwu" and .change == "changed"'
ctl 0 --json route diff conf; json '.key == "shuiwu" and .after.name == "区水务局"'
ctl 1 route apply conf --expect 1; warns "revision"
ctl 0 route rollback 2; says "revision 4 is as 2 was"
ctl 0 route diff conf; says "no difference"
ctl 0 --json route history; json '.revision == 4 and .current and .rolled_back_to == 2'; json '.note == "a new name"'
ctl 1 route rollback 77
for part in duty units gazetteer enterprises knowledge calendar; do
	ctl 0 export "$part" --english "$work/$part.csv"
	ctl 0 import "$part" "$work/$part.csv"
done
ctl 0 route diff conf; says "no difference"

echo "- people and keys"
printf 'secret-of-zhang\n' >"$work/password"
ctl 0 user add zhang --role dispatcher --person 张三 --password-file "$work/password"
ctl 0 user add li --role dispatcher --person 李四 --password-file "$work/password"
ctl 0 user add wang --role unit --desk zhujian --password-file "$work/password"
ctl 1 user add zhang --role dispatcher --password-file "$work/password"
ctl 1 user add root2 --role superuser --password-file "$work/password"
printf 'short\n' >"$work/short"
ctl 1 user add shorty --role dispatcher --password-file "$work/short"; warns "at least 8"
ctl 2 user add nobody --role dispatcher # no terminal to ask on
grep -q 'secret-of' "$FENBO_TEST_CLUSTER"/log/* && complain "a password reached the server's log"
ctl 0 --json user list; json '.name == "zhang" and .role == "dispatcher" and .person == "张三"'
as() { export FENBO_DATABASE_URL="${FENBO_TEST_URL% user=*} user=$1 password=secret-of-zhang"; }
owner() { export FENBO_DATABASE_URL=$FENBO_TEST_URL; }
ctl 0 key add front --channel hotline --rights intake,read,noplace
key=$(cat "$work/out")
[ "$(wc -l <"$work/out")" = 1 ] && [ ${#key} -gt 40 ] || complain "key add prints the key and nothing else: $key"
hash=$(printf %s "$key" | sha256sum | cut -c1-64)
[ "$(sql "SELECT count(*) FROM fenbo.key_check('\\x$hash')")" = 1 ] || complain "the key printed is not the key recorded"
ctl 0 --json key add other --unit zhujian --rights read,act --rate 60; json '.key | length > 40'
ctl 1 key add front --channel hotline --rights intake
ctl 1 key add third --channel hotline --rights everything
ctl 0 --json key list; json '.name == "front" and .channel == "hotline"'
grep -q "$key" "$work/out" && complain "key list shows a key"
for zone in UTC Asia/Shanghai; do
	TZ=$zone PGTZ=$zone ctl 0 --json key list; json '.name == "front" and (.created_at // .at | test("\\+08:00$"))'
done
ctl 0 key revoke other
ctl 1 key revoke nosuch
as zhang
ctl 1 migrate; warns "forbidden: only the owner of the database can migrate"
ctl 1 key list; ctl 1 user list; ctl 1 route apply conf; warns "permission denied"
owner

echo "- cases"
row() { # line, text, unit
	printf '{"line":%d,"external_id":"e%d","title":"%s","text":"%s","priority":"normal","place_name":"航城","flags":0,"model":"m","novel":false,"name":"赵小明","phone":"13800000001","units":[{"unit":"%s","p":0.912345678,"reasons":[]}],"repeats":[]}' \
		"$1" "$1" "$2" "$2" "$3"
}
sql "SELECT * FROM fenbo.intake('\\x$hash', '[$(row 1 路面塌陷 jiaotong),$(row 2 燃气味很浓 zhujian),$(row 3 夜间施工噪音 shengtai)]')" >"$work/intake" 2>&1 ||
	complain "intake: $(cat "$work/intake")"
mapfile -t ids < <(cut -d'|' -f3 "$work/intake")
[ ${#ids[@]} = 3 ] || { cat "$work/intake"; exit 1; }
as zhang
ctl 0 --json list; json ".id == \"${ids[0]}\" and .stage == \"triage\" and .version == 1"
[ "$(wc -l <"$work/out")" = 3 ] || complain "list shows $(wc -l <"$work/out") cases of 3"
ctl 0 --json list --view triage --limit 2; [ "$(wc -l <"$work/out")" = 2 ] || complain "--limit 2 gives $(wc -l <"$work/out")"
ctl 0 list; says 路面塌陷
ctl 0 --json show "${ids[0]:0:6}-${ids[0]:6:6}-${ids[0]:12}" --events --clock; json '.text == "路面塌陷" and (.events | length) == 1 and (.clocks | length) > 0 and .clock_lines[0].what == "start" and .clock_lines[0].seconds == 28800'
rec=$(jq -r .recommendation.id <"$work/out")
ctl 0 show "${ids[0]}" --events --clock
ctl 1 show $some
ctl 0 --json search 塌陷; json ".id == \"${ids[0]}\""
grep -qE '"(score|top)":[^,]*[0-9]\.[0-9]{5}' "$work/out" && complain "more than four decimals: $(cat "$work/out")"
ctl 0 --json list; json '.top == ["jiaotong", 0.9123]'; grep -qF '["jiaotong",0.9123]' "$work/out" || complain "not four decimals: $(cat "$work/out")"
ctl 0 --json show "${ids[0]}"; json '.recommendation.units[0].p == 0.9123'
ctl 0 --json search "${ids[1]}"; json ".id == \"${ids[1]}\""

echo "- act"
ctl 0 --json act claim "${ids[0]}" --version 1; json ".ok and .id == \"${ids[0]}\" and .version == 2 and .stage == \"triage\" and (.event | type) == \"number\""
ctl 0 --json list --view mine; json ".id == \"${ids[0]}\" and .owner == \"zhang\""
ctl 1 --json act confirm "${ids[0]}" --version 1 --recommendation "$rec" --unit jiaotong
json '.ok == false and .error == "stale" and .version == 2 and .by == "zhang" and (.at | test("\\+08:00$")) and (.message | length) > 0'
warns "stale"
ctl 0 --json act confirm "${ids[0]}" --recommendation "$rec" --unit jiaotong --assist chengguan,shuiwu; json '.ok and .stage == "dispatched"'
ctl 0 --json act undo "${ids[0]}"; json '.ok and .stage == "triage"'
as li
ctl 1 --json act claim "${ids[0]}" --version 1; json '.error == "stale" or .error == "leased"'
ctl 1 --json act note "${ids[1]}" $some --text '已经电话核实'; json ".ok and .id == \"${ids[1]}\""; json '.ok == false and .error == "not_found"'
ctl 1 --json act note "${ids[1]}" $some --text '再次核实' --atomic; json ".ok == false and .id == \"${ids[1]}\""
ctl 1 --json act note nonsense "${ids[1]}" $((some + 1)) --text x
json '.id == "nonsense" and .ok == false and .error == "invalid" and (.message | length) > 0'
json ".id == \"$((some + 1))\" and .ok == false and .error == \"invalid\""
json ".id == \"${ids[1]}\" and .ok"; warns "nonsense is no case number"
[ "$(wc -l <"$work/out")" = 3 ] || complain "not one answer for each: $(cat "$work/out")"
ctl 1 act note nonsense "${ids[1]}" --text x; says "version"; warns nonsense
ctl 1 --json act note "${ids[1]}" nonsense --text y --atomic; json '.id == "nonsense" and .error == "invalid"'
[ "$(wc -l <"$work/out")" = 1 ] || complain "half of what goes together was carried out"
ctl 1 --json act undo nonsense; json '.id == "nonsense" and .ok == false'; [ "$(wc -l <"$work/out")" = 1 ] || complain "a slip undid something"
ctl 1 --json act merge "${ids[1]}" "${ids[2]}" --into nonsense
json ".id == \"${ids[1]}\" and .ok == false and .error == \"invalid\" and .field == \"into\""; json ".id == \"${ids[2]}\" and .field == \"into\""
printf '第一段\n第二行\n\n第二段\n' >"$work/parts"
"$ctl" --json act split "${ids[2]}" --parts - <"$work/parts" >"$work/out" 2>"$work/err" || complain "split: $(cat "$work/err")"
ctl 0 --json show "${ids[2]}"; json '.parts | length == 2'
ctl 0 --json act undo "${ids[2]}"
ctl 0 --json act split "${ids[2]}" --parts '["甲段\n\n还是甲", "乙段", "丙段"]'
ctl 0 --json show "${ids[2]}"; json '[.parts[] | select(.outcome != "withdrawn")] | length == 3'
ctl 0 --json act override "${ids[1]}" --unit zhujian --reason '本单位职责'; json '.stage == "dispatched"'
ctl 0 --json act next; json '.ok'
as wang
ctl 0 --json list; json ".id == \"${ids[1]}\""
ctl 0 --json act accept "${ids[1]}"; json '.stage == "handling"'
ctl 0 --json act resolve "${ids[1]}" --text '已处理'; json '.stage == "resolved"'
ctl 1 --json act claim "${ids[0]}"; json '.error == "forbidden" or .error == "not_found"'
as zhang
ctl 0 --json act close "${ids[1]}"; json '.stage == "closed"'
ctl 0 --json act reopen "${ids[1]}" --reason '没有解决'; json '.ok'

echo "- place, quarantine, audit"
ctl 0 --json place '宝安区航城街道钟屋社区的小区门口'; json '.name == "钟屋社区" and .level == "community"'
ctl 1 place 'nowhere at all'
ctl 0 --json place '田心社区停水' --channel 440310; json '.code == "440310004004" and .words == "田心社区" and (.candidates | length) == 3'
ctl 0 --json place '停水' --address 宝安区航城街道; json '.code == "440306019" and .in == "address" and .chain.district == "440306"'
ctl 2 place '停水' --lat 22; warns "--long"
cat >"$work/areas.geojson" <<'END'
{"type":"FeatureCollection","features":[
 {"type":"Feature","properties":{"name":"钟屋社区","parent":"航城街道"},"geometry":{"type":"Polygon","coordinates":[[[113.8,22.6],[113.9,22.6],[113.9,22.7],[113.8,22.7],[113.8,22.6]]]}},
 {"type":"Feature","properties":{"code":440306},"geometry":{"type":"MultiPolygon","coordinates":[[[[113.7,22.5],[114.0,22.5],[114.0,22.8],[113.7,22.8],[113.7,22.5]]]]}}]}
END
sed 's/钟屋社区/无名社区/' "$work/areas.geojson" >"$work/unknown.geojson"
sed 's/,"parent":"航城街道"//; s/钟屋社区/田心社区/' "$work/areas.geojson" >"$work/which.geojson"
ctl 1 import boundaries "$work/unknown.geojson"; warns "无名社区"
ctl 1 import boundaries "$work/which.geojson"; warns "parent"
ctl 1 import boundaries "$work/none.geojson"; warns none.geojson
ctl 2 import boundaries
ctl 1 import boundaries "$work/areas.geojson"; warns "permission denied" # not a dispatcher
FENBO_DATABASE_URL=$FENBO_TEST_URL ctl 0 --json import boundaries "$work/areas.geojson"; json '.areas == 2 and .change == 1'
ctl 0 --json place '路灯坏了' --lat 22.65 --long 113.85; json '.name == "钟屋社区" and .in == "coordinates" and .words == null'
ctl 0 --json place '路灯坏了' --lat 22.75 --long 113.95; json '.code == "440306"'
ctl 0 place '坪山区的路灯' --lat 22.65 --long 113.85; says 坪山区; says "by coordinates"
FENBO_DATABASE_URL=$FENBO_TEST_URL ctl 0 --json import boundaries --clear; json '.areas == 0'
ctl 1 place '路灯坏了' --lat 22.65 --long 113.85
printf 'code,district,areaCode,street,streetCode,community\n990101001001,东湾区,990101,渔港街道,990101001,灯塔社区居民委员会\n' >"$work/list.csv"
ctl 0 --json place --gazetteer "$work/list.csv" '渔港街道灯塔居委会门口'; json '.code == "990101001001" and .name == "灯塔社区"'
ctl 1 place --gazetteer "$work/list.csv" --boundaries "$work/areas.geojson" x; warns 440306
ctl 2 place --boundaries "$work/areas.geojson" x
owner
sql "SELECT fenbo.quarantine_add('\\x$hash', '[{\"line\":1,\"raw_b64\":\"$(printf '{"text": \033[2J' | base64)\",\"field\":\"external_id\",\"error\":\"missing\",\"message\":\"a required value is missing\"}]')" >/dev/null
ctl 0 --json quarantine list; json '.error == "missing" and .field == "external_id"'
q=$(jq -r .id <"$work/out")
ctl 0 --json quarantine show "$q"; json '.raw_b64 | length > 0'
ctl 0 quarantine show "$q"; grep -q $'\033' "$work/out" && complain "an escape sequence reached the terminal"
ctl 0 quarantine show "$q" --raw; [ "$(od -An -tx1 <"$work/out" | tr -d ' \n')" = "$(printf '{"text": \033[2J' | od -An -tx1 | tr -d ' \n')" ] || complain "the bytes are not as they came"
ctl 3 quarantine retry "$q" --key-file "$work/key"; warns fenbod
ctl 0 quarantine drop "$q"
ctl 1 quarantine drop "$q"
ctl 1 --json quarantine retry "$q" --key-file "$work/key"; json '.ok == false and .error == "impossible"'; warns "impossible"
ctl 0 audit verify
sql "ALTER TABLE fenbo.event DISABLE TRIGGER ALL; UPDATE fenbo.event SET actor = 'nobody' WHERE no = ${ids[0]} AND version = 1" >/dev/null 2>&1
ctl 1 --json audit verify; json "(.no | tostring) == \"${ids[0]}\""

echo "- a stream without fenbod"
as zhang
ctl 3 feed tail --idle 1; warns "fenbod at http://127.0.0.1:1"
owner

echo "- a disabled account"
ctl 0 user disable li
as li
ctl 1 list
owner

echo "- completion"
ctl 2 completion tcsh
for shell in bash zsh fish; do
	"$ctl" completion $shell >"$work/completion.$shell" || complain "completion $shell"
	command -v $shell >/dev/null && { $shell -n "$work/completion.$shell" || complain "completion $shell is no $shell"; }
done
offered() { # words… then what must be offered: the last word is being typed
	local want=$1
	shift
	bash -c '. "$1"; shift; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _fenboctl; printf "%s\n" "${COMPREPLY[@]}"' - \
		"$work/completion.bash" "$@" | grep -qxF -- "$want" || complain "completion: $want is not offered after: $*"
}
offered route fenboctl ''
offered apply fenboctl route a
offered confirm fenboctl act con
offered --recommendation fenboctl act confirm $some --re
offered supervisor fenboctl user add x --role s
offered triage fenboctl list --view ''
offered bash fenboctl completion ''
offered --json fenboctl list --
"$ctl" --help | sed -n 's/^  fenboctl \([a-z ]*[a-z]\).*/\1/p' | while read -r name; do
	for shell in bash fish; do grep -q "${name##* }" "$work/completion.$shell" || echo "$name is not completed by $shell"; done
done >"$work/missing"
[ -s "$work/missing" ] && complain "$(cat "$work/missing")"
exit $bad
