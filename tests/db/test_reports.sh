#!/usr/bin/env bash
# Facts, roll-ups and reports (db/schema/0092 and 0093). The SQL file holds the assertions; the first that fails ends the test and says what it got.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1-}" != inside ]; then exec tests/tools/with-cluster.sh "$0" inside; fi
for script in actions_fixture reports; do
	psql -XqAt -v ON_ERROR_STOP=1 -v seed="${SEED:-0.42}" -v presses="${PRESSES:-400}" -d "$FENBO_TEST_URL" -f "tests/db/$script.sql" | grep ' passed$' || [ "$script" = actions_fixture ]
done
