/*
 * Two cases side by side, to see whether they are one: how alike the machine finds them and why, what agrees (place, time, caller, duty item),
 * and the words that both texts have, marked. [ and ] walk through the candidates, m merges the first into the second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/utf8.h"
#include "tui/act.h"
#include "tui/case_pane.h"
#include "tui/common.h"
#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/views.h"

enum { CANDIDATES_MAX = 9, TITLE_POINTS = 40 };

struct compare {
	case_no left, right[CANDIDATES_MAX];
	int n, at;
	struct case_pane pane[2];
	struct wrap_mark mark[2][COMMON_MAX];
	case_no marked_no[2];     /* of which cases, in which versions, the marks are */
	int marked_version[2];
};

static void *compare_open(struct console *c, const void *args)
{
	struct compare *v = calloc(1, sizeof *v);
	const struct casefile *f;

	if (!v)
		return NULL;
	v->left = *(const case_no *)args;
	f = console_case(c, v->left);
	for (int i = 0; f && i < f->repeats && v->n < CANDIDATES_MAX; i++)
		v->right[v->n++] = f->repeat[i].no;
	return v;
}

static void compare_close(struct console *c, void *state)
{
	(void)c;
	free(state);
}

static case_no compare_subject(const struct console *c, const void *state)
{
	(void)c;
	return ((const struct compare *)state)->left;
}

static case_no compare_wants(const struct console *c, const void *state, int i)
{
	const struct compare *v = state;

	(void)c;
	return i == 0 ? v->left : i == 1 && v->n > 0 ? v->right[v->at] : 0;
}

static void merge_shown(struct console *c, struct compare *v)
{
	struct deed *d = deed_new(c, ACTION_MERGE);
	char no[16], plain[14];

	if (!d)
		return;
	number_show(v->right[v->at], no);
	number_plain(v->right[v->at], plain);
	deed_put(d, ARG_INTO, plain);
	snprintf(d->whom, sizeof d->whom, "%s", no);
	act_go(c, d);
}

static bool compare_key(struct console *c, void *state, const struct key *k)
{
	struct compare *v = state;

	if (k->code == 'm' && v->n > 0)
		merge_shown(c, v);
	else if ((k->code == ']' || k->code == KEYMAP_RIGHT || k->code == '\t') && v->at + 1 < v->n)
		v->at++;
	else if ((k->code == '[' || k->code == KEYMAP_LEFT) && v->at > 0)
		v->at--;
	else
		return k->code == ']' || k->code == '[' || k->code == '\t' || k->code == KEYMAP_RIGHT;
	return true;
}

static bool compare_command(struct console *c, void *state, enum command id)
{
	struct compare *v = state;
	int by = id == COMMAND_UP ? -1 : id == COMMAND_DOWN ? 1 : id == COMMAND_PAGE_UP ? -8 : id == COMMAND_PAGE_DOWN ? 8 : 0;

	(void)c;
	if (by == 0)
		return false;
	text_pane_scroll(&v->pane[0].text, by);
	text_pane_scroll(&v->pane[1].text, by);
	return true;
}

/* The words that both have, found once and again when one of the two has changed. */
static void find_common(struct compare *v, const struct casefile *a, const struct casefile *b)
{
	if (v->marked_no[0] == a->no && v->marked_no[1] == b->no && v->marked_version[0] == a->version && v->marked_version[1] == b->version)
		return;
	v->pane[0].nmarks = common_words(a->text, b->text, v->mark[0]);
	v->pane[1].nmarks = common_words(b->text, a->text, v->mark[1]);
	v->pane[0].marks = v->mark[0];
	v->pane[1].marks = v->mark[1];
	v->marked_no[0] = a->no;
	v->marked_no[1] = b->no;
	v->marked_version[0] = a->version;
	v->marked_version[1] = b->version;
}

/* One thing that both have, or in which they differ: ✓ or ✗ stands before it. */
static int fact(struct grid *g, struct rect area, int col, bool same, const char *label, const char *text)
{
	int end = area.col + area.cols;

	if (col >= end)
		return col;
	col += grid_puts(g, area.row, col, end - col, same ? ST_GOOD : ST_DIM, same ? "✓ " : "✗ ");
	col += grid_puts(g, area.row, col, end - col, ST_LABEL, label) + 1;
	return col + grid_puts(g, area.row, col, end - col, same ? ST_TEXT : ST_DIM, text) + 2;
}

static void apart(usec_t a, usec_t b, char *out, size_t size)
{
	long minutes = (long)((a > b ? a - b : b - a) / USEC_S / 60);

	if (minutes < 120)
		snprintf(out, size, _("%ld min apart"), minutes);
	else if (minutes < 48 * 60)
		snprintf(out, size, _("%ld h apart"), minutes / 60);
	else
		snprintf(out, size, _("%ld days apart"), minutes / 1440);
}

static const char *first_item(const struct casefile *f)
{
	return *f->item ? f->item : f->rec.n > 0 ? f->rec.unit[0].item : "";
}

/* How alike, and what agrees. Masked telephone numbers that look the same are most likely one caller's. */
static void draw_facts(const struct compare *v, const struct casefile *a, const struct casefile *b, struct grid *g, struct rect area)
{
	const struct case_repeat *r = NULL;
	char text[160];
	int col = area.col, end = area.col + area.cols;
	bool caller;

	for (int i = 0; i < a->repeats && !r; i++)
		if (a->repeat[i].no == v->right[v->at])
			r = &a->repeat[i];
	if (r) {
		snprintf(text, sizeof text, _("%d%% alike"), (int)(r->score * 100 + 0.5));
		col += grid_puts(g, area.row, col, end - col, ST_STRONG, text) + 1;
		if (*r->reason)
			grid_puts(g, area.row, col, end - col, ST_TEXT, r->reason);
	}
	if (!b)
		return;
	area.row++;
	col = area.col;
	col = fact(g, area, col, *a->place && strcmp(a->place, b->place) == 0, _("place"), *b->place_name ? b->place_name : _("unknown"));
	apart(a->received_at, b->received_at, text, sizeof text);
	col = fact(g, area, col, llabs(a->received_at - b->received_at) < 48 * INT64_C(3600) * USEC_S, _("time"), text);
	if (*a->citizen.phone && *b->citizen.phone) {
		caller = strcmp(a->citizen.phone, b->citizen.phone) == 0;
		col = fact(g, area, col, caller, _("who called"), caller ? b->citizen.phone : _("another"));
	}
	if (*first_item(a) && *first_item(b))
		fact(g, area, col, strcmp(first_item(a), first_item(b)) == 0, _("item"), *b->item_name ? b->item_name :
		    b->rec.n > 0 ? b->rec.unit[0].item_name : first_item(b));
}

static void compare_render(const struct console *c, void *state, struct grid *g, struct rect area, usec_t now)
{
	struct compare *v = state;
	const struct casefile *f = console_case(c, v->left), *other = v->n > 0 ? console_case(c, v->right[v->at]) : NULL;
	bool beside = area.cols >= 100;
	struct rect a, b;
	char text[120], no[16];

	if (f && other)
		find_common(v, f, other);
	else
		v->pane[0].marks = v->pane[1].marks = NULL;
	if (f)
		draw_facts(v, f, other, g, (struct rect){ area.row, 1, 1, area.cols - 2 });
	area.row += 2;
	area.rows -= 2;
	a = b = area;

	if (beside) {
		a.cols = area.cols / 2 - 1;
		b.col = area.cols / 2 + 1;
		b.cols = area.cols - b.col;
		grid_vline(g, area.row, area.cols / 2, area.rows, ST_RULE);
	} else {
		a.rows = area.rows / 2;
		b.row = area.row + a.rows;
		b.rows = area.rows - a.rows;
	}
	number_show(v->left, no);
	grid_hline(g, a.row, a.col, a.cols, ST_RULE);
	grid_printf(g, a.row, a.col + 2, a.cols - 4, ST_STRONG, _(" this case %s "), no);
	grid_hline(g, b.row, b.col, b.cols, ST_RULE);
	if (v->n > 0) {
		number_show(v->right[v->at], no);
		snprintf(text, sizeof text, _(" candidate %d/%d: %s "), v->at + 1, v->n, no);
	} else {
		snprintf(text, sizeof text, "%s", _(" no similar case is known "));
	}
	grid_puts(g, b.row, b.col + 2, b.cols - 4, ST_STRONG, text);
	case_pane_render(c, &v->pane[0], v->left, g, (struct rect){ a.row + 1, a.col + 1, a.rows - 1, a.cols - 2 }, PANE_ALONE, now);
	if (v->n > 0)
		case_pane_render(c, &v->pane[1], v->right[v->at], g, (struct rect){ b.row + 1, b.col + 1, b.rows - 1, b.cols - 2 },
		    PANE_OTHER, now);
}

static const struct view_key compare_keys[] = {
	{ "m", N_("merge the first into the second") }, { "[ ]", N_("other candidate") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_compare = {
	.name = "compare", .title = N_("side by side"), .place = KEYMAP_CASE, .decides = true, .keys = compare_keys,
	.open = compare_open, .key = compare_key, .command = compare_command, .render = compare_render,
	.subject = compare_subject, .wants = compare_wants, .close = compare_close,
};

void view_compare_start(struct console *c, case_no no)
{
	const struct casefile *f = console_case(c, no);

	if (!f || f->repeats == 0) {
		console_say(c, ST_INFO, "%s", f ? _("no similar case is known") : _("the case is still being read"));
		return;
	}
	console_open(c, &view_compare, &no);
}

/* --- choosing the primary of a merge ------------------------------------------------------------------------------ */

/* The primary is one of the marked cases: the others go into it. */
static void leave_out(struct deed *d, case_no no)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n; i++)
		if (d->no[i] != no) {
			d->no[kept] = d->no[i];
			d->version[kept++] = d->version[i];
		}
	d->n = kept;
}

static void got_primary(struct console *c, void *ctx, const char *value)
{
	struct deed *d = ctx;
	const struct summary *s;
	const char *title;
	case_no no;
	char plain[14], shown[16];

	if (!value) {
		deed_free(d);
		return;
	}
	if (strcmp(value, "=") == 0) {
		view_compare_start(c, d->no[0]);
		deed_free(d);
		return;
	}
	if (!number_parse(value, strlen(value), &no)) {
		console_say(c, ST_BAD, _("“%.40s” is no case number: a digit is wrong or missing"), value);
		deed_free(d);
		return;
	}
	leave_out(d, no);
	if (d->n == 0) {
		console_say(c, ST_WARN, "%s", _("a case cannot be merged into itself"));
		deed_free(d);
		return;
	}
	number_plain(no, plain);
	number_show(no, shown);
	deed_put(d, ARG_INTO, plain);
	s = queue_find(c->queue, no);
	title = s ? s->title : "";
	snprintf(d->whom, sizeof d->whom, "%s  %.*s", shown, (int)utf8_offset(title, strlen(title), TITLE_POINTS), title);
	act_go(c, d);
}

void merge_start(struct console *c, struct deed *d)
{
	const struct casefile *f = console_case(c, d->n > 0 ? d->no[0] : 0);
	struct dialog_item item[CANDIDATES_MAX + 1];
	char title[160];
	int n = 0;

	/* Several are marked: one of them is likely the one that stays. */
	for (size_t i = 0; d->n > 1 && i < d->n && n < CANDIDATES_MAX - 1; i++) {
		const struct summary *s = queue_find(c->queue, d->no[i]);
		char no[16];

		number_show(d->no[i], no);
		snprintf(item[n].text, sizeof item[n].text, "%s  %.120s", no, s ? s->title : "");
		number_plain(d->no[i], item[n++].value);
	}
	for (int i = 0; d->n == 1 && f && i < f->repeats && n < CANDIDATES_MAX - 2; i++) {
		char no[16];

		number_show(f->repeat[i].no, no);
		snprintf(item[n].text, sizeof item[n].text, "%s %3d%% %s  %.90s", no, (int)(f->repeat[i].score * 100 + 0.5),
		    f->repeat[i].reason, f->repeat[i].title);
		number_plain(f->repeat[i].no, item[n].value);
		n++;
	}
	if (d->n == 1 && n > 0) {
		snprintf(item[n].text, sizeof item[n].text, "%s", _("look at them side by side first"));
		snprintf(item[n++].value, sizeof item->value, "=");
	}
	snprintf(item[n].text, sizeof item[n].text, "%s", _("another case: type its number"));
	snprintf(item[n++].value, sizeof item->value, "…");
	dialog_menu(c, deed_title(d, title), _("Merge into which case?"), item, n, got_primary, d);
}
