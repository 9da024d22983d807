#!/usr/bin/env bash
# report.sh DIR: the results in DIR (one file a part, name=value lines; a name given several times is averaged) as tests/bench/RESULTS.md.
set -euo pipefail
cd "$1"
awk -F= -v machine="${FENBO_MACHINE:-}" '
/^[a-z_0-9]+=[-0-9.e+]+$/ { sum[$1] += $2; count[$1]++; next }
/^measured=/ { n = FILENAME; sub(".*/", "", n); when[n] = substr($0, 10); next }
/^(fields|planted) / { field_lines[++nfields] = $0; next }
/rows=/ { machine_lines[++nmachine] = $0 }
function v(name) { return count[name] ? sum[name] / count[name] : "" }
function fmt(x, unit) { return x == "" ? "–" : sprintf(x >= 100 || x == int(x) ? "%.0f%s" : x >= 10 ? "%.1f%s" : "%.2f%s", x, unit) }
function near(x) { return x == "" ? "–" : sprintf("%.4f", x) } # shares, and differences of them
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
	row("time board, " fmt(v("board_cases"), "") " open, whole repaint at 200×60 each second, p99, processor time", "≤ 10 ms", fmt(v("board_repaint_ms_p99"), " ms") " (median " fmt(v("board_repaint_ms_median"), " ms") "; its figures alone " fmt(v("board_figures_ms_median"), " ms") ", one plain pass over the queue " fmt(v("board_plain_pass_ms_median"), " ms") ")", met(v("board_repaint_ms_p99"), 10, 1))
	row("a change of a case taken in with the board open beside without", "(told)", fmt(v("board_change_us_median"), " µs") " beside " fmt(v("board_change_without_us_median"), " µs") "; opening it " fmt(v("board_open_ms"), " ms"), "")
	row("arrivals and departures of the past day, 100,000 events", "(told)", fmt(v("board_flow_ms_median"), " ms") " rolled up, " fmt(v("board_flow_not_rolled_ms_median"), " ms") " had nothing been", "")
	row("fenbo --wall, 200×60, at rest", "(told)", fmt(v("wall_rest_core_percent"), " %") " of a core, " fmt(v("wall_rest_bytes_per_s"), " bytes/s"), "")
	r = ratio("claims_next_per_s", "claims_bare_per_s")
	row("claims by 100 workers, 100,000 open, beside bare `SKIP LOCKED`", "≥ 1/2", fmt(r, "") " (" fmt(v("claims_next_per_s"), "/s") " beside " fmt(v("claims_bare_per_s"), "/s") ")", met(r, 0.5))
	row("the same, p99 of one claim", "≤ 150 ms", fmt(v("claims_next_p99_ms"), " ms") " (bare " fmt(v("claims_bare_p99_ms"), " ms") ")", met(v("claims_next_p99_ms"), 150, 1))
	r = ratio("opening_full_all_median_ms", "opening_empty_all_median_ms")
	row("opening the queue, " fmt(v("history_cases"), "") " closed cases over 60 months beside none", "≤ 1.2×", fmt(r, "×") " (" fmt(v("opening_full_all_median_ms"), " ms") " beside " fmt(v("opening_empty_all_median_ms"), " ms") "; first rows " fmt(v("opening_full_top_median_ms"), " ms") " beside " fmt(v("opening_empty_top_median_ms"), " ms") ")", met(r, 1.2, 1))
	row("escalation, 1,000,000 open clocks, 10,000 due in one minute: the latest", "≤ 5 s", fmt(v("ladder_all_60_max_s"), " s") " (median " fmt(v("ladder_all_60_median_s"), " s") ", p99 " fmt(v("ladder_all_60_p99_s"), " s") "; 10,000 open: latest " fmt(v("ladder_few_60_max_s"), " s") "); fired twice " fmt(v("ladder_all_60_twice"), ""), met(v("ladder_all_60_max_s"), 5, 1))
	row("the same, all 10,000 due in one second: the latest", "(told)", fmt(v("ladder_all_0_max_s"), " s") " (10,000 open: " fmt(v("ladder_few_0_max_s"), " s") ")", "")
	n = split("10k 100k short", set, " ")
	for (i = 1; i <= n; i++)
		row("interruptions an operator in ten minutes, " (set[i] == "10k" ? "10,000 a day, 160 on duty" : set[i] == "100k" ? "100,000 a day, 160 on duty" : "100,000 a day, 60 on duty") ": budgeted, most", "≤ 1", fmt(v("alarms_" set[i] "_budgeted_max"), "") " (with danger: mean " fmt(v("alarms_" set[i] "_mean"), "") ", p99 " fmt(v("alarms_" set[i] "_p99"), "") "; without a budget: mean " fmt(v("alarms_" set[i] "_bare_mean"), "") ", p99 " fmt(v("alarms_" set[i] "_bare_p99"), "") ")", met(v("alarms_" set[i] "_budgeted_max"), 1, 1))
	row("report of a day over " fmt(v("reports_cases"), "") " cases, the whole page", "≤ 2 s", fmt(v("reports_day_ms"), " ms") " (with 2,000 events not counted yet " fmt(v("reports_day_ms_with_2000_waiting"), " ms") ")", met(v("reports_day_ms"), 2000, 1))
	row("report of a month (" fmt(v("reports_month_cases"), "") " cases)", "≤ 10 s", fmt(v("reports_month_ms"), " ms") " (one unit alone " fmt(v("reports_month_of_a_unit_ms"), " ms") "; its late cases " fmt(v("reports_cases_late_ms"), " ms") ")", met(v("reports_month_ms"), 10000, 1))
	row("counting the event log, an event, processor time", "(told)", fmt(v("reports_roll_cpu_us_per_event"), " µs") " in bites of 500, " fmt(v("reports_roll_small_cpu_us_per_event"), " µs") " in bites of 5; " fmt(v("reports_roll_events_per_s"), "/s") " caught up; " fmt(v("reports_check_differences"), "") " differences from the raw events", "")
	n = split("haikou nohint jiamusi dalian", set, " ")
	for (i = 1; i <= n; i++)
		for (top = 1; top <= 3; top += 2) {
			us = v("learn_" set[i] "_fenbo_top" top); bar = v("learn_" set[i] "_liblinear_top" top)
			row("learner, " set[i] ", " fmt(v("learn_folds"), "") " of 5 folds: top-" top, "above the bar", near(us) " (" near(v("learn_" set[i] "_liblinear_top" top)) " liblinear, " near(v("learn_" set[i] "_fasttext_top" top)) " fastText)", bar == "" ? "–" : met(us, bar))
		}
	for (top = 1; top <= 3; top += 2)
		row("the four on average, fenbo minus liblinear: top-" top, "≥ 0.02, interval above 0", near(v("learn_mean_minus_liblinear_top" top)) " (" near(v("learn_mean_minus_liblinear_top" top "_low")) " to " near(v("learn_mean_minus_liblinear_top" top "_high")) ")", met(v("learn_mean_minus_liblinear_top" top "_low") == "" ? "" : v("learn_mean_minus_liblinear_top" top "_low") > 0 ? v("learn_mean_minus_liblinear_top" top) : -1, 0.02))
	row("Haikou, labels with ten rows or more: top-3", "≥ 0.93", near(v("learn_haikou_fenbo_common_top3")), met(v("learn_haikou_fenbo_common_top3"), 0.93))
	for (i = 1; i <= n; i++)
		row("calibration error, " set[i], "≤ 0.03", near(v("learn_" set[i] "_fenbo_ece")), met(v("learn_" set[i] "_fenbo_ece"), 0.03, 1))
	row("one case at a time, Haikou in file order, unit: top-3", "≥ 0.87", near(v("learn_order_unit_top3")), met(v("learn_order_unit_top3"), 0.87))
	row("the same, unit as written", "≥ 0.82", near(v("learn_order_unit_raw_top3")), met(v("learn_order_unit_raw_top3"), 0.82))
	row("learner, " fmt(v("learn_units_labels"), "") " units: questions on one core", "≥ 20,000/s", fmt(v("learn_units_per_s"), "/s") " (median " fmt(v("learn_units_us_median"), " µs") ", p99 " fmt(v("learn_units_us_p99"), " µs") ")", met(v("learn_units_per_s"), 20000))
	row("whole recommendation with " fmt(v("learn_units_labels"), "") " units and " fmt(v("learn_items_labels"), "") " items learnt: median", "≤ 100 µs", fmt(v("learn_recommend_us_median"), " µs") " (p99 " fmt(v("learn_recommend_us_p99"), " µs") ")", met(v("learn_recommend_us_median"), 100, 1))
	row("learner in memory, " fmt(v("learn_units_labels"), "") " labels", "≤ 64 MiB", fmt(v("learn_units_malloc_mib"), " MiB"), met(v("learn_units_malloc_mib"), 64, 1))
	row("the same, " fmt(v("learn_items_labels"), "") " labels", "≤ 256 MiB", fmt(v("learn_items_malloc_mib"), " MiB"), met(v("learn_items_malloc_mib"), 256, 1))
	row("training on 16,000 rows, one core", "≤ 60 s", fmt(v("learn_units_train_s_of_16000"), " s"), met(v("learn_units_train_s_of_16000"), 60, 1))
	row("fields of a real text, all of them, on one core", "≥ 20,000/s", fmt(v("fields_per_s"), "/s"), met(v("fields_per_s"), 20000))
	row("enterprises, " fmt(v("enterprise_names"), "") " names: a text", "≤ 1 ms", fmt(v("enterprise_us"), " µs") " (worst " fmt(v("enterprise_worst_us"), " µs") "; built in " fmt(v("enterprise_build_ms"), " ms") ", " fmt(v("enterprise_bytes") / 1048576, " MiB") ")", met(v("enterprise_worst_us"), 1000, 1))
	row("repeats, " fmt(v("repeats_tickets_cases"), "") " cases: one compared with all, p99, processor time", "≤ 2 ms", fmt(v("repeats_tickets_ask_p99_us") / 1000, " ms") " (median " fmt(v("repeats_tickets_ask_median_us"), " µs") ", worst " fmt(v("repeats_tickets_ask_worst_us") / 1000, " ms") "; filled-in forms p99 " fmt(v("repeats_samples_ask_p99_us") / 1000, " ms") ")", met(v("repeats_tickets_ask_p99_us") == "" ? "" : v("repeats_tickets_ask_p99_us") / 1000, 2, 1))
	row("memory a case", "≤ 1 KiB", fmt(v("repeats_tickets_bytes_a_case"), " bytes"), met(v("repeats_tickets_bytes_a_case"), 1024, 1))
	row("all of them added", "≤ 60 s", fmt(v("repeats_tickets_build_s"), " s"), met(v("repeats_tickets_build_s"), 60, 1))
	row("same-issue pairs of haikou12345, numbers hidden: recall@1; @3", "≥ 0.90; 1.00", fmt(v("dedup_same_issue_recall1"), "") "; " fmt(v("dedup_same_issue_recall3"), "") " of " fmt(v("dedup_same_issue_queries"), ""), met(v("dedup_same_issue_recall1"), 0.9))
	row("all its pairs whose target is there: recall@3", "≥ 0.97", fmt(v("dedup_pairs_recall3"), "") " of " fmt(v("dedup_pairs_queries"), ""), met(v("dedup_pairs_recall3"), 0.97))
	row("hot groups of teddy_f3: recall@10; B-cubed F of the suggested groups", "≥ 0.98; ≥ 0.85", sprintf("%.3f", v("dedup_groups_recall10")) "; " sprintf("%.3f", v("dedup_groups_b3_f")), met(v("dedup_groups_recall10"), 0.98))
	print "\nParts measured at:"
	for (part in when) list = list (list ? ", " : "") part " " when[part]
	print list "."
	if (nmachine) {
		print "\n## Recommendation on the first day, from a duty list alone\n"
		print "```"
		for (i = 1; i <= nmachine; i++) print machine_lines[i]
		print "```"
	}
	if (nfields) {
		print "\n## Fields of real texts, and planted names of enterprises\n"
		print "```"
		for (i = 1; i <= nfields; i++) print field_lines[i]
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
