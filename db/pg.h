/*
 * The inside of a connection, for the files of db/ only: conn.c makes and loses it, hosts.c says where to, pipeline.c
 * sends groups of requests and takes their answers, row.c and fault.c (result.h) read what came. Everything runs on one loop.
 */
#ifndef FENBO_DB_PG_H
#define FENBO_DB_PG_H

#include <libpq-fe.h>
#include "core/base/clock.h"
#include "db/conn.h"
#include "db/result.h"

struct event;
struct evdns_getaddrinfo_request;

/* One call of db_send. Parameters are copied behind it. */
struct request {
	uint64_t handle;
	enum statement statement;
	db_row_fn row;   /* NULL when forgotten, or not wanted */
	db_done_fn done; /* NULL when forgotten */
	void *ctx;
	size_t rows;
	bool failed;
	struct err err;
	struct request *next;
	int nparams;
	const char **values; /* owned, one block with lengths, formats and the texts */
	int *lengths, *formats;
};

/* What stands or falls together: one request, or those between db_begin and db_end. */
struct group {
	enum db_tx kind;
	bool failed; /* err is the first error */
	struct err err;
	struct request *first, **tail;
	struct group *next;
};
struct group_list { struct group *first, **tail; };

/* One answer the server owes us, in the order of sending. */
enum owed_kind { OWED_PREPARE, OWED_ROWS, OWED_PLAIN, OWED_SYNC, OWED_END, OWED_PING };
struct owed {
	enum owed_kind kind;
	enum statement statement;
	struct request *request; /* OWED_ROWS */
	struct group *group;     /* all but OWED_PING; OWED_END completes and frees it */
	bool begun;
	struct owed *next;
};

/* Somewhere to connect to; hosts.c makes the list anew for each round. */
struct host {
	char *host, *address, *port; /* owned; address NULL for a socket directory */
};
struct hosts {
	struct host *at;
	int count;
	bool two_passes; /* prefer-standby: standbys first, then anybody */
};

struct db {
	struct event_base *base;
	struct evdns_base *dns;
	struct db_options o;
	char *conninfo, *application;

	enum db_state state;
	PGconn *pg;
	PQconninfoOption *info; /* parsed conninfo */
	struct hosts hosts;
	int host;               /* candidate being tried, over both passes */
	int resolving;          /* item of the host list being looked up */
	struct evdns_getaddrinfo_request *lookup;
	struct err why;         /* the last reason an attempt or the connection failed */
	int backoff_ms;

	struct event *read, *write; /* on the socket; made anew when libpq changes it */
	struct event *timer;    /* end of an attempt, or the next attempt */
	struct event *watch;    /* silence */
	struct event *again;    /* more rows wait in libpq's memory */

	struct group_list urgent, waiting, sent;
	struct group *open;     /* between db_begin and db_end */
	struct owed *owed, **owed_tail;
	int backlog;
	uint64_t next_handle;
	usec_t heard_at, asked_at;
	bool prepared[SQL_COUNT];

	int depth;              /* callbacks under way; losing and freeing wait for their end */
	bool holding;           /* nothing is sent before the log-in statements are known */
	bool doomed;            /* lost, told when the callbacks have returned; `why` says why */
	bool dying;             /* db_free was called from a callback */
};

/* conn.c */
void conn_lose(struct db *db, const struct err *why);
void conn_enter(struct db *db);
bool conn_leave(struct db *db); /* false: db is gone, or its connection */
void conn_want_write(struct db *db);

/* hosts.c: fills db->hosts, then calls hosts_ready; or says why not (false) */
bool hosts_parse(struct db *db, struct err *e);
void hosts_resolve(struct db *db);
void hosts_stop(struct db *db);
void hosts_free(struct hosts *h);
void hosts_ready(struct db *db); /* in conn.c */
PGconn *hosts_start(struct db *db); /* PQconnectStartParams to db->host */

/* pipeline.c */
void pipeline_open(struct db *db);   /* a fresh connection */
void pipeline_pump(struct db *db);   /* send what waits */
bool pipeline_drain(struct db *db, int at_most); /* take answers; true while more wait in memory */
bool pipeline_ping(struct db *db);
void pipeline_fail_all(struct db *db, const struct err *why);
void group_list_init(struct group_list *l);

#endif
