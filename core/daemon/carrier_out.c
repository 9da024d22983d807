#include "core/daemon/carrier_out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <jansson.h>
#include "core/base/secret.h"
#include "core/feed/gateway.h"
#include "core/feed/hmac.h"
#include "core/feed/letter.h"

/* TEXT_MAX: before it is made to fit; a few values of 2,000 characters each are far below it. */
enum { BODY_MAX = 256 << 10, TEXT_MAX = 1 << 20, PATH_BYTES = 32 << 10 };

/* --- configuration -------------------------------------------------------------------------------------------------- */

/* "Name: value" a line; the file may hold the gateway's password. */
static bool load_headers(struct out_conf *o, const char *path, struct err *e)
{
	char line[OUT_HEADER_BYTES];
	FILE *f;
	bool ok = true;

	if (*path == '\0')
		return true;
	if ((f = secret_open(path, "sms.headers", e)) == NULL)
		return false;
	while (ok && fgets(line, sizeof line, f)) {
		size_t n = strcspn(line, "\r\n");

		if (line[n] == '\0' && !feof(f))
			ok = err_set(e, ERR_INVALID, "sms.headers", "a header of more than %d bytes", OUT_HEADER_BYTES);
		line[n] = '\0';
		if (n == 0 || *line == '#')
			continue;
		if (ok && (!strchr(line, ':') || *line == ':' || strspn(line, " \t") > 0 || o->nheaders == OUT_HEADERS))
			ok = err_set(e, ERR_INVALID, "sms.headers", "at most %d lines of Name: value are expected", OUT_HEADERS);
		if (ok)
			snprintf(o->headers[o->nheaders++], OUT_HEADER_BYTES, "%s", line);
	}
	fclose(f);
	explicit_bzero(line, sizeof line);
	return ok;
}

/* The body as it stands in the option, or in the file it names, which may hold the account's password too. */
static bool load_body(struct out_conf *o, const char *said, struct err *e)
{
	FILE *f;
	size_t n;

	if (*said != '@') {
		snprintf(o->gateway_body, sizeof o->gateway_body, "%s", said);
		return true;
	}
	if ((f = secret_open(said + 1, "sms.body", e)) == NULL)
		return false;
	n = fread(o->gateway_body, 1, sizeof o->gateway_body, f);
	fclose(f);
	if (n == sizeof o->gateway_body || memchr(o->gateway_body, '\0', n))
		return err_set(e, ERR_INVALID, "sms.body", "%.150s: a text of less than %zu bytes is expected", said + 1, sizeof o->gateway_body);
	while (n > 0 && strchr(" \t\r\n", o->gateway_body[n - 1]))
		n--;
	o->gateway_body[n] = '\0';
	return true;
}

static bool load_gateway(struct out_conf *o, const struct conf *c, struct err *e)
{
	char plain[900];
	const char *query = strchr(c->sms_url, '?');
	struct receiver_target t;
	struct url u;

	if (c->sms_url[0] == '\0')
		return true;
	/* Braces are no part of an address; they stand in the query alone. */
	snprintf(plain, sizeof plain, "%.*s", (int)(query ? query - c->sms_url : (long)strlen(c->sms_url)), c->sms_url);
	if (!receiver_split(plain, &u, &t) || (query && strpbrk(query, " \t#\"<>")))
		return err_set(e, ERR_INVALID, "sms.url", "expected http://… or https://…, with {phone} and the like in its query alone");
	o->gateway_get = !strcmp(c->sms_method, "GET");
	o->gateway_json = !strcmp(c->sms_type, "json");
	o->gateway_idempotent = c->sms_idempotent;
	if (!load_body(o, c->sms_body, e))
		return false;
	if (!gateway_names(query, "{phone}") && (o->gateway_get || !gateway_names(o->gateway_body, "{phone}")))
		return err_set(e, ERR_INVALID, "sms.body", "{phone} does not stand in it, nor in the query of the url");
	if (!gateway_names(query, "{text}") && (o->gateway_get || !gateway_names(o->gateway_body, "{text}")))
		return err_set(e, ERR_INVALID, "sms.body", "{text} does not stand in it, nor in the query of the url");
	if (o->gateway_json && !o->gateway_get) {
		struct buf sample = { 0 };
		json_t *j;

		gateway_fill(&sample, o->gateway_body, GATEWAY_JSON, &(struct gateway_message){ "1", "\"\n", "1" });
		j = json_loads(buf_text(&sample), 0, NULL);
		buf_free(&sample);
		json_decref(j);
		if (j == NULL)
			return err_set(e, ERR_INVALID, "sms.body", "this does not become JSON");
	}
	snprintf(o->gateway_base, sizeof o->gateway_base, "%s", t.base);
	if ((size_t)snprintf(o->gateway_path, sizeof o->gateway_path, "%s%s", t.path, query ? query : "") >= sizeof o->gateway_path)
		return err_set(e, ERR_INVALID, "sms.url", "path and query of more than %zu bytes", sizeof o->gateway_path - 1);
	snprintf(o->gateway_accepted, sizeof o->gateway_accepted, "%s", c->sms_accepted);
	snprintf(o->gateway_again, sizeof o->gateway_again, "%s", c->sms_again);
	return load_headers(o, c->sms_headers, e);
}

bool out_conf_load(struct out_conf *out, const struct conf *conf, struct err *e)
{
	*out = (struct out_conf){ .parts = conf->sms_parts, .deadline_ms = (int)conf->outbox_deadline };
	snprintf(out->ca_file, sizeof out->ca_file, "%s", conf->outbox_ca_file);
	if (receivers_load(conf->outbox_receivers, &out->receivers, e) && load_gateway(out, conf, e))
		return true;
	out_conf_free(out);
	return false;
}

void out_conf_free(struct out_conf *o)
{
	receivers_free(&o->receivers);
	explicit_bzero(o, sizeof *o);
}

/* --- requests ------------------------------------------------------------------------------------------------------- */

static bool is_url(const char *address)
{
	return !strncasecmp(address, "http://", 7) || !strncasecmp(address, "https://", 8);
}

bool out_once(const struct out_conf *conf, const char *address)
{
	struct receiver_target t;
	const struct receiver *r;

	if (!is_url(address))
		return !conf->gateway_idempotent;
	r = receivers_find(&conf->receivers, address, &t);
	return r == NULL || !r->idempotent;
}

void out_hide(const char *address, char *said)
{
	enum { NATIONAL = 11, SHOWN = 3, HIDDEN = 4 };
	size_t n = strspn(address + (*address == '+'), "0123456789");
	const char *tail = address + (*address == '+') + (n > NATIONAL ? n - NATIONAL : 0);

	if (is_url(address) || n < SHOWN + HIDDEN)
		return;
	for (char *at = said; (at = strstr(at, tail)) != NULL; at += strlen(tail))
		memset(at + SHOWN, '*', HIDDEN);
}

bool out_later(const struct out_conf *conf, const char *said)
{
	for (const char *s = conf->gateway_again; *s; s += strspn(s, "|")) {
		size_t n = strcspn(s, "|");

		if (n > 0 && memmem(said, strlen(said), s, n))
			return true;
		s += n;
	}
	return false;
}

static void add_header(struct out_request *r, int i, const char *name, const char *value)
{
	buf_printf(&r->header[i], "%s: %s", name, value);
	r->list[i] = buf_text(&r->header[i]);
}

static void write_text(const struct out_letter *l, int parts, struct buf *text)
{
	json_t *fields = json_loads(l->fields, 0, NULL);

	text->limit = TEXT_MAX;
	letter_write(text, l->template, fields, parts);
	json_decref(fields);
}

static bool payload_with(const char *payload, const char *text, struct buf *body)
{
	json_t *p = json_loads(payload, 0, NULL);
	char *out = NULL;

	if (p && (*text == '\0' || json_object_set_new(p, "text", json_string(text)) == 0))
		out = json_dumps(p, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(p);
	if (out)
		buf_puts(body, out);
	free(out);
	return out && !body->failed;
}

static enum out_way webhook(const struct out_conf *conf, const struct out_letter *l, usec_t now, struct out_request *r, struct buf *why)
{
	struct receiver_target t;
	const struct receiver *to = receivers_find(&conf->receivers, l->address, &t);
	struct buf text = { 0 };
	char signature[SIGNATURE_SIZE];
	bool made;

	if (to == NULL) {
		buf_puts(why, "no line of the receivers file covers this address");
		return OUT_REFUSED;
	}
	write_text(l, 0, &text);
	made = !text.failed && payload_with(l->payload, buf_text(&text), &r->body) &&
	    hmac_sign(to->secret, strlen(to->secret), now / USEC_S, buf_text(&r->body), r->body.len, signature);
	buf_free(&text);
	if (!made) {
		buf_puts(why, "the message cannot be written");
		return OUT_REFUSED;
	}
	snprintf(r->base, sizeof r->base, "%s", t.base);
	buf_puts(&r->path, t.path);
	add_header(r, 0, "Fenbo-Signature", signature);
	add_header(r, 1, "Fenbo-Event", l->kind);
	r->once = !to->idempotent;
	r->request = (struct client_request){ .method = "POST", .type = "application/json; charset=utf-8" };
	return OUT_SEND;
}

static enum out_way short_message(const struct out_conf *conf, const struct out_letter *l, struct out_request *r, struct buf *why)
{
	struct buf text = { 0 };
	struct gateway_message m = { .phone = l->address, .key = l->key };

	if (conf->gateway_base[0] == '\0' || *l->template == '\0') {
		buf_puts(why, *l->template ? "no gateway for short messages is configured" : "no template for a short message");
		return OUT_UNADDRESSED;
	}
	write_text(l, conf->parts, &text);
	if (text.failed) {
		buf_free(&text);
		buf_puts(why, "the message cannot be written");
		return OUT_REFUSED;
	}
	m.text = buf_text(&text);
	snprintf(r->base, sizeof r->base, "%s", conf->gateway_base);
	gateway_fill(&r->path, conf->gateway_path, GATEWAY_QUERY, &m);
	if (!conf->gateway_get)
		gateway_fill(&r->body, conf->gateway_body, conf->gateway_json ? GATEWAY_JSON : GATEWAY_QUERY, &m);
	buf_free(&text);
	for (int i = 0; i < conf->nheaders; i++) {
		gateway_fill(&r->header[i], conf->headers[i], GATEWAY_PLAIN, &m);
		r->list[i] = buf_text(&r->header[i]);
	}
	r->once = !conf->gateway_idempotent;
	r->sms = true;
	r->request = (struct client_request){ .method = conf->gateway_get ? "GET" : "POST", .type = conf->gateway_get ? NULL :
	    conf->gateway_json ? "application/json; charset=utf-8" : "application/x-www-form-urlencoded" };
	return OUT_SEND;
}

enum out_way out_request_make(const struct out_conf *conf, const struct out_letter *l, usec_t now, struct out_request *r, struct buf *why)
{
	enum out_way way;
	bool failed;

	*r = (struct out_request){ 0 };
	r->body.limit = BODY_MAX;
	r->path.limit = PATH_BYTES;
	if (*l->address == '\0')
		return OUT_UNADDRESSED;
	way = is_url(l->address) ? webhook(conf, l, now, r, why) : short_message(conf, l, r, why);
	failed = r->body.failed || r->path.failed;
	for (size_t i = 0; i < sizeof r->header / sizeof r->header[0]; i++)
		failed = failed || r->header[i].failed;
	if (way == OUT_SEND && failed) {
		buf_puts(why, "the message is too long");
		way = OUT_REFUSED;
	}
	r->request.path = buf_text(&r->path);
	r->request.body = buf_text(&r->body);
	r->request.body_len = r->body.len;
	r->request.headers = r->list;
	r->request.idempotency_key = l->key;
	r->request.once = r->once;
	r->request.deadline_ms = conf->deadline_ms;
	return way;
}

void out_request_free(struct out_request *r)
{
	buf_free(&r->path);
	buf_free(&r->body);
	for (size_t i = 0; i < sizeof r->header / sizeof r->header[0]; i++) {
		if (r->header[i].data)
			explicit_bzero(r->header[i].data, r->header[i].cap);
		buf_free(&r->header[i]);
	}
}
