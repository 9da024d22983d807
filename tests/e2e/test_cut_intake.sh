#!/usr/bin/env bash
# Bulk posts while fenbod and PostgreSQL's backends are killed again and again: everything is sent until it is answered, and then
# there are as many cases as there were appeals, and the record holds.
. "$(dirname "$0")/../tools/site.sh"
work=$site_dir/work
mkdir "$work"
rows=12000 each=250
site_start

seq $rows | jq -c '{external_id: "cut-\(.)", text: "宝安区西乡街道第\(.)号路灯不亮，晚上看不清路", phone: "139\(10000000 + .)"}' |
	split -l $each -a 3 -d - "$work/part."
send() { # one part until each of its lines is answered created or duplicate; an answer without its line, or none, means again
	local part=$1 try
	for try in $(seq 100); do
		if curl -sS --max-time 10 -H "Authorization: Bearer $(cat "$FENBO_KEY_FILE")" -H 'Content-Type: application/x-ndjson' \
			--data-binary "@$part" "$FENBO_URL/v1/appeals" >"$part.out" 2>/dev/null; then
			grep -aq '"status":"created"' "$part.out" && cat "$part.out" >>"$part.seen"
			[ "$(jq -R 'fromjson? | select(.status == "created" or .status == "duplicate") | .line' "$part.out" | wc -l)" = $each ] && return 0
		else
			[ -s "$part.out" ] && cat "$part.out" >>"$part.seen" # cut in the middle: what was answered was answered
		fi
		read -rt 0.1 <> <(:)
	done
	return 1
}
lane() { # every fourth part
	local n=$1 part
	for part in "$work"/part.[0-9][0-9][0-9]; do
		[ $((10#${part##*.} % 4)) = "$n" ] || continue
		send "$part" || { echo "$part was never answered: $(tail -n 2 "$part.out")" >"$work/failed"; return 1; }
	done
}
for n in 0 1 2 3; do lane $n & lanes[n]=$!; done

# Meanwhile: whoever is in the middle of it is killed.
cases() { site_sql 'SELECT count(*) FROM fenbo.queue'; }
grew() { [ "$(cases)" -gt "$1" ]; }
busy() { local n; for n in 0 1 2 3; do kill -0 "${lanes[n]}" 2>/dev/null && return 0; done; return 1; }
for round in 1 2 3 4 5 6; do
	wait_for 10 grew "$(cases)" || break
	busy || break
	if [ $((round % 2)) = 1 ]; then
		kill -9 "$(cat "$STATE/fenbod.pid")"
		bash db/cluster/fenbo-up.sh >/dev/null 2>&1 || fail "fenbod does not come back"
	else
		backend=$(site_sql "SELECT pid FROM pg_stat_activity WHERE usename = 'fenbo_daemon' ORDER BY (state = 'active') DESC, random() LIMIT 1")
		kill -9 "$backend" # PostgreSQL ends everything and recovers
	fi
	rounds=$round
	answers() { site_sql 'SELECT 1' >/dev/null 2>&1; }
	wait_for 20 answers || fail "PostgreSQL does not recover"
done
for n in 0 1 2 3; do wait "${lanes[n]}" || fail "lane $n: $(cat "$work/failed")"; done
[ "${rounds:-0}" -ge 2 ] || fail "only ${rounds:-0} were killed: it was over too soon"

# --- the count
[ "$(cases)" = $rows ] || fail "$rows appeals, $(cases) cases"
[ "$(site_sql "SELECT count(DISTINCT external_id) FROM fenbo.intake_key WHERE external_id LIKE 'cut-%'")" = $rows ] || fail "keys"
[ "$(site_sql 'SELECT count(*) FROM fenbo.appeal')" = $rows ] || fail "appeals without a place in the queue"
# Nobody was told of a number that is not there, or of two.
cat "$work"/part.*.out "$work"/part.*.seen 2>/dev/null | jq -R 'fromjson? | select(.status == "created").id' | sort -u >"$work/told"
site_sql "SELECT to_jsonb(lpad(no::text, 13, '0')) FROM fenbo.queue" | sort -u >"$work/there"
[ -z "$(comm -23 "$work/told" "$work/there")" ] || fail "answered created, and gone: $(comm -23 "$work/told" "$work/there" | head -n 3)"
# Sending it all again makes nothing.
site_post "$(cat "$work/part.000")" | jq -se "length == $each and all(.status == \"duplicate\")" >/dev/null || fail "sent again, it is new"
[ "$(cases)" = $rows ] || fail "sent again, there are more"
FENBO_DATABASE_URL=$FENBO_ADMIN_URL fenboctl audit verify >/dev/null || fail "the record does not hold"
echo "$rows appeals, $rounds killings"
