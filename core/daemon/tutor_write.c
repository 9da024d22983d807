#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/log.h"
#include "core/daemon/tutor_inside.h"

enum { LEARN_EVENTS = 500, QUIET_MS = 800, SHARE = 20 }; /* saving may take a twentieth of a thread */

/* --- the next steps of the log, by who leads ----------------------------------------------------------------------------- */

struct reading { struct tutor *tutor; int64_t events; usec_t begun; };

static void on_learnt(void *ctx, const struct db_row *r)
{
	((struct reading *)ctx)->events = db_row_int(r, 0);
}

static void learn_done(void *ctx, const struct err *e, size_t rows)
{
	struct reading *l = ctx;
	struct tutor *t = l->tutor;
	bool more = e == NULL && l->events >= LEARN_EVENTS;
	usec_t begun = l->begun;

	(void)rows;
	free(l);
	t->learning = false;
	if (e) {
		if (e->code != ERR_UNAVAILABLE && e->code != ERR_CONFLICT)
			log_write(LOG_WARN, "lessons cannot be written", "error", err_name(e->code), "message", e->message, NULL);
		return;
	}
	if (!more)
		t->written = begun;
	if (t->live)
		track_look(t->live);
	if (more)
		tutor_learn(t);
}

void tutor_learn(struct tutor *t)
{
	struct reading *l;

	if (t->learning || !tutor_leads(t))
		return;
	if ((l = calloc(1, sizeof *l)) == NULL)
		abort();
	l->tutor = t;
	l->begun = clock_monotonic();
	t->learning = true;
	db_send(t->lead, SQL_LEARN, (struct db_param[]){ DB_TEXT("500") }, 1, on_learnt, learn_done, l);
}

/* --- checkpoints --------------------------------------------------------------------------------------------------------- */

void saved_release(struct saved *s)
{
	if (s == NULL || --s->uses > 0)
		return;
	buf_free(&s->bytes);
	free(s);
}

static void put_end(struct tutor *t)
{
	saved_release(t->putting);
	t->putting = NULL;
}

static void put_next(struct tutor *t);

static void put_failed(struct tutor *t, const struct err *e)
{
	if (e->code != ERR_UNAVAILABLE)
		log_write(LOG_WARN, "a checkpoint cannot be written", "error", err_name(e->code), "message", e->message, NULL);
	put_end(t);
}

static void finished(void *ctx, const struct err *e, size_t rows)
{
	struct tutor *t = ctx;

	(void)rows;
	if (e) {
		put_failed(t, e);
		return;
	}
	t->checkpoints++;
	put_end(t);
}

static void part_put(void *ctx, const struct err *e, size_t rows)
{
	struct tutor *t = ctx;

	(void)rows;
	if (e) {
		put_failed(t, e);
		return;
	}
	t->put_part++;
	put_next(t);
}

static void put_next(struct tutor *t)
{
	size_t from = (size_t)t->put_part * TUTOR_PART, left = t->putting->bytes.len - from;
	char number[16], part[16];

	snprintf(number, sizeof number, "%d", t->put_number);
	snprintf(part, sizeof part, "%d", t->put_part);
	if (from >= t->putting->bytes.len) {
		db_send(t->lead, SQL_MODEL_DONE, (struct db_param[]){ DB_TEXT(number) }, 1, NULL, finished, t);
		return;
	}
	db_send(t->lead, SQL_MODEL_PUT_PART, (struct db_param[]){ DB_TEXT(number), DB_TEXT(part),
	    { .text = t->putting->bytes.data + from, .len = left < TUTOR_PART ? left : TUTOR_PART, .binary = true } }, 3, NULL, part_put, t);
}

static void on_number(void *ctx, const struct db_row *r)
{
	((struct tutor *)ctx)->put_number = (int)db_row_int(r, 0);
}

static void numbered(void *ctx, const struct err *e, size_t rows)
{
	struct tutor *t = ctx;

	(void)rows;
	if (e) {
		put_failed(t, e);
		return;
	}
	t->put_part = 0;
	put_next(t);
}

static void put(struct tutor *t, struct saved *s)
{
	char base[16], seq[24], bytes[24];

	s->uses++;
	t->putting = s;
	t->put_seq = s->seq;
	t->put_at = s->at;
	snprintf(base, sizeof base, "%d", s->base);
	snprintf(seq, sizeof seq, "%" PRId64, s->seq);
	snprintf(bytes, sizeof bytes, "%zu", s->bytes.len);
	db_send(t->lead, SQL_MODEL_PUT, (struct db_param[]){ DB_TEXT("checkpoint"), DB_TEXT(base), DB_TEXT(seq), DB_TEXT(s->sha), DB_TEXT(bytes),
	    DB_TEXT("{}"), DB_TEXT("") }, 7, on_number, numbered, t);
}

/* --- saving, on a thread ------------------------------------------------------------------------------------------------- */

/* Enough is new since then, or anything at all and it is long ago. */
static bool due(const struct tutor *t, int64_t seq, usec_t at)
{
	int64_t more = t->live->model->seq - seq;

	return more >= t->checkpoint_lessons || (more > 0 && clock_monotonic() - at >= t->checkpoint_ms * (USEC_S / 1000));
}

/* What is known by now is saved, to be compared and to be gone back to: when learning pauses, or enough was learnt; never more often than the
 * time it takes allows, unless there is nothing to go back to: the next step taken back would cost the whole log. While something passed over is still to be taken back, or was learnt and must go, it is not what others know. */
bool tutor_save_due(const struct tutor *t)
{
	const struct track *k = t->live;
	usec_t now = clock_monotonic();

	if (k->busy || k->skips > 0 || k->tainted || k->broken || t->saving || t->want || t->next || t->load)
		return false;
	if (t->kept == NULL)
		return true;
	if (now < t->save_after)
		return false;
	if (k->model->seq == t->state_seq && t->state[0] != '\0')
		return false;
	return now - t->learnt_at >= QUIET_MS * (USEC_S / 1000) || k->model->seq - t->state_seq >= t->checkpoint_lessons;
}

struct save { struct track *track; struct saved *made; usec_t took; };

static void save_work(void *ctx)
{
	struct save *s = ctx;
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	usec_t begun = clock_monotonic();

	s->made->bytes.limit = TUTOR_MODEL_MOST;
	if (!model_save(s->track->model, &s->made->bytes) ||
	    !EVP_Digest(s->made->bytes.data, s->made->bytes.len, digest, &len, EVP_sha256(), NULL))
		abort();
	for (unsigned i = 0; i < len; i++)
		snprintf(s->made->sha + 2 * i, 3, "%02x", digest[i]);
	s->took = clock_monotonic() - begun;
}

static void save_done(void *ctx)
{
	struct save *s = ctx;
	struct track *k = s->track;
	struct tutor *t = k->tutor;
	struct saved *made = s->made;

	t->saving = false;
	t->save_after = clock_monotonic() + SHARE * s->took;
	memcpy(t->state, made->sha, sizeof t->state);
	t->state_seq = made->seq;
	if (t->kept == NULL || t->kept->base != k->base || due(t, t->kept->seq, t->kept->at)) {
		saved_release(t->kept);
		made->uses++;
		t->kept = made;
	}
	if (tutor_leads(t) && t->putting == NULL && made->seq > k->base_seq && due(t, t->put_seq, t->put_at))
		put(t, made);
	saved_release(made);
	free(s);
	k->busy = false;
	if (k->again)
		track_look(k);
	else
		tutor_reached(k);
}

static void save_drop(void *ctx)
{
	struct save *s = ctx;

	saved_release(s->made);
	free(s);
}

void tutor_save(struct tutor *t)
{
	struct save *s = calloc(1, sizeof *s);

	if (s == NULL || (s->made = calloc(1, sizeof *s->made)) == NULL)
		abort();
	s->track = t->live;
	s->made->uses = 1;
	s->made->base = t->live->base;
	s->made->seq = t->live->model->seq;
	s->made->at = clock_monotonic();
	t->live->busy = true;
	t->live->again = false;
	t->saving = true;
	worker_run(t->worker, save_work, save_done, save_drop, s);
}
