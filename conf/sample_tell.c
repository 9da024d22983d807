/* How an incident is told: the place as somebody says it, what was seen, and the sentences around it. */
#include "conf/sample_in.h"

#include <stdio.h>
#include <string.h>

uint64_t sample_next64(struct sample *s)
{
	uint64_t z = (s->state += UINT64_C(0x9E3779B97F4A7C15));

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

size_t sample_below(struct sample *s, size_t n)
{
	return n ? (size_t)(sample_next64(s) % n) : 0;
}

const char *sample_pick(struct sample *s, const struct sample_pool *p)
{
	return p->word[sample_below(s, p->n)];
}

const char *sample_item(const struct sample *s, size_t row, int column)
{
	return s->doc->sheet[ROUTING_ITEMS].row[row].cell[column];
}

const char *sample_place(const struct sample *s, size_t row, int column)
{
	return s->doc->sheet[ROUTING_PLACES].row[row].cell[column];
}

long sample_place_row(const struct sample *s, const char *code)
{
	const struct sheet *p = &s->doc->sheet[ROUTING_PLACES];

	for (size_t i = 0; *code && i < p->rows; i++)
		if (strcmp(p->row[i].cell[P_CODE], code) == 0)
			return (long)i;
	return -1;
}

long sample_ancestor(const struct sample *s, long row, const char *level)
{
	for (int depth = 0; row >= 0 && depth < DEPTH; depth++) {
		if (strcmp(sample_place(s, (size_t)row, P_LEVEL), level) == 0)
			return row;
		row = sample_place_row(s, sample_place(s, (size_t)row, P_PARENT));
	}
	return -1;
}

static bool has_houses(const char *name)
{
	static const char *const ends[] = { "花园", "家园", "和园", "村", "新居" };
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (n > strlen(ends[i]) && strcmp(name + n - strlen(ends[i]), ends[i]) == 0)
			return true;
	return false;
}

void sample_put_place(struct sample *s, const struct sample_incident *x, struct buf *out, int fullness)
{
	static const char *const levels[] = { "district", "street", "community" };
	const char *detail = sample_detail.word[x->detail % sample_detail.n];

	if (x->place < 0) {
		buf_puts(out, sample_below(s, 2) ? "我们这里" : "小区");
		return;
	}
	for (int i = 3 - fullness; i < 3; i++) {
		long row = i >= 0 ? sample_ancestor(s, x->place, levels[i]) : -1;
		if (row >= 0 && row != x->place)
			buf_puts(out, sample_place(s, (size_t)row, P_NAME));
	}
	buf_puts(out, sample_place(s, (size_t)x->place, P_NAME));
	if (strcmp(sample_place(s, (size_t)x->place, P_LEVEL), "community") == 0 && x->number % 3 == 0)
		buf_printf(out, "%u巷%u号", x->number % 12 + 1, x->number % 40 + 1);
	else if (x->number % 3 == 1 && has_houses(sample_place(s, (size_t)x->place, P_NAME)))
		buf_printf(out, "%u栋", x->number % 18 + 1);
	buf_puts(out, detail);
}

/* One of several keywords of an item, by number. */
static void put_keyword(const struct sample *s, size_t item, size_t which, struct buf *out)
{
	const char *list = sample_item(s, item, I_KEYWORDS);
	size_t n = 1;

	for (const char *p = list; *p; p++)
		n += *p == '|';
	for (which %= n; which > 0; which--)
		list = strchr(list, '|') + 1;
	buf_add(out, list, strcspn(list, "|"));
}

void sample_put_scene(struct sample *s, const struct sample_incident *x, size_t way, struct buf *out)
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
			buf_puts(out, sample_item(s, x->item, I_NAME));
			p += 6;
		} else {
			buf_putc(out, *p++);
		}
	}
}

static const char *effect(struct sample *s, size_t item)
{
	const char *category = sample_item(s, item, I_CATEGORY);
	size_t i = 0;

	while (i + 1 < sample_neffects &&
	    strncmp(category, sample_effects[i].category, strlen(sample_effects[i].category)) != 0)
		i++;
	return sample_pick(s, &sample_effects[i].pool);
}

static void put_slot(struct sample *s, const struct sample_telling *t, const char *name, size_t len, struct buf *out)
{
#define IS(slot) (len == sizeof(slot) - 1 && memcmp(name, slot, len) == 0)
	if (IS("place")) {
		if (t->elsewhere)
			buf_puts(out, t->phone ? "该处" : "这里");
		else
			sample_put_place(s, t->incident, out, t->fullness);
	} else if (IS("scene")) {
		sample_put_scene(s, t->incident, t->way, out);
	} else if (IS("scene2")) {
		sample_put_scene(s, t->incident, t->way + 1, out);
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
		buf_puts(out, sample_pick(s, pool));
	}
#undef IS
}

void sample_put_pattern(struct sample *s, const struct sample_telling *t, const char *pattern, struct buf *out)
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

/* Of two marks that meet the stronger stays. */
void sample_tidy(struct buf *b)
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
