#!/usr/bin/env bash
# Run every test there is and say at the end how many passed. A test is a program or script that exits 0 (passed), 77
# (skipped, with the reason on its last line) or anything else (failed). Each has a deadline; output is shown only on failure.
#   FENBO_BUILD   where the build is          FENBO_SOAK=1  also the long ones
#   TESTS='glob'  only those whose path fits  TIMEOUT=s     deadline for one (600; a long one 14,400)
set -u
cd "$(dirname "$0")/../.." || exit 2
: "${FENBO_BUILD:=$PWD/build}"
export FENBO_BUILD LC_ALL=C.UTF-8 TZ=Asia/Shanghai
logs=$FENBO_BUILD/test-logs
rm -rf "$logs" && mkdir -p "$logs"
passed=0 failed=0 skipped=0
run() { # name command…
	local name=$1 started=$SECONDS log status
	shift
	# shellcheck disable=SC2053 # a glob on purpose
	[ -z "${TESTS:-}" ] || [[ $name == $TESTS ]] || return
	log=$logs/${name//\//_}.log
	timeout --kill-after=10 "${TIMEOUT:-600}" "$@" >"$log" 2>&1 </dev/null
	status=$?
	case $status in
	0)  passed=$((passed + 1)); printf 'ok    %-48s %3d s\n' "$name" $((SECONDS - started)) ;;
	77) skipped=$((skipped + 1)); printf 'skip  %-48s %s\n' "$name" "$(tail -n 1 "$log")" ;;
	*)  failed=$((failed + 1)); printf 'FAIL  %-48s status %d\n' "$name" $status; tail -n 60 "$log" | sed 's/^/      | /' ;;
	esac
}
for source in tests/unit/test_*.c tests/feed/test_*.c tests/tui/test_*.c; do
	[ -e "$source" ] && run "${source%.c}" "$FENBO_BUILD/${source%.c}"
done
for source in tests/fuzz/fuzz_*.c; do
	[ -e "$source" ] && run "${source%.c}" "$FENBO_BUILD/${source%.c}" "tests/fuzz/corpus/$(basename "${source%.c}" | sed 's/^fuzz_//')"
done
for source in tests/db/test_*.c tests/race/test_*.c; do
	[ -e "$source" ] && run "${source%.c}" bash tests/tools/with-cluster.sh "$FENBO_BUILD/${source%.c}"
done
for script in tests/unit/test_*.sh tests/db/test_*.sh tests/race/test_*.sh tests/tui/test_*.sh tests/feed/test_*.sh tests/e2e/test_*.sh; do
	[ -e "$script" ] && run "${script%.sh}" bash "$script"
done
if [ -n "${FENBO_SOAK:-}" ]; then
	for script in tests/*/soak_*.sh; do
		[ -e "$script" ] && TIMEOUT=${TIMEOUT:-14400} run "${script%.sh}" bash "$script"
	done
fi
echo
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ] && [ $passed != 0 ]
