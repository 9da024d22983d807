/* Figures: their values out of counts, how they are shown and compared; periods and days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "core/appeal/figures.h"
#include "core/base/clock.h"
#include "tests/tools/manual.h"

static void values(void **state)
{
	struct counts c;
	double v;

	(void)state;
	counts_none(&c);
	assert_false(figure_value(&c, FIG_DISPATCH, 25200, &v));
	assert_true(figure_value(&c, FIG_RECEIVED, 25200, &v));
	assert_true(v == 0);
	assert_true(counts_set(&c, "dispatched", 400) && counts_set(&c, "dispatch_late", 1) && counts_set(&c, "dispatch_s", 400 * 90));
	assert_false(counts_set(&c, "hist", 1));
	assert_true(figure_value(&c, FIG_DISPATCH, 25200, &v) && v > 0.9974 && v < 0.9976);
	assert_true(figure_value(&c, FIG_MINUTES, 25200, &v) && v == 1.5);
	counts_set(&c, "resolved", 2);
	counts_set(&c, "handle_s", 2 * 37800);
	assert_true(figure_value(&c, FIG_DAYS, 25200, &v) && v == 1.5);
	assert_false(figure_value(&c, FIG_DAYS_P90, 25200, &v));
	c.handle_p90 = 50400;
	assert_true(figure_value(&c, FIG_DAYS_P90, 25200, &v) && v == 2);
	assert_int_equal(counts_get(&c, "resolved"), 2);
}

static void shown(void **state)
{
	static const struct { enum figure_kind kind; double value; const char *want; } rows[] = {
		{ FIGURE_COUNT, 0, "0" }, { FIGURE_COUNT, 999, "999" }, { FIGURE_COUNT, 1204, "1,204" }, { FIGURE_COUNT, 5000000, "5,000,000" },
		{ FIGURE_SHARE, 1, "100.0%" }, { FIGURE_SHARE, 0.99996, "99.99%" }, { FIGURE_SHARE, 0.9951, "99.5%" }, { FIGURE_SHARE, 0.0001, "<0.1%" },
		{ FIGURE_SHARE, 0, "0.0%" }, { FIGURE_DAYS, 2.3149, "2.31" }, { FIGURE_SCORE, 4.5, "4.50" }, { FIGURE_MINUTES, 12.34, "12.3" },
	};
	char out[24];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		figure_show_value(rows[i].kind, rows[i].value, out);
		assert_string_equal(out, rows[i].want);
	}
}

static void changes(void **state)
{
	struct counts now, was;
	char out[24];
	int good;

	(void)state;
	counts_none(&now);
	counts_none(&was);
	figure_change(&now, &was, FIG_RECEIVED, 25200, out, &good);
	assert_string_equal(out, "");
	now.received = 110, was.received = 100;
	figure_change(&now, &was, FIG_RECEIVED, 25200, out, &good);
	assert_string_equal(out, "+10.0%");
	assert_int_equal(good, 0);
	now.dispatched = was.dispatched = 1000;
	now.returned = 20, was.returned = 10;
	figure_change(&now, &was, FIG_RETURNED, 25200, out, &good);
	assert_string_equal(out, "+1.0");
	assert_int_equal(good, -1);
	now.returned = 10;
	figure_change(&now, &was, FIG_RETURNED, 25200, out, &good);
	assert_string_equal(out, "±0");
	assert_int_equal(good, 0);
}

static struct day at(const char *text)
{
	struct day d = { 0 };

	assert_true(day_parse(text, &d));
	return d;
}

static const char *shows(struct day d)
{
	static char out[11];

	day_show(d, out);
	return out;
}

static void days(void **state)
{
	struct day d = { 1970, 1, 1 }, other;
	int year = 1970, month = 1, day = 1;

	(void)state;
	assert_false(day_parse("2026-02-29", &other));
	assert_false(day_parse("2026-1-1", &other));
	assert_false(day_parse("2026-01-01x", &other));
	assert_int_equal(day_weekday(at("2026-11-22")), 7);
	assert_int_equal(day_weekday(at("2026-11-23")), 1);
	for (int i = 0; i < 60000; i++) { /* against the plain rule of the calendar */
		assert_true(d.year == year && d.month == month && d.day == day);
		if (!clock_is_date(year, month, ++day)) {
			day = 1;
			if (++month > 12)
				month = 1, year++;
		}
		d = day_add(d, 1);
	}
}

static void spans(void **state)
{
	struct report_span s;

	(void)state;
	s = report_span(REPORT_WEEK, at("2026-11-22"), at("2026-12-31"));
	assert_string_equal(shows(s.from), "2026-11-16");
	assert_string_equal(shows(s.to), "2026-11-22");
	assert_string_equal(shows(s.before_from), "2026-11-09");
	assert_string_equal(shows(s.before_to), "2026-11-15");
	assert_false(s.running);
	s = report_span(REPORT_MONTH, at("2026-12-05"), at("2026-12-07"));
	assert_string_equal(shows(s.to), "2026-12-31");
	assert_string_equal(shows(s.before_from), "2026-11-01");
	assert_string_equal(shows(s.before_to), "2026-11-07"); /* seven days have begun: seven are compared */
	assert_true(s.running);
	s = report_span(REPORT_MONTH, at("2026-03-31"), at("2026-03-31"));
	assert_string_equal(shows(s.before_to), "2026-02-28");
	s = report_span(REPORT_DAY, at("2027-01-01"), at("2027-01-01"));
	assert_string_equal(shows(s.before_from), "2026-12-31");
	assert_string_equal(shows(s.before_to), "2026-12-31");
}

/* The manual's list of figures comes out of the table; FENBO_GOLDEN=write writes it back. */
static void figures_block(struct buf *out)
{
	static const char *const formula[] = {
#define X(id, wire, kind, n, d, better, drill, label) #n " / " #d,
		FIGURE_TABLE(X)
#undef X
	};

	buf_puts(out, ".Bl -tag -width \"dispatch_on_time\"\n");
	for (int f = 0; f < FIGURE_COUNT_OF; f++) {
		char text[160];
		size_t len = 0;

		for (const char *p = formula[f]; *p && len < sizeof text - 1; p++) { /* c->received / 1 is received */
			if (strncmp(p, "c->", 3) == 0)
				p += 3;
			text[len++] = *p;
		}
		text[len] = '\0';
		if (len > 4 && strcmp(text + len - 4, " / 1") == 0)
			text[len - 4] = '\0';
		if (strstr(text, " > 0") != NULL)
			*strstr(text, " / ") = '\0';
		buf_printf(out, ".It %s\n", figure_table[f].wire);
		manual_text(out, text);
		buf_puts(out, figure_table[f].kind == FIGURE_DAYS ? ", in working days: " : figure_table[f].kind == FIGURE_MINUTES ? ", in minutes: " : ": ");
		manual_text(out, figure_table[f].label);
		buf_putc(out, '\n');
	}
	buf_puts(out, ".El\n");
}

static void the_manual_has_them(void **state)
{
	(void)state;
	manual_block("man/fenbo-report.5", "figures", figures_block);
}

/* Every figure's cases are those of a count. */
static void each_has_its_cases(void **state)
{
	(void)state;
	for (int f = 0; f < FIGURE_COUNT_OF; f++) {
		struct counts c;

		counts_none(&c);
		assert_true(counts_set(&c, figure_table[f].drill, 1));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values), cmocka_unit_test(shown), cmocka_unit_test(changes), cmocka_unit_test(days), cmocka_unit_test(spans), cmocka_unit_test(the_manual_has_them), cmocka_unit_test(each_has_its_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
