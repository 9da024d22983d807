#!/usr/bin/env bash
# The unit's side of a case (db/schema/0046, 0084, 0085): every rule and refusal, what each role and unit may touch, undo of each, and two
# sessions at once. The SQL files hold the assertions; the first that fails ends the test and says what it got.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1-}" != inside ]; then exec tests/tools/with-cluster.sh "$0" inside; fi
for script in actions_fixture unit_work unit_walk; do
	psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" -f "tests/db/$script.sql" | grep ' passed$' || [ "$script" = actions_fixture ]
done
