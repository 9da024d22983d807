/* What PostgreSQL's functions say when they refuse, in Chinese: each sentence that a person at a console can meet is known, names and all. */
#include "tests/tui/fake.h"
#include "tui/refusal.h"

static void read_whole(const char *path, struct buf *out)
{
	char chunk[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(out, chunk, n);
	fclose(f);
}

/* Past one SQL literal that begins at p; its text, quotes undone and %s filled with a word, goes to out. */
static const char *literal(const char *p, char out[400])
{
	size_t n = 0;

	for (p++; *p && n < 390; p++) {
		if (p[0] == '\'' && p[1] != '\'')
			break;
		if (p[0] == '\'')
			p++;
		if (p[0] == '%' && p[1] == 's') {
			n += (size_t)sprintf(out + n, "261122-1");
			p++;
		} else {
			out[n++] = *p;
		}
	}
	out[n] = '\0';
	return *p ? p + 1 : p;
}

/* Every literal of the argument `which` (from 0) of the call whose ( is at p. */
static int check_call(const char *p, int which, const char *file)
{
	int depth = 0, arg = 0, unknown = 0;
	char text[400];

	for (; *p && *p != ';'; p++) {
		if (*p == '\'') {
			p = literal(p, text) - 1;
			/* What only joins, or names a member, is no sentence. */
			if (arg == which && strchr(text, ' ') && strpbrk(text, "abcdefghijklmnopqrstuvwxyz") && !refusal_known(text)) {
				print_error("%s: no Chinese for “%s”\n", file, text);
				unknown++;
			}
		} else if (*p == '(') {
			depth++;
		} else if (*p == ')') {
			if (--depth == 0)
				return unknown;
		} else if (*p == ',' && depth == 1) {
			arg++;
		}
	}
	return unknown;
}

static void the_functions_speak_chinese(void **state)
{
	static const char *const files[] = { "0007_reads", "0011_sessions", "0040_action_core", "0041_action_claim", "0042_action_dispatch",
		"0043_action_merge", "0044_action_split", "0045_action_case", "0046_action_unit", "0047_action_undo", "0048_act", "0073_links", "0086_supervise", "0087_leaders", "0088_topics" };
	int unknown = 0;

	(void)state;
	fake_language("zh_CN");
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct buf text = { 0 };
		char path[128];

		snprintf(path, sizeof path, "db/schema/%s.sql", files[i]);
		if (access(path, R_OK) != 0)
			continue;
		read_whole(path, &text);
		for (const char *p = buf_text(&text); (p = strstr(p, "PERFORM fenbo._fail")); p += 10) {
			const char *open = strchr(p, '(');
			bool since = strncmp(p, "PERFORM fenbo._fail_since", 25) == 0;

			if (strncmp(open, "('internal'", 11) != 0 && strncmp(open, "(code,", 6) != 0)
				unknown += check_call(open, since ? 3 : 2, files[i]);
		}
		buf_free(&text);
	}
	assert_int_equal(unknown, 0);
}

static void every_sentence_is_translated(void **state)
{
	(void)state;
	fake_language("zh_CN");
	for (int i = 0; refusal_sentences[i]; i++)
		if (strcmp(_(refusal_sentences[i]), refusal_sentences[i]) == 0 && strcmp(refusal_sentences[i], "%s is %s") != 0)
			fail_msg("no Chinese for “%s”", refusal_sentences[i]);
}

static void names_find_their_place(void **state)
{
	static const struct { const char *said, *zh; } cases[] = {
		{ "merge is not possible: the case is handling", "不能并案：此件办理中" },
		{ "261122-000001-7 was merged into 261122-000002-5 by 李四", "李四 已将 261122-000001-7 并入 261122-000002-5" },
		{ "261122-000001-7 was merged into 261122-000002-5 by 李四 since", "其后 李四 已将 261122-000001-7 并入 261122-000002-5" },
		{ "claim by 李四 came since", "其后 李四 已认领" },
		{ "李四 holds the case", "李四 正在办理此件" },
		{ "there is a newer recommendation: claim by 李四", "已有更新的推荐：李四 已认领" },
		{ "261122-000002-5 is closed", "261122-000002-5 已结案" },
		{ "longer than 60 characters", "超过 60 字" },
		{ "the case is urgent already", "此件已是紧急" },
		/* What is not ours stays as it came. */
		{ "the database is on fire", "the database is on fire" }, { "", "" }, { "%s %n %d", "%s %n %d" }, { ": by ", ": by " },
	};
	char out[REFUSAL_BYTES];

	(void)state;
	fake_language("zh_CN");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(refusal_words(cases[i].said, out), cases[i].zh);
	fake_language("en");
	assert_string_equal(refusal_words("李四 holds the case", out), "李四 holds the case");
	assert_string_equal(refusal_words("there is a newer recommendation: claim by 李四", out), "there is a newer recommendation: claim by 李四");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_functions_speak_chinese), cmocka_unit_test(every_sentence_is_translated),
		cmocka_unit_test(names_find_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
