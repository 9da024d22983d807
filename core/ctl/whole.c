#include "core/ctl/whole.h"

#include "core/base/buf.h"

enum { CHAIN = 8 };

/* The place as people would write it: the case's own address may have been corrected since, or erased. */
static const char *
address_of(const struct gazetteer *places, const char *place, struct arena *a)
{
	const char *chain[CHAIN];
	struct buf b = { 0 };
	char *text;

	for (int i = *place ? place_ancestors(places, place, chain, CHAIN) : 0; i-- > 0;)
		buf_puts(&b, place_name(places, chain[i]));
	text = arena_strdup(a, buf_text(&b));
	buf_free(&b);
	return text;
}

bool
whole_ask(const struct centre *c, struct blend *voices, const struct model *m, const struct model_lesson *row, const struct learner *all,
    struct arena *a, struct evaluate *e)
{
	struct recommend_model known = { .units = m->units, .items = m->items, .voices = voices, .name = "train" };
	struct recommend_query q = { .text = row->what.text, .text_len = row->what.len, .title = row->what.title, .channel = row->what.channel,
		.type = row->what.type };
	struct guess guess[RECOMMEND_UNITS];
	struct recommendation said = { 0 };
	struct recommend_heard heard;

	arena_reset(a);
	q.address = address_of(c->places, row->what.place, a);
	recommend(c->recommender, &known, &q, a, &said);
	for (int k = 0; k < said.units; k++) {
		int label = learner_find(all, said.unit[k].unit->code);

		/* A unit that nobody decided on is a guess all the same: under a number of its own. */
		guess[k] = (struct guess){ label >= 0 ? label : learner_labels(all) + k, said.unit[k].p };
	}
	if (!evaluate_add(e, learner_find(all, row->unit), guess, said.units))
		return false;
	if (recommend_hear(c->recommender, &known, &q, row->unit, a, &heard))
		recommend_teach(voices, &heard, row->weight);
	return true;
}
