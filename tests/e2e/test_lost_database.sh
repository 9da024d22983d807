#!/usr/bin/env bash
# PostgreSQL stops at once with an answer half typed: said within 2 s, nothing can be decided, nothing typed is lost, fenbod takes
# nothing that it cannot commit; PostgreSQL comes back and so does everything else, without a restart.
. "$(dirname "$0")/../tools/site.sh"
ctl() { timeout 60 fenboctl --json "$@"; }
shown() { printf '%s-%s-%s' "${1:0:6}" "${1:6:6}" "${1:12:1}"; }
lists() { term_screen "$1" | grep -qE "[0-9] $(shown "$2")"; } # a row of the list, not a mention in another case
advice() { term_screen "$1" | grep -qE '(^|│) 1 [^ ]'; }
within_2s() {
	local what=$1 started=${EPOCHREALTIME/./}
	shift
	wait_for 10 "$@" || fail "$what: never"
	[ $((${EPOCHREALTIME/./} - started)) -le 2300000 ] || fail "$what: only after $((${EPOCHREALTIME/./} - started)) µs"
}
line() { jq -nc --arg e "$1" --arg t "$2" '{external_id: $e, text: $t}'; }
post() { site_post "$(line "$@")" | jq -re .id; }
postmaster() { head -n 1 "$STATE/cluster/data/postmaster.pid"; }
dead() { ! kill -0 "$1" 2>/dev/null; }

site_start
card=$(post card 宝安区西乡街道居民想问一下居住证怎么办理需要什么材料)
noise=$(post noise 宝安区西乡街道夜间施工噪音扰民)
fenbod=$(cat "$STATE/fenbod.pid")
term_start a 80 24 exec fenbo
term_start b 80 24 exec fenbo
term_wait a '流 ●'
check "a lists" lists a "$noise"
term_keys a / =居住证 Enter
check "a reads the case" advice a
term_keys a a
term_wait a 查找：
term_keys a Tab =您好，请带身份证到西乡派出所
term_wait a 请带身份证到西乡派出所
console=$(term_pid a)

# --- gone
pid=$(postmaster)
kill -QUIT "$pid"
within_2s "a says that the database is lost" term_shows a 数据库断开
within_2s "b says that the database is lost" term_shows b 数据库断开
check "PostgreSQL is down" dead "$pid"
term_shows a 请带身份证到西乡派出所 || fail "what was typed is gone"
term_keys a =办理，工作日均可
term_wait a 办理，工作日均可
term_keys a F2
term_wait a 现在不能办理
term_shows a 请带身份证到西乡派出所 || fail "a refused sending took the text away"
term_keys b n
term_wait b 现在不能办理
term_keys b Home Enter
term_wait b 夜间施工噪音扰民 5
term_keys b Escape Home

# --- nothing is taken that cannot be committed
answer=$(curl -sS --max-time 20 -o "$site_dir/body" -w '%{http_code}' -H "Authorization: Bearer $(cat "$FENBO_KEY_FILE")" \
	-H 'Content-Type: application/x-ndjson' --data-binary "$(line late 数据库停了以后来的一件)" "$FENBO_URL/v1/appeals")
case $answer in
503) ;;
200) jq -se 'length == 1 and .[0].status == "retry"' <"$site_dir/body" >/dev/null || fail "without database it was said: $(cat "$site_dir/body")" ;;
*) fail "without database the answer is $answer $(cat "$site_dir/body")" ;;
esac
[ "$(curl -sS --max-time 5 -o /dev/null -w '%{http_code}' "$FENBO_URL/healthz")" != 200 ] || fail "healthy without database"

# --- back
bash db/cluster/cluster.sh start "$STATE/cluster" --test || fail "PostgreSQL does not start"
for name in a b; do
	term_wait_gone $name 数据库断开 20
	term_wait $name '库 ●' 20
	term_wait $name '流 ●' 20
done
[ "$(cat "$STATE/fenbod.pid")" = "$fenbod" ] && kill -0 "$fenbod" || fail "fenbod did not live through it"
[ "$(term_pid a)" = "$console" ] && kill -0 "$console" || fail "the console did not live through it"
term_shows a 请带身份证到西乡派出所办理，工作日均可 || fail "what was typed did not live through it"
healthy() { [ "$(curl -sS --max-time 5 -o /dev/null -w '%{http_code}' "$FENBO_URL/healthz")" = 200 ]; }
wait_for 20 healthy || fail "fenbod does not heal"
[ "$(grep -c 'connection lost' "$STATE/fenbod.log")" -le 20 ] || fail "fenbod fills the disk with one complaint"
term_keys a F2
term_wait a 'y 是'
term_keys a y
term_wait a 答复完成
[ "$(ctl show "$card" | jq -r '.stage, .outcome' | paste -sd' ')" = 'closed answered' ] || fail "the answer did not arrive"
ctl show "$card" | grep -q 请带身份证到西乡派出所办理，工作日均可 || fail "the answer is another text"
late=$(post late 数据库停了以后来的一件)
for name in a b; do term_keys $name Escape Escape; check "$name hears the stream again" lists $name "$late"; done
[ "$(ctl list --view all | wc -l)" = 2 ] || fail "a case too many: $(ctl list --view all)"
