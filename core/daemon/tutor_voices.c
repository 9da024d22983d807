/*
 * How much each source of the recommender counts beside what was learnt. Who leads moves the weights with each new lesson and keeps them
 * in the database; the others take them from there. So all fenbods weigh alike, whatever routing they had when.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/log.h"
#include "core/daemon/tutor_inside.h"
#include "core/machine/packing.h"

enum { CHAIN = 8 };

void hex_bytes(struct buf *out, const char *hex, size_t len)
{
	static const signed char value[256] = { ['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8,
		['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16 };
	char room[4096];
	size_t n = 0;

	for (size_t i = 2; i + 1 < len; i += 2) {
		room[n++] = (char)((value[(unsigned char)hex[i]] - 1) << 4 | (value[(unsigned char)hex[i + 1]] - 1));
		if (n == sizeof room) {
			buf_add(out, room, n);
			n = 0;
		}
	}
	buf_add(out, room, n);
}


/* --- what was taught, to be taken back ------------------------------------------------------------------------------------ */

static void taught_drop(struct tutor *t, int i)
{
	free(t->taught[i].heard.said);
	memmove(t->taught + i, t->taught + i + 1, (size_t)(--t->ntaught - i) * sizeof t->taught[0]);
}

void tutor_voices_end(struct tutor *t)
{
	while (t->ntaught > 0)
		taught_drop(t, t->ntaught - 1);
}

static void taught_add(struct tutor *t, int64_t seq, const struct recommend_heard *heard, float weight)
{
	struct taught *new;
	size_t bytes = (size_t)heard->n * sizeof *heard->said;

	if (t->ntaught == TUTOR_TAUGHT)
		taught_drop(t, 0);
	new = &t->taught[t->ntaught++];
	*new = (struct taught){ .seq = seq, .weight = weight, .before = t->voices, .heard = *heard };
	if ((new->heard.said = malloc(bytes)) == NULL)
		abort();
	memcpy(new->heard.said, heard->said, bytes);
}

/* The weights become what they were before that lesson, and are taught again by those after it. */
static void taught_take_back(struct tutor *t, int64_t seq)
{
	int at = 0;

	while (at < t->ntaught && t->taught[at].seq != seq)
		at++;
	if (at == t->ntaught)
		return;
	t->voices = t->taught[at].before;
	taught_drop(t, at);
	for (; at < t->ntaught; at++) {
		t->taught[at].before = t->voices;
		recommend_teach(&t->voices, &t->taught[at].heard, t->taught[at].weight);
	}
}

void tutor_voices_begin(struct tutor *t, int base)
{
	if (t->known.voices && t->voices_base == base)
		return;
	blend_init(&t->voices, recommend_voices, RECOMMEND_VOICES);
	tutor_voices_end(t);
	t->voices_base = base;
	t->voices_seq = -1;
	t->voices_asked = t->voices_moved = false;
	t->known.voices = &t->voices;
}

/* The place as people would write it: the case's own address may have been corrected since, or erased. */
static const char *address_of(const struct gazetteer *g, const char *place, struct arena *a)
{
	const char *chain[CHAIN];
	struct buf b = { 0 };
	char *text;

	for (int i = place[0] ? place_ancestors(g, place, chain, CHAIN) : 0; i-- > 0;)
		buf_puts(&b, place_name(g, chain[i]));
	text = arena_strdup(a, buf_text(&b));
	buf_free(&b);
	return text;
}

void tutor_voices_teach(struct tutor *t, const struct ruling *g, const struct step *s, struct arena *a)
{
	const struct model_lesson *l = &s->lesson;
	struct recommend_query q = { .text = l->what.text, .text_len = l->what.len, .title = l->what.title, .channel = l->what.channel,
		.type = l->what.type };
	struct recommend_heard heard;

	if (s->seq <= t->voices_seq)
		return;
	t->voices_seq = s->seq;
	t->voices_moved = true;
	if (s->of_seq > 0)
		taught_take_back(t, s->of_seq);
	if (s->of_seq > 0 || s->forgotten > 0 || l->weight <= 0)
		return;
	q.address = address_of(g->places, l->what.place, a);
	if (!recommend_hear(g->recommender, &t->known, &q, l->unit, a, &heard))
		return;
	taught_add(t, s->seq, &heard, l->weight);
	recommend_teach(&t->voices, &heard, l->weight);
}

/* --- kept ---------------------------------------------------------------------------------------------------------------- */

static void kept(void *ctx, const struct err *e, size_t rows)
{
	struct tutor *t = ctx;

	(void)rows;
	if (e) {
		pthread_rwlock_wrlock(&t->lock);
		t->voices_moved = true; /* with the next page */
		pthread_rwlock_unlock(&t->lock);
		if (e->code != ERR_UNAVAILABLE && e->code != ERR_CONFLICT)
			log_write(LOG_WARN, "weights cannot be kept", "error", err_name(e->code), "message", e->message, NULL);
	}
}

void tutor_voices_keep(struct tutor *t)
{
	struct buf b = { 0 };
	char base[16], seq[24];
	bool moved;

	if (!tutor_leads(t))
		return;
	pthread_rwlock_wrlock(&t->lock); /* the next page may be being learnt */
	moved = t->voices_moved;
	t->voices_moved = false;
	blend_save(&t->voices, &b);
	snprintf(base, sizeof base, "%d", t->voices_base);
	snprintf(seq, sizeof seq, "%" PRId64, t->voices_seq);
	pthread_rwlock_unlock(&t->lock);
	if (!moved) {
		buf_free(&b);
		return;
	}
	db_send(t->lead, SQL_VOICES_PUT, (struct db_param[]){ DB_TEXT(base), DB_TEXT(seq), { .text = b.data, .len = b.len, .binary = true } }, 3,
	    NULL, kept, t);
	buf_free(&b);
}

static void on_voices(void *ctx, const struct db_row *r)
{
	struct tutor *t = ctx;
	struct buf b = { 0 };
	struct blend voices;
	struct unpack u;
	size_t len;
	const char *hex = db_row_text(r, 2, &len);

	bool newer;

	tutor_read(t);
	newer = t->known.voices && (int)db_row_int(r, 0) == t->voices_base && db_row_int(r, 1) > t->voices_seq;
	tutor_done(t);
	if (!newer)
		return;
	blend_init(&voices, recommend_voices, RECOMMEND_VOICES);
	hex_bytes(&b, hex, len);
	u = (struct unpack){ (const unsigned char *)b.data, (const unsigned char *)b.data + b.len, false };
	/* Of another version of the program: they begin anew, and the leader's next word replaces them. */
	pthread_rwlock_wrlock(&t->lock);
	if (blend_load(&voices, &u) && !u.failed) {
		t->voices = voices;
		tutor_voices_end(t); /* another's word: what we taught is not what it rests on */
	}
	t->voices_seq = db_row_int(r, 1);
	pthread_rwlock_unlock(&t->lock);
	buf_free(&b);
}

static void voices_read(void *ctx, const struct err *e, size_t rows)
{
	struct tutor *t = ctx;

	(void)rows;
	t->voices_asked = t->voices_asked || e == NULL;
}

void tutor_voices_ask(struct tutor *t)
{
	if (t->known.voices && (!t->voices_asked || !tutor_leads(t)))
		pool_send(t->pool, SQL_VOICES_CURRENT, NULL, 0, on_voices, voices_read, t);
}
