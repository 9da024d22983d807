#include "conf/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/sample_hostile.h"
#include "conf/sample_words.h"
#include "core/base/utf8.h"

/* Columns of the shipped tables, as conf/routing_kind.c lists them. */
enum { I_CODE = 0, I_CATEGORY = 1, I_NAME = 3, I_KEYWORDS = 5, I_PRIORITY = 6 };
enum { P_CODE = 0, P_NAME = 1, P_LEVEL = 2, P_PARENT = 3 };
enum { U_AREA = 6 };

enum { RECENT = 48, DEPTH = 6 };

/* One matter in the city: several people may report it. */
struct incident {
	int id;
	long scene;  /* row of sample_scenes, -1 = told from the duty item's own words */
	size_t item; /* row of the duty list */
	long place;  /* row of the gazetteer, -1 = nowhere */
	int told;    /* how many have reported it */
	unsigned detail, number;
};

struct sample {
	const struct routing_doc *doc;
	struct sample_options o;
	char prefix[32];
	uint64_t state;
	unsigned long count;
	int incidents;
	struct incident recent[RECENT];
	size_t *home, *away;       /* rows of communities and landmarks: where the units are, and elsewhere */
	size_t nhome, naway;
	size_t *by_scene;          /* duty item of each scene, SIZE_MAX = not in this duty list */
	size_t *urgent_scenes, *calm_scenes;
	size_t nurgent, ncalm;
	struct buf scratch;
};

/* --- chance: splitmix64, so that a seed means the same on every machine ------------------------------------------- */

static uint64_t next64(struct sample *s)
{
	uint64_t z = (s->state += UINT64_C(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static size_t below(struct sample *s, size_t n)
{
	return n ? (size_t)(next64(s) % n) : 0;
}

static bool per_mille(struct sample *s, int n)
{
	return n > 0 && (int)below(s, 1000) < n;
}

static const char *pick(struct sample *s, const struct sample_pool *p)
{
	return p->word[below(s, p->n)];
}

/* --- what there is to draw from ----------------------------------------------------------------------------------- */

static const char *item_cell(const struct sample *s, size_t row, int column)
{
	return s->doc->sheet[ROUTING_ITEMS].row[row].cell[column];
}

static const char *place_cell(const struct sample *s, size_t row, int column)
{
	return s->doc->sheet[ROUTING_PLACES].row[row].cell[column];
}

static long place_row(const struct sample *s, const char *code)
{
	const struct sheet *p = &s->doc->sheet[ROUTING_PLACES];

	for (size_t i = 0; *code && i < p->rows; i++)
		if (strcmp(p->row[i].cell[P_CODE], code) == 0)
			return (long)i;
	return -1;
}

/* The place of this level that `row` lies in, or row itself; -1 = none. */
static long ancestor(const struct sample *s, long row, const char *level)
{
	for (int depth = 0; row >= 0 && depth < DEPTH; depth++) {
		if (strcmp(place_cell(s, (size_t)row, P_LEVEL), level) == 0)
			return row;
		row = place_row(s, place_cell(s, (size_t)row, P_PARENT));
	}
	return -1;
}

/* The district most units answer for. */
static long home_district(const struct sample *s)
{
	const struct sheet *units = &s->doc->sheet[ROUTING_UNITS];
	size_t rows = s->doc->sheet[ROUTING_PLACES].rows;
	int *votes = calloc(rows + 1, sizeof *votes), most = 0;
	long best = -1;

	for (size_t i = 0; votes && s->doc->has[ROUTING_UNITS] && i < units->rows; i++) {
		long at = ancestor(s, place_row(s, units->row[i].cell[U_AREA]), "district");
		if (at >= 0 && ++votes[at] > most) {
			most = votes[at];
			best = at;
		}
	}
	free(votes);
	return best;
}

static bool list_places(struct sample *s)
{
	const struct sheet *p = &s->doc->sheet[ROUTING_PLACES];
	long home = home_district(s);

	s->home = calloc(p->rows + 1, sizeof *s->home);
	s->away = calloc(p->rows + 1, sizeof *s->away);
	if (!s->home || !s->away)
		return false;
	for (size_t i = 0; i < p->rows; i++) {
		const char *level = p->row[i].cell[P_LEVEL];
		if ((strcmp(level, "community") != 0 && strcmp(level, "landmark") != 0) ||
		    strstr(p->row[i].cell[P_NAME], "虚拟"))
			continue;
		if (home >= 0 && ancestor(s, (long)i, "district") == home)
			s->home[s->nhome++] = i;
		else
			s->away[s->naway++] = i;
	}
	return true;
}

static bool list_scenes(struct sample *s)
{
	const struct sheet *items = &s->doc->sheet[ROUTING_ITEMS];

	s->by_scene = calloc(sample_nscenes + 1, sizeof *s->by_scene);
	s->urgent_scenes = calloc(sample_nscenes + 1, sizeof *s->urgent_scenes);
	s->calm_scenes = calloc(sample_nscenes + 1, sizeof *s->calm_scenes);
	if (!s->by_scene || !s->urgent_scenes || !s->calm_scenes)
		return false;
	for (size_t i = 0; i < sample_nscenes; i++) {
		s->by_scene[i] = SIZE_MAX;
		for (size_t row = 0; row < items->rows && s->by_scene[i] == SIZE_MAX; row++)
			if (strcmp(items->row[row].cell[I_NAME], sample_scenes[i].item) == 0)
				s->by_scene[i] = row;
		if (s->by_scene[i] == SIZE_MAX)
			continue;
		if (strcmp(item_cell(s, s->by_scene[i], I_PRIORITY), "urgent") == 0)
			s->urgent_scenes[s->nurgent++] = i;
		else
			s->calm_scenes[s->ncalm++] = i;
	}
	return true;
}

struct sample *sample_new(const struct routing_doc *doc, const struct sample_options *o)
{
	struct sample *s = calloc(1, sizeof *s);

	if (!s || !doc->has[ROUTING_ITEMS] || !doc->has[ROUTING_PLACES] || doc->sheet[ROUTING_ITEMS].rows == 0) {
		free(s);
		return NULL;
	}
	s->doc = doc;
	s->o = *o;
	s->o.hostile_per_mille = o->hostile_per_mille ? o->hostile_per_mille : 20;
	s->o.repeat_per_mille = o->repeat_per_mille ? o->repeat_per_mille : 180;
	snprintf(s->prefix, sizeof s->prefix, "%s", o->prefix ? o->prefix : "sample");
	s->state = o->seed * UINT64_C(0xD1342543DE82EF95) + 1;
	if (!list_places(s) || !list_scenes(s)) {
		sample_free(s);
		return NULL;
	}
	return s;
}

void sample_free(struct sample *s)
{
	if (!s)
		return;
	free(s->home);
	free(s->away);
	free(s->by_scene);
	free(s->urgent_scenes);
	free(s->calm_scenes);
	buf_free(&s->scratch);
	free(s);
}

void sample_appeal_free(struct sample_appeal *a)
{
	buf_free(&a->text);
}

/* --- words -------------------------------------------------------------------------------------------------------- */

static bool has_houses(const char *name)
{
	static const char *const ends[] = { "花园", "家园", "和园", "村", "新居" };
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (n > strlen(ends[i]) && strcmp(name + n - strlen(ends[i]), ends[i]) == 0)
			return true;
	return false;
}

/* Where it was, as one person puts it: from the full address to just the landmark. */
static void put_place(struct sample *s, const struct incident *x, struct buf *out, int fullness)
{
	static const char *const levels[] = { "district", "street", "community" };
	const char *detail = sample_detail.word[x->detail % sample_detail.n];

	if (x->place < 0) {
		buf_puts(out, below(s, 2) ? "我们这里" : "小区");
		return;
	}
	for (int i = 3 - fullness; i < 3; i++) {
		long row = i >= 0 ? ancestor(s, x->place, levels[i]) : -1;
		if (row >= 0 && row != x->place)
			buf_puts(out, place_cell(s, (size_t)row, P_NAME));
	}
	buf_puts(out, place_cell(s, (size_t)x->place, P_NAME));
	if (strcmp(place_cell(s, (size_t)x->place, P_LEVEL), "community") == 0 && x->number % 3 == 0)
		buf_printf(out, "%u巷%u号", x->number % 12 + 1, x->number % 40 + 1);
	else if (x->number % 3 == 1 && has_houses(place_cell(s, (size_t)x->place, P_NAME)))
		buf_printf(out, "%u栋", x->number % 18 + 1);
	buf_puts(out, detail);
}

/* One of several keywords of an item, by number. */
static void put_keyword(const struct sample *s, size_t item, size_t which, struct buf *out)
{
	const char *list = item_cell(s, item, I_KEYWORDS);
	size_t n = 1;

	for (const char *p = list; *p; p++)
		n += *p == '|';
	for (which %= n; which > 0; which--)
		list = strchr(list, '|') + 1;
	buf_add(out, list, strcspn(list, "|"));
}

static void put_scene(struct sample *s, const struct incident *x, size_t way, struct buf *out)
{
	if (x->scene >= 0) {
		const struct sample_scene *scene = &sample_scenes[x->scene];
		size_t n = 0;
		while (n < SAMPLE_WAYS && scene->way[n])
			n++;
		buf_puts(out, scene->way[way % n]);
		return;
	}
	for (const char *p = sample_generic.word[way % sample_generic.n]; *p;) {
		if (strncmp(p, "{kw2}", 5) == 0) {
			put_keyword(s, x->item, way + 1, out);
			p += 5;
		} else if (strncmp(p, "{kw}", 4) == 0) {
			put_keyword(s, x->item, way, out);
			p += 4;
		} else if (strncmp(p, "{item}", 6) == 0) {
			buf_puts(out, item_cell(s, x->item, I_NAME));
			p += 6;
		} else {
			buf_putc(out, *p++);
		}
	}
}

static const char *effect(struct sample *s, size_t item)
{
	const char *category = item_cell(s, item, I_CATEGORY);
	size_t i = 0;

	while (i + 1 < sample_neffects &&
	    strncmp(category, sample_effects[i].category, strlen(sample_effects[i].category)) != 0)
		i++;
	return pick(s, &sample_effects[i].pool);
}

/* What one telling is made of; drawn once, used wherever a pattern asks. */
struct telling {
	const struct incident *incident;
	bool phone;
	bool elsewhere; /* the place goes into the address field, not the text */
	int fullness;
	size_t way;
};

static void put_slot(struct sample *s, const struct telling *t, const char *name, size_t len, struct buf *out)
{
#define IS(slot) (len == sizeof(slot) - 1 && memcmp(name, slot, len) == 0)
	if (IS("place")) {
		if (t->elsewhere)
			buf_puts(out, t->phone ? "该处" : "这里");
		else
			put_place(s, t->incident, out, t->fullness);
	} else if (IS("scene")) {
		put_scene(s, t->incident, t->way, out);
	} else if (IS("scene2")) {
		put_scene(s, t->incident, t->way + 1, out);
	} else if (IS("effect")) {
		buf_puts(out, effect(s, t->incident->item));
	} else {
		static const struct { const char *name; const struct sample_pool *pool;
		} pools[] = {
			{ "time", &sample_time },
			{ "now", &sample_now },
			{ "history", &sample_history },
			{ "ask", &sample_ask },
			{ "asku", &sample_ask_urgent },
			{ "mood", &sample_mood },
			{ "more", &sample_more },
			{ "more2", &sample_more },
			{ "timep", &sample_time_personal },
			{ "askp", &sample_ask_personal },
		};
		const struct sample_pool *pool = t->phone ? &sample_open_phone : &sample_open_app; /* {open} */
		for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
			if (strlen(pools[i].name) == len && memcmp(name, pools[i].name, len) == 0)
				pool = pools[i].pool;
		buf_puts(out, pick(s, pool));
	}
#undef IS
}

static void put_pattern(struct sample *s, const struct telling *t, const char *pattern, struct buf *out)
{
	for (const char *p = pattern; *p;) {
		const char *open = strchr(p, '{'), *close = open ? strchr(open, '}') : NULL;
		if (!close) {
			buf_puts(out, p);
			return;
		}
		buf_add(out, p, (size_t)(open - p));
		put_slot(s, t, open + 1, (size_t)(close - open - 1), out);
		p = close + 1;
	}
}

/* Slots may leave "，。" or "。。" behind: keep the stronger of two marks that meet. */
static void tidy(struct buf *b)
{
	static const char *const pairs[][2] = {
		{ "，。", "。" },
		{ "。。", "。" },
		{ "，，", "，" },
		{ "。，", "。" },
		{ "！，", "！" },
		{ "！。", "！" },
		{ "，！", "！" },
		{ "？，", "？" },
		{ "？。", "？" },
		{ "：，", "：" },
		{ "。！", "！" },
		{ "，？", "？" },
		{ "！！！", "！！" },
	};
	struct buf fresh = { 0 };
	bool changed = true;

	while (changed) {
		changed = false;
		buf_reset(&fresh);
		for (const char *p = buf_text(b); *p;) {
			size_t i = 0;
			while (i < sizeof pairs / sizeof *pairs && strncmp(p, pairs[i][0], strlen(pairs[i][0])) != 0)
				i++;
			if (i < sizeof pairs / sizeof *pairs) {
				buf_puts(&fresh, pairs[i][1]);
				p += strlen(pairs[i][0]);
				changed = true;
			} else {
				buf_putc(&fresh, *p++);
			}
		}
		struct buf old = *b;
		*b = fresh;
		fresh = old;
	}
	buf_free(&fresh);
	size_t lead = strspn(buf_text(b), "\n");
	if (lead) {
		memmove(b->data, b->data + lead, b->len - lead + 1);
		b->len -= lead;
	}
	while (b->len >= 3 && memcmp(b->data + b->len - 3, "，", 3) == 0) {
		b->len -= 3;
		b->data[b->len] = '\0';
	}
}

/* --- incidents ---------------------------------------------------------------------------------------------------- */

static struct incident new_incident(struct sample *s, bool urgent)
{
	struct incident x = { .id = ++s->incidents, .scene = -1, .place = -1 };
	size_t n = urgent ? s->nurgent : s->ncalm, kind = below(s, 100);

	/* most tell of what the scenes know, the rest of any item, so that every one of the duty list is met */
	if (n && (urgent || kind < 82)) {
		x.scene = (long)(urgent ? s->urgent_scenes : s->calm_scenes)[below(s, n)];
		x.item = s->by_scene[x.scene];
	} else {
		x.item = below(s, s->doc->sheet[ROUTING_ITEMS].rows);
	}
	kind = below(s, 100);
	if (kind < 86 && s->nhome)
		x.place = (long)s->home[below(s, s->nhome)];
	else if (kind < 97 && s->naway)
		x.place = (long)s->away[below(s, s->naway)];
	x.detail = (unsigned)below(s, 1000);
	x.number = (unsigned)below(s, 1000);
	return x;
}

static struct incident *remember(struct sample *s, const struct incident *x)
{
	struct incident *slot = &s->recent[(size_t)x->id % RECENT];

	*slot = *x;
	return slot;
}

/* An incident of late that somebody else reports too; NULL while there is none. Some are reported by many. */
static struct incident *known_incident(struct sample *s)
{
	for (int tries = 0; tries < 8; tries++) {
		struct incident *x = &s->recent[below(s, RECENT)];
		if (x->id && x->told > 0 && x->told < 12)
			return x;
	}
	return NULL;
}

/* --- appeals ------------------------------------------------------------------------------------------------------ */

static void set_text(char *out, size_t size, const struct buf *b)
{
	size_t n = b->len < size ? b->len : size - 1;

	while (n > 0 && n < b->len && ((unsigned char)b->data[n] & 0xC0) == 0x80)
		n--;
	memcpy(out, buf_text(b), n);
	out[n] = '\0';
}

/* Matters between a person and an employer, a shop, a school or an office, rather than a spot in the street. */
static bool is_personal(const struct sample *s, size_t item)
{
	static const char *const categories[] = { "劳动社保", "市场监管", "教育文体", "医疗卫生", "民政政务",
		"交通运输", "治安纠纷" };

	for (size_t i = 0; i < sizeof categories / sizeof *categories; i++)
		if (strcmp(item_cell(s, item, I_CATEGORY), categories[i]) == 0)
			return true;
	return false;
}

static void tell(struct sample *s, struct incident *x, bool urgent, struct sample_appeal *a)
{
	size_t manner = below(s, 100);
	struct telling t = {
		.incident = x, .phone = manner < 45, .fullness = (int)below(s, 4), .way = (size_t)x->told + below(s, 2)
	};
	const struct sample_pool *patterns = urgent ? &sample_urgent : t.phone ? &sample_phone : &sample_app;

	if (!urgent && is_personal(s, x->item))
		patterns = t.phone ? &sample_personal_phone : &sample_personal_app;
	else if (!urgent && manner >= 92)
		patterns = &sample_long;
	else if (!urgent && manner >= 80)
		patterns = &sample_short;
	/* some give the place in the form's own field, some in both, most only in the text */
	size_t where = below(s, 100);
	t.elsewhere = where < 15 && x->place >= 0 && patterns != &sample_short;
	if (where < 35 && x->place >= 0) {
		buf_reset(&s->scratch);
		put_place(s, x, &s->scratch, 3);
		set_text(a->address, sizeof a->address, &s->scratch);
	}
	put_pattern(s, &t, pick(s, patterns), &a->text);
	tidy(&a->text);
	if (!t.phone && below(s, 100) < 55) {
		buf_reset(&s->scratch);
		if (below(s, 2) && x->place >= 0)
			put_place(s, x, &s->scratch, (int)below(s, 2));
		put_scene(s, x, t.way, &s->scratch);
		set_text(a->title, sizeof a->title, &s->scratch);
	}
	x->told++;
	a->incident = x->id;
	a->item = item_cell(s, x->item, I_CODE);
	a->type = urgent ? "求助" : below(s, 100) < 80 ? "投诉" : "求助";
}

/* A whole text with {place} in it. */
static void ask(struct sample *s, const struct sample_text *from, struct sample_appeal *a)
{
	struct incident x = new_incident(s, false);
	struct telling t = { .incident = &x, .fullness = (int)below(s, 3) };
	const struct sheet *items = &s->doc->sheet[ROUTING_ITEMS];

	if (below(s, 3) == 0)
		buf_puts(&a->text, pick(s, &sample_open_phone));
	put_pattern(s, &t, from->text, &a->text);
	tidy(&a->text);
	for (size_t i = 0; i < items->rows; i++)
		if (strcmp(items->row[i].cell[I_NAME], from->item) == 0)
			a->item = items->row[i].cell[I_CODE];
}

/* Who it is. No number begins with 000, so that none of these can be called. */
static void introduce(struct sample *s, struct sample_appeal *a)
{
	if (below(s, 100) < 88)
		snprintf(a->name, sizeof a->name, "%s%s", pick(s, &sample_surnames), pick(s, &sample_given));
	if (below(s, 100) < 94)
		snprintf(a->phone, sizeof a->phone, "000%08u", (unsigned)below(s, 100000000));
	a->reply_wanted = below(s, 100) < 60;
	a->confidential = below(s, 1000) < 30;
}

static enum sample_kind draw_kind(struct sample *s)
{
	if (per_mille(s, s->o.hostile_per_mille))
		return SAMPLE_HOSTILE;
	if (per_mille(s, s->o.repeat_per_mille))
		return SAMPLE_REPEAT;
	size_t n = below(s, 1000);
	return n < 50 ? SAMPLE_URGENT : n < 170 ? SAMPLE_QUESTION : n < 220 ? SAMPLE_SUGGESTION : SAMPLE_ORDINARY;
}

static void make(struct sample *s, struct sample_appeal *a)
{
	struct incident fresh, *x = NULL;
	bool urgent = a->kind == SAMPLE_URGENT;

	if (a->kind == SAMPLE_QUESTION) {
		a->type = "咨询";
		ask(s, &sample_questions[below(s, sample_nquestions)], a);
		return;
	}
	if (a->kind == SAMPLE_SUGGESTION) {
		a->type = "建议";
		ask(s, &sample_suggestions[below(s, sample_nsuggestions)], a);
		return;
	}
	if (a->kind == SAMPLE_REPEAT) {
		x = known_incident(s);
		if (!x)
			a->kind = SAMPLE_ORDINARY;
		else
			urgent = strcmp(item_cell(s, x->item, I_PRIORITY), "urgent") == 0;
	}
	if (!x) {
		fresh = new_incident(s, urgent);
		x = a->kind == SAMPLE_HOSTILE ? &fresh : remember(s, &fresh);
	}
	tell(s, x, urgent, a);
}

void sample_next(struct sample *s, struct sample_appeal *out)
{
	struct buf text = out->text;

	buf_reset(&text);
	memset(out, 0, sizeof *out);
	out->text = text;
	out->item = out->type = "";
	out->kind = draw_kind(s);
	snprintf(out->external_id, sizeof out->external_id, "%s-%llx-%06lu", s->prefix, (unsigned long long)s->o.seed,
	    ++s->count);
	make(s, out);
	introduce(s, out);
	if (out->kind == SAMPLE_HOSTILE) {
		struct buf plain = out->text;
		out->text = (struct buf){ 0 };
		sample_hostile(&out->text, below(s, sample_hostile_kinds()), buf_text(&plain));
		buf_free(&plain);
		if (below(s, 4) == 0)
			snprintf(out->title, sizeof out->title, "\x1b[7m=1+1\xe2\x80\xae题");
		out->incident = 0;
	}
}

/* --- NDJSON ------------------------------------------------------------------------------------------------------- */

static void put_json(struct buf *out, const char *text, size_t len)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c == '\n')
			buf_puts(out, "\\n");
		else if (c < 0x20 || c == 0x7F)
			buf_printf(out, "\\u%04x", c);
		else
			buf_putc(out, (char)c);
	}
	buf_putc(out, '"');
}

static void put_member(struct buf *out, const char *name, const char *text)
{
	if (!text[0])
		return;
	buf_printf(out, ",\"%s\":", name);
	put_json(out, text, strlen(text));
}

bool sample_ndjson(const struct sample_appeal *a, usec_t received, struct buf *out)
{
	char when[40];

	buf_puts(out, "{\"external_id\":");
	put_json(out, a->external_id, strlen(a->external_id));
	buf_puts(out, ",\"text\":");
	put_json(out, buf_text(&a->text), a->text.len);
	put_member(out, "title", a->title);
	put_member(out, "address", a->address);
	put_member(out, "name", a->name);
	put_member(out, "phone", a->phone);
	put_member(out, "type", a->type);
	if (a->reply_wanted)
		buf_puts(out, ",\"reply_wanted\":true");
	if (a->confidential)
		buf_puts(out, ",\"confidential\":true");
	if (received) {
		clock_rfc3339(received, when);
		put_member(out, "received_at", when);
	}
	buf_puts(out, "}\n");
	return !out->failed;
}

const char *sample_kind_name(enum sample_kind k)
{
	static const char *const names[SAMPLE_KINDS] = { "ordinary", "repeat", "urgent", "question", "suggestion",
		"hostile" };

	return names[k];
}
