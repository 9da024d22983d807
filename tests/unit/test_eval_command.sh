#!/usr/bin/env bash
# fenboctl eval: its keys, rows and labels on a small table of our own sentences, in UTF-8 and GB18030, trained and tested, with --min-rows and in
# file order; the same answers twice; wrong usage and unknown columns. Needs no database and no daemon.
set -u
cd "$(dirname "$0")/../.." || exit 2
ctl=${FENBO_BUILD:-build}/fenboctl
[ -x "$ctl" ] || { echo "$ctl is not built"; exit 1; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
unset FENBO_CONFIG FENBO_KEY_FILE FENBO_DATABASE_URL FENBO_URL
bad=0
expect() { # STATUS COMMAND…
	local want=$1 got
	shift
	timeout 60 "$@" >"$dir/out" 2>"$dir/err"
	got=$?
	[ "$got" = "$want" ] || { echo "FAILED: $* ended with $got, not $want"; cat "$dir/out" "$dir/err"; bad=1; }
}
value() { sed "s/.*\"$1\":\([0-9.e+-]*\).*/\1/" "$dir/out"; }
is() { # KEY VALUE
	[ "$(value "$1")" = "$2" ] || { echo "FAILED: $1 is $(value "$1"), not $2"; cat "$dir/out"; bad=1; }
}
least() {
	awk -v a="$(value "$1")" -v b="$2" 'BEGIN { exit !(a >= b) }' || { echo "FAILED: $1 is $(value "$1"), below $2"; cat "$dir/out"; bad=1; }
}

table() { # FIRST LAST: three units with words of their own, one that comes only in the test
	echo 标题,内容,单位
	for ((i = $1; i <= $2; i++)); do
		echo "路灯不亮,东门大街${i}号门前的路灯坏了好几天，晚上走路看不见,城管局"
		echo "自来水停水,幸福小区${i}栋从早上开始停水，水压一直很低，做不了饭,水务局"
		echo "公交车晚点,${i}路公交车等了四十分钟没有来，司机还不停站,交通局"
	done
}
table 1 12 >"$dir/train.csv"
{ table 13 16; echo '噪声,夜里工地施工噪声太大,"生态,环境局"'; } >"$dir/test.csv"
iconv -f UTF-8 -t GB18030 "$dir/train.csv" >"$dir/train_gb.csv"

expect 0 "$ctl" eval --json --train "$dir/train.csv" --test "$dir/test.csv" --text 标题,内容 --label 单位
for key in rows labels top1 top3 macro_f1 ece train_s rows_per_s model_bytes; do
	grep -q "\"$key\":" "$dir/out" || { echo "FAILED: no $key"; bad=1; }
done
is rows 13; is labels 3; is top1 0.9231; is macro_f1 0.7222
cp "$dir/out" "$dir/first"
expect 0 "$ctl" eval --json --train "$dir/train_gb.csv" --test "$dir/test.csv" --text 标题,内容 --label 单位
for key in top1 top3 macro_f1 ece model_bytes; do
	now=$(value $key)
	[ "$now" = "$(sed "s/.*\"$key\":\([0-9.e+-]*\).*/\1/" "$dir/first")" ] || { echo "FAILED: $key differs in GB18030"; bad=1; }
done
expect 0 "$ctl" eval --json --train "$dir/train.csv" --test "$dir/test.csv" --text 内容 --label 单位 --min-rows 10
is rows 12; is top1 1.0
expect 0 "$ctl" eval --json --train "$dir/train.csv" --text 内容 --label 单位 --prequential
is rows 36; is labels 3; least top1 0.7
expect 0 "$ctl" eval --train "$dir/train.csv" --text 内容 --label 单位 --prequential
grep -q '^top3 ' "$dir/out" || { echo "FAILED: no line for top3"; bad=1; }

expect 2 "$ctl" eval --train "$dir/train.csv" --text 内容 --label 单位
expect 2 "$ctl" eval --train "$dir/train.csv" --test "$dir/test.csv" --text 内容 --label 单位 --prequential
expect 2 "$ctl" eval --train "$dir/train.csv" --test "$dir/test.csv" --text 内容 --label 单位 --min-rows many
expect 2 "$ctl" eval --train "$dir/train.csv" --test "$dir/test.csv" --text 正文 --label 单位
grep -q 正文 "$dir/err" || { echo "FAILED: the unknown column is not named"; bad=1; }
grep -q "$dir/train.csv" "$dir/err" || { echo "FAILED: nor the file that has none"; cat "$dir/err"; bad=1; }
sed '1s/内容/正文/' "$dir/test.csv" >"$dir/other.csv"
expect 2 "$ctl" eval --train "$dir/train.csv" --test "$dir/other.csv" --text 内容 --label 单位
grep -q "$dir/other.csv.*内容" "$dir/err" || { echo "FAILED: the file is not named"; cat "$dir/err"; bad=1; }
sed '1s/标题/单位/' "$dir/train.csv" >"$dir/twice.csv"
expect 2 "$ctl" eval --train "$dir/twice.csv" --test "$dir/test.csv" --text 内容 --label 单位
grep -q "$dir/twice.csv.*单位" "$dir/err" || { echo "FAILED: a heading that stands there twice is not named"; cat "$dir/err"; bad=1; }
{ cat "$dir/train.csv"; echo '路灯,西门的路灯不亮,'; echo '路灯,北门的路灯不亮,  '; } >"$dir/gaps.csv"
expect 0 "$ctl" eval --json --train "$dir/gaps.csv" --test "$dir/test.csv" --text 内容 --label 单位
is unlabelled 2; is labels 3; is rows 13
expect 1 "$ctl" eval --train "$dir/nowhere.csv" --test "$dir/test.csv" --text 内容 --label 单位
exit $bad
