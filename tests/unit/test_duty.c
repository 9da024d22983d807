#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "core/appeal/duty.h"

static struct duty_list *d;

static bool
unit(const char *code, const char *parent)
{
	return duty_add_unit(d, code, "区城市管理局", NULL, parent, "district", "urban management", "440306", false,
	    true);
}

static int
begin(void **state)
{
	(void)state;
	d = duty_list_new(7);
	return d != NULL ? 0 : -1;
}

static int
end(void **state)
{
	(void)state;
	duty_list_free(d);
	duty_list_free(NULL);
	return 0;
}

static void
everything_is_copied(void **state)
{
	char code[] = "R12", name[] = "燃气安全隐患", word[] = "燃气", unit_code[] = "zjj";
	const char *words[] = { word, "煤气", NULL }, *assist[] = { "xfj", NULL };

	(void)state;
	assert_true(duty_add_unit(d, unit_code, "区住房和建设局", "住建局", NULL, "district", "housing", "440306",
	    true, true));
	assert_true(duty_add_item(d, &(struct duty_item){ .code = code, .category = "安全", .class_ = "燃气",
	    .name = name, .keywords = words, .assist = assist, .priority = PRIORITY_URGENT, .handle_days = 3,
	    .lead = unit_code }));
	memset(code, 'x', 3);
	memset(name, 'x', 3);
	memset(word, 'x', 3);
	memset(unit_code, 'x', 3);
	assert_true(duty_list_done(d));
	const struct duty_item *i = duty_item(d, "R12");
	assert_non_null(i);
	assert_string_equal(i->name, "燃气安全隐患");
	assert_string_equal(i->definition, "");
	assert_int_equal(i->nkeywords, 2);
	assert_string_equal(i->keywords[0], "燃气");
	assert_null(i->keywords[2]);
	assert_int_equal(i->nassist, 1);
	assert_int_equal(i->handle_days, 3);
	assert_string_equal(duty_lead(d, i, NULL, 0)->shrt, "住建局");
	assert_int_equal(duty_revision(d), 7);
}

static void
a_code_stands_once(void **state)
{
	(void)state;
	assert_true(unit("a", NULL));
	assert_false(unit("a", NULL));
	assert_false(unit("", NULL));
	assert_false(unit(NULL, NULL));
	assert_true(duty_add_item(d, &(struct duty_item){ .code = "a", .lead = "a" }));
	assert_false(duty_add_item(d, &(struct duty_item){ .code = "a", .lead = "a" }));
	assert_false(duty_add_item(d, &(struct duty_item){ .code = "" }));
	assert_true(duty_add_resolved(d, "f", "district", "1", "a"));
	assert_false(duty_add_resolved(d, "f", "district", "1", "a"));
	assert_true(duty_list_done(d));
	assert_int_equal(duty_units(d), 1);
	assert_int_equal(duty_items(d), 1);
}

static void
parents_may_come_later(void **state)
{
	(void)state;
	assert_true(unit("street", "district"));
	assert_true(unit("district", "city"));
	assert_true(unit("city", ""));
	assert_true(duty_list_done(d));
	assert_ptr_equal(duty_unit(d, "street")->parent->parent, duty_unit(d, "city"));
	assert_null(duty_unit(d, "city")->parent);
	assert_string_equal(duty_unit_at(d, 0)->code, "street");
	assert_string_equal(duty_unit(d, "city")->shrt, "区城市管理局"); /* no short name: the name */
	assert_null(duty_unit_at(d, 3));
	assert_null(duty_item_at(d, 0));
	assert_null(duty_unit(d, "nobody"));
	assert_null(duty_unit(d, NULL));
}

static void
an_unknown_parent_fails_the_list(void **state)
{
	(void)state;
	assert_true(unit("street", "nowhere"));
	assert_false(duty_list_done(d));
}

static void
a_circle_fails_the_list(void **state)
{
	(void)state;
	assert_true(unit("a", "b"));
	assert_true(unit("b", "c"));
	assert_true(unit("c", "a"));
	assert_false(duty_list_done(d));
}

static const char *
lead(const char *rule, const char *const *areas, int n)
{
	const struct duty_item item = { .code = "x", .lead = rule };
	const struct unit *u = duty_lead(d, &item, areas, n);

	return u != NULL ? u->code : "nobody";
}

static void
a_lead_is_found_where_it_happened(void **state)
{
	static const char *const here[] = { "community", "street", "district" }, *const there[] = { "elsewhere" };

	(void)state;
	assert_true(unit("cg-district", NULL) && unit("cg-street", NULL));
	assert_true(duty_add_unit(d, "gone", "x", "x", NULL, "bureau", "", "", false, false));
	assert_true(duty_add_resolved(d, "urban management", "district", "district", "cg-district"));
	assert_true(duty_add_resolved(d, "urban management", "street", "street", "cg-street"));
	assert_true(duty_add_resolved(d, "closed", "street", "street", "gone"));
	assert_true(duty_add_resolved(d, "unknown", "street", "street", "never heard of"));
	assert_true(duty_list_done(d));
	assert_string_equal(lead("cg-street", NULL, 0), "cg-street");
	assert_string_equal(lead("urban management@district", here, 3), "cg-district");
	assert_string_equal(lead("urban management @ street", here, 3), "cg-street");
	assert_string_equal(lead("urban management@district", there, 1), "nobody");
	assert_string_equal(lead("urban management@district", here, 0), "nobody");
	assert_string_equal(lead("urban@district", here, 3), "nobody");
	assert_string_equal(lead("@", here, 3), "nobody");
	assert_string_equal(lead("", here, 3), "nobody");
	assert_string_equal(lead("closed@street", here, 3), "nobody");
	assert_string_equal(lead("unknown@street", here, 3), "nobody");
	assert_string_equal(lead("gone", here, 3), "nobody");
}

static void
thousands(void **state)
{
	char code[24], above[24];

	(void)state;
	for (int i = 0; i < 5000; i++) {
		snprintf(code, sizeof code, "u%d", i);
		snprintf(above, sizeof above, "u%d", i / 10);
		assert_true(unit(code, i > 0 ? above : NULL));
		assert_true(duty_add_item(d, &(struct duty_item){ .code = code, .lead = code }));
	}
	assert_true(duty_list_done(d));
	assert_int_equal(duty_units(d), 5000);
	assert_string_equal(duty_unit(d, "u4321")->parent->code, "u432");
	assert_string_equal(duty_item_at(d, 4999)->code, "u4999");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(everything_is_copied, begin, end),
		cmocka_unit_test_setup_teardown(a_code_stands_once, begin, end),
		cmocka_unit_test_setup_teardown(parents_may_come_later, begin, end),
		cmocka_unit_test_setup_teardown(an_unknown_parent_fails_the_list, begin, end),
		cmocka_unit_test_setup_teardown(a_circle_fails_the_list, begin, end),
		cmocka_unit_test_setup_teardown(a_lead_is_found_where_it_happened, begin, end),
		cmocka_unit_test_setup_teardown(thousands, begin, end),
	};
	return cmocka_run_group_tests_name("duty", tests, NULL, NULL);
}
