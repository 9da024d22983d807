/*
 * POST /v1/appeals: the lines of a body are judged and thought about a chunk at a time, a large one on a thread (two of a body
 * are under way, so that one is thought about while the one before is being written), sent to the batcher in their order,
 * and answered in order when all of them have been committed, quarantined, or given up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/base/log.h"
#include "core/daemon/api.h"
#include "core/feed/ndjson.h"
#include "core/feed/jsonw.h"

enum {
	CHUNK_LINES = 128, CHUNK_BYTES = 256 << 10, CHUNKS_UNDER_WAY = 2,
	HERE_LINES = 4, HERE_BYTES = 8 << 10, /* so little is thought about at once: handing it over would take longer */
	QUARANTINE_ROWS = 200, QUARANTINE_BYTES = 4 << 20, FULL_WAIT_MS = 20
};

struct line {
	struct bulk *bulk;
	struct thought thought;
	struct ndjson_line text;
	struct intake_result result;
	int number;
	struct buf row;        /* what the thread made of it … */
	const struct err *bad; /* … or why it cannot be taken; the chunk's arena's */
};

/* Lines that are thought about together. A thread touches nothing of it but what the lines get, and its arena. */
struct chunk {
	struct chunk *next;
	struct bulk *bulk;
	struct arena arena;    /* lives as long as the bulk: repeats are remembered from it */
	struct ruling *ruling;
	struct appeal_limits limits;
	struct line *line[CHUNK_LINES];
	int lines;
	size_t bytes;
	bool done;
};

struct bulk {
	struct api_call *call;
	struct event *slice;
	const char *body;
	size_t len, at;
	int number;          /* of the last line seen */
	struct line **line;
	int lines, cap, waiting;
	bool read;           /* the whole body has been gone through */
	struct chunk *chunks, **last, *next; /* all of them; the first not sent to the batcher */
	int under_way;       /* not sent to the batcher */
	struct buf bad;      /* rows for quarantine, a JSON array under way */
	int bad_rows;
	struct line **bad_line;
};

/* What goes to quarantine together. */
struct quarantined {
	struct bulk *bulk;
	int rows;
	struct line **line;
};

/* --- the answer ----------------------------------------------------------------------------------------------------- */

static void put_line(struct buf *out, const struct line *l)
{
	char no[14];

	buf_printf(out, "{\"line\":%d,\"status\":\"%s\"", l->number,
	    l->result.status == INTAKE_refused ? "quarantined" : intake_status_name(l->result.status));
	if (l->result.no && (l->result.status == INTAKE_created || l->result.status == INTAKE_duplicate)) {
		number_plain(l->result.no, no);
		jsonw_member(out, "id", no);
	}
	jsonw_member(out, "field", l->result.field);
	jsonw_member(out, "error", l->result.error);
	jsonw_member(out, "message", l->result.message);
	buf_puts(out, "}\n");
}

static void finish(struct bulk *b)
{
	struct buf out = { 0 };
	struct api_call *c = b->call;
	bool key_gone = b->lines > 0;

	for (int i = 0; i < b->lines; i++) {
		put_line(&out, b->line[i]);
		key_gone = key_gone && b->line[i]->result.error && !strcmp(b->line[i]->result.error, err_name(ERR_UNKNOWN_KEY));
	}
	event_free(b->slice);
	for (struct chunk *k = b->chunks, *next; k; k = next) {
		next = k->next;
		arena_free(&k->arena);
		free(k);
	}
	buf_free(&b->bad);
	free(b->line);
	free(b->bad_line);
	free(b);
	if (key_gone) {
		struct err e;

		err_set(&e, ERR_UNKNOWN_KEY, "", "%s", err_sentence(ERR_UNKNOWN_KEY));
		api_fail(c, &e);
	} else {
		http_answer(c->req, 200, "application/x-ndjson; charset=utf-8", buf_text(&out), out.len);
	}
	buf_free(&out);
}

static void line_answered(struct line *l)
{
	struct bulk *b = l->bulk;

	if (--b->waiting == 0 && b->read)
		finish(b);
}

/* --- quarantine ------------------------------------------------------------------------------------------------------- */

static void quarantine_done(void *ctx, const struct err *e, size_t rows)
{
	struct quarantined *q = ctx;
	struct metrics *m = &q->bulk->call->daemon->metrics;

	(void)rows;
	if (e)
		log_write(LOG_ERROR, "lines could not be quarantined", "error", err_name(e->code), "message", e->message, NULL);
	for (int i = 0; i < q->rows; i++) {
		struct line *l = q->line[i];

		/* What could not be kept was not taken: the channel sends it again. */
		if (e) {
			l->result.status = INTAKE_retry;
			l->result.field = "";
			l->result.error = err_name(e->code);
			l->result.message = "";
		}
		m->intake[l->result.status]++;
	}
	for (int i = 0; i < q->rows; i++)
		line_answered(q->line[i]); /* the last one may free the bulk */
	free(q->line);
	free(q);
}

static void flush_bad(struct bulk *b)
{
	struct quarantined *q;

	if (b->bad_rows == 0)
		return;
	if ((q = malloc(sizeof *q)) == NULL)
		abort();
	*q = (struct quarantined){ .bulk = b, .rows = b->bad_rows, .line = b->bad_line };
	b->bad_rows = 0;
	b->bad_line = NULL;
	buf_putc(&b->bad, ']');
	pool_send(b->call->daemon->pool, SQL_QUARANTINE_ADD,
	    (struct db_param[]){ DB_TEXT(b->call->key.hash), { .text = buf_text(&b->bad), .len = b->bad.len } }, 2, NULL,
	    quarantine_done, q);
}

static void quarantine(struct bulk *b, struct line *l, const struct ndjson_line *text, const struct err *e)
{
	struct arena *a = http_arena(b->call->req);

	l->result = (struct intake_result){ .status = INTAKE_quarantined, .field = arena_strdup(a, e->field),
		.error = err_name(e->code), .message = arena_strdup(a, e->message) };
	if (b->bad_rows == 0) {
		buf_reset(&b->bad);
		buf_putc(&b->bad, '[');
		if ((b->bad_line = calloc(QUARANTINE_ROWS, sizeof(struct line *))) == NULL)
			abort();
	} else {
		buf_putc(&b->bad, ',');
	}
	buf_printf(&b->bad, "{\"line\":%d", l->number);
	jsonw_member(&b->bad, "field", l->result.field);
	jsonw_member(&b->bad, "error", l->result.error);
	jsonw_member(&b->bad, "message", l->result.message);
	buf_puts(&b->bad, ",\"raw_b64\":\"");
	think_base64(&b->bad, text->bytes, text->len);
	buf_puts(&b->bad, "\"}");
	b->bad_line[b->bad_rows++] = l;
	if (b->bad_rows == QUARANTINE_ROWS || b->bad.len > QUARANTINE_BYTES)
		flush_bad(b);
}

/* --- lines ------------------------------------------------------------------------------------------------------------ */

static void row_done(void *ctx, int index, const struct intake_result *r)
{
	struct line *l = ctx;
	struct arena *a = http_arena(l->bulk->call->req);

	(void)index;
	l->result = *r;
	l->result.field = arena_strdup(a, r->field);
	l->result.error = arena_strdup(a, r->error);
	l->result.message = arena_strdup(a, r->message);
	/* A row that the database will never take is the channel's to correct, like any other. */
	if (r->status == INTAKE_refused && strcmp(r->error, err_name(ERR_UNKNOWN_KEY)) && strcmp(r->error, err_name(ERR_FORBIDDEN))) {
		struct err e;

		err_set(&e, err_by_name(r->error), r->field, "%s", r->message);
		quarantine(l->bulk, l, &l->text, &e);
		flush_bad(l->bulk);
		return;
	}
	if (r->status == INTAKE_created) {
		think_remember(l->bulk->call->daemon->think, r->no, &l->thought);
		feedlog_hint(l->bulk->call->daemon->feedlog);
	}
	line_answered(l);
}

/* What SQL would refuse is refused here already, so that the bytes as they came are kept. */
static bool timely(const struct key *k, const struct appeal_in *in, struct err *e)
{
	usec_t now = clock_now();

	if (in->received_at == 0)
		return true;
	if (in->received_at > now + 300 * USEC_S)
		return err_set(e, ERR_INVALID, "received_at", "this lies in the future");
	if (in->received_at < now - 86400 * USEC_S && !(k->rights & KEY_BACKDATE))
		return err_set(e, ERR_FORBIDDEN, "received_at", "older than a day: this needs the right backdate");
	return true;
}

static struct line *new_line(struct bulk *b, int number)
{
	struct line *l = arena_alloc(http_arena(b->call->req), sizeof *l);

	if (b->lines == b->cap) {
		b->cap = b->cap ? b->cap * 2 : 64;
		if ((b->line = realloc(b->line, (size_t)b->cap * sizeof(struct line *))) == NULL)
			abort();
	}
	l->bulk = b;
	l->number = number;
	b->line[b->lines++] = l;
	b->waiting++;
	return l;
}

/* On a thread, or on the loop when there is next to nothing to do. */
static void chunk_think(void *ctx)
{
	struct chunk *k = ctx;
	const struct api_call *c = k->bulk->call;
	struct appeal_in in;
	struct err e;

	for (int i = 0; i < k->lines; i++) {
		struct line *l = k->line[i];

		if (!appeal_parse(&k->arena, l->text.bytes, l->text.len, &k->limits, &in, &e) || !timely(&c->key, &in, &e)) {
			struct err *bad = arena_alloc(&k->arena, sizeof *bad);

			*bad = e;
			l->bad = bad;
			continue;
		}
		/* The bytes go along only where SQL may still refuse the row: it knows the time, and what a day has left. */
		think_row(c->daemon->think, k->ruling, &k->arena, &c->key, &in, NULL, l->text.bytes, in.received_at ? l->text.len : 0,
		    &l->row, &l->thought);
		if (l->row.failed)
			abort();
	}
}

static void chunk_send(struct chunk *k)
{
	struct bulk *b = k->bulk;
	struct daemon *d = b->call->daemon;

	rules_release(k->ruling);
	k->ruling = NULL;
	b->under_way--;
	for (int i = 0; i < k->lines; i++) {
		struct line *l = k->line[i];

		if (l->bad) {
			quarantine(b, l, &l->text, l->bad);
			continue;
		}
		metrics_time(&d->metrics.recommend, l->thought.took);
		intake_put(d->intake, b->call->key.hash, l->row.data, l->row.len, l->number, row_done, l);
		l->row = (struct buf){ 0 };
	}
}

/* Chunks go on in the order of the body, whichever thread was first. */
static void chunk_done(void *ctx)
{
	struct chunk *k = ctx;
	struct bulk *b = k->bulk;

	k->done = true;
	b->waiting++; /* what is answered at once must not end the bulk under us */
	for (; b->next && b->next->done; b->next = b->next->next)
		chunk_send(b->next);
	if (b->read && b->under_way == 0)
		flush_bad(b);
	b->waiting--;
	if (!b->read)
		event_active(b->slice, EV_TIMEOUT, 1);
	else if (b->waiting == 0)
		finish(b);
}

/* fenbod ends before a thread came to it: the channel sends it again. */
static void chunk_drop(void *ctx)
{
	struct chunk *k = ctx;
	struct bulk *b = k->bulk;

	b->read = true;
	b->waiting++;
	for (int i = 0; i < k->lines; i++) {
		k->line[i]->result = (struct intake_result){ .status = INTAKE_retry, .field = "", .error = err_name(ERR_UNAVAILABLE),
			.message = "" };
		buf_free(&k->line[i]->row);
		line_answered(k->line[i]);
	}
	b->waiting--;
	k->lines = 0;
	chunk_done(k);
}

/* The next lines of the body; NULL when there are none. */
static struct chunk *next_chunk(struct bulk *b)
{
	struct daemon *d = b->call->daemon;
	struct chunk *k = NULL;
	struct ndjson_line text;

	while ((k == NULL || (k->lines < CHUNK_LINES && k->bytes < CHUNK_BYTES)) &&
	    ndjson_next(b->body, b->len, &b->at, &b->number, &text)) {
		struct line *l = new_line(b, text.number);

		if (k == NULL) {
			if ((k = calloc(1, sizeof *k)) == NULL)
				abort();
			k->bulk = b;
			k->ruling = rules_hold(d->routing);
			k->limits = (struct appeal_limits){ .line_bytes = (size_t)d->conf.intake_line, .text = (size_t)d->conf.intake_text };
		}
		l->text = text;
		k->line[k->lines++] = l;
		k->bytes += text.len;
	}
	if (k == NULL)
		return NULL;
	*b->last = k;
	b->last = &k->next;
	if (b->next == NULL)
		b->next = k;
	b->under_way++;
	return k;
}

static void on_slice(evutil_socket_t fd, short what, void *ctx)
{
	struct bulk *b = ctx;
	struct daemon *d = b->call->daemon;

	(void)fd, (void)what;
	while (b->under_way < CHUNKS_UNDER_WAY) {
		struct chunk *k;

		if (intake_full(d->intake)) {
			loop_after(b->slice, FULL_WAIT_MS);
			return;
		}
		if ((k = next_chunk(b)) == NULL) {
			if (b->under_way == 0)
				flush_bad(b);
			b->read = true;
			if (b->waiting == 0)
				finish(b);
			return;
		}
		if (k->lines > HERE_LINES || k->bytes > HERE_BYTES) {
			worker_run(d->worker, chunk_think, chunk_done, chunk_drop, k);
			continue;
		}
		chunk_think(k);
		chunk_done(k); /* comes back here by the event */
		return;
	}
}

void api_appeals(struct api_call *c)
{
	struct daemon *d = c->daemon;
	struct bulk *b;
	struct err e;

	if (c->key.channel[0] == '\0') {
		err_set(&e, ERR_FORBIDDEN, "", "this key belongs to no channel");
	} else if (!think_ready(d->think) || pool_ready(d->pool) == 0) {
		err_set(&e, ERR_UNAVAILABLE, "", "%s", err_sentence(ERR_UNAVAILABLE));
	} else if (intake_full(d->intake)) {
		err_set(&e, ERR_UNAVAILABLE, "", "too much is waiting to be written; nothing was accepted");
	} else {
		if ((b = calloc(1, sizeof *b)) == NULL || (b->slice = evtimer_new(d->loop.base, on_slice, b)) == NULL)
			abort();
		event_priority_set(b->slice, LOOP_SLICES);
		b->call = c;
		b->last = &b->chunks;
		b->body = http_body(c->req, &b->len);
		event_active(b->slice, EV_TIMEOUT, 1);
		return;
	}
	api_fail(c, &e);
}
