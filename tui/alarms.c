#include "tui/alarms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/appeal/due.h"
#include "core/base/clean.h"
#include "tui/console.h"
#include "tui/i18n.h"
#include "tui/listing.h"
#include "tui/units.h"

enum { KEPT_MAX = 1000, ACK_MAX = 1000 };

struct alarm_list {
	struct alarm_row *row; /* owned; in the list's order */
	size_t n, cap;
	struct listing fresh;  /* of struct alarm_row: what is being read */
	size_t asked;          /* acknowledgements sent and not answered */
};

struct alarm_list *alarms_new(void)
{
	struct alarm_list *l = calloc(1, sizeof *l);

	if (l)
		listing_init(&l->fresh, sizeof(struct alarm_row), NULL);
	return l;
}

void alarms_free(struct alarm_list *l)
{
	if (!l)
		return;
	listing_free(&l->fresh);
	free(l->row);
	free(l);
}

size_t alarms_count(const struct alarm_list *l)
{
	return l->n;
}

const struct alarm_row *alarms_at(const struct alarm_list *l, size_t i)
{
	return i < l->n ? &l->row[i] : NULL;
}

/* --- order ---------------------------------------------------------------------------------------------------------- */

static int in_order(const void *a, const void *b)
{
	const struct alarm_row *x = a, *y = b;

	if ((x->acked != 0) != (y->acked != 0))
		return x->acked != 0 ? 1 : -1;
	if (x->acked == 0 && (x->level == ALARM_DANGER) != (y->level == ALARM_DANGER))
		return x->level == ALARM_DANGER ? -1 : 1;
	if (x->at != y->at)
		return x->at > y->at ? -1 : 1;
	return x->id < y->id ? 1 : x->id > y->id ? -1 : 0;
}

static void sort(struct alarm_list *l)
{
	if (l->n > 1)
		qsort(l->row, l->n, sizeof *l->row, in_order);
	if (l->n > KEPT_MAX)
		l->n = KEPT_MAX;
}

static struct alarm_row *find(struct alarm_list *l, int64_t id)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->row[i].id == id)
			return &l->row[i];
	return NULL;
}

static struct alarm_row *add(struct alarm_list *l)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 32;
		struct alarm_row *row = realloc(l->row, cap * sizeof *row);

		if (!row)
			return NULL;
		l->row = row;
		l->cap = cap;
	}
	memset(&l->row[l->n], 0, sizeof *l->row);
	return &l->row[l->n++];
}

/* --- reading one ------------------------------------------------------------------------------------------------------- */

static enum alarm_level level_of(const char *s)
{
	return strcmp(s, "danger") == 0 ? ALARM_DANGER : strcmp(s, "alarm") == 0 ? ALARM_ALARM : ALARM_NOTICE;
}

static const char *text(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return s ? s : "";
}

/* What the sentences name, whatever the code: see alarms_words. */
static void read_args(const struct console *c, struct alarm_row *r, const json_t *args)
{
	static const char *const names[] = { "matter", "place", "unit", "target", "desk" }, *const numbers[] = { "n", "count", "redo", "items", "people", "late_s", "days" };
	char part[100];

	clean_into(r->clock, sizeof r->clock, text(args, "clock"));
	clean_into(r->what, sizeof r->what, text(args, "what"));
	r->due_at = clock_read(text(args, "due_at"));
	r->about[0] = '\0';
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *s = text(args, names[i]);

		if (!*s)
			continue;
		clean_into(part, sizeof part, strcmp(names[i], "unit") == 0 ? units_short(c->units, s) : s);
		size_t len = strlen(r->about);
		snprintf(r->about + len, sizeof r->about - len, "%s%s", len ? " · " : "", part);
	}
	clean_into(part, sizeof part, r->about); /* a character may have been cut in two */
	snprintf(r->about, sizeof r->about, "%s", part);
	r->n = 0;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && r->n == 0; i++)
		r->n = (int)json_integer_value(json_object_get(args, numbers[i]));
}

/* --- from PostgreSQL ------------------------------------------------------------------------------------------------------ */

static void row_read(void *who, int columns, const char *const *column)
{
	struct console *c = who;
	struct alarm_row *r = columns >= 14 ? listing_add(&c->alarm_list->fresh) : NULL;
	json_t *args;

	if (!r)
		return;
	r->id = atoll(column[0]);
	r->no = atoll(column[1]);
	clean_into(r->kind, sizeof r->kind, column[2]);
	r->level = level_of(column[3]);
	clean_into(r->code, sizeof r->code, column[4]);
	args = json_loads(column[5], 0, NULL);
	read_args(c, r, args);
	json_decref(args);
	r->at = clock_read(column[6]);
	r->count = atoi(column[7]);
	clean_into(r->by, sizeof r->by, column[8]);
	r->acked = clock_read(column[9]);
	clean_into(r->title, sizeof r->title, column[10]);
}

static void rows_read(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;
	struct alarm_list *l = c->alarm_list;

	(void)rows;
	if (!listing_end(&l->fresh, e == NULL))
		return;
	l->n = 0;
	for (size_t i = 0; i < l->fresh.n; i++) {
		struct alarm_row *r = add(l);
		if (r)
			*r = *(const struct alarm_row *)listing_at(&l->fresh, i);
	}
	sort(l);
	alarm_listed(c);
	c->dirty = true;
}

void alarms_load(struct console *c)
{
	if (listing_begin(&c->alarm_list->fresh))
		console_ask(c, SQL_ALARMS, NULL, 0, row_read, rows_read, c);
}

/* --- from the stream ------------------------------------------------------------------------------------------------------- */

/* The stream brings what the person may see; this is what he is told. A unit's desk hears for the units below it, too. */
static bool is_for(const struct console *c, const json_t *a)
{
	const char *role = text(a, "role"), *desk = text(a, "desk"), *account = text(a, "account");

	if (*account)
		return strcmp(account, c->who.account) == 0;
	switch (c->who.role) {
	case ROLE_DISPATCHER: return strcmp(role, "dispatcher") == 0 && (!*desk || strcmp(desk, c->who.desk) == 0);
	case ROLE_SUPERVISOR: return strcmp(role, "supervisor") == 0 && (!*desk || strcmp(desk, c->who.desk) == 0);
	case ROLE_ADMIN:      return strcmp(role, "admin") == 0;
	case ROLE_UNIT:       return strcmp(role, "unit") == 0;
	default:              return false;
	}
}

static void told(struct console *c, const json_t *a)
{
	struct alarm_list *l = c->alarm_list;
	int64_t id = json_integer_value(json_object_get(a, "id"));
	struct alarm_row *r = find(l, id);
	const struct summary *s;

	if (id == 0 || !is_for(c, a) || (!r && !(r = add(l))))
		return;
	r->id = id;
	r->no = atoll(text(a, "no"));
	r->acked = 0;
	clean_into(r->kind, sizeof r->kind, text(a, "kind"));
	r->level = level_of(text(a, "level"));
	clean_into(r->code, sizeof r->code, text(a, "code"));
	read_args(c, r, json_object_get(a, "args"));
	r->at = clock_read(text(a, "at"));
	r->count = (int)json_integer_value(json_object_get(a, "count"));
	s = r->no != 0 ? queue_find(c->queue, r->no) : NULL;
	if (s)
		snprintf(r->title, sizeof r->title, "%s", s->title);
	alarm_told(c, r);
}

void alarms_told(struct console *c, const json_t *alarms, const json_t *acknowledged, const char *by)
{
	size_t i;
	json_t *one;

	json_array_foreach(alarms, i, one)
		told(c, one);
	json_array_foreach(acknowledged, i, one) {
		struct alarm_row *r = find(c->alarm_list, json_integer_value(one));

		if (!r || r->acked != 0)
			continue;
		r->acked = c->now > 0 ? c->now : 1;
		snprintf(r->by, sizeof r->by, "%s", by);
		if (r->level == ALARM_DANGER)
			alarm_over(c, r->no);
	}
	sort(c->alarm_list);
	c->dirty = true;
}

/* --- what stands ------------------------------------------------------------------------------------------------------------ */

bool alarms_stands(const struct console *c, const struct alarm_row *r)
{
	const struct summary *s;

	if (r->acked != 0)
		return false;
	if (r->no == 0 || (strcmp(r->kind, "rung") != 0 && r->level != ALARM_DANGER))
		return true;
	s = queue_find(c->queue, r->no);
	if (!s)
		return c->loading;
	if (r->level == ALARM_DANGER)
		return s->stage == STAGE_TRIAGE;
	/* The queue knows of a case's clocks only the one that is due first. */
	return strcmp(r->clock, "dispatch") == 0 ? s->stage == STAGE_TRIAGE : strcmp(r->clock, "rate") == 0 || s->stage != STAGE_RESOLVED;
}

size_t alarms_standing(const struct console *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->alarm_list->n; i++)
		n += alarms_stands(c, &c->alarm_list->row[i]);
	return n;
}

/* --- acknowledging ---------------------------------------------------------------------------------------------------------- */

static void ack_row(void *who, int columns, const char *const *column)
{
	struct console *c = who;
	int n = columns > 0 ? atoi(column[0]) : 0;

	if (n > 0)
		console_say(c, ST_GOOD, _("acknowledged: %d"), n);
	else
		console_say(c, ST_INFO, "%s", _("somebody has acknowledged it already"));
}

static void ack_done(void *who, const struct err *e, size_t rows)
{
	struct console *c = who;

	(void)rows;
	c->alarm_list->asked--;
	if (e) {
		console_say(c, ST_BAD, "%s", _(err_sentence(e->code)));
		alarms_load(c); /* what was taken off the list may still stand */
	}
}

static void ack_ids(struct console *c, const int64_t *ids, size_t n)
{
	char *list = malloc(n * 24 + 3), *p = list;
	const char *args[1] = { list };

	if (!list)
		return;
	*p++ = '{';
	for (size_t i = 0; i < n; i++)
		p += sprintf(p, "%s%lld", i ? "," : "", (long long)ids[i]);
	strcpy(p, "}");
	c->alarm_list->asked++;
	console_ask(c, SQL_ALARM_ACK, args, 1, ack_row, ack_done, c);
	free(list);
}

size_t alarms_ack(struct console *c, const int64_t *ids, size_t n)
{
	struct alarm_list *l = c->alarm_list;
	int64_t all[ACK_MAX];

	if (!console_can_act(c))
		return 0;
	if (n == 0) {
		for (size_t i = 0; i < l->n && n < ACK_MAX; i++)
			if (alarms_stands(c, &l->row[i]))
				all[n++] = l->row[i].id;
		ids = all;
	}
	if (n == 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		struct alarm_row *r = find(l, ids[i]);

		if (r && r->acked == 0) {
			r->acked = c->now > 0 ? c->now : 1;
			snprintf(r->by, sizeof r->by, "%s", c->who.person);
			if (r->level == ALARM_DANGER)
				alarm_over(c, r->no);
		}
	}
	ack_ids(c, ids, n);
	sort(l);
	c->dirty = true;
	return n;
}

void alarms_seen(struct console *c, const case_no *no, int n)
{
	struct alarm_list *l = c->alarm_list;
	int64_t ids[ACK_MAX];
	size_t found = 0;

	for (size_t i = 0; i < l->n; i++)
		for (int k = 0; k < n && found < ACK_MAX; k++)
			if (l->row[i].no == no[k] && l->row[i].level == ALARM_DANGER && l->row[i].acked == 0) {
				l->row[i].acked = c->now > 0 ? c->now : 1;
				snprintf(l->row[i].by, sizeof l->row[i].by, "%s", c->who.person);
				ids[found++] = l->row[i].id;
			}
	if (found > 0 && c->db == LINK_UP)
		ack_ids(c, ids, found);
	sort(l);
}

/* --- words ------------------------------------------------------------------------------------------------------------------- */

static const char *clock_word(const char *clock)
{
	static const struct { const char *clock, *word; } words[] = { { "dispatch", N_("dispatch limit") }, { "contact", N_("contact limit") },
		{ "handle", N_("handling limit") }, { "rate", N_("time to rate") }, { "rule", N_("limit for a ruling") } };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].clock, clock) == 0)
			return _(words[i].word);
	return clock;
}

static const char *what_word(const char *what)
{
	static const struct { const char *what, *word; } words[] = { { "supervise", N_("put under supervision") }, { "priority", N_("priority raised") },
		{ "reassign", N_("taken away, to be assigned anew") }, { "letter", N_("reminder letter written") } };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].what, what) == 0)
			return _(words[i].word);
	return "";
}

void alarms_rung(const json_t *args, char out[ALARM_WORDS])
{
	static const struct { const char *who, *word; } told[] = { { "owner", N_("told: whoever holds the case") }, { "dispatchers", N_("told: the dispatchers") },
		{ "supervisor", N_("told: the supervisor") }, { "unit", N_("told: the unit") }, { "head", N_("told: the head of the unit") },
		{ "district", N_("told: the district") }, { "leader", N_("told: the leaders") } };
	const char *who = text(args, "who"), *did = what_word(text(args, "what"));
	int len = snprintf(out, ALARM_WORDS, "%s", clock_word(text(args, "clock")));

	for (size_t i = 0; i < sizeof told / sizeof told[0] && len < ALARM_WORDS; i++)
		if (strcmp(told[i].who, who) == 0)
			len += snprintf(out + len, ALARM_WORDS - (size_t)len, " · %s", _(told[i].word));
	if (*did && len < ALARM_WORDS)
		snprintf(out + len, ALARM_WORDS - (size_t)len, " · %s", did);
}

static void rung_words(const struct alarm_row *r, usec_t now, char out[ALARM_WORDS])
{
	char left[DUE_TEXT];
	const char *did = what_word(r->what);

	due_text(r->due_at, now, _("d"), _("h"), left);
	if (r->due_at > now)
		snprintf(out, ALARM_WORDS, _("%s: %s left"), clock_word(r->clock), left);
	else
		snprintf(out, ALARM_WORDS, _("%s: %s late"), clock_word(r->clock), *left == '-' ? left + 1 : left);
	if (*did) {
		size_t len = strlen(out);
		snprintf(out + len, ALARM_WORDS - len, " · %s", did);
	}
}

void alarms_words(const struct alarm_row *r, usec_t now, char out[ALARM_WORDS])
{
	/* %d is the row's number, %s what it names; each at most once, in this order. */
	static const struct { const char *code, *words; bool number; } table[] = {
		{ "danger", N_("danger to life"), false },
		{ "unheard", N_("danger to life: told %d times, nobody has acknowledged it"), true },
		{ "disputed", N_("returned again: rule whose it is"), false },
		{ "sent up", N_("sent up by a dispatcher"), false },
		{ "instruction overdue", N_("an instruction of a leader is overdue"), false },
		{ "extend asked", N_("a unit asks for %d working days more"), true },
		{ "pause asked", N_("a unit asks to pause a case"), false },
		{ "poor_again", N_("rated badly again after it was done anew"), false },
		{ "redo_unrated", N_("done anew and not rated: somebody must call"), false },
		{ "outbox_dead", N_("messages could not be delivered: %d"), true },
		{ "outbox_parked", N_("messages whose fate is unknown: %d"), true },
		{ "handover not acknowledged", N_("handover not acknowledged: %d items"), true },
		{ "hot spot", N_("hot spot: %d people"), true },
	};

	if (strncmp(r->code, "rung ", 5) == 0) {
		rung_words(r, now, out);
		return;
	}
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strcmp(table[i].code, r->code) == 0) {
			if (table[i].number)
				snprintf(out, ALARM_WORDS, _(table[i].words), r->n);
			else
				snprintf(out, ALARM_WORDS, "%s", _(table[i].words));
			break;
		} else if (i + 1 == sizeof table / sizeof table[0])
			snprintf(out, ALARM_WORDS, "%s", r->code);
	if (r->about[0]) {
		size_t len = strlen(out);
		snprintf(out + len, ALARM_WORDS - len, " · %s", r->about);
	}
}

void alarms_sentence(const struct console *c, const char *code, const json_t *args, usec_t now, char out[ALARM_WORDS])
{
	struct alarm_row r = { 0 };

	clean_into(r.code, sizeof r.code, code);
	read_args(c, &r, args);
	alarms_words(&r, now, out);
}
