/* fenbo: the console of an appeals dispatch centre. See fenbo(1). */
#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/err_list.h"
#include "conf/keymap.h"
#include "conf/options.h"
#include "core/base/log.h"
#include "tui/i18n.h"
#include "tui/program.h"

static void print_errors(struct err_list *errors)
{
	char text[512];

	err_list_sort(errors);
	for (size_t i = 0; i < errors->count; i++) {
		err_item_show(&errors->items[i], text, sizeof text);
		fprintf(stderr, "fenbo: %s\n", text);
	}
}

static void state_directory(char *out, size_t size)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && *state == '/')
		snprintf(out, size, "%s/fenbo", state);
	else
		snprintf(out, size, "%s/.local/state/fenbo", home && *home ? home : "/tmp");
}

static void own_directory(char *out, size_t size)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

	exe[n > 0 ? n : 0] = '\0';
	snprintf(out, size, "%s", n > 0 ? dirname(exe) : ".");
}

static int usage(FILE *to, int status)
{
	fputs("usage: fenbo [-n] [--wall] [--config FILE] [--version]\n"
	    "  -n             check the configuration and the keys, and exit\n"
	    "  --wall         nothing but the time board, for a screen that nobody sits at\n"
	    "  --config FILE  instead of $FENBO_CONFIG or " OPTIONS_DEFAULT_PATH "\n", to);
	return status;
}

static int open_console(struct conf *conf, const struct keymap *keymap, bool wall)
{
	char state[4096], log[4200], exe[4096];
	int status;

	own_directory(exe, sizeof exe);
	i18n_init(strcmp(conf->console_language, "auto") == 0 ? "" : conf->console_language, exe);
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fputs("fenbo: a terminal is needed; fenboctl does the same from a shell\n", stderr);
		return 2;
	}
	state_directory(state, sizeof state);
	/* Never on the screen. */
	snprintf(log, sizeof log, "%s", *conf->log_file ? conf->log_file : "/dev/null");
	log_open(log, LOG_INFO);
	status = program_run(conf, keymap, state, wall);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' }, { "wall", no_argument, NULL, 'w' }, { "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
	};
	struct conf conf = { 0 };
	struct err_list errors = { 0 };
	struct keymap keymap = { .n = 0 };
	const char *path = NULL;
	bool check = false, wall = false, good;
	int option, status = 0;

	while ((option = getopt_long(argc, argv, "nc:h", options, NULL)) != -1)
		switch (option) {
		case 'n': check = true; break;
		case 'w': wall = true; break;
		case 'c': path = optarg; break;
		case 'V': puts("fenbo " FENBO_VERSION); return 0;
		case 'h': return usage(stdout, 0);
		default:  return usage(stderr, 2);
		}
	if (optind < argc)
		return usage(stderr, 2);
	good = conf_load(path, &conf, &errors);
	if (good)
		good = keymap_make(&keymap, conf.path, conf.keys, conf.nkeys, &errors);
	print_errors(&errors);
	err_list_free(&errors);
	if (!good)
		status = 2;
	else if (!check)
		status = open_console(&conf, &keymap, wall);
	conf_free(&conf);
	return status;
}
