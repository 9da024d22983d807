/*
 * What units' systems and channels do to single cases: recommend, chase, tasks. The database judges; this translates.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "core/appeal/action.h"
#include "core/daemon/api.h"
#include "core/feed/jsonw.h"

enum { BODY_MAX = 256 * 1024, TASKS_MAX = 1000, TASKS_DEFAULT = 100 };

/* The body, of at most so many bytes, as a JSON object; NULL when the call has been answered. An empty body is an empty object. */
static json_t *object_of(struct api_call *c, size_t most)
{
	size_t len;
	const char *body = http_body(c->req, &len);
	json_error_t why;
	json_t *o;
	struct err e;

	if (len > most) {
		err_set(&e, ERR_TOO_LARGE, "", "a body here has at most %zu bytes", most);
		api_fail(c, &e);
		return NULL;
	}
	o = len ? json_loadb(body, len, JSON_REJECT_DUPLICATES, &why) : json_object();
	if (json_is_object(o))
		return o;
	if (o == NULL && json_error_code(&why) == json_error_null_character)
		err_set(&e, ERR_INVALID, "", "a text holds the character \\u0000, which no text may");
	else
		err_set(&e, ERR_INVALID, "", o ? "an object is expected" : "not JSON: %.150s", why.text);
	json_decref(o);
	api_fail(c, &e);
	return NULL;
}

/* A text member, cleaned into the arena; "" when absent. */
static bool text_of(struct api_call *c, const json_t *o, const char *name, size_t most, const char **out, struct err *e)
{
	const json_t *v = json_object_get(o, name);

	*out = "";
	if (v == NULL || json_is_null(v))
		return true;
	if (!json_is_string(v))
		return err_set(e, ERR_INVALID, name, "a text is expected");
	return appeal_field(http_arena(c->req), name, json_string_value(v), json_string_length(v), most, true, out, e);
}

/* --- recommend -------------------------------------------------------------------------------------------------------- */

/* As much as a case may bring; what is read of it is bounded by the readers. */
void api_recommend(struct api_call *c)
{
	struct daemon *d = c->daemon;
	json_t *o = object_of(c, (size_t)d->conf.intake_line);
	struct recommend_query q = { .channel_place = c->key.channel_place };
	const char *place = "";
	struct buf out = { 0 };
	struct err e = { 0 };
	bool ok;

	if (o == NULL)
		return;
	ok = text_of(c, o, "text", (size_t)d->conf.intake_text, &q.text, &e) &&
	    text_of(c, o, "address", APPEAL_ADDRESS, &q.address, &e) && text_of(c, o, "channel", APPEAL_WORD, &q.channel, &e) &&
	    text_of(c, o, "title", APPEAL_TITLE, &q.title, &e) && text_of(c, o, "duty_item", APPEAL_WORD, &q.picked_item, &e) &&
	    (*q.picked_item || text_of(c, o, "item", APPEAL_WORD, &q.picked_item, &e)) && text_of(c, o, "place", APPEAL_WORD, &place, &e);
	q.corrected = json_is_true(json_object_get(o, "corrected"));
	json_decref(o);
	if (ok && *place) /* said by whoever corrects the form: it weighs like the place of a channel */
		q.channel_place = place;
	if (ok && *q.text == '\0')
		ok = err_set(&e, ERR_MISSING, "text", "a required value is missing");
	if (ok && !think_ready(d->think))
		ok = err_set(&e, ERR_UNAVAILABLE, "", "no routing revision is loaded yet");
	if (!ok) {
		api_fail(c, &e);
		return;
	}
	q.text_len = strlen(q.text);
	think_recommend(d->think, http_arena(c->req), &q, 0, &out);
	api_json(c, &out);
}

/* --- one action on one case ------------------------------------------------------------------------------------------- */

struct acting {
	struct api_call *call;
	bool answered, ok;
	case_no no;
	int version;
	int64_t event;
	char stage[16];
	struct err err;
	char by[100];
	usec_t at;
};

static void acted_row(void *ctx, const struct db_row *r)
{
	struct acting *a = ctx;

	a->answered = true;
	a->no = db_row_int(r, 0);
	a->ok = db_row_bool(r, 1);
	a->version = (int)db_row_int(r, 2);
	snprintf(a->stage, sizeof a->stage, "%s", db_row_text(r, 3, NULL));
	a->event = db_row_int(r, 4);
	if (!a->ok)
		err_set(&a->err, err_by_name(db_row_text(r, 5, NULL)), db_row_text(r, 7, NULL), "%s", db_row_text(r, 6, NULL));
	snprintf(a->by, sizeof a->by, "%s", db_row_text(r, 8, NULL));
	a->at = db_row_time(r, 9);
}

/* {"id","ok","version","stage","event"} or an error with the version that stands, and who made it when. */
static void acted(void *ctx, const struct err *e, size_t rows)
{
	struct acting *a = ctx;
	struct api_call *c = a->call;
	struct buf out = { 0 };
	char text[40];

	(void)rows;
	if (e || !a->answered) {
		struct err none;

		err_set(&none, ERR_INTERNAL, "", "no answer from the database");
		api_fail(c, e ? e : &none);
		return;
	}
	feedlog_hint(c->daemon->feedlog);
	buf_putc(&out, '{');
	if (a->ok) {
		number_plain(a->no, text);
		jsonw_member(&out, "id", text);
		buf_printf(&out, ",\"ok\":true,\"version\":%d", a->version);
		jsonw_member(&out, "stage", a->stage);
		buf_printf(&out, ",\"event\":%lld}", (long long)a->event);
		api_json(c, &out);
		return;
	}
	jsonw_member(&out, "error", err_name(a->err.code));
	jsonw_member(&out, "message", a->err.message);
	jsonw_member(&out, "field", a->err.field);
	if (a->version)
		buf_printf(&out, ",\"version\":%d", a->version);
	jsonw_member(&out, "by", a->by);
	if (a->at) {
		clock_rfc3339(a->at, text);
		jsonw_member(&out, "at", text);
	}
	buf_putc(&out, '}');
	http_answer(c->req, err_http(a->err.code), "application/json; charset=utf-8", buf_text(&out), out.len);
	buf_free(&out);
}

static void act(struct api_call *c, const char *action, case_no no, const char *person, int version, const char *args)
{
	struct acting *a = arena_alloc(http_arena(c->req), sizeof *a);
	const char *idem = http_header(c->req, "Idempotency-Key");
	char id[24], seen[16];
	struct err e;

	if (idem && !appeal_identifier(http_arena(c->req), "Idempotency-Key", idem, strlen(idem), 200, &idem, &e)) {
		api_fail(c, &e);
		return;
	}
	a->call = c;
	snprintf(id, sizeof id, "%lld", (long long)no);
	snprintf(seen, sizeof seen, "%d", version);
	pool_send(c->daemon->pool, SQL_ACT_FOR, (struct db_param[]){ DB_TEXT(c->key.hash), DB_TEXT(person), DB_TEXT(action),
	    DB_TEXT(id), DB_TEXT(version > 0 ? seen : NULL), DB_TEXT(args), DB_TEXT(idem && *idem ? idem : NULL) }, 7, acted_row,
	    acted, a);
}

void api_chase(struct api_call *c)
{
	json_t *o = object_of(c, BODY_MAX);
	struct buf args = { 0 };
	const char *text, *person;
	struct err e;
	case_no no;

	if (o == NULL)
		return;
	if (!text_of(c, o, "text", 20000, &text, &e) || !text_of(c, o, "person", APPEAL_NAME, &person, &e)) {
		api_fail(c, &e);
	} else if (api_case(c, c->id, &no)) {
		buf_putc(&args, '{');
		jsonw_member(&args, "text", text);
		buf_putc(&args, '}');
		act(c, "chase", no, person, 0, buf_text(&args));
		buf_free(&args);
	}
	json_decref(o);
}

/* {"speed", "effect", "service", "feedback", "text"?}: SQL says what is wrong with them, by name. */
void api_rating(struct api_call *c)
{
	static const char *const names[] = { "speed", "effect", "service", "feedback" };
	json_t *o = object_of(c, BODY_MAX), *args, *rating;
	const char *text, *person;
	char *whole;
	struct err e;
	case_no no;

	if (o == NULL)
		return;
	if (!text_of(c, o, "text", 20000, &text, &e) || !text_of(c, o, "person", APPEAL_NAME, &person, &e)) {
		api_fail(c, &e);
	} else if (api_case(c, c->id, &no)) {
		args = json_pack("{s:o, s:s}", "rating", rating = json_object(), "text", text);
		for (int i = 0; i < 4; i++)
			if (json_object_get(o, names[i]))
				json_object_set(rating, names[i], json_object_get(o, names[i]));
		/* An empty one is refused for its first member, not for itself. */
		if (json_object_size(rating) == 0)
			json_object_set_new(rating, names[0], json_null());
		if ((whole = json_dumps(args, JSON_COMPACT)) == NULL)
			abort();
		act(c, "rate", no, person, 0, whole);
		free(whole);
		json_decref(args);
	}
	json_decref(o);
}

/* What the verb says, of the action table: anything that a unit does to a case. Undo is for people, who see what they take back. */
static bool unit_action(const char *verb, enum action *a)
{
	return action_parse(verb, a) && action_table[*a].roles & ROLE_UNIT && *a != ACTION_UNDO;
}

/* One argument of the action out of the body, as its kind wants it; what is absent stays absent, and SQL says what is missing. */
static bool put_arg(struct api_call *c, const json_t *o, enum action_arg arg, json_t *args, struct err *e)
{
	const char *name = arg_name(arg), *text;
	const json_t *v = json_object_get(o, arg == ARG_PERSON ? "head" : name); /* `person` is who acts */
	size_t most = arg == ARG_TEXT ? 20000 : arg == ARG_REASON ? 1000 : arg == ARG_PERSON ? APPEAL_NAME : APPEAL_WORD;

	if (v == NULL || json_is_null(v))
		return true;
	if (arg == ARG_FILES || arg == ARG_ASSIST) {
		if (!json_is_array(v))
			return err_set(e, ERR_INVALID, name, "a list is expected");
		json_object_set(args, name, (json_t *)v);
		return true;
	}
	if (arg == ARG_DAYS || arg == ARG_INSTRUCTION) {
		if (!json_is_integer(v))
			return err_set(e, ERR_INVALID, name, "a whole number is expected");
		json_object_set_new(args, name, json_sprintf("%lld", (long long)json_integer_value(v)));
		return true;
	}
	if (!text_of(c, o, arg == ARG_PERSON ? "head" : name, most, &text, e))
		return false;
	json_object_set_new(args, name, json_string(text));
	return true;
}

static json_t *args_of(struct api_call *c, const json_t *o, enum action a, struct err *e)
{
	unsigned takes = action_table[a].needs | action_table[a].may;
	json_t *args = json_object();

	for (unsigned bit = 1; bit && bit <= takes; bit <<= 1)
		if (takes & bit && !put_arg(c, o, (enum action_arg)bit, args, e)) {
			json_decref(args);
			return NULL;
		}
	return args;
}

void api_task_act(struct api_call *c)
{
	json_t *o, *args = NULL;
	const char *person;
	const json_t *version;
	struct err e;
	enum action a;
	case_no no;

	if (!unit_action(c->verb, &a)) {
		err_set(&e, ERR_NOT_FOUND, "", "there is no such action");
		api_fail(c, &e);
		return;
	}
	if ((o = object_of(c, BODY_MAX)) == NULL)
		return;
	version = json_object_get(o, "version");
	if (!text_of(c, o, "person", APPEAL_NAME, &person, &e) || (args = args_of(c, o, a, &e)) == NULL) {
		api_fail(c, &e);
	} else if (!json_is_integer(version) || json_integer_value(version) < 1 || json_integer_value(version) > 2000000000) {
		err_set(&e, version ? ERR_INVALID : ERR_MISSING, "version", "the version you saw is expected, a number");
		api_fail(c, &e);
	} else if (api_case(c, c->id, &no)) {
		char *text = json_dumps(args, JSON_COMPACT);

		act(c, c->verb, no, person, (int)json_integer_value(version), text ? text : "{}");
		free(text);
	}
	json_decref(args);
	json_decref(o);
}

/* --- tasks ------------------------------------------------------------------------------------------------------------ */

struct listing {
	struct api_call *call;
	struct buf out;
	int rows, limit;
	char last[16];
};

static void task_row(void *ctx, const struct db_row *r)
{
	struct listing *l = ctx;
	size_t len;
	const char *text = db_row_text(r, 0, &len), *id = strstr(text, "\"id\": \"");

	if (l->rows++)
		buf_putc(&l->out, ',');
	buf_add(&l->out, text, len);
	if (id)
		snprintf(l->last, sizeof l->last, "%.13s", id + 7);
}

static void tasks_done(void *ctx, const struct err *e, size_t rows)
{
	struct listing *l = ctx;

	(void)rows;
	if (e) {
		buf_free(&l->out);
		api_fail(l->call, e);
		return;
	}
	buf_putc(&l->out, ']');
	if (l->rows == l->limit)
		jsonw_member(&l->out, "after", l->last); /* ask again from here */
	buf_putc(&l->out, '}');
	api_json(l->call, &l->out);
}

void api_tasks(struct api_call *c)
{
	struct err e;
	const struct form *q = http_query(c->req, &e);
	struct listing *l = arena_alloc(http_arena(c->req), sizeof *l);
	const char *after = q ? form_get(q, "after") : NULL, *limit = q ? form_get(q, "limit") : NULL;
	char from[24], most[16], *end = NULL;
	case_no no = 0;

	if (q == NULL) {
		api_fail(c, &e);
		return;
	}
	l->call = c;
	l->limit = limit ? (int)strtol(limit, &end, 10) : TASKS_DEFAULT;
	if (limit && (*end || end == limit || l->limit < 1 || l->limit > TASKS_MAX)) {
		err_set(&e, ERR_INVALID, "limit", "a number from 1 to %d is expected", TASKS_MAX);
		api_fail(c, &e);
		return;
	}
	if (after && *after && !api_case(c, after, &no))
		return;
	snprintf(from, sizeof from, "%lld", (long long)no);
	snprintf(most, sizeof most, "%d", l->limit);
	buf_puts(&l->out, "{\"tasks\":[");
	pool_send(c->daemon->pool, SQL_TASKS, (struct db_param[]){ DB_TEXT(c->key.hash), DB_TEXT(from), DB_TEXT(most) }, 3, task_row,
	    tasks_done, l);
}
