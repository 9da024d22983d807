#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/appeal/stage.h"

static void
names_come_back(void **state)
{
	enum stage s;
	enum priority p;
	enum outcome o;

	(void)state;
	for (int i = 0; i < STAGE_COUNT; i++) {
		assert_true(stage_parse(stage_name(i), &s) && (int)s == i);
		assert_true(*stage_label(i) != '\0');
	}
	for (int i = 0; i < PRIORITY_COUNT; i++) {
		assert_true(priority_parse(priority_name(i), &p) && (int)p == i);
		assert_true(*priority_label(i) != '\0');
	}
	for (int i = 0; i < OUTCOME_COUNT; i++)
		assert_true(outcome_parse(outcome_name(i), &o) && (int)o == i);
	for (unsigned bit = 0; bit < 19; bit++) {
		assert_int_equal(flag_parse(flag_name(1 << bit)), 1u << bit);
		assert_true(*flag_label(1 << bit) != '\0');
	}
}

static void
urgency_is_the_order(void **state)
{
	(void)state;
	assert_true(PRIORITY_URGENT < PRIORITY_FAST && PRIORITY_FAST < PRIORITY_NORMAL);
	assert_int_equal(STAGE_TRIAGE, 0);
}

static void
the_unknown_is_refused(void **state)
{
	enum stage s = STAGE_MERGED;
	enum priority p;
	enum outcome o;

	(void)state;
	assert_false(stage_parse("Triage", &s));
	assert_false(stage_parse("", &s));
	assert_false(stage_parse(NULL, &s));
	assert_int_equal(s, STAGE_MERGED);
	assert_false(priority_parse("urgent ", &p));
	assert_false(outcome_parse("none", &o));
	assert_true(outcome_parse("", &o) && o == OUTCOME_NONE);
	assert_int_equal(flag_parse("nothing"), 0);
	assert_int_equal(flag_parse(NULL), 0);
	assert_string_equal(stage_name((enum stage)-1), "");
	assert_string_equal(stage_label((enum stage)99), "");
	assert_string_equal(flag_name(0), "");
	assert_string_equal(flag_name((enum flag)(FLAG_DISPUTED | FLAG_RULED)), "");
	assert_string_equal(flag_label((enum flag)(1u << 31)), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_come_back),
		cmocka_unit_test(urgency_is_the_order),
		cmocka_unit_test(the_unknown_is_refused),
	};
	return cmocka_run_group_tests_name("stage", tests, NULL, NULL);
}
