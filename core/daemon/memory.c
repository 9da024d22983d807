#include "core/daemon/memory.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/log.h"
#include "core/daemon/pool.h"
#include "core/daemon/worker.h"
#include "core/feed/loop.h"

enum {
	SEED_PAGE = 2000, SEED_MAX = 300000, REMEMBERED_MAX = 400000, AGAIN_MS = 2000, EXPIRE_MS = 1000, EXPIRE_AT_ONCE = 2000, FOREIGN_MAX = 5000,
	FOREIGN_PAGE = 200, FOREIGN_MS = 50, PHONE_DIGITS = 11, PHONE_LEAST = 7
};
static const usec_t REMEMBER = 30 * 86400 * USEC_S;

/* A case whose text is to be read: another fenbod took it in, or what it is about has changed. */
struct wanted { case_no no; bool known; };

struct memory {
	struct pool *pool;
	struct worker *worker;
	struct repeats *repeats; /* under lock: threads ask while the loop adds. Never held for longer than one question */
	pthread_mutex_t lock;
	struct event *seed, *expire, *read;
	struct wanted foreign[FOREIGN_MAX]; /* oldest first */
	int nforeign, asked;                /* the first `asked` of them have been asked for */
	case_no seed_after, edge;           /* edge 0 = not asked yet */
	size_t seeded, passed;              /* passed over: their texts were too many at once */
	usec_t seed_begun, seed_took;       /* monotonic; took 0 = still at it */
	memory_new_fn tell;
	void *tell_ctx;
};

uint64_t memory_person(const char *phone)
{
	uint64_t h = UINT64_C(1469598103934665603);
	int digits = 0;

	for (const char *p = phone; *p; p++)
		digits += *p >= '0' && *p <= '9';
	if (digits < PHONE_LEAST)
		return 0;
	for (; *phone; phone++) {
		if (*phone < '0' || *phone > '9' || digits-- > PHONE_DIGITS)
			continue;
		h = (h ^ (unsigned char)*phone) * UINT64_C(1099511628211);
	}
	return h;
}

/* --- from the database at start ------------------------------------------------------------------------------------- */

/* A page of cases on its way from the loop, where it is read, to a thread, where it is added: that takes longer than a loop turn. */
struct page {
	struct memory *memory;
	struct arena arena;
	struct repeat_case row[SEED_PAGE];
	int rows;
};

static struct repeat_case case_of_row(const struct db_row *r)
{
	struct repeat_case c = { .no = db_row_int(r, 0), .at = db_row_time(r, 1), .title = db_row_text(r, 3, NULL),
		.place = db_row_text(r, 4, NULL), .item = db_row_text(r, 5, NULL), .open = db_row_bool(r, 6), .merged = db_row_bool(r, 7),
		.person = memory_person(db_row_text(r, 8, NULL)) };

	c.text = db_row_text(r, 2, &c.text_len);
	return c;
}

static void seed_row(void *ctx, const struct db_row *r)
{
	struct page *p = ctx;
	struct repeat_case c = case_of_row(r);

	if (p->rows == SEED_PAGE)
		return;
	c.text = arena_strndup(&p->arena, c.text, c.text_len);
	c.title = arena_strdup(&p->arena, c.title);
	c.place = arena_strdup(&p->arena, c.place);
	c.item = arena_strdup(&p->arena, c.item);
	p->row[p->rows++] = c;
}

static void page_free(void *ctx)
{
	struct page *p = ctx;

	arena_free(&p->arena);
	free(p);
}

/* On a thread. */
static void page_add(void *ctx)
{
	struct page *p = ctx;
	struct memory *m = p->memory;

	for (int i = 0; i < p->rows; i++) {
		pthread_mutex_lock(&m->lock);
		if (!repeats_known(m->repeats, p->row[i].no)) /* what came in or was told meanwhile is newer than this page */
			repeats_add(m->repeats, &p->row[i]);
		pthread_mutex_unlock(&m->lock);
	}
}

static void page_added(void *ctx)
{
	struct page *p = ctx;
	struct memory *m = p->memory;
	char cases[24], seconds[24];

	m->seeded += (size_t)p->rows;
	if (p->rows > 0)
		m->seed_after = p->row[p->rows - 1].no;
	if (p->rows == SEED_PAGE) {
		loop_after(m->seed, 0);
	} else {
		m->seed_took = clock_monotonic() - m->seed_begun + 1;
		snprintf(cases, sizeof cases, "%zu", m->seeded);
		snprintf(seconds, sizeof seconds, "%.1f", (double)m->seed_took / USEC_S);
		log_write(LOG_INFO, "recent cases are remembered", "cases", cases, "seconds", seconds, NULL);
	}
	page_free(p);
}

static void seed_done(void *ctx, const struct err *e, size_t rows)
{
	struct page *p = ctx;

	(void)rows;
	if (e) {
		loop_after(p->memory->seed, AGAIN_MS);
		page_free(p);
	} else {
		worker_run(p->memory->worker, page_add, page_added, page_free, p);
	}
}

static void on_edge(void *ctx, const struct db_row *r)
{
	struct memory *m = ctx;

	m->edge = db_row_int(r, 0);
}

static void edge_done(void *ctx, const struct err *e, size_t rows)
{
	struct memory *m = ctx;

	(void)rows;
	loop_after(m->seed, e || m->edge == 0 ? AGAIN_MS : 0);
}

static void on_seed(evutil_socket_t fd, short what, void *ctx)
{
	struct memory *m = ctx;
	struct page *p;
	char after[24], edge[24], most[24];

	(void)fd, (void)what;
	if (pool_pick(m->pool) == NULL) {
		loop_after(m->seed, 100);
		return;
	}
	if (m->edge == 0) {
		m->seed_begun = clock_monotonic();
		snprintf(most, sizeof most, "%d", SEED_MAX);
		pool_send(m->pool, SQL_REPEATS_EDGE, (struct db_param[]){ DB_TEXT(most) }, 1, on_edge, edge_done, m);
		return;
	}
	if ((p = calloc(1, sizeof *p)) == NULL)
		abort();
	p->memory = m;
	snprintf(after, sizeof after, "%lld", (long long)m->seed_after);
	snprintf(edge, sizeof edge, "%lld", (long long)m->edge);
	snprintf(most, sizeof most, "%d", SEED_PAGE);
	pool_send(m->pool, SQL_REPEATS_SEED, (struct db_param[]){ DB_TEXT(after), DB_TEXT(edge), DB_TEXT(most) }, 3, seed_row, seed_done, p);
}

/* --- cases that another fenbod took in, or that have changed ---------------------------------------------------------- */

static void foreign_row(void *ctx, const struct db_row *r)
{
	struct memory *m = ctx;
	struct repeat_case c = case_of_row(r);
	bool known;

	pthread_mutex_lock(&m->lock);
	known = repeats_update(m->repeats, c.no, c.place, c.item, c.open, c.merged);
	if (!known)
		repeats_add(m->repeats, &c);
	pthread_mutex_unlock(&m->lock);
	if (!known && c.open && m->tell)
		m->tell(m->tell_ctx, &c, false);
}

static void foreign_done(void *ctx, const struct err *e, size_t rows)
{
	struct memory *m = ctx;

	(void)rows;
	if (e == NULL) {
		m->nforeign -= m->asked;
		memmove(m->foreign, m->foreign + m->asked, (size_t)m->nforeign * sizeof m->foreign[0]);
	}
	m->asked = 0;
	if (m->nforeign > 0)
		loop_after(m->read, e ? AGAIN_MS : 0);
}

static void on_read(evutil_socket_t fd, short what, void *ctx)
{
	struct memory *m = ctx;
	struct buf nos = { 0 };
	int kept = 0;

	(void)fd, (void)what;
	pthread_mutex_lock(&m->lock);
	for (int i = 0; i < m->nforeign; i++) /* one of our own may be told by the log before its answer comes */
		if (m->foreign[i].known || !repeats_known(m->repeats, m->foreign[i].no))
			m->foreign[kept++] = m->foreign[i];
	pthread_mutex_unlock(&m->lock);
	m->nforeign = kept;
	if (kept == 0)
		return;
	for (; m->asked < kept && m->asked < FOREIGN_PAGE; m->asked++)
		buf_printf(&nos, "%c%lld", m->asked ? ',' : '{', (long long)m->foreign[m->asked].no);
	buf_putc(&nos, '}');
	pool_send(m->pool, SQL_REPEATS_TEXTS, (struct db_param[]){ DB_TEXT(buf_text(&nos)) }, 1, foreign_row, foreign_done, m);
	buf_free(&nos);
}

static void want_text(struct memory *m, case_no no, bool known)
{
	if (m->nforeign == FOREIGN_MAX) {
		if (m->passed++ == 0)
			log_write(LOG_WARN, "too many cases at once from other fenbods: some are not remembered, and no repeats of them are found", NULL);
		return;
	}
	m->foreign[m->nforeign++] = (struct wanted){ no, known };
	if (m->asked == 0 && !evtimer_pending(m->read, NULL))
		loop_after(m->read, FOREIGN_MS);
}

/* Thirty days, or less of them when a storm has brought more cases than are to be held. */
static void on_expire(evutil_socket_t fd, short what, void *ctx)
{
	struct memory *m = ctx;
	size_t count;

	(void)fd, (void)what;
	pthread_mutex_lock(&m->lock);
	count = repeats_count(m->repeats);
	repeats_expire(m->repeats, clock_now() - (count <= REMEMBERED_MAX ? REMEMBER :
	    (usec_t)((double)REMEMBER * REMEMBERED_MAX / (double)count)), EXPIRE_AT_ONCE);
	pthread_mutex_unlock(&m->lock);
	loop_after(m->expire, EXPIRE_MS);
}

/* --- the module ----------------------------------------------------------------------------------------------------- */

struct memory *memory_new(struct event_base *base, struct pool *pool, struct worker *worker)
{
	struct memory *m = calloc(1, sizeof *m);

	if (m == NULL || (m->repeats = repeats_new()) == NULL || (m->seed = evtimer_new(base, on_seed, m)) == NULL ||
	    (m->expire = evtimer_new(base, on_expire, m)) == NULL || (m->read = evtimer_new(base, on_read, m)) == NULL)
		abort();
	pthread_mutex_init(&m->lock, NULL);
	event_priority_set(m->seed, LOOP_SLICES);
	m->pool = pool;
	m->worker = worker;
	loop_after(m->seed, 0);
	loop_after(m->expire, EXPIRE_MS);
	return m;
}

void memory_free(struct memory *m)
{
	if (m == NULL)
		return;
	event_free(m->seed);
	event_free(m->expire);
	event_free(m->read);
	repeats_free(m->repeats);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

void memory_tell(struct memory *m, memory_new_fn fn, void *ctx)
{
	m->tell = fn;
	m->tell_ctx = ctx;
}

void memory_add(struct memory *m, const struct repeat_case *c)
{
	pthread_mutex_lock(&m->lock);
	repeats_add(m->repeats, c);
	pthread_mutex_unlock(&m->lock);
	if (m->tell)
		m->tell(m->tell_ctx, c, true);
}

int memory_find(struct memory *m, const struct repeat_case *c, const struct gazetteer *places, float least, struct repeat_hit *hit, int max)
{
	struct question *q = repeats_ask(c, places); /* the text is read before anybody has to wait for it */
	int n;

	if (q == NULL)
		abort();
	pthread_mutex_lock(&m->lock);
	n = repeats_answer(m->repeats, q, least, hit, max);
	pthread_mutex_unlock(&m->lock);
	free(q);
	return n;
}

int memory_find_known(struct memory *m, case_no no, const struct gazetteer *places, float least, struct repeat_hit *hit, int max)
{
	int n;

	pthread_mutex_lock(&m->lock);
	n = repeats_find_known(m->repeats, no, places, least, hit, max);
	pthread_mutex_unlock(&m->lock);
	return n;
}

int memory_find_again(struct memory *m, case_no no, const char *place, const char *item, const struct gazetteer *places, float least,
    struct repeat_hit *hit, int max)
{
	int n = -1;

	pthread_mutex_lock(&m->lock);
	if (repeats_update(m->repeats, no, place, item, true, false)) /* it is asked of cases that wait for dispatch */
		n = repeats_find_known(m->repeats, no, places, least, hit, max);
	pthread_mutex_unlock(&m->lock);
	return n;
}

bool memory_knows(struct memory *m, case_no no)
{
	bool known;

	pthread_mutex_lock(&m->lock);
	known = repeats_known(m->repeats, no);
	pthread_mutex_unlock(&m->lock);
	return known;
}

void memory_frame(struct memory *m, case_no no, const struct summary *s, bool moved)
{
	bool open = s->stage != STAGE_CLOSED && s->stage != STAGE_MERGED, known;

	pthread_mutex_lock(&m->lock);
	known = repeats_update(m->repeats, no, NULL, *s->item ? s->item : NULL, open, s->stage == STAGE_MERGED);
	pthread_mutex_unlock(&m->lock);
	if (open && (!known || moved))
		want_text(m, no, known);
}

void memory_state(struct memory *m, struct memory_state *out)
{
	pthread_mutex_lock(&m->lock);
	out->bytes = repeats_bytes(m->repeats);
	out->cases = repeats_count(m->repeats);
	pthread_mutex_unlock(&m->lock);
	out->seeded = m->seeded;
	out->passed = m->passed;
	out->ready = m->seed_took > 0;
	out->seed_s = (double)(out->ready ? m->seed_took : m->seed_begun ? clock_monotonic() - m->seed_begun : 0) / (double)USEC_S;
}
