#include "tui/advice.h"

#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clean.h"
#include "core/base/width.h"
#include "tui/console.h"
#include "tui/i18n.h"
#include "tui/meter.h"
#include "tui/units.h"

enum { BAR_CELLS = 8, WIDE_BAR_CELLS = 16, WIDE = 90 };

/* --- reading ------------------------------------------------------------------------------------------------------ */

static const char *keep(struct arena *a, const char *s, size_t len)
{
	struct buf clean = { 0 };
	const char *kept;

	if (len == 0)
		return "";
	if (clean_is(s, len, CLEAN_LINE)) {
		kept = arena_strndup(a, s, len);
		return kept ? kept : "";
	}
	clean_text(&clean, s, len, CLEAN_LINE);
	kept = arena_strndup(a, buf_text(&clean), clean.len);
	buf_free(&clean);
	return kept ? kept : "";
}

const char *advice_text(struct arena *a, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? keep(a, json_string_value(v), json_string_length(v)) : "";
}

void advice_span(const json_t *o, int *from, int *to)
{
	const json_t *start = json_object_get(o, "start"), *end = json_object_get(o, "end");
	bool whole = json_is_integer(start) && json_is_integer(end) && json_integer_value(start) >= 0 &&
	    json_integer_value(end) > json_integer_value(start) && json_integer_value(end) < 1 << 24;

	*from = whole ? (int)json_integer_value(start) : -1;
	*to = whole ? (int)json_integer_value(end) : -1;
}

/* A case is named as {"no":bigint}, {"id":"13 digits"}, or by its number at the head of the text. */
static case_no reason_case(const json_t *o, const char *text)
{
	const json_t *v = json_object_get(o, "no");
	case_no no = 0;

	if (!v)
		v = json_object_get(o, "id");
	if (json_is_integer(v))
		return json_integer_value(v);
	if (json_is_string(v))
		return number_parse(json_string_value(v), json_string_length(v), &no) ? no : 0;
	return number_parse(text, strcspn(text, " "), &no) ? no : 0;
}

static void read_reason(struct arena *a, const json_t *o, struct case_reason *out)
{
	*out = (struct case_reason){ .kind = advice_text(a, o, "kind"), .text = advice_text(a, o, "text"), .unit = "" };
	advice_span(o, &out->from, &out->to);
	if (strcmp(out->kind, "case") != 0)
		return;
	out->no = reason_case(o, out->text);
	out->likeness = json_number_value(json_object_get(o, "likeness"));
	out->text = advice_text(a, o, "title");
	out->unit = advice_text(a, o, "unit_name");
	if (!*out->unit)
		out->unit = advice_text(a, o, "unit");
}

static void read_unit(struct arena *a, const json_t *o, struct case_unit *u)
{
	size_t i;
	json_t *r;

	u->code = advice_text(a, o, "unit");
	u->name = advice_text(a, o, "name");
	u->item = advice_text(a, o, "item");
	u->item_name = advice_text(a, o, "item_name");
	u->p = json_number_value(json_object_get(o, "p"));
	json_array_foreach(json_object_get(o, "reasons"), i, r)
		if (u->reasons < CASE_REASONS)
			read_reason(a, r, &u->reason[u->reasons++]);
	/* "name：what it means": where nobody told the name, it is there. */
	for (int k = 0; k < u->reasons && !*u->item_name; k++)
		if (strcmp(u->reason[k].kind, "item") == 0) {
			const char *text = u->reason[k].text, *end = strstr(text, "：");

			u->item_name = keep(a, text, end ? (size_t)(end - text) : strlen(text));
		}
}

void advice_read_place(struct arena *a, const json_t *o, struct read_place *out)
{
	size_t i;
	json_t *v;

	*out = (struct read_place){ .code = advice_text(a, o, "code"), .name = advice_text(a, o, "name"), .level = advice_text(a, o, "level"),
		.in = advice_text(a, o, "in") };
	advice_span(o, &out->from, &out->to);
	json_array_foreach(json_object_get(o, "candidates"), i, v) {
		struct place_choice *to = &out->candidate[out->candidates];

		if (out->candidates == PLACE_CANDIDATES)
			return;
		*to = (struct place_choice){ advice_text(a, v, "code"), advice_text(a, v, "name") };
		out->candidates += *to->code != '\0';
	}
}

void advice_read(struct arena *a, const json_t *o, struct advice *out)
{
	const json_t *id = json_object_get(o, "id");
	char digits[24];
	size_t i;
	json_t *u;

	*out = (struct advice){ .id = advice_text(a, o, "id"), .model = advice_text(a, o, "model"),
		.novel = json_is_true(json_object_get(o, "novel")) };
	if (json_is_integer(id)) {
		snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(id));
		out->id = keep(a, digits, strlen(digits));
	}
	advice_read_place(a, json_object_get(o, "place"), &out->place);
	json_array_foreach(json_object_get(o, "units"), i, u)
		if (out->n < CASE_UNITS)
			read_unit(a, u, &out->unit[out->n++]);
}

/* --- drawing ------------------------------------------------------------------------------------------------------ */

const char *advice_kind(const char *kind)
{
	return strcmp(kind, "place") == 0 ? _("place") : strcmp(kind, "picked") == 0 ? _("picked by the citizen") :
	    strcmp(kind, "case") == 0 ? _("like") : strcmp(kind, "returned") == 0 ? _("returned before") :
	    strcmp(kind, "item") == 0 ? _("item") : "";
}

int advice_rows(const struct advice *a)
{
	return (a->n > 0 ? a->n : 1) + a->novel;
}

int advice_unit(const struct console *c, const struct case_unit *u, int i, struct grid *g, struct rect area, bool strong)
{
	int wide = area.cols >= WIDE ? 24 : area.cols >= 70 ? 20 : area.cols >= 50 ? 16 : 12, bar = area.cols >= WIDE ? WIDE_BAR_CELLS : BAR_CELLS, col;
	const char *name = *u->name ? u->name : units_name(c->units, u->code);
	char percent[8];

	if (area.rows < 1 || area.cols < 2 + wide + 1 + bar + 4)
		return area.cols;
	grid_printf(g, area.row, area.col, 1, ST_KEY, "%d", i + 1);
	col = area.col + 2;
	/* The short name where the whole one would be cut. */
	if (width_text(name, strlen(name)) > wide)
		name = units_short(c->units, u->code);
	grid_field(g, area.row, col, wide, strong ? ST_STRONG : ST_TEXT, name);
	col += wide + 1;
	meter_bar(g, area.row, col, bar, u->p);
	col += bar;
	meter_percent(u->p, percent);
	grid_puts(g, area.row, col, 4, strong ? ST_STRONG : ST_TEXT, percent);
	return col + 4 - area.col;
}

bool advice_said_before(const struct case_unit *u, int r)
{
	for (int i = 0; i < r; i++)
		if (strcmp(u->reason[i].kind, u->reason[r].kind) == 0 && strcmp(u->reason[i].text, u->reason[r].text) == 0)
			return true;
	return false;
}

static int write_at(struct grid *g, struct rect area, int col, style_t style, const char *s)
{
	return col < area.cols ? col + grid_puts(g, area.row, area.col + col, area.cols - col, style, s) : col;
}

/* Item first, then what speaks for or against: as many words as there is room. */
static void short_reasons(const struct case_unit *u, struct grid *g, struct rect area, int col)
{
	if (*u->item_name) {
		col = write_at(g, area, col, ST_LABEL, _("item ")) ;
		col = write_at(g, area, col, ST_TEXT, u->item_name) + 1;
	}
	for (int r = 0; r < u->reasons; r++) {
		const struct case_reason *why = &u->reason[r];
		bool word = strcmp(why->kind, "word") == 0;

		if (strcmp(why->kind, "case") == 0 || (strcmp(why->kind, "item") == 0 && *u->item_name) || advice_said_before(u, r))
			continue;
		if (!word)
			col = write_at(g, area, col, ST_LABEL, advice_kind(why->kind)) + 1;
		col = write_at(g, area, col, strcmp(why->kind, "returned") == 0 ? ST_WARN : ST_INFO, why->text) + 1;
	}
}

int advice_draw(const struct console *c, const struct advice *a, struct grid *g, struct rect area, int on)
{
	int row = 0;

	if (a->novel && row < area.rows)
		grid_puts(g, area.row + row++, area.col, area.cols, ST_WARN, _("unlike anything known: read it twice"));
	if (a->n == 0 && row < area.rows)
		grid_puts(g, area.row + row++, area.col, area.cols, ST_DIM, _("no recommendation: o chooses a unit"));
	for (int i = 0; i < a->n && row < area.rows; i++, row++) {
		struct rect line = { area.row + row, area.col, 1, area.cols };
		int col = advice_unit(c, &a->unit[i], i, g, line, on < 0 ? i == 0 : i == on);

		short_reasons(&a->unit[i], g, line, col + 2);
	}
	return row;
}
