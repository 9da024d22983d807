#include "core/machine/model.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* magic, version, seq, taught, then both learners, each after its length; little-endian. */
enum { VERSION = 1, HEAD = 8 + 4 + 8 + 8 };
static const char magic[8] = "FENBOMDL";

struct model *
model_new(void)
{
	struct model *m = calloc(1, sizeof *m);

	if (m == NULL)
		return NULL;
	m->units = learner_new(MODEL_UNITS);
	m->items = learner_new(MODEL_ITEMS);
	if (m->units && m->items)
		return m;
	model_free(m);
	return NULL;
}

void
model_free(struct model *m)
{
	if (m == NULL)
		return;
	learner_free(m->units);
	learner_free(m->items);
	free(m);
}

/* --- learning ---------------------------------------------------------------------------------------------------------- */

static bool
learn(struct learner *l, const struct model_lesson *from, const char *code, const char *name)
{
	struct lesson one = { .what = from->what, .no = from->no, .weight = from->weight };

	if (code == NULL || *code == '\0')
		return true;
	one.label = learner_label(l, code, name);
	return one.label < 0 || learner_learn(l, &one);
}

bool
model_learn(struct model *m, const struct model_lesson *l)
{
	m->taught++;
	return learn(m->units, l, l->unit, l->unit_name) && learn(m->items, l, l->item, l->item_name);
}

/* The lessons of one learner: those whose label there is room for. */
static bool
train(struct learner *l, const struct model_lesson *from, size_t n, bool items, const volatile bool *stop)
{
	struct lesson *all = calloc(n + 1, sizeof *all);
	size_t kept = 0;
	bool ok;

	if (all == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *code = items ? from[i].item : from[i].unit;
		int label = code && *code ? learner_label(l, code, items ? from[i].item_name : from[i].unit_name) : -1;

		if (label >= 0)
			all[kept++] = (struct lesson){ .what = from[i].what, .label = label, .no = from[i].no, .weight = from[i].weight };
	}
	ok = kept == 0 || learner_train(l, all, kept, NULL, stop);
	free(all);
	return ok;
}

bool
model_train(struct model *m, const struct model_lesson *l, size_t n, const volatile bool *stop)
{
	m->taught = 0;
	return train(m->units, l, n, false, stop) && train(m->items, l, n, true, stop);
}

/* --- bytes ------------------------------------------------------------------------------------------------------------- */

static void
put(struct buf *out, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_putc(out, (char)(v >> (8 * i) & 0xff));
}

static uint64_t
take(const char **at, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v |= (uint64_t)(unsigned char)*(*at)++ << (8 * i);
	return v;
}

static bool
save(const struct learner *l, struct buf *out)
{
	struct buf b = { .limit = out->limit };
	bool ok = learner_save(l, &b);

	put(out, b.len, 8);
	buf_add(out, b.data, b.len);
	buf_free(&b);
	return ok && !out->failed;
}

bool
model_save(const struct model *m, struct buf *out)
{
	buf_add(out, magic, sizeof magic);
	put(out, VERSION, 4);
	put(out, (uint64_t)m->seq, 8);
	put(out, (uint64_t)m->taught, 8);
	return save(m->units, out) && save(m->items, out);
}

static struct learner *
load(const char **at, const char *end, struct err *e)
{
	uint64_t len = end - *at >= 8 ? take(at, 8) : UINT64_MAX;
	struct learner *l;

	if (len > (uint64_t)(end - *at)) {
		err_set(e, ERR_INVALID, "model", "the model is cut short");
		return NULL;
	}
	l = learner_load(*at, (size_t)len, e);
	*at += len;
	return l;
}

struct model *
model_load(const char *bytes, size_t len, struct err *e)
{
	const char *at = bytes + sizeof magic, *end = bytes + len;
	struct model *m;
	uint64_t version;

	if (len == 0) {
		if ((m = model_new()) == NULL)
			err_set(e, ERR_INTERNAL, "model", "out of memory");
		return m;
	}
	if (len < HEAD || memcmp(bytes, magic, sizeof magic) != 0) {
		err_set(e, ERR_INVALID, "model", "this is no model");
		return NULL;
	}
	if ((version = take(&at, 4)) != VERSION) {
		err_set(e, ERR_INVALID, "model", "a model of version %u, this program reads version %d", (unsigned)version, VERSION);
		return NULL;
	}
	if ((m = calloc(1, sizeof *m)) == NULL) {
		err_set(e, ERR_INTERNAL, "model", "out of memory");
		return NULL;
	}
	m->seq = (int64_t)take(&at, 8);
	m->taught = (int64_t)take(&at, 8);
	if ((m->units = load(&at, end, e)) && (m->items = load(&at, end, e)) && at == end && m->seq >= 0 && m->taught >= 0)
		return m;
	if (m->items)
		err_set(e, ERR_INVALID, "model", "something follows the end of the model");
	model_free(m);
	return NULL;
}

size_t
model_bytes(const struct model *m)
{
	return sizeof *m + learner_bytes(m->units) + learner_bytes(m->items);
}

void
model_name(const struct model *m, int base, char name[MODEL_NAME])
{
	if (base == 0 && m->taught == 0)
		name[0] = '\0';
	else
		snprintf(name, MODEL_NAME, "city-%d+%" PRId64, base, m->taught);
}
