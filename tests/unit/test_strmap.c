#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/base/strmap.h"

static void
finds_what_was_added(void **state)
{
	static char key[5000][24];
	struct strmap m = { 0 };

	(void)state;
	assert_null(strmap_get(&m, "x"));
	for (int i = 0; i < 5000; i++) {
		snprintf(key[i], sizeof key[i], "UNIT-%d", i);
		assert_true(strmap_add(&m, key[i], key[i]));
	}
	assert_int_equal(m.count, 5000);
	for (int i = 0; i < 5000; i++) {
		char again[24];
		strcpy(again, key[i]);
		assert_ptr_equal(strmap_get(&m, again), key[i]);
	}
	assert_null(strmap_get(&m, "UNIT-5000"));
	assert_null(strmap_get(&m, ""));
	strmap_free(&m);
	assert_null(strmap_get(&m, "UNIT-1"));
}

static void
the_first_of_a_key_stays(void **state)
{
	struct strmap m = { 0 };
	int one, two;

	(void)state;
	assert_true(strmap_add(&m, "", &one));
	assert_false(strmap_add(&m, "", &two));
	assert_ptr_equal(strmap_get(&m, ""), &one);
	strmap_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_added),
		cmocka_unit_test(the_first_of_a_key_stays),
	};
	return cmocka_run_group_tests_name("strmap", tests, NULL, NULL);
}
