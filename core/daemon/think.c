#include "core/daemon/think.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/utf8.h"
#include "core/daemon/memory.h"
#include "core/daemon/think_fields.h"
#include "core/daemon/think_kin.h"
#include "core/daemon/tutor.h"
#include "core/feed/jsonw.h"

enum { TITLE_CHARS = 60 };

struct think {
	struct memory *memory;
	struct rules *routing;
	struct tutor *tutor;
	struct metrics *metrics;
};

struct think *think_new(struct memory *memory, struct rules *routing, struct tutor *tutor, struct metrics *metrics)
{
	struct think *t = calloc(1, sizeof *t);

	if (t == NULL)
		abort();
	t->memory = memory;
	t->routing = routing;
	t->tutor = tutor;
	t->metrics = metrics;
	return t;
}

void think_free(struct think *t)
{
	free(t);
}

void think_remember(struct think *t, case_no no, const struct thought *thought)
{
	memory_add(t->memory, &(struct repeat_case){ .no = no, .at = thought->at, .text = thought->text, .text_len = thought->text_len,
	    .title = thought->title, .place = thought->place, .item = thought->item, .person = thought->person, .open = true });
}

bool think_ready(const struct think *t)
{
	return rules_recommender(t->routing) != NULL;
}

/* --- recommendation as JSON --------------------------------------------------------------------------------------- */

static void number_member(struct buf *out, const char *name, double v)
{
	char text[32];

	snprintf(text, sizeof text, "%.4f", v);
	jsonw_member_raw(out, name, text);
}

static void put_reasons(struct buf *out, const struct recommend_unit *u)
{
	jsonw_member_raw(out, "reasons", "[");
	for (int i = 0; i < u->reasons; i++) {
		const struct recommend_reason *r = &u->reason[i];

		buf_puts(out, i ? ",{" : "{");
		jsonw_member(out, "kind", reason_name(r->kind));
		jsonw_member(out, "text", r->text);
		if (r->start >= 0)
			buf_printf(out, ",\"start\":%d,\"end\":%d", r->start, r->end);
		if (r->kind == REASON_CASE)
			number_member(out, "likeness", r->likeness);
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
}

static void put_units(struct buf *out, const struct recommendation *rec, bool stored)
{
	jsonw_member_raw(out, "units", "[");
	for (int i = 0; i < rec->units; i++) {
		const struct recommend_unit *u = &rec->unit[i];

		buf_puts(out, i ? ",{" : "{");
		jsonw_member(out, "unit", u->unit->code);
		if (!stored)
			jsonw_member(out, "name", u->unit->name);
		jsonw_member(out, "item", u->item ? u->item->code : NULL);
		number_member(out, "p", u->p);
		put_reasons(out, u);
		buf_putc(out, '}');
	}
	buf_putc(out, ']');
}

/* The place and the fields of a text that is being written. */
static void put_reading(const struct ruling *g, const struct recommend_query *q, const struct place_match *place, struct buf *out)
{
	struct fields_found found;

	think_fields_find(g, q->text, q->text_len, q->title, 0, PRIORITY_NORMAL, place, &found);
	jsonw_member_raw(out, "place", "");
	think_fields_place(g->places, place, out);
	jsonw_member_raw(out, "fields", "");
	think_fields_put(g, q->text, q->text_len, &found, place, out);
}

/* Other repeats when it happened elsewhere, or is another matter, than it seemed; perhaps a relapse. */
static void put_kin(struct think *t, const struct ruling *g, case_no no, const struct recommendation *rec, struct buf *out)
{
	struct kin kin;

	if (think_kin_again(t->memory, g, no, rec->place.code ? rec->place.code : "",
	    rec->units > 0 && rec->unit[0].item ? rec->unit[0].item->code : "", &kin))
		think_kin_put(&kin, true, out);
}

void think_recommend(struct think *t, struct arena *a, const struct recommend_query *q, case_no no, struct buf *out)
{
	bool stored = no != 0;
	struct ruling *g = rules_hold(t->routing);
	struct recommendation rec = { 0 };
	usec_t begun = clock_monotonic();

	recommend(g->recommender, tutor_read(t->tutor), q, a, &rec);
	tutor_done(t->tutor);
	metrics_time(&t->metrics->recommend, clock_monotonic() - begun);
	buf_putc(out, '{');
	jsonw_member(out, "model", rec.model);
	jsonw_member_raw(out, "novel", rec.novel ? "true" : "false");
	if (stored) { /* an address that was corrected finds its place anew */
		jsonw_member(out, "place", rec.place.code ? rec.place.code : "");
		jsonw_member(out, "place_name", rec.place.code ? rec.place.name : "");
	} else {
		put_reading(g, q, &rec.place, out);
	}
	put_units(out, &rec, stored);
	if (stored)
		put_kin(t, g, no, &rec, out);
	buf_putc(out, '}');
	rules_release(g);
}

/* --- a new case ---------------------------------------------------------------------------------------------------- */

/* One line for lists, without telephone or identity numbers: the title given, or the beginning of the text. */
static const char *title_of(struct arena *a, const struct appeal_in *in)
{
	const char *from = in->title[0] ? in->title : in->text;
	size_t len = utf8_offset(from, strlen(from), TITLE_CHARS * 2);
	struct buf masked = { 0 };
	const char *out;

	field_mask(&masked, from, len);
	for (char *p = masked.data; p && *p; p++)
		if (*p == '\n')
			*p = ' ';
	out = arena_strndup(a, buf_text(&masked), utf8_offset(buf_text(&masked), masked.len, TITLE_CHARS));
	buf_free(&masked);
	return out;
}

void think_base64(struct buf *out, const char *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)bytes;

	for (; len > 0; p += 3, len = len > 3 ? len - 3 : 0) {
		unsigned v = (unsigned)p[0] << 16 | (len > 1 ? (unsigned)p[1] << 8 : 0) | (len > 2 ? p[2] : 0u);
		char four[4] = { digits[v >> 18], digits[v >> 12 & 63], len > 1 ? digits[v >> 6 & 63] : '=',
			len > 2 ? digits[v & 63] : '=' };

		buf_add(out, four, 4);
	}
}

/* Members that are taken over as they came. */
static void put_content(struct buf *out, const struct appeal_in *in, const char *title, const char *email)
{
	char time[40];

	jsonw_member(out, "external_id", in->external_id);
	jsonw_member_raw(out, "text", "");
	jsonw_text(out, in->text, in->text_len);
	jsonw_member(out, "title", title);
	if (in->received_at) {
		clock_rfc3339(in->received_at, time);
		jsonw_member(out, "received_at", time);
	}
	jsonw_member(out, "address", in->address);
	if (in->located) {
		jsonw_member_raw(out, "lat", "");
		jsonw_real(out, in->lat);
		jsonw_member_raw(out, "long", "");
		jsonw_real(out, in->lng);
	}
	jsonw_member(out, "name", in->name);
	jsonw_member(out, "phone", in->phone);
	jsonw_member(out, "identity", email);
	jsonw_member(out, "type", in->type);
	jsonw_member(out, "duty_item", in->duty_item);
	if (in->confidential)
		jsonw_member_raw(out, "confidential", "true");
	if (in->reply_wanted)
		jsonw_member_raw(out, "reply_wanted", "true");
}

/* The priority of the duty item, where the machine is sure enough of it or the citizen picked it: a guess must not pull
 * a dispatcher's eyes to an ordinary case. */
static enum priority item_priority(const struct ruling *g, const struct appeal_in *in, const struct recommendation *rec)
{
	const struct recommend_unit *first = &rec->unit[0];

	if (rec->units == 0 || !first->item)
		return PRIORITY_NORMAL;
	if (first->p < g->priority_p && !(in->duty_item && strcmp(in->duty_item, first->item->code) == 0))
		return PRIORITY_NORMAL;
	return first->item->priority;
}

void think_row(struct think *t, const struct ruling *g, struct arena *a, const struct key *k, const struct appeal_in *in, const char *email,
    const char *raw, size_t raw_len, struct buf *out, struct thought *th)
{
	struct recommend_query q = { .text = in->text, .text_len = in->text_len, .title = in->title, .address = in->address,
		.channel = k->channel, .picked_item = in->duty_item, .channel_place = k->channel_place, .located = in->located,
		.lat = in->lat, .lng = in->lng };
	struct recommendation rec = { 0 };
	struct fields_found found;
	struct appeal_in form;
	struct repeat_case c;
	struct kin kin;
	unsigned flags;
	usec_t begun = clock_monotonic();

	*th = (struct thought){ .text = in->text, .text_len = in->text_len, .title = title_of(a, in),
		.at = in->received_at ? in->received_at : clock_now() };
	recommend(g->recommender, tutor_read(t->tutor), &q, a, &rec);
	tutor_done(t->tutor);
	think_fields_find(g, in->text, in->text_len, in->title, th->at, item_priority(g, in, &rec), &rec.place, &found);
	form = think_fields_fill(a, in, &found);
	th->person = memory_person(form.phone);
	th->place = arena_strdup(a, rec.place.code ? rec.place.code : "");
	th->item = arena_strdup(a, rec.units > 0 && rec.unit[0].item ? rec.unit[0].item->code : "");

	buf_putc(out, '{');
	put_content(out, &form, th->title, email);
	jsonw_member(out, "priority", priority_name(found.urgency.priority));
	c = (struct repeat_case){ .at = th->at, .text = th->text, .text_len = th->text_len, .title = th->title, .place = th->place,
		.item = th->item, .person = th->person, .open = true };
	think_kin_find(t->memory, g, &c, &kin);
	if ((flags = think_fields_flags(g, &found) | think_kin_flags(&kin)) != 0)
		buf_printf(out, ",\"flags\":%u", flags);
	jsonw_member_raw(out, "fields", "");
	think_fields_put(g, in->text, in->text_len, &found, &rec.place, out);
	jsonw_member(out, "place", th->place);
	jsonw_member(out, "place_name", rec.place.code ? rec.place.name : NULL);
	jsonw_member(out, "model", rec.model);
	if (rec.novel)
		jsonw_member_raw(out, "novel", "true");
	put_units(out, &rec, true);
	think_kin_put(&kin, false, out);
	if (raw_len) {
		buf_puts(out, ",\"raw_b64\":\"");
		think_base64(out, raw, raw_len);
		buf_putc(out, '"');
	}
	buf_putc(out, '}');
	th->took = clock_monotonic() - begun;
}
