/* Numbers of other cases in a text: ours, the channel's, and what only looks like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/machine/quoted.h"

static struct quoted q;

static void
find(const char *text)
{
	quoted_find(text, strlen(text), &q);
}

static void
test_ours(void **state)
{
	char digits[14] = "261122000012", text[200];
	case_no no;

	(void)state;
	digits[12] = (char)('0' + number_check(digits, 12));
	assert_true(number_parse(digits, 13, &no));
	snprintf(text, sizeof text, "上次的单号是%s，至今没人来。", digits);
	find(text);
	assert_int_equal(q.owns, 1);
	assert_int_equal(q.own[0], no);
	assert_int_equal(q.tickets, 0);
	snprintf(text, sizeof text, "（编号%.6s-%.6s-%c，又见 %.6s－%.6s－%c）", digits, digits + 6, digits[12], digits, digits + 6, digits[12]);
	find(text);
	assert_int_equal(q.owns, 1); /* twice the same */
	assert_int_equal(q.own[0], no);
	digits[12] = (char)('0' + (digits[12] - '0' + 1) % 10); /* misheard: nobody's case, though perhaps a channel's */
	find(digits);
	assert_int_equal(q.owns, 0);
	assert_int_equal(q.tickets, 1);
}

static void
test_tickets(void **state)
{
	(void)state;
	find("交警来电反馈：（政府工单号：20180103140199）《关于……》，另见工单号２０１８０１０２１２３２２８和HK-2018-000123。");
	assert_int_equal(q.tickets, 3);
	assert_string_equal(q.ticket[0], "20180103140199");
	assert_string_equal(q.ticket[1], "20180102123228");
	assert_string_equal(q.ticket[2], "HK-2018-000123");
}

static void
test_no_numbers(void **state)
{
	(void)state;
	find("2018-01-03 10:24:34答复：请拨打13800138000或58038641。2017年12月30日，车牌琼A65116，航班HU7781，-- 12-3 --");
	assert_int_equal(q.owns, 0);
	assert_int_equal(q.tickets, 1); /* a fixed line could be a ticket: the database does not know it */
	assert_string_equal(q.ticket[0], "58038641");
}

static void
test_hostile(void **state)
{
	size_t n = 2 << 20;
	char *big = malloc(n);

	(void)state;
	memset(big, '7', n);
	quoted_find(big, n, &q);
	assert_int_equal(q.tickets, 0); /* no number is that long */
	for (size_t i = 0; i < n; i++)
		big[i] = i % 9 == 8 ? ' ' : (char)('0' + (i / 9 * 7 + i) % 10);
	quoted_find(big, n, &q);
	assert_true(q.tickets > 1 && q.tickets <= QUOTED_MAX);
	for (size_t i = 0; i < n; i++)
		big[i] = (char)(i * 2654435761u >> 13);
	quoted_find(big, n, &q);
	quoted_find("", 0, &q);
	assert_int_equal(q.tickets + q.owns, 0);
	free(big);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ours),
		cmocka_unit_test(test_tickets),
		cmocka_unit_test(test_no_numbers),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
