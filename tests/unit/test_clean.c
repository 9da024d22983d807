#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/base/clean.h"
#include "core/base/utf8.h"

struct sample { const char *in, *line, *text; }; /* text NULL: the same as line */

static void
check(const char *in, size_t len, enum clean_mode mode, const char *want)
{
	struct buf out = { 0 };
	bool same = clean_text(&out, in, len, mode);

	assert_string_equal(buf_text(&out), want);
	assert_int_equal(out.len, strlen(want));
	assert_int_equal(same, len == strlen(want) && memcmp(in, want, len) == 0);
	assert_int_equal(clean_is(in, len, mode), same);
	assert_true(clean_is(want, strlen(want), mode));
	buf_free(&out);
}

static void
all(const struct sample *s, size_t n)
{
	for (; n-- > 0; s++) {
		check(s->in, strlen(s->in), CLEAN_LINE, s->line);
		check(s->in, strlen(s->in), CLEAN_TEXT, s->text != NULL ? s->text : s->line);
	}
}
#define ALL(samples) all(samples, sizeof samples / sizeof *samples)

static void
plain_text_passes(void **state)
{
	static const struct sample samples[] = {
		{ "", "", NULL },
		{ "小区门口燃气味很大，请尽快处理！", "小区门口燃气味很大，请尽快处理！", NULL },
		{ "e\xcc\x81t\xc3\xa9 ㎡ ① ½ 😀", "e\xcc\x81t\xc3\xa9 ㎡ ① ½ 😀", NULL },
		{ "\xee\x80\x80", "\xee\x80\x80", NULL }, /* private use: rare characters in old encodings */
		{ "\xef\xbf\xbd", "\xef\xbf\xbd", NULL },
	};

	(void)state;
	ALL(samples);
}

static void
sequences_go_whole(void **state)
{
	static const struct sample samples[] = {
		{ "a\x1b[31;1mb\x1b[0mc", "abc", NULL },
		{ "a\x1b[?1049hb\x1b[>c\x1b[!pd", "abd", NULL },
		{ "a\x1b]0;owned\x07" "b", "ab", NULL },
		{ "a\x1b]52;c;aGk=\x1b\\b", "ab", NULL },
		{ "a\x1b]8;;http://x\x1b\\链接\x1b]8;;\x1b\\b", "a链接b", NULL },
		{ "a\x1bP1$r0m\x1b\\b\x1b_x\x1b\\c\x1b^y\x1b\\d\x1bXz\x1b\\e", "abcde", NULL },
		{ "a\x1b(Bb\x1b)0c\x1b" "cd\x1b" "7e\x1b=f", "abcdef", NULL },
		{ "a\xc2\x9b" "31mb\xc2\x9d" "0;t\xc2\x9c" "c\xc2\x90q\x1b\\d", "abcd", NULL },
		{ "a\x1b", "a", NULL },
		{ "a\x1b[", "a", NULL },
		{ "a\x1b[31", "a", NULL },
		{ "a\x1b[31城", "a城", NULL },
		{ "a\x1b\x1b[31mb", "ab", NULL },
		{ "a\x1b[\x1b[31mb", "ab", NULL },
		{ "\x1b[2J\x1b[H", "", NULL },
		{ "a\x07\x08\x7f\x01\x1f\x00z", "a", NULL },
		{ "a\xc2\x80\xc2\x9f" "b", "ab", NULL },
	};

	(void)state;
	ALL(samples);
	check("a\0b", 3, CLEAN_LINE, "ab");
}

static void
an_unfinished_string_takes_nobodys_text(void **state)
{
	static const struct sample samples[] = {
		{ "煤气\x1b]0;漏了", "煤气0;漏了", NULL },
		{ "煤气\x1b]漏了\n请快来\x07", "煤气漏了 请快来", "煤气漏了\n请快来" },
		{ "a\x1bPb\x1b[31mc\x07", "abc", NULL },
		{ "a\xc2\x9d" "b\xc2\x9d" "c", "abc", NULL },
	};

	(void)state;
	ALL(samples);
}

static void
what_orders_or_hides_goes(void **state)
{
	static const struct sample samples[] = {
		{ "\xef\xbb\xbf标\xe2\x80\xae题\xe2\x80\xac\xe2\x81\xa6x\xe2\x81\xa9\xd8\x9c", "标题x", NULL },
		{ "👨\xe2\x80\x8d👩 ❤\xef\xb8\x8f 葛\xf3\xa0\x84\x80城", "👨👩 ❤ 葛城", NULL },
		{ "a\xe2\x80\x8b" "b\xc2\xad" "c\xe2\x81\xa0" "d", "abcd", NULL },
		{ "🏴\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2", "🏴", NULL },
		{ "\xef\xbf\xb9" "a\xef\xbf\xba" "b\xef\xbf\xbb", "ab", NULL },
	};

	(void)state;
	ALL(samples);
}

static void
damage_becomes_a_mark(void **state)
{
	static const struct sample samples[] = {
		{ "a\xff\xfe" "b", "a��b", NULL },
		{ "\xe5\x9f", "��", NULL },
		{ "\xed\xa0\x80", "���", NULL },
		{ "\xf1\x80\x80\x80|\xf3\xb0\x80\x80|\xf4\x8f\xbf\xbf|\xef\xb7\x90|\xef\xbf\xbf", "�|�|�|�|�", NULL },
		{ "\x9b" "31m", "�31m", NULL }, /* a bare byte is no control in UTF-8 */
	};

	(void)state;
	ALL(samples);
}

static void
blanks_and_lines(void **state)
{
	static const struct sample samples[] = {
		{ "  a  ", "a", NULL },
		{ " \n\t ", "", NULL },
		{ "a\tb", "a b", NULL },
		{ "a \t b", "a b", "a   b" },
		{ "a\xe3\x80\x80\xe3\x80\x80" "b\xc2\xa0" "c", "a b c", "a\xe3\x80\x80\xe3\x80\x80" "b\xc2\xa0" "c" },
		{ "\xe3\x80\x80\xe3\x80\x80段一\n\xe3\x80\x80\xe3\x80\x80段二\xe3\x80\x80", "段一 段二",
		    "段一\n\xe3\x80\x80\xe3\x80\x80段二" },
		{ "a\r\nb\rc\nd", "a b c d", "a\nb\nc\nd" },
		{ "a\n\n\n\n\nb", "a b", "a\n\nb" },
		{ "a\n  \n \t\n\r\n  b", "a b", "a\n\n  b" },
		{ "a  \nb", "a b", "a\nb" },
		{ "\n\n\na\n\n", "a", NULL },
		{ "a\xe2\x80\xa8" "b\xe2\x80\xa9" "c\xc2\x85" "d\x0b" "e\x0c" "f", "a b c d e f", "a\nb\nc\nd\ne\nf" },
		{ "a \x1b[1m b", "a b", "a  b" },
	};

	(void)state;
	ALL(samples);
}

static void
marks_stand_on_something(void **state)
{
	char tower[200] = "a", want[200] = "a";
	static const struct sample samples[] = {
		{ "\xcc\x81标题", "标题", NULL },
		{ "a \xcc\x81" "b", "a b", NULL },
		{ "a\n\xcc\x81" "b", "a b", "a\nb" },
	};

	(void)state;
	ALL(samples);
	for (int i = 0; i < 40; i++)
		strcat(tower, "\xcc\x81");
	for (int i = 0; i < 8; i++)
		strcat(want, "\xcc\x81");
	check(tower, strlen(tower), CLEAN_LINE, want);
}

/* A megabyte of the openings of strings that never end must not cost a megabyte each. */
static void
hostile_length_is_linear(void **state)
{
	const size_t len = 1 << 20;
	char *s = malloc(len);

	(void)state;
	for (size_t i = 0; i < len; i += 2)
		memcpy(s + i, "\x1b]", 2);
	check(s, len, CLEAN_TEXT, "");
	for (size_t i = 0; i < len; i += 2)
		memcpy(s + i, "\xc2\x9d", 2);
	check(s, len, CLEAN_TEXT, "");
	memset(s, '0', len);
	memcpy(s, "\x1b[", 2);
	check(s, len, CLEAN_TEXT, "");
	free(s);
}

static void
folded(const char *in, const char *want)
{
	struct buf out = { 0 };

	fold_text(&out, in, strlen(in));
	assert_string_equal(buf_text(&out), want);
	buf_free(&out);
}

static void
folds_for_matching(void **state)
{
	(void)state;
	folded("ＡＢＣ１２３，！　～", "abc123,! ~");
	folded("ABC Éß Ω", "abc éß ω");
	folded("廣東省東莞市違章建築噪音擾民", "广东省东莞市违章建筑噪音扰民");
	folded("頭發 髮廊 後面 皇后", "头发 发廊 后面 皇后");
	folded("乾坤", "乾坤"); /* two simplified forms: left alone */
	folded("ｶﾞ", "カ\xe3\x82\x99");
	folded("噪音。㎡①", "噪音。㎡①");
	folded("a\xff" "b", "a\xef\xbf\xbd" "b");
}

static void
folding_twice_is_folding_once(void **state)
{
	(void)state;
	for (unsigned cp = 0; cp <= 0x10ffff; cp++)
		if (fold_point(fold_point(cp)) != fold_point(cp))
			fail_msg("U+%04X", cp);
	assert_int_equal(fold_point(0x110000), 0x110000);
	assert_int_equal(fold_point('A'), 'a');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_passes),
		cmocka_unit_test(sequences_go_whole),
		cmocka_unit_test(an_unfinished_string_takes_nobodys_text),
		cmocka_unit_test(what_orders_or_hides_goes),
		cmocka_unit_test(damage_becomes_a_mark),
		cmocka_unit_test(blanks_and_lines),
		cmocka_unit_test(marks_stand_on_something),
		cmocka_unit_test(hostile_length_is_linear),
		cmocka_unit_test(folds_for_matching),
		cmocka_unit_test(folding_twice_is_folding_once),
	};
	return cmocka_run_group_tests_name("clean", tests, NULL, NULL);
}
