#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "core/feed/appeal.h"
#include "core/feed/ndjson.h"

static const struct appeal_limits limits = { .line_bytes = 200, .text = 20 };

static const struct row { const char *line; enum err_code code; const char *field; } rows[] = {
	{ "{\"external_id\":\"a\",\"text\":\"t\"}", ERR_OK, "" },
	{ "{\"external_id\":\"a\",\"text\":\"t\",\"lat\":22.5,\"long\":113.9,\"name\":null,\"unknown\":[1]}", ERR_OK, "" },
	{ "{\"external_id\":\"a\",\"text\":\"t\",\"received_at\":\"2026-11-22T08:00:00+08:00\"}", ERR_OK, "" },
	{ "not json", ERR_INVALID, "" },
	{ "[1]", ERR_INVALID, "" },
	{ "{\"external_id\":\"a\",\"external_id\":\"b\",\"text\":\"t\"}", ERR_INVALID, "" },
	{ "{\"text\":\"t\"}", ERR_MISSING, "external_id" },
	{ "{\"external_id\":7,\"text\":\"t\"}", ERR_INVALID, "external_id" },
	{ "{\"external_id\":\"a\\u0007\",\"text\":\"t\"}", ERR_INVALID, "external_id" },
	{ "{\"external_id\":\"a\"}", ERR_MISSING, "text" },
	{ "{\"external_id\":\"a\",\"text\":\" \\u001b[2J \"}", ERR_MISSING, "text" },
	{ "{\"external_id\":\"a\",\"text\":\"123456789012345678901\"}", ERR_TOO_LARGE, "text" },
	{ "{\"external_id\":\"a\",\"text\":\"t\",\"lat\":22.5}", ERR_MISSING, "long" },
	{ "{\"external_id\":\"a\",\"text\":\"t\",\"lat\":91,\"long\":0}", ERR_INVALID, "lat" },
	{ "{\"external_id\":\"a\",\"text\":\"t\",\"lat\":0,\"long\":180.5}", ERR_INVALID, "long" },
	{ "{\"external_id\":\"a\",\"text\":\"t\",\"lat\":\"1\",\"long\":0}", ERR_INVALID, "lat" },
	{ "{\"external_id\":\"a\",\"text\":\"t\",\"received_at\":\"2026-11-22 08:00\"}", ERR_INVALID, "received_at" },
	{ "{\"external_id\":\"a\",\"text\":\"t\",\"confidential\":\"yes\"}", ERR_INVALID, "confidential" },
	{ "{\"external_id\":\"a\",\"text\":\"\\u0000\"}", ERR_INVALID, "" },
	{ "{\"external_id\":\"a\",\"text\":\"\xff\"}", ERR_INVALID, "" },
};

static void every_line_is_judged_with_its_field(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena a = { 0 };
		struct appeal_in in;
		struct err e = { 0 };
		bool ok = appeal_parse(&a, rows[i].line, strlen(rows[i].line), &limits, &in, &e);

		if (ok != (rows[i].code == ERR_OK) || e.code != rows[i].code || strcmp(e.field, rows[i].field))
			fail_msg("%s: %s %s %s", rows[i].line, err_name(e.code), e.field, e.message);
		arena_free(&a);
	}
}

static void what_passes_is_clean(void **state)
{
	static const char line[] = "{\"external_id\":\"a\",\"text\":\"a\\u001b]0;x\\u0007b\\r\\n\\u202ec\",\"title\":\" x \\n y \"}";
	struct arena a = { 0 };
	struct appeal_in in;
	struct err e;

	(void)state;
	assert_true(appeal_parse(&a, line, sizeof line - 1, &limits, &in, &e));
	assert_string_equal(in.text, "ab\nc");
	assert_string_equal(in.title, "x y");
	arena_free(&a);
}

static void lines_keep_their_numbers(void **state)
{
	static const char body[] = "one\r\n\n \nfour\nfive";
	struct ndjson_line l;
	size_t at = 0;
	int number = 0;

	(void)state;
	assert_true(ndjson_next(body, sizeof body - 1, &at, &number, &l));
	assert_int_equal(l.number, 1);
	assert_int_equal(l.len, 3);
	assert_true(ndjson_next(body, sizeof body - 1, &at, &number, &l));
	assert_int_equal(l.number, 4);
	assert_true(ndjson_next(body, sizeof body - 1, &at, &number, &l));
	assert_int_equal(l.number, 5);
	assert_false(ndjson_next(body, sizeof body - 1, &at, &number, &l));
}

static void a_line_over_its_bound_is_refused_unread(void **state)
{
	char line[300];
	struct arena a = { 0 };
	struct appeal_in in;
	struct err e;

	(void)state;
	memset(line, ' ', sizeof line);
	assert_false(appeal_parse(&a, line, sizeof line, &limits, &in, &e));
	assert_int_equal(e.code, ERR_TOO_LARGE);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_is_judged_with_its_field), cmocka_unit_test(what_passes_is_clean),
		cmocka_unit_test(lines_keep_their_numbers), cmocka_unit_test(a_line_over_its_bound_is_refused_unread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
