/*
 * fenboctl: one table of commands (STYLE 5). A row names the command, its options and what it does; parsing, --help, the manual's
 * check and the completion of three shells come out of it. A command returns the exit status of the contract: 0 done, 1 something
 * refused, 2 wrong usage, 3 PostgreSQL or fenbod unreachable.
 */
#ifndef FENBO_CTL_CTL_H
#define FENBO_CTL_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include "conf/options.h"
#include "core/base/err.h"
#include "core/ctl/sync.h"

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };
enum { CTL_OPTIONS = 32 };

struct call;

/* Where a completion finds words for an argument or option. */
enum ctl_words { WORDS_NONE, WORDS_FILE, WORDS_ACTION, WORDS_VIEW, WORDS_ROLE, WORDS_SHELL };

struct ctl_option {
	const char *name; /* without -- */
	const char *arg;  /* what follows it, in capitals; NULL = nothing */
	const char *help;
	enum ctl_words words;
};

struct ctl_args {
	const struct ctl_option *options;      /* of the command */
	const char *value[CTL_OPTIONS];        /* "" for an option without argument; NULL = not given */
	char **word;                           /* what is no option */
	int words;
};

/* What a run needs; made in main, opened when first asked for. */
struct ctl {
	bool json;
	const char *config;  /* --config */
	bool loaded;
	struct conf conf;
	struct sync *db;
	bool zoned;          /* times are the centre's: db has said which zone that is */
	struct call *call;
	bool heading;        /* a table's heading has been printed */
	bool color;          /* standard output is a terminal */
};

struct command {
	const char *name;    /* one word, or two: "route apply" */
	const char *usage;   /* what follows the options: "ID…" */
	const char *help;
	const struct ctl_option *options; /* ended by a row without name; NULL = none */
	int least, most;     /* words; most < 0 = any number */
	enum ctl_words words;
	int (*run)(struct ctl *ctl, const struct ctl_args *a);
};

/* Groups of commands, each ended by a row without name; one file each. */
extern const struct command migrate_commands[], alarm_commands[], outbox_commands[], case_commands[], act_commands[], quarantine_commands[], route_commands[],
    exchange_commands[], appeals_commands[], user_commands[], key_commands[], status_commands[], completion_commands[],
    sample_commands[], eval_commands[], dedup_commands[], burst_commands[], hot_commands[], leaders_commands[], train_commands[], model_commands[], accuracy_commands[], report_commands[], shift_commands[],
    handover_commands[];
/* Every group, ended by NULL. */
extern const struct command *const ctl_groups[];
/* Options every command takes; ended by a row without name. */
extern const struct ctl_option ctl_common[];

const char *ctl_opt(const struct ctl_args *a, const char *name); /* NULL when not given */
bool ctl_opt_int(const struct ctl_args *a, const char *name, int least, int most, int *out, struct err *e); /* false: no number; *out stays when not given */

/* The configuration; NULL with everything wrong on stderr and *status set. */
const struct conf *ctl_conf(struct ctl *ctl, int *status);
/* The connection to PostgreSQL; NULL with the reason on stderr and *status set. */
struct sync *ctl_db(struct ctl *ctl, int *status);
struct sync *ctl_db_patient(struct ctl *ctl, int statement_ms, int *status); /* with a time-out of its own; 0 = the role's */
/* A line to fenbod, not yet connected; NULL likewise. */
struct call *ctl_fenbod(struct ctl *ctl, int *status);
/* The API key in the file (NULL = that of the configuration), owned by the caller; NULL likewise. */
char *ctl_key(struct ctl *ctl, const char *file, int *status);

/* Say on stderr what went wrong and return the exit status for it. */
int ctl_fail(const struct err *e);
/* The same of whom we spoke to: a server that could not be reached is named, whatever the message says. */
int ctl_fail_database(const struct err *e);
int ctl_fail_fenbod(struct ctl *ctl, const struct err *e);
int ctl_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A statement whose rows are one jsonb object each, printed as they come. */
struct column;
int ctl_list(struct ctl *ctl, enum statement s, const struct db_param *params, int nparams, const struct column *columns);
/* A statement whose rows nobody needs; `said` is what to say when it is done (NULL = nothing). */
int ctl_do(struct ctl *ctl, enum statement s, const struct db_param *params, int nparams, const char *said);
/* The first column of the first row, owned; NULL with *status set, also when there is no row (not found). */
char *ctl_value(struct ctl *ctl, enum statement s, const struct db_param *params, int nparams, int *status);
/* "{261122…,…}" of case numbers as people write them; owned. NULL with *e set when one is no number. */
char *ctl_numbers(char *const *words, int n, struct err *e);
/* An array literal of texts given as "a,b,c"; owned. */
char *ctl_text_array(const char *list);

#endif
