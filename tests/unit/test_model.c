/*
 * A model: two learners and how far the log is in them. The same lessons give the same bytes, also where it was saved and read again in
 * between; what is no model, or damaged, is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/model.h"

static const struct { const char *text, *unit, *name, *item; } cases[] = {
	{ "小区门口闻到很浓的燃气味，请马上派人", "gas", "燃气集团", "A1" }, { "夜间施工噪音太大，睡不着觉", "env", "生态环境局", "B2" },
	{ "路灯坏了一个星期没人修", "light", "灯光中心", "" }, { "楼下烧烤店油烟直排，呛得没法开窗", "env", "生态环境局", "B3" },
	{ "燃气管道施工把路挖断了", "gas", "燃气集团", "A2" }, { "工地夜里打桩，孩子没法睡", "env", "生态环境局", "B2" },
};
enum { CASES = sizeof cases / sizeof *cases };

static struct model_lesson lesson(int i)
{
	return (struct model_lesson){ .what = { .text = cases[i % CASES].text, .len = strlen(cases[i % CASES].text), .title = "", .place = "P1",
	    .channel = "hotline", .type = "" }, .unit = cases[i % CASES].unit, .unit_name = cases[i % CASES].name, .item = cases[i % CASES].item,
	    .item_name = cases[i % CASES].item, .no = 2611220000000 + i, .weight = 1 };
}

static void learn(struct model *m, int from, int upto)
{
	for (int i = from; i < upto; i++) {
		struct model_lesson l = lesson(i);

		assert_true(model_learn(m, &l));
		m->seq = i + 1;
	}
}

static struct buf saved(const struct model *m)
{
	struct buf b = { 0 };

	assert_true(model_save(m, &b));
	return b;
}

static void same_lessons_same_bytes(void **state)
{
	struct model *a = model_new(), *b = model_new(), *c;
	struct buf x, y;
	struct err e;

	(void)state;
	learn(a, 0, 40);
	learn(b, 0, 17);
	x = saved(b);
	c = model_load(x.data, x.len, &e);
	assert_non_null(c);
	assert_int_equal(c->seq, 17);
	assert_int_equal(c->taught, 17);
	y = saved(c);
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.data, y.data, x.len);
	buf_free(&x);
	buf_free(&y);
	learn(c, 17, 40);
	x = saved(a);
	y = saved(c);
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.data, y.data, x.len);
	buf_free(&x);
	buf_free(&y);
	model_free(a);
	model_free(b);
	model_free(c);
}

static void what_was_learnt_is_asked(void **state)
{
	struct model *m = model_new();
	struct learner_text q = { .text = "燃气味很大", .len = strlen("燃气味很大"), .title = "", .place = "", .channel = "", .type = "" };
	struct arena a = { 0 };
	struct guess g[3];
	struct learner_reading *r;

	(void)state;
	learn(m, 0, 30);
	assert_int_equal(learner_labels(m->units), 3);
	assert_int_equal(learner_labels(m->items), 4);
	assert_non_null(r = learner_read(m->units, &q, &a));
	assert_true(learner_guess(m->units, r, g, 3, NULL) > 0);
	assert_string_equal(learner_code(m->units, g[0].label), "gas");
	arena_free(&a);
	model_free(m);
}

static void trained_at_once(void **state)
{
	struct model *m = model_new();
	struct model_lesson all[60];
	char name[MODEL_NAME];

	(void)state;
	for (int i = 0; i < 60; i++)
		all[i] = lesson(i);
	assert_true(model_train(m, all, 60, NULL));
	assert_int_equal(learner_labels(m->units), 3);
	model_name(m, 3, name);
	assert_string_equal(name, "city-3+0");
	model_free(m);
}

static void names(void **state)
{
	struct model *m = model_new();
	char name[MODEL_NAME];

	(void)state;
	model_name(m, 0, name);
	assert_string_equal(name, "");
	learn(m, 0, 2);
	model_name(m, 0, name);
	assert_string_equal(name, "city-0+2");
	m->taught = INT64_MAX;
	model_name(m, INT32_MAX, name);
	assert_int_equal(strlen(name), MODEL_NAME - 1); /* cut, not beyond its room */
	model_free(m);
}

static void refused(const char *bytes, size_t len)
{
	struct err e = { 0 };

	assert_null(model_load(bytes, len, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_true(e.message[0] != '\0');
}

static void damage_is_refused(void **state)
{
	struct model *m = model_new(), *empty;
	struct buf b;
	struct err e;

	(void)state;
	learn(m, 0, 12);
	b = saved(m);
	refused("FENBO", 5);
	refused("not a model at all, but long enough to be one", 45);
	for (size_t len = 1; len < b.len; len += 1 + b.len / 97)
		refused(b.data, len);
	buf_putc(&b, 'x');
	refused(b.data, b.len);
	b.data[8] = 99; /* the version */
	refused(b.data, b.len - 1);
	b.data[8] = 1;
	b.data[b.len / 2] ^= 0x40;
	refused(b.data, b.len - 1);
	empty = model_load("", 0, &e);
	assert_non_null(empty);
	assert_int_equal(empty->seq, 0);
	model_free(empty);
	buf_free(&b);
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_lessons_same_bytes), cmocka_unit_test(what_was_learnt_is_asked), cmocka_unit_test(trained_at_once),
		cmocka_unit_test(names), cmocka_unit_test(damage_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
