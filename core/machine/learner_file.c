#include <stdlib.h>
#include <string.h>
#include "core/machine/learner_inside.h"
#include "core/machine/packing.h"

/* The head: magic, version, checksum (two halves), length (two halves) of what follows. */
enum { VERSION = 1, HEAD = 8 + 4 + 8 + 8, TEXT_MOST = 4096 };
static const char magic[8] = "FENBOLRN";

bool
learner_save(const struct learner *l, struct buf *out)
{
	struct buf b = { .limit = (size_t)1 << 30 };
	uint64_t sum, len;

	pack_var(&b, (uint64_t)l->most);
	attributes_save(&l->attributes, &b);
	pack_var(&b, (uint64_t)l->labels);
	for (int i = 0; i < l->labels; i++) {
		pack_text(&b, l->label[i]->code);
		pack_text(&b, l->label[i]->words);
	}
	pack_var(&b, l->steps);
	blend_save(&l->blend, &b);
	trees_save(&l->trees, &b);
	voices_save(&l->voices, &b);
	len = b.len;
	sum = pack_checksum(b.data, b.len);
	buf_add(out, magic, sizeof magic);
	pack_u32(out, VERSION);
	pack_u32(out, (uint32_t)sum);
	pack_u32(out, (uint32_t)(sum >> 32));
	pack_u32(out, (uint32_t)len);
	pack_u32(out, (uint32_t)(len >> 32));
	buf_add(out, b.data, b.len);
	if (b.failed)
		out->failed = true;
	buf_free(&b);
	return !out->failed;
}

static bool
load_labels(struct learner *l, struct unpack *u, int labels)
{
	for (int i = 0; i < labels && !u->failed; i++) {
		char *code = unpack_text(u, TEXT_MOST), *words = unpack_text(u, TEXT_MOST);

		if (!code || !words || learner_label(l, code, words) != i)
			u->failed = true;
		free(code);
		free(words);
	}
	return !u->failed;
}

static const char *
load(struct unpack *u, struct learner **out)
{
	int most = (int)unpack_var(u, LEARNER_LABELS), labels;
	struct attributes attributes = { 0 };
	struct learner *l;

	if (u->failed || most < 2)
		return "the number of labels cannot be";
	if (!attributes_load(&attributes, u) || !(l = *out = learner_with(most, &attributes))) {
		attributes_free(&attributes);
		return "memory is gone, or what labels share cannot be read";
	}
	labels = (int)unpack_var(u, (uint64_t)most);
	if (!load_labels(l, u, labels))
		return "a label cannot be read";
	l->steps = unpack_var(u, INT64_MAX);
	if (!blend_load(&l->blend, u))
		return "the weights of the voices cannot be read";
	if (!trees_load(&l->trees, CHOICE_FEATURES, u))
		return "the trees cannot be read";
	if (!voices_load(&l->voices, u) || u->failed)
		return "what was learnt cannot be read";
	return unpack_left(u) > 0 ? "something follows the end" : NULL;
}

struct learner *
learner_load(const char *bytes, size_t len, struct err *e)
{
	struct unpack u = { (const unsigned char *)bytes, (const unsigned char *)bytes + len, false };
	struct learner *l = NULL;
	const char *wrong;
	uint64_t sum, body;
	uint32_t version;

	if (len < HEAD || memcmp(bytes, magic, sizeof magic) != 0) {
		err_set(e, ERR_INVALID, "model", "this is no learner");
		return NULL;
	}
	u.p += sizeof magic;
	version = unpack_u32(&u);
	sum = unpack_u32(&u);
	sum |= (uint64_t)unpack_u32(&u) << 32;
	body = unpack_u32(&u);
	body |= (uint64_t)unpack_u32(&u) << 32;
	if (version != VERSION) {
		err_set(e, ERR_INVALID, "model", "a learner of version %u, this program reads version %d", (unsigned)version, VERSION);
		return NULL;
	}
	if (body != unpack_left(&u) || sum != pack_checksum(u.p, unpack_left(&u))) {
		err_set(e, ERR_INVALID, "model", "the learner is cut short or damaged");
		return NULL;
	}
	if ((wrong = load(&u, &l)) != NULL) {
		err_set(e, ERR_INVALID, "model", "%s", wrong);
		learner_free(l);
		return NULL;
	}
	return l;
}
