/* Charts are well-formed SVG whatever comes in: nothing, one value, gaps, huge values, labels full of markup; and the same numbers give the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <libxml/parser.h>
#include "core/ctl/chart.h"

static const char hostile[] = "<script>alert('x')</script>&\"\x1b[31m\xe2\x80\xae\xff]]>";

/* Every element closed, nothing that libxml2 would mend. */
static void parses(const struct buf *out)
{
	xmlDocPtr doc;

	assert_false(out->failed);
	doc = xmlReadMemory(buf_text(out), (int)out->len, NULL, "UTF-8", XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (doc == NULL)
		fail_msg("not well-formed: %.300s", buf_text(out));
	xmlFreeDoc(doc);
	assert_null(strstr(buf_text(out), "nan"));
	assert_null(strstr(buf_text(out), "inf"));
	assert_null(strstr(buf_text(out), "<script"));
	assert_null(strchr(buf_text(out), '\x1b'));
}

static void texts(void **state)
{
	struct buf out = { 0 };

	(void)state;
	chart_text(&out, "<b>&\"'");
	assert_string_equal(buf_text(&out), "&lt;b&gt;&amp;&quot;&#39;");
	buf_reset(&out);
	chart_text(&out, "路灯\n坏了\xff\x01");
	assert_string_equal(buf_text(&out), "路灯 坏了");
	buf_free(&out);
}

static void lines(void **state)
{
	static const char *const label[] = { "11/1", hostile, "11/3", "11/4" };
	static const double sets[][4] = { { 0, 0, 0, 0 }, { -1, -1, -1, -1 }, { 1, -1, 3, -1 }, { 5e6, 1, 2, 3 }, { .5, .25, 0, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
		for (int n = 0; n <= 4; n++) {
			struct buf out = { 0 }, again = { 0 };
			struct chart_series s[] = { { hostile, "#123456", sets[i], false, true }, { "b", "#654321", sets[2], true, false } };

			chart_lines(&out, 600, 200, label, n, s, 2);
			chart_lines(&again, 600, 200, label, n, s, 2);
			parses(&out);
			assert_string_equal(buf_text(&out), buf_text(&again));
			buf_free(&out);
			buf_free(&again);
		}
}

static void others(void **state)
{
	static const char *const label[] = { "a", hostile, "c" };
	static const double value[] = { 0, 7, 1e9, 3, 0.25, -1 };
	static const struct chart_bar bar[] = { { hostile, hostile, 10, 5, "#000" }, { "a very very very very long label that does not fit", "0", 0, -1, "#000" } };
	struct buf out = { 0 };

	(void)state;
	for (int n = 0; n <= 2; n++) {
		buf_reset(&out);
		chart_bars(&out, 400, 100, bar, n);
		parses(&out);
	}
	for (int n = 0; n <= 3; n++) {
		buf_reset(&out);
		chart_columns(&out, 400, 100, label, value, n, "#000");
		parses(&out);
	}
	buf_reset(&out);
	chart_heat(&out, 400, label, 2, label, 3, value);
	parses(&out);
	for (int n = 0; n <= 6; n++) {
		buf_reset(&out);
		chart_spark(&out, 90, 30, value, n, "#000");
		parses(&out);
	}
	for (double share = -1; share < 3; share += 0.5) {
		buf_reset(&out);
		chart_share(&out, 90, 10, share, "#000");
		parses(&out);
	}
	buf_free(&out);
}

/* The top of the axis is a round number above the greatest value. */
static void the_axis_is_round(void **state)
{
	static const char *const label[] = { "1", "2" };
	static const double value[] = { 3, 1481 };
	struct buf out = { 0 };

	(void)state;
	chart_lines(&out, 600, 200, label, 2, &(struct chart_series){ "a", "#000", value, false, false }, 1);
	assert_non_null(strstr(buf_text(&out), ">1500<"));
	assert_null(strstr(buf_text(&out), ">2000<"));
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts), cmocka_unit_test(lines), cmocka_unit_test(others), cmocka_unit_test(the_axis_is_round),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
