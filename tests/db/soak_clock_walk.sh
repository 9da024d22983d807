#!/usr/bin/env bash
# The clocks of test_clock_walk, ten thousand of them.
set -euo pipefail
cd "$(dirname "$0")/../.."
CLOCK_LIVES=${CLOCK_LIVES:-10000} exec bash tests/tools/with-cluster.sh "${FENBO_BUILD:-$PWD/build}/tests/db/test_clock_walk"
