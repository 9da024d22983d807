#!/usr/bin/env bash
# The outbox as SQL sees it: what is taken when and in which order, what becomes of it, what people can do about it.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1-}" != inside ]; then exec tests/tools/with-cluster.sh "$0" inside; fi
for script in actions_fixture outbox; do
	psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" -f "tests/db/$script.sql" | grep ' passed$' || [ "$script" = actions_fixture ]
done
