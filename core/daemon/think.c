#include "core/daemon/think.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <event2/event.h>
#include "core/base/utf8.h"
#include "core/daemon/pool.h"
#include "core/feed/jsonw.h"
#include "core/feed/loop.h"
#include "core/machine/fields.h"

enum {
	SEED_PAGE = 500, SEED_MAX = 300000, AGAIN_MS = 2000, EXPIRE_MS = 1000, EXPIRE_AT_ONCE = 2000, TITLE_CHARS = 60,
	REPEATS_STORED = 5, FOREIGN_MAX = 5000, FOREIGN_PAGE = 200, FOREIGN_MS = 50
};
static const usec_t REMEMBER = 30 * 86400 * USEC_S;

struct think {
	struct pool *pool;
	struct rules *routing;
	struct metrics *metrics;
	struct repeats *repeats; /* under lock: a thread asks while the loop adds. Never held for longer than one question */
	pthread_mutex_t lock;
	struct event *seed, *expire, *read;
	case_no foreign[FOREIGN_MAX]; /* cases of other fenbods whose text is to be read, oldest first */
	int nforeign, asked;          /* the first `asked` of them have been asked for */
	case_no seed_below; /* 0 = from the newest */
	size_t seeded;
	bool seed_done;
};

/* --- memory of recent cases --------------------------------------------------------------------------------------- */

static case_no remember_row(struct think *t, const struct db_row *r)
{
	struct repeat_case c = { .no = db_row_int(r, 0), .at = db_row_time(r, 1), .title = db_row_text(r, 3, NULL),
		.place = db_row_text(r, 4, NULL), .item = db_row_text(r, 5, NULL), .open = db_row_bool(r, 6) };

	c.text = db_row_text(r, 2, &c.text_len);
	/* What came in or was told meanwhile is newer than this page. */
	pthread_mutex_lock(&t->lock);
	if (!repeats_update(t->repeats, c.no, NULL, NULL, c.open))
		repeats_add(t->repeats, &c);
	pthread_mutex_unlock(&t->lock);
	return c.no;
}

static void seed_row(void *ctx, const struct db_row *r)
{
	struct think *t = ctx;

	t->seed_below = remember_row(t, r);
	t->seeded++;
}

static void seed_done(void *ctx, const struct err *e, size_t rows)
{
	struct think *t = ctx;

	if (e)
		loop_after(t->seed, AGAIN_MS);
	else if (rows == SEED_PAGE && t->seeded < SEED_MAX)
		loop_after(t->seed, 1);
	else
		t->seed_done = true;
}

static void on_seed(evutil_socket_t fd, short what, void *ctx)
{
	struct think *t = ctx;
	char below[24];

	(void)fd, (void)what;
	if (pool_pick(t->pool) == NULL) {
		loop_after(t->seed, 100);
		return;
	}
	snprintf(below, sizeof below, "%lld", (long long)t->seed_below);
	pool_send(t->pool, SQL_REPEATS_SEED, (struct db_param[]){ DB_TEXT(t->seed_below ? below : NULL), DB_TEXT("500") }, 2,
	    seed_row, seed_done, t);
}

/* --- cases that another fenbod took in ---------------------------------------------------------------------------- */

static void foreign_row(void *ctx, const struct db_row *r)
{
	remember_row(ctx, r);
}

static void foreign_done(void *ctx, const struct err *e, size_t rows)
{
	struct think *t = ctx;

	(void)rows;
	if (e == NULL) {
		t->nforeign -= t->asked;
		memmove(t->foreign, t->foreign + t->asked, (size_t)t->nforeign * sizeof t->foreign[0]);
	}
	t->asked = 0;
	if (t->nforeign > 0)
		loop_after(t->read, e ? AGAIN_MS : 0);
}

static void on_read(evutil_socket_t fd, short what, void *ctx)
{
	struct think *t = ctx;
	struct buf nos = { 0 };
	int kept = 0;

	(void)fd, (void)what;
	pthread_mutex_lock(&t->lock);
	for (int i = 0; i < t->nforeign; i++) /* one of our own may be told by the log before its answer comes */
		if (!repeats_known(t->repeats, t->foreign[i]))
			t->foreign[kept++] = t->foreign[i];
	pthread_mutex_unlock(&t->lock);
	t->nforeign = kept;
	if (kept == 0)
		return;
	for (; t->asked < kept && t->asked < FOREIGN_PAGE; t->asked++)
		buf_printf(&nos, "%c%lld", t->asked ? ',' : '{', (long long)t->foreign[t->asked]);
	buf_putc(&nos, '}');
	pool_send(t->pool, SQL_REPEATS_TEXTS, (struct db_param[]){ DB_TEXT(buf_text(&nos)) }, 1, foreign_row, foreign_done, t);
	buf_free(&nos);
}

static void want_text(struct think *t, case_no no)
{
	if (t->nforeign == FOREIGN_MAX)
		return;
	t->foreign[t->nforeign++] = no;
	if (t->asked == 0 && !evtimer_pending(t->read, NULL))
		loop_after(t->read, FOREIGN_MS);
}

static void on_expire(evutil_socket_t fd, short what, void *ctx)
{
	struct think *t = ctx;

	(void)fd, (void)what;
	pthread_mutex_lock(&t->lock);
	repeats_expire(t->repeats, clock_now() - REMEMBER, EXPIRE_AT_ONCE);
	pthread_mutex_unlock(&t->lock);
	loop_after(t->expire, EXPIRE_MS);
}

struct think *think_new(struct event_base *base, struct pool *pool, struct rules *routing, struct metrics *metrics)
{
	struct think *t = calloc(1, sizeof *t);

	if (t == NULL || (t->repeats = repeats_new()) == NULL || (t->seed = evtimer_new(base, on_seed, t)) == NULL ||
	    (t->expire = evtimer_new(base, on_expire, t)) == NULL || (t->read = evtimer_new(base, on_read, t)) == NULL)
		abort();
	pthread_mutex_init(&t->lock, NULL);
	event_priority_set(t->seed, LOOP_SLICES);
	t->pool = pool;
	t->routing = routing;
	t->metrics = metrics;
	loop_after(t->seed, 0);
	loop_after(t->expire, EXPIRE_MS);
	return t;
}

void think_free(struct think *t)
{
	if (t == NULL)
		return;
	event_free(t->seed);
	event_free(t->expire);
	event_free(t->read);
	repeats_free(t->repeats);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

void think_remember(struct think *t, case_no no, const struct thought *thought)
{
	pthread_mutex_lock(&t->lock);
	repeats_add(t->repeats, &(struct repeat_case){ .no = no, .at = thought->at, .text = thought->text,
	    .text_len = thought->text_len, .title = thought->title, .place = thought->place, .item = thought->item,
	    .person = thought->person, .open = true });
	pthread_mutex_unlock(&t->lock);
}

bool think_knows(struct think *t, case_no no)
{
	bool known;

	pthread_mutex_lock(&t->lock);
	known = repeats_known(t->repeats, no);
	pthread_mutex_unlock(&t->lock);
	return known;
}

void think_frame(struct think *t, case_no no, const struct summary *s)
{
	bool open = s->stage != STAGE_CLOSED && s->stage != STAGE_MERGED, known;

	pthread_mutex_lock(&t->lock);
	known = repeats_update(t->repeats, no, NULL, *s->item ? s->item : NULL, open);
	pthread_mutex_unlock(&t->lock);
	if (!known && open)
		want_text(t, no);
}

bool think_ready(const struct think *t)
{
	return rules_recommender(t->routing) != NULL;
}

size_t think_remembered(const struct think *t, size_t *bytes)
{
	*bytes = repeats_bytes(t->repeats);
	return repeats_count(t->repeats);
}

/* --- recommendation as JSON --------------------------------------------------------------------------------------- */

static void number_member(struct buf *out, const char *name, double v)
{
	char text[32];

	snprintf(text, sizeof text, "%.4f", v);
	jsonw_member_raw(out, name, text);
}

static void put_reasons(struct buf *out, const struct recommend_unit *u)
{
	jsonw_member_raw(out, "reasons", "[");
	for (int i = 0; i < u->reasons; i++) {
		const struct recommend_reason *r = &u->reason[i];

		buf_puts(out, i ? ",{" : "{");
		jsonw_member(out, "kind", reason_name(r->kind));
		jsonw_member(out, "text", r->text);
		if (r->start >= 0)
			buf_printf(out, ",\"start\":%d,\"end\":%d", r->start, r->end);
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
}

static void put_units(struct buf *out, const struct recommendation *rec, bool stored)
{
	jsonw_member_raw(out, "units", "[");
	for (int i = 0; i < rec->units; i++) {
		const struct recommend_unit *u = &rec->unit[i];

		buf_puts(out, i ? ",{" : "{");
		jsonw_member(out, "unit", u->unit->code);
		if (!stored)
			jsonw_member(out, "name", u->unit->name);
		jsonw_member(out, "item", u->item ? u->item->code : NULL);
		number_member(out, "p", u->p);
		put_reasons(out, u);
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
}

void think_recommend(struct think *t, struct arena *a, const struct recommend_query *q, bool stored, struct buf *out)
{
	struct recommendation rec = { 0 };
	usec_t begun = clock_monotonic();

	recommend(rules_recommender(t->routing), q, a, &rec);
	metrics_time(&t->metrics->recommend, clock_monotonic() - begun);
	buf_putc(out, '{');
	jsonw_member(out, "model", rec.model);
	jsonw_member_raw(out, "novel", rec.novel ? "true" : "false");
	if (stored) { /* an address that was corrected finds its place anew */
		jsonw_member(out, "place", rec.place.code ? rec.place.code : "");
		jsonw_member(out, "place_name", rec.place.code ? rec.place.name : "");
	}
	put_units(out, &rec, stored);
	buf_putc(out, '}');
}

/* --- a new case ---------------------------------------------------------------------------------------------------- */

/* One line for lists, without telephone or identity numbers: the title given, or the beginning of the text. */
static const char *title_of(struct arena *a, const struct appeal_in *in)
{
	const char *from = in->title[0] ? in->title : in->text;
	size_t len = utf8_offset(from, strlen(from), TITLE_CHARS * 2);
	struct buf masked = { 0 };
	const char *out;

	field_mask(&masked, from, len);
	for (char *p = masked.data; p && *p; p++)
		if (*p == '\n')
			*p = ' ';
	out = arena_strndup(a, buf_text(&masked), utf8_offset(buf_text(&masked), masked.len, TITLE_CHARS));
	buf_free(&masked);
	return out;
}

static uint64_t person_of(const char *phone)
{
	uint64_t h = UINT64_C(1469598103934665603);
	int digits = 0;

	for (; *phone; phone++) {
		if (*phone < '0' || *phone > '9')
			continue;
		h = (h ^ (unsigned char)*phone) * UINT64_C(1099511628211);
		digits++;
	}
	return digits >= 7 ? h : 0;
}

static void put_repeats(struct think *t, const struct ruling *g, const struct thought *th, struct buf *out)
{
	struct repeat_hit hit[REPEATS_STORED];
	struct repeat_case c = { .at = th->at, .text = th->text, .text_len = th->text_len, .title = th->title, .place = th->place,
		.item = th->item, .person = th->person, .open = true };
	int n;

	pthread_mutex_lock(&t->lock);
	n = repeats_find(t->repeats, &c, g->places, g->repeat_show, hit, REPEATS_STORED);
	pthread_mutex_unlock(&t->lock);
	if (n == 0)
		return;
	jsonw_member_raw(out, "repeats", "[");
	for (int i = 0; i < n; i++) {
		buf_printf(out, "%s{\"no\":%lld,\"score\":%.3f", i ? "," : "", (long long)hit[i].no, (double)hit[i].score);
		jsonw_member(out, "reason", hit[i].reason);
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
}

void think_base64(struct buf *out, const char *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)bytes;

	for (; len > 0; p += 3, len = len > 3 ? len - 3 : 0) {
		unsigned v = (unsigned)p[0] << 16 | (len > 1 ? (unsigned)p[1] << 8 : 0) | (len > 2 ? p[2] : 0u);
		char four[4] = { digits[v >> 18], digits[v >> 12 & 63], len > 1 ? digits[v >> 6 & 63] : '=',
			len > 2 ? digits[v & 63] : '=' };

		buf_add(out, four, 4);
	}
}

/* Members that are taken over as they came. */
static void put_content(struct buf *out, const struct appeal_in *in, const char *title, const char *email)
{
	char time[40];

	jsonw_member(out, "external_id", in->external_id);
	jsonw_member_raw(out, "text", "");
	jsonw_text(out, in->text, in->text_len);
	jsonw_member(out, "title", title);
	if (in->received_at) {
		clock_rfc3339(in->received_at, time);
		jsonw_member(out, "received_at", time);
	}
	jsonw_member(out, "address", in->address);
	if (in->located) {
		jsonw_member_raw(out, "lat", "");
		jsonw_real(out, in->lat);
		jsonw_member_raw(out, "long", "");
		jsonw_real(out, in->lng);
	}
	jsonw_member(out, "name", in->name);
	jsonw_member(out, "phone", in->phone);
	jsonw_member(out, "identity", email);
	jsonw_member(out, "type", in->type);
	jsonw_member(out, "duty_item", in->duty_item);
	if (in->confidential)
		jsonw_member_raw(out, "confidential", "true");
	if (in->reply_wanted)
		jsonw_member_raw(out, "reply_wanted", "true");
}

/* The priority of the duty item, where the machine is sure enough of it or the citizen picked it: a guess must not pull
 * a dispatcher's eyes to an ordinary case. */
static enum priority item_priority(const struct ruling *g, const struct appeal_in *in, const struct recommendation *rec)
{
	const struct recommend_unit *first = &rec->unit[0];

	if (rec->units == 0 || !first->item)
		return PRIORITY_NORMAL;
	if (first->p < g->priority_p && !(in->duty_item && strcmp(in->duty_item, first->item->code) == 0))
		return PRIORITY_NORMAL;
	return first->item->priority;
}

void think_row(struct think *t, const struct ruling *g, struct arena *a, const struct key *k, const struct appeal_in *in, const char *email,
    const char *raw, size_t raw_len, struct buf *out, struct thought *th)
{
	struct recommend_query q = { .text = in->text, .text_len = in->text_len, .title = in->title, .address = in->address,
		.channel = k->channel, .picked_item = in->duty_item, .channel_place = k->channel_place };
	struct recommendation rec = { 0 };
	struct urgency_result urgent;
	usec_t begun = clock_monotonic();

	*th = (struct thought){ .text = in->text, .text_len = in->text_len, .title = title_of(a, in),
		.at = in->received_at ? in->received_at : clock_now(), .person = person_of(in->phone) };
	recommend(g->recommender, &q, a, &rec);
	urgency_find(g->urgency, in->text, in->text_len, item_priority(g, in, &rec), &urgent);
	th->place = arena_strdup(a, rec.place.code ? rec.place.code : "");
	th->item = arena_strdup(a, rec.units > 0 && rec.unit[0].item ? rec.unit[0].item->code : "");

	buf_putc(out, '{');
	put_content(out, in, th->title, email);
	jsonw_member(out, "priority", priority_name(urgent.priority));
	if (urgent.flags)
		buf_printf(out, ",\"flags\":%u", urgent.flags);
	jsonw_member(out, "place", th->place);
	jsonw_member(out, "place_name", rec.place.code ? rec.place.name : NULL);
	jsonw_member(out, "model", rec.model);
	if (rec.novel)
		jsonw_member_raw(out, "novel", "true");
	put_units(out, &rec, true);
	put_repeats(t, g, th, out);
	if (raw_len) {
		buf_puts(out, ",\"raw_b64\":\"");
		think_base64(out, raw, raw_len);
		buf_putc(out, '"');
	}
	buf_putc(out, '}');
	th->took = clock_monotonic() - begun;
}
