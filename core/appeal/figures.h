/*
 * The figures of a report: what they are made of, how they are called and shown. COUNT_TABLE are the sums of fenbo.report (db/schema/0093),
 * FIGURE_TABLE what people read off them; fenbo-report(5) defines each, and test_figures holds that page against these tables. The shell's
 * report and the console's view both come out of this.
 */
#ifndef FENBO_APPEAL_FIGURES_H
#define FENBO_APPEAL_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The columns of fenbo.report, in its order. */
#define COUNT_TABLE(X) \
	X(received) X(merged) X(answered) X(refused) X(emergency) X(grouped) X(chased) X(chases) X(relapsed) \
	X(dispatched) X(dispatch_late) X(dispatch_s) X(returned) X(disputed) X(accepted) X(contacts) X(contact_late) X(said) X(right1) X(right3) \
	X(resolved) X(handle_late) X(handle_s) X(redone) X(extended) X(paused) \
	X(closed) X(rated) X(unrated) X(satisfied) X(poor) X(speed) X(effect) X(service) X(feedback) \
	X(speed_ok) X(effect_ok) X(service_ok) X(feedback_ok)

/* A line of a report. The percentiles are working seconds, negative when nothing was resolved. */
struct counts {
#define X(name) int64_t name;
	COUNT_TABLE(X)
#undef X
	double handle_p50, handle_p90, handle_p95;
};

enum figure_kind {
	FIGURE_COUNT,    /* of cases */
	FIGURE_SHARE,    /* 0 to 1 */
	FIGURE_DAYS,     /* working days */
	FIGURE_MINUTES,
	FIGURE_SCORE     /* 1 to 5 */
};

/*   id, wire name, kind, numerator, denominator (1 = a count), better (1 more, -1 less, 0 neither), the count whose cases are behind it,
 *   label (msgid) */
#define FIGURE_TABLE(X) \
	X(RECEIVED,    "received",         COUNT,   c->received, 1, 0, "received", "received") \
	X(ANSWERED,    "answered",         SHARE,   c->answered, c->received, 0, "answered", "answered at once") \
	X(DISPATCHED,  "dispatched",       COUNT,   c->dispatched, 1, 0, "dispatched", "sent to units") \
	X(DISPATCH,    "dispatch_on_time", SHARE,   (c->dispatched - c->dispatch_late), c->dispatched, 1, "dispatch_late", "dispatched in time") \
	X(MINUTES,     "dispatch_minutes", MINUTES, c->dispatch_s, c->dispatched, -1, "dispatched", "mean time to dispatch") \
	X(ACCEPTED,    "accepted",         SHARE,   c->accepted, c->dispatched, 1, "accepted", "signed for by the unit") \
	X(CONTACT,     "contact_on_time",  SHARE,   (c->contacts - c->contact_late), c->contacts, 1, "contact_late", "citizen contacted in time") \
	X(RETURNED,    "return_rate",      SHARE,   c->returned, c->dispatched, -1, "returned", "sent back by the unit") \
	X(RESOLVED,    "resolved",         COUNT,   c->resolved, 1, 0, "resolved", "resolved") \
	X(HANDLE,      "handle_on_time",   SHARE,   (c->resolved - c->handle_late), c->resolved, 1, "handle_late", "handled in time") \
	X(DAYS,        "handle_days",      DAYS,    c->handle_s, c->resolved, -1, "resolved", "mean handling time") \
	X(DAYS_P50,    "handle_days_p50",  DAYS,    c->handle_p50, c->resolved > 0, -1, "resolved", "half are handled within") \
	X(DAYS_P90,    "handle_days_p90",  DAYS,    c->handle_p90, c->resolved > 0, -1, "resolved", "90 % are handled within") \
	X(DAYS_P95,    "handle_days_p95",  DAYS,    c->handle_p95, c->resolved > 0, -1, "resolved", "95 % are handled within") \
	X(REDONE,      "redo_rate",        SHARE,   c->redone, c->resolved, -1, "redone", "done over") \
	X(CLOSED,      "closed",           COUNT,   c->closed, 1, 0, "closed", "closed") \
	X(RATED,       "rated_rate",       SHARE,   c->rated, (c->rated + c->unrated), 1, "rated", "rated by the citizen") \
	X(SATISFIED,   "satisfied_rate",   SHARE,   c->satisfied, c->rated, 1, "poor", "satisfied") \
	X(SPEED,       "speed",            SCORE,   c->speed, c->rated, 1, "rated", "speed") \
	X(EFFECT,      "effect",           SCORE,   c->effect, c->rated, 1, "rated", "effect") \
	X(SERVICE,     "service",          SCORE,   c->service, c->rated, 1, "rated", "service") \
	X(FEEDBACK,    "feedback",         SCORE,   c->feedback, c->rated, 1, "rated", "feedback") \
	X(CHASED,      "chased_rate",      SHARE,   c->chased, c->received, -1, "chased", "chased by the citizen") \
	X(GROUPED,     "group_rate",       SHARE,   c->grouped, c->received, 0, "grouped", "part of a group") \
	X(MERGED,      "merged_rate",      SHARE,   c->merged, c->received, 0, "merged", "merged as repeats") \
	X(RELAPSED,    "relapse_rate",     SHARE,   c->relapsed, c->received, -1, "relapsed", "relapses") \
	X(RIGHT1,      "right1_rate",      SHARE,   c->right1, c->said, 1, "right1", "machine's first unit was right") \
	X(RIGHT3,      "right3_rate",      SHARE,   c->right3, c->said, 1, "right3", "one of its three was right")

enum figure {
#define X(id, wire, kind, n, d, better, drill, label) FIG_##id,
	FIGURE_TABLE(X)
#undef X
	FIGURE_COUNT_OF
};

struct figure_info {
	const char *wire;
	enum figure_kind kind;
	int better;
	const char *drill;  /* the name of a count, for fenbo.report_cases */
	const char *label;  /* msgid */
};
extern const struct figure_info figure_table[FIGURE_COUNT_OF];

/* The figure's value; false when there is nothing it could be of. day_s: working seconds of a day. */
bool figure_value(const struct counts *c, enum figure f, double day_s, double *value);
/* As people read it: "1,204", "98.7%", "2.31", "–" for nothing. Shares are never rounded up to 100 % or down to 0. */
void figure_show(const struct counts *c, enum figure f, double day_s, char out[24]);
void figure_show_value(enum figure_kind kind, double value, char out[24]);
/* How it changed against `was`: "+3.2%" of a count, "-0.4" points of a share, days or scores; "" when either is missing. *good: 1 better, -1 worse,
 * 0 neither or the same. */
void figure_change(const struct counts *now, const struct counts *was, enum figure f, double day_s, char out[24], int *good);
/* Set a count by its name in fenbo.report; false when there is none. */
bool counts_set(struct counts *c, const char *name, int64_t value);
int64_t counts_get(const struct counts *c, const char *name); /* 0 when there is none */
void counts_none(struct counts *c);

/* Ways of counting: by (wire, as fenbo.report has it), heading (msgid). */
#define REPORT_BY_TABLE(X) \
	X(UNIT, "unit", "unit") X(ITEM, "item", "duty item") X(AREA, "area", "street") X(CHANNEL, "channel", "channel") X(TYPE, "type", "type") \
	X(PRIORITY, "priority", "priority") X(SHIFT, "shift", "shift") X(DAY, "day", "day")
enum report_by {
#define X(id, wire, heading) REPORT_BY_##id,
	REPORT_BY_TABLE(X)
#undef X
	REPORT_BY_COUNT
};
const char *report_by_wire(enum report_by by);
const char *report_by_heading(enum report_by by);
/* What a key is called where programs name it (types, priorities) as a msgid; NULL otherwise. */
const char *report_key_label(enum report_by by, const char *key);

/* Periods. */
enum report_period { REPORT_DAY, REPORT_WEEK, REPORT_MONTH };
struct day { int year, month, day; };
/* First and last day of the period around `at`; *before_from and *before_to of the one before it, cut to as many days as have begun by `today` when
 * the period is in progress, so that like is compared with like. */
struct report_span { struct day from, to, before_from, before_to; bool running; };
struct report_span report_span(enum report_period p, struct day at, struct day today);
struct day day_add(struct day d, int days);
int day_compare(struct day a, struct day b);
int day_weekday(struct day d);                 /* 1 Monday to 7 */
bool day_parse(const char *text, struct day *out); /* 2026-11-22 */
void day_show(struct day d, char out[11]);

#endif
