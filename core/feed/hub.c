#include "core/feed/hub.h"

#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/base/clock.h"
#include "core/feed/http.h"
#include "core/feed/loop.h"
#include "core/feed/sse.h"

enum {
	RING_FRAMES = 65536, RING_BYTES = 32 << 20, BEHIND_BYTES = 4 << 20, KEEPALIVE_MS = 15000, READERS = 2000,
	CATCH_UP_BYTES = 256 * 1024, /* a reader that catches up has at most about so much under way */
	OLDER_AT_ONCE = 2, TURN_MS = 25, CURSOR_MAX = 160
};

struct hub_scope {
	struct hub_scope *next;
	bool whole;
	int ntags;
	char **tag; /* sorted */
};

/* Bytes written to several readers. */
struct blob {
	int uses;
	struct buf bytes;
};

/* What one flush has made so far: frames [from, to) as one scope sees them. */
struct shared {
	const struct hub_scope *scope;
	uint64_t from, to;
	struct blob *blob; /* NULL: nothing of it is in scope */
};

enum reader_state {
	READER_LIVE,    /* at `position` of the ring */
	READER_WAITING, /* needs older frames, not asked for yet */
	READER_ASKED    /* older frames are being read */
};

struct reader {
	struct reader *next, **prev;
	struct hub *hub;
	uint64_t id;
	const struct hub_scope *scope;
	struct http_request *request; /* until the stream has begun */
	struct http_stream *stream;
	enum reader_state state;
	bool caught_up;               /* has once reached the end of the ring */
	uint64_t position;
	char after[CURSOR_MAX];       /* READER_WAITING, READER_ASKED: where to go on */
	struct buf page;              /* READER_ASKED: encoded frames to send */
	usec_t last_write;
	int beat_ms;                  /* 0 = the hub's keepalive_ms */
};

struct hub {
	struct event_base *base;
	struct hub_options o;
	struct ring *ring;
	bool started;
	struct hub_scope *scopes;
	struct reader *readers;
	struct event *turn, *beat;
	uint64_t next_id;
	int asked;
	struct hub_counts counts;
	struct shared shared[16];
	int nshared;
	struct buf scratch;
};

/* --- scopes ------------------------------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool same_scope(const struct hub_scope *a, const struct hub_scope *b)
{
	if (a->whole != b->whole || a->ntags != b->ntags)
		return false;
	for (int i = 0; i < a->ntags; i++)
		if (strcmp(a->tag[i], b->tag[i]))
			return false;
	return true;
}

static void scope_free(struct hub_scope *s)
{
	for (int i = 0; i < s->ntags; i++)
		free(s->tag[i]);
	free(s->tag);
	free(s);
}

struct hub_scope *hub_scope(struct hub *h, bool whole, const char *const *tags, int ntags)
{
	struct hub_scope *s = calloc(1, sizeof *s);

	if (s == NULL || (s->tag = calloc((size_t)ntags + 1, sizeof *s->tag)) == NULL)
		abort();
	s->whole = whole;
	for (; !whole && s->ntags < ntags; s->ntags++)
		if ((s->tag[s->ntags] = strdup(tags[s->ntags])) == NULL)
			abort();
	qsort(s->tag, (size_t)s->ntags, sizeof *s->tag, by_text);
	for (struct hub_scope *o = h->scopes; o; o = o->next) {
		if (same_scope(o, s)) {
			scope_free(s);
			return o;
		}
	}
	s->next = h->scopes;
	return h->scopes = s;
}

static bool sees(const struct hub_scope *s, const char *tags)
{
	if (s->whole)
		return true;
	for (; *tags; tags += strlen(tags) + 1)
		if (bsearch(&tags, s->tag, (size_t)s->ntags, sizeof *s->tag, by_text))
			return true;
	return false;
}

/* --- blocks shared by readers ------------------------------------------------------------------------------------- */

static void blob_release(const void *bytes, size_t len, void *arg)
{
	struct blob *b = arg;

	(void)bytes, (void)len;
	if (--b->uses == 0) {
		buf_free(&b->bytes);
		free(b);
	}
}

static struct blob *blob_new(const char *bytes, size_t len)
{
	struct blob *b = calloc(1, sizeof *b);

	if (b == NULL)
		abort();
	b->uses = 1;
	http_chunk(&b->bytes, bytes, len);
	return b;
}

static void forget_shared(struct hub *h)
{
	for (int i = 0; i < h->nshared; i++)
		if (h->shared[i].blob)
			blob_release(NULL, 0, h->shared[i].blob);
	h->nshared = 0;
}

/* Frames from `from` on, up to about CATCH_UP_BYTES, as this scope sees them. */
static const struct shared *share(struct hub *h, const struct hub_scope *scope, uint64_t from)
{
	struct shared *s;

	for (int i = 0; i < h->nshared; i++)
		if (h->shared[i].scope == scope && h->shared[i].from == from)
			return &h->shared[i];
	if (h->nshared == (int)(sizeof h->shared / sizeof h->shared[0]))
		forget_shared(h);
	s = &h->shared[h->nshared++];
	*s = (struct shared){ .scope = scope, .from = from, .to = from };
	buf_reset(&h->scratch);
	for (; s->to < ring_end(h->ring) && h->scratch.len < CATCH_UP_BYTES; s->to++) {
		const struct ring_frame *f = ring_at(h->ring, s->to);

		if (sees(scope, f->tags))
			buf_add(&h->scratch, f->bytes, f->len);
	}
	if (h->scratch.len > 0)
		s->blob = blob_new(h->scratch.data, h->scratch.len);
	return s;
}

/* --- readers ------------------------------------------------------------------------------------------------------ */

static void reader_free(struct reader *r)
{
	*r->prev = r->next;
	if (r->next)
		r->next->prev = r->prev;
	if (r->state == READER_ASKED)
		r->hub->asked--;
	r->hub->counts.readers--;
	buf_free(&r->page);
	free(r);
}

static void reader_gone(void *ctx, struct http_stream *s)
{
	(void)s;
	reader_free(ctx);
}

static void reader_refuse(struct reader *r, const struct err *e)
{
	if (r->request) {
		struct http_request *req = r->request;

		r->request = NULL;
		http_fail(req, e);
		reader_free(r);
	} else {
		http_stream_end(r->stream); /* frees the reader */
	}
}

/* False when the reader is gone. */
static bool reader_open(struct reader *r)
{
	struct http_request *req = r->request;

	if (r->stream)
		return true;
	r->request = NULL;
	if ((r->stream = http_stream_begin(req, "text/event-stream; charset=utf-8", reader_gone, r)) == NULL) {
		reader_free(r);
		return false;
	}
	/* A word at once, so that the other end knows the stream is open. */
	r->last_write = 0;
	return true;
}

static void send_blob(struct reader *r, struct blob *b)
{
	b->uses++;
	http_stream_send(r->stream, b->bytes.data, b->bytes.len, blob_release, b);
	r->last_write = clock_monotonic();
	r->hub->counts.writes++;
	r->hub->counts.bytes += b->bytes.len;
}

static void send_own(struct reader *r, const char *bytes, size_t len)
{
	struct blob *b = blob_new(bytes, len);

	send_blob(r, b);
	blob_release(NULL, 0, b);
}

/* Give a live reader what it lacks, as far as it takes it. False when it was cut. */
static bool serve(struct hub *h, struct reader *r)
{
	size_t waiting = http_stream_waiting(r->stream);

	if (r->position < ring_begin(h->ring) ||
	    (r->caught_up && waiting + ring_behind(h->ring, r->position) > h->o.behind_bytes)) {
		h->counts.cut++;
		http_stream_end(r->stream);
		return false;
	}
	while (r->position < ring_end(h->ring) && waiting < CATCH_UP_BYTES) {
		const struct shared *s = share(h, r->scope, r->position);

		r->position = s->to;
		if (s->blob) {
			send_blob(r, s->blob);
			waiting += s->blob->bytes.len;
		}
	}
	r->caught_up = r->caught_up || r->position == ring_end(h->ring);
	return true;
}

static void ask_older(struct hub *h)
{
	for (struct reader *r = h->readers, *next; r && h->asked < OLDER_AT_ONCE; r = next) {
		next = r->next;
		if (r->state == READER_WAITING && (r->stream == NULL || http_stream_waiting(r->stream) < CATCH_UP_BYTES)) {
			r->state = READER_ASKED;
			h->asked++;
			h->o.older(h->o.ctx, r->id, r->after);
		}
	}
}

void hub_flush(struct hub *h)
{
	bool more = false;

	for (struct reader *r = h->readers, *next; r; r = next) {
		next = r->next;
		if (r->state != READER_LIVE)
			more = true;
		else if (r->position != ring_end(h->ring) && serve(h, r) && r->position != ring_end(h->ring))
			more = true;
	}
	forget_shared(h);
	ask_older(h);
	if (more && !evtimer_pending(h->turn, NULL))
		loop_after(h->turn, TURN_MS);
}

static void on_turn(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	hub_flush(ctx);
}

/* Comments for those who have heard nothing for a while; all of them share one. */
static void on_beat(evutil_socket_t fd, short what, void *ctx)
{
	struct hub *h = ctx;
	usec_t now = clock_monotonic() + USEC_S / 2; /* the next turn is as far away */
	struct blob *b;

	(void)fd, (void)what;
	buf_reset(&h->scratch);
	sse_encode_comment(&h->scratch, "still here");
	b = blob_new(h->scratch.data, h->scratch.len);
	for (struct reader *r = h->readers; r; r = r->next)
		if (r->stream && r->last_write < now - (r->beat_ms ? r->beat_ms : h->o.keepalive_ms) * INT64_C(1000) &&
		    http_stream_waiting(r->stream) < CATCH_UP_BYTES)
			send_blob(r, b);
	blob_release(NULL, 0, b);
	loop_after(h->beat, 500);
}

/* Find the place of a reader that comes with a cursor. False: refused. */
static bool place(struct hub *h, struct reader *r, const char *after, struct err *e)
{
	struct cursor c;

	if (!cursor_parse(after, &c) || strlen(after) >= sizeof r->after)
		return err_set(e, ERR_INVALID, "after", "this is not a cursor of this stream");
	switch (ring_find(h->ring, &c, &r->position)) {
	case RING_FOUND:
		r->state = READER_LIVE;
		return true;
	case RING_OLD:
		r->state = READER_WAITING;
		strcpy(r->after, after);
		return true;
	case RING_OTHER:
		break;
	}
	return err_set(e, ERR_GONE, "after", "%s", err_sentence(ERR_GONE));
}

void hub_join(struct hub *h, struct http_request *req, const struct hub_scope *scope, const char *after, int beat_ms)
{
	struct reader *r;
	struct err e;

	if (!h->started || h->counts.readers >= h->o.readers) {
		err_set(&e, ERR_UNAVAILABLE, "", h->started ? "too many readers" : "the stream has not begun yet");
		http_fail(req, &e);
		return;
	}
	if ((r = calloc(1, sizeof *r)) == NULL)
		abort();
	*r = (struct reader){ .hub = h, .id = ++h->next_id, .scope = scope, .request = req, .position = ring_end(h->ring),
		.beat_ms = beat_ms };
	r->prev = &h->readers;
	if ((r->next = h->readers))
		r->next->prev = &r->next;
	h->readers = r;
	h->counts.readers++;
	if (after && *after && !place(h, r, after, &e)) {
		reader_refuse(r, &e);
		return;
	}
	if (r->state == READER_LIVE && reader_open(r)) {
		send_own(r, ": hello\n\n", 9);
		serve(h, r);
		forget_shared(h);
	}
	if (h->asked < OLDER_AT_ONCE)
		ask_older(h);
	if (!evtimer_pending(h->turn, NULL))
		loop_after(h->turn, TURN_MS);
}

static struct reader *find_reader(struct hub *h, uint64_t id)
{
	for (struct reader *r = h->readers; r; r = r->next)
		if (r->id == id)
			return r;
	return NULL;
}

void hub_older_frame(struct hub *h, uint64_t reader, const char *cursor, const char *event, const char *data, size_t len,
    const char *tags)
{
	struct reader *r = find_reader(h, reader);

	if (r == NULL || r->state != READER_ASKED || strlen(cursor) >= sizeof r->after)
		return;
	strcpy(r->after, cursor);
	if (sees(r->scope, tags))
		sse_encode(&r->page, cursor, event, data, len);
}

void hub_older_done(struct hub *h, uint64_t reader, size_t frames, const struct err *e)
{
	struct reader *r = find_reader(h, reader);
	struct cursor c;
	struct err why;

	if (r == NULL || r->state != READER_ASKED)
		return;
	h->asked--;
	r->state = READER_WAITING;
	if (e) {
		reader_refuse(r, e);
		return;
	}
	if (!reader_open(r))
		return;
	send_own(r, r->page.len ? r->page.data : ": hello\n\n", r->page.len ? r->page.len : 9);
	buf_free(&r->page);
	/* Nothing left to read means that the ring has all the rest, though its floor may lie beyond our cursor. */
	if (!cursor_parse(r->after, &c) || (ring_find(h->ring, &c, &r->position) == RING_OTHER)) {
		err_set(&why, ERR_GONE, "", "%s", err_sentence(ERR_GONE));
		reader_refuse(r, &why);
		return;
	}
	if (ring_find(h->ring, &c, &r->position) == RING_FOUND) {
		r->state = READER_LIVE;
	} else if (frames == 0) {
		r->state = READER_LIVE;
		r->position = ring_begin(h->ring);
	}
	if (!evtimer_pending(h->turn, NULL))
		loop_after(h->turn, 0);
}

/* --- frames ------------------------------------------------------------------------------------------------------- */

void hub_start(struct hub *h, const char *cursor)
{
	struct cursor c;

	if (!cursor_parse(cursor, &c))
		return;
	if (h->started)
		hub_end_all(h);
	ring_start(h->ring, &c);
	h->started = true;
}

bool hub_started(const struct hub *h)
{
	return h->started;
}

void hub_add(struct hub *h, const char *cursor, const char *event, const char *data, size_t len, const char *tags,
    size_t tags_len)
{
	struct cursor c;

	buf_reset(&h->scratch);
	if (!cursor_parse(cursor, &c) || !sse_encode(&h->scratch, cursor, event, data, len))
		return;
	if (!ring_add(h->ring, &c, h->scratch.data, h->scratch.len, tags, tags_len))
		abort();
	h->counts.frames++;
}

/* --- the hub ------------------------------------------------------------------------------------------------------ */

void hub_configure(struct hub *h, size_t behind_bytes, int keepalive_ms, int readers)
{
	h->o.behind_bytes = behind_bytes ? behind_bytes : BEHIND_BYTES;
	h->o.keepalive_ms = keepalive_ms ? keepalive_ms : KEEPALIVE_MS;
	h->o.readers = readers ? readers : READERS;
}

struct hub *hub_new(struct event_base *base, const struct hub_options *o)
{
	struct hub *h = calloc(1, sizeof *h);

	if (h == NULL)
		return NULL;
	h->base = base;
	h->o = *o;
	hub_configure(h, o->behind_bytes, o->keepalive_ms, o->readers);
	h->ring = ring_new(o->ring_frames ? o->ring_frames : RING_FRAMES, o->ring_bytes ? o->ring_bytes : RING_BYTES);
	h->turn = evtimer_new(base, on_turn, h);
	h->beat = evtimer_new(base, on_beat, h);
	if (h->ring == NULL || h->turn == NULL || h->beat == NULL) {
		hub_free(h);
		return NULL;
	}
	loop_after(h->beat, 500);
	return h;
}

void hub_end_all(struct hub *h)
{
	struct err e;

	err_set(&e, ERR_UNAVAILABLE, "", "the daemon is stopping, or begins the stream anew");
	while (h->readers)
		reader_refuse(h->readers, &e);
}

void hub_free(struct hub *h)
{
	if (h == NULL)
		return;
	hub_end_all(h);
	while (h->scopes) {
		struct hub_scope *s = h->scopes;

		h->scopes = s->next;
		scope_free(s);
	}
	ring_free(h->ring);
	if (h->turn)
		event_free(h->turn);
	if (h->beat)
		event_free(h->beat);
	buf_free(&h->scratch);
	free(h);
}

void hub_counts(const struct hub *h, struct hub_counts *out)
{
	*out = h->counts;
	out->catching_up = 0;
	out->waiting_bytes = 0;
	for (const struct reader *r = h->readers; r; r = r->next) {
		out->catching_up += r->state != READER_LIVE;
		out->waiting_bytes += r->stream ? http_stream_waiting(r->stream) : 0;
	}
}
