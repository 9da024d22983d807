#include "core/ctl/sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <libpq-fe.h>
#include "core/base/log.h"
#include "db/result.h"

struct sync {
	PGconn *pg;
	bool prepared[SQL_COUNT];
};

static void
on_notice(void *ctx, const char *message)
{
	(void)ctx;
	log_write(LOG_DEBUG, "PostgreSQL notice", "text", message, NULL);
}

struct sync *
sync_open(const char *conninfo, int connect_ms, int statement_ms, struct err *e)
{
	struct sync *s = calloc(1, sizeof *s);
	char seconds[16], timeout[24];
	const char *keys[] = { "dbname", "fallback_application_name", "client_encoding", "connect_timeout", NULL };
	const char *values[] = { conninfo, "fenboctl", "UTF8", seconds, NULL };

	if (s == NULL) {
		err_set(e, ERR_INTERNAL, NULL, "out of memory");
		return NULL;
	}
	snprintf(seconds, sizeof seconds, "%d", connect_ms <= 2000 ? 2 : (connect_ms + 999) / 1000);
	snprintf(timeout, sizeof timeout, "%dms", statement_ms);
	s->pg = PQconnectdbParams(keys, values, 1);
	if (s->pg != NULL && PQstatus(s->pg) == CONNECTION_OK) {
		PQsetNoticeProcessor(s->pg, on_notice, NULL);
		if (sync_run(s, SQL_DB_SETUP, (struct db_param[]){ DB_TEXT(statement_ms > 0 ? timeout : NULL) }, 1, NULL, NULL, e))
			return s;
	} else if (s->pg != NULL)
		fault_of_connection(e, s->pg);
	else
		err_set(e, ERR_INTERNAL, NULL, "out of memory");
	sync_close(s);
	return NULL;
}

void
sync_close(struct sync *s)
{
	if (s == NULL)
		return;
	PQfinish(s->pg);
	free(s);
}

static bool
result_ok(struct sync *s, const PGresult *r, enum statement statement, struct err *e)
{
	ExecStatusType status = PQresultStatus(r);

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_SINGLE_TUPLE)
		return true;
	fault_of_result(e, r, statement);
	if (PQstatus(s->pg) != CONNECTION_OK || fault_is_fatal(r))
		e->code = ERR_UNAVAILABLE;
	return false;
}

static bool
prepare(struct sync *s, enum statement statement, struct err *e)
{
	PGresult *r;

	if (s->prepared[statement])
		return true;
	r = PQprepare(s->pg, statement_table[statement].name, statement_table[statement].text, 0, NULL);
	s->prepared[statement] = result_ok(s, r, statement, e);
	PQclear(r);
	return s->prepared[statement];
}

bool
sync_run(struct sync *s, enum statement statement, const struct db_param *params, int nparams, db_row_fn row, void *ctx,
    struct err *e)
{
	const char *values[16];
	int lengths[16], formats[16];
	bool ok = nparams <= 16 && prepare(s, statement, e);
	PGresult *r;

	for (int i = 0; ok && i < nparams; i++) {
		values[i] = params[i].text;
		lengths[i] = (int)params[i].len;
		formats[i] = params[i].binary;
	}
	if (!ok)
		return false;
	if (PQsendQueryPrepared(s->pg, statement_table[statement].name, nparams, values, lengths, formats, 0) != 1) {
		fault_of_connection(e, s->pg);
		e->code = ERR_UNAVAILABLE;
		return false;
	}
	PQsetSingleRowMode(s->pg);
	while ((r = PQgetResult(s->pg)) != NULL) {
		if (ok)
			ok = result_ok(s, r, statement, e);
		for (struct db_row at = { r, 0 }; ok && row != NULL && at.row < PQntuples(r); at.row++)
			row(ctx, &at);
		PQclear(r);
	}
	return ok;
}

/* The line of character `position`, both counted from one. */
static int
line_at(const char *text, long position)
{
	int line = 1;

	for (; *text != '\0' && position > 1; text++) {
		line += *text == '\n';
		position -= (*text & 0xC0) != 0x80; /* characters, not bytes */
	}
	return line;
}

bool
sync_script(struct sync *s, const char *text, struct err *e)
{
	PGresult *r = PQexec(s->pg, text);
	bool ok = result_ok(s, r, SQL_COUNT, e);
	const char *position = ok ? NULL : PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION);

	if (position != NULL)
		e->line = line_at(text, strtol(position, NULL, 10));
	PQclear(r);
	return ok;
}

char *
sync_verifier(struct sync *s, const char *user, const char *password, struct err *e)
{
	char *verifier = PQencryptPasswordConn(s->pg, password, user, "scram-sha-256");

	if (verifier == NULL)
		fault_of_connection(e, s->pg);
	return verifier;
}

const char *
sync_user(const struct sync *s)
{
	return PQuser(s->pg);
}
