#include "core/machine/repeats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/grams.h"
#include "core/machine/postings.h"

enum {
	KEYS = 12,          /* rarest grams a text is found by */
	ASKED = 24,         /* rarest grams a question looks under: an edited copy has rare ones of its own */
	VISITED = 8000,     /* postings a question may look at */
	NEAR = 128,         /* newest cases of the same place, and of the same person, that it may look at */
	COMPARED = 64,      /* texts compared exactly */
	ENOUGH = 4 * COMPARED, /* texts touched after which commoner grams are not asked any more */
	COPIES = 12,        /* newest cases of one text that are weighed */
	MEMO = 32,
	TITLE_POINTS = 60
};

/* A text, and the cases that say exactly this. */
struct body {
	uint64_t hash;
	unsigned char *packed; /* grams of the text, then those of the title */
	uint32_t nbytes;
	uint16_t ngrams, ntitle;
	uint32_t key[KEYS];
	uint8_t nkeys;
	int first;             /* newest case; -1: a free slot, then `next` is the next free one */
	int next;
};

struct entry {
	case_no no;
	usec_t at;
	uint64_t person;
	int place, item;       /* names[] */
	int body;
	int next, prev;        /* among the cases of a body, newest first */
	bool open;
};

struct repeats {
	struct body *bodies; int nbodies, cap_bodies, free_body;
	struct entry *entries; int nentries, cap_entries, free_entry;
	size_t count, body_bytes;
	struct postings *by_gram, *by_near; /* bodies; cases by place and by person */
	struct table *by_no, *by_hash;      /* number → entry, hash → body */
	struct names *names;                /* place and item codes */
	uint32_t *frequency;                /* of each gram, in bodies */
	int nalive;                         /* bodies */
	/* scratch of a question */
	float *sum;                         /* by body */
	int *touched;
	int expire_at;
};

struct repeats *
repeats_new(void)
{
	struct repeats *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	r->free_body = r->free_entry = -1;
	r->by_gram = postings_new();
	r->by_near = postings_new();
	r->by_no = table_new();
	r->by_hash = table_new();
	r->names = names_new();
	r->frequency = calloc((size_t)1 << GRAM_BITS, sizeof *r->frequency);
	r->touched = malloc((VISITED + 2 * NEAR) * sizeof *r->touched);
	if (!r->by_gram || !r->by_near || !r->by_no || !r->by_hash || !r->names || !r->frequency || !r->touched) {
		repeats_free(r);
		return NULL;
	}
	return r;
}

void
repeats_free(struct repeats *r)
{
	if (!r)
		return;
	for (int i = 0; i < r->nbodies; i++)
		free(r->bodies[i].packed);
	free(r->bodies);
	free(r->entries);
	postings_free(r->by_gram);
	postings_free(r->by_near);
	table_free(r->by_no);
	table_free(r->by_hash);
	names_free(r->names);
	free(r->frequency);
	free(r->sum);
	free(r->touched);
	free(r);
}

size_t
repeats_count(const struct repeats *r)
{
	return r->count;
}

size_t
repeats_bytes(const struct repeats *r)
{
	return sizeof *r + (size_t)r->cap_bodies * (sizeof *r->bodies + sizeof *r->sum) + r->body_bytes +
	    (size_t)r->cap_entries * sizeof *r->entries + postings_bytes(r->by_gram) + postings_bytes(r->by_near) +
	    table_bytes(r->by_no) + table_bytes(r->by_hash) + names_bytes(r->names) +
	    sizeof *r->frequency * ((size_t)1 << GRAM_BITS) + (VISITED + 2 * NEAR) * sizeof *r->touched;
}

/* --- keys of the postings ------------------------------------------------------------------------------------------ */

static uint32_t
neaplace_of(int place)
{
	return (uint32_t)place << 1;
}

static uint32_t
near_person(uint64_t person)
{
	return (uint32_t)((person * UINT64_C(0x9e3779b97f4a7c15)) >> 32) | 1;
}

/* The n rarest grams, rarest first; with `known`, only those that some text holds. */
static int
rarest(const struct repeats *r, const struct grams *g, int n, bool known, uint32_t *out)
{
	uint32_t often[ASKED];
	int count = 0;

	for (int i = 0; i < g->n; i++) {
		uint32_t f = r->frequency[g->gram[i]];
		int at;

		if ((known && f == 0) || (count == n && f >= often[count - 1]))
			continue;
		at = count < n ? count++ : count - 1;
		for (; at > 0 && often[at - 1] > f; at--) {
			often[at] = often[at - 1];
			out[at] = out[at - 1];
		}
		often[at] = f;
		out[at] = g->gram[i];
	}
	return count;
}

/* --- adding and removing ------------------------------------------------------------------------------------------- */

static void
body_free(struct repeats *r, int b)
{
	struct body *body = &r->bodies[b];
	const unsigned char *p = body->packed;
	uint32_t gram = 0;

	for (int i = 0; i < body->ngrams; i++) {
		gram = grams_next(&p, gram);
		r->frequency[gram]--;
	}
	for (int i = 0; i < body->nkeys; i++)
		postings_remove(r->by_gram, body->key[i], b);
	table_remove(r->by_hash, body->hash);
	r->body_bytes -= body->nbytes;
	free(body->packed);
	*body = (struct body){ .first = -1, .next = r->free_body };
	r->free_body = b;
	r->nalive--;
}

static int
body_slot(struct repeats *r)
{
	int b = r->free_body;

	if (b >= 0) {
		r->free_body = r->bodies[b].next;
		return b;
	}
	if (r->nbodies == r->cap_bodies) {
		int cap = r->cap_bodies ? r->cap_bodies + r->cap_bodies / 2 : 256;
		struct body *bodies = realloc(r->bodies, (size_t)cap * sizeof *bodies);
		float *sum;

		if (!bodies)
			return -1;
		r->bodies = bodies;
		sum = realloc(r->sum, (size_t)cap * sizeof *sum);
		if (!sum)
			return -1;
		memset(sum + r->cap_bodies, 0, (size_t)(cap - r->cap_bodies) * sizeof *sum);
		r->sum = sum;
		r->cap_bodies = cap;
	}
	return r->nbodies++;
}

static int
body_new(struct repeats *r, uint64_t hash, const struct grams *text, const struct grams *title)
{
	unsigned char packed[3 * GRAMS_MAX * 2];
	size_t n = grams_pack(text, packed);
	struct body *body;
	int b = body_slot(r);

	n += grams_pack(title, packed + n);
	if (b < 0)
		return -1;
	body = &r->bodies[b];
	*body = (struct body){ .hash = hash, .ngrams = (uint16_t)text->n, .ntitle = (uint16_t)title->n,
	    .nbytes = (uint32_t)n, .first = -1, .next = -1 };
	r->nalive++;
	if (!(body->packed = malloc(n + 1)) || !table_put(r->by_hash, hash, b)) {
		body->ngrams = 0;
		body->nbytes = 0;
		body_free(r, b);
		return -1;
	}
	memcpy(body->packed, packed, n);
	r->body_bytes += n;
	body->nkeys = (uint8_t)rarest(r, text, KEYS, false, body->key);
	for (int i = 0; i < text->n; i++)
		r->frequency[text->gram[i]]++;
	for (int i = 0; i < body->nkeys; i++)
		postings_add(r->by_gram, body->key[i], b); /* without memory for it the text has one key less */
	return b;
}

static void
title_grams(struct grams *g, const char *title)
{
	g->n = 0;
	g->hash = 0;
	if (title && title[0])
		grams_of(g, title, strnlen(title, TITLE_POINTS * 4));
}

static uint64_t
body_hash(const struct grams *text, const struct grams *title)
{
	return text->hash ^ (title->hash * UINT64_C(0x9e3779b97f4a7c15));
}

static void
unlink_near(struct repeats *r, int e)
{
	const struct entry *x = &r->entries[e];

	if (x->place)
		postings_remove(r->by_near, neaplace_of(x->place), e);
	if (x->person)
		postings_remove(r->by_near, near_person(x->person), e);
}

static void
remove_entry(struct repeats *r, int e)
{
	struct entry *x = &r->entries[e];
	struct body *body = &r->bodies[x->body];

	unlink_near(r, e);
	table_remove(r->by_no, (uint64_t)x->no);
	if (x->prev >= 0)
		r->entries[x->prev].next = x->next;
	else
		body->first = x->next;
	if (x->next >= 0)
		r->entries[x->next].prev = x->prev;
	if (body->first < 0)
		body_free(r, x->body);
	*x = (struct entry){ .next = r->free_entry };
	r->free_entry = e;
	r->count--;
}

static int
entry_slot(struct repeats *r)
{
	int e = r->free_entry;

	if (e >= 0) {
		r->free_entry = r->entries[e].next;
		return e;
	}
	if (r->nentries == r->cap_entries) {
		int cap = r->cap_entries ? r->cap_entries + r->cap_entries / 2 : 256;
		struct entry *entries = realloc(r->entries, (size_t)cap * sizeof *entries);

		if (!entries)
			return -1;
		r->entries = entries;
		r->cap_entries = cap;
	}
	return r->nentries++;
}

bool
repeats_add(struct repeats *r, const struct repeat_case *c)
{
	struct grams text, title;
	struct entry *x;
	uint64_t hash;
	int e = table_get(r->by_no, (uint64_t)c->no), b;

	if (e >= 0)
		remove_entry(r, e);
	grams_of(&text, c->text, c->text_len);
	title_grams(&title, c->title);
	hash = body_hash(&text, &title);
	b = table_get(r->by_hash, hash);
	if (b < 0)
		b = body_new(r, hash, &text, &title);
	if (b < 0)
		return false;
	e = entry_slot(r);
	if (e < 0 || !table_put(r->by_no, (uint64_t)c->no, e)) {
		if (e >= 0) {
			r->entries[e] = (struct entry){ .next = r->free_entry };
			r->free_entry = e;
		}
		if (r->bodies[b].first < 0)
			body_free(r, b);
		return false;
	}
	x = &r->entries[e];
	*x = (struct entry){ .no = c->no, .at = c->at, .person = c->person, .place = names_put(r->names, c->place),
	    .item = names_put(r->names, c->item), .body = b, .open = c->open, .next = r->bodies[b].first, .prev = -1 };
	if (x->next >= 0)
		r->entries[x->next].prev = e;
	r->bodies[b].first = e;
	if (x->place)
		postings_add(r->by_near, neaplace_of(x->place), e);
	if (x->person)
		postings_add(r->by_near, near_person(x->person), e);
	r->count++;
	return true;
}

bool
repeats_update(struct repeats *r, case_no no, const char *place, const char *item, bool open)
{
	int e = table_get(r->by_no, (uint64_t)no);
	struct entry *x;

	if (e < 0)
		return false;
	x = &r->entries[e];
	x->open = open;
	if (item)
		x->item = names_put(r->names, item);
	if (place) {
		if (x->place)
			postings_remove(r->by_near, neaplace_of(x->place), e);
		x->place = names_put(r->names, place);
		if (x->place)
			postings_add(r->by_near, neaplace_of(x->place), e);
	}
	return true;
}

bool
repeats_remove(struct repeats *r, case_no no)
{
	int e = table_get(r->by_no, (uint64_t)no);

	if (e < 0)
		return false;
	remove_entry(r, e);
	return true;
}

size_t
repeats_expire(struct repeats *r, usec_t before, size_t at_most)
{
	size_t gone = 0;

	for (size_t i = 0; i < at_most && i < (size_t)r->nentries; i++) {
		int e = r->expire_at++;

		if (e >= r->nentries) {
			r->expire_at = 1;
			e = 0;
		}
		if (r->entries[e].no != 0 && !r->entries[e].open && r->entries[e].at < before) {
			remove_entry(r, e);
			gone++;
		}
	}
	return gone;
}

/* --- asking -------------------------------------------------------------------------------------------------------- */

struct question {
	struct repeats *r;
	const struct repeat_case *c;
	const struct gazetteer *places;
	struct grams text, title;
	struct gram_set text_set, title_set;
	float all, title_all;  /* sums of their weights */
	float asked;           /* and of the grams asked for */
	const char *above[8]; int nabove; /* the place and those around it */
	int place, item;
	int ntouched;
	struct { int place; bool near; } memo[MEMO]; /* answers of is_near */
};

static float
gram_weight(const struct repeats *r, uint32_t gram)
{
	return logf((float)(r->nalive + 2) / (float)(r->frequency[gram] + 1));
}

static void
touch(struct question *q, int b, float by)
{
	struct repeats *r = q->r;

	if (r->sum[b] == 0) {
		if (q->ntouched == VISITED + 2 * NEAR)
			return;
		r->touched[q->ntouched++] = b;
	}
	r->sum[b] += by;
}

static void
gather(struct question *q)
{
	struct repeats *r = q->r;
	uint32_t key[ASKED], near[2];
	int nkeys = rarest(r, &q->text, ASKED, true, key), nnear = 0, left = VISITED;

	for (int i = 0; i < nkeys && left > 0 && !(i >= KEYS && q->ntouched >= ENOUGH); i++) {
		float w = gram_weight(r, key[i]) + 0.01f;
		int n;
		const int *list = postings_get(r->by_gram, key[i], &n);

		q->asked += w;
		for (int k = n - 1; k >= 0 && left-- > 0; k--)
			touch(q, list[k], w);
	}
	if (q->place)
		near[nnear++] = neaplace_of(q->place);
	if (q->c->person)
		near[nnear++] = near_person(q->c->person);
	for (int i = 0; i < nnear; i++) {
		int n;
		const int *list = postings_get(r->by_near, near[i], &n);

		for (int k = n - 1; k >= 0 && k >= n - NEAR; k--)
			touch(q, r->entries[list[k]].body, 4);
	}
}

/* The best COMPARED of what was touched, by a heap whose root is the worst; what shares next to nothing is left out. Leaves the
 * sums at zero. */
static int
choose(struct question *q, int best[COMPARED])
{
	struct repeats *r = q->r;
	float sum[COMPARED], least = 0.06f * q->asked;
	int n = 0;

	for (int i = 0; i < q->ntouched; i++) {
		int b = r->touched[i], at;
		float s = r->sum[b];

		r->sum[b] = 0;
		if (s < least)
			continue;
		if (n < COMPARED) {
			for (at = n++; at > 0 && sum[(at - 1) / 2] > s; at = (at - 1) / 2) {
				sum[at] = sum[(at - 1) / 2];
				best[at] = best[(at - 1) / 2];
			}
		} else if (s > sum[0]) {
			for (at = 0;;) {
				int kid = at * 2 + 1;

				if (kid + 1 < n && sum[kid + 1] < sum[kid])
					kid++;
				if (kid >= n || sum[kid] >= s)
					break;
				sum[at] = sum[kid];
				best[at] = best[kid];
				at = kid;
			}
		} else
			continue;
		sum[at] = s;
		best[at] = b;
	}
	return n;
}

/* One place inside the other, or side by side in one street or community. */
static bool
are_near(const struct question *q, const char *place)
{
	const char *other[8];
	int n = place_ancestors(q->places, place, other, 8);

	for (int i = 0; i < q->nabove; i++)
		for (int k = 0; k < n; k++)
			if (strcmp(q->above[i], other[k]) == 0) {
				const char *level = place_level(q->places, other[k]);

				return level && strcmp(level, "city") != 0 && strcmp(level, "district") != 0;
			}
	return false;
}

static bool
is_near(struct question *q, int place)
{
	int slot = place % MEMO;

	if (!q->places || q->nabove == 0)
		return false;
	if (q->memo[slot].place != place) {
		q->memo[slot].place = place;
		q->memo[slot].near = are_near(q, names_text(q->r->names, place));
	}
	return q->memo[slot].near;
}

struct likeness {
	float overlap; /* share of the words, of the shorter text when it is long enough to stand alone */
	float weighty; /* share of the question's rare words */
	float title;   /* cosine of the titles' rare words */
	bool copy;
};

static struct likeness
compare(const struct question *q, const struct body *body)
{
	struct likeness l = { 0 };
	int nq = q->text.n, nb = body->ngrams, small = nq < nb ? nq : nb, common;
	const unsigned char *p = body->packed;
	float weight;

	common = gram_set_common(&q->text_set, &p, nb, &weight);
	if (small > 0) {
		l.overlap = 2.0f * (float)common / (float)(nq + nb);
		l.copy = l.overlap >= 0.5f || (small >= 12 && common * 10 >= small * 9);
		if (small >= 12 && (float)common / (float)small > l.overlap && l.copy)
			l.overlap = (float)common / (float)small;
		l.weighty = q->all > 0 ? weight / q->all : 0;
	}
	if (q->title.n > 0 && body->ntitle > 0) {
		common = gram_set_common(&q->title_set, &p, body->ntitle, &weight);
		if (q->title_all > 0)
			l.title = sqrtf(weight / q->title_all * (float)common / (float)body->ntitle);
	}
	return l;
}

static int
place_of(const struct question *q, case_no no)
{
	int e = table_get(q->r->by_no, (uint64_t)no);

	return e < 0 ? 0 : q->r->entries[e].place;
}

static void
say(struct question *q, struct repeat_hit *h)
{
	int place = place_of(q, h->no);
	bool near = !h->same_place && place && q->place && is_near(q, place);
	char *out = h->reason;
	size_t size = sizeof h->reason;
	int64_t minutes = (q->c->at > h->at ? q->c->at - h->at : h->at - q->c->at) / (60 * USEC_S);
	int n = snprintf(out, size, "%s", h->same_place ? "同一地点 · " : near ? "地点相邻 · " : "");

	if (minutes < 60)
		n += snprintf(out + n, size - (size_t)n, "%d 分钟前", (int)minutes);
	else if (minutes < 48 * 60)
		n += snprintf(out + n, size - (size_t)n, "%d 小时前", (int)(minutes / 60));
	else
		n += snprintf(out + n, size - (size_t)n, "%lld 天前", (long long)(minutes / 1440));
	n += snprintf(out + n, size - (size_t)n, " · %d %% 的字句相同", (int)(h->overlap * 100 + 0.5f));
	if (h->same_item)
		n += snprintf(out + n, size - (size_t)n, " · 同一事项");
	if (h->same_person)
		n += snprintf(out + n, size - (size_t)n, " · 同一来电人");
	if (!h->open)
		snprintf(out + n, size - (size_t)n, " · 已办结");
}

/* A logistic score: text first; place, time, item and person confirm or contradict what the text says. */
static const double BASE = -3.6, CONFIRMED = 1.2 + 1.0 + 0.5 + 0.8;

static double
text_score(const struct likeness *l)
{
	return BASE + 4.0 * (double)l->overlap + 3.0 * (double)l->weighty + 2.0 * (double)l->title;
}

static void
judge(struct question *q, const struct likeness *l, const struct entry *x, struct repeat_hit *h)
{
	double days = fabs((double)(q->c->at - x->at)) / (86400.0 * (double)USEC_S), z = text_score(l);

	*h = (struct repeat_hit){ .no = x->no, .at = x->at, .open = x->open, .overlap = l->overlap, .copy = l->copy };
	h->same_place = x->place && x->place == q->place;
	h->same_item = x->item && x->item == q->item;
	h->same_person = x->person && x->person == q->c->person;
	z += h->same_place ? 1.2 : !x->place || !q->place ? 0 : is_near(q, x->place) ? 0.6 : -1.5;
	z += 1.0 * exp(-days / 2) - 0.4 * (days > 30);
	z += h->same_item ? 0.5 : 0;
	z += h->same_person ? 0.8 : 0;
	h->score = (float)(1 / (1 + exp(-z)));
}

static int
insert(struct repeat_hit *out, int n, int max, const struct repeat_hit *h)
{
	int at = n;

	if (n == max && out[n - 1].score >= h->score)
		return n;
	if (n == max)
		at = n - 1;
	for (; at > 0 && out[at - 1].score < h->score; at--)
		out[at] = out[at - 1];
	out[at] = *h;
	return n < max ? n + 1 : n;
}

static float
weigh(const struct repeats *r, const struct grams *g, struct gram_set *set)
{
	float weight[GRAMS_MAX], sum = 0;

	for (int i = 0; i < g->n; i++)
		sum += weight[i] = gram_weight(r, g->gram[i]);
	gram_set_make(set, g, weight);
	return sum;
}

int
repeats_find(struct repeats *r, const struct repeat_case *c, const struct gazetteer *places, float least,
    struct repeat_hit *out, int max)
{
	struct question q = { .r = r, .c = c, .places = places };
	double enough = least <= 0 ? -1e9 : least >= 1 ? 1e9 : log((double)least / (1 - (double)least)) - CONFIRMED;
	int best[COMPARED], n = 0, chosen;

	grams_of(&q.text, c->text, c->text_len);
	title_grams(&q.title, c->title);
	q.all = weigh(r, &q.text, &q.text_set);
	q.title_all = weigh(r, &q.title, &q.title_set);
	q.place = names_get(r->names, c->place);
	q.item = names_get(r->names, c->item);
	if (places && c->place)
		q.nabove = place_ancestors(places, c->place, q.above, 8);
	gather(&q);
	chosen = choose(&q, best);
	for (int i = 0; i < chosen && max > 0; i++) {
		const struct body *body = &r->bodies[best[i]];
		struct likeness l = compare(&q, body);
		int copies = 0;

		if (text_score(&l) < enough) /* not even with everything else in its favour */
			continue;
		for (int e = body->first; e >= 0 && copies < COPIES; e = r->entries[e].next) {
			struct repeat_hit h;

			if (r->entries[e].no == c->no)
				continue;
			copies++;
			judge(&q, &l, &r->entries[e], &h);
			if (h.score >= least)
				n = insert(out, n, max, &h);
		}
	}
	for (int i = 0; i < n; i++)
		say(&q, &out[i]);
	return n;
}
