/*
 * One PostgreSQL connection on a libevent loop: connects without blocking (names resolved by evdns), logs in, runs
 * statements in pipeline mode, notices loss within `deadline_ms`, and comes back by itself with back-off. A request that was not
 * answered when the connection went is told so (ERR_UNAVAILABLE): it may or may not have happened, and the caller asks
 * again with the version it knew, which PostgreSQL refuses if it did.
 */
#ifndef FENBO_DB_CONN_H
#define FENBO_DB_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"
#include "db/statement.h"

struct event_base;
struct evdns_base;
struct db;        /* opaque: one connection */

enum db_state { DB_DOWN, DB_CONNECTING, DB_READY };

struct db_options {
	const char *conninfo;      /* libpq string or URI, several hosts allowed; copied */
	const char *application;   /* application_name */
	int connect_ms;            /* deadline for one attempt; default 5000 */
	int silence_ms;            /* a request without any answer for so long means the connection is lost; default 2000 is for consoles */
	int statement_ms;          /* statement_timeout set at login; 0 = what the role has */
	const struct statement_info *statements; /* SQL_COUNT rows; NULL = statement_table. Tests bring their own */
	int queue_max;             /* requests waiting; one more is refused with ERR_TOO_MANY; default 1024 */
	/* Called on every change of state, also with the reason when it went down. */
	void (*state)(void *ctx, enum db_state s, const struct err *why);
	/* Called once per connection before anything queued is sent: queue log-in statements with db_send_first. May be NULL. */
	void (*ready)(void *ctx, struct db *db);
	void *ctx;
};

struct db *db_new(struct event_base *base, struct evdns_base *dns, const struct db_options *o); /* starts connecting */
void db_free(struct db *db);  /* pending requests end with ERR_UNAVAILABLE */
enum db_state db_state(const struct db *db);
int db_backlog(const struct db *db);

/* One result row, borrowed for the call. Columns by position of the statement's header comment. */
struct db_row;
int db_row_columns(const struct db_row *r);
bool db_row_null(const struct db_row *r, int col);
const char *db_row_text(const struct db_row *r, int col, size_t *len); /* "" for NULL; len may be NULL */
int64_t db_row_int(const struct db_row *r, int col);
double db_row_real(const struct db_row *r, int col);
bool db_row_bool(const struct db_row *r, int col);
int64_t db_row_time(const struct db_row *r, int col);   /* usec_t; 0 for NULL */

struct db_param {
	const char *text; /* NULL = SQL NULL. Text format unless len > 0 and binary. Copied before db_send returns. */
	size_t len;       /* 0 = strlen */
	bool binary;
};
#define DB_TEXT(s) ((struct db_param){ .text = (s) })

/* `row` for every row as it comes (single-row mode; may be NULL), then `done` exactly once: e is NULL on success. SQL errors raised by fenbo
 * functions come with their own code, field and message. Returns a handle for db_cancel, 0 when refused (done was called). */
typedef void (*db_row_fn)(void *ctx, const struct db_row *r);
typedef void (*db_done_fn)(void *ctx, const struct err *e, size_t rows);
uint64_t db_send(struct db *db, enum statement s, const struct db_param *params, int nparams,
    db_row_fn row, db_done_fn done, void *ctx);
uint64_t db_send_first(struct db *db, enum statement s, const struct db_param *params, int nparams,
    db_row_fn row, db_done_fn done, void *ctx);
/* Forget a request: neither callback is called any more. What was sent may still happen. */
void db_forget(struct db *db, uint64_t handle);

/* Group what is sent between begin and end into one transaction; a failure fails every member with its own or the first
 * error. Isolation: a snapshot is read only and repeatable. */
enum db_tx { DB_TX_WRITE, DB_TX_SNAPSHOT };
void db_begin(struct db *db, enum db_tx kind);
void db_end(struct db *db);

#endif
