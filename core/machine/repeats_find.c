#include "core/machine/repeats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/repeats_inside.h"

static void
touch(struct question *q, int b, float by)
{
	struct repeats *r = q->r;

	if (r->mark[b].sum == 0) {
		if (q->ntouched == VISITED + 2 * NEAR)
			return;
		r->touched[q->ntouched++] = b;
	}
	r->mark[b].sum += by;
}

/* Rarest first: the bound on postings is spent where it tells most. */
static void
order_keys(const struct repeats *r, uint32_t *key, int n)
{
	for (int i = 1; i < n; i++) {
		uint32_t k = key[i], f = r->frequency[k];
		int at = i;

		for (; at > 0 && r->frequency[key[at - 1]] > f; at--)
			key[at] = key[at - 1];
		key[at] = k;
	}
}

static void
gather(struct question *q)
{
	struct repeats *r = q->r;
	uint32_t key[ASKED + SAID_KEYS + NAME_KEYS + TITLE_KEYS], near[2];
	int nkeys = repeats_keys(r, &q->f, ASKED, true, key), nnear = 0, left = VISITED;

	order_keys(r, key, nkeys);
	for (int i = 0; i < nkeys && left > 0 && !(i >= KEYS && q->ntouched >= ENOUGH); i++) {
		float w = repeats_weight(r, key[i]);
		int n;
		const int *list = postings_get(r->by_gram, key[i], &n);

		for (int k = n - 1; k >= 0 && left-- > 0; k--)
			touch(q, list[k], w * w);
	}
	if (q->place)
		near[nnear++] = repeats_near_place(q->place);
	if (q->c->person)
		near[nnear++] = repeats_near_person(q->c->person);
	for (int i = 0; i < nnear; i++) {
		int n;
		const int *list = postings_get(r->by_near, near[i], &n);

		for (int k = n - 1; k >= 0 && k >= n - NEAR; k--)
			touch(q, r->entries[list[k]].body, 4);
	}
}

/* The best `most` of what was touched, by a heap whose root is the worst. Leaves the sums at zero. */
static int
choose(struct question *q, int most, int best[COMPARED])
{
	struct repeats *r = q->r;
	float sum[COMPARED];
	int n = 0;

	for (int i = 0; i < q->ntouched; i++) {
		int b = r->touched[i], at;
		float s = r->mark[b].sum / sqrtf(r->mark[b].norm); /* a long text shares more with any other */

		r->mark[b].sum = 0;
		if (n < most) {
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
	float cosine;  /* of the whole texts, by rarity */
	float title;   /* of the titles */
	float cover;   /* how much of the other is in this one */
	float named;   /* share of the names of one that the other speaks of, by rarity: the better of both ways */
	bool names;    /* both name something */
	bool form;     /* much alike, but they name other estates: one form, filled in by others */
	bool copy;
};

/* A name is spoken of with or without its ending, in a title or in the middle of a sentence: the names of each are looked for in the whole of
 * the other. */
static void
compare_names(const struct question *q, const struct body *body, const unsigned char *p, struct likeness *l)
{
	const unsigned char *whole = body->packed;
	float there = 0, all = 0, said = 0, weight;
	uint32_t gram = 0;

	for (int t = 0; t < GRAM_TIMES; t++) {
		gram_set_common(&q->named, &whole, body->ntimes[t], &weight);
		said += weight;
	}
	for (int i = 0; i < body->nnamed; i++) {
		float w;

		gram = grams_next(&p, gram);
		w = repeats_weight(q->r, gram);
		all += w;
		if (gram_set_has(&q->whole, gram))
			there += w;
	}
	l->names = true;
	l->named = q->named_all > 0 ? said / q->named_all : 0;
	if (all > 0 && there / all > l->named)
		l->named = there / all;
}

/* The whole texts. Returns where the grams of the other's title begin. */
static const unsigned char *
compare_texts(const struct question *q, int b, struct likeness *out)
{
	const struct body *body = &q->r->bodies[b];
	struct likeness l = { 0 };
	int nq = q->f.whole.n, nb = 0, small, common = 0;
	const unsigned char *p = body->packed;
	float weight, product = 0;

	for (int t = 1; t <= GRAM_TIMES; t++) {
		common += gram_set_common(&q->whole, &p, body->ntimes[t - 1], &weight);
		product += weight * repeats_times(t);
		nb += body->ntimes[t - 1];
	}
	small = nq < nb ? nq : nb;
	if (small > 0) {
		l.overlap = 2.0f * (float)common / (float)(nq + nb);
		l.copy = l.overlap >= 0.5f || (small >= 12 && common * 10 >= small * 9);
		if (small >= 12 && (float)common / (float)small > l.overlap && l.copy)
			l.overlap = (float)common / (float)small;
		l.cosine = product / (q->norm * repeats_norm(q->r, b));
		l.cover = product / (q->r->mark[b].norm * q->r->mark[b].norm);
	}
	*out = l;
	return p;
}

/* What the titles and the names say besides. */
static void
compare_rest(const struct question *q, int b, const unsigned char *p, struct likeness *l)
{
	const struct body *body = &q->r->bodies[b];
	float weight;
	int common;

	if (q->f.title.n > 0 && body->ntitle > 0) {
		common = gram_set_common(&q->title, &p, body->ntitle, &weight);
		if (q->title_all > 0)
			l->title = sqrtf(weight / q->title_all * (float)common / (float)body->ntitle);
	} else
		grams_skip(&p, body->ntitle);
	if (q->f.named.n > 0 && body->nnamed > 0)
		compare_names(q, body, p, l);
	l->form = l->names && l->cosine > 0.4f && l->named < 0.34f;
}

static void
say(struct question *q, struct repeat_hit *h)
{
	char *out = h->reason;
	size_t size = sizeof h->reason;
	int64_t minutes = (q->c->at > h->at ? q->c->at - h->at : h->at - q->c->at) / (60 * USEC_S);
	int n = snprintf(out, size, "%s", h->same_place ? "同一地点 · " : h->near ? "地点相邻 · " : h->same_name ? "提到同一处 · " : "");

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
		snprintf(out + n, size - (size_t)n, h->merged ? " · 已并案" : " · 已办结");
}

/*
 * A logistic score: text first; names, place, time, item and person confirm or contradict what the text says. A case that is the
 * original of one that quotes it is wholly contained in it (cover). A text that is much alike but names another estate is the same form filled
 * in by others. What came later ranks lower, a copy that came later most: of two as like, the first report is the one to merge into. Figures by trial on two cities' tickets: tests/bench/README.md.
 */
static const double BASE = -4.2, SLACK = 0.01, LATER = 0.5, LATER_COPY = 2, TITLES = 0.5; /* scores are kept as float */

static double
text_score(const struct likeness *l)
{
	return BASE + 10.0 * (double)l->cosine + TITLES * (double)l->title + (double)l->cover - (l->form ? 3 : 0);
}

/* What place, time, item and person add for this case. */
static double
circumstances(struct question *q, const struct likeness *l, const struct entry *x)
{
	double days = fabs((double)(q->c->at - x->at)) / (86400.0 * (double)USEC_S), z = 0;

	if (x->place && q->place)
		z += x->place == q->place ? 1.2 : is_near(q, x->place) ? 0.6 : l->form ? -5.5 : -1.5;
	z += days < 1 ? 1.0 : exp((1 - days) / 2) - 0.4 * (days > 30);
	z -= x->at <= q->c->at ? 0 : l->cosine > 0.9f ? LATER_COPY : LATER;
	z += x->item && x->item == q->item ? 0.5 : 0;
	return z + (x->person && x->person == q->c->person ? 0.8 : 0);
}

static void
judge(struct question *q, const struct likeness *l, const struct entry *x, struct repeat_hit *h)
{
	double z = text_score(l) + circumstances(q, l, x);

	*h = (struct repeat_hit){ .no = x->no, .at = x->at, .person = x->person, .open = x->open, .merged = x->merged, .overlap = l->overlap, .copy = l->copy,
		.placed = x->place || q->place, .same_name = l->names && l->named >= 0.5f };
	h->same_place = x->place && x->place == q->place;
	h->same_item = x->item && x->item == q->item;
	h->same_person = x->person && x->person == q->c->person;
	h->near = x->place && q->place && !h->same_place && is_near(q, x->place);
	h->odds = (float)z;
	h->score = (float)(1 / (1 + exp(-z)));
}

/* Of equals the first report comes first: into it the others are merged. */
static bool
is_better(const struct repeat_hit *a, const struct repeat_hit *b)
{
	return a->odds > b->odds || (a->odds >= b->odds && (a->at < b->at || (a->at == b->at && a->no < b->no)));
}

static int
insert(struct repeat_hit *out, int n, int max, const struct repeat_hit *h)
{
	int at = n;

	if (n == max && !is_better(h, &out[n - 1]))
		return n;
	if (n == max)
		at = n - 1;
	for (; at > 0 && is_better(h, &out[at - 1]); at--)
		out[at] = out[at - 1];
	out[at] = *h;
	return n < max ? n + 1 : n;
}

static float
weigh(const struct repeats *r, const struct grams *g, struct gram_set *set)
{
	float weight[GRAMS_MAX], sum = 0;

	for (int i = 0; i < g->n; i++)
		sum += weight[i] = repeats_weight(r, g->gram[i]);
	gram_set_make(set, g, weight);
	return sum;
}

/* The whole text, so that the weights of what is common to it and another, times how often the other says it, are their scalar product. */
static void
weigh_whole(struct question *q)
{
	const struct grams *g = &q->f.whole;
	float weight[GRAMS_MAX], sum = 0;

	for (int i = 0; i < g->n; i++) {
		float w = repeats_weight(q->r, g->gram[i]), times = repeats_times(g->times[i]);

		sum += w * w * times * times;
		weight[i] = w * w * times;
	}
	q->norm = sqrtf(sum) + 1e-6f;
	gram_set_make(&q->whole, g, weight);
}

static double
log_odds(float score)
{
	return score <= 0 ? -1e9 : score >= 1 ? 1e9 : log((double)score / (1 - (double)score)) - SLACK;
}

/* Texts lie all over the memory: have the next ones on their way while this one is compared. */
static void
fetch(const struct repeats *r, int b)
{
	const struct body *body = &r->bodies[b];

	for (uint32_t at = 0; at < body->nbytes && at < 4 * 64; at += 64)
		__builtin_prefetch(body->packed + at);
	if (body->first >= 0)
		__builtin_prefetch(&r->entries[body->first]);
}

/* The forms of a text that is in the index. */
static void
unpack_forms(const struct body *body, struct text_forms *f)
{
	const unsigned char *p = body->packed;

	memset(f, 0, sizeof *f);
	for (int t = 0; t < GRAM_TIMES; t++)
		grams_unpack(&p, body->ntimes[t], t + 1, &f->whole);
	grams_sort(&f->whole);
	grams_unpack(&p, body->ntitle, 1, &f->title);
	grams_unpack(&p, body->nnamed, 1, &f->named);
}

/* The most that circumstances add for one of the text's cases. */
static double
most_circumstances(struct question *q, const struct likeness *l, const struct body *body)
{
	double most = -1e9;
	int copies = 0;

	for (int e = body->first; e >= 0 && copies <= COPIES; e = q->r->entries[e].next, copies++) {
		double z = circumstances(q, l, &q->r->entries[e]);

		most = z > most ? z : most;
	}
	return most;
}

/* The chosen texts compared, and their cases judged: the best of them into out. */
static int
weigh_chosen(struct question *q, const int *best, int chosen, float least, struct repeat_hit *out, int max)
{
	struct repeats *r = q->r;
	double enough = log_odds(least);
	int n = 0;

	for (int i = chosen - 1; i >= 0 && i >= chosen - AHEAD; i--)
		fetch(r, best[i]);
	for (int i = chosen - 1; i >= 0; i--) { /* the root of the heap, the worst, last: it need not be looked at often */
		const struct body *body = &r->bodies[best[i]];
		struct likeness l;
		const unsigned char *titles = compare_texts(q, best[i], &l);
		int copies = 0;

		if (i >= AHEAD)
			fetch(r, best[i - AHEAD]);
		if (text_score(&l) + TITLES + most_circumstances(q, &l, body) < enough) /* not even with all of the title in its favour */
			continue;
		compare_rest(q, best[i], titles, &l);
		for (int e = body->first; e >= 0 && copies < COPIES; e = r->entries[e].next) {
			struct repeat_hit h;

			if (r->entries[e].no == q->c->no)
				continue;
			copies++;
			judge(q, &l, &r->entries[e], &h);
			if (h.score >= least)
				n = insert(out, n, max, &h);
		}
		if (n == max && n > 0 && (double)out[n - 1].odds - SLACK > enough)
			enough = (double)out[n - 1].odds - SLACK;
	}
	return n;
}

/* q->f and q->c are set. */
static int
find(struct question *q, float least, struct repeat_hit *out, int max)
{
	struct repeats *r = q->r;
	const struct repeat_case *c = q->c;
	int best[COMPARED], n;

	weigh_whole(q);
	q->title_all = weigh(r, &q->f.title, &q->title);
	q->named_all = weigh(r, &q->f.named, &q->named);
	q->place = names_get(r->names, c->place);
	q->item = names_get(r->names, c->item);
	gather(q);
	n = choose(q, max * FOR_EACH < COMPARED ? max * FOR_EACH : COMPARED, best);
	n = weigh_chosen(q, best, n, least, out, max);
	if (n > 0)
		repeats_set_aside(q);
	for (int i = 0; i < n; i++) {
		const struct entry *x = &r->entries[table_get(r->by_no, (uint64_t)out[i].no)];

		out[i].matter = repeats_matter(q, &r->bodies[x->body]);
		out[i].within = repeats_within(q, x->place);
		if (x->item && strlen(names_text(r->names, x->item)) < sizeof out[i].item)
			snprintf(out[i].item, sizeof out[i].item, "%s", names_text(r->names, x->item));
		say(q, &out[i]);
	}
	return n;
}

static void
look_above(struct question *q)
{
	if (q->places && q->c->place)
		q->nabove = place_ancestors(q->places, q->c->place, q->above, 8);
}

struct question *
repeats_ask(const struct repeat_case *c, const struct gazetteer *places)
{
	struct question *q = calloc(1, sizeof *q);

	if (!q)
		return NULL;
	q->c = c;
	q->places = places;
	repeats_forms(&q->f, c->title, c->text, c->text_len);
	look_above(q);
	return q;
}

int
repeats_answer(struct repeats *r, struct question *q, float least, struct repeat_hit *out, int max)
{
	q->r = r;
	return find(q, least, out, max);
}

int
repeats_find(struct repeats *r, const struct repeat_case *c, const struct gazetteer *places, float least,
    struct repeat_hit *out, int max)
{
	struct question *q = repeats_ask(c, places);
	int n = q ? repeats_answer(r, q, least, out, max) : 0;

	free(q);
	return n;
}

int
repeats_find_known(struct repeats *r, case_no no, const struct gazetteer *places, float least, struct repeat_hit *out, int max)
{
	struct repeat_case c;
	struct question q = { .r = r, .c = &c, .places = places };
	int e = table_get(r->by_no, (uint64_t)no);

	if (e < 0 || !repeats_about(r, no, &c))
		return -1;
	unpack_forms(&r->bodies[r->entries[e].body], &q.f);
	look_above(&q);
	return find(&q, least, out, max);
}
