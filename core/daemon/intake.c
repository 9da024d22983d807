#include "core/daemon/intake.h"

#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/daemon/pool.h"
#include "core/feed/loop.h"

enum {
	IN_FLIGHT = 2,          /* batches on one connection: one at work, one on its way */
	BATCH_BYTES = 16 << 20, /* PostgreSQL takes more, but a transaction should stay short */
	WORTH_ROWS = 100,       /* so many rows waiting are worth one more transaction at the same time */
	PATIENCE_S = 8,         /* a row that cannot be written for so long is answered `retry`, before a client's own 10 s are over */
	RETRY_MS = 100
};

struct row {
	struct row *next;
	char hash[65];
	char *json;
	size_t len;
	int index;
	bool alone; /* was in a batch that failed: goes by itself */
	usec_t since;
	intake_done_fn done;
	void *ctx;
};

struct kept { /* what PostgreSQL said of a row, until the commit */
	bool said;
	struct intake_result result; /* texts are the batch's arena's */
};

struct batch {
	struct intake *intake;
	int slot, rows;
	struct row **row; /* line n is row[n - 1] */
	struct kept *kept;
	struct arena arena;
	usec_t sent;
};

struct intake {
	struct pool *pool;
	struct metrics *metrics;
	struct event *go, *again;
	int batch, backlog;
	struct row *first, **last;
	int queued, unanswered;
	int flying; /* batches under way */
	int *in_flight; /* by connection */
	bool closing;
};

void intake_configure(struct intake *in, int batch, int backlog)
{
	in->batch = batch;
	in->backlog = backlog;
}

bool intake_full(const struct intake *in)
{
	return in->unanswered >= in->backlog;
}

int intake_waiting(const struct intake *in)
{
	return in->unanswered;
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

static void answer(struct intake *in, struct row *r, const struct intake_result *result)
{
	in->unanswered--;
	in->metrics->intake[result->status]++;
	r->done(r->ctx, r->index, result);
	free(r->json);
	free(r);
}

static void answer_error(struct intake *in, struct row *r, enum intake_status status, enum err_code code, const char *message)
{
	answer(in, r, &(struct intake_result){ .status = status, .field = "", .error = err_name(code), .message = message });
}

static void put_back(struct intake *in, struct row *r)
{
	if (in->closing || clock_monotonic() - r->since > PATIENCE_S * USEC_S) {
		answer_error(in, r, INTAKE_retry, ERR_UNAVAILABLE, err_sentence(ERR_UNAVAILABLE));
		return;
	}
	r->next = in->first;
	if (in->first == NULL)
		in->last = &r->next;
	in->first = r;
	in->queued++;
}

/* --- batches ------------------------------------------------------------------------------------------------------- */

/* Rows come before the commit: what they say is told only once the statement has ended well. */
static void on_row(void *ctx, const struct db_row *db)
{
	struct batch *b = ctx;
	int64_t line = db_row_int(db, 0);
	const char *word = db_row_text(db, 1, NULL);
	struct kept *k;

	if (line < 1 || line > b->rows)
		return;
	k = &b->kept[line - 1];
	for (int s = 0; s < INTAKE_STATUSES; s++) {
		if (!strcmp(word, intake_status_name(s))) {
			k->said = true;
			k->result.status = s;
		}
	}
	k->result.no = db_row_int(db, 2);
	k->result.field = arena_strdup(&b->arena, db_row_text(db, 3, NULL));
	k->result.error = arena_strdup(&b->arena, db_row_text(db, 4, NULL));
	k->result.message = arena_strdup(&b->arena, db_row_text(db, 5, NULL));
}

/* The whole batch failed. What may pass comes again; what a row or its key did is found by sending each row alone. */
static void batch_failed(struct batch *b, const struct err *e)
{
	struct intake *in = b->intake;
	bool later = e->code == ERR_UNAVAILABLE || e->code == ERR_TOO_MANY;

	for (int i = b->rows; i-- > 0;) { /* backwards: each goes to the front */
		struct row *r = b->row[i];

		if (later || (b->rows > 1 && !r->alone)) {
			r->alone = r->alone || !later;
			put_back(in, r);
		} else if (e->code == ERR_INTERNAL) {
			answer_error(in, r, INTAKE_retry, e->code, e->message);
		} else {
			answer_error(in, r, INTAKE_refused, e->code, e->message);
		}
	}
	if (later && !in->closing)
		loop_after(in->again, RETRY_MS);
}

static void batch_free(struct batch *b)
{
	arena_free(&b->arena); /* the batch lies in its heap, its arrays in the arena */
	free(b);
}

static void on_done(void *ctx, const struct err *e, size_t rows)
{
	struct batch *b = ctx;
	struct intake *in = b->intake;

	(void)rows;
	in->in_flight[b->slot]--;
	in->flying--;
	metrics_time(&in->metrics->batch, clock_monotonic() - b->sent);
	in->metrics->intake_batches++;
	if (e) {
		log_write(e->code == ERR_UNAVAILABLE || e->code == ERR_TOO_MANY ? LOG_WARN : LOG_ERROR, "an intake batch failed",
		    "error", err_name(e->code), "message", e->message, NULL);
		batch_failed(b, e);
	} else {
		for (int i = 0; i < b->rows; i++) {
			if (b->kept[i].said)
				answer(in, b->row[i], &b->kept[i].result);
			else
				answer_error(in, b->row[i], INTAKE_retry, ERR_INTERNAL, "the database did not answer for this row");
		}
	}
	batch_free(b);
	if (!in->closing && in->queued > 0)
		event_active(in->go, EV_TIMEOUT, 1);
}

static int by_hash(const void *a, const void *b)
{
	return strcmp((*(struct row *const *)a)->hash, (*(struct row *const *)b)->hash);
}

/* Take what goes together from the head of the queue. */
static struct batch *take(struct intake *in, int slot)
{
	int most = in->queued < in->batch ? in->queued : in->batch;
	struct batch *b = calloc(1, sizeof *b);
	size_t bytes = 0;

	if (b == NULL)
		abort();
	b->intake = in;
	b->slot = slot;
	b->row = arena_alloc(&b->arena, (size_t)most * sizeof *b->row);
	b->kept = arena_alloc(&b->arena, (size_t)most * sizeof *b->kept);
	while (b->rows < most) {
		struct row *r = in->first;

		if (b->rows > 0 && (r->alone || b->row[0]->alone || bytes + r->len > BATCH_BYTES))
			break;
		bytes += r->len;
		b->row[b->rows++] = r;
		if ((in->first = r->next) == NULL)
			in->last = &in->first;
		in->queued--;
	}
	return b;
}

/* All rows of one key as an array; returns the index after the last of them. */
static int put_rows(const struct batch *b, int from, struct buf *out)
{
	int i = from;

	buf_putc(out, '[');
	for (; i < b->rows && !strcmp(b->row[i]->hash, b->row[from]->hash); i++) {
		buf_printf(out, "%s{\"line\":%d,", i > from ? "," : "", i + 1);
		buf_add(out, b->row[i]->json + 1, b->row[i]->len - 1);
	}
	buf_putc(out, ']');
	return i;
}

static void send_batch(struct intake *in, int slot)
{
	struct batch *b = take(in, slot);
	struct buf rows = { 0 }, hashes = { 0 };
	bool one_key = true;

	for (int i = 1; i < b->rows; i++)
		one_key = one_key && !strcmp(b->row[i]->hash, b->row[0]->hash);
	if (one_key) {
		put_rows(b, 0, &rows);
		buf_puts(&hashes, b->row[0]->hash);
	} else {
		qsort(b->row, (size_t)b->rows, sizeof *b->row, by_hash);
		buf_putc(&rows, '[');
		for (int i = 0; i < b->rows;) {
			buf_printf(&hashes, "%s%s", i ? " " : "", b->row[i]->hash);
			if (i)
				buf_putc(&rows, ',');
			i = put_rows(b, i, &rows);
		}
		buf_putc(&rows, ']');
	}
	b->sent = clock_monotonic();
	in->in_flight[slot]++;
	in->flying++;
	in->metrics->intake_rows += (uint64_t)b->rows;
	db_send(pool_at(in->pool, slot), one_key ? SQL_INTAKE : SQL_INTAKE_MANY,
	    (struct db_param[]){ DB_TEXT(buf_text(&hashes)), { .text = buf_text(&rows), .len = rows.len } }, 2, on_row, on_done, b);
	buf_free(&rows);
	buf_free(&hashes);
}

static void on_go(evutil_socket_t fd, short what, void *ctx)
{
	struct intake *in = ctx;

	(void)fd, (void)what;
	/* Two at once, so that one alone does not wait behind a long batch; more only when there is enough for each. */
	while (in->queued > 0 && in->flying < 2 + in->queued / WORTH_ROWS) {
		int best = -1;

		for (int i = 0; i < pool_size(in->pool); i++) {
			struct db *db = pool_at(in->pool, i);

			if (db && db_state(db) == DB_READY && in->in_flight[i] < IN_FLIGHT &&
			    (best < 0 || in->in_flight[i] < in->in_flight[best]))
				best = i;
		}
		if (best < 0) {
			/* Busy connections call again when they are done; a lost one comes back by itself. */
			loop_after(in->again, RETRY_MS);
			return;
		}
		send_batch(in, best);
	}
}

static void give_up_old(struct intake *in)
{
	struct row *r = in->first;

	in->first = NULL;
	in->last = &in->first;
	in->queued = 0;
	while (r) { /* put_back answers what has waited too long; order is kept by going through a second list */
		struct row *next = r->next;

		if (in->closing || clock_monotonic() - r->since > PATIENCE_S * USEC_S) {
			answer_error(in, r, INTAKE_retry, ERR_UNAVAILABLE, err_sentence(ERR_UNAVAILABLE));
		} else {
			r->next = NULL;
			*in->last = r;
			in->last = &r->next;
			in->queued++;
		}
		r = next;
	}
}

static void on_again(evutil_socket_t fd, short what, void *ctx)
{
	struct intake *in = ctx;

	if (pool_ready(in->pool) == 0)
		give_up_old(in);
	on_go(fd, what, ctx);
}

void intake_put(struct intake *in, const char *hash, char *json, size_t len, int index, intake_done_fn done, void *ctx)
{
	struct row *r = calloc(1, sizeof *r);

	if (r == NULL)
		abort();
	*r = (struct row){ .json = json, .len = len, .index = index, .since = clock_monotonic(), .done = done, .ctx = ctx };
	strcpy(r->hash, hash);
	*in->last = r;
	in->last = &r->next;
	in->queued++;
	in->unanswered++;
	/* At the end of this turn of the loop: what else arrives in it goes along. */
	event_active(in->go, EV_TIMEOUT, 1);
}

struct intake *intake_new(struct event_base *base, struct pool *pool, struct metrics *metrics, int batch, int backlog)
{
	struct intake *in = calloc(1, sizeof *in);

	if (in == NULL || (in->go = evtimer_new(base, on_go, in)) == NULL || (in->again = evtimer_new(base, on_again, in)) == NULL ||
	    (in->in_flight = calloc((size_t)pool_size(pool), sizeof *in->in_flight)) == NULL)
		abort();
	in->pool = pool;
	in->metrics = metrics;
	in->last = &in->first;
	intake_configure(in, batch, backlog);
	return in;
}

void intake_free(struct intake *in)
{
	if (in == NULL)
		return;
	in->closing = true;
	give_up_old(in);
	event_free(in->go);
	event_free(in->again);
	free(in->in_flight);
	free(in);
}
