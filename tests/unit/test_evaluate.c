/* What is counted of guesses, and the metrics made of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counted),
		cmocka_unit_test(certain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
