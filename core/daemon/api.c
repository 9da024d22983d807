#include "core/daemon/api.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "core/base/log.h"

enum { RIGHT_OPEN = -1, RIGHT_ASK = -2 }; /* OPEN: no key at all; ASK: any key, or a ticket of the centre's */

static const struct route {
	enum http_method method;
	const char *path;   /* a part {} matches one segment: the first is id, the second verb */
	int right;
	void (*handle)(struct api_call *c);
} routes[] = {
	{ HTTP_POST, "/v1/appeals",          KEY_INTAKE, api_appeals },
	{ HTTP_POST, "/v1/appeals/{}/chase", KEY_INTAKE, api_chase },
	{ HTTP_POST, "/v1/appeals/{}/rating", KEY_INTAKE, api_rating },
	{ HTTP_POST, "/v1/recommend",        RIGHT_ASK,  api_recommend },
	{ HTTP_GET,  "/v1/tasks",            KEY_ACT,    api_tasks },
	{ HTTP_POST, "/v1/tasks/{}/{}",      KEY_ACT,    api_task_act },
	{ HTTP_GET,  "/v1/feed",             RIGHT_OPEN, api_feed }, /* a key or a ticket: judged there */
	{ HTTP_GET,  "/metrics",             RIGHT_OPEN, api_metrics },
	{ HTTP_GET,  "/healthz",             RIGHT_OPEN, api_healthz },
};

/* --- answers ------------------------------------------------------------------------------------------------------ */

void api_doc(struct api_call *c, int status, struct doc *d)
{
	size_t len = 0;
	const char *text = doc_finish(d, &len);

	if (text)
		http_answer(c->req, status, doc_type(c->path.form), text, len);
	else
		http_answer(c->req, 500, "text/plain; charset=utf-8", "", 0);
	doc_free(d);
}

void api_fail(struct api_call *c, const struct err *e)
{
	struct doc *d;
	char text[320];

	if (e->code == ERR_UNAVAILABLE || e->code == ERR_TOO_MANY)
		http_set(c->req, "Retry-After", "1");
	if (!c->open311) {
		http_fail(c->req, e);
		return;
	}
	snprintf(text, sizeof text, "%s%s%s", e->field, e->field[0] ? ": " : "", e->message);
	d = doc_new(c->path.form);
	open311_error(d, open311_status(e->code), text);
	api_doc(c, open311_status(e->code), d);
}

void api_json(struct api_call *c, struct buf *b)
{
	struct buf own = *b; /* b may lie in the request, which ends with its answer */

	*b = (struct buf){ 0 };
	http_answer(c->req, 200, "application/json; charset=utf-8", buf_text(&own), own.len);
	buf_free(&own);
}

bool api_case(struct api_call *c, const char *text, case_no *no)
{
	struct err e;

	if (number_parse(text, strlen(text), no))
		return true;
	err_set(&e, ERR_NOT_FOUND, "id", "this is not a case number");
	api_fail(c, &e);
	return false;
}

void api_answered(void *ctx, const struct http_request *r, int status, usec_t took_us)
{
	struct daemon *d = ctx;
	char code[8], took[24];

	d->metrics.answers[status / 100 % 6]++;
	metrics_time(&d->metrics.request, took_us);
	/* The path without its query: a key may stand there. */
	snprintf(code, sizeof code, "%d", status);
	snprintf(took, sizeof took, "%lld", (long long)took_us);
	log_write(status >= 500 && status != 503 ? LOG_ERROR : LOG_DEBUG, "request", "path", http_path(r), "status", code, "us", took,
	    "peer", http_peer(r), NULL);
}

/* --- routes ------------------------------------------------------------------------------------------------------- */

/* Does the path fit? Segments that stand for {} are copied into the arena. */
static bool fits(struct api_call *c, const char *pattern, const char *path)
{
	const char **part[] = { &c->id, &c->verb };
	int n = 0;

	while (*pattern) {
		if (pattern[0] == '{') {
			size_t len = strcspn(path, "/");

			if (len == 0)
				return false;
			*part[n++] = arena_strndup(http_arena(c->req), path, len);
			path += len;
			pattern += 2;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

static void checked(void *ctx, const struct key *k, const struct err *e, int retry_after_s)
{
	struct api_call *c = ctx;
	char wait[16];

	if (e) {
		if (retry_after_s > 0) {
			snprintf(wait, sizeof wait, "%d", retry_after_s);
			http_set(c->req, "Retry-After", wait);
			if (!c->open311) {
				http_fail(c->req, e);
				return;
			}
		}
		api_fail(c, e);
		return;
	}
	c->key = *k;
	c->handle(c);
}

static const char *bearer(const struct http_request *r)
{
	const char *h = http_header(r, "Authorization");

	if (h == NULL || strncasecmp(h, "Bearer ", 7))
		return NULL;
	h += 7;
	return h + strspn(h, " ");
}

/* Open311: discovery and services are for everybody, the rest for keys, which may stand in the query or the form. */
static void open311_call(struct api_call *c)
{
	bool post = http_method(c->req) == HTTP_POST;
	const char *key = bearer(c->req), *body;
	const struct form *query;
	struct err e;
	size_t len;

	c->open311 = true;
	c->handle = post ? api_open311_post : api_open311;
	if (c->path.what == OPEN311_NONE) {
		err_set(&e, ERR_NOT_FOUND, "", "there is no such resource");
		api_fail(c, &e);
		return;
	}
	if ((query = http_query(c->req, &e)) == NULL) {
		api_fail(c, &e);
		return;
	}
	if (post) {
		const char *type = http_header(c->req, "Content-Type");

		if (c->path.what != OPEN311_REQUESTS && c->path.what != OPEN311_UPDATES) {
			err_set(&e, ERR_NOT_FOUND, "", "nothing can be posted here");
			api_fail(c, &e);
			return;
		}
		if (type && strncasecmp(type, "application/x-www-form-urlencoded", 33)) {
			err_set(&e, ERR_INVALID, "", "application/x-www-form-urlencoded is expected");
			api_fail(c, &e);
			return;
		}
		body = http_body(c->req, &len);
		if (!form_parse(http_arena(c->req), body, len, &c->form, &e)) {
			api_fail(c, &e);
			return;
		}
	} else if (c->path.what <= OPEN311_SERVICE) {
		c->handle(c);
		return;
	}
	if (key == NULL)
		key = form_get(&c->form, "api_key");
	if (key == NULL)
		key = form_get(query, "api_key");
	auth_check(c->daemon->auth, key, post ? KEY_INTAKE : KEY_READ, checked, c);
}

static void call_route(struct api_call *c, const char *path)
{
	enum http_method method = http_method(c->req) == HTTP_HEAD ? HTTP_GET : http_method(c->req);
	bool other_method = false;
	struct err e;

	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		if (!fits(c, routes[i].path, path))
			continue;
		if (routes[i].method != method) {
			other_method = true;
			continue;
		}
		c->handle = routes[i].handle;
		if (routes[i].right == RIGHT_OPEN)
			c->handle(c);
		else if (routes[i].right == RIGHT_ASK)
			auth_asker(c->daemon->auth, bearer(c->req), checked, c);
		else
			auth_check(c->daemon->auth, bearer(c->req), (enum key_right)routes[i].right, checked, c);
		return;
	}
	err_set(&e, ERR_NOT_FOUND, "", other_method ? "not by this method" : "there is nothing at this path");
	if (other_method) {
		const char *text = "{\"error\":\"usage\",\"message\":\"not by this method\"}";

		http_answer(c->req, 405, "application/json; charset=utf-8", text, strlen(text));
	} else {
		api_fail(c, &e);
	}
}

void api_handle(void *daemon, struct http_request *r)
{
	struct api_call *c = arena_alloc(http_arena(r), sizeof *c);
	enum http_method method = http_method(r);

	c->daemon = daemon;
	c->req = r;
	if (open311_route(http_path(r), http_header(r, "Accept"), &c->path) && method != HTTP_OTHER)
		open311_call(c);
	else
		call_route(c, http_path(r));
}
