#!/usr/bin/env bash
# make bench: every figure of tests/bench/README.md, measured on a private site of its own (durable: the disk is waited for), and written to
# tests/bench/RESULTS.md.
#   PARTS="board machine learn cost repeats places fields hotspots intake one claims stream console history ladder alarms reports"   only some of them; the others keep their last result
#   BENCH_HISTORY=5000000   closed cases of the last part (default 200000)      BENCH_APPEALS=30000   appeals of the intake part
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${FENBO_BUILD:=$PWD/build}"
case $FENBO_BUILD in /*) ;; *) FENBO_BUILD=$PWD/$FENBO_BUILD ;; esac
export FENBO_BUILD LC_ALL=C.UTF-8 LANG=C.UTF-8 TZ=Asia/Shanghai
: "${PARTS:=board machine learn cost repeats places fields hotspots intake one claims stream console history ladder alarms reports}"
: "${BENCH_APPEALS:=30000}" "${BENCH_HISTORY:=200000}"
export BENCH_HISTORY
here=tests/bench bin=$FENBO_BUILD/tests/bench
kept=$here/results # the last of each part, kept with the code they are of
mkdir -p "$kept"
dir=$(mktemp -d /tmp/fenbo-bench.XXXXXX)
chmod 755 "$dir"
export XDG_STATE_HOME=$dir
site=
changes=
finish() {
	status=$?
	trap - EXIT
	[ -z "$changes" ] || kill "$changes" 2>/dev/null || true
	[ -z "$site" ] || bash db/cluster/fenbo-down.sh >/dev/null 2>&1 || true
	rm -rf "$dir"
	exit $status
}
trap finish EXIT
trap 'exit 143' TERM INT

say() { printf '\n== %s\n' "$*"; }
wants() { [[ " $PARTS " == *" $1 "* ]]; }
out=/dev/null
part() { out=$kept/$1; : >"$out"; printf 'measured=%s\n' "$(date -u +%FT%TZ)" >>"$out"; say "$1"; }
measure() { timeout "${LIMIT:-600}" "$@" | tee -a "$out"; }

sql() { psql -XqAt -v ON_ERROR_STOP=1 -d "$BENCH_OWNER_URL" "$@"; }
fill() { # open cases: empty the tables, then N
	sql -f $here/sql/empty_rows.sql
	sql -v n="$1" -f $here/sql/fill_queue.sql
	sql -c 'VACUUM ANALYZE fenbo.queue, fenbo.clock, fenbo.appeal'
}

site_up() {
	[ -z "$site" ] || return 0
	site=$dir/fenbo
	bash db/cluster/fenbo-up.sh
	# shellcheck disable=SC1091
	. "$site/env"
	BENCH_OWNER_URL=$(bash db/cluster/cluster.sh url "$site/cluster")
	BENCH_PERSON_URL="${BENCH_OWNER_URL% user=*} user=bench_person password=bench"
	BENCH_FENBOD_PID=$(cat "$site/fenbod.pid")
	printf 'bench-%s\n' "$(head -c 18 /dev/urandom | base64 | tr '+/' '-_')" >"$dir/bench.key"
	sql -v hash="$(tr -d '\n' <"$dir/bench.key" | sha256sum | cut -d' ' -f1)" -f $here/sql/people.sql
	export FENBO_KEY_FILE=$dir/bench.key FENBO_URL BENCH_OWNER_URL BENCH_PERSON_URL BENCH_FENBOD_PID
	export FENBO_DATABASE_URL=$BENCH_PERSON_URL
}

if wants board; then # BENCH_BOARD=100000 open cases, BENCH_EVENTS=100000 events of a day
	part board
	measure "$bin/board"
	site_up
	sql -v n="${BENCH_EVENTS:-100000}" -f $here/sql/fill_flow.sql >/dev/null
	measure "$bin/board" flow
	sql -c 'TRUNCATE fenbo.event, fenbo.flow_slot' -c "UPDATE fenbo.flow_mark SET tx = '0', id = 0"
fi
if wants machine; then
	part machine
	measure "$bin/recommend"
fi
if wants learn; then # FENBO_FOLDS=1: the first fold only
	part learn
	LIMIT=7200 measure "$bin/learn"
fi
if wants cost; then
	part cost
	measure "$bin/learn_cost"
fi
if wants repeats; then
	part repeats
	measure "$bin/repeats"
fi
if wants places; then
	part places
	measure "$bin/places"
fi
if wants fields; then
	part fields
	measure "$bin/fields"
fi
if wants hotspots; then
	part hotspots
	measure "$bin/hotspots"
fi
if wants intake; then
	part intake
	site_up
	"$bin/intake" http 3000 >/dev/null # warm
	sql -f $here/sql/empty_rows.sql
	measure "$bin/intake" http "$BENCH_APPEALS"
	measure "$bin/intake" bare
fi
if wants one; then
	part one
	site_up
	"$bin/intake" one 50 >/dev/null
	measure "$bin/intake" one 300
fi
if wants claims; then
	part claims
	site_up
	fill 100000
	for _ in 1 2 3; do
		measure "$bin/claims" bare 100 5
		measure "$bin/claims" next 100 5
	done
fi
if wants stream; then
	part stream
	site_up
	fill 2000
	measure "$bin/stream" 1 10 50
	measure "$bin/stream" 1000 20 50
fi
if wants console; then
	part console
	site_up
	fill 10000
	measure "$bin/console" start fenbo10k 9 "$FENBO_BUILD/fenbo"
	fill 100000
	BENCH_LOAD_MS=6000 measure "$bin/console" rest fenbo 20 "$FENBO_BUILD/fenbo"
	BENCH_LOAD_MS=8000 measure "$bin/console" rest wall 20 "$FENBO_BUILD/fenbo" --wall
	measure "$bin/console" start fenbo100k 5 "$FENBO_BUILD/fenbo"
	"$bin/stream" 0 60 100 &
	changes=$!
	BENCH_LOAD_MS=6000 measure "$bin/console" keys fenbo 500 "$FENBO_BUILD/fenbo"
	kill "$changes" 2>/dev/null || true
	changes=
	if command -v tig >/dev/null; then
		sh $here/make-repo.sh "$dir/repo" 100000
		(cd "$dir/repo" && BENCH_LOAD_MS=2000 BENCH_QUIET=1 timeout 300 "$bin/console" keys tig 500 tig) | tee -a "$out"
		(cd "$dir/repo" && BENCH_ROWS=0 timeout 100 "$bin/console" start tig 5 tig) | tee -a "$out"
	fi
fi
if wants history; then
	part history
	site_up
	fill 10000
	measure "$bin/opening" opening_empty 21
	echo "filling $BENCH_HISTORY closed cases over 60 months"
	for ((m = 60; m > 0; m--)); do
		sql -v month="$(date -d "$(date +%Y-%m-01) -$m month" +%F)" -v n=$((BENCH_HISTORY / 60)) -f $here/sql/fill_history.sql >/dev/null
	done
	sql -c 'ANALYZE fenbo.appeal, fenbo.event'
	printf 'history_cases=%s\n' $((BENCH_HISTORY / 60 * 60)) >>"$out"
	measure "$bin/opening" opening_full 21
fi
if wants ladder; then # BENCH_CLOCKS=1000000 open clocks
	part ladder
	site_up
	for open in 10000 "${BENCH_CLOCKS:-1000000}"; do
		until sql -c 'TRUNCATE fenbo.queue, fenbo.clock, fenbo.event, fenbo.alarm, fenbo.outbox' 2>/dev/null; do sleep 1; done # fenbod is at work
		sql -v n="$open" -f $here/sql/fill_ladder.sql
		sql -c 'VACUUM ANALYZE fenbo.queue, fenbo.clock' -c CHECKPOINT
		name=$([ "$open" = 10000 ] && echo few || echo all)
		printf 'ladder_%s_open=%s\n' "$name" "$open" >>"$out"
		for spread in 60 0; do
			sql -v n=10000 -v spread=$spread -v serial=$((spread + 1)) -f $here/sql/due_ladder.sql
			sql -v n=10000 -v name="${name}_${spread}" -f $here/sql/watch_ladder.sql | tee -a "$out"
		done
	done
	sql -v n=10000 -v spread=60 -v serial=3 -f $here/sql/due_ladder.sql
	sql -f $here/sql/explain_ladder.sql
fi
if wants alarms; then # name, cases of the day, operators on duty
	part alarms
	measure "$bin/alarms" 10k 10000 160
	measure "$bin/alarms" 100k 100000 160
	measure "$bin/alarms" short 100000 60
fi
if wants reports; then # BENCH_CASES=5000000: about ten minutes more, 2.5 GB
	part reports
	site_up
	kill "$BENCH_FENBOD_PID" 2>/dev/null || true # the last part: nobody else counts meanwhile
	LIMIT=3600 measure bash $here/reports.sh
fi
FENBO_MACHINE="$(nproc) cores, $(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo), $(uname -sm)" bash $here/report.sh "$kept" >$here/RESULTS.md.new
mv $here/RESULTS.md.new $here/RESULTS.md
say "tests/bench/RESULTS.md"
cat $here/RESULTS.md
