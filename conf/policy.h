/*
 * routing.ini: priorities and their limits, clocks and ladders, thresholds, weights, shifts, channels, reasons. One row
 * per option, as for fenbo.ini; the JSON it becomes is described in conf/routing.h. Sections [shift.CODE],
 * [channel.CODE] and [reason.ACTION] may stand as often as there are shifts, channels and actions that take a reason.
 */
#ifndef FENBO_CONF_POLICY_H
#define FENBO_CONF_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "conf/err_list.h"
#include "conf/ini.h"

enum policy_type {
	POLICY_TEXT,
	POLICY_SECONDS, /* a time, kept in seconds */
	POLICY_INT,
	POLICY_SHARE,   /* 0 to 1 */
	POLICY_FLAG,
	POLICY_WORDS,   /* texts separated by | */
	POLICY_CALENDAR,/* always or working */
	POLICY_RUNGS,   /* a ladder, conf/policy_rungs.h */
	POLICY_DAYS,    /* weekdays 1 (Monday) to 7 */
	POLICY_HOURS,   /* from-to, 09:00-12:00 */
	POLICY_RULE     /* function@level, or empty */
};

struct policy_option {
	const char *section, *key;
	const char *path;   /* in the JSON policy: "priorities.urgent.dispatch_s" */
	enum policy_type type;
	const char *def;    /* NULL = must be given */
	int64_t min, max;   /* SECONDS, INT; texts: characters */
	const char *help;
};
extern const struct policy_option policy_table[];
extern const size_t policy_options;

struct policy {
	json_t *policy, *channels, *reasons; /* owned */
};

/* False, with every error in errs, and *out zeroed, when anything is wrong. */
bool policy_parse(const struct ini *ini, const char *file, struct policy *out, struct err_list *errs);
void policy_free(struct policy *p);

#endif
