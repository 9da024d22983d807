#!/usr/bin/env bash
# The month of test_month.sh in full: 300,000 cases in thirty days, and the fortnight in which most of them end.
set -euo pipefail
export MONTH_DAYS=${MONTH_DAYS:-30} MONTH_CASES=${MONTH_CASES:-300000} MONTH_STEP=${MONTH_STEP:-30}
exec bash "$(dirname "$0")/test_month.sh"
