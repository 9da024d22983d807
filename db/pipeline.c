/*
 * Requests in libpq's pipeline mode. Requests travel in groups that end in a sync of their own, so that PostgreSQL makes a
 * group one transaction and an error costs only its group. A statement is prepared before the first group that
 * needs it on this connection. `owed` mirrors what libpq waits for, answer by answer.
 */
#include <stdlib.h>
#include <string.h>
#include "db/pg.h"

void
group_list_init(struct group_list *l)
{
	l->first = NULL;
	l->tail = &l->first;
}

static void
group_push(struct group_list *l, struct group *g)
{
	g->next = NULL;
	*l->tail = g;
	l->tail = &g->next;
}

static struct group *
group_pop(struct group_list *l)
{
	struct group *g = l->first;

	if (g != NULL && (l->first = g->next) == NULL)
		l->tail = &l->first;
	return g;
}

static void
group_remove(struct group_list *l, struct group *g)
{
	struct group **at = &l->first;

	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	if (l->tail == &g->next)
		l->tail = at;
}

/* --- requests ------------------------------------------------------------------------------------------------------ */

static struct request *
request_new(enum statement s, const struct db_param *params, int nparams)
{
	size_t bytes = 0;
	struct request *r = calloc(1, sizeof *r);
	char *at;

	if (r == NULL)
		return NULL;
	for (int i = 0; i < nparams; i++)
		if (params[i].text != NULL)
			bytes += (params[i].len > 0 ? params[i].len : strlen(params[i].text)) + 1;
	r->statement = s;
	r->nparams = nparams;
	r->values = calloc(1, (size_t)nparams * (sizeof *r->values + 2 * sizeof *r->lengths) + bytes + 1);
	if (r->values == NULL) {
		free(r);
		return NULL;
	}
	r->lengths = (int *)(r->values + nparams);
	r->formats = r->lengths + nparams;
	at = (char *)(r->formats + nparams);
	for (int i = 0; i < nparams; i++) {
		size_t len;

		if (params[i].text == NULL)
			continue;
		len = params[i].len > 0 ? params[i].len : strlen(params[i].text);
		memcpy(at, params[i].text, len);
		r->values[i] = at;
		r->lengths[i] = (int)len;
		r->formats[i] = params[i].binary;
		at += len + 1;
	}
	return r;
}

static void
request_free(struct request *r)
{
	free(r->values);
	free(r);
}

static struct group *
group_new(enum db_tx kind)
{
	struct group *g = calloc(1, sizeof *g);

	if (g != NULL) {
		g->kind = kind;
		g->tail = &g->first;
	}
	return g;
}

static void
group_fail(struct group *g, const struct err *e)
{
	if (!g->failed)
		g->err = *e;
	g->failed = true;
}

/* Tell every member how it ended, and free the group. */
static void
group_end(struct db *db, struct group *g)
{
	struct request *r, *next;

	for (r = g->first; r != NULL; r = next) {
		const struct err *e = r->failed ? &r->err : g->failed ? &g->err : NULL;

		next = r->next;
		db->backlog--;
		if (r->done != NULL)
			r->done(r->ctx, e, e == NULL ? r->rows : 0);
		request_free(r);
	}
	free(g);
}

static uint64_t
refuse(db_done_fn done, void *ctx, enum err_code code, const char *message)
{
	struct err e;

	err_set(&e, code, NULL, "%s", message);
	if (done != NULL)
		done(ctx, &e, 0);
	return 0;
}

/* Why nothing more can be taken; NULL when it can. */
static const char *
full(const struct db *db, const struct group_list *list, enum err_code *code)
{
	*code = ERR_UNAVAILABLE;
	if (db->state == DB_DOWN || db->dying)
		return db->why.message[0] != '\0' ? db->why.message : "PostgreSQL cannot be reached";
	if (list != &db->waiting || db->backlog < db->o.queue_max)
		return NULL;
	*code = ERR_TOO_MANY;
	return "too many requests are waiting for PostgreSQL";
}

static uint64_t
add(struct db *db, struct group_list *list, enum statement s, const struct db_param *params, int nparams,
    db_row_fn row, db_done_fn done, void *ctx)
{
	enum err_code code;
	const char *why = full(db, list, &code);
	struct request *r = why == NULL ? request_new(s, params, nparams) : NULL;
	struct group *open = list == &db->waiting ? db->open : NULL;
	struct group *g = open == NULL && r != NULL ? group_new(DB_TX_WRITE) : open;

	if (r == NULL || g == NULL) {
		if (r != NULL)
			request_free(r);
		if (why == NULL) {
			code = ERR_INTERNAL;
			why = "out of memory";
		}
		if (open != NULL) { /* the transaction must not happen without this member */
			struct err e;

			err_set(&e, code, NULL, "%s", why);
			group_fail(open, &e);
		}
		return refuse(done, ctx, code, why);
	}
	r->handle = ++db->next_handle;
	r->row = row;
	r->done = done;
	r->ctx = ctx;
	*g->tail = r;
	g->tail = &r->next;
	db->backlog++;
	if (g != open) {
		group_push(list, g);
		pipeline_pump(db);
	}
	return db->next_handle;
}

uint64_t
db_send(struct db *db, enum statement s, const struct db_param *params, int nparams, db_row_fn row, db_done_fn done, void *ctx)
{
	return add(db, &db->waiting, s, params, nparams, row, done, ctx);
}

uint64_t
db_send_first(struct db *db, enum statement s, const struct db_param *params, int nparams, db_row_fn row, db_done_fn done,
    void *ctx)
{
	return add(db, &db->urgent, s, params, nparams, row, done, ctx);
}

static bool
forget_in(struct group *g, uint64_t handle)
{
	for (struct request *r = g->first; r != NULL; r = r->next)
		if (r->handle == handle) {
			r->row = NULL;
			r->done = NULL;
			return true;
		}
	return false;
}

void
db_forget(struct db *db, uint64_t handle)
{
	struct group_list *lists[] = { &db->sent, &db->urgent, &db->waiting };

	if (db->open != NULL && forget_in(db->open, handle))
		return;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		for (struct group *g = lists[i]->first; g != NULL; g = g->next) {
			if (!forget_in(g, handle))
				continue;
			if (lists[i] != &db->sent && g->first->next == NULL) { /* alone and not sent: it need not happen */
				group_remove(lists[i], g);
				group_end(db, g);
			}
			return;
		}
}

void
db_begin(struct db *db, enum db_tx kind)
{
	struct err e;

	if (db->open != NULL)
		return; /* transactions do not nest; what follows joins the open one */
	db->open = group_new(kind);
	if (db->open != NULL && db->state == DB_DOWN) {
		err_set(&e, ERR_UNAVAILABLE, NULL, "PostgreSQL cannot be reached");
		group_fail(db->open, &e);
	}
}

void
db_end(struct db *db)
{
	struct group *g = db->open;

	db->open = NULL;
	if (g == NULL)
		return;
	if (g->failed || g->first == NULL) {
		conn_enter(db);
		group_end(db, g);
		conn_leave(db);
		return;
	}
	group_push(&db->waiting, g);
	pipeline_pump(db);
}

/* --- sending ------------------------------------------------------------------------------------------------------- */

static bool
owe(struct db *db, enum owed_kind kind, enum statement s, struct request *r, struct group *g)
{
	struct owed *o = calloc(1, sizeof *o);

	if (o == NULL)
		return false;
	*o = (struct owed){ .kind = kind, .statement = s, .request = r, .group = g };
	if (db->owed == NULL)
		db->asked_at = clock_monotonic();
	*db->owed_tail = o;
	db->owed_tail = &o->next;
	return true;
}

static bool
send_prepare(struct db *db, enum statement s, struct group *g)
{
	if (db->prepared[s])
		return true;
	db->prepared[s] = true; /* taken back if the answer says otherwise */
	return PQsendPrepare(db->pg, db->o.statements[s].name, db->o.statements[s].text, 0, NULL) == 1 &&
	    owe(db, OWED_PREPARE, s, NULL, g);
}

static bool
send_plain(struct db *db, enum statement s, struct group *g)
{
	return PQsendQueryPrepared(db->pg, db->o.statements[s].name, 0, NULL, NULL, NULL, 0) == 1 &&
	    owe(db, OWED_PLAIN, s, NULL, g);
}

static bool
send_sync(struct db *db, enum owed_kind kind, struct group *g)
{
	return PQpipelineSync(db->pg) == 1 && owe(db, kind, 0, NULL, g);
}

static bool
send_group(struct db *db, struct group *g)
{
	bool snapshot = g->kind == DB_TX_SNAPSHOT;
	bool ok = true;

	for (struct request *r = g->first; ok && r != NULL; r = r->next)
		ok = send_prepare(db, r->statement, g);
	if (snapshot) /* preparing takes a snapshot, after which the isolation level cannot be chosen: a sync between */
		ok = ok && send_prepare(db, SQL_DB_SNAPSHOT, g) && send_prepare(db, SQL_DB_ROLLBACK, g) &&
		    send_sync(db, OWED_SYNC, g) && send_plain(db, SQL_DB_SNAPSHOT, g);
	for (struct request *r = g->first; ok && r != NULL; r = r->next)
		ok = PQsendQueryPrepared(db->pg, db->o.statements[r->statement].name, r->nparams, r->values, r->lengths,
		    r->formats, 0) == 1 && owe(db, OWED_ROWS, r->statement, r, g);
	if (snapshot) /* a failed statement leaves the transaction open: the rollback stands behind a sync of its own */
		ok = ok && send_sync(db, OWED_SYNC, g) && send_plain(db, SQL_DB_ROLLBACK, g);
	return ok && send_sync(db, OWED_END, g);
}

void
pipeline_pump(struct db *db)
{
	struct group_list *list;
	struct group *g;
	struct err e;

	while (db->state == DB_READY && !db->holding && !db->doomed) {
		list = db->urgent.first != NULL ? &db->urgent : &db->waiting;
		if ((g = group_pop(list)) == NULL)
			break;
		group_push(&db->sent, g);
		if (!send_group(db, g)) {
			fault_of_connection(&e, db->pg);
			e.code = ERR_UNAVAILABLE;
			conn_lose(db, &e);
			return;
		}
	}
	if (db->state == DB_READY && !db->doomed)
		conn_want_write(db);
}

/* A sync and nothing else: the cheapest question there is. */
bool
pipeline_ping(struct db *db)
{
	return send_sync(db, OWED_PING, NULL);
}

/* --- answers ------------------------------------------------------------------------------------------------------- */

static void
owed_pop(struct db *db)
{
	struct owed *o = db->owed;

	if ((db->owed = o->next) == NULL)
		db->owed_tail = &db->owed;
	free(o);
}

static void
take_error(struct db *db, struct owed *o, const PGresult *result)
{
	struct err e;

	if (o->kind == OWED_PREPARE)
		db->prepared[o->statement] = false;
	if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED || o->group == NULL)
		return; /* the group's first error says why */
	fault_of_result(&e, result, o->statement);
	if (o->request != NULL) {
		o->request->failed = true;
		o->request->err = e;
	}
	group_fail(o->group, &e);
}

static int
take_rows(struct owed *o, const PGresult *result)
{
	struct request *r = o->request;
	int n = PQntuples(result);

	for (struct db_row row = { result, 0 }; r != NULL && row.row < n; row.row++) {
		r->rows++;
		if (r->row != NULL)
			r->row(r->ctx, &row);
	}
	return n;
}

/* Take one result, or the NULL that ends a command. Returns rows handed over, -1 when the connection must be given up. */
static int
take(struct db *db, struct owed *o, const PGresult *result)
{
	struct group *g = o->group;

	if (result == NULL) {
		if (o->kind == OWED_SYNC || o->kind == OWED_END || o->kind == OWED_PING)
			return -1;
		owed_pop(db);
		return 0;
	}
	switch (PQresultStatus(result)) {
	case PGRES_SINGLE_TUPLE:
	case PGRES_TUPLES_OK:
		return take_rows(o, result);
	case PGRES_COMMAND_OK:
		return 0;
	case PGRES_PIPELINE_SYNC:
		if (o->kind != OWED_SYNC && o->kind != OWED_END && o->kind != OWED_PING)
			return -1;
		if (o->kind == OWED_END) {
			group_remove(&db->sent, g);
			owed_pop(db);
			group_end(db, g);
		} else
			owed_pop(db);
		return 0;
	case PGRES_FATAL_ERROR:
	case PGRES_PIPELINE_ABORTED:
		if (o->kind == OWED_SYNC || o->kind == OWED_END || o->kind == OWED_PING)
			return -1; /* the commit itself failed, or the two of us have lost count */
		take_error(db, o, result);
		return 0;
	default:
		return -1; /* COPY and the like: no statement of ours asks for it */
	}
}

/* PQgetResult never waits here: PQisBusy was asked first. */
bool
pipeline_drain(struct db *db, int at_most)
{
	int rows = 0, n;
	struct err e;
	struct owed *o;
	PGresult *result;
	bool fatal;

	while ((o = db->owed) != NULL) {
		if (o->kind == OWED_ROWS && !o->begun && o->request->row != NULL)
			PQsetSingleRowMode(db->pg);
		o->begun = true;
		if (PQisBusy(db->pg))
			return false;
		if (rows >= at_most)
			return true;
		result = PQgetResult(db->pg);
		fatal = result != NULL && PQresultStatus(result) == PGRES_FATAL_ERROR && fault_is_fatal(result);
		if (fatal)
			fault_of_result(&e, result, o->statement);
		n = fatal ? -1 : take(db, o, result);
		PQclear(result);
		if (db->dying || db->doomed)
			return false;
		if (n < 0) {
			if (!fatal)
				fault_of_connection(&e, db->pg);
			e.code = ERR_UNAVAILABLE;
			conn_lose(db, &e);
			return false;
		}
		rows += n > 0 ? n : 1;
	}
	return false;
}

/* --- the connection came, or went ---------------------------------------------------------------------------------- */

void
pipeline_open(struct db *db)
{
	memset(db->prepared, 0, sizeof db->prepared);
	db->owed = NULL;
	db->owed_tail = &db->owed;
	db->heard_at = clock_monotonic();
}

void
pipeline_fail_all(struct db *db, const struct err *why)
{
	struct group_list *lists[] = { &db->sent, &db->urgent, &db->waiting };
	struct group_list gone;
	struct group *g;

	while (db->owed != NULL)
		owed_pop(db);
	if (db->open != NULL)
		group_fail(db->open, why);
	/* Detach first: a `done` may send again, and that belongs to the next connection. */
	group_list_init(&gone);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		while ((g = group_pop(lists[i])) != NULL)
			group_push(&gone, g);
	while ((g = group_pop(&gone)) != NULL) {
		group_fail(g, why);
		for (struct request *r = g->first; r != NULL; r = r->next)
			if (!r->failed) {
				r->failed = true;
				r->err = *why;
			}
		group_end(db, g);
	}
}
