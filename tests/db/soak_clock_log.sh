#!/usr/bin/env bash
# The storm of test_clock_log, thirty times as long.
set -euo pipefail
cd "$(dirname "$0")/../.."
CLOCK_SEED=${CLOCK_SEED:-$((RANDOM * RANDOM % 1000000))} CLOCK_PRESSES=${CLOCK_PRESSES:-5000} exec bash tests/tools/with-cluster.sh "${FENBO_BUILD:-$PWD/build}/tests/db/test_clock_log"
