#!/usr/bin/env bash
# Every fuzz target for a minute, from another seed each day. What kills one is left in PROGRAM.crash.
set -u
cd "$(dirname "$0")/../.." || exit 2
: "${FENBO_BUILD:=$PWD/build}"
bad=0
export FENBO_FUZZ_S=${FENBO_FUZZ_S:-60} FENBO_FUZZ_RUNS=${FENBO_FUZZ_RUNS:-1000000000} FENBO_FUZZ_SEED=${FENBO_FUZZ_SEED:-$(date +%Y%m%d)}
for source in tests/fuzz/fuzz_*.c; do
	name=$(basename "$source" .c)
	"$FENBO_BUILD/tests/fuzz/$name" "tests/fuzz/corpus/${name#fuzz_}" || { echo "FAILED: $name, seed $FENBO_FUZZ_SEED"; bad=1; }
done
exit $bad
