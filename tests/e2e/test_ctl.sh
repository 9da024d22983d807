#!/usr/bin/env bash
# fenboctl with everything running: appeals in by NDJSON and CSV, quarantine and back, the event stream, what is said when fenbod or
# PostgreSQL goes; and make up twice, after a crash, with yesterday's data.
. "$(dirname "$0")/../tools/site.sh"
work=$site_dir/work
mkdir "$work"
ctl() { timeout 60 fenboctl "$@"; }
site_start

# --- in by the front door
printf '%s\n' '{"external_id":"n1","text":"宝安区航城街道钟屋社区的路灯不亮"}' '' '{"external_id":"n2","title":"只有标题"}' \
	'{"external_id":"n3","text":"燃气味很浓"}' >"$work/a.ndjson"
ctl --json import appeals "$work/a.ndjson" >"$work/out" 2>"$work/err" && fail "a quarantined row is no success"
jq -se 'map(.line) == [1, 3, 4] and map(.status) == ["created", "quarantined", "created"] and .[1].field == "text"' <"$work/out" >/dev/null ||
	fail "import: $(cat "$work/out")"
grep -q 'line 3' "$work/err" || fail "the quarantined line is not named"
ctl --json import appeals - <"$work/a.ndjson" 2>/dev/null | jq -se 'map(.status) == ["duplicate", "quarantined", "duplicate"]' >/dev/null || fail "a second import is not harmless"
printf '\xef\xbb\xbf编号,标题,内容,时间,地址\nc1,路灯,"第一行\n第二行 ""引号""",2026-11-22 01:02:03,钟屋\nc2,,井盖丢了,2026/11/22 1:05,\n' >"$work/a.csv"
map=编号=external_id,标题=title,内容=text,时间=received_at,地址=address
ctl --json import appeals "$work/a.csv" --map $map >"$work/out" || fail "import of CSV: $(cat "$work/out")"
id=$(jq -r 'select(.line == 1).id' <"$work/out")
ctl --json show "$id" | jq -e '.text == "第一行\n第二行 \"引号\"" and .title == "路灯" and (.received_at | startswith("2026-11-22T01:02:03"))' >/dev/null ||
	fail "CSV came in otherwise: $(ctl --json show "$id")"
printf 'external_id,text,received_at\nz1,两点钟的噪音,2026-11-22 01:02:03\nz2,写明时差的,2026-11-22T01:02:03+00:00\n' >"$work/zone.csv"
TZ=UTC PGTZ=UTC ctl --json import appeals "$work/zone.csv" >"$work/out" || fail "import from another zone: $(cat "$work/out")"
zoned() { ctl --json show "$(jq -r "select(.line == $1).id" <"$work/out")" | jq -r .received_at; }
case $(zoned 1) in 2026-11-22T01:02:03*+08:00) ;; *) fail "a time without offset is the centre's, not $(zoned 1)" ;; esac
case $(zoned 2) in 2026-11-22T09:02:03*+08:00) ;; *) fail "an offset is heeded, not $(zoned 2)" ;; esac
iconv -f UTF-8 -t GB18030 "$work/a.csv" >"$work/gb.csv"
ctl --json import appeals "$work/gb.csv" --map $map | jq -se 'map(.status) == ["duplicate", "duplicate"]' >/dev/null || fail "GB18030 is not the same table"
printf 'text\n没有编号的一件\n' >"$work/noid.csv"
ctl --json import appeals "$work/noid.csv" | jq -se '.[0].status == "created"' >/dev/null || fail "a row without number"
ctl --json import appeals "$work/noid.csv" | jq -se '.[0].status == "duplicate"' >/dev/null || fail "a row without number came in twice"
ctl import appeals "$work/a.csv" --map 编号=nosuch 2>/dev/null; [ $? = 2 ] || fail "a bad --map is wrong usage"

# --- quarantine and back
q=$(ctl --json quarantine list | jq -r 'select(.field == "text").id' | head -n 1)
waiting() { ctl --json quarantine list | wc -l; }
were=$(waiting)
ctl quarantine retry "$q" >/dev/null 2>&1; [ $? = 1 ] || fail "a row that is still bad was taken"
[ "$(waiting)" = "$were" ] || fail "a retry in vain adds to the quarantine: $were, now $(waiting)"
ctl quarantine show "$q" --raw | sed 's/"title"/"text"/' >"$work/right.json"
ctl quarantine retry "$q" --file "$work/right.json" >/dev/null || fail "the row put right was refused"
ctl quarantine retry "$q" --file "$work/right.json" >/dev/null 2>"$work/err"; [ $? = 1 ] || fail "a settled entry was sent in again"
grep -q impossible "$work/err" || fail "a settled entry is impossible, not: $(cat "$work/err")"
ctl --json search 只有标题 | jq -se 'length == 1' >/dev/null || fail "the row put right is no case"
ctl --json quarantine list | jq -se "map(.id) | index($q) == null" >/dev/null || fail "the entry is not settled"

# --- the stream; a case imported above may be found late just then
ctl --json feed tail --count 1 >"$work/tail" &
tail=$!
follows() { site_post "{\"external_id\":\"t$RANDOM$RANDOM\",\"text\":\"夜间施工噪音\"}" >/dev/null; [ -s "$work/tail" ]; }
wait_for 20 follows || fail "the stream says nothing"
wait $tail || fail "feed tail: $?"
jq -e '(.event | IN("create", "breach")) and (.cursor | length > 0) and (.id | length == 13) and .title' <"$work/tail" >/dev/null || fail "$(cat "$work/tail")"
ctl --json feed tail --after "$(jq -r .cursor <"$work/tail")" --idle 1 >/dev/null || fail "a quiet stream is no error"
ctl feed tail --after nonsense --idle 1 2>/dev/null; [ $? = 1 ] || fail "a cursor that means nothing"

# --- at work
next=$(ctl --json act next | jq -r .id)
unit=$(ctl --json show "$next" | jq -r '.recommendation.units[0].unit // empty')
rec=$(ctl --json show "$next" | jq -r .recommendation.id)
if [ -n "$unit" ]; then
	ctl --json act confirm "$next" --recommendation "$rec" --unit "$unit" | jq -e .ok >/dev/null || fail "confirm"
fi
ctl status >/dev/null || fail "status with everything up"

# --- one gone, then the other, then both back with all that was there
before=$(ctl --json list | wc -l)
kill -9 "$(cat "$STATE/fenbod.pid")"
ctl status >/dev/null 2>"$work/err"; [ $? = 3 ] || fail "status without fenbod"
grep -q fenbod "$work/err" || fail "fenbod is not named"
ctl feed tail --idle 1 >/dev/null 2>"$work/err"; [ $? = 3 ] || fail "a stream without fenbod"
grep -q "fenbod at" "$work/err" || fail "fenbod is not named: $(cat "$work/err")"
ctl list >/dev/null || fail "reading needs no fenbod"
ctl import appeals "$work/a.csv" --map $map >/dev/null 2>&1; [ $? = 3 ] || fail "import without fenbod"
kill -9 "$(head -n 1 "$STATE/cluster/data/postmaster.pid")"
gone() { ! ctl list >/dev/null 2>&1; }
wait_for 10 gone || fail "PostgreSQL does not die"
ctl list >/dev/null 2>"$work/err"; [ $? = 3 ] || fail "list without PostgreSQL"
grep -q PostgreSQL "$work/err" || fail "PostgreSQL is not named"
site_start
[ "$(ctl --json list | wc -l)" = "$before" ] || fail "cases were lost: $before, now $(ctl --json list | wc -l)"
ctl audit verify >/dev/null 2>&1 && fail "a dispatcher audits"
FENBO_DATABASE_URL=$(. "$STATE/env" && echo "$FENBO_ADMIN_URL") ctl audit verify >/dev/null || fail "the record does not hold"
bash db/cluster/fenbo-up.sh >/dev/null || fail "up, twice"
bash db/cluster/fenbo-down.sh || fail "down"
ctl status >/dev/null 2>&1; [ $? = 3 ] || fail "down left something up"
bash db/cluster/fenbo-down.sh || fail "down, twice"
for file in env passfile key fenbo.ini; do
	[ "$(stat -c %a "$STATE/$file")" = 600 ] || fail "$file can be read by others"
done
