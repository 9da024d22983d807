#include "core/daemon/think_fields.h"

#include <string.h>
#include "core/base/utf8.h"
#include "core/feed/jsonw.h"

void
think_fields_find(const struct ruling *g, const char *text, size_t text_len, const char *title, usec_t received,
    enum priority given, const struct place_match *place, struct fields_found *found)
{
	struct fields_query q = { .text = text, .text_len = text_len, .title = title, .received = received ? received : clock_now(),
		.priority = given, .place = { -1, -1 } };

	if (place && place->code && place->in == PLACE_IN_TEXT && place->start >= 0)
		q.place = (struct span){ place->start, place->end };
	fields_find(g->fields, g->enterprises, &q, found);
}

unsigned
think_fields_flags(const struct ruling *g, const struct fields_found *found)
{
	unsigned flags = found->urgency.flags;

	for (int i = 0; i < found->enterprises; i++) {
		bool key = true; /* of several that may be meant all must be: the badge is no guess either */

		for (int n = 0; n < found->enterprise[i].names && n < ENTERPRISE_CANDIDATES; n++)
			key = key && ruling_is_key(g, enterprises_tags(g->enterprises, found->enterprise[i].name[n]));
		if (key)
			flags |= FLAG_ENTERPRISE;
	}
	return flags;
}

/* --- into the form ---------------------------------------------------------------------------------------------------- */

static const char *
piece(struct arena *a, const char *text, size_t len, struct span at, size_t most)
{
	size_t from = utf8_offset(text, len, (size_t)at.start), to = utf8_offset(text, len, (size_t)at.end);

	if ((size_t)(at.end - at.start) > most)
		to = utf8_offset(text, len, (size_t)at.start + most);
	return arena_strndup(a, text + from, to - from);
}

struct appeal_in
think_fields_fill(struct arena *a, const struct appeal_in *in, const struct fields_found *found)
{
	struct appeal_in out = *in;

	if (!out.type || !*out.type)
		out.type = said_kind_name(found->type);
	if (found->named && (!out.name || !*out.name))
		out.name = piece(a, in->text, in->text_len, found->person, APPEAL_NAME);
	for (int i = 0; i < found->phones && (!out.phone || !*out.phone); i++)
		if (found->phone[i].own)
			out.phone = arena_strdup(a, found->phone[i].digits);
	return out;
}

/* --- as JSON ---------------------------------------------------------------------------------------------------------- */

static void
put_span(struct buf *out, int start, int end)
{
	if (out->data[out->len - 1] != '{')
		buf_putc(out, ',');
	buf_printf(out, "\"start\":%d,\"end\":%d", start, end);
}

static void
put_spans(struct buf *out, const char *name, const struct span *at, int n)
{
	if (n == 0)
		return;
	jsonw_member_raw(out, name, "[");
	for (int i = 0; i < n; i++) {
		buf_puts(out, i ? ",{" : "{");
		put_span(out, at[i].start, at[i].end);
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
}

static void
put_words(struct buf *out, const char *name, const char *text, size_t len, const struct span *at, int n)
{
	if (n == 0)
		return;
	jsonw_member_raw(out, name, "[");
	for (int i = 0; i < n; i++) {
		size_t from = utf8_offset(text, len, (size_t)at[i].start), to = utf8_offset(text, len, (size_t)at[i].end);

		buf_puts(out, i ? ",{\"text\":" : "{\"text\":");
		jsonw_text(out, text + from, to - from);
		put_span(out, at[i].start, at[i].end);
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
}

static void
put_time(struct buf *out, const struct said_moment *m)
{
	char when[40];

	clock_rfc3339(m->when, when);
	jsonw_member_raw(out, "time", "{");
	jsonw_member(out, "value", when);
	jsonw_member(out, "precision", said_precision_name(m->precision));
	put_span(out, m->at.start, m->at.end);
	buf_putc(out, '}');
}

static void
put_firm(struct buf *out, const struct enterprises *e, int name)
{
	const char *tags = enterprises_tags(e, name);

	jsonw_member(out, "name", enterprises_name(e, name));
	jsonw_member_raw(out, "tags", "[");
	for (size_t n; *tags; tags += n + (tags[n] == '|')) {
		n = strcspn(tags, "|");
		if (out->data[out->len - 1] != '[')
			buf_putc(out, ',');
		jsonw_text(out, tags, n);
	}
	buf_putc(out, ']');
}

/* {"name","tags","start","end"}; where several share the form {"text","candidates":[{"name","tags"}],"names":n,"start","end"}. */
static void
put_enterprises(struct buf *out, const struct enterprises *e, const char *text, size_t len, const struct fields_found *f)
{
	if (f->enterprises == 0)
		return;
	jsonw_member_raw(out, "enterprise", "[");
	for (int i = 0; i < f->enterprises; i++) {
		const struct enterprise_hit *hit = &f->enterprise[i];

		buf_puts(out, i ? ",{" : "{");
		if (hit->names == 1) {
			put_firm(out, e, hit->name[0]);
		} else { /* named by the words that stand there */
			size_t from = utf8_offset(text, len, (size_t)hit->at.start);

			jsonw_member_raw(out, "text", "");
			jsonw_text(out, text + from, utf8_offset(text, len, (size_t)hit->at.end) - from);
			jsonw_member_raw(out, "candidates", "[");
			for (int n = 0; n < hit->names && n < ENTERPRISE_CANDIDATES; n++) {
				buf_puts(out, n ? ",{" : "{");
				put_firm(out, e, hit->name[n]);
				buf_putc(out, '}');
			}
			buf_printf(out, "],\"names\":%d", hit->names);
		}
		put_span(out, hit->at.start, hit->at.end);
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
}

void
think_fields_place(const struct gazetteer *places, const struct place_match *place, struct buf *out)
{
	buf_putc(out, '{');
	jsonw_member(out, "code", place->code);
	jsonw_member(out, "name", place->code ? place->name : NULL);
	jsonw_member(out, "level", place->code ? place->level : NULL);
	if (place->start >= 0 && place->end > place->start)
		put_span(out, place->start, place->end);
	jsonw_member(out, "in", place_in_name(place->in));
	if (place->candidates > 0) {
		jsonw_member_raw(out, "candidates", "[");
		for (int i = 0; i < place->candidates; i++) {
			buf_puts(out, i ? ",{" : "{");
			jsonw_member(out, "code", place->candidate[i]);
			jsonw_member(out, "name", place_name(places, place->candidate[i]));
			buf_putc(out, '}');
		}
		buf_putc(out, ']');
	}
	buf_putc(out, '}');
}

void
think_fields_put(const struct ruling *g, const char *text, size_t text_len, const struct fields_found *f,
    const struct place_match *place, struct buf *out)
{
	struct span phone[FIELDS_PHONES], danger[URGENCY_HITS];

	for (int i = 0; i < f->phones; i++)
		phone[i] = f->phone[i].at;
	for (int i = 0; i < f->urgency.hits; i++)
		danger[i] = (struct span){ f->urgency.hit[i].start, f->urgency.hit[i].end };
	buf_putc(out, '{');
	if (f->type != SAID_NOTHING) {
		jsonw_member_raw(out, "type", "{");
		jsonw_member(out, "value", said_kind_name(f->type));
		if (f->type_in_title)
			jsonw_member(out, "in", "title");
		put_span(out, f->type_at.start, f->type_at.end);
		buf_putc(out, '}');
	}
	put_spans(out, "phone", phone, f->phones);
	put_spans(out, "person", &f->person, f->named ? 1 : 0);
	if (f->timed)
		put_time(out, &f->time);
	put_spans(out, "plate", f->plate, f->plates);
	put_words(out, "keywords", text, text_len, f->keyword, f->keywords);
	put_spans(out, "danger", danger, f->urgency.hits);
	put_enterprises(out, g->enterprises, text, text_len, f);
	if (place && (place->code || place->candidates > 0)) {
		jsonw_member_raw(out, "place", "");
		think_fields_place(g->places, place, out);
	}
	buf_putc(out, '}');
}
