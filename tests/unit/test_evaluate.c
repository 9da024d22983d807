/* What is counted of guesses, and the metrics made of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/evaluate.h"

static void
near(double got, double want)
{
	assert_true(fabs(got - want) < 1e-6);
}

static void
counted(void **state)
{
	static const struct guess first[] = { { 0, 0.9f }, { 1, 0.05f } }, third[] = { { 2, 0.5f }, { 1, 0.2f }, { 0, 0.1f } };
	struct evaluate e = { 0 };

	(void)state;
	near(evaluate_top1(&e), 0);
	near(evaluate_macro_f1(&e), 0);
	assert_true(evaluate_add(&e, 0, first, 2));  /* right */
	assert_true(evaluate_add(&e, 0, third, 3));  /* right at the third */
	assert_true(evaluate_add(&e, 7000, first, 2)); /* a label never guessed */
	assert_true(evaluate_add(&e, 1, NULL, 0));   /* no guess at all */
	assert_int_equal(e.rows, 4);
	near(evaluate_top1(&e), 0.25);
	near(evaluate_top3(&e), 0.5);
	/* Label 0: right 1, said 2, was 2 → 0.5; labels 2, 7000 and 1: 0. */
	near(evaluate_macro_f1(&e), 0.5 / 4);
	/* Bin 0.9: said 1.8, right 1; bin 0.5: said 0.5, right 0; bin 0: said 0, right 0. */
	near(evaluate_ece(&e), (0.8 + 0.5 + 0) / 4);
	assert_int_equal(e.bin[9].rows, 2);
	evaluate_free(&e);
	assert_null(e.label);
}

static void
certain(void **state)
{
	static const struct guess sure[] = { { 3, 1.0f } };
	struct evaluate e = { 0 };

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_true(evaluate_add(&e, 3, sure, 1));
	near(evaluate_ece(&e), 0);
	near(evaluate_macro_f1(&e), 1);
	assert_int_equal(e.bin[EVALUATE_BINS - 1].rows, 10);
	evaluate_free(&e);
}

/* A learner that knows two labels, counted by the numbers of one that has them the other way round, or knows but one of them. */
static void
asked(void **state)
{
	static const char *const text[] = { "路灯不亮已经一周", "噪音扰民晚上施工" }, *const code[] = { "lamp", "noise" };
	struct learner *l = learner_new(4), *turned = learner_new(4), *one = learner_new(4);
	struct evaluate e = { 0 };
	struct arena a = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		int label = learner_label(l, code[i], NULL);

		for (int k = 0; k < 8; k++)
			assert_true(learner_learn(l, &(struct lesson){ .what = { .text = text[i], .len = strlen(text[i]) }, .label = label, .weight = 1 }));
		learner_label(turned, code[1 - i], NULL);
	}
	learner_label(one, code[1], NULL);
	for (int i = 0; i < 2; i++)
		assert_true(evaluate_ask(&e, l, &(struct learner_text){ .text = text[i], .len = strlen(text[i]) }, turned, code[i], &a));
	assert_int_equal(e.rows, 2);
	assert_int_equal(e.top1, 2);
	/* Nothing was decided: nothing is counted. */
	assert_true(evaluate_ask(&e, l, &(struct learner_text){ .text = text[0], .len = strlen(text[0]) }, turned, "", &a));
	assert_int_equal(e.rows, 2);
	/* The first guess is a label that the other does not know: a miss, not a hit on whatever has its number there. */
	assert_true(evaluate_ask(&e, l, &(struct learner_text){ .text = text[0], .len = strlen(text[0]) }, one, code[1], &a));
	assert_int_equal(e.rows, 3);
	assert_int_equal(e.top1, 2);
	evaluate_free(&e);
	arena_free(&a);
	learner_free(l);
	learner_free(turned);
	learner_free(one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counted),
		cmocka_unit_test(certain),
		cmocka_unit_test(asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
