/*
 * fenboctl: what the console does on a screen, from a shell; and what an administrator scripts.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <getopt.h>
#include "core/base/log.h"
#include "core/ctl/ctl.h"
#include "core/feed/call.h"

/* The longest command whose words begin argv; *used says how many they are. */
static const struct command *
find_command(int argc, char **argv, int *used)
{
	char two[64];

	if (argc > 1)
		snprintf(two, sizeof two, "%s %s", argv[0], argv[1]);
	for (int words = argc > 1 ? 2 : 1; words > 0; words--)
		for (const struct command *const *group = ctl_groups; *group != NULL; group++)
			for (const struct command *c = *group; c->name != NULL; c++)
				if (strcmp(c->name, words == 2 ? two : argv[0]) == 0) {
					*used = words;
					return c;
				}
	return NULL;
}

static void
print_command(FILE *to, const struct command *c)
{
	fprintf(to, "  fenboctl %s", c->name);
	for (const struct ctl_option *o = c->options; o != NULL && o->name != NULL; o++)
		fprintf(to, o->arg != NULL ? " [--%s %s]" : " [--%s]", o->name, o->arg);
	fprintf(to, "%s%s\n      %s\n", *c->usage != '\0' ? " " : "", c->usage, c->help);
}

static void
help_command(const struct command *c)
{
	puts("usage:");
	print_command(stdout, c);
	puts("\noptions:");
	for (int pass = 0; pass < 2; pass++)
		for (const struct ctl_option *o = pass == 0 ? c->options : ctl_common; o != NULL && o->name != NULL; o++)
			printf("  --%s%s%-*s %s\n", o->name, o->arg != NULL ? " " : "",
			    (int)(20 - strlen(o->name)), o->arg != NULL ? o->arg : "", o->help);
}

/* All commands, or those of one group ("route"). False when there are none of that name. */
static bool
help_all(FILE *to, const char *prefix)
{
	bool any = false;

	for (const struct command *const *group = ctl_groups; *group != NULL; group++)
		for (const struct command *c = *group; c->name != NULL; c++)
			if (prefix == NULL || (strncmp(c->name, prefix, strlen(prefix)) == 0 && c->name[strlen(prefix)] == ' ')) {
				if (!any)
					fputs("usage: fenboctl [--json] [--config FILE] COMMAND …\n", to);
				any = true;
				print_command(to, c);
			}
	return any;
}

static bool
asks_help(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0)
			return true;
	return false;
}

/* No command: perhaps the first word of some ("route"), whose help is what was asked for, or what was wanted. */
static int
unknown(const char *name, bool asked)
{
	if (asked && help_all(stdout, name))
		return EXIT_DONE;
	if (help_all(stderr, name))
		return EXIT_USAGE;
	return ctl_usage("there is no command %s; fenboctl --help lists them", name);
}

/* The options of a command and the common ones as getopt_long wants them. The value of a row is its index + 1000. */
static int
long_options(struct option *out, const struct command *c)
{
	int n = 0;

	for (const struct ctl_option *o = c->options; o != NULL && o->name != NULL; o++, n++)
		out[n] = (struct option){ o->name, o->arg != NULL, NULL, 1000 + n };
	for (const struct ctl_option *o = ctl_common; o->name != NULL; o++, n++)
		out[n] = (struct option){ o->name, o->arg != NULL, NULL, o->name[0] };
	out[n] = (struct option){ NULL, 0, NULL, 0 };
	return n;
}

static int
run_command(struct ctl *ctl, const struct command *c, int argc, char **argv)
{
	struct option options[CTL_OPTIONS + 8];
	struct ctl_args a = { .options = c->options };
	int key;

	long_options(options, c);
	optind = 0; /* glibc: begin anew */
	while ((key = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (key == 'h') {
			help_command(c);
			return EXIT_DONE;
		}
		if (key == 'j')
			ctl->json = true;
		else if (key == 'c')
			ctl->config = optarg;
		else if (key >= 1000)
			a.value[key - 1000] = optarg != NULL ? optarg : "";
		else
			return ctl_usage("%s: %s %s", c->name, key == ':' ? "a value must follow" : "there is no option",
			    argv[optind - 1]);
	}
	a.word = argv + optind;
	a.words = argc - optind;
	if (a.words < c->least || (c->most >= 0 && a.words > c->most)) {
		fprintf(stderr, "usage:\n");
		print_command(stderr, c);
		return EXIT_USAGE;
	}
	return c->run(ctl, &a);
}

static int
run(struct ctl *ctl, int argc, char **argv)
{
	const struct command *c;
	int used, at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		if (strcmp(argv[at], "--json") == 0)
			ctl->json = true;
		else if (strcmp(argv[at], "--config") == 0 && at + 1 < argc)
			ctl->config = argv[++at];
		else if (strncmp(argv[at], "--config=", 9) == 0)
			ctl->config = argv[at] + 9;
		else if (strcmp(argv[at], "--help") == 0)
			return help_all(stdout, NULL) ? EXIT_DONE : EXIT_USAGE;
		else if (strcmp(argv[at], "--version") == 0)
			return puts("fenboctl " FENBO_VERSION) < 0 ? EXIT_REFUSED : EXIT_DONE;
		else
			return ctl_usage("there is no option %s; fenboctl --help lists what there is", argv[at]);
	}
	if (at == argc) {
		help_all(stderr, NULL);
		return EXIT_USAGE;
	}
	c = find_command(argc - at, argv + at, &used);
	if (c == NULL)
		return unknown(argv[at], asks_help(argc - at, argv + at));
	return run_command(ctl, c, argc - at - used + 1, argv + at + used - 1);
}

int
main(int argc, char **argv)
{
	struct ctl ctl = { .color = isatty(STDOUT_FILENO) };
	int status;

	if (setlocale(LC_ALL, "") == NULL)
		setlocale(LC_ALL, "C.UTF-8");
	opterr = 0;
	log_open(NULL, LOG_WARN);
	status = run(&ctl, argc, argv);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("fenboctl: standard output");
		status = status == EXIT_DONE ? EXIT_REFUSED : status;
	}
	sync_close(ctl.db);
	if (ctl.call != NULL)
		call_close(ctl.call);
	if (ctl.loaded)
		conf_free(&ctl.conf);
	return status;
}
