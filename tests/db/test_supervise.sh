#!/usr/bin/env bash
# What supervisors do, and leaders' lists, bulletins and topics (db/schema/0086 to 0088): every rule, every refusal, undo of each, bulk.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1-}" != inside ]; then exec tests/tools/with-cluster.sh "$0" inside; fi
for script in actions_fixture supervise leaders; do
	psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" -f "tests/db/$script.sql" | grep ' passed$' || [ "$script" = actions_fixture ]
done
