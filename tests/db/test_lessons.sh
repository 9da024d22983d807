#!/usr/bin/env bash
# What decisions teach (db/schema/0070 to 0072). The SQL file holds the assertions; the first that fails ends the test and says what it got.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1-}" != inside ]; then exec tests/tools/with-cluster.sh "$0" inside; fi
for script in actions_fixture lessons models; do
	psql -XqAt -v ON_ERROR_STOP=1 -v url="$FENBO_TEST_URL" -d "$FENBO_TEST_URL" -f "tests/db/$script.sql" | grep ' passed$' || [ "$script" = actions_fixture ]
done
