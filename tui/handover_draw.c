#include "tui/handover.h"

#include <stdio.h>
#include <string.h>

#include "core/base/width.h"
#include "tui/alarms.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/units.h"

enum { DETAIL_ROWS = 4, WIDE_COLS = 140 };

static const struct { const char *kind, *words; enum style style; } kinds[] = {
	{ "danger", N_("danger"), ST_URGENT }, { "alarm", N_("alarm"), ST_URGENT }, { "late", N_("late"), ST_LATE }, { "urgent", N_("urgent"), ST_URGENT },
	{ "disputed", N_("disputed"), ST_WARN }, { "escalated", N_("sent up"), ST_WARN }, { "promise", N_("promised"), ST_WARN },
	{ "soon", N_("soon late"), ST_SOON }, { "instruction", N_("instruction"), ST_WARN }, { "asked", N_("unit asks"), ST_TEXT },
	{ "held", N_("held"), ST_TEXT }, { "dead", N_("undelivered"), ST_WARN }, { "paused", N_("paused"), ST_TEXT }, { "added", N_("by hand"), ST_INFO },
	{ "overdue", N_("past due"), ST_LATE }, { "open", N_("in all"), ST_TEXT },
};

static const char *kind_words(const char *kind, enum style *style)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].kind, kind) == 0) {
			*style = kinds[i].style;
			return _(kinds[i].words);
		}
	*style = ST_TEXT;
	return kind;
}

static void draw_head(const struct handover *v, const struct console *c, struct grid *g, struct rect area)
{
	const json_t *h = handover_shown(v);
	bool draft = handover_is(h, "state", "draft"), done = handover_is(h, "state", "done");
	int col = area.col + 1, n = handover_count(v), open = 0, queued = 0;
	char from[40], to[40], by[64], when[24];
	const json_t *item;
	size_t i;

	json_array_foreach(handover_items(v), i, item) {
		n -= handover_is(item, "kind", "open");
		open += handover_waits(item) && handover_is(item, "state", "open");
		queued += handover_is(item, "state", "queued");
	}
	col += grid_printf(g, area.row, col, area.cols - col, ST_STRONG, _("handover %s → %s"), paper_text(h, "from", from, sizeof from),
	    paper_text(h, "to", to, sizeof to)) + 2;
	if (draft)
		col += grid_printf(g, area.row, col, area.cols - col, ST_INFO, _("draft %lld by %s"), (long long)paper_int(h, "version"),
		    paper_text(h, "drafted_by", by, sizeof by)) + 2;
	else
		col += grid_printf(g, area.row, col, area.cols - col, done ? ST_GOOD : ST_WARN, done ? _("done, sent by %s at %s") : _("sent by %s at %s"),
		    paper_text(h, "sent_by", by, sizeof by), paper_when(h, "sent_at", when)) + 2;
	if (draft)
		grid_printf(g, area.row, col, area.cols - col, ST_TEXT, _("%d items"), n);
	else
		col += grid_printf(g, area.row, col, area.cols - col, open + queued > 0 ? ST_STRONG : ST_TEXT, _("%d of %d open"), open + queued, n) + 2;
	if (handover_is(h, "state", "sent") && open > 0) {
		usec_t due = paper_time(h, "due_at");
		int left = due > c->now ? (int)((due - c->now) / USEC_S) : 0;

		grid_printf(g, area.row, col, area.cols - col, left < 300 ? ST_LATE : ST_SOON, _("to be acknowledged in %d:%02d"), left / 60, left % 60);
	} else if (queued > 0) {
		grid_puts(g, area.row, col, area.cols - col, ST_LATE, _("overdue: it stands in the supervisor's queue"));
	}
}

/* What an item that is no case says of itself. */
static void say_item(const struct handover *v, const json_t *first, char *out, size_t size)
{
	long long n = paper_int(first, "n");
	const char *code = json_string_value(json_object_get(first, "code"));
	char words[ALARM_WORDS];

	if (n > 0 && handover_is(first, "kind", "open"))
		snprintf(out, size, _("%lld open, %lld of them with units"), n, (long long)paper_int(first, "units"));
	else if (n > 0)
		snprintf(out, size, _("and %lld more"), n);
	else if (code) {
		alarms_sentence(v->c, code, json_object_get(first, "args"), v->c->now, words);
		snprintf(out, size, "%s", words);
	} else
		paper_text(first, "who", out, size);
}

static void draw_item(const struct handover *v, const json_t *item, struct grid *g, struct rect line, bool on)
{
	static const struct { const char *state, *sign; enum style style; } signs[] = {
		{ "open", "□", ST_STRONG }, { "acknowledged", "✓", ST_GOOD }, { "taken", "→", ST_GOOD }, { "queued", "!", ST_BAD }, { "dropped", "✗", ST_DIM },
	};
	char kind[16], no[24] = "", text[700], remark[520];
	enum style style;
	const char *words;
	bool number = handover_is(item, "kind", "open"), dim = !number && !handover_waits(item) && !handover_is(handover_shown(v), "state", "draft");
	int col = line.col + 2;
	case_no of = paper_case(item, "id");

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (!number && handover_is(item, "state", signs[i].state))
			grid_puts(g, line.row, col, 2, signs[i].style, signs[i].sign);
	dim |= handover_is(item, "state", "dropped");
	paper_text(item, "kind", kind, sizeof kind);
	words = kind_words(kind, &style);
	grid_field(g, line.row, col + 2, 8, dim ? ST_DIM : style, words);
	if (of)
		number_show(of, no);
	grid_field(g, line.row, col + 11, 15, dim ? ST_DIM : ST_NUMBER, no);
	paper_text(item, "title", text, sizeof text / 2);
	paper_text(item, "text", remark, sizeof remark);
	if (!of)
		say_item(v, json_array_get(json_object_get(item, "reasons"), 0), text, sizeof text / 2);
	if (*remark)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", *text ? " · " : "", remark);
	grid_field(g, line.row, col + 27, line.cols - 28 - 2, dim ? ST_DIM : ST_TEXT, text);
	if (on) {
		grid_puts(g, line.row, line.col, 1, ST_KEY, "▸");
		grid_mark(g, line, STYLE_CURSOR);
	}
}

/* Everything about the item under the cursor. */
static void draw_detail(const struct handover *v, const struct console *c, struct grid *g, struct rect area)
{
	const json_t *item = handover_here(v), *r;
	int row = area.row, col = area.col + 1, end = area.row + area.rows;
	char text[640], who[96], when[24], by[64], kind[16], words[ALARM_WORDS];
	case_no of = paper_case(item, "id");
	enum style style;
	size_t i;

	if (!item || area.rows < 1)
		return;
	json_array_foreach(json_object_get(item, "reasons"), i, r) {
		snprintf(text, sizeof text, "%s", kind_words(paper_text(r, "kind", kind, sizeof kind), &style));
		if (*paper_when(r, "at", when))
			snprintf(text + strlen(text), sizeof text - strlen(text), " %s", when + 6);
		if (of && json_string_value(json_object_get(r, "code"))) { /* where there is no case the line itself says it */
			alarms_sentence(c, json_string_value(json_object_get(r, "code")), json_object_get(r, "args"), c->now, words);
			snprintf(text + strlen(text), sizeof text - strlen(text), " %s", words);
		}
		if (*paper_text(r, "who", who, sizeof who))
			snprintf(text + strlen(text), sizeof text - strlen(text), " %s", strcmp(kind, "instruction") == 0 ? units_short(c->units, who) : who);
		if (col + width_text(text, strlen(text)) >= area.col + area.cols) {
			row++;
			col = area.col + 1;
		}
		if (row < end)
			col += grid_puts(g, row, col, area.col + area.cols - col, style, text) + 3;
	}
	if (++row < end && *paper_text(item, "text", text, sizeof text)) {
		char all[760];

		snprintf(all, sizeof all, "%s: %s", paper_text(item, "text_by", by, sizeof by), text);
		grid_field(g, row, area.col + 1, area.cols - 2, ST_INFO, all);
	}
	row++;
	if (row < end && *paper_text(item, "dropped", text, sizeof text))
		grid_printf(g, row, area.col + 1, area.cols - 2, ST_DIM, _("dropped by %s: %s"), paper_text(item, "ended_by", by, sizeof by), text);
	else if (row < end && !handover_is(item, "kind", "open") && *paper_text(item, "ended_by", by, sizeof by))
		grid_printf(g, row, area.col + 1, area.cols - 2, ST_GOOD, handover_is(item, "state", "taken") ? _("taken by %s at %s") :
		    _("acknowledged by %s at %s"), by, paper_when(item, "ended_at", when) + (*when ? 6 : 0));
}

/* Who leafs through with a key held down has not read what was there for one frame: the time counts only as long as the item stays. */
static void look_at(struct handover *v, int64_t number, bool drawn, usec_t mono)
{
	usec_t *since = number > 0 && number < HANDOVER_ITEMS_MAX ? &v->seen[number] : NULL;

	if (since && drawn && *since == 0)
		*since = mono;
	else if (since && !drawn && *since != 0 && mono - *since < HANDOVER_SEEN_US)
		*since = 0;
}

void handover_draw(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct handover *v = state;
	const struct papers *p = &v->papers[PAPER_SHOWN];
	int n = handover_count(v), detail = area.rows >= 12 ? DETAIL_ROWS : 0, height = area.rows - 2 - detail;
	bool settled = !json_is_object(handover_shown(v));

	grid_hline(g, area.row + 1, 0, area.cols, ST_RULE);
	if (settled) {
		grid_puts(g, area.row, 1, area.cols - 2, ST_STRONG, _("handover"));
		grid_puts(g, area.row + 3, 4, area.cols - 8, p->error[0] ? ST_BAD : ST_DIM, p->error[0] ? p->error : p->asking && papers_count(p) == 0 ? _("reading …") :
		    _("no handover yet: the machine drafts one before the shift ends; . drafts it now"));
		return;
	}
	if (v->at >= n)
		v->at = n > 0 ? n - 1 : 0;
	if (v->seen_of != paper_int(handover_shown(v), "id")) {
		memset(v->seen, 0, sizeof v->seen);
		v->seen_of = paper_int(handover_shown(v), "id");
	}
	draw_head(v, c, g, area);
	if (n == 0)
		grid_puts(g, area.row + 3, 4, area.cols - 8, ST_DIM, _("nothing had to be handed over"));
	if (area.cols >= WIDE_COLS) {
		int left = area.cols * 11 / 20;

		grid_vline(g, area.row + 2, area.col + left, area.rows - 2, ST_RULE);
		if (paper_case(handover_here(v), "id"))
			case_pane_render(c, &v->pane, paper_case(handover_here(v), "id"), g,
			    (struct rect){ area.row + 2, area.col + left + 2, area.rows - 2, area.cols - left - 3 }, PANE_BESIDE, now);
		area.cols = left;
	}
	v->page = height > 1 ? height - 1 : 1;
	v->top = list_top(v->top, v->at, n, height);
	for (int i = 0; i < n; i++) {
		const json_t *item = json_array_get(handover_items(v), (size_t)i);
		bool drawn = i >= v->top && i < v->top + height;

		if (drawn)
			draw_item(v, item, g, (struct rect){ area.row + 2 + i - v->top, area.col, 1, area.cols }, i == v->at);
		look_at(v, paper_int(item, "n"), drawn && !c->locked, c->mono > 0 ? c->mono : 1);
	}
	if (detail) {
		grid_hline(g, area.row + area.rows - detail, area.col, area.cols, ST_RULE);
		draw_detail(v, c, g, (struct rect){ area.row + area.rows - detail + 1, area.col, detail - 1, area.cols });
	}
}
