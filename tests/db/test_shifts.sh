#!/usr/bin/env bash
# Shifts, crews, swaps, leave, attendance, dealing and handover (db/schema/009*.sql). Turns are held against a reference that walks through the year in
# ten-minute steps. FENBO_ROTATIONS=n: so many random rotations instead of three; FENBO_STEPS=n: so many random steps instead of 150.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ "${1-}" != inside ]; then exec tests/tools/with-cluster.sh "$0" inside; fi
psql -XqAt -v ON_ERROR_STOP=1 -d "$FENBO_TEST_URL" -f tests/db/actions_fixture.sql >/dev/null
for script in turns shifts handover handover_random; do
	psql -XqAt -v ON_ERROR_STOP=1 -v rotations="${FENBO_ROTATIONS:-3}" -v steps="${FENBO_STEPS:-150}" -d "$FENBO_TEST_URL" -f "tests/db/$script.sql" | grep ' passed$'
done
