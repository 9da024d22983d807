/*
 * A blocking connection to PostgreSQL, for fenboctl alone: it asks one thing, waits, and ends. Programs with a loop use
 * db/conn.h. The same statements, rows and errors.
 */
#ifndef FENBO_CTL_SYNC_H
#define FENBO_CTL_SYNC_H

#include <stdbool.h>
#include "core/base/err.h"
#include "db/conn.h"

struct sync; /* opaque */

/* NULL with *e set; ERR_UNAVAILABLE when no host answers. statement_ms = 0: what the role has. */
struct sync *sync_open(const char *conninfo, int connect_ms, int statement_ms, struct err *e);
void sync_close(struct sync *s); /* NULL is fine */

/* Run one statement; row (may be NULL) for each row. False with *e set. */
bool sync_run(struct sync *s, enum statement statement, const struct db_param *params, int nparams, db_row_fn row, void *ctx,
    struct err *e);
/* Several statements in one text, without parameters: a migration. */
bool sync_script(struct sync *s, const char *text, struct err *e);
/* A SCRAM verifier of a password, made here, so that the server never sees the password. Free with PQfreemem. */
char *sync_verifier(struct sync *s, const char *user, const char *password, struct err *e);

const char *sync_user(const struct sync *s); /* the role we are; borrowed */

#endif
