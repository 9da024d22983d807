/*
 * Open311 GeoReport v2: from the routing in memory (services) and the database (requests, updates) to the documents of
 * core/feed/open311.h; a post becomes a row like any other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/rand.h>
#include "core/daemon/api.h"
#include "core/feed/jsonw.h"

static const char general_name[] = "其他诉求";

/* --- services ---------------------------------------------------------------------------------------------------------- */

static void put_service(struct doc *d, const struct duty_item *item)
{
	struct buf words = { 0 };
	struct open311_service s = { .code = item->code, .name = item->name, .description = item->definition, .group = item->category };

	for (int i = 0; i < item->nkeywords; i++)
		buf_printf(&words, "%s%s", i ? "," : "", item->keywords[i]);
	s.keywords = buf_text(&words);
	open311_service(d, &s);
	buf_free(&words);
}

static void services(struct api_call *c)
{
	const struct duty_list *duty = rules_duty(c->daemon->routing);
	struct doc *d = doc_new(c->path.form);

	open311_services_begin(d);
	for (size_t i = 0; duty && i < duty_items(duty); i++)
		put_service(d, duty_item_at(duty, i));
	open311_service(d, &(struct open311_service){ .code = OPEN311_GENERAL, .name = general_name, .description = "",
	    .keywords = "", .group = general_name });
	doc_end(d);
	api_doc(c, 200, d);
}

/* The name of a service; NULL when there is none of this code. */
static const char *service_name(const struct api_call *c, const char *code)
{
	const struct duty_list *duty = rules_duty(c->daemon->routing);
	const struct duty_item *item = duty ? duty_item(duty, code) : NULL;

	return item ? item->name : strcmp(code, OPEN311_GENERAL) ? NULL : general_name;
}

static void service(struct api_call *c)
{
	struct doc *d;
	struct err e;

	if (service_name(c, c->path.id) == NULL) {
		err_set(&e, ERR_NOT_FOUND, "service_code", "service_code was not found");
		api_fail(c, &e);
		return;
	}
	d = doc_new(c->path.form);
	open311_definition(d, c->path.id);
	api_doc(c, 200, d);
}

static void discovery(struct api_call *c)
{
	const char *host = http_header(c->req, "Host");
	struct doc *d = doc_new(c->path.form);
	struct buf base = { 0 };
	bool tls = c->daemon->conf.listen_tls_cert[0] != '\0';

	buf_printf(&base, "%s://%s/open311/v2", tls ? "https" : "http", host && strpbrk(host, "\"<>\\ \t") == NULL ? host : "localhost");
	open311_discovery(d, buf_text(&base), "the dispatch centre that runs this server", c->daemon->metrics.started);
	buf_free(&base);
	api_doc(c, 200, d);
}

/* --- requests ---------------------------------------------------------------------------------------------------------- */

struct listing {
	struct api_call *call;
	struct doc *doc;
	bool one;           /* asked for by its id: none is 404 */
	int rows;
};

static void put_notes(struct buf *out, const struct db_row *r)
{
	const char *stage = db_row_text(r, 2, NULL), *outcome = db_row_text(r, 3, NULL);
	char no[16];

	buf_puts(out, stage);
	if (*outcome)
		buf_printf(out, ": %s", outcome);
	if (!strcmp(stage, "merged")) {
		number_plain(db_row_int(r, 4), no);
		buf_printf(out, " into %s", no);
	}
}

static void request_row(void *ctx, const struct db_row *r)
{
	struct listing *l = ctx;
	struct buf notes = { 0 };
	const char *item = db_row_text(r, 5, NULL), *item_name = db_row_text(r, 6, NULL);
	struct open311_request q = { .no = db_row_int(r, 0), .open = db_row_bool(r, 1), .located = !db_row_null(r, 10),
		.service_name = *item_name ? item_name : *item ? item : general_name,
		.service_code = *item ? item : OPEN311_GENERAL, .description = db_row_text(r, 7, NULL), .agency = db_row_text(r, 8, NULL),
		.address = db_row_text(r, 9, NULL), .lat = db_row_real(r, 10), .lng = db_row_real(r, 11),
		.requested = db_row_time(r, 12), .updated = db_row_time(r, 13), .expected = db_row_time(r, 14) };

	put_notes(&notes, r);
	q.notes = buf_text(&notes);
	open311_request(l->doc, &q);
	buf_free(&notes);
	l->rows++;
}

static void list_done(void *ctx, const struct err *e, size_t rows)
{
	struct listing *l = ctx;
	struct err none;

	(void)rows;
	if (e == NULL && l->one && l->rows == 0) {
		err_set(&none, ERR_NOT_FOUND, "service_request_id", "service_request_id was not found");
		e = &none;
	}
	if (e) {
		doc_free(l->doc);
		api_fail(l->call, e);
		return;
	}
	doc_end(l->doc);
	api_doc(l->call, 200, l->doc);
}

static void put_array_text(struct buf *out, const char *s)
{
	buf_putc(out, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *s);
	}
	buf_putc(out, '"');
}

/* Filters as parameters of the two list statements. */
struct wanted {
	struct buf ids, codes;
	char from[40], until[40], most[16], skip[24];
};

static void want(struct wanted *w, const struct open311_filter *f)
{
	*w = (struct wanted){ 0 };
	for (int i = 0; i < f->ids; i++)
		buf_printf(&w->ids, "%s%lld", i ? "," : "{", (long long)f->id[i]);
	if (f->ids)
		buf_putc(&w->ids, '}');
	for (int i = 0; i < f->codes; i++) {
		buf_putc(&w->codes, i ? ',' : '{');
		put_array_text(&w->codes, f->code[i]);
	}
	if (f->codes)
		buf_putc(&w->codes, '}');
	clock_rfc3339(f->from, w->from);
	clock_rfc3339(f->until, w->until);
	snprintf(w->most, sizeof w->most, "%d", f->page_size);
	snprintf(w->skip, sizeof w->skip, "%lld", (long long)(f->page - 1) * f->page_size);
}

static void want_free(struct wanted *w)
{
	buf_free(&w->ids);
	buf_free(&w->codes);
}

static void list_requests(struct api_call *c, const struct open311_filter *f, bool one)
{
	struct listing *l = arena_alloc(http_arena(c->req), sizeof *l);
	struct wanted w;

	want(&w, f);
	*l = (struct listing){ .call = c, .doc = doc_new(c->path.form), .one = one };
	open311_requests_begin(l->doc);
	pool_send(c->daemon->pool, SQL_OPEN311_REQUESTS, (struct db_param[]){ DB_TEXT(c->key.hash),
	    DB_TEXT(f->ids ? buf_text(&w.ids) : NULL), DB_TEXT(f->codes ? buf_text(&w.codes) : NULL), DB_TEXT(f->open ? "t" : "f"),
	    DB_TEXT(f->closed ? "t" : "f"), DB_TEXT(w.from), DB_TEXT(w.until), DB_TEXT(w.most), DB_TEXT(w.skip) }, 9, request_row,
	    list_done, l);
	want_free(&w);
}

static void update_row(void *ctx, const struct db_row *r)
{
	struct listing *l = ctx;
	char id[24];

	snprintf(id, sizeof id, "%lld", (long long)db_row_int(r, 0));
	open311_update(l->doc, &(struct open311_update){ .id = id, .no = db_row_int(r, 1), .open = db_row_bool(r, 2),
	    .updated = db_row_time(r, 3), .description = *db_row_text(r, 5, NULL) ? db_row_text(r, 5, NULL) : db_row_text(r, 4, NULL) });
	l->rows++;
}

static void list_updates(struct api_call *c, const struct open311_filter *f)
{
	struct listing *l = arena_alloc(http_arena(c->req), sizeof *l);
	struct wanted w;

	want(&w, f);
	*l = (struct listing){ .call = c, .doc = doc_new(c->path.form) };
	open311_updates_begin(l->doc);
	pool_send(c->daemon->pool, SQL_OPEN311_UPDATES, (struct db_param[]){ DB_TEXT(c->key.hash),
	    DB_TEXT(f->ids ? buf_text(&w.ids) : NULL), DB_TEXT(f->ids ? "-infinity" : w.from), DB_TEXT(f->ids ? "infinity" : w.until),
	    DB_TEXT(w.most), DB_TEXT(w.skip) }, 6, update_row, list_done, l);
	want_free(&w);
}

static void token(struct api_call *c)
{
	struct doc *d;
	case_no no;

	/* A request has its number at once, so the token we would give is the number. */
	if (!api_case(c, c->path.id, &no))
		return;
	d = doc_new(c->path.form);
	open311_receipt(d, no, NULL, true);
	api_doc(c, 200, d);
}

void api_open311(struct api_call *c)
{
	struct open311_filter f;
	struct err e;
	const struct form *q = http_query(c->req, &e);

	switch (c->path.what) {
	case OPEN311_DISCOVERY:
		discovery(c);
		return;
	case OPEN311_SERVICES:
		services(c);
		return;
	case OPEN311_SERVICE:
		service(c);
		return;
	case OPEN311_TOKEN:
		token(c);
		return;
	case OPEN311_REQUEST:
		f = (struct open311_filter){ .page = 1, .page_size = 1, .ids = 1, .id = arena_alloc(http_arena(c->req), sizeof *f.id),
			.from = USEC_S, .until = clock_now() };
		if (api_case(c, c->path.id, f.id))
			list_requests(c, &f, true);
		return;
	default:
		break;
	}
	if (!open311_filter(http_arena(c->req), q, clock_now(), &f, &e))
		api_fail(c, &e);
	else if (c->path.what == OPEN311_UPDATES)
		list_updates(c, &f);
	else
		list_requests(c, &f, false);
}

/* --- posts ------------------------------------------------------------------------------------------------------------- */

struct posting {
	struct api_call *call;
	struct thought thought;
};

static void posted(void *ctx, int index, const struct intake_result *r)
{
	struct posting *p = ctx;
	struct api_call *c = p->call;
	struct doc *d;
	struct err e;

	(void)index;
	if (r->status == INTAKE_created || r->status == INTAKE_duplicate) {
		if (r->status == INTAKE_created) {
			think_remember(c->daemon->think, r->no, &p->thought);
			feedlog_hint(c->daemon->feedlog);
		}
		d = doc_new(c->path.form);
		open311_receipt(d, r->no, NULL, false);
		api_doc(c, 200, d);
		return;
	}
	err_set(&e, r->status == INTAKE_retry ? ERR_UNAVAILABLE : err_by_name(r->error), r->field, "%s", r->message);
	api_fail(c, &e);
}

/* An external id: the caller's Idempotency-Key, so that a post sent again is the same request; else one that nobody has. */
static bool external_id(struct api_call *c, const char **out, struct err *e)
{
	const char *key = http_header(c->req, "Idempotency-Key");
	unsigned char bytes[16];
	char text[48] = "open311-";

	if (key && *key)
		return appeal_identifier(http_arena(c->req), "Idempotency-Key", key, strlen(key), APPEAL_ID, out, e);
	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return err_set(e, ERR_INTERNAL, "", "no random numbers");
	for (size_t i = 0; i < sizeof bytes; i++)
		snprintf(text + 8 + 2 * i, 3, "%02x", bytes[i]);
	*out = arena_strdup(http_arena(c->req), text);
	return true;
}

static bool post_is_good(struct api_call *c, struct open311_post *post, struct err *e)
{
	struct daemon *d = c->daemon;
	struct arena *a = http_arena(c->req);
	const char *name, *place;

	if (!think_ready(d->think) || pool_ready(d->pool) == 0 || intake_full(d->intake))
		return err_set(e, ERR_UNAVAILABLE, "", "%s", err_sentence(ERR_UNAVAILABLE));
	if (c->key.channel[0] == '\0')
		return err_set(e, ERR_FORBIDDEN, "", "this key belongs to no channel");
	if (!open311_post(a, &c->form, (size_t)d->conf.intake_text, post, e))
		return false;
	if ((name = service_name(c, post->service_code)) == NULL)
		return err_set(e, ERR_NOT_FOUND, "service_code", "service_code was not found");
	if (!post->placed && !(c->key.rights & KEY_NOPLACE))
		return err_set(e, ERR_MISSING, "address_string", "lat and long, address_string or address_id are needed");
	if (!open311_post_text(a, &c->form, name, (size_t)d->conf.intake_text, post, e) ||
	    !external_id(c, &post->appeal.external_id, e))
		return false;
	place = place_name(rules_places(d->routing), post->address_id);
	if (post->appeal.address[0] == '\0')
		post->appeal.address = arena_strdup(a, place ? place : post->address_id);
	return true;
}

static void post_request(struct api_call *c)
{
	struct posting *p = arena_alloc(http_arena(c->req), sizeof *p);
	struct open311_post post;
	struct ruling *g;
	struct buf row = { 0 };
	struct err e;

	p->call = c;
	if (!post_is_good(c, &post, &e)) {
		api_fail(c, &e);
		return;
	}
	g = rules_hold(c->daemon->routing);
	think_row(c->daemon->think, g, http_arena(c->req), &c->key, &post.appeal, post.email, NULL, 0, &row, &p->thought);
	rules_release(g);
	metrics_time(&c->daemon->metrics.recommend, p->thought.took);
	intake_put(c->daemon->intake, c->key.hash, row.data, row.len, 0, posted, p);
}

/* mySociety's extension, from the channel's side: the citizen adds to a request. Word on an open case is a chase; on a closed
 * one that the citizen says is open, a reopening. */
struct updating {
	struct api_call *call;
	struct open311_update_post post;
	bool ok, closed, tried_reopen;
	int64_t event;
	struct err err;
};

static void update_send(struct updating *u, const char *action);

static void updated_row(void *ctx, const struct db_row *r)
{
	struct updating *u = ctx;

	u->ok = db_row_bool(r, 1);
	u->event = db_row_int(r, 4);
	u->closed = !strcmp(db_row_text(r, 3, NULL), "closed") || !u->ok;
	if (!u->ok)
		err_set(&u->err, err_by_name(db_row_text(r, 5, NULL)), db_row_text(r, 7, NULL), "%s", db_row_text(r, 6, NULL));
}

static void updated(void *ctx, const struct err *e, size_t rows)
{
	struct updating *u = ctx;
	struct api_call *c = u->call;
	struct doc *d;
	char id[24];

	if (e || rows == 0) {
		if (e == NULL)
			err_set(&u->err, ERR_INTERNAL, "", "no answer from the database");
		api_fail(c, e ? e : &u->err);
	} else if (!u->ok && u->err.code == ERR_IMPOSSIBLE && u->post.reopen && !u->tried_reopen) {
		u->tried_reopen = true;
		update_send(u, "reopen");
	} else if (!u->ok) {
		api_fail(c, &u->err);
	} else {
		feedlog_hint(c->daemon->feedlog);
		snprintf(id, sizeof id, "%lld", (long long)u->event);
		d = doc_new(c->path.form);
		open311_updates_receipt(d, id);
		api_doc(c, 200, d);
	}
}

static void update_send(struct updating *u, const char *action)
{
	struct api_call *c = u->call;
	struct buf args = { 0 }, idem = { 0 };
	char no[24];
	bool reopen = !strcmp(action, "reopen");

	buf_putc(&args, '{');
	jsonw_member(&args, reopen ? "reason" : "text", *u->post.description || !reopen ? u->post.description : "not solved");
	buf_putc(&args, '}');
	/* The same update sent twice is one. */
	if (*u->post.update_id)
		buf_printf(&idem, "update %s %s", action, u->post.update_id);
	snprintf(no, sizeof no, "%lld", (long long)u->post.no);
	pool_send(c->daemon->pool, SQL_ACT_FOR, (struct db_param[]){ DB_TEXT(c->key.hash), DB_TEXT(""), DB_TEXT(action), DB_TEXT(no),
	    DB_TEXT(NULL), DB_TEXT(buf_text(&args)), DB_TEXT(idem.len && idem.len <= 200 ? buf_text(&idem) : NULL) }, 7, updated_row,
	    updated, u);
	buf_free(&args);
	buf_free(&idem);
}

void api_open311_post(struct api_call *c)
{
	struct updating *u;
	struct err e;

	if (c->path.what == OPEN311_REQUESTS) {
		post_request(c);
		return;
	}
	u = arena_alloc(http_arena(c->req), sizeof *u);
	u->call = c;
	if (open311_update_post(http_arena(c->req), &c->form, 20000, &u->post, &e))
		update_send(u, "chase");
	else
		api_fail(c, &e);
}
