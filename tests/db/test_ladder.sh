#!/usr/bin/env bash
# The ladder and the alarms, rule by rule (ladder.sql), and what only several sessions can show (ladder_sessions.sql).
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1-}" != inside ]; then exec tests/tools/with-cluster.sh "$0" inside; fi
run() { psql -XqAt -v ON_ERROR_STOP=1 -v url="$FENBO_TEST_URL" -d "$FENBO_TEST_URL" "$@"; }
run -f tests/db/actions_fixture.sql >/dev/null
run -f tests/db/ladder.sql | grep ' passed$'
