#include "conf/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "conf/sample_hostile.h"
#include "conf/sample_in.h"
#include "core/base/utf8.h"

static bool per_mille(struct sample *s, int n)
{
	return n > 0 && (int)sample_below(s, 1000) < n;
}

/* --- what there is to draw from ----------------------------------------------------------------------------------- */

/* The district most units answer for. */
static long home_district(const struct sample *s)
{
	const struct sheet *units = &s->doc->sheet[ROUTING_UNITS];
	size_t rows = s->doc->sheet[ROUTING_PLACES].rows;
	int *votes = calloc(rows + 1, sizeof *votes), most = 0;
	long best = -1;

	for (size_t i = 0; votes && s->doc->has[ROUTING_UNITS] && i < units->rows; i++) {
		long at = sample_ancestor(s, sample_place_row(s, units->row[i].cell[U_AREA]), "district");
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
		if (home >= 0 && sample_ancestor(s, (long)i, "district") == home)
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
		if (strcmp(sample_item(s, s->by_scene[i], I_PRIORITY), "urgent") == 0)
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

/* --- incidents ---------------------------------------------------------------------------------------------------- */

static struct sample_incident new_incident(struct sample *s, bool urgent)
{
	struct sample_incident x = { .id = ++s->incidents, .scene = -1, .place = -1 };
	size_t n = urgent ? s->nurgent : s->ncalm, kind = sample_below(s, 100);

	/* most tell of what the scenes know, the rest of any item, so that every one of the duty list is met */
	if (n && (urgent || kind < 82)) {
		x.scene = (long)(urgent ? s->urgent_scenes : s->calm_scenes)[sample_below(s, n)];
		x.item = s->by_scene[x.scene];
	} else {
		x.item = sample_below(s, s->doc->sheet[ROUTING_ITEMS].rows);
	}
	kind = sample_below(s, 100);
	if (kind < 86 && s->nhome)
		x.place = (long)s->home[sample_below(s, s->nhome)];
	else if (kind < 97 && s->naway)
		x.place = (long)s->away[sample_below(s, s->naway)];
	x.detail = (unsigned)sample_below(s, 1000);
	x.number = (unsigned)sample_below(s, 1000);
	return x;
}

static struct sample_incident *remember(struct sample *s, const struct sample_incident *x)
{
	struct sample_incident *slot = &s->recent[(size_t)x->id % RECENT];

	*slot = *x;
	return slot;
}

/* An incident of late that somebody else reports too; NULL while there is none. Some are reported by many. */
static struct sample_incident *known_incident(struct sample *s)
{
	for (int tries = 0; tries < 8; tries++) {
		struct sample_incident *x = &s->recent[sample_below(s, RECENT)];
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
		if (strcmp(sample_item(s, item, I_CATEGORY), categories[i]) == 0)
			return true;
	return false;
}

static void tell(struct sample *s, struct sample_incident *x, bool urgent, struct sample_appeal *a)
{
	size_t manner = sample_below(s, 100);
	struct sample_telling t = { .incident = x, .phone = manner < 45 };
	const struct sample_pool *patterns = urgent ? &sample_urgent : t.phone ? &sample_phone : &sample_app;

	/* one after the other: the order in which initializers are evaluated is the compiler's */
	t.fullness = (int)sample_below(s, 4);
	t.way = (size_t)x->told + sample_below(s, 2);
	if (!urgent && is_personal(s, x->item))
		patterns = t.phone ? &sample_personal_phone : &sample_personal_app;
	else if (!urgent && manner >= 92)
		patterns = &sample_long;
	else if (!urgent && manner >= 80)
		patterns = &sample_short;
	/* some give the place in the form's own field, some in both, most only in the text */
	size_t where = sample_below(s, 100);
	t.elsewhere = where < 15 && x->place >= 0 && patterns != &sample_short;
	if (where < 35 && x->place >= 0) {
		buf_reset(&s->scratch);
		sample_put_place(s, x, &s->scratch, 3);
		set_text(a->address, sizeof a->address, &s->scratch);
	}
	sample_put_pattern(s, &t, sample_pick(s, patterns), &a->text);
	sample_tidy(&a->text);
	if (!t.phone && sample_below(s, 100) < 55) {
		buf_reset(&s->scratch);
		if (sample_below(s, 2) && x->place >= 0)
			sample_put_place(s, x, &s->scratch, (int)sample_below(s, 2));
		sample_put_scene(s, x, t.way, &s->scratch);
		set_text(a->title, sizeof a->title, &s->scratch);
	}
	x->told++;
	a->incident = x->id;
	a->item = sample_item(s, x->item, I_CODE);
	a->type = urgent ? "求助" : sample_below(s, 100) < 80 ? "投诉" : "求助";
}

/* A whole text with {place} in it. */
static void ask(struct sample *s, const struct sample_text *from, struct sample_appeal *a)
{
	struct sample_incident x = new_incident(s, false);
	struct sample_telling t = { .incident = &x, .fullness = (int)sample_below(s, 3) };
	const struct sheet *items = &s->doc->sheet[ROUTING_ITEMS];

	if (sample_below(s, 3) == 0)
		buf_puts(&a->text, sample_pick(s, &sample_open_phone));
	sample_put_pattern(s, &t, from->text, &a->text);
	sample_tidy(&a->text);
	for (size_t i = 0; i < items->rows; i++)
		if (strcmp(items->row[i].cell[I_NAME], from->item) == 0)
			a->item = items->row[i].cell[I_CODE];
}

static void name(struct sample *s, struct sample_appeal *a)
{
	const char *surname = sample_pick(s, &sample_surnames), *given = sample_pick(s, &sample_given);

	snprintf(a->name, sizeof a->name, "%s%s", surname, given);
}

/* Who it is. No number begins with 000, so that none of these can be called. */
static void introduce(struct sample *s, struct sample_appeal *a)
{
	if (sample_below(s, 100) < 88)
		name(s, a);
	if (sample_below(s, 100) < 94)
		snprintf(a->phone, sizeof a->phone, "000%08u", (unsigned)sample_below(s, 100000000));
	a->reply_wanted = sample_below(s, 100) < 60;
	a->confidential = sample_below(s, 1000) < 30;
}

static enum sample_kind draw_kind(struct sample *s)
{
	if (per_mille(s, s->o.hostile_per_mille))
		return SAMPLE_HOSTILE;
	if (per_mille(s, s->o.repeat_per_mille))
		return SAMPLE_REPEAT;
	size_t n = sample_below(s, 1000);
	return n < 50 ? SAMPLE_URGENT : n < 170 ? SAMPLE_QUESTION : n < 220 ? SAMPLE_SUGGESTION : SAMPLE_ORDINARY;
}

static void make(struct sample *s, struct sample_appeal *a)
{
	struct sample_incident fresh, *x = NULL;
	bool urgent = a->kind == SAMPLE_URGENT;

	if (a->kind == SAMPLE_QUESTION) {
		a->type = "咨询";
		ask(s, &sample_questions[sample_below(s, sample_nquestions)], a);
		return;
	}
	if (a->kind == SAMPLE_SUGGESTION) {
		a->type = "建议";
		ask(s, &sample_suggestions[sample_below(s, sample_nsuggestions)], a);
		return;
	}
	if (a->kind == SAMPLE_REPEAT) {
		x = known_incident(s);
		if (!x)
			a->kind = SAMPLE_ORDINARY;
		else
			urgent = strcmp(sample_item(s, x->item, I_PRIORITY), "urgent") == 0;
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
		sample_hostile(&out->text, sample_below(s, sample_hostile_kinds()), buf_text(&plain));
		buf_free(&plain);
		if (sample_below(s, 4) == 0)
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
