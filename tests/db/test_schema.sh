#!/usr/bin/env bash
# The schema, as SQL: every file of tests/db/schema runs in a database of its own, copied from a migrated one. A file that does not
# reach its end has failed. TESTS_SQL='feed routing' runs only those.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
if [ -z "${FENBO_TEST_URL-}" ]; then
	exec "$top/tests/tools/with-cluster.sh" bash "$0" "$@"
fi
sql() { psql -XqAt -v ON_ERROR_STOP=1 "$@"; }
export PGOPTIONS='-c client_min_messages=warning'
admin=${FENBO_TEST_URL/dbname=fenbo/dbname=postgres}
sql -d "$FENBO_TEST_URL" -f "$top/tests/db/schema/_helpers.sql" >/dev/null
failed=0 ran=0
for file in "$top"/tests/db/schema/[a-z]*.sql; do
	name=$(basename "$file" .sql)
	case " ${TESTS_SQL:-$name} " in *" $name "*) ;; *) continue ;; esac
	sql -d "$admin" -c "CREATE DATABASE t_$name TEMPLATE fenbo" >/dev/null
	url=${FENBO_TEST_URL/dbname=fenbo/dbname=t_$name}
	if out=$(cd "$top" && sql -d "$url" -v url="$url" -v grants="$top/tests/db/grants.txt" -f "$file" 2>&1); then
		echo "ok   $name"
	else
		printf 'FAIL %s\n%s\n' "$name" "$(printf '%s\n' "$out" | tail -n 12)"
		failed=$((failed + 1))
	fi
	ran=$((ran + 1))
	sql -d "$admin" -c "DROP DATABASE t_$name WITH (FORCE)" >/dev/null
done
[ "$ran" -gt 0 ] && [ "$failed" = 0 ]
