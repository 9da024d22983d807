/*
 * fenboctl(1) says what the tables of commands and actions say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "core/appeal/action.h"
#include "core/ctl/ctl.h"
#include "tests/tools/manual.h"

static void ctl_options(struct buf *out, const struct ctl_option *o)
{
	if (!o || !o->name)
		return;
	buf_puts(out, ".Bl -tag -width Ds -compact\n");
	for (; o->name; o++) {
		buf_printf(out, ".It Fl -%s", o->name);
		if (o->arg)
			buf_printf(out, " Ar %s", o->arg);
		buf_putc(out, '\n');
		manual_text(out, o->help);
		buf_putc(out, '\n');
	}
	buf_puts(out, ".El\n");
}

static void ctl_commands(struct buf *out)
{
	for (const struct command *const *group = ctl_groups; *group; group++) {
		for (const struct command *c = *group; c->name; c++) {
			buf_printf(out, ".It Cm %s", c->name);
			if (c->usage && *c->usage) {
				buf_puts(out, " Ar \"");
				manual_text(out, c->usage);
				buf_putc(out, '"');
			}
			buf_putc(out, '\n');
			manual_text(out, c->help);
			buf_putc(out, '\n');
			if (strcmp(c->name, "act") != 0)
				ctl_options(out, c->options);
		}
	}
}

static void action_arguments(struct buf *out)
{
	for (int i = 0; i < ACTION_COUNT; i++) {
		const struct action_info *a = &action_table[i];
		const char *sep = "";

		buf_printf(out, ".It Cm %s\n", a->name);
		for (unsigned bit = 1; arg_name(bit); bit <<= 1) {
			if (!((a->needs | a->may) & bit))
				continue;
			buf_printf(out, "%s%s Fl -%s", sep, a->needs & bit ? "." : ".Op", arg_name((enum action_arg)bit));
			sep = "\n";
		}
		if (*sep)
			buf_puts(out, "\n.br\n");
		manual_text(out, a->help);
		buf_puts(out, ".\n");
	}
}

static void commands(void **state)
{
	(void)state;
	manual_block("man/fenboctl.1", "commands", ctl_commands);
}

static void arguments_of_act(void **state)
{
	(void)state;
	manual_block("man/fenboctl.1", "act", action_arguments);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands),
		cmocka_unit_test(arguments_of_act),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
