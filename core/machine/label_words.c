#include "core/machine/label_words.h"

#include <stdlib.h>
#include <string.h>
#include "core/machine/approx.h"
#include "core/machine/blocks.h"
#include "core/machine/learner.h"

/* Grams that more labels than this have in their names tell nothing ("管理", "办公室") and are not followed. */
enum { GRAM_LABELS = 48, MAP_BITS = 16 };

struct label_words {
	int labels, n;
	struct block_list *list; /* by the upper bits of a feature's id */
	struct blocks labels_of; /* struct entry */
	float *whole;            /* of a label: the weight of all its grams; kept up to date when labels come */
	uint32_t **gram; int *ngrams; /* of a label */
};
struct entry { uint32_t id; int32_t label; };

struct label_words *
label_words_new(int labels)
{
	struct label_words *x = calloc(1, sizeof *x);

	if (!x)
		return NULL;
	x->labels = labels;
	x->labels_of.size = sizeof(struct entry);
	x->list = calloc((size_t)1 << MAP_BITS, sizeof *x->list);
	x->whole = calloc((size_t)labels, sizeof *x->whole);
	x->gram = calloc((size_t)labels, sizeof *x->gram);
	x->ngrams = calloc((size_t)labels, sizeof *x->ngrams);
	if (!x->list || !x->whole || !x->gram || !x->ngrams) {
		label_words_free(x);
		return NULL;
	}
	return x;
}

void
label_words_free(struct label_words *x)
{
	if (!x)
		return;
	for (int i = 0; x->gram && i < x->n; i++)
		free(x->gram[i]);
	free(x->gram);
	free(x->ngrams);
	free(x->list);
	free(x->whole);
	blocks_free(&x->labels_of);
	free(x);
}

size_t
label_words_bytes(const struct label_words *x)
{
	return sizeof *x + ((size_t)1 << MAP_BITS) * sizeof *x->list + blocks_bytes(&x->labels_of) +
	    (size_t)x->labels * (sizeof *x->whole + sizeof *x->gram + sizeof *x->ngrams + 96);
}

static struct block_list *
list_of(const struct label_words *x, uint32_t id)
{
	return &x->list[id >> (FEATURES_BITS - MAP_BITS)];
}

/* How many labels have the gram; *first (may be NULL) the one entry looked at last. */
static int
sharers(const struct label_words *x, uint32_t id)
{
	const struct block_list *l = list_of(x, id);
	const struct entry *e = blocks_at(&x->labels_of, l);
	int n = 0;

	for (int i = 0; i < l->n; i++)
		n += e[i].id == id;
	return n;
}

/* Rare among names is telling; what everybody has is nothing. */
static float
weight_of(int have)
{
	return have == 0 || have > GRAM_LABELS ? 0 : 1.0f / (float)have;
}

bool
label_words_add(struct label_words *x, const char *words)
{
	struct arena a = { 0 };
	struct learner_text t = { .text = words, .len = strlen(words) };
	struct features *f = features_of(&t, &a);
	bool ok = f && x->n < x->labels && (x->gram[x->n] = malloc(((size_t)f->n + 1) * sizeof **x->gram));

	for (int i = 0; ok && i < f->n; i++) {
		struct block_list *l = list_of(x, f->f[i].id);
		struct entry *e;

		if (f->f[i].points < 2)
			continue;
		x->gram[x->n][x->ngrams[x->n]++] = f->f[i].id;
		if (sharers(x, f->f[i].id) > GRAM_LABELS || l->n >= 1u << (BLOCKS_CLASSES - 1))
			continue;
		if (!(e = blocks_push(&x->labels_of, l)))
			ok = false;
		else
			*e = (struct entry){ f->f[i].id, x->n };
	}
	arena_free(&a);
	if (ok)
		x->n++;
	return ok;
}

int
label_words_find(const struct label_words *x, const struct features *f, float *share, int *hit, int max)
{
	int n = 0;

	memset(share, 0, (size_t)x->labels * sizeof *share);
	for (int i = 0; i < f->n; i++) {
		const struct block_list *l = list_of(x, f->f[i].id);
		const struct entry *e = blocks_at(&x->labels_of, l);
		float w;

		if (l->n == 0 || f->f[i].points < 2)
			continue;
		w = weight_of(sharers(x, f->f[i].id));
		for (int k = 0; w > 0 && k < l->n; k++)
			if (e[k].id == f->f[i].id) {
				if (share[e[k].label] == 0 && n < max)
					hit[n++] = e[k].label;
				share[e[k].label] += w;
			}
	}
	for (int i = 0; i < n; i++) {
		float whole = 0;

		for (int k = 0; k < x->ngrams[hit[i]]; k++)
			whole += weight_of(sharers(x, x->gram[hit[i]][k]));
		share[hit[i]] = whole > 0 ? share[hit[i]] / whole : 0;
	}
	return n;
}
