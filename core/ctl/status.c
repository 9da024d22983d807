/*
 * status, feed tail, place, audit verify: how things stand.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/ctl/ctl.h"
#include "core/ctl/place.h"
#include "core/ctl/print.h"
#include "core/feed/call.h"

/* --- status -------------------------------------------------------------------------------------------------------- */

static void
depths_row(void *ctx, const struct db_row *r)
{
	static const char *const names[] = { "triage", "open", "quarantined", "outgoing" };
	json_t *o = ctx;

	for (int i = 0; i < 4; i++)
		if (!db_row_null(r, i))
			json_object_set_new(o, names[i], json_integer(db_row_int(r, i)));
}

static void
policy_row(void *ctx, const struct db_row *r)
{
	json_object_set_new(ctx, "routing_revision", json_integer(db_row_int(r, 0)));
}

static int
database_status(struct ctl *ctl, json_t *o)
{
	int status;
	struct sync *db = ctl_db(ctl, &status);
	struct err e;

	if (db == NULL) {
		json_object_set_new(o, "postgresql", json_string("unreachable"));
		return status;
	}
	json_object_set_new(o, "postgresql", json_string("ok"));
	json_object_set_new(o, "account", json_string(sync_user(db)));
	if (!sync_run(db, SQL_ROUTING_POLICY, NULL, 0, policy_row, o, &e) ||
	    (!sync_run(db, SQL_DEPTHS, NULL, 0, depths_row, o, &e) && e.code != ERR_FORBIDDEN))
		return ctl_fail_database(&e);
	return EXIT_DONE;
}

static int
daemon_status(struct ctl *ctl, json_t *o)
{
	int status, http;
	struct call *call = ctl_fenbod(ctl, &status);
	struct client_request request = { .method = "GET", .path = "/healthz", .deadline_ms = 5000 };
	struct call_answer answer;
	struct err e;

	if (call == NULL)
		return status;
	if (!call_send(call, &request, &answer, &e)) {
		json_object_set_new(o, "fenbod", json_string("unreachable"));
		return ctl_fail_fenbod(ctl, &e);
	}
	http = answer.status;
	json_object_set_new(o, "fenbod", json_string(http == 200 ? "ok" : "not well"));
	json_object_set_new(o, "health", json_loads(answer.body, 0, NULL));
	call_answer_free(&answer);
	if (http == 200)
		return EXIT_DONE;
	err_set(&e, ERR_UNAVAILABLE, NULL, "fenbod at %s is not well: it answers %d", ctl->conf.fenbod_url, http);
	return ctl_fail(&e);
}

static int
status(struct ctl *ctl, const struct ctl_args *a)
{
	json_t *o = json_object();
	int database, daemon;

	(void)a;
	database = database_status(ctl, o);
	daemon = daemon_status(ctl, o);
	print_row(ctl, NULL, o);
	json_decref(o);
	return database > daemon ? database : daemon;
}

/* --- feed tail ----------------------------------------------------------------------------------------------------- */

struct tail { struct ctl *ctl; int left; char cursor[128]; };

static bool
tail_event(void *ctx, const struct sse_event *ev)
{
	static const struct column columns[] = {
		{ "at", "when", 19, false }, { "event", "event", 10, false }, { "id", "number", 15, false }, { "version", "v", 4, true },
		{ "stage", "stage", 10, false }, { "by", "who", 14, false }, { "title", "title", 0, false }, { .key = NULL }
	};
	struct tail *t = ctx;
	json_t *o = json_loadb(ev->data, ev->data_len, 0, NULL);

	snprintf(t->cursor, sizeof t->cursor, "%s", ev->id);
	if (json_is_object(o)) {
		json_object_set_new(o, "event", json_string(ev->event));
		json_object_set_new(o, "cursor", json_string(ev->id));
		print_row(t->ctl, columns, o);
		fflush(stdout);
	}
	json_decref(o);
	return t->left < 0 || --t->left > 0;
}

/* Silence is no error, but nobody there is: a stream that is down tries again and says nothing. */
static int
answers(struct ctl *ctl, struct call *call)
{
	struct client_request request = { .method = "GET", .path = "/healthz", .deadline_ms = 5000 };
	struct call_answer answer;
	struct err e;

	if (!call_send(call, &request, &answer, &e))
		return ctl_fail_fenbod(ctl, &e);
	call_answer_free(&answer);
	return EXIT_DONE;
}

static int
tail(struct ctl *ctl, const struct ctl_args *a)
{
	struct tail t = { .ctl = ctl, .left = -1 };
	const char *after = ctl_opt(a, "after");
	int result, idle_s = 0;
	struct call *call;
	struct err e = { 0 };
	bool again;

	if (!ctl_opt_int(a, "count", 1, 100000000, &t.left, &e) || !ctl_opt_int(a, "idle", 1, 86400, &idle_s, &e))
		return ctl_fail(&e);
	if ((call = ctl_fenbod(ctl, &result)) == NULL)
		return result;
	if (after != NULL)
		snprintf(t.cursor, sizeof t.cursor, "%s", after);
	do { /* a ticket opens the stream for a minute; when it is refused after a loss, another one is fetched */
		char before[sizeof t.cursor];
		char *ticket = ctl_opt(a, "key-file") != NULL ? ctl_key(ctl, ctl_opt(a, "key-file"), &result)
		                                              : ctl_value(ctl, SQL_FEED_TICKET, NULL, 0, &result);

		if (ticket == NULL)
			return result;
		snprintf(before, sizeof before, "%s", t.cursor);
		result = call_follow(call, "/v1/feed", ticket, *t.cursor != '\0' ? t.cursor : NULL, idle_s * 1000, tail_event, &t, &e)
		    ? EXIT_DONE : EXIT_REFUSED;
		free(ticket);
		again = result != EXIT_DONE && e.code == ERR_UNKNOWN_KEY && strcmp(before, t.cursor) != 0;
	} while (again);
	if (result != EXIT_DONE)
		return ctl_fail_fenbod(ctl, &e);
	return idle_s > 0 && t.left != 0 ? answers(ctl, call) : EXIT_DONE;
}

/* --- audit --------------------------------------------------------------------------------------------------------- */

struct audit { struct ctl *ctl; size_t problems; };

static void
audit_row(void *ctx, const struct db_row *r)
{
	static const struct column columns[] = {
		{ "problem", "problem", 12, false }, { "no", "case", 15, false }, { "event", "event", 12, true },
		{ "detail", "detail", 0, false }, { .key = NULL }
	};
	struct audit *au = ctx;
	json_t *o = json_loads(db_row_text(r, 0, NULL), 0, NULL);

	au->problems++;
	print_row(au->ctl, columns, o);
	json_decref(o);
}

static int
audit(struct ctl *ctl, const struct ctl_args *a)
{
	struct audit au = { ctl, 0 };
	int result;
	struct sync *db = ctl_db(ctl, &result);
	struct err e;

	(void)a;
	if (db == NULL)
		return result;
	if (!sync_run(db, SQL_AUDIT_VERIFY, NULL, 0, audit_row, &au, &e))
		return ctl_fail_database(&e);
	if (au.problems > 0) {
		err_set(&e, ERR_CONFLICT, NULL, "%zu events are not as they were written", au.problems);
		return ctl_fail(&e);
	}
	print_said(ctl, "every event is there, unchanged and in order");
	return EXIT_DONE;
}

static const struct ctl_option tail_options[] = {
	{ "after", "CURSOR", "begin after this cursor instead of now", WORDS_NONE },
	{ "count", "N", "end after so many events", WORDS_NONE },
	{ "idle", "SECONDS", "end after so long without an event", WORDS_NONE },
	{ "key-file", "FILE", "a key with the right feed, instead of a ticket from the database", WORDS_FILE }, { .name = NULL }
};

const struct command status_commands[] = {
	{ "status", "", "is everything there, and how much waits where", NULL, 0, 0, WORDS_NONE, status },
	{ "feed tail", "", "follow the event stream", tail_options, 0, 0, WORDS_NONE, tail },
	{ "place", "TEXT|-", "what place a text, or each line of standard input, speaks of", place_options, 1, 1, WORDS_NONE, place_command },
	{ "audit verify", "", "check the hash chain of every event", NULL, 0, 0, WORDS_NONE, audit },
	{ .name = NULL }
};
