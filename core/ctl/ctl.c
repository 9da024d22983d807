#include "core/ctl/ctl.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "conf/value.h"
#include "core/appeal/number.h"
#include "core/base/buf.h"
#include "core/base/clean.h"
#include "core/base/clock.h"
#include "core/ctl/print.h"
#include "core/feed/call.h"

const char *
ctl_opt(const struct ctl_args *a, const char *name)
{
	for (int i = 0; a->options != NULL && a->options[i].name != NULL; i++)
		if (strcmp(a->options[i].name, name) == 0)
			return a->value[i];
	return NULL;
}

bool
ctl_opt_int(const struct ctl_args *a, const char *name, int least, int most, int *out, struct err *e)
{
	const char *text = ctl_opt(a, name);
	int64_t n;

	if (text == NULL)
		return true;
	if (!value_int(text, &n) || n < least || n > most)
		return err_set(e, ERR_USAGE, name, "--%s: a number from %d to %d is expected, not %s", name, least, most, text);
	*out = (int)n;
	return true;
}

int
ctl_fail(const struct err *e)
{
	struct buf line = { 0 };

	clean_text(&line, e->message, strlen(e->message), CLEAN_LINE);
	fprintf(stderr, "fenboctl: %s\n", line.len > 0 ? buf_text(&line) : err_sentence(e->code));
	buf_free(&line);
	return err_exit(e->code);
}

int
ctl_usage(const char *format, ...)
{
	struct err e = { .code = ERR_USAGE };
	va_list args;

	va_start(args, format);
	vsnprintf(e.message, sizeof e.message, format, args);
	va_end(args);
	return ctl_fail(&e);
}

const struct conf *
ctl_conf(struct ctl *ctl, int *status)
{
	struct err_list errs = { 0 };
	char text[512];

	if (ctl->loaded)
		return &ctl->conf;
	ctl->loaded = conf_load(ctl->config, &ctl->conf, &errs);
	for (size_t i = 0; i < errs.count; i++) {
		err_item_show(&errs.items[i], text, sizeof text);
		fprintf(stderr, "fenboctl: %s\n", text);
	}
	err_list_free(&errs);
	*status = EXIT_REFUSED;
	return ctl->loaded ? &ctl->conf : NULL;
}

static int
fail_to_reach(const char *who, const struct err *e)
{
	struct err named = *e;

	if (e->code == ERR_UNAVAILABLE && strstr(e->message, who) == NULL)
		err_set(&named, e->code, e->field, "%s: %s", who, e->message);
	return ctl_fail(&named);
}

int
ctl_fail_database(const struct err *e)
{
	return fail_to_reach("PostgreSQL", e);
}

int
ctl_fail_fenbod(struct ctl *ctl, const struct err *e)
{
	char who[300];

	snprintf(who, sizeof who, "fenbod at %.280s", ctl->conf.fenbod_url);
	return fail_to_reach(who, e);
}

struct sync *
ctl_db(struct ctl *ctl, int *status)
{
	const struct conf *conf = ctl_conf(ctl, status);

	return conf != NULL ? ctl_db_patient(ctl, (int)conf->database_statement, status) : NULL;
}

struct zone { bool may_ask; char name[64]; };

static void
known_row(void *ctx, const struct db_row *r)
{
	struct zone *z = ctx;

	z->may_ask = db_row_bool(r, 0);
	snprintf(z->name, sizeof z->name, "%s", db_row_null(r, 1) ? "" : db_row_text(r, 1, NULL));
}

static void
zone_row(void *ctx, const struct db_row *r)
{
	struct zone *z = ctx;

	snprintf(z->name, sizeof z->name, "%s", db_row_text(r, 0, NULL));
}

/* The centre's zone, for what we read and for what the server writes. A person's account has it; an owner asks for it. Before the
 * first migration there is none, and nothing to be shown. */
static bool
join_zone(struct sync *db)
{
	struct zone z = { false, "" };
	struct err e;

	return sync_run(db, SQL_ZONE_KNOWN, NULL, 0, known_row, &z, &e) &&
	    (!z.may_ask || sync_run(db, SQL_CENTRE, NULL, 0, zone_row, &z, &e)) && *z.name != '\0' &&
	    sync_run(db, SQL_ZONE_SPEAK, (struct db_param[]){ DB_TEXT(z.name) }, 1, NULL, NULL, &e) && clock_zone(z.name);
}

struct sync *
ctl_db_patient(struct ctl *ctl, int statement_ms, int *status)
{
	const struct conf *conf;
	struct err e;

	if (ctl->db != NULL)
		return ctl->db;
	if ((conf = ctl_conf(ctl, status)) == NULL)
		return NULL;
	ctl->db = sync_open(conf->database_url, (int)conf->database_connect, statement_ms, &e);
	if (ctl->db == NULL)
		*status = ctl_fail_database(&e);
	else
		ctl->zoned = join_zone(ctl->db);
	return ctl->db;
}

struct call *
ctl_fenbod(struct ctl *ctl, int *status)
{
	const struct conf *conf;
	struct err e;

	if (ctl->call != NULL)
		return ctl->call;
	if ((conf = ctl_conf(ctl, status)) == NULL)
		return NULL;
	ctl->call = call_open(conf->fenbod_url, *conf->fenbod_ca_file != '\0' ? conf->fenbod_ca_file : NULL, &e);
	if (ctl->call == NULL)
		*status = ctl_fail_fenbod(ctl, &e);
	return ctl->call;
}

char *
ctl_key(struct ctl *ctl, const char *file, int *status)
{
	const struct conf *conf = ctl_conf(ctl, status);
	char line[256] = "";
	struct stat st;
	struct err e;
	FILE *f;

	if (conf == NULL)
		return NULL;
	if (file == NULL)
		file = conf->fenbod_key_file;
	if (*file == '\0') {
		*status = ctl_usage("--key-file names the file with the API key");
		return NULL;
	}
	if ((f = fopen(file, "r")) == NULL) {
		err_set(&e, ERR_NOT_FOUND, "key-file", "%s: %m", file);
		*status = ctl_fail(&e);
		return NULL;
	}
	if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0)
		fprintf(stderr, "fenboctl: %s can be read by others; it should have mode 0600\n", file);
	if (fgets(line, sizeof line, f) == NULL)
		line[0] = '\0';
	fclose(f);
	line[strcspn(line, "\r\n")] = '\0';
	if (*line == '\0') {
		err_set(&e, ERR_INVALID, "key-file", "%s: there is no key in it", file);
		*status = ctl_fail(&e);
		return NULL;
	}
	return strdup(line);
}

/* --- statements ---------------------------------------------------------------------------------------------------- */

struct listing { struct ctl *ctl; const struct column *columns; };

static void
list_row(void *ctx, const struct db_row *r)
{
	struct listing *l = ctx;
	size_t len;
	const char *text = db_row_text(r, 0, &len);
	json_t *object = json_loadb(text, len, 0, NULL);

	if (object != NULL)
		print_row(l->ctl, l->columns, object);
	json_decref(object);
}

static int
run_on(struct ctl *ctl, enum statement s, const struct db_param *params, int nparams, db_row_fn row, void *ctx)
{
	int status;
	struct sync *db = ctl_db(ctl, &status);
	struct err e;

	if (db == NULL)
		return status;
	if (sync_run(db, s, params, nparams, row, ctx, &e))
		return EXIT_DONE;
	return ctl_fail_database(&e);
}

int
ctl_list(struct ctl *ctl, enum statement s, const struct db_param *params, int nparams, const struct column *columns)
{
	struct listing l = { ctl, columns };

	return run_on(ctl, s, params, nparams, list_row, &l);
}

int
ctl_do(struct ctl *ctl, enum statement s, const struct db_param *params, int nparams, const char *said)
{
	int status = run_on(ctl, s, params, nparams, NULL, NULL);

	if (status == EXIT_DONE && said != NULL)
		print_said(ctl, "%s", said);
	return status;
}

static void
value_row(void *ctx, const struct db_row *r)
{
	char **value = ctx;

	if (*value == NULL && !db_row_null(r, 0))
		*value = strdup(db_row_text(r, 0, NULL));
}

char *
ctl_value(struct ctl *ctl, enum statement s, const struct db_param *params, int nparams, int *status)
{
	char *value = NULL;
	struct err e;

	*status = run_on(ctl, s, params, nparams, value_row, &value);
	if (*status == EXIT_DONE && value == NULL) {
		err_set(&e, ERR_NOT_FOUND, NULL, "%s", err_sentence(ERR_NOT_FOUND));
		*status = ctl_fail(&e);
	}
	return value;
}

/* --- arguments ----------------------------------------------------------------------------------------------------- */

char *
ctl_numbers(char *const *words, int n, struct err *e)
{
	struct buf b = { 0 };
	char text[14];
	case_no no;

	buf_putc(&b, '{');
	for (int i = 0; i < n; i++) {
		if (!number_parse(words[i], strlen(words[i]), &no)) {
			err_set(e, ERR_INVALID, "id", "%s is no case number", words[i]);
			buf_free(&b);
			return NULL;
		}
		number_plain(no, text);
		buf_printf(&b, "%s%s", i > 0 ? "," : "", text);
	}
	buf_putc(&b, '}');
	return b.data;
}

char *
ctl_text_array(const char *list)
{
	struct buf b = { 0 };

	buf_putc(&b, '{');
	for (const char *end; *list != '\0'; list = *end == ',' ? end + 1 : end) {
		end = list + strcspn(list, ",");
		buf_puts(&b, b.len > 1 ? ",\"" : "\"");
		for (const char *at = list; at < end; at++) {
			if (*at == '"' || *at == '\\')
				buf_putc(&b, '\\');
			buf_putc(&b, *at);
		}
		buf_putc(&b, '"');
	}
	buf_putc(&b, '}');
	return b.data;
}
