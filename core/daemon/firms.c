#include "core/daemon/firms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/daemon/pool.h"
#include "core/daemon/worker.h"

enum { PAGE = 20000, ROOM = 1 << 30 };

struct reading_firms {
	struct pool *pool;
	struct worker *worker;
	struct buf rows;         /* name NUL tags NUL … */
	size_t last;             /* where the last name stands in it */
	size_t names;
	int number;
	usec_t begun;
	struct firms *built;
	void (*done)(void *ctx, struct firms *firms);
	void *ctx;
};

struct firms *firms_hold(struct firms *f)
{
	if (f)
		f->uses++;
	return f;
}

void firms_release(struct firms *f)
{
	if (f == NULL || --f->uses > 0)
		return;
	enterprises_free(f->list);
	free(f);
}

static void drop(void *ctx)
{
	struct reading_firms *r = ctx;

	firms_release(r->built);
	buf_free(&r->rows);
	free(r);
}

static void finish(struct reading_firms *r)
{
	struct firms *built = r->built;

	r->built = NULL;
	r->done(r->ctx, built);
	drop(r);
}

/* On the thread. */
static void build(void *ctx)
{
	struct reading_firms *r = ctx;
	struct enterprises *list = enterprises_new();
	bool ok = list != NULL;

	for (const char *name = r->rows.data, *end = name ? name + r->rows.len : NULL; ok && name < end; ) {
		const char *tags = name + strlen(name) + 1;

		ok = enterprises_add(list, name, tags);
		name = tags + strlen(tags) + 1;
	}
	ok = ok && enterprises_done(list);
	if (ok && (r->built = calloc(1, sizeof *r->built)) != NULL) {
		*r->built = (struct firms){ .number = r->number, .uses = 1, .list = list };
		return;
	}
	enterprises_free(list);
}

static void built_done(void *ctx)
{
	struct reading_firms *r = ctx;
	char names[24], bytes[24], ms[24];

	if (r->built == NULL) {
		log_write(LOG_ERROR, "the list of enterprises cannot be built", NULL);
	} else {
		snprintf(names, sizeof names, "%zu", enterprises_count(r->built->list));
		snprintf(bytes, sizeof bytes, "%zu", enterprises_bytes(r->built->list));
		snprintf(ms, sizeof ms, "%lld", (long long)((clock_monotonic() - r->begun) / 1000));
		log_write(LOG_INFO, "enterprises loaded", "names", names, "bytes", bytes, "ms", ms, NULL);
	}
	finish(r);
}

static void next_page(struct reading_firms *r);

static void on_name(void *ctx, const struct db_row *row)
{
	struct reading_firms *r = ctx;
	size_t name_len, tags_len;
	const char *name = db_row_text(row, 0, &name_len), *tags = db_row_text(row, 1, &tags_len);

	r->last = r->rows.len;
	buf_add(&r->rows, name, name_len + 1);
	buf_add(&r->rows, tags, tags_len + 1);
	r->names++;
}

static void page_done(void *ctx, const struct err *e, size_t rows)
{
	struct reading_firms *r = ctx;

	if (e || r->rows.failed) {
		log_write(LOG_ERROR, "the list of enterprises cannot be read", "error", e ? err_name(e->code) : "too_large", NULL);
		finish(r);
	} else if (rows == PAGE) {
		next_page(r);
	} else {
		worker_run(r->worker, build, built_done, drop, r);
	}
}

static void next_page(struct reading_firms *r)
{
	char number[16], most[16], after[1024] = "";

	snprintf(number, sizeof number, "%d", r->number);
	snprintf(most, sizeof most, "%d", PAGE);
	if (r->names)
		snprintf(after, sizeof after, "%s", r->rows.data + r->last);
	pool_send(r->pool, SQL_ENTERPRISES_PAGE, (struct db_param[]){ DB_TEXT(number), DB_TEXT(after), DB_TEXT(most) }, 3, on_name, page_done, r);
}

void firms_read(struct pool *pool, struct worker *worker, int number, void (*done)(void *ctx, struct firms *firms), void *ctx)
{
	struct reading_firms *r = calloc(1, sizeof *r);

	if (r == NULL)
		abort();
	r->pool = pool;
	r->worker = worker;
	r->number = number;
	r->done = done;
	r->ctx = ctx;
	r->begun = clock_monotonic();
	r->rows.limit = ROOM;
	next_page(r);
}
