/* Slips of the pen: a name written with one character that sounds like the right one (荷凹 for 荷坳) or looks like it (固戌 for 固戍). An index
 * of every name less each of its characters answers for a few points of a text at a time. */
#include <stdlib.h>
#include <string.h>
#include "core/base/pinyin.h"
#include "core/base/utf8.h"
#include "core/machine/place_inside.h"

enum { SHORT = 2, LONG = 8 }; /* points of a name that may be mistaken */

struct slot { uint32_t hash; int pattern; }; /* pattern -1: free */

enum { EDGES = 1 << 16, TWINS_MAX = 400 }; /* bits of the two sets below */
struct place_slips {
	struct slot *slot; size_t slots;
	struct { uint32_t cp; uint8_t group; } twin[TWINS_MAX]; int ntwins; /* characters of `alike` */
	uint8_t begins[EDGES / 8], ends[EDGES / 8]; /* hashes of the first two and the last two characters of names that may be mistaken alone */
};

/* Characters that are taken for one another by their looks. */
static const char *const alike[] = { "戌戍戊成", "己已巳", "未末", "土士", "大太犬", "天夫", "日曰", "田由甲申", "候侯", "析折", "幸辛", "坳拗", "茭荬", "汨汩", "崇祟", "径经",
	"埔捕", "澜谰阑", "坂板版", "朗郎", "圳训川", "岗岚", "贝见", "洋样", "杨扬", "陈阵", "沐沭", "历厉", "坑抗坎", "溪奚", "勒勤", "茶荼", "免兔", "鸟乌", "王玉壬", "力刀",
	"干千于", "万方", "下卞", "丰羊", "井并", "冶治", "甴由", "笋荀", "陂坡", "罗萝", "环坏怀", "梓辛", "茜栖", "臣巨", "屋居", "石右", "葵蔡", "孖仔", "衙街", "步涉", "牛午年",
	"丹舟", "头斗", "龟电", "洪供", "碧璧", "翠萃", "苑宛", "沙莎纱", "油抽", "流硫", "侨桥", "粤奥", "麻庥", "蔗庶", "浪狼", "鹿麓", "竹什", "怡治", "梅海悔", "桂挂", "松忪", "凰皇",
	"坪评砰", "塘溏", "禾和", "荔茘", "莲链", "澳奥", "坝贝", "峦栾", "岭铃领", "湖糊", "埗步", "颂硕", "兰三", "吓下", "围图", "厂广", "磡勘堪", "薯署", "晓哓", "豪毫" };

static bool
holds(const char *text, uint32_t wanted)
{
	size_t len = strlen(text);
	uint32_t cp;

	for (size_t at = 0; at < len;) {
		at += utf8_decode(text + at, len - at, &cp);
		if (cp == wanted)
			return true;
	}
	return false;
}

/* Groups that hold both. */
static bool
looks_alike(const struct place_slips *s, uint32_t a, uint32_t b)
{
	uint64_t of_a[2] = { 0, 0 }, of_b[2] = { 0, 0 };

	for (int i = 0; i < s->ntwins; i++) {
		uint64_t *of = s->twin[i].cp == a ? of_a : s->twin[i].cp == b ? of_b : NULL;

		if (of)
			of[s->twin[i].group / 64] |= UINT64_C(1) << s->twin[i].group % 64;
	}
	return (of_a[0] & of_b[0]) || (of_a[1] & of_b[1]);
}

static void
make_twins(struct place_slips *s)
{
	_Static_assert(sizeof alike / sizeof *alike <= 128, "a bit for each group");
	for (int g = 0; g < (int)(sizeof alike / sizeof *alike); g++) {
		size_t len = strlen(alike[g]);

		for (size_t at = 0; at < len && s->ntwins < TWINS_MAX;) {
			at += utf8_decode(alike[g] + at, len - at, &s->twin[s->ntwins].cp);
			s->twin[s->ntwins++].group = (uint8_t)g;
		}
	}
}

static uint32_t
hash_without(const uint32_t *point, int n, int without)
{
	uint32_t h = UINT32_C(2166136261) ^ (uint32_t)(n * 16 + without);

	for (int i = 0; i < n; i++)
		if (i != without)
			h = (h ^ point[i]) * UINT32_C(16777619);
	return h ^ h >> 15;
}

static int
points_of(const char *word, uint32_t point[LONG])
{
	size_t len = strlen(word);
	int n = 0;

	for (size_t at = 0; at < len; n++) {
		if (n == LONG)
			return LONG + 1;
		at += utf8_decode(word + at, len - at, &point[n]);
	}
	return n;
}

/* Official forms, and bases of three characters or more: 黄贝岭. */
static bool
may_slip(const struct pattern *p, const uint32_t *point, int n)
{
	uint32_t last, before;

	if (n < SHORT || n > LONG || p->latin || p->best == SPELT_COMMON)
		return false;
	last = point[n - 1];
	before = point[n - 2];
	return p->best == SPELT_STEM || (p->best == SPELT_EXACT && n >= 4) || (before == 0x793e && last == 0x533a) || (before == 0x8857 && last == 0x9053) ||
	    ((last == 0x6751 || last == 0x9547) && n > 2);
}

static unsigned
edge(uint32_t one, uint32_t two)
{
	uint32_t h = (one * UINT32_C(2654435761)) ^ (two * UINT32_C(40503));

	return (h ^ h >> 16) % EDGES;
}

bool
place_may_slip(const struct gazetteer *g, uint32_t one, uint32_t two, bool *begins, bool *ends)
{
	unsigned at = edge(one, two);

	*begins = g->slips->begins[at / 8] >> at % 8 & 1;
	*ends = g->slips->ends[at / 8] >> at % 8 & 1;
	return *begins || *ends;
}

static void
put(struct place_slips *s, uint32_t hash, int pattern)
{
	size_t at = hash & (s->slots - 1);

	while (s->slot[at].pattern >= 0)
		at = (at + 1) & (s->slots - 1);
	s->slot[at] = (struct slot){ hash, pattern };
}

struct place_slips *
place_slips_new(const struct gazetteer *g)
{
	struct place_slips *s = calloc(1, sizeof *s);
	uint32_t point[LONG];
	size_t want = 0;

	if (!s)
		return NULL;
	make_twins(s);
	for (int i = 0; i < g->npatterns; i++) {
		int n = points_of(g->patterns[i].word, point);

		if (may_slip(&g->patterns[i], point, n))
			want += (size_t)n;
	}
	for (s->slots = 64; s->slots < want * 3 / 2; s->slots *= 2)
		;
	s->slot = malloc(s->slots * sizeof *s->slot);
	if (!s->slot) {
		free(s);
		return NULL;
	}
	memset(s->slot, 0xff, s->slots * sizeof *s->slot);
	for (int i = 0; i < g->npatterns; i++) {
		int n = points_of(g->patterns[i].word, point);

		if (!may_slip(&g->patterns[i], point, n))
			continue;
		for (int k = 0; k < n; k++)
			put(s, hash_without(point, n, k), i);
		if (n >= 3 && n <= 6 && (g->patterns[i].best == SPELT_STEM || g->patterns[i].best == SPELT_EXACT)) {
			unsigned a = edge(point[0], point[1]), z = edge(point[n - 2], point[n - 1]);

			s->begins[a / 8] |= (uint8_t)(1 << a % 8);
			s->ends[z / 8] |= (uint8_t)(1 << z % 8);
		}
	}
	return s;
}

void
place_slips_free(struct place_slips *s)
{
	if (!s)
		return;
	free(s->slot);
	free(s);
}

size_t
place_slips_bytes(const struct place_slips *s)
{
	return sizeof *s + s->slots * sizeof *s->slot;
}

static bool
is_slip(const struct gazetteer *g, int pattern, const uint32_t *point, int n, int at)
{
	uint32_t right[LONG];

	if (points_of(g->patterns[pattern].word, right) != n)
		return false;
	for (int i = 0; i < n; i++)
		if (i != at && right[i] != point[i])
			return false;
	return right[at] != point[at] && (pinyin_same(right[at], point[at]) || looks_alike(g->slips, right[at], point[at])) &&
	    !holds("不的了是在有我你他这那和就也都要到去来吗吧呢啊被把让给", point[at]); /* words of their own */
}

int
place_slip(const struct gazetteer *g, const uint32_t *point, int n)
{
	const struct place_slips *s = g->slips;
	enum { PROBES = 64 };
	int found = -1;

	if (n < SHORT || n > LONG)
		return -1;
	for (int k = 0; k < n; k++) {
		uint32_t hash = hash_without(point, n, k);
		size_t at = hash & (s->slots - 1);

		for (int probe = 0; probe < PROBES && s->slot[at].pattern >= 0; probe++, at = (at + 1) & (s->slots - 1))
			if (s->slot[at].hash == hash && s->slot[at].pattern != found && is_slip(g, s->slot[at].pattern, point, n, k)) {
				if (found >= 0)
					return -1;
				found = s->slot[at].pattern;
			}
	}
	return found;
}
