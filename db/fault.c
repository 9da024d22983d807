/*
 * What went wrong, in our words: functions of schema fenbo raise class FB with our code and field as JSON in DETAIL;
 * everything else PostgreSQL says is sorted by SQLSTATE into "try again", "not reachable", "not allowed" and "our fault".
 */
#include <string.h>
#include <jansson.h>
#include "core/base/buf.h"
#include "core/base/clean.h"
#include "core/base/log.h"
#include "core/base/utf8.h"
#include "db/result.h"

static const struct { const char *prefix; enum err_code code; } sqlstates[] = {
	{ "42501", ERR_FORBIDDEN },
	{ "25006", ERR_UNAVAILABLE }, /* a read-only standby, where we wanted to write */
	{ "25P0", ERR_UNAVAILABLE },  /* a transaction that the server ended for idling */
	{ "40", ERR_TOO_MANY },       /* serialization, deadlock: nothing was done */
	{ "55P03", ERR_TOO_MANY },    /* lock not to be had in time */
	{ "57014", ERR_TOO_MANY },    /* statement time-out */
	{ "57", ERR_UNAVAILABLE }, { "58", ERR_UNAVAILABLE }, { "53", ERR_UNAVAILABLE }, { "08", ERR_UNAVAILABLE },
	{ "22", ERR_INVALID },
	{ "23", ERR_CONFLICT },
};

/* One clean line that fits into e->message without half a character at its end. */
static void
set_message(struct err *e, enum err_code code, const char *field, const char *message)
{
	struct buf line = { 0 };
	size_t len;

	clean_text(&line, message, strlen(message), CLEAN_LINE);
	len = line.len;
	if (len >= sizeof e->message) {
		len = sizeof e->message - 1;
		while (len > 0 && ((unsigned char)line.data[len] & 0xC0) == 0x80)
			len--;
	}
	err_set(e, code, field, "%.*s", (int)len, buf_text(&line));
	buf_free(&line);
}

static bool
of_detail(struct err *e, const char *detail, const char *message)
{
	json_t *root = detail != NULL ? json_loads(detail, 0, NULL) : NULL;
	const char *code = json_string_value(json_object_get(root, "error"));
	const char *field = json_string_value(json_object_get(root, "field"));

	if (code != NULL)
		set_message(e, err_by_name(code), field, message);
	json_decref(root);
	return code != NULL;
}

void
fault_of_result(struct err *e, const PGresult *r, enum statement s)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	if (message == NULL)
		message = PQresultErrorMessage(r);
	if (state == NULL)
		state = "08000"; /* libpq itself speaks: the connection is gone */
	if (of_detail(e, PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL), message))
		return;
	for (size_t i = 0; i < sizeof sqlstates / sizeof *sqlstates; i++)
		if (strncmp(state, sqlstates[i].prefix, strlen(sqlstates[i].prefix)) == 0) {
			set_message(e, sqlstates[i].code, NULL, message);
			return;
		}
	set_message(e, ERR_INTERNAL, NULL, message);
	log_write(LOG_ERROR, "a statement failed", "statement", s < SQL_COUNT ? statement_table[s].name : "script", "sqlstate", state,
	    "message", message, NULL);
}

void
fault_of_connection(struct err *e, PGconn *pg)
{
	const char *message = PQerrorMessage(pg);
	/* libpq gives no SQLSTATE for a refused log-in, so its words have to do; our clusters speak C.UTF-8. */
	bool refused = PQconnectionNeedsPassword(pg) || strstr(message, "authentication failed") != NULL ||
	    strstr(message, "is not permitted to log in") != NULL;

	set_message(e, refused ? ERR_FORBIDDEN : ERR_UNAVAILABLE, NULL, *message != '\0' ? message : "PostgreSQL: connection lost");
}

bool
fault_is_fatal(const PGresult *r)
{
	const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);

	if (PQresultErrorField(r, PG_DIAG_SQLSTATE) == NULL)
		return true;
	return severity != NULL && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}
