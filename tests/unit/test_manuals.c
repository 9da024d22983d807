/*
 * The manuals say what the tables say. The parts of man/ between `.\" begin NAME` and `.\" end NAME` are made from the action
 * table and the key map; this test makes them anew and compares. FENBO_GOLDEN=write writes them back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "conf/keymap.h"
#include "core/appeal/action.h"
#include "core/base/buf.h"

static const char *const role_name[] = { "dispatcher", "supervisor", "administrator", "unit", "channel" };

static void roles_text(struct buf *out, unsigned roles)
{
	const char *sep = "";

	for (size_t i = 0; i < sizeof role_name / sizeof *role_name; i++) {
		if (!(roles & 1u << i))
			continue;
		buf_printf(out, "%s%s", sep, role_name[i]);
		sep = ", ";
	}
}

/* In mdoc a text that begins with a dot or a quote would be a request, and a backslash an escape. */
static void mdoc_text(struct buf *out, const char *s)
{
	if (*s == '.' || *s == '\'')
		buf_puts(out, "\\&");
	for (; *s; s++) {
		if (*s == '\\')
			buf_puts(out, "\\e");
		else if (*s == '"')
			buf_puts(out, "\\(dq");
		else
			buf_putc(out, *s);
	}
}

static void action_keys(struct buf *out)
{
	for (int i = 0; i < ACTION_COUNT; i++) {
		const struct action_info *a = &action_table[i];

		buf_puts(out, ".It ");
		buf_puts(out, i == ACTION_CONFIRM ? "1 2 3" : a->key);
		buf_printf(out, " Ta %s Ta ", a->name);
		mdoc_text(out, a->help);
		buf_puts(out, " (");
		roles_text(out, a->roles);
		buf_puts(out, a->asks ? "; asks first)\n" : ")\n");
	}
}

static void command_keys(struct buf *out)
{
	for (int i = 0; i < COMMAND_COUNT; i++) {
		const struct command_info *c = &command_table[i];

		buf_puts(out, ".It \"");
		mdoc_text(out, c->keys);
		buf_printf(out, "\" Ta %s Ta ", c->name);
		mdoc_text(out, c->help);
		buf_putc(out, '\n');
	}
}

static void action_arguments(struct buf *out)
{
	for (int i = 0; i < ACTION_COUNT; i++) {
		const struct action_info *a = &action_table[i];
		const char *sep = "";

		buf_printf(out, ".It Cm %s\n", a->name);
		for (unsigned bit = 1; bit <= ARG_OUTCOME; bit <<= 1) {
			if (!((a->needs | a->may) & bit))
				continue;
			buf_printf(out, "%s%s Fl -%s", sep, a->needs & bit ? "." : ".Op", arg_name((enum action_arg)bit));
			sep = "\n";
		}
		if (*sep)
			buf_puts(out, "\n.br\n");
		mdoc_text(out, a->help);
		buf_puts(out, ".\n");
	}
}

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "r");
	struct buf b = { 0 };
	char part[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(&b, part, n);
	fclose(f);
	buf_putc(&b, '\0');
	assert_false(b.failed);
	return b.data;
}

static void check_block(const char *path, const char *name, void (*make)(struct buf *))
{
	char begin[64], end[64], *text = read_all(path), *from, *to;
	struct buf want = { 0 };
	const char *golden = getenv("FENBO_GOLDEN");

	snprintf(begin, sizeof begin, ".\\\" begin %s\n", name);
	snprintf(end, sizeof end, ".\\\" end %s\n", name);
	from = strstr(text, begin);
	assert_non_null(from);
	from += strlen(begin);
	to = strstr(from, end);
	assert_non_null(to);
	make(&want);
	assert_false(want.failed);
	if (golden && strcmp(golden, "write") == 0) {
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		fwrite(text, 1, (size_t)(from - text), f);
		fwrite(want.data, 1, want.len, f);
		fputs(to, f);
		assert_int_equal(fclose(f), 0);
	} else {
		*to = '\0';
		assert_string_equal(from, buf_text(&want));
	}
	buf_free(&want);
	free(text);
}

static void keys_of_actions(void **state)
{
	(void)state;
	check_block("man/fenbo-keys.7", "actions", action_keys);
}

static void keys_of_commands(void **state)
{
	(void)state;
	check_block("man/fenbo-keys.7", "commands", command_keys);
}

static void arguments_of_act(void **state)
{
	(void)state;
	check_block("man/fenboctl.1", "act", action_arguments);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_actions),
		cmocka_unit_test(keys_of_commands),
		cmocka_unit_test(arguments_of_act),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
