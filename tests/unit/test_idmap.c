#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base/idmap.h"

struct thing { int64_t id; };

enum { THINGS = 4096 };

/* Against a plain array, with numbers that fall into few slots, so that gaps are closed over long runs. */
static void
agrees_with_an_array(void **state)
{
	static struct thing thing[THINGS], other[THINGS];
	static struct thing *want[THINGS];
	struct idmap m = { 0 };
	uint32_t roll = 1;
	size_t count = 0;

	(void)state;
	for (int i = 0; i < THINGS; i++)
		thing[i].id = other[i].id = INT64_C(2611220000006) + i * INT64_C(10);
	for (int step = 0; step < 200000; step++) {
		roll = roll * 1664525 + 1013904223;
		int i = (int)(roll >> 16) % (step < 100000 ? THINGS : 64);
		if ((roll >> 8 & 3) < 2) {
			struct thing *put = roll >> 10 & 1 ? &thing[i] : &other[i];
			assert_true(idmap_put(&m, put));
			count += want[i] == NULL;
			want[i] = put;
		} else {
			assert_ptr_equal(idmap_take(&m, thing[i].id), want[i]);
			count -= want[i] != NULL;
			want[i] = NULL;
		}
		assert_int_equal(m.count, count);
		int k = (int)(roll >> 4) % THINGS;
		assert_ptr_equal(idmap_get(&m, thing[k].id), want[k]);
	}
	for (int i = 0; i < THINGS; i++)
		assert_ptr_equal(idmap_get(&m, thing[i].id), want[i]);
	idmap_free(&m);
	assert_null(idmap_get(&m, thing[0].id));
	assert_null(idmap_take(&m, thing[0].id));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(agrees_with_an_array) };
	return cmocka_run_group_tests_name("idmap", tests, NULL, NULL);
}
