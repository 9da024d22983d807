#!/usr/bin/env bash
# fenboctl dedup eval: pairs, groups, what is refused; and the figures it must reach on the data beside the repository.
set -u
cd "$(dirname "$0")/../.." || exit 2
: "${FENBO_BUILD:=$PWD/build}"
ctl=$FENBO_BUILD/fenboctl
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fail() { echo "FAILED: $*"; exit 1; }
command -v jq >/dev/null || { echo "jq is not installed"; exit 77; }
cat >"$dir/cases.csv" <<'CSV'
id,title,text,incident
20180101000001,,航城街道创业路12号门口路灯不亮，请派人维修,lamp
20180101000002,,市民来电反馈：工单号20180101000001《路灯不亮》。航城街道创业路12号门口路灯不亮，请派人维修,lamp
20180101000003,,西乡街道固戍二路垃圾桶满溢没有清运，气味难闻,
20180101000004,,咨询居住证续签需要哪些材料，在哪里办理,
20180101000005,,创业路12号那里的路灯还是不亮，什么时候来修,lamp
CSV
printf 'ticket,ref,kind\n20180101000002,20180101000001,followup\n20180101000005,20180101000002,mention\n20180101000003,99999999999999,mention\n' >"$dir/pairs.csv"
out=$("$ctl" dedup eval --cases "$dir/cases.csv" --id id --text text --pairs "$dir/pairs.csv" --hide-numbers --json) || fail "pairs: $out"
jq -e '.queries == 2 and .recall1 == 0.5 and .recall3 == 1 and .recall10 == 1 and .found1 == 1 and .joined1 == 1 and .found3 == 2 and .outside == 1 and .b3_f == 1 and .us_per_query >= 0 and
	([.kinds[].kind] == ["followup", "mention"])' <<<"$out" >/dev/null || fail "pairs: $out"
out=$("$ctl" dedup eval --cases "$dir/cases.csv" --id id --text title,text --group incident --json) || fail "groups: $out"
jq -e '.queries == 3 and .recall10 == 1 and .b3_f == 1' <<<"$out" >/dev/null || fail "groups: $out"
"$ctl" dedup eval --cases "$dir/cases.csv" --id id --text text --pairs "$dir/pairs.csv" | grep -q '^followup ' || fail "no table for people"
refused() { # status, words…
	local want=$1 status
	shift
	"$ctl" dedup eval "$@" >/dev/null 2>"$dir/err"
	status=$?
	[ $status = "$want" ] || fail "dedup eval $*: status $status, want $want"
	[ -s "$dir/err" ] || fail "dedup eval $*: nothing said"
}
refused 2 --cases "$dir/cases.csv" --id id --text text
refused 2 --cases "$dir/cases.csv" --id id --text text --pairs "$dir/pairs.csv" --group incident
refused 2 --cases "$dir/cases.csv" --id nothing --text text --group incident
refused 1 --cases "$dir/none.csv" --id id --text text --group incident
printf 'id,text\n1,a\n1,b\n' >"$dir/twice.csv"
refused 1 --cases "$dir/twice.csv" --id id --text text --pairs "$dir/pairs.csv"
# Rows of any bytes cost only time.
{ echo 'id,text,g'; for i in $(seq 1 20); do printf '%d,"%s",%d\n' "$i" "$(head -c 3000 /dev/urandom | base64 -w 0)" $((i % 3)); done; printf '21,"%s",1\n' "$(head -c 1000000 /dev/zero | tr '\0' a)"; } >"$dir/odd.csv"
"$ctl" dedup eval --cases "$dir/odd.csv" --id id --text text --group g --json >/dev/null || fail "odd texts"

data=${FENBO_DATA:-../shared/data}
if [ ! -r "$data/haikou12345_refs.csv" ] || [ ! -r "$data/teddy_f3.csv" ]; then
	echo "SKIPPED: the figures; $data is not here" >&2
	exit 0
fi
out=$("$ctl" dedup eval --cases "$data/haikou12345_tickets.csv" --id ticket_id --text content --pairs "$data/haikou12345_refs.csv" --hide-numbers --json)
jq -e '.recall3 >= 0.97 and (.kinds[] | select(.kind == "same_issue") | (.recall1 * .queries | round) == .found1 and .found1 >= 17 and .joined1 >= 20 and .recall3 == 1)' <<<"$out" >/dev/null || fail "haikou12345: $out"
out=$("$ctl" dedup eval --cases "$data/teddy_f3.csv" --id id --text title,content --group hot_group --json)
jq -e '.recall10 >= 0.98 and .b3_f >= 0.85' <<<"$out" >/dev/null || fail "teddy_f3: $out"
echo "dedup passed"
