/* Every string a person sees has its Chinese: those marked in the source, and those of the tables. */
#include <glob.h>

#include "core/appeal/figures.h"
#include "tests/tui/fake.h"

/* The catalogue as text: quicker to read than to ask gettext, which cannot tell "same" from "missing". */
static struct buf catalogue;

static void read_file(const char *path, struct buf *out)
{
	char chunk[4096];
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(out, chunk, n);
	fclose(f);
}

static void expect(const char *msgid, const char *where)
{
	char line[2048];
	const char *at;

	snprintf(line, sizeof line, "\nmsgid \"%s\"\nmsgstr \"", msgid);
	at = strstr(buf_text(&catalogue), line);
	if (!at)
		fail_msg("%s: no Chinese for “%s”", where, msgid);
	if (at[strlen(line)] == '"')
		fail_msg("%s: empty Chinese for “%s”", where, msgid);
}

static void the_source_is_translated(void **state)
{
	glob_t files;

	(void)state;
	assert_int_equal(glob("tui/*.c", 0, NULL, &files), 0);
	assert_int_equal(glob("core/ctl/report*.c", GLOB_APPEND, NULL, &files), 0); /* the shell's pages that people read */
	for (size_t i = 0; i < files.gl_pathc; i++) {
		struct buf text = { 0 };
		const char *p;

		read_file(files.gl_pathv[i], &text);
		p = buf_text(&text);
		while ((p = strstr(p, "_(\""))) {
			char msgid[1024];
			size_t n = 0;

			for (p += 3; *p && *p != '"' && n < sizeof msgid - 2; p++) {
				if (*p == '\\')
					msgid[n++] = *p++;
				msgid[n++] = *p;
			}
			msgid[n] = '\0';
			expect(msgid, files.gl_pathv[i]);
		}
		buf_free(&text);
	}
	globfree(&files);
}

static void the_tables_are_translated(void **state)
{
	(void)state;
	for (int i = 0; i < ACTION_COUNT; i++) {
		expect(action_table[i].name, "action");
		expect(action_table[i].help, "action");
	}
	for (int i = 0; i < COMMAND_COUNT; i++) {
		expect(command_table[i].name, "command");
		expect(command_table[i].help, "command");
	}
	for (int i = 0; i < STAGE_COUNT; i++)
		expect(stage_label((enum stage)i), "stage");
	for (int i = 0; i < PRIORITY_COUNT; i++)
		expect(priority_label((enum priority)i), "priority");
	for (int i = OUTCOME_NONE + 1; i < OUTCOME_COUNT; i++)
		expect(outcome_label((enum outcome)i), "outcome");
	for (int i = 0; i < VIEW_COUNT; i++)
		expect(view_label((enum view_kind)i), "view");
	for (int i = 0; i < FIGURE_COUNT_OF; i++)
		expect(figure_table[i].label, "figure");
	for (int i = 0; i < REPORT_BY_COUNT; i++)
		expect(report_by_heading((enum report_by)i), "way of counting");
	for (int i = 0; i < ERR_COUNT; i++)
		expect(err_sentence((enum err_code)i), "error");
#define X(id, bit, wire, label) expect(label, "flag");
	FLAG_TABLE(X)
#undef X
}

static void languages_switch(void **state)
{
	(void)state;
	fake_language("en");
	assert_string_equal(_("undo"), "undo");
	i18n_switch("zh_CN");
	assert_string_equal(_("undo"), "撤销");
	assert_true(i18n_chinese());
	i18n_switch("en");
	assert_string_equal(_("undo"), "undo");
}

/* Nothing chosen means Chinese; what a person chose is kept. */
static void plain_c_is_chinese(void **state)
{
	(void)state;
	unsetenv("LANGUAGE");
	setenv("LC_ALL", "C", 1);
	fake_language("");
	assert_string_equal(_("undo"), "撤销");
	unsetenv("LANGUAGE");
	setenv("LC_ALL", "en_US.UTF-8", 1);
	fake_language("");
	assert_string_equal(_("undo"), "undo");
	unsetenv("LANGUAGE");
	setenv("LC_ALL", "zh_CN.UTF-8", 1);
	fake_language("");
	assert_string_equal(_("undo"), "撤销");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_source_is_translated), cmocka_unit_test(the_tables_are_translated),
		cmocka_unit_test(languages_switch), cmocka_unit_test(plain_c_is_chinese),
	};
	int failed;

	read_file("tui/po/zh_CN.po", &catalogue);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_free(&catalogue);
	return failed;
}
