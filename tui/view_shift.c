/*
 * Shifts: who is on, what each holds and has decided and how long he is idle; the roster of the week; swaps and leave to be decided; attendance.
 * Tab goes from one to the next; a wide screen has the week and what waits beside who is on all the time. A supervisor deals cases out, decides and corrects here;
 * everybody asks for swaps and leave for the turn under the cursor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/dialog.h"
#include "tui/i18n.h"
#include "tui/list.h"
#include "tui/shifts.h"
#include "tui/views.h"

enum { ANEW_US = 15 * 1000000, STATES_TO_CHOOSE = 6 };

static bool chief(const struct console *c)
{
	return c->who.role == ROLE_SUPERVISOR;
}

void shifts_date(usec_t t, int days, char out[16])
{
	int year, month, day;
	usec_t noon;

	clock_local(t, &year, &month, &day, NULL, NULL, NULL);
	if (clock_make(year, month, day + days, 12, 0, 0, &noon))
		clock_local(noon, &year, &month, &day, NULL, NULL, NULL);
	snprintf(out, 16, "%04d-%02d-%02d", year, month, day);
}

/* --- asking --------------------------------------------------------------------------------------------------------- */

static void ask(struct shifts *v)
{
	char from[16], to[16];

	v->asked = v->c->mono;
	papers_ask(&v->papers[PAPER_TURN], SQL_SHIFT_AT, (const char *[]){ NULL }, 1);
	papers_ask(&v->papers[PAPER_ON], SQL_SHIFT_ON, (const char *[]){ NULL }, 1);
	shifts_date(v->c->now, 0, from);
	shifts_date(v->c->now, WEEK_DAYS - 1, to);
	papers_ask(&v->papers[PAPER_WEEK], SQL_SHIFT_ROSTER, (const char *[]){ from, to, "false" }, 3);
	papers_ask(&v->papers[PAPER_SWAPS], SQL_SHIFT_SWAPS, (const char *[]){ "false" }, 1);
	papers_ask(&v->papers[PAPER_LEAVES], SQL_SHIFT_LEAVES, (const char *[]){ "false" }, 1);
	shifts_date(v->c->now, -v->back, from);
	papers_ask(&v->papers[PAPER_ATTENDANCE], SQL_ATTENDANCE_LIST, (const char *[]){ from, from, NULL }, 3);
}

static void *shift_open(struct console *c, const void *args)
{
	struct shifts *v;

	(void)args;
	if (c->who.role == ROLE_UNIT) {
		console_say(c, ST_WARN, "%s", _("this view is for the dispatch centre"));
		return NULL;
	}
	v = calloc(1, sizeof *v);
	if (!v)
		return NULL;
	v->c = c;
	v->dealt = true;
	for (int i = 0; i < PAPERS; i++)
		papers_init(&v->papers[i], c);
	papers_follow(&v->papers[PAPER_ON], (struct paper_cursor){ &v->at[SHIFTS_ON], NULL, NULL, { "account" } });
	papers_follow(&v->papers[PAPER_ATTENDANCE], (struct paper_cursor){ &v->at[SHIFTS_ATTENDANCE], NULL, NULL, { "day", "shift", "account" } });
	ask(v);
	return v;
}

static void shift_close(struct console *c, void *state)
{
	struct shifts *v = state;

	(void)c;
	for (int i = 0; i < PAPERS; i++)
		papers_free(&v->papers[i]);
	paper_about_set(&v->about, NULL, NULL);
	paper_about_set(&v->kept, NULL, NULL);
	free(v);
}

static struct shifts *mine(struct console *c)
{
	struct frame *top = console_top(c);

	return top && top->view == &view_shift ? top->state : NULL;
}

static void again(struct console *c, void *ctx)
{
	struct shifts *v = mine(c);

	(void)ctx;
	if (v)
		ask(v);
}

static case_no shift_subject(const struct console *c, const void *state)
{
	(void)c;
	(void)state;
	return 0; /* nothing here is a case: no action finds one through this view */
}

int shifts_count(const struct shifts *v, enum shifts_tab tab)
{
	switch (tab) {
	case SHIFTS_ON:         return (int)papers_count(&v->papers[PAPER_ON]);
	case SHIFTS_WEEK:       return SHIFTS_MAX;
	case SHIFTS_WAITING:    return (int)(papers_count(&v->papers[PAPER_SWAPS]) + papers_count(&v->papers[PAPER_LEAVES]));
	case SHIFTS_ATTENDANCE: return (int)papers_count(&v->papers[PAPER_ATTENDANCE]);
	default:             return 0;
	}
}

/* The swap or the leave of a line of what waits. */
const json_t *shifts_waiting(const struct shifts *v, int i, bool *is_swap)
{
	int swaps = (int)papers_count(&v->papers[PAPER_SWAPS]);

	*is_swap = i < swaps;
	return *is_swap ? papers_at(&v->papers[PAPER_SWAPS], (size_t)i) : papers_at(&v->papers[PAPER_LEAVES], (size_t)(i - swaps));
}

/* What waits comes in two readings, which stand in one list: the cursor is put back on the line it was on. */
static void keep_waiting(struct shifts *v)
{
	bool is_swap, was_swap = json_object_get(v->kept.row, "other") != NULL;
	const json_t *row = shifts_waiting(v, v->at[SHIFTS_WAITING], &is_swap);
	int n = shifts_count(v, SHIFTS_WAITING);

	if (v->kept.row && row != v->kept.row) {
		for (int i = 0; i < n; i++) {
			row = shifts_waiting(v, i, &is_swap);
			if (is_swap == was_swap && paper_int(row, "id") == paper_int(v->kept.row, "id")) {
				v->at[SHIFTS_WAITING] = i;
				paper_about_set(&v->kept, NULL, row);
				return;
			}
		}
		v->papers[PAPER_SWAPS].lost = v->c->mono;
		if (v->at[SHIFTS_WAITING] >= n)
			v->at[SHIFTS_WAITING] = n > 0 ? n - 1 : 0;
	}
	paper_about_set(&v->kept, NULL, shifts_waiting(v, v->at[SHIFTS_WAITING], &is_swap));
}

/* --- the week as a table: shifts by days ---------------------------------------------------------------------------- */

void shifts_week(const struct shifts *v, struct week *w)
{
	const json_t *t;

	memset(w, 0, sizeof *w);
	for (int d = 0; d < WEEK_DAYS; d++)
		shifts_date(v->c->now, d, w->day[d]);
	for (size_t i = 0; (t = papers_at(&v->papers[PAPER_WEEK], i)); i++) {
		char code[33], day[16];
		int s = 0, d = 0;

		paper_text(t, "shift", code, sizeof code);
		paper_text(t, "day", day, sizeof day);
		while (s < w->shifts && strcmp(w->shift[s], code) != 0)
			s++;
		while (d < WEEK_DAYS && strcmp(w->day[d], day) != 0)
			d++;
		if (s == SHIFTS_MAX || d == WEEK_DAYS)
			continue;
		if (s == w->shifts)
			snprintf(w->shift[w->shifts++], sizeof w->shift[0], "%s", code);
		w->turn[s][d] = t;
	}
}

const json_t *shifts_turn(const struct shifts *v)
{
	struct week w;

	shifts_week(v, &w);
	return v->at[SHIFTS_WEEK] < w.shifts ? w.turn[v->at[SHIFTS_WEEK]][v->day] : NULL;
}

/* --- changing ------------------------------------------------------------------------------------------------------- */

/* Said also when the view has been left: it was done all the same. */
static void deal_told(struct console *c, const json_t *rows)
{
	const json_t *row;
	size_t i;
	int n = 0, cases = (int)json_array_size(rows);

	json_array_foreach((json_t *)rows, i, row)
		n += json_is_integer(json_object_get(row, "held"));
	if (n == cases)
		console_say(c, ST_GOOD, "%s", _("dealt out · u takes it back"));
	else
		console_say(c, n > 0 ? ST_WARN : ST_BAD, _("%d of %d dealt out: the others were taken meanwhile, or whoever should have them has gone or is full"), n, cases);
	again(c, NULL);
}

/* Exactly what was shown: these cases to these people, whatever has become more pressing while the question stood. */
static void deal_confirmed(struct console *c, void *ctx, const char *value)
{
	struct shifts *v = mine(c);
	struct buf ids = { 0 }, accounts = { 0 };
	const json_t *row;
	int n = 0;

	(void)ctx;
	if (!v || !value || strcmp(value, "yes") != 0)
		return;
	for (size_t i = 0; (row = papers_at(&v->papers[PAPER_DEAL], i)); i++) {
		const char *account = json_string_value(json_object_get(row, "account"));

		if (!paper_case(row, "id") || !account || strpbrk(account, "\"\\"))
			continue;
		buf_printf(&ids, "%c%lld", n ? ',' : '{', (long long)paper_case(row, "id"));
		buf_printf(&accounts, "%c\"%s\"", n++ ? ',' : '{', account);
	}
	buf_puts(&ids, n ? "}" : "{}");
	buf_puts(&accounts, n ? "}" : "{}");
	paper_send_told(c, SQL_SHIFT_DEAL, (const char *[]){ NULL, "false", buf_text(&ids), buf_text(&accounts) }, 4, deal_told);
	buf_free(&ids);
	buf_free(&accounts);
}

static void deal_asked(struct console *c, void *ctx, const char *value)
{
	struct shifts *v = mine(c);

	(void)ctx;
	if (!v || !value)
		return;
	snprintf(v->count, sizeof v->count, "%.6s", value);
	v->dealt = false;
	papers_ask(&v->papers[PAPER_DEAL], SQL_SHIFT_DEAL, (const char *[]){ v->count, "true", NULL, NULL }, 4);
}

/* Who would get how many, and then yes or no. */
static void deal_show(struct console *c, struct shifts *v)
{
	const struct papers *p = &v->papers[PAPER_DEAL];
	struct { char who[64]; int n; } tally[32];
	int n = 0, cases = 0;
	char note[300] = "", who[64], yes[80];
	const json_t *row;

	v->dealt = true;
	if (p->error[0]) {
		console_say(c, ST_BAD, "✗ %s", p->error);
		return;
	}
	for (size_t i = 0; (row = papers_at(p, i)); i++) {
		int k = 0;

		if (!paper_case(row, "id"))
			continue;
		cases++;
		paper_text(row, "person", who, sizeof who);
		while (k < n && strcmp(tally[k].who, who) != 0)
			k++;
		if (k == n && n < 32) {
			snprintf(tally[n].who, sizeof tally[n].who, "%s", who);
			tally[n++].n = 0;
		}
		if (k < n)
			tally[k].n++;
	}
	if (cases == 0) {
		console_say(c, ST_INFO, "%s", papers_count(p) > 0 ? _("everybody who is on has his hands full") : _("no free case is waiting"));
		return;
	}
	for (int k = 0; k < n; k++) {
		size_t len = strlen(note);

		snprintf(note + len, sizeof note - len, "%s%.63s %d", k ? " · " : "", tally[k].who, tally[k].n);
	}
	snprintf(yes, sizeof yes, _("deal these %d cases out"), cases);
	dialog_yes(c, _("deal cases out to those who are on"), note, yes, _("not yet"), deal_confirmed, NULL);
}

/* "lisi", or "lisi 2026-11-24 3": who takes the turn, and what is taken for it. */
static void swap_asked(struct console *c, void *ctx, const char *value)
{
	struct shifts *v = mine(c);
	const json_t *turn = v ? v->about.row : NULL;
	char day[16], shift[33], other[49] = "", other_day[16] = "", other_shift[33] = "";

	(void)ctx;
	if (!turn || !value)
		return;
	if (sscanf(value, "%48s %15s %32s", other, other_day, other_shift) == 2) {
		console_say(c, ST_WARN, "%s", _("say the day and the shift, or neither"));
		return;
	}
	paper_text(turn, "day", day, sizeof day);
	paper_text(turn, "shift", shift, sizeof shift);
	paper_send(c, SQL_SHIFT_SWAP_ASK, (const char *[]){ NULL, day, shift, other, *other_day ? other_day : NULL, *other_shift ? other_shift : NULL, NULL }, 7,
	    _("asked: it stands among swaps until it is agreed and approved"), again, NULL);
}

static void leave_asked(struct console *c, void *ctx, const char *value)
{
	struct shifts *v = mine(c);
	const json_t *turn = v ? v->about.row : NULL;

	(void)ctx;
	if (turn && value)
		paper_send(c, SQL_SHIFT_LEAVE_ASK, (const char *[]){ NULL, json_string_value(json_object_get(turn, "start_at")),
		    json_string_value(json_object_get(turn, "end_at")), value, NULL }, 5, _("asked: it stands among leave until it is approved"), again, NULL);
}

static const struct { const char *value, *words; } leave_kinds[] = {
	{ "leave", N_("leave") }, { "sick", N_("sick leave") }, { "training", N_("training") }, { "duty", N_("away on duty") },
}, states[] = {
	{ "present", N_("present") }, { "late", N_("came late") }, { "early", N_("left early") }, { "absent", N_("absent") }, { "leave", N_("leave") },
	{ "", N_("as derived") }, { "expected", N_("expected") }, { "extra", N_("not rostered") },
};
const char *shifts_words(const char *value)
{
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (*value && strcmp(states[i].value, value) == 0)
			return _(states[i].words);
	for (size_t i = 0; i < sizeof leave_kinds / sizeof *leave_kinds; i++)
		if (strcmp(leave_kinds[i].value, value) == 0)
			return _(leave_kinds[i].words);
	return value;
}

static void noted(struct console *c, void *ctx, const char *value)
{
	struct shifts *v = mine(c);
	const json_t *row = v ? v->about.row : NULL;
	char day[16], shift[33], account[64];

	(void)ctx;
	if (row && value)
		paper_send(c, SQL_ATTENDANCE_CORRECT, (const char *[]){ paper_text(row, "day", day, sizeof day), paper_text(row, "shift", shift, sizeof shift),
		    paper_text(row, "account", account, sizeof account), *v->state ? v->state : NULL, value }, 5, _("corrected, on the record"), again, NULL);
}

static void state_chosen(struct console *c, void *ctx, const char *value)
{
	struct shifts *v = mine(c);

	(void)ctx;
	if (!v || !value)
		return;
	snprintf(v->state, sizeof v->state, "%s", value);
	dialog_prompt(c, &(struct dialog_prompt){ .title = _("why is it corrected?"), .may_be_empty = !*value }, noted, NULL);
}

static void decide(struct console *c, struct shifts *v, bool yes)
{
	bool is_swap;
	const json_t *row;
	char id[24], other[64], account[64];
	const char *what;

	keep_waiting(v);
	row = shifts_waiting(v, v->at[SHIFTS_WAITING], &is_swap);
	if (!row || !papers_sure(&v->papers[PAPER_SWAPS]))
		return;
	snprintf(id, sizeof id, "%lld", (long long)paper_int(row, "id"));
	paper_text(row, "other", other, sizeof other);
	paper_text(row, "account", account, sizeof account);
	if (is_swap && strcmp(other, c->who.account) == 0)
		what = yes ? "agree" : "decline";
	else if (strcmp(account, c->who.account) == 0)
		what = yes ? "approve" : "withdraw";
	else
		what = yes ? "approve" : "refuse";
	paper_send(c, is_swap ? SQL_SHIFT_SWAP : SQL_SHIFT_LEAVE, (const char *[]){ id, what, NULL }, 3, _("decided, on the record"), again, NULL);
}

/* --- keys ----------------------------------------------------------------------------------------------------------- */

static void ask_kind(struct console *c)
{
	struct dialog_item item[4];

	for (int i = 0; i < 4; i++) {
		snprintf(item[i].text, sizeof item[i].text, "%s", _(leave_kinds[i].words));
		snprintf(item[i].value, sizeof item[i].value, "%s", leave_kinds[i].value);
	}
	dialog_menu(c, _("leave for this turn"), NULL, item, 4, leave_asked, NULL);
}

static void ask_state(struct console *c, struct shifts *v)
{
	const json_t *row = papers_at(&v->papers[PAPER_ATTENDANCE], (size_t)v->at[SHIFTS_ATTENDANCE]);
	struct dialog_item item[STATES_TO_CHOOSE];
	char person[64];

	if (!row)
		return;
	paper_about_set(&v->about, NULL, row);
	for (int i = 0; i < STATES_TO_CHOOSE; i++) {
		snprintf(item[i].text, sizeof item[i].text, "%s", _(states[i].words));
		snprintf(item[i].value, sizeof item[i].value, "%s", states[i].value);
	}
	dialog_menu(c, _("attendance as it was"), paper_text(row, "person", person, sizeof person), item, STATES_TO_CHOOSE, state_chosen, NULL);
}

static bool own_key(struct console *c, struct shifts *v, uint32_t code)
{
	if (code == '.' && chief(c)) {
		dialog_prompt(c, &(struct dialog_prompt){ .title = _("deal cases out to those who are on"), .note = _("how many? the most pressing free ones"),
		    .initial = "20" }, deal_asked, NULL);
		return true;
	}
	if (v->tab == SHIFTS_WEEK && (code == '+' || code == '-')) /* the turn itself: at midnight its column is another day's */
		paper_about_set(&v->about, NULL, shifts_turn(v));
	if (v->tab == SHIFTS_WEEK && code == '+' && shifts_turn(v)) {
		dialog_prompt(c, &(struct dialog_prompt){ .title = _("who takes this turn?"), .note = _("account; then, if you take one for it: day and shift") },
		    swap_asked, NULL);
		return true;
	}
	if (v->tab == SHIFTS_WEEK && code == '-' && shifts_turn(v)) {
		ask_kind(c);
		return true;
	}
	if (v->tab == SHIFTS_WAITING && (code == '+' || code == '-')) {
		decide(c, v, code == '+');
		return true;
	}
	if (v->tab == SHIFTS_ATTENDANCE && code == ';' && chief(c)) {
		ask_state(c, v);
		return true;
	}
	if (v->tab == SHIFTS_ATTENDANCE && (code == '[' || code == ']')) {
		v->back += code == '[' ? 1 : v->back > 0 ? -1 : 0;
		v->at[SHIFTS_ATTENDANCE] = 0;
		ask(v);
		return true;
	}
	return false;
}

static bool shift_key(struct console *c, void *state, const struct key *k)
{
	struct shifts *v = state;

	if (k->code == '\t' || k->code == KEYMAP_BACK_TAB) {
		v->tab = (enum shifts_tab)((v->tab + (k->code == '\t' ? 1 : SHIFTS_TABS - 1)) % SHIFTS_TABS);
		return true;
	}
	if (v->tab == SHIFTS_WEEK && (k->code == KEYMAP_LEFT || k->code == KEYMAP_RIGHT || k->code == 'h' || k->code == 'l')) {
		bool left = k->code == KEYMAP_LEFT || k->code == 'h';

		v->day += left ? (v->day > 0 ? -1 : 0) : v->day < WEEK_DAYS - 1;
		return true;
	}
	return own_key(c, v, k->code);
}

static bool shift_command(struct console *c, void *state, enum command id)
{
	struct shifts *v = state;
	uint32_t code = list_command(id);
	struct week w;

	(void)c;
	if (!code)
		return false;
	shifts_week(v, &w);
	keep_waiting(v);
	list_key(&v->at[v->tab], v->tab == SHIFTS_WEEK ? w.shifts : shifts_count(v, v->tab), v->page > 0 ? v->page : 10, code);
	paper_about_set(&v->kept, NULL, NULL); /* the line it is on now */
	keep_waiting(v);
	return true;
}

static bool shift_work(struct console *c, void *state)
{
	struct shifts *v = state;

	keep_waiting(v);
	if (!v->dealt && !v->papers[PAPER_DEAL].asking && mine(c) == v)
		deal_show(c, v);
	/* Not while a question stands over the list. */
	if (console_top(c)->state == state && c->mono - v->asked >= ANEW_US && !v->papers[PAPER_ON].asking && c->db == LINK_UP && !c->locked)
		ask(v);
	return false;
}

static const struct view_key shift_keys[] = {
	{ "Tab", N_("next list") }, { ".", N_("deal cases out") }, { "+", N_("swap, or agree") }, { "-", N_("leave, or refuse") }, { ";", N_("correct") },
	{ "[ ]", N_("days") }, { "Esc", N_("back") }, { NULL, NULL }
};
const struct view view_shift = {
	.name = "shift", .title = N_("who is on"), .place = KEYMAP_LIST, .keys = shift_keys, .calm = true,
	.open = shift_open, .key = shift_key, .command = shift_command, .render = shifts_draw, .subject = shift_subject, .work = shift_work, .close = shift_close,
};
