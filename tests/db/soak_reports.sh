#!/usr/bin/env bash
# Random histories of thousands of actions, one seed after the other: facts, roll-ups and reports against the event log.
set -euo pipefail
for seed in 0.1 0.2 0.3 -0.4 -0.5; do
	SEED=$seed PRESSES=4000 bash "$(dirname "$0")/test_reports.sh"
done
