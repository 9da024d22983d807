#!/usr/bin/env bash
# The disk under PostgreSQL fills up while appeals come in: whatever was answered "created" is there afterwards, and sending everything
# again makes nothing twice.
. "$(dirname "$0")/../tools/site.sh"
skip() { echo "$*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "a small file system can only be mounted by root"
disk=$site_dir/disk
mkdir "$disk"
mount -t tmpfs -o size=220m,mode=755 tmpfs "$disk" 2>/dev/null || skip "mounting is not allowed here"
export XDG_STATE_HOME=$disk
STATE=$disk/fenbo
work=$site_dir/work
mkdir "$work"
unmount() { # after the site is down
	status=$?
	(exit $status)
	tmux -L "$site_tmux" kill-server 2>/dev/null
	bash db/cluster/fenbo-down.sh >/dev/null 2>&1
	umount "$disk" 2>/dev/null || umount -l "$disk"
	(exit $status) || true
	trap - EXIT
	rm -rf "$site_dir"
	exit $status
}
trap unmount EXIT

site_start
part() { # numbers from, to: long texts, so that it does not take long
	seq "$1" "$2" | jq -c --arg long "$(printf '%0.s宝安区西乡街道路灯不亮晚上看不清路，居民出行不便，请尽快修复。' $(seq 60))" '{external_id: "full-\(.)", text: "第\(.)件 \(. * 7919 % 100003) \($long)"}'
}
free_kb() { df -k --output=avail "$disk" | tail -n 1; }
ballast() { # leaves so many KiB
	local kb=$(($(free_kb) - $1))
	[ "$kb" -le 0 ] || head -c "${kb}K" /dev/zero >"$disk/ballast" 2>/dev/null
}
n=0 refused=0 each=50
post_part() { # number of the part
	local first=$(($1 * each + 1))
	[ -e "$work/part.$1" ] || part $first $((first + each - 1)) >"$work/part.$1"
	curl -sS --max-time 15 -o "$work/out.$1" -w '%{http_code}' -H "Authorization: Bearer $(cat "$FENBO_KEY_FILE")" \
		-H 'Content-Type: application/x-ndjson' --data-binary "@$work/part.$1" "$FENBO_URL/v1/appeals"
}
created() { jq -R 'fromjson? | select(.status == "created" or .status == "duplicate").line' "$1" 2>/dev/null | wc -l; }
note() { [ -s "$work/out.$1" ] && jq -cR 'fromjson? | select(.status == "created") | .id' "$work/out.$1" >>"$work/told"; }
post_part 0 >/dev/null
[ "$(created "$work/out.0")" = $each ] || fail "the first part: $(head -c 300 "$work/out.0")"
note 0
ballast 3000
# Until nothing is taken any more: several answers in a row without a single case.
while [ $refused -lt 4 ] && [ $n -lt 60 ]; do
	n=$((n + 1))
	status=$(post_part $n)
	note $n
	if [ "$(created "$work/out.$n")" = 0 ]; then
		refused=$((refused + 1))
		case $status in
		200) jq -sRe '[split("\n")[] | fromjson? | .status] | all(. == "retry")' "$work/out.$n" >/dev/null || fail "on a full disk: $(head -c 300 "$work/out.$n")" ;;
		503 | 500 | 429 | 000) ;;
		*) fail "on a full disk the answer is $status: $(head -c 300 "$work/out.$n")" ;;
		esac
	else
		refused=0
	fi
done
[ $refused -ge 4 ] || fail "the disk does not fill: $(free_kb) KiB are free after $n parts"
echo "full after $n parts of $each; PostgreSQL says: $(grep -a 'No space left' "$STATE"/cluster/log/* 2>/dev/null | tail -n 1 | cut -c1-160)"
kill -0 "$(cat "$STATE/fenbod.pid")" || fail "fenbod did not live through it"

# --- space again: whoever looks after the machine frees some and starts what has stopped
rm -f "$disk/ballast"
site_start
answers() { site_sql 'SELECT 1' >/dev/null 2>&1; }
wait_for 30 answers || fail "PostgreSQL does not come back"
site_sql "SELECT to_jsonb(lpad(no::text, 13, '0')) FROM fenbo.queue" | sort -u >"$work/there"
sort -u "$work/told" >"$work/told.sorted"
[ -z "$(comm -23 "$work/told.sorted" "$work/there")" ] || fail "answered created, and gone: $(comm -23 "$work/told.sorted" "$work/there" | head -n 3)"
taken() { [ "$(post_part "$1")" = 200 ] && [ "$(created "$work/out.$1")" = $each ]; }
for i in $(seq 0 $n); do wait_for 20 taken "$i" || fail "part $i is not taken: $(head -c 300 "$work/out.$i")"; done
all=$(((n + 1) * each))
[ "$(site_sql 'SELECT count(*) FROM fenbo.queue')" = $all ] || fail "$all appeals, $(site_sql 'SELECT count(*) FROM fenbo.queue') cases"
[ "$(site_sql 'SELECT count(*), count(DISTINCT external_id) FROM fenbo.intake_key')" = "$all|$all" ] || fail "keys"
FENBO_DATABASE_URL=$FENBO_ADMIN_URL fenboctl audit verify >/dev/null || fail "the record does not hold"
