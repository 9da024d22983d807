/*
 * The manuals say what the tables say. The parts of man/ between `.\" begin NAME` and `.\" end NAME` are made from the tables
 * of actions, keys, options and routing; this test makes them anew and compares. FENBO_GOLDEN=write writes them back.
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
#include "conf/options.h"
#include "conf/policy.h"
#include "conf/routing.h"
#include "conf/value.h"
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

/* Bounds as one would write them; times and sizes with their units. */
static void bounds(struct buf *out, enum option_type type, int64_t min, int64_t max, const char *unit)
{
	char low[32], high[32];

	if (type == OPTION_CHOICE) {
		buf_puts(out, "\nOne of");
		for (const char *p = unit; *p; p += strcspn(p, "|"), p += *p == '|')
			buf_printf(out, "%s %.*s", p == unit ? "" : ",", (int)strcspn(p, "|"), p);
		buf_puts(out, ".");
	} else if (type == OPTION_TIME) {
		value_duration_show(min, low);
		value_duration_show(max, high);
		buf_printf(out, "\nFrom %s to %s.", low, high);
	} else if (type == OPTION_INT || type == OPTION_SIZE) {
		buf_printf(out, "\nFrom %lld to %lld%s%s.", (long long)min, (long long)max, *unit ? " " : "", unit);
	}
}

static void options(struct buf *out)
{
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_info *o = &option_table[i];

		buf_printf(out, ".It Ql [%s] %s =%s", o->section, o->key, *o->def ? " " : "");
		mdoc_text(out, o->def);
		buf_putc(out, '\n');
		mdoc_text(out, o->help);
		buf_putc(out, '.');
		bounds(out, o->type, o->min, o->max, o->unit);
		buf_puts(out, o->reload ? "\n" : "\n.Em Restart .\n");
	}
}

static void policy(struct buf *out)
{
	for (size_t i = 0; i < policy_options; i++) {
		const struct policy_option *o = &policy_table[i];

		buf_printf(out, ".It Ql [%s] %s", o->section, o->key);
		if (o->def) {
			buf_puts(out, *o->def ? " = " : " =");
			mdoc_text(out, o->def);
		}
		buf_putc(out, '\n');
		mdoc_text(out, o->help);
		buf_puts(out, ".\n");
	}
}

static void tables(struct buf *out)
{
	for (int part = 0; part < ROUTING_PARTS; part++) {
		buf_printf(out, ".It Pa %s.csv\n.Bl -tag -width indent -compact\n", routing_kind[part].name);
		for (int i = 0; i < routing_kind[part].ncolumns; i++) {
			const struct sheet_column *c = &routing_kind[part].columns[i];

			buf_printf(out, ".It %s %s%s\n", c->name, c->zh, c->needed ? " *" : "");
			mdoc_text(out, c->help);
			buf_puts(out, c->def ? "; empty = " : "");
			buf_puts(out, c->def ? c->def : "");
			buf_puts(out, ".\n");
			for (const struct sheet_word *w = c->words; w && w->wire; w++)
				buf_printf(out, "%s%s %s%s", w == c->words ? "Words: " : "", w->wire, w->zh, w[1].wire ? ", " : ".\n");
		}
		buf_puts(out, ".El\n");
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

static void options_of_the_file(void **state)
{
	(void)state;
	check_block("man/fenbo.ini.5", "options", options);
}

static void policy_of_routing(void **state)
{
	(void)state;
	check_block("man/fenbo-routing.5", "policy", policy);
}

static void tables_of_routing(void **state)
{
	(void)state;
	check_block("man/fenbo-routing.5", "tables", tables);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_actions),
		cmocka_unit_test(keys_of_commands),
		cmocka_unit_test(arguments_of_act),
		cmocka_unit_test(options_of_the_file),
		cmocka_unit_test(policy_of_routing),
		cmocka_unit_test(tables_of_routing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
