#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdalign.h>
#include <string.h>

#include "core/base/arena.h"

static void
pieces_are_zeroed_aligned_and_apart(void **state)
{
	struct arena a = { 0 };
	unsigned char *piece[300];

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		size_t bytes = i * i % 9000 + 1;
		piece[i] = arena_alloc(&a, bytes);
		assert_non_null(piece[i]);
		assert_int_equal((uintptr_t)piece[i] % alignof(max_align_t), 0);
		for (size_t k = 0; k < bytes; k++)
			assert_int_equal(piece[i][k], 0);
		memset(piece[i], (int)i, bytes);
	}
	for (size_t i = 0; i < 300; i++)
		for (size_t k = 0; k < i * i % 9000 + 1; k++)
			assert_int_equal(piece[i][k], i & 255);
	arena_free(&a);
	assert_int_equal(a.used_bytes, 0);
	arena_free(&a);
}

static void
is_used_again_after_a_reset(void **state)
{
	struct arena a = { 0 };

	(void)state;
	arena_reset(&a);
	for (int turn = 0; turn < 50; turn++) {
		char *p = arena_alloc(&a, 100);
		assert_int_equal(p[99], 0);
		memset(p, 'x', 100);
		assert_non_null(arena_alloc(&a, turn % 3 == 0 ? 100000 : 10));
		arena_reset(&a);
		assert_int_equal(a.used_bytes, 0);
	}
	arena_free(&a);
}

static void
copies_texts(void **state)
{
	struct arena a = { 0 };

	(void)state;
	assert_null(arena_strdup(&a, NULL));
	assert_null(arena_strndup(&a, NULL, 3));
	assert_string_equal(arena_strdup(&a, ""), "");
	assert_string_equal(arena_strdup(&a, "城管"), "城管");
	assert_string_equal(arena_strndup(&a, "abcdef", 3), "abc");
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, SIZE_MAX - 40));
	assert_null(arena_strndup(&a, "x", SIZE_MAX));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
		cmocka_unit_test(is_used_again_after_a_reset),
		cmocka_unit_test(copies_texts),
	};
	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
