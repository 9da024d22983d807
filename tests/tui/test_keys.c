/* Keys: UTF-8 assembled from pieces, pastes cleaned, full-width forms as commands. */
#include "tests/tui/fake.h"

static int feed(struct keys *k, const char *bytes, struct key *out, int max)
{
	int n = 0;

	for (const char *p = bytes; *p; p++)
		if (keys_feed(k, (unsigned char)*p, &out[n < max ? n : max - 1]))
			n++;
	return n;
}

static void assembles_characters(void **state)
{
	struct keys k = { 0 };
	struct key out[8];

	(void)state;
	assert_int_equal(feed(&k, "a城\xF0\xA0\x80\x80", out, 8), 3);
	assert_int_equal(out[0].code, 'a');
	assert_int_equal(out[1].code, 0x57CE);
	assert_int_equal(out[2].code, 0x20000);
	/* A character cut off by another key is dropped, the key is not. */
	assert_int_equal(feed(&k, "\xE5\x9F" "j", out, 8), 1);
	assert_int_equal(out[0].code, 'j');
	/* Stray continuation, overlong, surrogate, C1: nothing. */
	assert_int_equal(feed(&k, "\x80\xC0\xAF\xED\xA0\x80\xC2\x9B", out, 8), 0);
	assert_int_equal(feed(&k, "\r", out, 8), 1);
	assert_int_equal(out[0].code, '\n');
	keys_free(&k);
}

static void names_keys(void **state)
{
	struct keys k = { 0 };
	struct key out;

	(void)state;
	assert_true(keys_feed(&k, RAW_UP, &out));
	assert_int_equal(out.code, KEYMAP_UP);
	assert_true(keys_feed(&k, RAW_F0 + 12, &out));
	assert_int_equal(out.code, KEYMAP_F0 + 12);
	assert_true(keys_feed(&k, RAW_BACKSPACE, &out));
	assert_int_equal(out.code, 127);
	assert_false(keys_feed(&k, 100000, &out));
	assert_false(keys_feed(&k, -1, &out));
	keys_free(&k);
}

static void cleans_a_paste(void **state)
{
	struct keys k = { 0 };
	struct key out;

	(void)state;
	keys_feed(&k, RAW_PASTE, &out);
	for (const char *p = "路灯\033[31m坏了\a\r\n第二行\033]0;x\007"; *p; p++)
		assert_false(keys_feed(&k, (unsigned char)*p, &out));
	assert_false(keys_feed(&k, RAW_UP, &out));
	assert_true(keys_feed(&k, RAW_PASTE_END, &out));
	assert_int_equal(out.code, KEY_PASTE);
	assert_string_equal(out.text, "路灯坏了\n第二行");
	/* One without end is bounded, and an end without beginning is nothing. */
	keys_feed(&k, RAW_PASTE, &out);
	for (int i = 0; i < PASTE_MAX_BYTES * 2; i++)
		keys_feed(&k, 'x', &out);
	assert_true(keys_feed(&k, RAW_PASTE_END, &out));
	assert_true(out.len < PASTE_MAX_BYTES);
	assert_false(keys_feed(&k, RAW_PASTE_END, &out));
	keys_free(&k);
}

static void full_width_is_plain(void **state)
{
	(void)state;
	assert_int_equal(keys_plain(0xFF11), '1');
	assert_int_equal(keys_plain(0xFF4A), 'j');
	assert_int_equal(keys_plain(0xFF1A), ':');
	assert_int_equal(keys_plain(0x3001), '/');
	assert_int_equal(keys_plain(0x3000), ' ');
	assert_int_equal(keys_plain(0x57CE), 0x57CE);
}

/* The same, through the console: a command key with the input method on, and the same character in a text. */
static void full_width_in_the_console(void **state)
{
	struct fake *f;

	(void)state;
	fake_language("zh_CN");
	f = fake_new(24, 80, NULL);
	fake_type(f, "ｊ");
	assert_int_equal(console_subject(f->c), fake_no(2));
	fake_type(f, "：");
	assert_true(console_top(f->c)->view == &view_palette);
	fake_key(f, 27);
	fake_type(f, "、");
	assert_true(console_top(f->c)->view == &view_filter);
	fake_type(f, "：");
	assert_true(fake_sees(f, "："));
	fake_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(assembles_characters), cmocka_unit_test(names_keys), cmocka_unit_test(cleans_a_paste),
		cmocka_unit_test(full_width_is_plain), cmocka_unit_test(full_width_in_the_console),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
