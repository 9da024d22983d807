#!/usr/bin/env bash
# report.sh DIR: the results in DIR (one file a part, name=value lines; a name given several times is averaged) as tests/bench/RESULTS.md.
set -euo pipefail
cd "$1"
awk -F= -v machine="${FENBO_MACHINE:-}" '
/^[a-z_0-9]+=[-0-9.e+]+$/ { sum[$1] += $2; count[$1]++; next }
/^measured=/ { n = FILENAME; sub(".*/", "", n); when[n] = substr($0, 10); next }
/rows=/ { machine_lines[++nmachine] = $0 }
function v(name) { return count[name] ? sum[name] / count[name] : "" }
function fmt(x, unit) { return x == "" ? "–" : sprintf(x >= 100 || x == int(x) ? "%.0f%s" : x >= 10 ? "%.1f%s" : "%.2f%s", x, unit) }
function ratio(a, b) { return v(a) == "" || v(b) == "" || v(b) == 0 ? "" : v(a) / v(b) }
function met(x, bound, low) { return x == "" ? "–" : (low ? x <= bound : x >= bound) ? "yes" : "**no**" }
function row(what, target, measured, ok) { printf "| %s | %s | %s | %s |\n", what, target, measured, ok }
END {
	print "# Results\n"
	print "Written by `make bench`; the method is in README.md. Machine: " machine ". Times depend on it and on what else it did; ratios, counts and bytes hardly do.\n"
	print "| what | to reach | measured | met |"
	print "|---|---|---|---|"
	r = ratio("intake_http_per_s", "intake_bare_per_s")
	row("intake by `POST /v1/appeals` beside bare batches of the same rows", "≥ 1/3", fmt(r, "") " (" fmt(v("intake_http_per_s"), "/s") " beside " fmt(v("intake_bare_per_s"), "/s") ")", met(r, 1 / 3))
	row("the same, appeals a second", "≥ 5,000", fmt(v("intake_http_per_s"), ""), met(v("intake_http_per_s"), 5000))
	r = ratio("open311_median_ms", "insert_one_case_median_ms")
	row("one Open311 POST beside one bare transaction of the same rows", "≤ 2×", fmt(r, "×") " (" fmt(v("open311_median_ms"), " ms") " beside " fmt(v("insert_one_case_median_ms"), " ms") "; p99 " fmt(v("open311_p99_ms"), " ms") ")", met(r, 2, 1))
	row("the same beside one INSERT of the appeal row alone", "(told)", fmt(ratio("open311_median_ms", "insert_one_row_median_ms"), "×") " (" fmt(v("insert_one_row_median_ms"), " ms") ")", "")
	row("action until read by 1,000 stream readers, 50 changes/s, median", "≤ 60 ms", fmt(v("stream_1000_median_ms"), " ms") " (one reader " fmt(v("stream_1_median_ms"), " ms") ")", met(v("stream_1000_median_ms"), 60, 1))
	row("the same, p99", "≤ 150 ms", fmt(v("stream_1000_p99_ms"), " ms") " (one reader " fmt(v("stream_1_p99_ms"), " ms") "); frames missed " fmt(v("stream_1000_missed"), ""), met(v("stream_1000_p99_ms"), 150, 1))
	row("fenbod, what 1,000 readers add", "≤ 64 MiB", fmt(v("stream_1000_added_mib"), " MiB"), met(v("stream_1000_added_mib"), 64, 1))
	row("connections to the database they add", "0", fmt(v("stream_1000_added_connections"), ""), met(v("stream_1000_added_connections"), 0, 1))
	row("console, 100,000 open, 100 changes/s, 200×60: key to painted, median", "≤ 1 ms", fmt(v("fenbo_key_median_ms"), " ms") " (tig " fmt(v("tig_key_median_ms"), " ms") ")", met(v("fenbo_key_median_ms"), 1, 1))
	row("the same, p99", "≤ 3 ms", fmt(v("fenbo_key_p99_ms"), " ms") " (tig " fmt(v("tig_key_p99_ms"), " ms") ")", met(v("fenbo_key_p99_ms"), 3, 1))
	row("bytes a key", "≤ 1,000", fmt(v("fenbo_key_bytes_median"), "") " (p99 " fmt(v("fenbo_key_bytes_p99"), "") "; tig " fmt(v("tig_key_bytes_median"), "") ")", met(v("fenbo_key_bytes_median"), 1000, 1))
	row("console resident", "≤ 64 MiB", fmt(v("fenbo_rss_mib"), " MiB") " (tig " fmt(v("tig_rss_mib"), " MiB") ")", met(v("fenbo_rss_mib"), 64, 1))
	row("console, start to first full paint, 10,000 open", "≤ 100 ms", fmt(v("fenbo10k_start_median_ms"), " ms") " (100,000 open: " fmt(v("fenbo100k_start_median_ms"), " ms") "; tig " fmt(v("tig_start_median_ms"), " ms") ")", met(v("fenbo10k_start_median_ms"), 100, 1))
	row("console at rest", "< 0.5 % of a core", fmt(v("fenbo_rest_core_percent"), " %") ", " fmt(v("fenbo_rest_bytes_per_s"), " bytes/s"), met(v("fenbo_rest_core_percent"), 0.5, 1))
	r = ratio("claims_next_per_s", "claims_bare_per_s")
	row("claims by 100 workers, 100,000 open, beside bare `SKIP LOCKED`", "≥ 1/2", fmt(r, "") " (" fmt(v("claims_next_per_s"), "/s") " beside " fmt(v("claims_bare_per_s"), "/s") ")", met(r, 0.5))
	row("the same, p99 of one claim", "≤ 150 ms", fmt(v("claims_next_p99_ms"), " ms") " (bare " fmt(v("claims_bare_p99_ms"), " ms") ")", met(v("claims_next_p99_ms"), 150, 1))
	r = ratio("opening_full_all_median_ms", "opening_empty_all_median_ms")
	row("opening the queue, " fmt(v("history_cases"), "") " closed cases over 60 months beside none", "≤ 1.2×", fmt(r, "×") " (" fmt(v("opening_full_all_median_ms"), " ms") " beside " fmt(v("opening_empty_all_median_ms"), " ms") "; first rows " fmt(v("opening_full_top_median_ms"), " ms") " beside " fmt(v("opening_empty_top_median_ms"), " ms") ")", met(r, 1.2, 1))
	row("fields of a real text, all of them, on one core", "≥ 20,000/s", fmt(v("fields_per_s"), "/s"), met(v("fields_per_s"), 20000))
	row("enterprises, " fmt(v("enterprise_names"), "") " names: a text", "≤ 1 ms", fmt(v("enterprise_us"), " µs") " (worst " fmt(v("enterprise_worst_us"), " µs") "; built in " fmt(v("enterprise_build_ms"), " ms") ", " fmt(v("enterprise_bytes") / 1048576, " MiB") ")", met(v("enterprise_worst_us"), 1000, 1))
	print "\nParts measured at:"
	for (part in when) list = list (list ? ", " : "") part " " when[part]
	print list "."
	if (nmachine) {
		print "\n## Recommendation on the first day, from a duty list alone\n"
		print "```"
		for (i = 1; i <= nmachine; i++) print machine_lines[i]
		print "```"
	}
	print "\n## Everything that was measured\n"
	print "```"
	n = 0
	for (name in sum) names[++n] = name
	for (i = 2; i <= n; i++) for (j = i; j > 1 && names[j] < names[j - 1]; j--) { t = names[j]; names[j] = names[j - 1]; names[j - 1] = t }
	for (i = 1; i <= n; i++) printf "%s=%.6g\n", names[i], v(names[i])
	print "```"
}' ./*
