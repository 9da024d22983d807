#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/feed/sse.h"

struct seen { int n; char id[8][32], event[8][32], data[8][64]; int stop_at; };

static bool note(void *ctx, const struct sse_event *ev)
{
	struct seen *s = ctx;

	strcpy(s->id[s->n], ev->id);
	strcpy(s->event[s->n], ev->event);
	strcpy(s->data[s->n], ev->data);
	assert_int_equal(strlen(ev->data), ev->data_len);
	return ++s->n != s->stop_at;
}

static struct seen decode(const char *text, size_t step)
{
	struct seen s = { 0 };
	struct sse_decoder d;
	size_t len = strlen(text);

	sse_decoder_init(&d, note, &s);
	for (size_t i = 0; i < len; i += step)
		assert_true(sse_decode(&d, text + i, len - i < step ? len - i : step));
	sse_decoder_free(&d);
	return s;
}

static void what_is_encoded_is_decoded(void **state)
{
	struct buf b = { 0 };
	struct seen s;

	(void)state;
	assert_true(sse_encode(&b, "e-1-2", "claim", "{\"a\":1}", 7));
	sse_encode_comment(&b, "still here");
	assert_true(sse_encode(&b, "e-1-3", NULL, "two\nlines\r\nthree", 16));
	for (size_t step = 1; step < 9; step++) {
		s = decode(b.data, step);
		assert_int_equal(s.n, 2);
		assert_string_equal(s.id[0], "e-1-2");
		assert_string_equal(s.event[0], "claim");
		assert_string_equal(s.data[0], "{\"a\":1}");
		assert_string_equal(s.event[1], "message");
		assert_string_equal(s.data[1], "two\nlines\nthree");
	}
	buf_free(&b);
}

static void a_line_break_cannot_be_smuggled_in(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_false(sse_encode(&b, "1\ndata: x", "claim", "", 0));
	assert_false(sse_encode(&b, "1", "claim\rid: 2", "", 0));
	assert_int_equal(b.len, 0);
	buf_free(&b);
}

static void the_standards_corners(void **state)
{
	struct seen s = decode("\xEF\xBB\xBF" "data: bom\r\rid: 7\r\n\r\n:c\ndata\ndata: \ndata:  two\nnothing: x\n\ndata: half", 3);

	(void)state;
	assert_int_equal(s.n, 2);
	assert_string_equal(s.data[0], "bom");
	assert_string_equal(s.id[0], "");
	assert_string_equal(s.id[1], "7"); /* an id without data holds from then on */
	assert_string_equal(s.data[1], "\n\n two");
}

static void a_half_event_is_dropped_on_a_new_connection(void **state)
{
	struct seen s = { 0 };
	struct sse_decoder d;

	(void)state;
	sse_decoder_init(&d, note, &s);
	assert_true(sse_decode(&d, "id: 1\ndata: a\n\nid: 2\ndata: ha", 29));
	sse_decoder_reset(&d);
	assert_true(sse_decode(&d, "data: b\n\n", 9));
	assert_int_equal(s.n, 2);
	assert_string_equal(s.data[1], "b");
	assert_string_equal(s.id[1], "1");
	sse_decoder_free(&d);
}

static void too_long_a_line_ends_the_stream(void **state)
{
	struct seen s = { 0 };
	struct sse_decoder d;
	static char big[65536];
	bool ok = true;

	(void)state;
	memset(big, 'x', sizeof big);
	sse_decoder_init(&d, note, &s);
	for (int i = 0; i < 20 && ok; i++)
		ok = sse_decode(&d, big, sizeof big);
	assert_false(ok);
	assert_int_equal(s.n, 0);
	sse_decoder_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_encoded_is_decoded), cmocka_unit_test(a_line_break_cannot_be_smuggled_in),
		cmocka_unit_test(the_standards_corners), cmocka_unit_test(a_half_event_is_dropped_on_a_new_connection),
		cmocka_unit_test(too_long_a_line_ends_the_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
