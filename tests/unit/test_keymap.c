#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "conf/keymap.h"

static bool make(struct keymap *m, struct err_list *errs, const char *name, const char *keys)
{
	struct conf_key k = { name, keys, 7 };

	return keymap_make(m, "fenbo.ini", &k, name ? 1 : 0, errs);
}

static void defaults_have_no_conflict(void **state)
{
	struct err_list errs = { 0 };
	struct keymap m;

	(void)state;
	if (!make(&m, &errs, NULL, NULL))
		fail_msg("%s", errs.items[0].err.message);
	assert_int_equal(m.n, ACTION_COUNT + COMMAND_COUNT);
	for (int i = 0; i < m.n; i++)
		assert_true(m.bind[i].nkeys > 0 || m.bind[i].roles == ROLE_CHANNEL);
}

static void notation(void **state)
{
	static const struct { const char *text; int n; uint32_t first;
	} good[] = {
		{ "c", 1, 'c' },
		{ "C-l", 1, 12 },
		{ "F11", 1, KEYMAP_F0 + 11 },
		{ "Space", 1, ' ' },
		{ "g m, F3", 2, 'g' },
		{ "Comma", 1, ',' },
		{ "M-x", 1, 'x' | KEYMAP_ALT_BIT },
		{ "S-Tab", 1, KEYMAP_BACK_TAB },
		{ "催", 1, 0x50AC },
		{ "", 0, 0 },
	};
	static const char *const bad[] = { "cc", "F21", "F0", "C-1", "g m x", "a,", ",", "a,,b", "Foo", "C-", "\xff",
		"a, b, c, d, e, f, g" };
	struct keymap_keys keys[KEYMAP_KEYS];
	char why[128], shown[32];
	int n;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		if (!keymap_parse(good[i].text, keys, KEYMAP_KEYS, &n, why))
			fail_msg("%s: %s", good[i].text, why);
		assert_int_equal(n, good[i].n);
		if (n == 0)
			continue;
		assert_int_equal(keys[0].key[0], good[i].first);
		struct keymap_keys again[KEYMAP_KEYS];
		keymap_show(&keys[0], shown);
		if (good[i].first != ',') { /* a comma is shown as it is typed */
			assert_true(keymap_parse(shown, again, KEYMAP_KEYS, &n, why));
			assert_memory_equal(&again[0], &keys[0], sizeof keys[0]);
		}
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (keymap_parse(bad[i], keys, KEYMAP_KEYS, &n, why))
			fail_msg("\"%s\" was taken", bad[i]);
}

static void remaps_and_finds(void **state)
{
	struct err_list errs = { 0 };
	struct keymap m;
	bool more;
	uint32_t t = '_', g[] = { 'g', 'm' }, one = '1';

	(void)state;
	assert_true(make(&m, &errs, "claim", "_, F13"));
	assert_int_equal(keymap_find(&m, KEYMAP_LIST, ROLE_DISPATCHER, &t, 1, &more)->id, ACTION_CLAIM);
	assert_null(keymap_find(&m, KEYMAP_LIST, ROLE_DISPATCHER, &(uint32_t){ 'c' }, 1, &more));
	assert_false(more);
	assert_null(keymap_find(&m, KEYMAP_LIST, ROLE_DISPATCHER, g, 1, &more));
	assert_true(more);
	const struct keymap_bind *b = keymap_find(&m, KEYMAP_LIST, ROLE_DISPATCHER, g, 2, &more);
	assert_false(b->is_action);
	assert_int_equal(b->id, COMMAND_VIEW_MINE);
	/* one key, two roles */
	assert_int_equal(keymap_find(&m, KEYMAP_LIST, ROLE_DISPATCHER, &one, 1, &more)->id, ACTION_CONFIRM);
	assert_int_equal(keymap_find(&m, KEYMAP_LIST, ROLE_UNIT, &one, 1, &more)->id, ACTION_ACCEPT);
	assert_int_equal(keymap_action(&m, ACTION_CLAIM)->nkeys, 2);
	assert_int_equal(keymap_command(&m, COMMAND_QUIT)->id, COMMAND_QUIT);
	assert_true(make(&m, &errs, "copy", ""));
	assert_int_equal(keymap_command(&m, COMMAND_COPY)->nkeys, 0);
}

static void refuses_conflicts(void **state)
{
	static const struct { const char *name, *keys, *says; } cases[] = {
		{ "claim", "n", "claim and next both want the key n in one place (claim: line 7, next: its default)" },
		{ "claim", "g", "want the key g" },     /* the beginning of g g */
		{ "claim", "j", "claim and down" },
		{ "claim", "2", "digits belong" },
		{ "quit", "5", "digits belong" },
		{ "confirm", "x", "keeps its digits" },
		{ "claim", "t, t", "claim and claim" },
		{ "fly", "x", "neither an action nor a command" },
		{ "claim", "Hyper", "is no key" },
	};
	struct keymap m;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err_list errs = { 0 };
		if (make(&m, &errs, cases[i].name, cases[i].keys))
			fail_msg("%s = %s was taken", cases[i].name, cases[i].keys);
		if (!strstr(errs.items[0].err.message, cases[i].says))
			fail_msg("%s", errs.items[0].err.message);
		assert_int_equal(errs.items[0].err.line, 7);
		err_list_free(&errs);
	}
}

/* Two remappings may trade keys. */
static void keys_can_be_swapped(void **state)
{
	struct conf_key keys[] = { { "claim", "n", 3 }, { "next", "c", 4 } };
	struct err_list errs = { 0 };
	struct keymap m;

	(void)state;
	assert_true(keymap_make(&m, "f", keys, 2, &errs));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_have_no_conflict),
		cmocka_unit_test(notation),
		cmocka_unit_test(remaps_and_finds),
		cmocka_unit_test(refuses_conflicts),
		cmocka_unit_test(keys_can_be_swapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
