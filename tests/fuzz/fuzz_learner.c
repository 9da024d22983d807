/*
 * The learner: any bytes as a saved one, and any text as an appeal. The head of a saved learner carries a checksum, so the bytes are taken as
 * what follows it and the head is made to fit; whatever loads must answer, learn, and come out the same when saved and loaded again.
 * The first byte chooses: odd = a model, even = a text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/machine/learner.h"
#include "core/machine/packing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
use(struct learner *l, const char *text, size_t len)
{
	struct learner_text t = { .text = text, .len = len, .title = "路灯不亮", .place = "440306", .channel = "phone", .type = "complaint" };
	struct lesson one = { .what = t, .label = 0, .no = 7, .weight = 1 };
	struct arena a = { 0 };
	struct learner_reading *r = learner_read(l, &t, &a);
	struct guess g[LEARNER_GUESSES];
	struct learner_near near[LEARNER_NEAR];
	const float *w;

	if (!r)
		abort();
	for (int i = learner_guess(l, r, g, LEARNER_GUESSES, NULL); i-- > 0;)
		if (g[i].label < 0 || g[i].label >= learner_labels(l))
			abort();
	learner_explain(l, r, 0, &w);
	learner_nearest(l, r, near, LEARNER_NEAR);
	if (learner_learn(l, &one) != (learner_labels(l) > 0))
		abort();
	arena_free(&a);
}

static void
model(const uint8_t *data, size_t size)
{
	uint64_t sum = pack_checksum(data, size);
	struct buf b = { 0 }, once = { 0 }, twice = { 0 };
	struct learner *l, *again;
	struct err e;

	buf_add(&b, "FENBOLRN", 8);
	pack_u32(&b, 1);
	pack_u32(&b, (uint32_t)sum);
	pack_u32(&b, (uint32_t)(sum >> 32));
	pack_u32(&b, (uint32_t)size);
	pack_u32(&b, 0);
	buf_add(&b, data, size);
	if ((l = learner_load(b.data, b.len, &e)) != NULL) {
		if (!learner_save(l, &once) || !(again = learner_load(once.data, once.len, &e)) || !learner_save(again, &twice))
			abort();
		if (once.len != twice.len || memcmp(once.data, twice.data, once.len) != 0)
			abort();
		learner_free(again);
		use(l, "小区门口的路灯坏了", strlen("小区门口的路灯坏了"));
		learner_free(l);
	}
	buf_free(&b);
	buf_free(&once);
	buf_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct learner *l;
	char *text;

	if (size == 0)
		return 0;
	if (data[0] & 1) {
		model(data + 1, size - 1);
		return 0;
	}
	if (!(l = learner_new(4)) || !(text = malloc(size)))
		abort();
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	if (learner_label(l, "a", text) != 0 || learner_label(l, text, "水务局") < 0)
		abort();
	for (int i = 0; i < 3; i++)
		use(l, text, size - 1);
	free(text);
	learner_free(l);
	return 0;
}
