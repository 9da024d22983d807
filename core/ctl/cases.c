/*
 * Looking at cases: list, show, search.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/appeal/queue.h"
#include "core/ctl/case_clock.h"
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"
#include "db/case.h"

/* --- list ---------------------------------------------------------------------------------------------------------- */

/* As a frame of the event stream writes it (DESIGN, section 8). */
static json_t *
summary_json(const struct summary *s)
{
	json_t *flags = json_array(), *o;

#define X(id, bit, wire, label) if (s->flags & FLAG_##id) json_array_append_new(flags, json_string(wire));
	FLAG_TABLE(X)
#undef X
	o = json_pack("{s:o, s:i, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:o, s:i, s:o}", "id", print_number(s->no),
	    "version", s->version, "stage", stage_name(s->stage), "priority", priority_name(s->priority), "desk", s->desk,
	    "unit", s->unit, "owner", s->owner, "lease_until", print_time(s->lease_until), "due_at", print_time(s->due_at),
	    "clock", s->clock, "title", s->title, "place", s->place,
	    "top", *s->top_unit != '\0' ? json_pack("[s, o]", s->top_unit, print_share(s->top_p)) : json_array(), "repeats", s->repeats,
	    "flags", flags);
	json_object_update_new(o, json_pack("{s:s, s:s, s:i, s:i, s:i, s:o, s:o, s:o}", "item", s->item, "channel", s->channel,
	    "chased", s->chased, "returned", s->returned, "redo", s->redo, "rank_at", print_time(s->rank_at),
	    "received_at", print_time(s->received_at), "burst", s->burst ? json_integer(s->burst) : json_null()));
	return o;
}

static const struct column list_columns[] = {
	{ "id", "number", 15, false }, { "priority", "priority", 8, false }, { "stage", "stage", 10, false },
	{ "due_at", "due", 19, false }, { "unit", "unit", 10, false }, { "owner", "owner", 12, false },
	{ "place", "place", 12, false }, { "title", "title", 0, false }, { .key = NULL }
};

static void
list_row(void *ctx, const struct db_row *r)
{
	struct summary s;

	if (db_row_summary(r, &s))
		queue_apply(ctx, &s);
}

struct me { char account[64], desk[64]; };

static void
me_row(void *ctx, const struct db_row *r)
{
	struct me *me = ctx;

	snprintf(me->account, sizeof me->account, "%s", db_row_text(r, 1, NULL));
	snprintf(me->desk, sizeof me->desk, "%s", db_row_text(r, 4, NULL));
}

static int
list(struct ctl *ctl, const struct ctl_args *a)
{
	enum view_kind kind = VIEW_ALL;
	const char *view = ctl_opt(a, "view");
	struct me me = { "", "centre" };
	int limit = 1000000, status;
	struct sync *db;
	struct queue *queue;
	struct queue_view *rows;
	struct err e;

	if (!ctl_opt_int(a, "limit", 1, 1000000, &limit, &e))
		return ctl_fail(&e);
	if (view != NULL && !view_parse(view, &kind))
		return ctl_usage("there is no view %s", view);
	if ((db = ctl_db(ctl, &status)) == NULL)
		return status;
	if ((queue = queue_new()) == NULL)
		return ctl_usage("out of memory");
	status = EXIT_DONE;
	if ((kind == VIEW_MINE || kind == VIEW_TRIAGE) &&
	    !sync_run(db, SQL_LOGIN, (struct db_param[]){ DB_TEXT("fenboctl list"), DB_TEXT(NULL) }, 2, me_row, &me, &e))
		status = ctl_fail_database(&e);
	queue_set_who(queue, (struct queue_who){ me.account, me.desk });
	rows = queue_view_new(queue, kind);
	if (status == EXIT_DONE && !sync_run(db, SQL_QUEUE_ALL, NULL, 0, list_row, queue, &e))
		status = ctl_fail_database(&e);
	while (queue_view_work(rows, 100000))
		;
	for (size_t i = 0; status == EXIT_DONE && i < queue_view_count(rows) && i < (size_t)limit; i++) {
		json_t *o = summary_json(queue_view_at(rows, i));

		print_row(ctl, list_columns, o);
		json_decref(o);
	}
	queue_view_free(rows);
	queue_free(queue);
	return status;
}

/* --- show ---------------------------------------------------------------------------------------------------------- */

struct events { json_t *list; };

static void
event_row(void *ctx, const struct db_row *r)
{
	struct events *ev = ctx;
	size_t len;
	const char *args = db_row_text(r, 5, &len);

	json_array_append_new(ev->list, json_pack("{s:I, s:o, s:s, s:s, s:s, s:o, s:s}", "version", (json_int_t)db_row_int(r, 0),
	    "at", print_time(db_row_time(r, 1)), "action", db_row_text(r, 2, NULL), "actor", db_row_text(r, 3, NULL),
	    "person", db_row_text(r, 4, NULL), "args", json_loadb(args, len, 0, NULL), "remark", db_row_text(r, 6, NULL)));
}

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

static void
say(const char *label, const char *text)
{
	usec_t t;
	int year, month, day, hour, minute, second;

	if (clock_parse(text, strlen(text), &t)) {
		clock_local(t, &year, &month, &day, &hour, &minute, &second);
		printf("%-10s %04d-%02d-%02d %02d:%02d:%02d\n", label, year, month, day, hour, minute, second);
	} else if (*text != '\0') {
		printf("%-10s ", label);
		print_text(text, strlen(text));
	}
}

static void
say_units(const json_t *recommendation)
{
	size_t i, k;
	json_t *u, *reason;

	json_array_foreach(json_object_get(recommendation, "units"), i, u) {
		printf("%-10zu %3.0f%%  %s", i + 1, 100 * json_number_value(json_object_get(u, "p")), text_of(u, "name"));
		json_array_foreach(json_object_get(u, "reasons"), k, reason)
			printf("%s%s", k == 0 ? "  · " : " ", text_of(reason, "text"));
		putchar('\n');
	}
}

/* What the unit has asked for, promised and put beside the case, and whose step it is. */
static void
say_work(const json_t *c)
{
	const json_t *r = json_object_get(c, "request");
	size_t i;
	json_t *o;

	say("paused to", text_of(c, "paused_until"));
	if (json_is_object(r)) {
		const char *decision = text_of(r, "decision");

		printf("asked      %s", text_of(r, "kind"));
		if (json_integer_value(json_object_get(r, "days")) > 0)
			printf(" %lld days", (long long)json_integer_value(json_object_get(r, "days")));
		printf(", %s: %s\n", text_of(r, "reason"), *decision ? decision : "not decided");
		say("", text_of(r, "answer"));
	}
	json_array_foreach(json_object_get(c, "promises"), i, o) {
		say("promised", text_of(o, "until"));
		say("  kept", text_of(o, "kept_at"));
	}
	json_array_foreach(json_object_get(c, "steps"), i, o)
		printf("step %-5zu %-6s %s\n", i + 1, text_of(o, "state"), text_of(o, "name"));
	json_array_foreach(json_object_get(c, "files"), i, o)
		printf("file       %s  %lld bytes  %s\n", text_of(o, "name"), (long long)json_integer_value(json_object_get(o, "size")), text_of(o, "link"));
}

static void
say_case(const json_t *c, const json_t *events, const json_t *clock)
{
	static const struct { const char *label, *key; } lines[] = { { "stage", "stage" }, { "outcome", "outcome" },
		{ "priority", "priority" }, { "received", "received_at" }, { "channel", "channel_name" }, { "place", "place" },
		{ "address", "address" }, { "unit", "unit_name" }, { "item", "item_name" }, { "held by", "owner_person" },
		{ "returned", "return_reason" } };
	static const struct column event_columns[] = { { "version", "v", 4, true }, { "at", "when", 19, false },
		{ "action", "action", 10, false }, { "actor", "who", 16, false }, { "remark", "what was written", 0, false },
		{ .key = NULL } };
	const json_t *citizen = json_object_get(c, "citizen");
	struct ctl table = { 0 };
	size_t i;
	json_t *o;

	printf("%s  version %lld\n", text_of(c, "show"), (long long)json_integer_value(json_object_get(c, "version")));
	say("", text_of(c, "title"));
	for (i = 0; i < sizeof lines / sizeof *lines; i++)
		say(lines[i].label, text_of(c, lines[i].key));
	say("name", text_of(citizen, "name"));
	say("phone", text_of(citizen, "phone"));
	say_work(c);
	putchar('\n');
	print_text(text_of(c, "text"), strlen(text_of(c, "text")));
	putchar('\n');
	say_units(json_object_get(c, "recommendation"));
	json_array_foreach(json_object_get(c, "repeats"), i, o)
		printf("similar    %.2f  %s  %s\n", json_number_value(json_object_get(o, "score")), text_of(o, "id"), text_of(o, "title"));
	case_clock_say(clock);
	table.heading = false;
	if (events != NULL)
		putchar('\n');
	json_array_foreach(events, i, o)
		print_row(&table, event_columns, o);
}

/* Scores and probabilities to four decimals, at any depth; degrees keep theirs. */
static void
round_shares(json_t *in)
{
	const char *key;
	json_t *value;
	size_t i;

	json_object_foreach(in, key, value) {
		if (json_is_real(value) && (strcmp(key, "p") == 0 || strcmp(key, "score") == 0))
			json_real_set(value, round(json_real_value(value) * 10000) / 10000);
		else
			round_shares(value);
	}
	json_array_foreach(in, i, value) { /* top: [unit, p] */
		if (json_is_real(value))
			json_real_set(value, round(json_real_value(value) * 10000) / 10000);
		else
			round_shares(value);
	}
}

static int
show(struct ctl *ctl, const struct ctl_args *a)
{
	struct err e;
	int status;
	case_no no;
	char plain[14], *text;
	struct events ev = { NULL };
	struct db_param id = DB_TEXT(plain);
	json_t *c, *clock = NULL;

	if (!number_parse(a->word[0], strlen(a->word[0]), &no)) {
		err_set(&e, ERR_INVALID, "id", "%s is no case number", a->word[0]);
		return ctl_fail(&e);
	}
	number_plain(no, plain);
	if ((text = ctl_value(ctl, SQL_SHOW, &id, 1, &status)) == NULL)
		return status;
	c = json_loads(text, 0, NULL);
	free(text);
	round_shares(c);
	if (ctl_opt(a, "events") != NULL) {
		ev.list = json_array();
		if (!sync_run(ctl->db, SQL_HISTORY, &id, 1, event_row, &ev, &e))
			status = ctl_fail_database(&e);
	}
	if (ctl_opt(a, "clock") != NULL)
		clock = case_clock_read(ctl, plain, &status);
	if (ctl->json) {
		if (clock != NULL)
			json_object_set(c, "clock_lines", clock);
		if (ev.list != NULL)
			json_object_set(c, "events", ev.list);
		print_row(ctl, NULL, c);
	} else
		say_case(c, ev.list, clock);
	json_decref(clock);
	json_decref(ev.list);
	json_decref(c);
	return status;
}

/* --- search -------------------------------------------------------------------------------------------------------- */

static const struct column search_columns[] = {
	{ "id", "number", 15, false }, { "stage", "stage", 10, false }, { "outcome", "outcome", 9, false },
	{ "received_at", "received", 19, false }, { "unit", "unit", 10, false }, { "place", "place", 12, false },
	{ "title", "title", 0, false }, { .key = NULL }
};

struct page { struct ctl *ctl; int rows, left; int64_t last; };

static void
search_row(void *ctx, const struct db_row *r)
{
	struct page *p = ctx;
	json_t *o;

	p->last = db_row_int(r, 0);
	p->rows++;
	if (!*db_row_text(r, 1, NULL)) /* no stage: not a case, but how far the search has read in the time it has */
		return;
	o = json_pack("{s:o, s:s, s:s, s:o, s:s, s:s, s:s, s:o}", "id", print_number(db_row_int(r, 0)),
	    "stage", db_row_text(r, 1, NULL), "outcome", db_row_text(r, 2, NULL), "received_at", print_time(db_row_time(r, 3)),
	    "title", db_row_text(r, 4, NULL), "place", db_row_text(r, 5, NULL), "unit", db_row_text(r, 6, NULL),
	    "score", print_share(db_row_real(r, 7)));
	p->left--;
	print_row(p->ctl, search_columns, o);
	json_decref(o);
}

static int
search(struct ctl *ctl, const struct ctl_args *a)
{
	struct page p = { .ctl = ctl, .left = 50 };
	char before[24], max[16];
	struct db_param params[] = { DB_TEXT(a->word[0]), DB_TEXT(NULL), DB_TEXT(max) };
	int status;
	struct sync *db;
	struct err e;

	if (!ctl_opt_int(a, "limit", 1, 100000, &p.left, &e))
		return ctl_fail(&e);
	if ((db = ctl_db(ctl, &status)) == NULL)
		return status;
	do {
		p.rows = 0;
		snprintf(max, sizeof max, "%d", p.left < 100 ? p.left : 100);
		if (!sync_run(db, SQL_SEARCH, params, 3, search_row, &p, &e))
			return ctl_fail_database(&e);
		snprintf(before, sizeof before, "%lld", (long long)p.last);
		params[1] = DB_TEXT(before);
	} while (p.rows > 0 && p.left > 0);
	return EXIT_DONE;
}

static const struct ctl_option list_options[] = {
#define X(id, name, label, condition) name " "
	{ "view", "VIEW", "as in the console, one of: " VIEW_TABLE(X) "(without it every open case one may see)", WORDS_VIEW },
#undef X
	{ "limit", "N", "at most so many", WORDS_NONE }, { .name = NULL }
};
static const struct ctl_option show_options[] = {
	{ "events", NULL, "with everything that happened", WORDS_NONE }, { "clock", NULL, "how its due times came about, line by line", WORDS_NONE }, { .name = NULL }
};
static const struct ctl_option search_options[] = { { "limit", "N", "at most so many (50)", WORDS_NONE }, { .name = NULL } };

const struct command case_commands[] = {
	{ "list", "", "open cases, most pressing first", list_options, 0, 0, WORDS_NONE, list },
	{ "show", "ID", "a case in full", show_options, 1, 1, WORDS_NONE, show },
	{ "search", "TEXT", "open and past cases by number, text, telephone or place, newest first", search_options, 1, 1, WORDS_NONE, search },
	{ .name = NULL }
};
