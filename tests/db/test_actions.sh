#!/usr/bin/env bash
# The actions of db/schema/004*.sql: every one of them, every refusal, undo of each, bulk, keys, preview. The SQL files hold the
# assertions; the first that fails ends the test and says what it got.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1-}" != inside ]; then exec tests/tools/with-cluster.sh "$0" inside; fi
for script in actions_fixture actions actions_many clocks; do
	psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" -f "tests/db/$script.sql" | grep ' passed$' || [ "$script" = actions_fixture ]
done
