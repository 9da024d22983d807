#include "core/machine/repeats.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "core/machine/repeats_inside.h"

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
	int nkeys = repeats_rarest(r, &q->text, ASKED, true, key), nnear = 0, left = VISITED;

	for (int i = 0; i < nkeys && left > 0 && !(i >= KEYS && q->ntouched >= ENOUGH); i++) {
		float w = gram_weight(r, key[i]) + 0.01f;
		int n;
		const int *list = postings_get(r->by_gram, key[i], &n);

		q->asked += w;
		for (int k = n - 1; k >= 0 && left-- > 0; k--)
			touch(q, list[k], w);
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

/* The best `most` of what was touched, by a heap whose root is the worst; what shares next to nothing is left out. Leaves the
 * sums at zero. */
static int
choose(struct question *q, int most, int best[COMPARED])
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
static const double BASE = -3.6, SLACK = 0.01; /* scores are kept as float */

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

int
repeats_find(struct repeats *r, const struct repeat_case *c, const struct gazetteer *places, float least,
    struct repeat_hit *out, int max)
{
	struct question q = { .r = r, .c = c, .places = places };
	double confirmed, enough;
	int best[COMPARED], n = 0, chosen;

	grams_of(&q.text, c->text, c->text_len);
	repeats_title(&q.title, c->title);
	q.all = weigh(r, &q.text, &q.text_set);
	q.title_all = weigh(r, &q.title, &q.title_set);
	q.place = names_get(r->names, c->place);
	q.item = names_get(r->names, c->item);
	if (places && c->place)
		q.nabove = place_ancestors(places, c->place, q.above, 8);
	confirmed = 1.0 + (q.place ? 1.2 : 0) + (q.item ? 0.5 : 0) + (c->person ? 0.8 : 0); /* the most that judge may add */
	enough = log_odds(least) - confirmed;
	gather(&q);
	chosen = choose(&q, max * FOR_EACH < COMPARED ? max * FOR_EACH : COMPARED, best);
	for (int i = chosen - 1; i >= 0 && i >= chosen - AHEAD; i--)
		fetch(r, best[i]);
	for (int i = chosen - 1; i >= 0; i--) { /* the root of the heap, the worst, last: it need not be looked at often */
		const struct body *body = &r->bodies[best[i]];
		struct likeness l = compare(&q, body);
		int copies = 0;

		if (i >= AHEAD)
			fetch(r, best[i - AHEAD]);
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
		if (n == max && n > 0 && log_odds(out[n - 1].score) - confirmed > enough)
			enough = log_odds(out[n - 1].score) - confirmed;
	}
	for (int i = 0; i < n; i++)
		say(&q, &out[i]);
	return n;
}
