#include "core/daemon/memory.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/base/buf.h"
#include "core/daemon/pool.h"
#include "core/feed/loop.h"

enum {
	SEED_PAGE = 500, SEED_MAX = 300000, AGAIN_MS = 2000, EXPIRE_MS = 1000, EXPIRE_AT_ONCE = 2000, FOREIGN_MAX = 5000, FOREIGN_PAGE = 200,
	FOREIGN_MS = 50
};
static const usec_t REMEMBER = 30 * 86400 * USEC_S;

struct memory {
	struct pool *pool;
	struct repeats *repeats; /* under lock: a thread asks while the loop adds. Never held for longer than one question */
	pthread_mutex_t lock;
	struct event *seed, *expire, *read;
	case_no foreign[FOREIGN_MAX]; /* cases of other fenbods whose text is to be read, oldest first */
	int nforeign, asked;          /* the first `asked` of them have been asked for */
	case_no seed_below; /* 0 = from the newest */
	size_t seeded;
	bool seed_done;
};

/* --- from the database at start ------------------------------------------------------------------------------------- */

static case_no remember_row(struct memory *m, const struct db_row *r)
{
	struct repeat_case c = { .no = db_row_int(r, 0), .at = db_row_time(r, 1), .title = db_row_text(r, 3, NULL),
		.place = db_row_text(r, 4, NULL), .item = db_row_text(r, 5, NULL), .open = db_row_bool(r, 6) };

	c.text = db_row_text(r, 2, &c.text_len);
	/* What came in or was told meanwhile is newer than this page. */
	pthread_mutex_lock(&m->lock);
	if (!repeats_update(m->repeats, c.no, NULL, NULL, c.open, c.merged))
		repeats_add(m->repeats, &c);
	pthread_mutex_unlock(&m->lock);
	return c.no;
}

static void seed_row(void *ctx, const struct db_row *r)
{
	struct memory *m = ctx;

	m->seed_below = remember_row(m, r);
	m->seeded++;
}

static void seed_done(void *ctx, const struct err *e, size_t rows)
{
	struct memory *m = ctx;

	if (e)
		loop_after(m->seed, AGAIN_MS);
	else if (rows == SEED_PAGE && m->seeded < SEED_MAX)
		loop_after(m->seed, 1);
	else
		m->seed_done = true;
}

static void on_seed(evutil_socket_t fd, short what, void *ctx)
{
	struct memory *m = ctx;
	char below[24];

	(void)fd, (void)what;
	if (pool_pick(m->pool) == NULL) {
		loop_after(m->seed, 100);
		return;
	}
	snprintf(below, sizeof below, "%lld", (long long)m->seed_below);
	pool_send(m->pool, SQL_REPEATS_SEED, (struct db_param[]){ DB_TEXT(m->seed_below ? below : NULL), DB_TEXT("500") }, 2,
	    seed_row, seed_done, m);
}

/* --- cases that another fenbod took in ---------------------------------------------------------------------------- */

static void foreign_row(void *ctx, const struct db_row *r)
{
	remember_row(ctx, r);
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
		if (!repeats_known(m->repeats, m->foreign[i]))
			m->foreign[kept++] = m->foreign[i];
	pthread_mutex_unlock(&m->lock);
	m->nforeign = kept;
	if (kept == 0)
		return;
	for (; m->asked < kept && m->asked < FOREIGN_PAGE; m->asked++)
		buf_printf(&nos, "%c%lld", m->asked ? ',' : '{', (long long)m->foreign[m->asked]);
	buf_putc(&nos, '}');
	pool_send(m->pool, SQL_REPEATS_TEXTS, (struct db_param[]){ DB_TEXT(buf_text(&nos)) }, 1, foreign_row, foreign_done, m);
	buf_free(&nos);
}

static void want_text(struct memory *m, case_no no)
{
	if (m->nforeign == FOREIGN_MAX)
		return;
	m->foreign[m->nforeign++] = no;
	if (m->asked == 0 && !evtimer_pending(m->read, NULL))
		loop_after(m->read, FOREIGN_MS);
}

static void on_expire(evutil_socket_t fd, short what, void *ctx)
{
	struct memory *m = ctx;

	(void)fd, (void)what;
	pthread_mutex_lock(&m->lock);
	repeats_expire(m->repeats, clock_now() - REMEMBER, EXPIRE_AT_ONCE);
	pthread_mutex_unlock(&m->lock);
	loop_after(m->expire, EXPIRE_MS);
}

/* --- the module ----------------------------------------------------------------------------------------------------- */

struct memory *memory_new(struct event_base *base, struct pool *pool)
{
	struct memory *m = calloc(1, sizeof *m);

	if (m == NULL || (m->repeats = repeats_new()) == NULL || (m->seed = evtimer_new(base, on_seed, m)) == NULL ||
	    (m->expire = evtimer_new(base, on_expire, m)) == NULL || (m->read = evtimer_new(base, on_read, m)) == NULL)
		abort();
	pthread_mutex_init(&m->lock, NULL);
	event_priority_set(m->seed, LOOP_SLICES);
	m->pool = pool;
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

void memory_add(struct memory *m, const struct repeat_case *c)
{
	pthread_mutex_lock(&m->lock);
	repeats_add(m->repeats, c);
	pthread_mutex_unlock(&m->lock);
}

int memory_find(struct memory *m, const struct repeat_case *c, const struct gazetteer *places, float least, struct repeat_hit *hit, int max)
{
	int n;

	pthread_mutex_lock(&m->lock);
	n = repeats_find(m->repeats, c, places, least, hit, max);
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

void memory_frame(struct memory *m, case_no no, const struct summary *s)
{
	bool open = s->stage != STAGE_CLOSED && s->stage != STAGE_MERGED, known;

	pthread_mutex_lock(&m->lock);
	known = repeats_update(m->repeats, no, NULL, *s->item ? s->item : NULL, open, s->stage == STAGE_MERGED);
	pthread_mutex_unlock(&m->lock);
	if (!known && open)
		want_text(m, no);
}

size_t memory_count(const struct memory *m, size_t *bytes)
{
	*bytes = repeats_bytes(m->repeats);
	return repeats_count(m->repeats);
}
