#!/usr/bin/env bash
# Ratings, return visits, redo, the end of the rating window, as SQL.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1-}" != inside ]; then exec tests/tools/with-cluster.sh "$0" inside; fi
for script in actions_fixture ratings; do
	psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" -f "tests/db/$script.sql" | grep ' passed$' || [ "$script" = actions_fixture ]
done
