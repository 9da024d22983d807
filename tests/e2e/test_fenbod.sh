#!/usr/bin/env bash
# fenbod against a real database: what it answers, and what it keeps of its word when it, or the database, is killed.
set -u
cd "$(dirname "$0")/../.." || exit 2
: "${FENBO_BUILD:=$PWD/build}"
if [ -z "${FENBO_TEST_URL-}" ]; then
	BUILD=$FENBO_BUILD exec bash tests/tools/with-cluster.sh bash "$0" "$@"
fi
for tool in curl jq psql xmllint; do
	command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }
done
dir=$(mktemp -d "${TMPDIR:-/tmp}/fenbo-fenbod.XXXXXX")
pid=
cleanup() {
	trap - EXIT
	[ -n "$pid" ] && kill -9 "$pid" 2>/dev/null
	# shellcheck disable=SC2046
	kill $(jobs -p) 2>/dev/null
	rm -rf "$dir"
}
trap cleanup EXIT
fail() {
	echo "FAILED: $*"
	tail -n 20 "$dir/log" 2>/dev/null
	grep -v "^ts=" "$dir/stderr" 2>/dev/null | head -n 30
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

# --- a centre ------------------------------------------------------------------------------------------------------
FENBO_DATABASE_URL=$FENBO_TEST_URL FENBO_CONFIG=conf/fenbo.ini "$FENBO_BUILD/fenboctl" route apply conf >"$dir/stderr" 2>&1 || fail "route apply: $(head -n 3 "$dir/stderr")"
sql "CREATE ROLE e2e_daemon LOGIN PASSWORD 'e2e'; GRANT fenbo_feed TO e2e_daemon;
	CREATE ROLE e2e_disp LOGIN; GRANT fenbo_dispatcher TO e2e_disp;
	CREATE ROLE e2e_desk LOGIN; GRANT fenbo_unit TO e2e_desk;
	INSERT INTO fenbo.account (name, role, person) VALUES ('e2e_daemon', 'feed', 'fenbod'), ('e2e_disp', 'dispatcher', 'D');
	INSERT INTO fenbo.account (name, role, person, desk) VALUES ('e2e_desk', 'unit', 'U', 'shengtai');
	INSERT INTO fenbo.channel (code, name) VALUES ('e2e', 'e2e'), ('other', 'other') ON CONFLICT DO NOTHING;
	INSERT INTO fenbo.api_key (name, hash, channel, unit, rights, rate, created_by) VALUES
		('app',   sha256('app'),   'e2e',   NULL, '{intake,read,noplace}', 0, 't'),
		('other', sha256('other'), 'other', NULL, '{intake,read}', 0, 't'),
		('slow',  sha256('slow'),  'other', NULL, '{intake}', 2, 't'),
		('all',   sha256('all'),   NULL,    NULL, '{feed}', 0, 't'),
		('desk',  sha256('desk'),  NULL, 'shengtai', '{act,feed}', 0, 't')" || fail "set-up"
owner_host=$(sql 'SHOW unix_socket_directories') owner_port=$(sql 'SHOW port')
cat >"$dir/fenbo.ini" <<INI
[database]
url = "host=$owner_host port=$owner_port dbname=fenbo user=e2e_daemon password=e2e"
[listen]
port = 0
request_timeout = 2s
[log]
file = "$dir/log"
level = info
INI
healthy() { [ "$(curl -s --max-time 2 -o /dev/null -w '%{http_code}' "$url/healthz")" = 200 ]; }
unhealthy() { [ "$(curl -s --max-time 2 -o /dev/null -w '%{http_code}' "$url/healthz")" = 503 ]; }
listening() { port=$(sed -n 's/.*msg=listening.* port=\([0-9]*\).*/\1/p' "$dir/log" 2>/dev/null | tail -n 1); [ -n "$port" ]; }
start() {
	: >"$dir/log"
	"$FENBO_BUILD/fenbod" --config "$dir/fenbo.ini" 2>>"$dir/stderr" &
	pid=$!
	wait_for 20 listening || fail "fenbod does not listen: $(cat "$dir/stderr")"
	url=http://127.0.0.1:$port
	wait_for 20 healthy || fail "fenbod does not become healthy"
	# The same port again after a restart, as on a real machine.
	sed -i "s/^port = .*/port = $port/" "$dir/fenbo.ini"
}
post() { curl -s --max-time 60 -H "Authorization: Bearer $1" -H 'Content-Type: application/x-ndjson' --data-binary "@$2" "$url/v1/appeals"; }
code() { curl -s --max-time 20 -o "$dir/body" -w '%{http_code}' "$@"; }
make_lines() { # prefix count
	awk -v p="$1" -v n="$2" 'BEGIN { for (i = 1; i <= n; i++)
		printf "{\"external_id\":\"%s-%d\",\"text\":\"第%d号楼旁边的路灯坏了%d天，晚上很黑\",\"address\":\"西乡街道%d号\"}\n", p, i, i, i % 7, i }'
}

"$FENBO_BUILD/fenbod" -n --config "$dir/fenbo.ini" || fail "-n refuses a good configuration"
printf '[listen]\nport = 99999\nnothing = 1\n' >"$dir/bad.ini"
"$FENBO_BUILD/fenbod" -n --config "$dir/bad.ini" 2>"$dir/stderr"
is "status of a bad configuration" $? 2
is "errors at once" "$(wc -l <"$dir/stderr")" 2
start

# --- the door ------------------------------------------------------------------------------------------------------
echo "- intake: created, duplicate, quarantined, in order"
cat >"$dir/lines" <<'END'
{"external_id":"a1","text":"小区门口闻到很浓的燃气味","phone":"13800001234"}
{"external_id":"a1","text":"again"}
not json
{"external_id":"a3","text":"x","lat":99,"long":1}

{"external_id":"a5","text":"路灯坏了","received_at":"2001-01-01T00:00:00Z"}
END
post app "$dir/lines" >"$dir/out"
is "order and status" "$(jq -r '"\(.line) \(.status) \(.field // "") \(.error // "")"' "$dir/out")" "$(printf '%s\n' '1 created  ' '2 duplicate  ' \
	'3 quarantined  invalid' '4 quarantined lat invalid' '6 quarantined received_at forbidden')"
is "the same number" "$(jq -r 'select(.id) | .id' "$dir/out" | sort -u | wc -l)" 1
is "bytes as they came" "$(sql "SELECT convert_from(raw, 'UTF8') FROM fenbo.quarantine WHERE line = 4")" '{"external_id":"a3","text":"x","lat":99,"long":1}'
is "channels are apart" "$(post other "$dir/lines" | jq -r 'select(.line == 1) | .status')" created
no=$(jq -r 'select(.line == 1) | .id' "$dir/out")

echo "- keys, sizes, methods"
is "unknown key" "$(code -H 'Authorization: Bearer nobody' --data-binary @"$dir/lines" "$url/v1/appeals")" 401
is "no key" "$(code --data-binary @"$dir/lines" "$url/v1/appeals")" 401
is "no right" "$(code -H 'Authorization: Bearer all' --data-binary @"$dir/lines" "$url/v1/appeals")" 403
head -c 17000000 /dev/zero | tr '\0' ' ' >"$dir/big"
is "too large" "$(code -H 'Authorization: Bearer app' --data-binary @"$dir/big" "$url/v1/appeals")" 413
is "as JSON where it can be" "$(head -c 16780000 "$dir/big" | curl -s --max-time 20 -H 'Authorization: Bearer app' --data-binary @- "$url/v1/appeals" | jq -r .error)" too_large
is "and well beyond" "$(curl -s --max-time 20 -H 'Authorization: Bearer app' --data-binary @"$dir/big" "$url/v1/appeals" | jq -r .error)" too_large
trickle() { # the beginning of a request, then a word now and then: what comes back
	local line='' part='' n
	exec 4<>"/dev/tcp/127.0.0.1/${url##*:}" || return
	printf "$1" >&4
	for n in $(seq 60); do # a read whose time is over keeps what it has got so far: a line may come in two
		IFS= read -rt 0.2 part <&4 && line+=$part && break
		line+=$part
		printf 'X: y\r\n' >&4 2>/dev/null || break
	done
	exec 4>&-
	printf '%s' "${line:0:12}"
}
is "a head that trickles in" "$(trickle 'GET /healthz HTTP/1.1\r\n')" 'HTTP/1.1 408'
is "a body that trickles in" "$(trickle 'POST /v1/appeals HTTP/1.1\r\nContent-Length: 9000\r\n\r\n')" 'HTTP/1.1 408'
for i in 1 2; do code -H 'Authorization: Bearer slow' --data-binary @"$dir/lines" "$url/v1/appeals" >/dev/null; done
is "rate" "$(code -D "$dir/head" -H 'Authorization: Bearer slow' --data-binary @"$dir/lines" "$url/v1/appeals")" 429
grep -qi '^retry-after: [1-9]' "$dir/head" || fail "429 without Retry-After"
is "no such path" "$(code "$url/v1/nothing")" 404
is "not by this method" "$(code -X DELETE "$url/healthz")" 405
is "no action of a unit" "$(code -X POST -H 'Authorization: Bearer desk' -d '{}' "$url/v1/tasks/$no/claim")" 404
is "recommend" "$(curl -s --max-time 20 -H 'Authorization: Bearer app' -d '{"text":"工地夜间施工噪音"}' "$url/v1/recommend" | jq -r '.units | length > 0')" true
curl -s --max-time 5 "$url/metrics" | grep -q '^fenbo_intake_rows_total{status="created"} [1-9]' || fail "metrics"

# --- Open311 -------------------------------------------------------------------------------------------------------
echo "- Open311"
o=$url/open311/v2
for what in discovery services services/general; do
	curl -s --max-time 20 "$o/$what.xml" | xmllint --noout - || fail "$what.xml is not XML"
	curl -s --max-time 20 "$o/$what.json" | jq -e . >/dev/null || fail "$what.json is not JSON"
done
is "unknown service" "$(code "$o/services/nothing.json")" 404
service=$(curl -s --max-time 20 "$o/services.json" | jq -r '.[0].service_code')
is "no key" "$(code -d "service_code=$service&address_string=x" "$o/requests.json")" 403
is "no service" "$(code -d "api_key=app&address_string=x" "$o/requests.json")" 400
is "no place" "$(code -d "api_key=other&service_code=$service" "$o/requests.xml")" 400
xmllint --xpath '/errors/error/code/text()' "$dir/body" | grep -qx 400 || fail "the error's form"
id=$(curl -s --max-time 20 -d "api_key=app&service_code=$service&lat=22.5&long=113.9&description=hole&email=secret@example.org" "$o/requests.json" | jq -r '.[0].service_request_id')
is "posted" "$(curl -s --max-time 20 "$o/requests/$id.json?api_key=app" | jq -r '.[0] | "\(.status) \(.service_code) \(.lat) \(.description)"')" "open $service 22.5 hole"
is "XML too" "$(curl -s --max-time 20 "$o/requests.xml?api_key=app&service_request_id=$id" | xmllint --xpath '/service_requests/request/service_request_id/text()' -)" "$id"
is "another channel's" "$(code "$o/requests/$id.json?api_key=other")" 404
is "filter" "$(curl -s --max-time 20 "$o/requests.json?api_key=app&status=closed" | jq length)" 0
is "pages" "$(curl -s --max-time 20 "$o/requests.json?api_key=app&page_size=1&page=2" | jq length)" 1
same() { curl -s --max-time 20 -H 'Idempotency-Key: once' -d "api_key=app&service_code=$service&address_string=x&description=y" "$o/requests.json"; }
is "sent twice" "$(same)" "$(same)"
is "token" "$(curl -s --max-time 20 "$o/tokens/$id.json?api_key=app" | jq -r '.[0].service_request_id')" "$id"
is "update" "$(code -d "api_key=app&service_request_id=$id&description=still" "$o/servicerequestupdates.xml")" 200
is "it is a chase" "$(sql "SELECT chased FROM fenbo.queue WHERE no = $id")" 1
! grep -q 'api_key\|secret@\|Bearer' "$dir/log" || fail "a key or personal data in the log"

# --- units ---------------------------------------------------------------------------------------------------------
echo "- units' systems"
sql "SET SESSION AUTHORIZATION e2e_disp; SELECT fenbo.login('test'); SELECT * FROM fenbo.act('claim', ARRAY[$no], ARRAY[1]);
	SELECT * FROM fenbo.act('override', ARRAY[$no], ARRAY[2], '{\"unit\":\"shengtai\",\"reason\":\"test\"}')" >"$dir/acted" || fail "dispatch"
task() { curl -s --max-time 20 -H 'Authorization: Bearer desk' -H "Idempotency-Key: $3" -d "$2" "$url/v1/tasks/$no/$1"; }
tasks=$(curl -s --max-time 20 -H 'Authorization: Bearer desk' "$url/v1/tasks")
version=$(jq -r ".tasks[] | select(.id == \"$no\") | .version" <<<"$tasks")
[ -n "$version" ] || fail "the task is not listed: $tasks $(cat "$dir/acted")"
is "stale" "$(task accept "{\"version\":1,\"person\":\"P\"}" i0 | jq -r .error)" stale
is "accept" "$(task accept "{\"version\":$version,\"person\":\"P\"}" i1 | jq -r .stage)" handling
is "again with its key" "$(task accept "{\"version\":$version,\"person\":\"P\"}" i1 | jq -r .stage)" handling
is "again without" "$(task accept "{\"version\":$version,\"person\":\"P\"}" i2 | jq -r .error)" stale
is "no version" "$(task resolve '{"person":"P","text":"done"}' i3 | jq -r .field)" version
is "chase" "$(curl -s --max-time 20 -X POST -H 'Authorization: Bearer app' "$url/v1/appeals/$no/chase" | jq -r .ok)" true
version=$(curl -s --max-time 20 -H 'Authorization: Bearer desk' "$url/v1/tasks" | jq -r ".tasks[] | select(.id == \"$no\") | .version")
is "return" "$(task return "{\"version\":$version,\"person\":\"P\",\"reason\":\"not ours\"}" i4 | jq -r .stage)" triage
renewed() { [ -n "$(sql "SELECT 1 FROM fenbo.event WHERE no = $no AND action = 'recommend'")" ]; }
wait_for 10 renewed || fail "a returned case keeps its old recommendation"
sql "SET SESSION AUTHORIZATION e2e_disp; SELECT fenbo.act('edit', ARRAY[$no], ARRAY(SELECT version FROM fenbo.queue_list WHERE no = $no),
	'{\"fields\":{\"address\":\"航城街道\"}}')" >"$dir/acted" || fail "edit"
placed() { [ "$(sql "SELECT place_name FROM fenbo.queue WHERE no = $no")" = 航城街道 ]; }
wait_for 10 placed || fail "a corrected address does not find its place: $(cat "$dir/acted") $(sql "SELECT place, place_name FROM fenbo.queue WHERE no = $no")"

echo "- a routing revision is followed within 2 s"
FENBO_DATABASE_URL=$FENBO_TEST_URL FENBO_CONFIG=conf/fenbo.ini "$FENBO_BUILD/fenboctl" route rollback 1 >/dev/null 2>"$dir/stderr" ||
	FENBO_DATABASE_URL=$FENBO_TEST_URL FENBO_CONFIG=conf/fenbo.ini "$FENBO_BUILD/fenboctl" route apply conf >/dev/null 2>"$dir/stderr" || fail "route: $(head -n 3 "$dir/stderr")"
revision=$(sql "SELECT value FROM fenbo.setting WHERE name = 'routing_revision'")
follows() { curl -s --max-time 2 "$url/metrics" | grep -qx "fenbo_routing_revision $revision"; }
wait_for 2 follows || fail "revision $revision is not followed"

# --- the stream ----------------------------------------------------------------------------------------------------
echo "- the stream: exact resume while thousands of changes flow and the reader comes and goes"
cursor=$(sql "SELECT fenbo.feed_recent(1000000)") first=$cursor
: >"$dir/ids"
(for i in 1 2 3 4 5 6; do make_lines "s$i" 500 >"$dir/s$i"; post app "$dir/s$i" >/dev/null; done; : >"$dir/sent") &
until [ -e "$dir/sent" ] && [ -n "${quiet-}" ]; do
	curl -sN --max-time "0.$((RANDOM % 6 + 2))" -H 'Authorization: Bearer all' -H "Last-Event-ID: $cursor" "$url/v1/feed" |
		awk '/^id: / { id = substr($0, 5) } /^$/ && id != "" { print id; id = "" }' >"$dir/part"
	cat "$dir/part" >>"$dir/ids"
	quiet=
	if [ -s "$dir/part" ]; then cursor=$(tail -n 1 "$dir/part"); elif [ -e "$dir/sent" ]; then quiet=1; fi
done
sql "SELECT '${first%%-*}-' || tx || '-' || id FROM fenbo.event ORDER BY tx, id" >"$dir/want"
cmp -s "$dir/ids" "$dir/want" || fail "the stream and the log differ: $(diff "$dir/ids" "$dir/want" | head -n 5)"
is "an old history" "$(code -H 'Authorization: Bearer all' "$url/v1/feed?after=000000000000-1-1")" 410
is "no cursor at all" "$(code -H 'Authorization: Bearer all' "$url/v1/feed?after=hello")" 400
ticket=$(sql "SET SESSION AUTHORIZATION e2e_disp; SELECT fenbo.feed_ticket()")
is "a ticket opens it" "$(curl -s --max-time 1 -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $ticket" "$url/v1/feed")" 200
ask() { code "$@" -d '{"text":"工地夜间施工噪音","title":"噪音","item":""}' "$url/v1/recommend"; }
is "a ticket asks for advice" "$(ask -H "Authorization: Bearer $ticket")" 200
is "and still does a moment later" "$(ask -H "Authorization: Bearer $ticket")" 200
is "an unknown ticket does not" "$(ask -H 'Authorization: Bearer nobody')" 401
is "nor does nobody" "$(ask)" 401
desk=$(sql "SET SESSION AUTHORIZATION e2e_desk; SELECT fenbo.feed_ticket()")
is "advice is not for units" "$(ask -H "Authorization: Bearer $desk")" 403
# However many tickets somebody takes, he has one rate: a burst of fifty, then five a second.
other=$(sql "SET SESSION AUTHORIZATION e2e_disp; SELECT fenbo.feed_ticket()")
for t in "$ticket" "$other"; do # over one connection each, so that a slow machine asks quickly enough
	curl -s --max-time 60 -D - -o /dev/null -H "Authorization: Bearer $t" -d '{"text":"工地夜间施工噪音"}' "$url/v1/recommend?n=[1-120]"
done >"$dir/head"
grep -q '^HTTP/1.1 200' "$dir/head" || fail "no question was answered"
grep -q '^HTTP/1.1 429' "$dir/head" || fail "more than his rate: $(grep -c '^HTTP/1.1 200' "$dir/head") questions answered"
grep -qi '^retry-after: [1-9]' "$dir/head" || fail "429 without Retry-After"
is "a key is not held to it" "$(ask -H 'Authorization: Bearer app')" 200
is "a unit sees its own" "$(curl -sN --max-time 1 -H 'Authorization: Bearer desk' "$url/v1/feed?after=$first" | sed -n 's/^data: //p' |
	jq -r 'select(.id) | .id' | sort -u)" "$no"

# --- faults --------------------------------------------------------------------------------------------------------
echo "- kill -9 in the middle, and everything sent again: nothing lost, nothing twice"
(
	for i in 1 2 3 4 5 6 7 8; do
		make_lines "k$i" 250 >"$dir/k$i"
		until post app "$dir/k$i" >"$dir/answer$i" && [ "$(grep -c '"status":"\(created\|duplicate\)"' "$dir/answer$i")" = 250 ]; do
			read -rt 0.05 <> <(:)
		done
	done
	: >"$dir/resent"
) &
for i in 1 2 3; do
	before=$(sql "SELECT count(*) FROM fenbo.appeal")
	grown() { [ -e "$dir/resent" ] || [ "$(sql "SELECT count(*) FROM fenbo.appeal")" -gt "$before" ]; }
	wait_for 30 grown || fail "nothing comes in"
	kill -9 "$pid"
	wait "$pid" 2>/dev/null
	start
done
wait_for 60 test -e "$dir/resent" || fail "not everything was taken"
is "each once" "$(sql "SELECT count(*), count(DISTINCT external_id) FROM fenbo.appeal WHERE external_id LIKE 'k%'")" "2000|2000"
is "each with its event" "$(sql "SELECT count(*) FROM fenbo.appeal a WHERE external_id LIKE 'k%' AND (SELECT count(*) FROM fenbo.event e WHERE e.no = a.no AND e.action = 'create') <> 1")" 0

echo "- the database is killed and comes back"
server=$(head -n 1 "$FENBO_TEST_CLUSTER/data/postmaster.pid")
kill -9 "$server"
begun=$(date +%s%N)
wait_for 10 unhealthy || fail "fenbod did not notice"
[ $((($(date +%s%N) - begun) / 1000000)) -lt 2000 ] || fail "noticed too late"
is "refused, not lost" "$(code -H 'Authorization: Bearer app' --data-binary @"$dir/lines" "$url/v1/appeals")" 503
restart() { db/cluster/cluster.sh start "$FENBO_TEST_CLUSTER" --test >/dev/null 2>&1; }
wait_for 30 restart || fail "the server does not start again"
wait_for 20 healthy || fail "fenbod did not find it again"
make_lines after 10 >"$dir/after"
is "works again" "$(post app "$dir/after" | grep -c created)" 10

echo "- SIGHUP: all or nothing"
sed 's/^level = .*/level = loud/' "$dir/fenbo.ini" >"$dir/new.ini"
cp "$dir/fenbo.ini" "$dir/good.ini"
cp "$dir/new.ini" "$dir/fenbo.ini"
kill -HUP "$pid"
wait_for 5 grep -q 'the old one stays' "$dir/log" || fail "a bad configuration was not refused"
healthy || fail "a bad configuration hurt"
sed 's/^level = .*/level = debug/' "$dir/good.ini" >"$dir/fenbo.ini"
kill -HUP "$pid"
wait_for 5 grep -q 'configuration loaded again' "$dir/log" || fail "a good configuration was not taken"

echo "- SIGTERM: what was accepted is finished"
make_lines term 3000 >"$dir/term"
post app "$dir/term" >"$dir/termed" &
poster=$!
curl -sN --max-time 30 -H 'Authorization: Bearer all' "$url/v1/feed" >/dev/null &
reader=$!
busy() { curl -s --max-time 2 "$url/metrics" | grep -q '^fenbo_intake_waiting [1-9]'; }
wait_for 20 busy || fail "the batch never began"
kill -TERM "$pid"
wait "$pid"
is "exit status" $? 0
pid=
wait "$poster"
wait "$reader"
is "all answered" "$(grep -c created "$dir/termed")" 3000
is "all there" "$(sql "SELECT count(*) FROM fenbo.appeal WHERE external_id LIKE 'term-%'")" 3000
grep 'level=error' "$dir/log" | grep -v configuration && fail "errors in the log"
echo "passed"
