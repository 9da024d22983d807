/* Crowds: a crowd is gathered and counted by people; one caller, a form filled in for other addresses, what a person took out are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/crowds.h"

#define MINUTE (60 * USEC_S)
static const usec_t noon = INT64_C(1795000000) * USEC_S;

struct town { struct repeats *index; struct crowds *crowds; case_no next; };

static int
setup(void **state)
{
	static struct town t;
	static const char *const filler[] = {
		"西乡街道固戍二路夜间有大货车违停，影响通行", "福永街道白石厦工业区废气排放，气味刺鼻", "咨询如何办理居住证续签需要哪些材料", "新安街道翻身路有人占道经营摆卖水果",
		"公交车M234线等了四十分钟没有来", "松岗街道小区物业不公开账目，业主要求查账", "沙井街道路灯坏了半个月没有人修", "石岩街道水田社区垃圾桶满溢，没有清运",
	};

	t = (struct town){ .index = repeats_new(), .crowds = crowds_new(), .next = 1000 };
	for (size_t i = 0; i < sizeof filler / sizeof *filler; i++) {
		struct repeat_case c = { .no = (case_no)i + 1, .at = noon - (usec_t)i * 900 * MINUTE, .text = filler[i],
			.text_len = strlen(filler[i]), .place = "P0", .open = true };

		assert_true(repeats_add(t.index, &c));
	}
	*state = &t;
	return 0;
}

static int
teardown(void **state)
{
	struct town *t = *state;

	repeats_free(t->index);
	crowds_free(t->crowds);
	return 0;
}

/* Somebody says this; the group it is in. */
static int
said(struct town *t, const char *text, const char *place, uint64_t person)
{
	struct repeat_case c = { .no = ++t->next, .at = noon + (usec_t)t->next * MINUTE / 10, .text = text, .text_len = strlen(text), .place = place,
		.item = strstr(text, "水管") || strstr(text, "停水") ? "SD-002" : strstr(text, "油烟") ? "HB-007" : "", .person = person, .open = true };
	struct repeat_hit hit[CROWDS_HITS];

	assert_true(repeats_add(t->index, &c));
	return crowds_add(t->crowds, &(struct crowd_case){ .no = c.no, .at = c.at, .person = person }, hit,
	    repeats_find_known(t->index, c.no, NULL, CROWDS_LEAST, hit, CROWDS_HITS));
}

static const char *const pipe_words[] = {
	"海秀路金鼎花园门口水管爆了，水漫到路上来了", "金鼎花园小区门前自来水管爆裂，路面全是水，车过不去", "海秀路这里水管爆裂，整个金鼎花园停水了",
	"金鼎花园停水，听说是门口水管爆了，什么时候修好", "海秀路金鼎花园路段自来水管爆裂喷水，请马上派人抢修", "金鼎花园门口地下水管爆裂，水喷出来有一米高",
};

static void
test_crowd(void **state)
{
	struct town *t = *state;
	int g = said(t, pipe_words[0], "P1", 501), people;
	case_no member[8];

	for (int i = 1; i < 6; i++)
		assert_int_equal(said(t, pipe_words[i], "P1", 501 + (uint64_t)i), g);
	assert_int_equal(crowds_size(t->crowds, g, &people), 6);
	assert_int_equal(people, 6);
	assert_int_equal(crowds_members(t->crowds, g, member, 8), 6);
	assert_int_equal(member[0], t->next); /* newest first */
	assert_int_not_equal(said(t, "沙井街道路灯坏了没有人来修", "P7", 900), g);
}

static void
test_people_not_messages(void **state)
{
	struct town *t = *state;
	int g = said(t, pipe_words[0], "P1", 501), people;

	for (int i = 0; i < 7; i++)
		assert_int_equal(said(t, pipe_words[i % 3], "P1", 501), g); /* one caller, eight times */
	assert_int_equal(crowds_size(t->crowds, g, &people), 8);
	assert_int_equal(people, 1);
	said(t, pipe_words[4], "P1", 0);
	said(t, pipe_words[4], "P1", 0); /* nobody's number, word for word the same */
	said(t, pipe_words[5], "P1", 0);
	assert_int_equal(crowds_size(t->crowds, g, &people), 11);
	assert_int_equal(people, 3);
}

static void
test_form_for_other_addresses(void **state)
{
	struct town *t = *state;
	static const char *const form[] = {
		"锦绣花园小区楼下餐馆油烟直排扰民，长期投诉无果，请处理", "滨江家园小区楼下餐馆油烟直排扰民，长期投诉无果，请处理",
		"龙湖广场小区楼下餐馆油烟直排扰民，长期投诉无果，请处理", "翠竹公寓小区楼下餐馆油烟直排扰民，长期投诉无果，请处理",
	};
	static const char *const places[] = { "P1", "P2", "P3", "P4" };
	int groups[4];

	for (int i = 0; i < 4; i++)
		groups[i] = said(t, form[i], places[i], 700 + (uint64_t)i);
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < i; k++)
			assert_int_not_equal(groups[i], groups[k]);
}

static void
test_taken_out_and_closed(void **state)
{
	struct town *t = *state;
	int g = said(t, pipe_words[0], "P1", 501);
	case_no first = t->next;

	said(t, pipe_words[1], "P1", 502);
	crowds_name(t->crowds, g, 77);
	assert_int_equal(crowds_id(t->crowds, g), 77);
	crowds_out(t->crowds, first);
	assert_int_equal(crowds_group(t->crowds, first), 0);
	assert_int_equal(crowds_size(t->crowds, g, NULL), 1);
	assert_int_equal(crowds_add(t->crowds, &(struct crowd_case){ .no = first, .at = noon }, NULL, 0), 0); /* not again */
	assert_int_equal(said(t, pipe_words[2], "P1", 503), g);
	crowds_close(t->crowds, 77);
	assert_int_not_equal(said(t, pipe_words[3], "P1", 504), g);
}

static void
test_seeded(void **state)
{
	struct town *t = *state;
	int people;

	crowds_seed(t->crowds, 9, &(struct crowd_case){ .no = 1, .at = noon, .person = 5 });
	crowds_seed(t->crowds, 9, &(struct crowd_case){ .no = 2, .at = noon, .person = 6 });
	crowds_seed(t->crowds, 9, &(struct crowd_case){ .no = 2, .at = noon, .person = 6 });
	assert_int_equal(crowds_size(t->crowds, crowds_group(t->crowds, 1), &people), 2);
	assert_int_equal(people, 2);
	assert_int_equal(crowds_id(t->crowds, crowds_group(t->crowds, 2)), 9);
	assert_int_equal(crowds_expire(t->crowds, noon + 1), 2);
	assert_int_equal(crowds_count(t->crowds), 0);
	assert_int_equal(crowds_group(t->crowds, 1), 0);
}

static void
test_bounded(void **state)
{
	struct crowds *b = ((struct town *)*state)->crowds;

	for (int i = 1; i <= CROWDS_CASES + 5000; i++)
		assert_true(crowds_add(b, &(struct crowd_case){ .no = i, .at = noon + i, .person = (uint64_t)i }, NULL, 0) > 0);
	assert_int_equal(crowds_count(b), CROWDS_CASES);
	assert_true(crowds_bytes(b) / CROWDS_CASES < 128);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_crowd, setup, teardown),
		cmocka_unit_test_setup_teardown(test_people_not_messages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_form_for_other_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_taken_out_and_closed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_seeded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounded, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
