/* Any bytes as address and text: the answer names places that are there, its span lies in the text, and it is the same when asked again. The first
 * byte says where the address ends and whether a channel and a coordinate go with it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "core/machine/boundary.h"
#include "core/machine/place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(what) do { if (!(what)) abort(); } while (0)
#define P(c, n, l, p, ...) { .code = (c), .name = (n), .level = (l), .parent = (p), ##__VA_ARGS__ }

static const char *const alias[] = { "机场", "Nanlu Plaza", "北站" };
static const struct place_entry town[] = {
	P("440300", "深圳市", "city", ""), P("440306", "宝安区", "district", "440300"), P("440310", "坪山区", "district", "440300"),
	P("440306018", "西乡街道", "street", "440306"), P("440310001", "坪山街道", "street", "440310"),
	P("440306018001", "固戍社区", "community", "440306018"), P("440306018002", "田心社区", "community", "440306018"),
	P("440310001001", "田心社区", "community", "440310001"), P("440310001002", "凤凰社区平湖墟居民委员会", "community", "440310001"),
	P("440310001003", "和平村委会", "community", "440310001"), P("440310001004", "坪山社区居委会", "community", "440310001"),
	P("L1", "车公庙地铁站", "landmark", "440306018001", .aliases = alias, .naliases = 3, .located = true, .lat = 22.5, .lng = 113.9),
};

static struct gazetteer *
gazetteer(void)
{
	static struct gazetteer *g;
	static const double ring[] = { 113.8, 22.4, 114.0, 22.4, 114.0, 22.6 };

	if (!g) {
		struct boundaries *b = boundaries_new();

		MUST((g = gazetteer_new(town, sizeof town / sizeof *town)) && b);
		MUST(boundaries_add(b, "440306018001", &(struct boundary_ring){ ring, 3 }, 1) && boundaries_done(b));
		gazetteer_bound(g, b);
	}
	return g;
}

static void
check(const struct gazetteer *g, const struct place_query *q, const struct place_match *m)
{
	size_t points = m->in_address ? utf8_count(q->address, strlen(q->address)) : utf8_count(q->text, q->text_len);
	const char *up[PLACE_LEVELS + 4];

	if (m->start >= 0)
		MUST(m->start < m->end && (size_t)m->end <= points);
	else
		MUST(m->end == -1);
	MUST(m->candidates >= 0 && m->candidates <= PLACE_CANDIDATES && (!m->ambiguous || m->candidates > 1));
	for (int i = 0; i < m->candidates; i++)
		MUST(place_name(g, m->candidate[i]) && m->candidate_score[i] >= 0 && m->candidate_score[i] <= 1 && m->candidate_in[i] != PLACE_IN_NOTHING);
	if (!m->code)
		return;
	MUST(strcmp(place_name(g, m->code), m->name) == 0 && strcmp(place_level(g, m->code), m->level) == 0);
	MUST(m->in == PLACE_IN_TEXT || m->in == PLACE_IN_ADDRESS || m->in == PLACE_IN_COORDINATES);
	for (int i = 0, n = place_ancestors(g, m->code, up, PLACE_LEVELS + 4); i < n; i++) {
		bool found = false;

		for (int k = 0; k < PLACE_LEVELS; k++)
			found |= m->chain[k] && strcmp(m->chain[k], up[i]) == 0;
		MUST(found);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gazetteer *g = gazetteer();
	struct place_match m, again;
	struct place_query q = { 0 };
	size_t cut;
	char *address;

	if (len == 0)
		return 0;
	cut = (data[0] & 0x3f) * (len - 1) / 64;
	MUST(address = strndup((const char *)data + 1, cut));
	q = (struct place_query){ .address = address, .text = (const char *)data + 1 + cut, .text_len = len - 1 - cut,
		.hint = data[0] & 0x40 ? "440310001" : NULL, .located = data[0] & 0x80, .lat = 22.45, .lng = 113.95 };
	place_seek(g, &q, &m);
	check(g, &q, &m);
	place_seek(g, &q, &again);
	MUST(memcmp(&m, &again, sizeof m) == 0);
	free(address);
	return 0;
}
