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
#include "tests/tools/manual.h"

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

static void action_keys(struct buf *out)
{
	for (int i = 0; i < ACTION_COUNT; i++) {
		const struct action_info *a = &action_table[i];

		buf_puts(out, ".It ");
		buf_puts(out, i == ACTION_CONFIRM ? "1 2 3" : a->key);
		buf_printf(out, " Ta %s Ta ", a->name);
		manual_text(out, a->help);
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
		manual_text(out, c->keys);
		buf_printf(out, "\" Ta %s Ta ", c->name);
		manual_text(out, c->help);
		buf_putc(out, '\n');
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
		manual_text(out, o->def);
		buf_putc(out, '\n');
		manual_text(out, o->help);
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
			manual_text(out, o->def);
		}
		buf_putc(out, '\n');
		manual_text(out, o->help);
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
			manual_text(out, c->help);
			buf_puts(out, c->def ? "; empty = " : "");
			buf_puts(out, c->def ? c->def : "");
			buf_puts(out, ".\n");
			for (const struct sheet_word *w = c->words; w && w->wire; w++)
				buf_printf(out, "%s%s %s%s", w == c->words ? "Words: " : "", w->wire, w->zh, w[1].wire ? ", " : ".\n");
		}
		buf_puts(out, ".El\n");
	}
}

static void keys_of_actions(void **state)
{
	(void)state;
	manual_block("man/fenbo-keys.7", "actions", action_keys);
}

static void keys_of_commands(void **state)
{
	(void)state;
	manual_block("man/fenbo-keys.7", "commands", command_keys);
}

static void options_of_the_file(void **state)
{
	(void)state;
	manual_block("man/fenbo.ini.5", "options", options);
}

static void policy_of_routing(void **state)
{
	(void)state;
	manual_block("man/fenbo-routing.5", "policy", policy);
}

static void tables_of_routing(void **state)
{
	(void)state;
	manual_block("man/fenbo-routing.5", "tables", tables);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_actions),
		cmocka_unit_test(keys_of_commands),
		cmocka_unit_test(options_of_the_file),
		cmocka_unit_test(policy_of_routing),
		cmocka_unit_test(tables_of_routing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
