/*
 * What libpq hands over, for those who call libpq: the files of db/, and fenboctl's blocking connection.
 */
#ifndef FENBO_DB_RESULT_H
#define FENBO_DB_RESULT_H

#include <libpq-fe.h>
#include "core/base/err.h"
#include "db/statement.h"

/* A row for the db_row_* functions of conn.h. */
struct db_row {
	const PGresult *result;
	int row;
};

/* What went wrong, in our words. `s` is only for the log; SQL_COUNT when it was no statement of ours. */
void fault_of_result(struct err *e, const PGresult *r, enum statement s);
void fault_of_connection(struct err *e, PGconn *pg);
/* True when the server ends the connection with this, or libpq found it ended. */
bool fault_is_fatal(const PGresult *r);

#endif
