#!/usr/bin/env bash
# A unit's own system works a case over HTTP from dispatch to result: it signs for it, calls, reports, pauses, asks for more time, passes it down;
# the street below, with a key of its own, sends it back once and then does the work. The citizen's channel follows every step.
set -u
cd "$(dirname "$0")/../.." || exit 2
: "${FENBO_BUILD:=$PWD/build}"
if [ -z "${FENBO_TEST_URL-}" ]; then
	BUILD=$FENBO_BUILD exec bash tests/tools/with-cluster.sh bash "$0" "$@"
fi
for tool in curl jq psql; do
	command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }
done
dir=$(mktemp -d "${TMPDIR:-/tmp}/fenbo-unit.XXXXXX")
pid=
cleanup() {
	trap - EXIT
	[ -n "$pid" ] && kill -9 "$pid" 2>/dev/null
	rm -rf "$dir"
}
trap cleanup EXIT
fail() {
	echo "FAILED: $*"
	tail -n 20 "$dir/log" 2>/dev/null
	exit 1
}
is() { [ "$2" = "$3" ] || fail "$1: expected $3, found $2"; }
sql() { psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" -c "$1"; }
wait_for() { # seconds command…
	local until=$((SECONDS + $1))
	shift
	while ! "$@"; do
		[ $SECONDS -lt $until ] || return 1
		read -rt 0.02 <> <(:)
	done
	return 0
}

FENBO_DATABASE_URL=$FENBO_TEST_URL FENBO_CONFIG=conf/fenbo.ini "$FENBO_BUILD/fenboctl" route apply conf >"$dir/stderr" 2>&1 || fail "route apply: $(head -n 3 "$dir/stderr")"
sql "CREATE ROLE unit_daemon LOGIN PASSWORD 'e2e'; GRANT fenbo_feed TO unit_daemon;
	CREATE ROLE unit_disp LOGIN; GRANT fenbo_dispatcher TO unit_disp;
	CREATE ROLE unit_chief LOGIN; GRANT fenbo_supervisor TO unit_chief;
	INSERT INTO fenbo.account (name, role, person) VALUES ('unit_daemon', 'feed', 'fenbod'), ('unit_disp', 'dispatcher', 'D'), ('unit_chief', 'supervisor', '主管');
	INSERT INTO fenbo.api_key (name, hash, channel, unit, rights, created_by) VALUES
		('app',    sha256('app'),    'app',    NULL, '{intake,read,noplace}', 't'),
		('camera', sha256('camera'), 'camera', NULL, '{intake,read,noplace}', 't'),
		('street', sha256('street'), NULL, 'bljd', '{act}', 't'),
		('squad',  sha256('squad'),  NULL, 'bljd-cg', '{act}', 't')" || fail "set-up"
cat >"$dir/fenbo.ini" <<INI
[database]
url = "host=$(sql 'SHOW unix_socket_directories') port=$(sql 'SHOW port') dbname=fenbo user=unit_daemon password=e2e"
[listen]
port = 0
[log]
file = "$dir/log"
level = info
INI
: >"$dir/log"
"$FENBO_BUILD/fenbod" --config "$dir/fenbo.ini" 2>"$dir/stderr" &
pid=$!
listening() { port=$(sed -n 's/.*msg=listening.* port=\([0-9]*\).*/\1/p' "$dir/log" | tail -n 1); [ -n "$port" ]; }
wait_for 20 listening || fail "fenbod does not listen: $(cat "$dir/stderr")"
url=http://127.0.0.1:$port
healthy() { [ "$(curl -s --max-time 2 -o "$dir/body" -w '%{http_code}' "$url/healthz")" = 200 ]; }
wait_for 20 healthy || fail "fenbod does not become healthy"

post() { curl -s --max-time 20 -H "Authorization: Bearer $1" --data-binary "$2" "$url/v1/appeals"; }
no=$(post app '{"external_id":"u1","text":"碧岭街道沙湖社区路边的井盖松动，车一过就响，请处理。电话13800001234","name":"张三","phone":"13800001234"}' | jq -r .id)
alert=$(post camera '{"external_id":"c1","text":"占道经营告警 碧岭街道"}' | jq -r .id)
seen() { sql "SELECT version FROM fenbo.queue WHERE no = $no"; }
person() { # role action args
	sql "SET SESSION AUTHORIZATION $1; SELECT ok, message FROM fenbo.act('$2', ARRAY[$no], ARRAY[(SELECT version FROM fenbo.queue_list WHERE no = $no)], '$3')" | tail -n 1
}
# KEY ACTION MEMBERS [IDEMPOTENCY]: the answer; members are those after the version and the person
task() {
	curl -s --max-time 20 -H "Authorization: Bearer $1" -H "Idempotency-Key: ${4-}" -d "{\"version\":${version:-$(seen)},\"person\":\"李四\"${3:+,$3}}" "$url/v1/tasks/$no/$2"
}
did() { # what key action members stage
	is "$1" "$(task "$2" "$3" "$4" | tee "$dir/body" | jq -r '"\(.ok) \(.stage)"')" "true $5"
}
refused() { # what key action members error field
	is "$1" "$(task "$2" "$3" "$4" | tee "$dir/body" | jq -r '"\(.error) \(.field)"')" "$5 $6"
}

echo "- from dispatch to the unit"
is "dispatched" "$(person unit_disp override '{"unit":"bljd","reason":"test"}')" "t|"
list() { curl -s --max-time 20 -H "Authorization: Bearer $1" "$url/v1/tasks" | jq -r ".tasks[] | select(.id == \"$no\") | $2"; }
is "masked until it is signed for" "$(list street '"\(.stage) \(.citizen.masked) \(.clocks | length)"')" "dispatched true 3"
is "the squad below sees nothing of it" "$(list squad .id)" ""
did "accept" street accept "" handling
is "then in the clear" "$(list street '"\(.citizen.phone) \(.citizen.masked)"')" "13800001234 false"

echo "- errors by field"
refused "no text" street contact "" missing text
refused "a time that is none" street contact '"text":"x","until":"soon"' invalid until
refused "a time that is no text" street contact '"text":"x","until":5' invalid until
refused "days that are none" street extend '"reason":"works","days":"two"' invalid days
refused "too many days" street extend '"reason":"works","days":11' invalid days
refused "a hash that is none" street attach '"files":[{"name":"a","size":1,"sha256":"zz","link":"https://x.example/a"}]' invalid files.1.sha256
refused "files that are no list" street attach '"files":"a"' invalid files
refused "not a unit of theirs" street subdispatch '"unit":"shengtai"' forbidden unit
refused "another's" squad progress '"text":"x"' not_found id
is "not an action of units" "$(curl -s --max-time 20 -H 'Authorization: Bearer street' -d '{}' "$url/v1/tasks/$no/approve" | jq -r .error)" not_found
is "nor undo" "$(curl -s --max-time 20 -H 'Authorization: Bearer street' -d '{}' "$url/v1/tasks/$no/undo" | jq -r .error)" not_found

echo "- contact, progress, pause"
did "tried" street contact '"text":"无人接听","outcome":"unreached"' handling
version=$(seen)
is "contact" "$(task street contact "\"text\":\"已联系，明早上门\",\"until\":\"$(date -u -d '+1 day' +%FT09:00:00Z)\"" k1 | jq -r .ok)" true
is "sent again under its key" "$(task street contact "\"text\":\"已联系，明早上门\",\"until\":\"$(date -u -d '+1 day' +%FT09:00:00Z)\"" k1 | jq -r .ok)" true
is "once" "$(sql "SELECT count(*) FROM fenbo.event WHERE no = $no AND action = 'contact'")" 2
is "and stale without" "$(task street progress '"text":"x"' | jq -r '"\(.error) \(.version - '"$version"')"')" "stale 1"
version=
is "a promise" "$(list street '.promises[0].kept_at')" null
hash=$(printf 'picture' | sha256sum | cut -d' ' -f1)
did "progress with a picture" street progress "\"text\":\"师傅13912345678已到场\",\"files\":[{\"name\":\"现场.jpg\",\"size\":7,\"sha256\":\"$hash\",\"link\":\"https://files.example/1.jpg\"}]" handling
is "kept by name and hash" "$(list street '.files[0] | "\(.name) \(.sha256)"')" "现场.jpg $hash"
did "pause" street pause '"reason":"weather"' handling
is "paused" "$(list street '"\(.flags | index("paused") != null) \(.due_at)"')" "true null"
did "resume" street resume "" handling
did "a pause that has to be approved" street pause '"reason":"court","text":"已立案"' handling
is "asked" "$(list street '"\(.request.kind) \(.flags | index("asked") != null) \(.paused_until)"')" "pause true null"
is "refused" "$(person unit_chief approve '{"decision":"no","text":"与本案无关"}')" "t|"
is "and told why" "$(list street '"\(.request.decision) \(.request.answer)"')" "no 与本案无关"

echo "- more time, down the tree, back and down again"
due=$(list street '.clocks[] | select(.kind == "handle") | .due_at')
did "extend" street extend '"reason":"works","days":3' handling
is "granted" "$(person unit_chief approve '{"decision":"yes"}')" "t|"
[[ $(list street '.clocks[] | select(.kind == "handle") | .due_at') > $due ]] || fail "no more time than before"
did "to the squad" street subdispatch '"unit":"bljd-cg","reason":"local"' dispatched
is "which has it" "$(list squad '"\(.unit) \(.passed[0].unit)"')" "bljd-cg bljd"
is "and above it is seen" "$(list street .unit)" bljd-cg
did "sent back" squad return '"reason":"not_our_duty"' dispatched
is "to the street" "$(list street '"\(.unit) \(.returned)"')" "bljd 0"
is "out of the squad's sight" "$(list squad .id)" ""
did "down again" street subdispatch '"unit":"bljd-cg"' dispatched
did "signed for" squad accept "" handling
did "the result" squad resolve "\"text\":\"井盖已更换\",\"files\":[{\"name\":\"完工.jpg\",\"size\":7,\"sha256\":\"$hash\",\"link\":\"https://files.example/2.jpg\"}]" resolved

echo "- the citizen followed it like a parcel"
curl -s --max-time 20 "$url/open311/v2/servicerequestupdates.json?api_key=app&service_request_id=$no" >"$dir/updates"
is "steps" "$(jq -r 'sort_by(.update_id | tonumber) | .[].description | split("（")[0] | split("，")[0] | split("：")[0]' "$dir/updates" | tr '\n' ' ')" \
	"已受理 已派送至碧岭街道办事处 碧岭街道办事处已签收 承办单位曾联系您 承办单位已与您联系 承办单位反馈了办理进展 暂停计时 恢复办理 办理期限延长3个工作日 已转由碧岭街道市政服务中心办理 已转由碧岭街道办事处办理 已转由碧岭街道市政服务中心办理 碧岭街道市政服务中心已签收 已办理完毕 "
! grep -q '李四\|主管\|13912345678\|13800001234\|立案\|与本案' "$dir/updates" || fail "personal data, or what is between unit and supervisor: $(cat "$dir/updates")"

echo "- an alert has no citizen"
no=$alert
is "dispatched" "$(person unit_disp override '{"unit":"bljd","reason":"test"}')" "t|"
is "no contact clock" "$(list street '[.clocks[].kind] | join(" ")')" "dispatch handle"
did "accept" street accept "" handling
refused "nobody to call" street contact '"text":"x"' impossible flags
did "resolved is closed" street resolve '"text":"已清理"' closed
is "nobody is written to" "$(sql "SELECT count(*) FROM fenbo.outbox WHERE no = $no AND target = 'citizen'")" 0
echo "all is well"
