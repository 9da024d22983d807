#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/appeal/action.h"

enum {
	ROLES_ALL = ROLE_DISPATCHER | ROLE_SUPERVISOR | ROLE_ADMIN | ROLE_UNIT | ROLE_CHANNEL | ROLE_FEED,
	STAGES_ALL = (1 << STAGE_COUNT) - 1
};

static void
rows_are_whole(void **state)
{
	(void)state;
	for (int i = 0; i < ACTION_COUNT; i++) {
		const struct action_info *a = &action_table[i];
		enum action back;
		assert_true(action_parse(a->name, &back) && (int)back == i);
		assert_true(a->roles != 0 && (a->roles & ~(unsigned)ROLES_ALL) == 0);
		assert_true(a->stages != 0 && (a->stages & ~(unsigned)STAGES_ALL) == 0);
		assert_int_equal(a->needs & a->may, 0);
		assert_true(*a->help != '\0' && strlen(a->key) == (a->roles == ROLE_CHANNEL ? 0 : 1)); /* a channel has no keyboard */
		for (int k = 0; k < i; k++)
			assert_string_not_equal(a->name, action_table[k].name);
	}
}

/* The same key may mean two things only where nobody can be at both. */
static void
no_key_means_two_things_in_one_place(void **state)
{
	(void)state;
	for (int i = 0; i < ACTION_COUNT; i++)
		for (int k = 0; k < i; k++) {
			const struct action_info *a = &action_table[i], *b = &action_table[k];
			if (*a->key && strcmp(a->key, b->key) == 0 && (a->roles & b->roles) != 0 && (a->stages & b->stages) != 0)
				fail_msg("%s and %s both want %s", a->name, b->name, a->key);
		}
}

static void
what_cannot_be_taken_back_asks(void **state)
{
	static const enum action wide[] = {
		ACTION_MERGE, ACTION_SPLIT, ACTION_ANSWER, ACTION_END, ACTION_CLOSE, ACTION_RETURN
	};

	(void)state;
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		assert_true(action_table[wide[i]].asks);
	assert_false(action_table[ACTION_CONFIRM].asks);
}

static void
who_may_do_what_where(void **state)
{
	enum action a = ACTION_UNDO;

	(void)state;
	assert_true(action_allowed(ACTION_CONFIRM, ROLE_DISPATCHER, STAGE_TRIAGE));
	assert_false(action_allowed(ACTION_CONFIRM, ROLE_DISPATCHER, STAGE_DISPATCHED));
	assert_false(action_allowed(ACTION_CONFIRM, ROLE_UNIT, STAGE_TRIAGE));
	assert_true(action_allowed(ACTION_CONFIRM, ROLE_UNIT | ROLE_SUPERVISOR, STAGE_TRIAGE));
	assert_false(action_allowed(ACTION_ESCALATE, ROLE_SUPERVISOR, STAGE_TRIAGE));
	assert_true(action_allowed(ACTION_CHASE, ROLE_CHANNEL, STAGE_MERGED));
	assert_false(action_allowed(ACTION_CLAIM, ROLE_ADMIN | ROLE_FEED, STAGE_TRIAGE));
	assert_false(action_allowed(ACTION_CLAIM, 0, STAGE_TRIAGE));
	assert_false(action_allowed(ACTION_COUNT, ROLES_ALL, STAGE_TRIAGE));
	assert_false(action_allowed(ACTION_CLAIM, ROLES_ALL, STAGE_COUNT));
	assert_false(action_parse("Claim", &a));
	assert_false(action_parse(NULL, &a));
	assert_int_equal(a, ACTION_UNDO);
}

static void
arguments_have_names(void **state)
{
	(void)state;
	for (int i = 0; i < ACTION_COUNT; i++)
		for (unsigned bits = action_table[i].needs | action_table[i].may; bits != 0; bits &= bits - 1)
			assert_non_null(arg_name((enum action_arg)(bits & -bits)));
	assert_string_equal(arg_name(ARG_RECOMMENDATION), "recommendation");
	assert_string_equal(arg_name(ARG_OUTCOME), "outcome");
	assert_null(arg_name((enum action_arg)0));
	assert_null(arg_name((enum action_arg)(ARG_UNIT | ARG_ITEM)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(no_key_means_two_things_in_one_place),
		cmocka_unit_test(what_cannot_be_taken_back_asks),
		cmocka_unit_test(who_may_do_what_where),
		cmocka_unit_test(arguments_have_names),
	};
	return cmocka_run_group_tests_name("action", tests, NULL, NULL);
}
