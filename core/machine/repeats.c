#include "core/machine/repeats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/utf8.h"
#include "core/machine/repeats_inside.h"

static void
alive(struct repeats *r, int by)
{
	r->nalive += by;
	r->log_all = logf((float)(r->nalive + 2));
}

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
	for (int i = 1; i < LOGS; i++)
		r->log_of[i] = logf((float)i);
	alive(r, 0);
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
	free(r->mark);
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
	return sizeof *r + (size_t)r->cap_bodies * (sizeof *r->bodies + sizeof *r->mark) + r->body_bytes +
	    (size_t)r->cap_entries * sizeof *r->entries + postings_bytes(r->by_gram) + postings_bytes(r->by_near) +
	    table_bytes(r->by_no) + table_bytes(r->by_hash) + names_bytes(r->names) +
	    sizeof *r->frequency * ((size_t)1 << GRAM_BITS) + (VISITED + 2 * NEAR) * sizeof *r->touched;
}

/* --- keys of the postings ------------------------------------------------------------------------------------------ */

uint32_t
repeats_near_place(int place)
{
	return (uint32_t)place << 1;
}

uint32_t
repeats_near_person(uint64_t person)
{
	return (uint32_t)((person * UINT64_C(0x9e3779b97f4a7c15)) >> 32) | 1;
}

/* The n rarest grams (n ≤ ASKED) of those said at least so many times, rarest first; with `known`, only those that some text holds. */
static int
rarest(const struct repeats *r, const struct grams *g, int n, int times, bool known, uint32_t *out)
{
	uint32_t often[ASKED];
	int count = 0;

	for (int i = 0; i < g->n; i++) {
		uint32_t f = r->frequency[g->gram[i]];
		int at;

		if (g->times[i] < times || (known && f == 0) || (count == n && f >= often[count - 1]))
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

static int
add_rarest(const struct repeats *r, const struct grams *g, int n, int times, bool known, uint32_t *out, int count)
{
	uint32_t some[ASKED];
	int found = rarest(r, g, n, times, known, some), had = count;

	for (int i = 0; i < found; i++) {
		int k = 0;

		while (k < had && out[k] != some[i])
			k++;
		if (k == had)
			out[count++] = some[i];
	}
	return count;
}

/* The rarest of all finds the same words again; what crowds have in common is not that rare, but it is said more than once, in titles and in
 * names. */
int
repeats_keys(const struct repeats *r, const struct text_forms *f, int rare, bool known, uint32_t *out)
{
	int n = add_rarest(r, &f->whole, rare, 1, known, out, 0);

	n = add_rarest(r, &f->whole, SAID_KEYS, 2, known, out, n);
	n = add_rarest(r, &f->named, NAME_KEYS, 1, known, out, n);
	return add_rarest(r, &f->title, TITLE_KEYS, 1, known, out, n);
}

/* A title that was made of the text (its first sixty characters, personal data masked) says nothing more, and would count those words
 * twice. One that a channel gave is shorter, even where the text begins with the same words. */
static bool
of_text(const char *title, size_t title_len, const char *text, size_t len)
{
	size_t i = 0;

	if (title_len < len && utf8_count(title, title_len) < TITLE_POINTS - 4)
		return false;
	for (; i < title_len && i < len && i < TITLE_SAME; i++)
		if (title[i] != text[i] && !(title[i] == ' ' && (text[i] == '\n' || text[i] == '\t')))
			return false;
	return true;
}

void
repeats_forms(struct text_forms *f, const char *title, const char *text, size_t len)
{
	size_t title_len = title ? strnlen(title, TITLE_POINTS * 4) : 0;
	struct grams more;

	if (title_len > 0 && of_text(title, title_len, text, len))
		title_len = 0;
	grams_of_case(&f->whole, title ? title : "", title_len, text, len);
	grams_of(&f->title, title ? title : "", title_len);
	grams_named(&f->named, title ? title : "", title_len);
	grams_named(&more, text, len);
	grams_merge(&f->named, &more, NAMED_MAX);
}

float
repeats_weight(const struct repeats *r, uint32_t gram)
{
	uint32_t f = r->frequency[gram] + 1;

	return 1 + r->log_all - (f < LOGS ? r->log_of[f] : logf((float)f));
}

float
repeats_times(int times)
{
	static const float counts[GRAM_TIMES + 1] = { 0, 1, 1.693f, 2.3f };

	return counts[times];
}

/* Rarities drift as texts come, all of them alike: the length is taken anew when there are twice as many texts, or half. */
float
repeats_norm(struct repeats *r, int at)
{
	struct body *b = &r->bodies[at];
	const unsigned char *p = b->packed;
	float sum = 0;

	if (b->norm_at > 0 && r->nalive <= 2 * b->norm_at && b->norm_at <= 2 * r->nalive)
		return r->mark[at].norm;
	for (int t = 1; t <= GRAM_TIMES; t++) {
		uint32_t gram = 0;

		for (int i = 0; i < b->ntimes[t - 1]; i++) {
			float w;

			gram = grams_next(&p, gram);
			w = repeats_weight(r, gram) * repeats_times(t);
			sum += w * w;
		}
	}
	b->norm_at = r->nalive;
	return r->mark[at].norm = sqrtf(sum) + 1e-6f;
}

/* --- adding and removing ------------------------------------------------------------------------------------------- */

static void
body_free(struct repeats *r, int b)
{
	struct body *body = &r->bodies[b];
	const unsigned char *p = body->packed;
	uint32_t gram = 0;

	for (int t = 0; t < GRAM_TIMES; t++) {
		gram = 0;
		for (int i = 0; i < body->ntimes[t]; i++) {
			gram = grams_next(&p, gram);
			r->frequency[gram]--;
		}
	}
	grams_skip(&p, body->ntitle + body->nnamed);
	gram = 0;
	for (int i = 0; i < body->nkeys; i++) {
		gram = grams_next(&p, gram);
		postings_remove(r->by_gram, gram, b);
	}
	table_remove(r->by_hash, body->hash);
	r->body_bytes -= body->nbytes;
	free(body->packed);
	*body = (struct body){ .first = -1, .next = r->free_body };
	r->free_body = b;
	alive(r, -1);
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
		struct mark *mark;

		if (!bodies)
			return -1;
		r->bodies = bodies;
		mark = realloc(r->mark, (size_t)cap * sizeof *mark);
		if (!mark)
			return -1;
		memset(mark + r->cap_bodies, 0, (size_t)(cap - r->cap_bodies) * sizeof *mark);
		r->mark = mark;
		r->cap_bodies = cap;
	}
	return r->nbodies++;
}

static int
body_new(struct repeats *r, uint64_t hash, const struct text_forms *f)
{
	unsigned char packed[3 * (2 * GRAMS_MAX + NAMED_MAX + KEYS)];
	struct grams keys = { .n = repeats_keys(r, f, RARE_KEYS, false, keys.gram) };
	int ntimes[GRAM_TIMES], ntitle, nnamed, nkeys, b = body_slot(r);
	struct body *body;
	size_t n = 0;

	grams_sort(&keys);
	for (int t = 0; t < GRAM_TIMES; t++)
		n += grams_pack(&f->whole, t + 1, packed + n, &ntimes[t]);
	n += grams_pack(&f->title, 0, packed + n, &ntitle);
	n += grams_pack(&f->named, 0, packed + n, &nnamed);
	n += grams_pack(&keys, 0, packed + n, &nkeys);
	if (b < 0)
		return -1;
	body = &r->bodies[b];
	*body = (struct body){ .hash = hash, .first = -1, .next = -1 };
	alive(r, 1);
	if (!(body->packed = malloc(n + 1)) || !table_put(r->by_hash, hash, b)) {
		body_free(r, b);
		return -1;
	}
	memcpy(body->packed, packed, n);
	body->nbytes = (uint16_t)n;
	for (int t = 0; t < GRAM_TIMES; t++)
		body->ntimes[t] = (uint16_t)ntimes[t];
	body->ntitle = (uint8_t)ntitle;
	body->nnamed = (uint8_t)nnamed;
	body->nkeys = (uint8_t)nkeys;
	r->body_bytes += n;
	for (int i = 0; i < f->whole.n; i++)
		r->frequency[f->whole.gram[i]]++;
	for (int i = 0; i < keys.n; i++)
		postings_add(r->by_gram, keys.gram[i], b); /* without memory for it the text has one key less */
	repeats_norm(r, b);
	return b;
}

static uint64_t
body_hash(const struct text_forms *f)
{
	return f->whole.hash ^ (f->title.hash * UINT64_C(0x9e3779b97f4a7c15));
}

static void
unlink_near(struct repeats *r, int e)
{
	const struct entry *x = &r->entries[e];

	if (x->place)
		postings_remove(r->by_near, repeats_near_place(x->place), e);
	if (x->person)
		postings_remove(r->by_near, repeats_near_person(x->person), e);
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
	struct text_forms forms;
	struct entry *x;
	uint64_t hash;
	int e = table_get(r->by_no, (uint64_t)c->no), b;

	if (e >= 0)
		remove_entry(r, e);
	repeats_forms(&forms, c->title, c->text, c->text_len);
	hash = body_hash(&forms);
	b = table_get(r->by_hash, hash);
	if (b < 0)
		b = body_new(r, hash, &forms);
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
	    .item = names_put(r->names, c->item), .body = b, .open = c->open, .merged = c->merged, .next = r->bodies[b].first, .prev = -1 };
	if (x->next >= 0)
		r->entries[x->next].prev = e;
	r->bodies[b].first = e;
	if (x->place)
		postings_add(r->by_near, repeats_near_place(x->place), e);
	if (x->person)
		postings_add(r->by_near, repeats_near_person(x->person), e);
	r->count++;
	return true;
}

bool
repeats_update(struct repeats *r, case_no no, const char *place, const char *item, bool open, bool merged)
{
	int e = table_get(r->by_no, (uint64_t)no);
	struct entry *x;

	if (e < 0)
		return false;
	x = &r->entries[e];
	x->open = open;
	x->merged = merged;
	if (item)
		x->item = names_put(r->names, item);
	if (place) {
		if (x->place)
			postings_remove(r->by_near, repeats_near_place(x->place), e);
		x->place = names_put(r->names, place);
		if (x->place)
			postings_add(r->by_near, repeats_near_place(x->place), e);
	}
	return true;
}

bool
repeats_about(const struct repeats *r, case_no no, struct repeat_case *out)
{
	int e = table_get(r->by_no, (uint64_t)no);
	const struct entry *x;

	if (e < 0)
		return false;
	x = &r->entries[e];
	*out = (struct repeat_case){ .no = no, .at = x->at, .person = x->person, .open = x->open, .merged = x->merged, .text = "",
		.title = "", .place = names_text(r->names, x->place), .item = names_text(r->names, x->item) };
	return true;
}

bool
repeats_known(const struct repeats *r, case_no no)
{
	return table_get(r->by_no, (uint64_t)no) >= 0;
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

	for (size_t i = 0; i < at_most && i < (size_t)r->nentries && gone < EXPIRED; i++) {
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
