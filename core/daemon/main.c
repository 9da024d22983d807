/*
 * fenbod(8): reads its command line and configuration, and runs until it is told to stop.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include "core/base/log.h"
#include "core/daemon/daemon.h"

static const char usage[] = "usage: fenbod [-n] [--config FILE] [--version]\n";

static void print_errors(const struct err_list *errs)
{
	char text[400];

	for (size_t i = 0; i < errs->count; i++) {
		err_item_show(&errs->items[i], text, sizeof text);
		fprintf(stderr, "%s\n", text);
	}
}

/* A reader is a descriptor: take what the system allows. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' }, { "version", no_argument, NULL, 'V' }, { "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	struct daemon daemon = { 0 };
	struct err_list errs = { 0 };
	const char *config = NULL;
	bool check = false;
	struct err e;
	int c;

	while ((c = getopt_long(argc, argv, "nh", options, NULL)) != -1) {
		switch (c) {
		case 'n':
			check = true;
			break;
		case 'c':
			config = optarg;
			break;
		case 'V':
			puts("fenbod " FENBO_VERSION);
			return 0;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return 2;
	}
	if (!conf_load(config, &daemon.conf, &errs)) {
		print_errors(&errs);
		err_list_free(&errs);
		return 2;
	}
	err_list_free(&errs);
	if (check) {
		bool good = carrier_configure(NULL, &daemon.conf, &e);

		if (!good)
			fprintf(stderr, "fenbod: %s: %s\n", e.field, e.message);
		conf_free(&daemon.conf);
		return good ? 0 : 2;
	}
	raise_descriptors();
	if (!daemon_open(&daemon, &e)) {
		log_write(LOG_ERROR, "cannot start", "error", err_name(e.code), "message", e.message, NULL);
		daemon_close(&daemon);
		return 1;
	}
	daemon_run(&daemon);
	daemon_close(&daemon);
	log_write(LOG_INFO, "stopped", NULL);
	return 0;
}
