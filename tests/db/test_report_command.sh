#!/usr/bin/env bash
# fenboctl report: the four forms of one book, the same bytes each time, and names that would be a formula, a script or an escape sequence anywhere else.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1-}" != inside ]; then exec tests/tools/with-cluster.sh "$0" inside; fi
: "${FENBO_BUILD:=$PWD/build}"
case $FENBO_BUILD in /*) ;; *) FENBO_BUILD=$PWD/$FENBO_BUILD ;; esac
export FENBO_DATABASE_URL=$FENBO_TEST_URL FENBO_CONFIG=$PWD/conf/fenbo.ini
ctl() { "$FENBO_BUILD/fenboctl" "$@"; }
sql() { psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" "$@"; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
ok() { if [ "$1" = 0 ]; then echo "ok   $2"; else echo "FAIL $2"; failed=1; fi; }
has() { grep -qF -- "$2" "$1"; ok $? "$3"; }
lacks() { if grep -qF -- "$2" "$1"; then ok 1 "$3"; else ok 0 "$3"; fi; }

sql -f tests/db/actions_fixture.sql >/dev/null
sql >/dev/null <<'SQL'
UPDATE fenbo.unit SET name = '=cmd|''/c calc''!A1' WHERE code = 'BA-ZJ';
UPDATE fenbo.unit SET name = '<script>alert("x")</script> & 城管' WHERE code = 'BA-CG';
UPDATE fenbo.channel SET name = E'热线\u001b[31m\u202e"><img src=x onerror=alert(1)>, 二' WHERE code = 'hotline';
UPDATE fenbo.place SET name = '+航城,街道' WHERE code = '440306A';
UPDATE fenbo.channel SET name = '＝SUM(A1)' WHERE code = 'app';
SELECT t.make(VARIADIC (SELECT array_agg('c' || i) FROM generate_series(1, 12) i));
SELECT t.does('anna', 'confirm', 'c' || i, t.rec('c' || i, 'BA-ZJ')) FROM generate_series(1, 6) i;
SELECT t.does('anna', 'override', 'c' || i, '{"unit": "BA-CG", "reason": "other_unit"}') FROM generate_series(7, 9) i;
SELECT t.does('ute', 'resolve', 'c' || i, '{"text": "已修好"}') FROM generate_series(1, 4) i;
SQL
sql >/dev/null <<'SQL'
SELECT fenbo.intake(sha256('app-key'), '[{"line": 1, "external_id": "app1", "text": "路灯不亮", "place": "440306A", "priority": "normal"}]');
UPDATE fenbo.clock SET due_at = fenbo.now_() - interval '1 hour' WHERE no = t.no('c12') AND kind = 'dispatch';
UPDATE fenbo.queue SET due_at = fenbo.now_() - interval '1 hour' WHERE no = t.no('c12');
SQL
day=$(sql -c 'SELECT fenbo._day(fenbo.now_())')

ctl report day "$day" --lang zh --width 80 >"$dir/text"
has "$dir/text" '受理' 'the text speaks Chinese'
ok "$(grep -c 分拨到单位 "$dir/text" >/dev/null; echo $?)" 'it has the figures'
ok "$(if grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$dir/text"; then echo 1; else echo 0; fi)" 'no control character reaches the terminal'
ctl report day "$day" --lang en --width 132 >"$dir/en"
has "$dir/en" 'handled in time' 'and English'

ctl report day "$day" --lang zh --html >"$dir/html"
has "$dir/html" '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; 城管' 'markup in a name is text in the page'
for word in '<script' '<img' ' src="' ' href="' 'url(' '@import' 'http:' 'https:'; do
	lacks "$dir/html" "$word" "the page holds no $word"
done
ok "$(if grep -qP '\x1b|\xe2\x80\xae' "$dir/html"; then echo 1; else echo 0; fi)" 'no escape sequence, no change of direction'

ctl report day "$day" --lang zh --csv >"$dir/csv"
has "$dir/csv" "\"'=cmd|'/c calc'!A1\"" 'a formula is a text in the CSV'
has "$dir/csv" "\"'+航城,街道\"" 'also one with a comma'
has "$dir/csv" "\"'＝SUM(A1)\"" 'also one that begins with a full-width sign'
ok "$([ "$(head -c 3 "$dir/csv")" = 'by,' ]; echo $?)" 'no byte order mark unless asked for'
ctl report day "$day" --csv --bom >"$dir/bom"
ok "$([ "$(head -c 3 "$dir/bom" | od -An -tx1)" = ' ef bb bf' ]; echo $?)" 'and one when asked for'
ok "$(awk -F, 'NR == 1 { n = NF } NR == 2 && NF != n { bad = 1 } END { exit bad }' "$dir/csv"; echo $?)" 'as many cells as headings'

ctl --json report day "$day" >"$dir/json"
ok "$([ "$(jq -s 'map(select(.by == "all"))[0].counts | [.received, .dispatched, .resolved] | join(",")' -r "$dir/json")" = 13,9,4 ]; echo $?)" 'the counts of the day'
ok "$([ "$(jq -s 'map(select(.by == "unit" and .key == "BA-ZJ"))[0].counts.dispatched' "$dir/json")" = 6 ]; echo $?)" 'of a unit'
ok "$([ "$(ctl --json report cases resolved "$day" --by unit --key BA-ZJ | wc -l)" = 4 ]; echo $?)" 'and the cases behind a count'
ok "$([ "$(ctl --json report day "$day" --unit BA-CG | jq -s 'map(select(.by == "all"))[0].counts.received')" = 3 ]; echo $?)" 'one unit alone'

ok "$([ "$(ctl --json report day "$day" | jq -s '[.[0].open, .[0].overdue] | join(",")' -r)" = 13,1 ]; echo $?)" 'open, and late and still open'
ok "$([ "$(ctl --json report day "$day" --unit BA-ZJ | jq -s '.[0].overdue')" = 0 ]; echo $?)" 'none of them with this unit'
has "$dir/text" '目前超期未结：1' 'it stands in the text'
has "$dir/html" '目前超期未结：1' 'and on the page'
ctl report day "$day" --lang zh --unit NS-CG >"$dir/none"
has "$dir/none" '南山区城市管理局' 'a unit without a case has its name all the same'

# The same book twice is the same bytes; only the minute may have gone on.
for form in --html --csv; do
	ctl report month "$day" --lang zh $form | sed 's/20[0-9-]* [0-9][0-9]:[0-9][0-9]//' >"$dir/one"
	ctl report month "$day" --lang zh $form | sed 's/20[0-9-]* [0-9][0-9]:[0-9][0-9]//' >"$dir/two"
	ok "$(cmp -s "$dir/one" "$dir/two"; echo $?)" "the same bytes twice: $form"
done
# Nothing at all is a report too, as is a day before the centre began.
ctl report week 2001-01-01 --html >"$dir/empty" && ctl report month 2001-01-01 >/dev/null
ok $? 'an empty week and month'
status=0
ctl report day 2026-13-01 2>/dev/null || status=$?
ok "$([ $status = 2 ]; echo $?)" 'a day that is none is wrong usage'
status=0
ctl report cases nothing "$day" >/dev/null 2>&1 || status=$?
ok "$([ $status = 1 ]; echo $?)" 'a figure that is none is refused'
sql -c 'SELECT fenbo.lead(), fenbo.roll(20000)' >/dev/null
ctl report check >/dev/null
ok $? 'what was counted is what the log says'
exit $failed
