#include "core/daemon/tutor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/base/log.h"
#include "core/daemon/tutor_inside.h"
#include "core/feed/loop.h"

enum { TICK_MS = 500, LOOK_S = 2, BASE_S = 30, WEEK_S = 60, AWAIT_S = 10 };
/* After an event that may teach: who leads must write the step before we can read it. */
static const int eager_ms[] = { 1000, 500, 250, 100, 30 };
enum { EAGER = 1 + sizeof eager_ms / sizeof *eager_ms };

/* --- what is asked ------------------------------------------------------------------------------------------------------- */

const struct recommend_model *tutor_read(struct tutor *t)
{
	static const struct recommend_model nothing;

	if (t == NULL)
		return &nothing;
	pthread_rwlock_rdlock(&t->lock);
	return &t->known;
}

void tutor_done(struct tutor *t)
{
	if (t)
		pthread_rwlock_unlock(&t->lock);
}

void tutor_publish(struct tutor *t)
{
	model_name(t->live->model, t->live->base, t->known.name);
	t->known.units = t->known.name[0] ? t->live->model->units : NULL;
	t->known.items = t->known.name[0] ? t->live->model->items : NULL;
}

static void drop_work(void *ctx)
{
	model_free(ctx);
}

static void drop_done(void *ctx)
{
	(void)ctx;
}

/* Giving back so much memory takes a while. */
void tutor_drop_model(struct tutor *t, struct model *m)
{
	worker_run(t->worker, drop_work, drop_done, drop_work, m);
}

/* --- the one that is made takes the place of the one that is asked ------------------------------------------------------- */

static void swap(struct tutor *t)
{
	struct track *old = t->live;
	char seq[24], start[24], name[MODEL_NAME];

	pthread_rwlock_wrlock(&t->lock);
	t->live = t->next;
	t->live->asked = true;
	tutor_publish(t);
	tutor_voices_begin(t, t->live->base);
	pthread_rwlock_unlock(&t->lock);
	t->next = NULL;
	t->put_seq = t->live->start; /* what a fenbod that starts now would begin with */
	tutor_voices_ask(t);
	if (old) {
		tutor_drop_model(t, old->model);
		old->model = NULL;
		track_free(old);
		t->rebuilt++;
	}
	snprintf(seq, sizeof seq, "%" PRId64, t->live->model->seq);
	snprintf(start, sizeof start, "%" PRId64, t->live->start);
	model_name(t->live->model, t->live->base, name);
	log_write(LOG_INFO, "what was learnt is ready", "model", name[0] ? name : "nothing yet", "from_lesson", start, "to_lesson",
	    seq, NULL);
	if (t->live->tainted)
		t->want = true;
}

/* --- who waits until something is known ---------------------------------------------------------------------------------- */

static void tell_first(struct tutor *t)
{
	struct awaited w = t->awaited[t->first_awaited];

	t->first_awaited = (t->first_awaited + 1) % TUTOR_AWAITED;
	t->nawaited--;
	w.fn(w.ctx, w.no);
}

/* What has been taken back is in the model that is asked until another has been made in its place. */
static void tell_awaiting(struct tutor *t)
{
	bool whole = t->live && !t->live->busy && !t->live->tainted && !t->want && !t->next && !t->load;

	while (t->nawaited > 0) {
		usec_t since = t->awaited[t->first_awaited].since;

		if (!(whole && t->live->knows > since) && clock_monotonic() - since < AWAIT_S * USEC_S)
			return;
		tell_first(t);
	}
}

void tutor_then(struct tutor *t, tutor_then_fn fn, void *ctx, case_no no)
{
	if (t->nawaited == TUTOR_AWAITED)
		tell_first(t);
	t->awaited[(t->first_awaited + t->nawaited++) % TUTOR_AWAITED] = (struct awaited){ no, clock_monotonic(), fn, ctx };
}

/* A track has come to rest. The other may have been waiting for that, and it may be time to save. */
void tutor_reached(struct track *k)
{
	struct tutor *t = k->tutor;

	if (k->model->seq > t->last)
		t->last = k->model->seq;
	if (k == t->live && k->tainted && t->next == NULL && t->load == NULL) /* one that is being made will not have learnt it */
		t->want = true;
	if (t->next && t->next->head && !t->next->busy && (t->live == NULL || !t->live->busy)) {
		if (t->live == NULL || t->next->base != t->live->base || t->next->model->seq >= t->live->model->seq)
			swap(t);
		else
			track_look(t->next);
	}
	if (t->want && clock_monotonic() >= t->wait_until)
		tutor_begin(t);
	tell_awaiting(t);
}

/* Counts, of what was learnt as it happened; a start or a rebuild goes over what was counted already. */
void tutor_learnt(struct track *k, const struct page *p)
{
	struct tutor *t = k->tutor;
	usec_t now = clock_now();

	if (k == t->live)
		t->learnt_at = clock_monotonic();
	for (int i = 0; i < p->n; i++) {
		const struct step *s = &p->step[i];

		if (s->of_seq > k->base_seq && s->lesson.weight > 0 && t->kept && s->of_seq <= t->kept->seq) {
			saved_release(t->kept); /* what was saved knows what has been taken back */
			t->kept = NULL;
		}
		if (s->of_seq > 0 || k != t->live)
			continue;
		t->decided[s->rank < 0 ? 4 : s->rank == 0 ? 3 : s->rank - 1]++;
		metrics_time(&t->delay, now > s->at ? now - s->at : 0);
	}
}

/* --- when to look -------------------------------------------------------------------------------------------------------- */

static void on_week(void *ctx, const struct db_row *r)
{
	struct tutor *t = ctx;

	for (int i = 0; i < 4; i++)
		t->week[i] = db_row_int(r, i);
	t->week_ece = db_row_real(r, 4);
	t->flags = db_row_int(r, 5);
	t->week_known = true;
}

static void week_done(void *ctx, const struct err *e, size_t rows)
{
	(void)ctx, (void)rows;
	if (e && e->code != ERR_UNAVAILABLE)
		log_write(LOG_WARN, "the week's accuracy cannot be read", "error", err_name(e->code), "message", e->message, NULL);
}

static void on_base(void *ctx, const struct db_row *r)
{
	struct tutor *t = ctx;

	if (db_row_int(r, 8) > t->last)
		t->last = db_row_int(r, 8);
	if (t->load == NULL && (int)db_row_int(r, 2) != (t->next ? t->next->base : t->live->base))
		t->want = true;
}

static void base_done(void *ctx, const struct err *e, size_t rows)
{
	(void)ctx, (void)e, (void)rows;
}

static bool past(usec_t *at, int seconds, usec_t now)
{
	if (now - *at < seconds * USEC_S)
		return false;
	*at = now;
	return true;
}

static void look(struct tutor *t)
{
	if (tutor_leads(t))
		tutor_learn(t);
	tutor_voices_ask(t);
	if (t->live)
		track_look(t->live);
	if (t->next && !t->next->busy)
		track_look(t->next);
}

static void on_tick(evutil_socket_t fd, short what, void *ctx)
{
	struct tutor *t = ctx;
	usec_t now = clock_monotonic();

	(void)fd, (void)what;
	if (t->live == NULL && t->next == NULL && t->load == NULL)
		t->want = true;
	if (t->want && now >= t->wait_until)
		tutor_begin(t);
	if (t->eager > 0) {
		t->eager--;
		t->looked = now;
		look(t);
	} else if (past(&t->looked, LOOK_S, now)) {
		look(t);
	}
	if (t->live && pool_ready(t->pool) > 0) {
		if (past(&t->asked_base, BASE_S, now))
			pool_send(t->pool, SQL_MODEL_CURRENT, (struct db_param[]){ DB_TEXT("f") }, 1, on_base, base_done, t);
		if (tutor_leads(t) && past(&t->asked_week, WEEK_S, now))
			pool_send(t->pool, SQL_ACCURACY_WEEK, NULL, 0, on_week, week_done, t);
		if (tutor_save_due(t))
			tutor_save(t);
	}
	tell_awaiting(t);
	loop_after(t->tick, t->eager > 0 ? eager_ms[t->eager - 1] : TICK_MS);
}

void tutor_event(struct tutor *t, const char *action)
{
	static const char *const teach[] = { "confirm", "override", "parallel", "end", "reassign", "rule", "return", "undo", "erase" };

	if (strcmp(action, "model") == 0) {
		t->asked_base = 0;
		loop_after(t->tick, 0);
		return;
	}
	for (size_t i = 0; i < sizeof teach / sizeof *teach; i++)
		if (strcmp(action, teach[i]) == 0) {
			t->eager = EAGER;
			loop_after(t->tick, 0);
			return;
		}
}

/* --- telling ------------------------------------------------------------------------------------------------------------- */

static void put_decided(const struct tutor *t, struct buf *out)
{
	static const char *const names[] = { "1", "2", "3", "other", "none" };

	buf_puts(out, "# HELP fenbo_recommend_decided_total Decisions as they were learnt from, by the rank of the chosen unit among those "
	    "recommended (other = not among them, none = nothing had been recommended)\n# TYPE fenbo_recommend_decided_total counter\n");
	for (int i = 0; i < 5; i++)
		buf_printf(out, "fenbo_recommend_decided_total{rank=\"%s\"} %" PRIu64 "\n", names[i], t->decided[i]);
}

static void put_week(const struct tutor *t, struct buf *out)
{
	double n = t->week[0] > 0 ? (double)t->week[0] : 1;

	buf_printf(out, "# HELP fenbo_recommend_accuracy Share of the past week's decisions that the machine had right; told by the fenbod that "
	    "leads\n# TYPE fenbo_recommend_accuracy gauge\nfenbo_recommend_accuracy{within=\"1\"} %.6g\n"
	    "fenbo_recommend_accuracy{within=\"3\"} %.6g\n", (double)t->week[1] / n, (double)t->week[2] / n);
	metrics_put(out, "recommend_week_decided", "gauge", "Decisions of the past week that count for accuracy", (double)t->week[0]);
	metrics_put(out, "recommend_week_returned", "gauge", "Of these, sent back by the unit", (double)t->week[3]);
	metrics_put(out, "recommend_calibration_error", "gauge", "Expected calibration error of the past week", t->week_ece);
	metrics_put(out, "recommend_flags", "gauge", "Where accuracy has fallen against the week before, beyond chance", (double)t->flags);
}

static void put_voices(const struct tutor *t, struct buf *out)
{
	buf_puts(out, "# HELP fenbo_recommend_voice How much each source counts in recommendations, learnt from decisions\n"
	    "# TYPE fenbo_recommend_voice gauge\n");
	for (int i = 0; i < RECOMMEND_VOICES; i++)
		buf_printf(out, "fenbo_recommend_voice{source=\"%s\"} %.6g\n", recommend_voices[i].name,
		    (double)(t->known.voices ? t->voices.weight[i] : recommend_voices[i].start));
}

void tutor_metrics(struct tutor *t, struct buf *out)
{
	const struct track *k = t->live;

	tutor_read(t); /* a thread may be learning */
	metrics_put(out, "model_base", "gauge", "Base model in force here", k ? k->base : -1);
	metrics_put(out, "model_lesson", "gauge", "Newest lesson in what is asked", k ? (double)k->model->seq : 0);
	metrics_put(out, "model_lessons_last", "gauge", "Newest lesson there is", (double)t->last);
	metrics_put(out, "model_taught", "gauge", "Lessons learnt since the base", k ? (double)k->model->taught : 0);
	metrics_put(out, "model_bytes", "gauge", "Memory of what was learnt", k ? (double)model_bytes(k->model) : 0);
	put_voices(t, out);
	tutor_done(t);
	metrics_put(out, "model_failed", "gauge", "1 when the base cannot be read and everything was learnt from nothing", k && k->broken);
	metrics_put(out, "model_load_failures_total", "counter", "Models that could not be read", (double)t->failures);
	metrics_put(out, "model_rebuilt_total", "counter", "Models made anew in place of another: lessons taken back, another base",
	    (double)t->rebuilt);
	metrics_put(out, "model_checkpoints_total", "counter", "Checkpoints written by this fenbod", (double)t->checkpoints);
	metrics_put_times(out, "learn_seconds", "From a decision until it is in what is asked here", &t->delay);
	put_decided(t, out);
	if (t->week_known && tutor_leads(t))
		put_week(t, out);
}

void tutor_health(struct tutor *t, struct buf *out)
{
	const struct track *k = t->live;

	tutor_read(t);
	buf_printf(out, "{\"name\":\"%s\",\"base\":%d,\"lesson\":%" PRId64 ",\"last\":%" PRId64, t->known.name, k ? k->base : -1,
	    k ? k->model->seq : 0, t->last);
	buf_printf(out, ",\"state\":\"%s\",\"state_lesson\":%" PRId64 ",\"ok\":%s}", t->state, t->state_seq,
	    k && !k->broken ? "true" : "false");
	tutor_done(t);
}

bool tutor_leads(const struct tutor *t)
{
	return t->leader && t->lead && leader_leads(t->leader) && db_state(t->lead) == DB_READY;
}

/* --- the module ---------------------------------------------------------------------------------------------------------- */

void tutor_configure(struct tutor *t, int checkpoint_lessons, int checkpoint_ms)
{
	t->checkpoint_lessons = checkpoint_lessons;
	t->checkpoint_ms = checkpoint_ms;
}

struct tutor *tutor_new(struct event_base *base, struct pool *pool, struct worker *worker, struct rules *rules, int checkpoint_lessons,
    int checkpoint_ms)
{
	struct tutor *t = calloc(1, sizeof *t);
	pthread_rwlockattr_t attr;

	if (t == NULL || (t->tick = evtimer_new(base, on_tick, t)) == NULL)
		abort();
	/* Whoever learns must not wait for an hour of questions that follow one another. */
	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&t->lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	t->pool = pool;
	t->worker = worker;
	t->rules = rules;
	tutor_configure(t, checkpoint_lessons, checkpoint_ms);
	t->missed = -1;
	t->put_at = clock_monotonic();
	loop_after(t->tick, 50);
	return t;
}

void tutor_attach(struct tutor *t, const struct leader *leader, struct db *db)
{
	t->leader = leader;
	t->lead = db;
}

void tutor_free(struct tutor *t)
{
	if (t == NULL)
		return;
	event_free(t->tick);
	track_free(t->live);
	track_free(t->next);
	saved_release(t->kept);
	saved_release(t->putting);
	tutor_voices_end(t);
	pthread_rwlock_destroy(&t->lock);
	free(t);
}
