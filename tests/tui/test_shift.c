/*
 * Shifts and handovers at the console: what each key asks of PostgreSQL, and that not everything is acknowledged at once before everything was seen.
 */
#include "tests/tui/fake.h"

static struct fake *opened(const char *keys, int rows)
{
	struct fake *f = fake_new(rows, 80, NULL);

	f->c->who.role = ROLE_SUPERVISOR;
	fake_type(f, keys);
	return f;
}

static void one_key_acknowledges_one(void **state)
{
	struct fake *f = opened("gh", 24);

	(void)state;
	fake_type(f, " ");
	assert_string_equal(f->changed, "handover_ack 4 {1} false");
	fake_type(f, " ");                       /* the cursor has gone on */
	assert_string_equal(f->changed, "handover_ack 4 {2} false");
	fake_type(f, "j ");                      /* this one is acknowledged: nothing is asked */
	assert_int_equal(f->changes, 2);
	fake_free(f);
}

static void all_only_when_seen(void **state)
{
	struct fake *f = opened("gh", 24);

	(void)state;
	console_key(f->c, &(struct key){ .code = 'A' }, f->mono + 100000); /* a tenth of a second is no look */
	assert_int_equal(f->changes, 0);
	f->mono += 2 * USEC_S;
	fake_type(f, "A");
	assert_string_equal(f->changed, "handover_ack 4 {1,2,3,6,8,7} true"); /* 9 says how many are open: a number, no duty */
	fake_free(f);

	f = opened("gh", 9);                    /* some stand below the edge */
	f->mono += 2 * USEC_S;
	fake_type(f, "A");
	assert_int_equal(f->changes, 0);
	fake_type(f, "G");
	f->mono += 2 * USEC_S;
	fake_type(f, "A");
	assert_string_equal(f->changed, "handover_ack 4 {1,2,3,6,8,7} true");
	fake_free(f);

	f = opened("gh", 9);                    /* leafed through faster than anybody reads: not the time since then counts */
	for (int i = 0; i < 2; i++) {
		console_key(f->c, &(struct key){ .code = i ? KEYMAP_HOME : KEYMAP_END }, f->mono += 100000);
		fake_paint(f);
	}
	f->mono += 2 * USEC_S;
	fake_type(f, "A");
	assert_int_equal(f->changes, 0);
	fake_free(f);
}

static void a_draft_is_edited_and_sent(void **state)
{
	struct fake *f = opened("gh[", 24);

	(void)state;
	fake_type(f, ";!\n");
	assert_string_equal(f->changed, "handover_edit 3 8 remark 1 已联系燃气集团，等回电! -");
	fake_type(f, "j-done\n");
	assert_string_equal(f->changed, "handover_edit 3 8 drop 2 done -");
	fake_type(f, "+press asks\n");
	assert_string_equal(f->changed, "handover_edit 3 8 add - press asks -");
	fake_type(f, "GG-");
	assert_int_equal(f->changes, 3);         /* the last line is no dropped one: it asks why, and nothing is typed yet */
	fake_type(f, "\033>2");
	assert_int_equal(f->changes, 3);
	fake_type(f, ">1");
	assert_string_equal(f->changed, "handover_send 3 8");
	fake_type(f, "<");
	assert_string_equal(f->changed, "handover_undo 3");
	fake_type(f, ".");
	assert_string_equal(f->changed, "handover_draft");
	fake_free(f);
}

static void swaps_leave_and_attendance(void **state)
{
	struct fake *f = opened("gw\t\t", 24);

	(void)state;
	fake_type(f, "+");
	assert_string_equal(f->changed, "shift_swap 7 approve -");
	fake_type(f, "-");
	assert_string_equal(f->changed, "shift_swap 7 withdraw -");
	fake_type(f, "j+");
	assert_string_equal(f->changed, "shift_leave 3 approve -");
	fake_type(f, "\tj;1said so\n");
	assert_string_equal(f->changed, "attendance_correct 2026-11-22 3 sunqi present said so");
	fake_free(f);

	f = opened("gw\t", 24);
	fake_type(f, "ljj+lisi 2026-11-26 1\n");
	assert_string_equal(f->changed, "shift_swap_ask - 2026-11-23 5 lisi 2026-11-26 1 -");
	fake_type(f, "-2");
	assert_string_equal(f->changed, "shift_leave_ask - 2026-11-23T20:00:00+08:00 2026-11-23T23:59:59+08:00 sick -");
	fake_free(f);
}

static void cases_are_dealt_after_a_look(void **state)
{
	struct fake *f = opened("gw", 24);

	(void)state;
	fake_type(f, ".\n");
	assert_int_equal(f->changes, 0);
	fake_type(f, "2");
	assert_int_equal(f->changes, 0);
	fake_type(f, ".\n1");
	assert_string_equal(f->changed, "shift_deal - false {2611220000017,2611220000025,2611220000030} {\"lisi\",\"zhangsan\",\"lisi\"}");
	assert_non_null(strstr(f->c->message.text, "2 of 3 dealt out"));
	fake_free(f);
}

static void whoever_gets_a_case_is_told(void **state)
{
	struct fake *f = opened("", 24);
	struct summary s = fake_summary(5, 2);

	(void)state;
	s.owner = "zhangsan";
	console_news(f->c, &s, "assign", "zhaoliu");
	assert_non_null(strstr(f->c->message.text, "zhaoliu"));
	s.version++;
	s.owner = "";
	f->c->message.text[0] = '\0';
	console_news(f->c, &s, "handover", "system");
	assert_non_null(strstr(f->c->message.text, "261122-000006"));
	s.version++;
	f->c->message.text[0] = '\0';
	console_news(f->c, &s, "handover", "system"); /* it was not this person's */
	assert_string_equal(f->c->message.text, "");
	fake_free(f);
}

static void a_unit_has_no_shifts(void **state)
{
	struct fake *f = fake_new(24, 80, NULL);

	(void)state;
	f->c->who.role = ROLE_UNIT;
	fake_type(f, "gw");
	assert_int_equal(f->c->depth, 1);
	fake_type(f, "gh");
	assert_int_equal(f->c->depth, 1);
	fake_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_key_acknowledges_one), cmocka_unit_test(all_only_when_seen), cmocka_unit_test(a_draft_is_edited_and_sent),
		cmocka_unit_test(swaps_leave_and_attendance), cmocka_unit_test(cases_are_dealt_after_a_look), cmocka_unit_test(a_unit_has_no_shifts), cmocka_unit_test(whoever_gets_a_case_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
