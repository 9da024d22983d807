#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/log.h"
#include "core/daemon/tutor_inside.h"

enum { AT_ONCE = 4, RETRY_S = 2 }; /* lessons learnt while the lock is held: others ask in between */

void track_free(struct track *k)
{
	if (k == NULL)
		return;
	model_free(k->model);
	free(k->skip);
	if (k->page)
		arena_free(&k->page->arena);
	free(k->page);
	free(k);
}

/* --- following the log --------------------------------------------------------------------------------------------------- */

static void skip(struct track *k, int64_t seq)
{
	if (k->skips == k->room) {
		k->room = k->room ? k->room * 2 : 16;
		if ((k->skip = realloc(k->skip, k->room * sizeof *k->skip)) == NULL)
			abort();
	}
	k->skip[k->skips++] = seq;
}

static bool unskip(struct track *k, int64_t seq)
{
	for (size_t i = k->skips; i-- > 0;)
		if (k->skip[i] == seq) {
			k->skip[i] = k->skip[--k->skips];
			return true;
		}
	return false;
}

/* A step taken back. It was passed over, or lies in the base, or taught nothing: then nothing is to be done. */
static void forget(struct track *k, const struct step *s)
{
	if (!unskip(k, s->of_seq) && s->of_seq > k->base_seq && s->lesson.weight > 0)
		k->tainted = true;
}

static void apply(struct track *k, const struct step *s)
{
	if (s->of_seq > 0)
		forget(k, s);
	else if (s->forgotten > 0)
		skip(k, s->seq);
	else if (s->lesson.weight > 0 && !model_learn(k->model, &s->lesson))
		abort();
	k->model->seq = s->seq;
}

static void page_work(void *ctx)
{
	struct track *k = ctx;
	struct page *p = k->page;

	for (int i = 0; i < p->n; i++) {
		if (k->asked && i % AT_ONCE == 0)
			pthread_rwlock_wrlock(&k->tutor->lock);
		if (k->teach)
			tutor_voices_teach(k->tutor, k->teach, &p->step[i], &p->arena);
		apply(k, &p->step[i]);
		if (k->asked && (i % AT_ONCE == AT_ONCE - 1 || i == p->n - 1)) {
			tutor_publish(k->tutor);
			pthread_rwlock_unlock(&k->tutor->lock);
		}
	}
}

static void page_free(struct track *k)
{
	if (k->page)
		arena_free(&k->page->arena);
	free(k->page);
	k->page = NULL;
}

static void idle(struct track *k)
{
	k->busy = false;
	tutor_reached(k);
}

static void page_done(void *ctx)
{
	struct track *k = ctx;
	bool full = k->page->n == TUTOR_PAGE;

	rules_release(k->teach);
	k->teach = NULL;
	tutor_voices_keep(k->tutor);
	tutor_learnt(k, k->page);
	page_free(k);
	k->head = !full;
	if (!full)
		k->knows = k->asking;
	if (full || k->again) {
		k->busy = k->again = false;
		track_look(k);
	} else {
		idle(k);
	}
}

static void page_drop(void *ctx)
{
	rules_release(((struct track *)ctx)->teach);
	page_free(ctx);
}

enum { SEQ, KIND, OF_SEQ, FORGOTTEN, NO, VERSION, UNIT, UNIT_NAME, ITEM, ITEM_NAME, WEIGHT, TITLE, PLACE, CHANNEL, TYPE, TEXT, RANK, AT };

static void on_step(void *ctx, const struct db_row *r)
{
	struct track *k = ctx;
	struct page *p = k->page;
	struct arena *a = &p->arena;
	struct step *s = &p->step[p->n];
	size_t len;
	const char *text = db_row_text(r, TEXT, &len);

	if (p->n == TUTOR_PAGE)
		return;
	p->n++;
	s->seq = db_row_int(r, SEQ);
	s->of_seq = db_row_int(r, OF_SEQ);
	s->forgotten = db_row_int(r, FORGOTTEN);
	s->rank = db_row_null(r, RANK) ? -1 : (int)db_row_int(r, RANK);
	s->at = db_row_time(r, AT);
	s->lesson = (struct model_lesson){ .no = db_row_int(r, NO), .weight = (float)db_row_real(r, WEIGHT),
		.unit = arena_strdup(a, db_row_text(r, UNIT, NULL)), .unit_name = arena_strdup(a, db_row_text(r, UNIT_NAME, NULL)),
		.item = arena_strdup(a, db_row_text(r, ITEM, NULL)), .item_name = arena_strdup(a, db_row_text(r, ITEM_NAME, NULL)),
		.what = { .text = arena_strndup(a, text, len), .len = len, .title = arena_strdup(a, db_row_text(r, TITLE, NULL)),
		    .place = arena_strdup(a, db_row_text(r, PLACE, NULL)), .channel = arena_strdup(a, db_row_text(r, CHANNEL, NULL)),
		    .type = arena_strdup(a, db_row_text(r, TYPE, NULL)) } };
}

static void page_read(void *ctx, const struct err *e, size_t rows)
{
	struct track *k = ctx;

	(void)rows;
	if (e == NULL && k->page->n > 0) {
		if (k->asked && tutor_leads(k->tutor) && k->tutor->voices_base == k->base && k->tutor->voices_asked)
			k->teach = rules_hold(k->tutor->rules);
		worker_run(k->tutor->worker, page_work, page_done, page_drop, k);
		return;
	}
	if (e && e->code != ERR_UNAVAILABLE)
		log_write(LOG_WARN, "lessons cannot be read", "error", err_name(e->code), "message", e->message, NULL);
	page_free(k);
	if (e) {
		k->busy = false; /* the tick looks again */
		return;
	}
	k->head = true;
	k->knows = k->asking;
	idle(k);
}

void track_look(struct track *k)
{
	char after[24];

	if (k->busy) {
		k->again = true;
		return;
	}
	if (k->tutor->ended || pool_pick(k->tutor->pool) == NULL)
		return;
	k->busy = true;
	k->again = false;
	k->asking = k->tutor->written;
	if ((k->page = calloc(1, sizeof *k->page)) == NULL)
		abort();
	snprintf(after, sizeof after, "%" PRId64, k->model->seq);
	pool_send(k->tutor->pool, SQL_LESSONS, (struct db_param[]){ DB_TEXT(after), DB_TEXT("200") }, 2, on_step, page_read, k);
}

/* --- beginning ----------------------------------------------------------------------------------------------------------- */

struct load {
	struct tutor *tutor;
	struct track *track;
	int number, parts, part;
	bool found;
	struct saved *from;      /* out of our own memory */
	int64_t seq;
	char sha[TUTOR_SHA];
	struct buf data;
	struct err why;
};

static void load_free(void *ctx)
{
	struct load *l = ctx;

	track_free(l->track);
	if (l->from == NULL)
		buf_free(&l->data);
	free(l);
}

static void later(struct tutor *t)
{
	t->want = true;
	t->wait_until = clock_monotonic() + RETRY_S * USEC_S;
}

/* What cannot be read is passed over for what lies before it. */
static void fall_back(struct tutor *t, const struct load *l)
{
	bool base = l->number == l->track->base;
	char number[16];

	snprintf(number, sizeof number, "%d", l->number);
	log_write(LOG_ERROR, base ? "the base cannot be read: everything is learnt again from nothing" :
	    "the checkpoint cannot be read: beginning with the base", "model", number, "message", l->why.message, NULL);
	t->failures++;
	t->fallback = base ? 2 : 1;
}

static void load_work(void *ctx)
{
	struct load *l = ctx;
	unsigned char digest[EVP_MAX_MD_SIZE];
	char sha[TUTOR_SHA];
	unsigned len = 0;

	if (l->from == NULL && l->parts > 0) {
		if (!EVP_Digest(l->data.data, l->data.len, digest, &len, EVP_sha256(), NULL))
			abort();
		for (unsigned i = 0; i < len; i++)
			snprintf(sha + 2 * i, 3, "%02x", digest[i]);
		if (strcmp(sha, l->sha) != 0) {
			err_set(&l->why, ERR_INVALID, "model", "its bytes are not what its sha256 says");
			return;
		}
	}
	if ((l->track->model = model_load(l->data.data ? l->data.data : "", l->data.len, &l->why)) != NULL && l->from == NULL &&
	    l->number == l->track->base) {
		l->track->model->taught = 0; /* a base counts from itself, whatever it was made of */
		l->track->model->seq = l->seq;
	}
}

static void load_done(void *ctx)
{
	struct load *l = ctx;
	struct tutor *t = l->tutor;

	t->load = NULL;
	saved_release(l->from);
	if (l->track->model == NULL) {
		fall_back(t, l);
		load_free(l);
		tutor_begin(t);
		return;
	}
	l->track->start = l->track->model->seq;
	l->track->broken = t->fallback == 2;
	t->next = l->track;
	l->track = NULL;
	load_free(l);
	t->fallback = 0;
	track_look(t->next);
}

static void ask_part(struct load *l);

static void on_part(void *ctx, const struct db_row *r)
{
	struct load *l = ctx;
	size_t len;
	const char *hex = db_row_text(r, 0, &len);

	l->found = true;
	hex_bytes(&l->data, hex, len);
}

static void part_done(void *ctx, const struct err *e, size_t rows)
{
	struct load *l = ctx;
	struct tutor *t = l->tutor;

	(void)rows;
	if (e == NULL && !l->found && l->number == t->missed) { /* no newer one has come: it is not there */
		err_set(&l->why, ERR_INVALID, "model", "a part of it is missing");
		t->load = NULL;
		fall_back(t, l);
		load_free(l);
		tutor_begin(t);
		return;
	}
	if (e || !l->found || l->data.failed) { /* the connection went, or the checkpoint did, for a newer one */
		t->missed = e == NULL && !l->found ? l->number : -1;
		t->load = NULL;
		load_free(l);
		later(t);
		return;
	}
	t->missed = -1;
	l->part++;
	ask_part(l);
}

static void ask_part(struct load *l)
{
	char number[16], part[16];

	if (l->part == l->parts) {
		worker_run(l->tutor->worker, load_work, load_done, load_free, l);
		return;
	}
	l->found = false;
	snprintf(number, sizeof number, "%d", l->number);
	snprintf(part, sizeof part, "%d", l->part);
	pool_send(l->tutor->pool, SQL_MODEL_PART, (struct db_param[]){ DB_TEXT(number), DB_TEXT(part) }, 2, on_part, part_done, l);
}

static void on_current(void *ctx, const struct db_row *r)
{
	struct load *l = ctx;

	l->found = true;
	l->number = (int)db_row_int(r, 0);
	l->track->base = (int)db_row_int(r, 2);
	l->track->base_seq = db_row_int(r, 3);
	l->seq = db_row_int(r, 4);
	snprintf(l->sha, sizeof l->sha, "%s", db_row_text(r, 5, NULL));
	l->parts = (int)db_row_int(r, 7);
	l->tutor->last = db_row_int(r, 8);
}

static void current_done(void *ctx, const struct err *e, size_t rows)
{
	struct load *l = ctx;
	struct tutor *t = l->tutor;

	(void)rows;
	if (e || !l->found) {
		t->load = NULL;
		load_free(l);
		later(t);
		return;
	}
	if (t->fallback == 2) { /* from nothing */
		l->parts = 0;
		l->number = 0;
		l->seq = 0;
		l->track->base_seq = 0;
	} else if (t->kept && t->fallback == 0 && t->kept->base == l->track->base && t->kept->seq >= l->seq) {
		l->from = t->kept;
		l->from->uses++;
		l->data = l->from->bytes; /* borrowed */
		l->parts = 0;
	}
	if (l->from == NULL)
		l->data.limit = TUTOR_MODEL_MOST;
	ask_part(l);
}

void tutor_begin(struct tutor *t)
{
	struct load *l;

	if (t->ended || t->load || t->next || pool_pick(t->pool) == NULL) {
		t->want = true;
		return;
	}
	t->want = false;
	if ((l = calloc(1, sizeof *l)) == NULL || (l->track = calloc(1, sizeof *l->track)) == NULL)
		abort();
	l->tutor = t;
	l->track->tutor = t;
	t->load = l;
	t->asked_base = clock_monotonic();
	pool_send(t->pool, SQL_MODEL_CURRENT, (struct db_param[]){ DB_TEXT(t->fallback == 0 ? "t" : "f") }, 1, on_current, current_done, l);
}
