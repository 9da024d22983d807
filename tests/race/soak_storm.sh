#!/usr/bin/env bash
# The storm of test_storm.sh, thirty times as long.
STORM=${STORM:-5000} exec bash "$(dirname "$0")/test_storm.sh"
