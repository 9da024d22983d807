#include "core/feed/open311.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/buf.h"

/* --- paths -------------------------------------------------------------------------------------------------------- */

static const struct resource {
	const char *name;
	enum open311_what all, one; /* without and with an id behind it */
} resources[] = {
	{ "discovery",             OPEN311_DISCOVERY, OPEN311_NONE },
	{ "services",              OPEN311_SERVICES,  OPEN311_SERVICE },
	{ "requests",              OPEN311_REQUESTS,  OPEN311_REQUEST },
	{ "tokens",                OPEN311_NONE,      OPEN311_TOKEN },
	{ "servicerequestupdates", OPEN311_UPDATES,   OPEN311_NONE },
};

static bool strip_suffix(char *s, const char *suffix)
{
	size_t len = strlen(s), n = strlen(suffix);

	if (len <= n || strcmp(s + len - n, suffix))
		return false;
	s[len - n] = '\0';
	return true;
}

bool open311_route(const char *path, const char *accept, struct open311_path *out)
{
	static const char root[] = "/open311/";
	char rest[sizeof out->id + 64], *id;

	*out = (struct open311_path){ .form = accept && strstr(accept, "xml") && !strstr(accept, "json") ? DOC_XML : DOC_JSON };
	if (strncmp(path, root, sizeof root - 1))
		return false;
	path += sizeof root - 1;
	if (!strncmp(path, "discovery", 9)) /* at times asked for beside the version */
		;
	else if (!strncmp(path, "v2/", 3))
		path += 3;
	else
		return true;
	if (strlen(path) >= sizeof rest)
		return true;
	strcpy(rest, path);
	if (strip_suffix(rest, ".xml"))
		out->form = DOC_XML;
	else if (strip_suffix(rest, ".json"))
		out->form = DOC_JSON;
	id = strchr(rest, '/');
	if (id)
		*id++ = '\0';
	for (size_t i = 0; i < sizeof resources / sizeof resources[0]; i++)
		if (!strcmp(rest, resources[i].name))
			out->what = id && *id ? resources[i].one : resources[i].all;
	if (id && strlen(id) < sizeof out->id)
		strcpy(out->id, id);
	else if (id)
		out->what = OPEN311_NONE;
	return true;
}

int open311_status(enum err_code code)
{
	return code == ERR_UNKNOWN_KEY ? 403 : err_http(code);
}

/* --- filters ------------------------------------------------------------------------------------------------------ */

/* Split at commas into the arena; blank parts are dropped. */
static int split(struct arena *a, const char *text, const char ***out)
{
	char *s = arena_strdup(a, text), *save = NULL;
	int most = 1, n = 0;

	for (const char *p = text; *p; p++)
		most += *p == ',';
	*out = arena_alloc(a, (size_t)most * sizeof **out);
	for (char *part = strtok_r(s, ",", &save); part; part = strtok_r(NULL, ",", &save)) {
		part += strspn(part, " ");
		if (*part)
			(*out)[n++] = part;
	}
	return n;
}

static bool ids(struct arena *a, const char *text, struct open311_filter *out, struct err *e)
{
	const char **part;
	int n = split(a, text, &part);

	if (n > OPEN311_IDS_MAX)
		return err_set(e, ERR_INVALID, "service_request_id", "at most %d at once", OPEN311_IDS_MAX);
	out->id = arena_alloc(a, (size_t)(n + 1) * sizeof *out->id);
	for (int i = 0; i < n; i++) {
		/* What is no number of ours cannot be found; the others still can. */
		if (number_parse(part[i], strlen(part[i]), &out->id[out->ids]))
			out->ids++;
	}
	if (out->ids == 0 && n > 0)
		out->id[out->ids++] = -1;
	return true;
}

static bool moment(const struct form *q, const char *name, usec_t *out, struct err *e)
{
	const char *s = form_get(q, name);
	char fixed[64];

	if (s == NULL || *s == '\0')
		return true;
	/* "+08:00" that nobody escaped arrives with a blank for the plus. */
	if (strlen(s) < sizeof fixed) {
		char *blank;

		strcpy(fixed, s);
		if (strchr(fixed, 'T') && (blank = strrchr(fixed, ' ')))
			*blank = '+';
		s = fixed;
	}
	return clock_parse(s, strlen(s), out) ||
	    err_set(e, ERR_INVALID, name, "a w3c time such as 2026-11-22T00:00:00+08:00 is expected");
}

static bool count_of(const struct form *q, const char *name, int most, int *out, struct err *e)
{
	const char *s = form_get(q, name);
	char *end;
	long n;

	if (s == NULL || *s == '\0')
		return true;
	errno = 0;
	n = strtol(s, &end, 10);
	if (*end || errno || n < 1 || n > most)
		return err_set(e, ERR_INVALID, name, "a number from 1 to %d is expected", most);
	*out = (int)n;
	return true;
}

static bool statuses(struct arena *a, const char *text, struct open311_filter *out, struct err *e)
{
	const char **part;
	int n = split(a, text, &part);

	out->open = out->closed = n == 0;
	for (int i = 0; i < n; i++) {
		if (!strcasecmp(part[i], "open"))
			out->open = true;
		else if (!strcasecmp(part[i], "closed"))
			out->closed = true;
		else
			return err_set(e, ERR_INVALID, "status", "open or closed is expected");
	}
	return true;
}

bool open311_filter(struct arena *a, const struct form *q, usec_t now, struct open311_filter *out, struct err *e)
{
	const usec_t span = OPEN311_DAYS * 86400 * USEC_S;
	const char *id = form_get(q, "service_request_id"), *code = form_get(q, "service_code"), *status = form_get(q, "status");

	*out = (struct open311_filter){ .page = 1, .page_size = OPEN311_PAGE_MAX };
	if (!statuses(a, status ? status : "", out, e) || !moment(q, "start_date", &out->from, e) ||
	    !moment(q, "end_date", &out->until, e) || !count_of(q, "page", 1000000, &out->page, e) ||
	    !count_of(q, "page_size", OPEN311_PAGE_MAX, &out->page_size, e))
		return false;
	if (id && *id)
		return ids(a, id, out, e);
	if (code && *code)
		out->codes = split(a, code, &out->code);
	if (out->from && out->until && out->from > out->until)
		return err_set(e, ERR_INVALID, "start_date", "start_date lies after end_date");
	/* 90 days unless asked otherwise, and never more at once. */
	if (out->from && !out->until)
		out->until = out->from + span;
	if (!out->until)
		out->until = now + 60 * USEC_S;
	if (!out->from || out->until - out->from > span)
		out->from = out->until - span;
	return true;
}

/* --- posts -------------------------------------------------------------------------------------------------------- */

static bool take(struct arena *a, const struct form *f, const char *name, size_t most, const char **out, struct err *e)
{
	const char *s = form_get(f, name);

	*out = "";
	return s == NULL || appeal_field(a, name, s, strlen(s), most, !strcmp(name, "description"), out, e);
}

static bool coordinate(const struct form *f, const char *name, bool *given, double *out, struct err *e)
{
	const char *s = form_get(f, name);
	char *end;

	*given = s && *s;
	if (!*given)
		return true;
	*out = strtod(s, &end);
	return (*end == '\0' && strspn(s, "+-.0123456789eE") == strlen(s)) || err_set(e, ERR_INVALID, name, "a number is expected");
}

static const char *attribute(const struct form *f, const char *code)
{
	char name[80];

	snprintf(name, sizeof name, "attribute[%s]", code);
	return form_get(f, name);
}

static bool yes(const char *s)
{
	return s && (!strcasecmp(s, "yes") || !strcasecmp(s, "true") || !strcmp(s, "1"));
}

static bool place_of(struct arena *a, const struct form *f, struct open311_post *out, struct err *e)
{
	bool lat, lng;

	if (!coordinate(f, "lat", &lat, &out->appeal.lat, e) || !coordinate(f, "long", &lng, &out->appeal.lng, e) ||
	    !take(a, f, "address_string", APPEAL_ADDRESS, &out->appeal.address, e) ||
	    !take(a, f, "address_id", APPEAL_WORD, &out->address_id, e))
		return false;
	if (lat != lng)
		return err_set(e, ERR_MISSING, lat ? "long" : "lat", "lat and long are given together");
	out->appeal.located = lat;
	out->placed = lat || out->appeal.address[0] || out->address_id[0];
	return !lat || appeal_place(out->appeal.lat, out->appeal.lng, e);
}

static bool person_of(struct arena *a, const struct form *f, struct open311_post *out, struct err *e)
{
	const char *first, *last;
	struct buf b = { 0 };

	if (!take(a, f, "first_name", APPEAL_NAME / 2 - 1, &first, e) || !take(a, f, "last_name", APPEAL_NAME / 2, &last, e) ||
	    !take(a, f, "phone", APPEAL_PHONE, &out->appeal.phone, e) || !take(a, f, "email", 254, &out->email, e))
		return false;
	/* A Chinese name has its family name first and no blank; others as the two fields come. */
	if ((unsigned char)last[0] >= 0x80)
		buf_printf(&b, "%s%s", last, first);
	else
		buf_printf(&b, "%s%s%s", first, *first && *last ? " " : "", last);
	out->appeal.name = arena_strdup(a, buf_text(&b));
	buf_free(&b);
	return true;
}

bool open311_post(struct arena *a, const struct form *f, size_t text_most, struct open311_post *out, struct err *e)
{
	const char *title = attribute(f, "title"), *type = attribute(f, "type"), *code = form_get(f, "service_code");

	*out = (struct open311_post){ .appeal = { .external_id = "", .title = "", .type = "", .duty_item = "" } };
	if (code == NULL || *code == '\0')
		return err_set(e, ERR_MISSING, "service_code", "service_code was not provided");
	if (!appeal_identifier(a, "service_code", code, strlen(code), APPEAL_WORD, &out->service_code, e) ||
	    !place_of(a, f, out, e) || !person_of(a, f, out, e) ||
	    !take(a, f, "description", text_most, &out->appeal.text, e) ||
	    (title && !appeal_field(a, "attribute[title]", title, strlen(title), APPEAL_TITLE, false, &out->appeal.title, e)) ||
	    (type && !appeal_field(a, "attribute[type]", type, strlen(type), APPEAL_WORD, false, &out->appeal.type, e)))
		return false;
	out->appeal.confidential = yes(attribute(f, "confidential"));
	out->appeal.reply_wanted = yes(attribute(f, "reply_wanted"));
	if (strcmp(out->service_code, OPEN311_GENERAL))
		out->appeal.duty_item = out->service_code;
	return true;
}

static bool known_attribute(const char *name)
{
	return !strcmp(name, "attribute[title]") || !strcmp(name, "attribute[type]") ||
	    !strcmp(name, "attribute[confidential]") || !strcmp(name, "attribute[reply_wanted]");
}

bool open311_post_text(struct arena *a, const struct form *f, const char *service_name, size_t text_most,
    struct open311_post *post, struct err *e)
{
	const char *media = form_get(f, "media_url");
	struct buf b = { 0 };
	bool ok;

	if (media && *media && strncmp(media, "http://", 7) && strncmp(media, "https://", 8))
		return err_set(e, ERR_INVALID, "media_url", "an http or https address is expected");
	buf_puts(&b, post->appeal.text);
	for (int i = 0; i < f->count; i++) {
		const char *name = f->pair[i].name, *end = strrchr(name, ']');

		if (strncmp(name, "attribute[", 10) || end == NULL || known_attribute(name) || *f->pair[i].value == '\0')
			continue;
		/* attribute[code] or, for several values, attribute[code][] */
		buf_printf(&b, "%s%.*s: %s", b.len ? "\n" : "", (int)strcspn(name + 10, "]"), name + 10, f->pair[i].value);
	}
	if (b.len == 0)
		buf_puts(&b, service_name);
	if (media && *media)
		buf_printf(&b, "\nmedia_url: %s", media);
	ok = appeal_field(a, "description", buf_text(&b), b.len, text_most, true, &post->appeal.text, e);
	buf_free(&b);
	post->appeal.text_len = ok ? strlen(post->appeal.text) : 0;
	return ok;
}

bool open311_update_post(struct arena *a, const struct form *f, size_t text_most, struct open311_update_post *out,
    struct err *e)
{
	const char *id = form_get(f, "service_request_id"), *update = form_get(f, "update_id"), *status = form_get(f, "status");

	*out = (struct open311_update_post){ .update_id = "" };
	if (id == NULL || *id == '\0')
		return err_set(e, ERR_MISSING, "service_request_id", "service_request_id was not provided");
	if (!number_parse(id, strlen(id), &out->no))
		return err_set(e, ERR_NOT_FOUND, "service_request_id", "there is no such request");
	if (update && !appeal_identifier(a, "update_id", update, strlen(update), APPEAL_ID, &out->update_id, e))
		return false;
	out->reopen = status && !strcasecmp(status, "open");
	return take(a, f, "description", text_most, &out->description, e);
}

/* --- answers ------------------------------------------------------------------------------------------------------ */

static void when(struct doc *d, const char *name, usec_t t)
{
	char text[40];

	if (t)
		clock_rfc3339(t, text);
	doc_text(d, name, t ? text : NULL);
}

void open311_discovery(struct doc *d, const char *base, const char *contact, usec_t changed)
{
	doc_object(d, "discovery");
	when(d, "changeset", changed);
	doc_text(d, "contact", contact);
	doc_text(d, "key_service", contact);
	doc_array(d, "endpoints");
	doc_object(d, "endpoint");
	doc_text(d, "specification", "http://wiki.open311.org/GeoReport_v2");
	doc_text(d, "url", base);
	when(d, "changeset", changed);
	doc_text(d, "type", "production");
	doc_array(d, "formats");
	doc_text(d, "format", "text/xml");
	doc_text(d, "format", "application/json");
	doc_end(d);
	doc_end(d);
	doc_end(d);
	doc_end(d);
}

void open311_services_begin(struct doc *d)
{
	doc_array(d, "services");
}

void open311_service(struct doc *d, const struct open311_service *s)
{
	doc_object(d, "service");
	doc_text(d, "service_code", s->code);
	doc_text(d, "service_name", s->name);
	doc_text(d, "description", s->description);
	doc_bool(d, "metadata", true);
	doc_text(d, "type", "realtime");
	doc_text(d, "keywords", s->keywords);
	doc_text(d, "group", s->group);
	doc_end(d);
}

static const struct attribute {
	const char *code, *datatype, *hint, *values; /* values: key=name, separated by | */
} attributes[] = {
	{ "title", "string", "one line", NULL },
	{ "type", "singlevaluelist", "what the citizen wants",
	    "consultation=consultation|complaint=complaint|suggestion=suggestion|help=help" },
	{ "confidential", "singlevaluelist", "the unit does not learn who asks", "yes=yes|no=no" },
	{ "reply_wanted", "singlevaluelist", "the citizen wants an answer", "yes=yes|no=no" },
};

static void values(struct doc *d, const char *list)
{
	doc_array(d, "values");
	while (list && *list) {
		size_t n = strcspn(list, "|"), key = strcspn(list, "=");
		char k[40], v[40];

		snprintf(k, sizeof k, "%.*s", (int)key, list);
		snprintf(v, sizeof v, "%.*s", (int)(n - key - 1), list + key + 1);
		doc_object(d, "value");
		doc_text(d, "key", k);
		doc_text(d, "name", v);
		doc_end(d);
		list += n + (list[n] == '|');
	}
	doc_end(d);
}

void open311_definition(struct doc *d, const char *service_code)
{
	doc_object(d, "service_definition");
	doc_text(d, "service_code", service_code);
	doc_array(d, "attributes");
	for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
		const struct attribute *at = &attributes[i];

		doc_object(d, "attribute");
		doc_bool(d, "variable", true);
		doc_text(d, "code", at->code);
		doc_text(d, "datatype", at->datatype);
		doc_bool(d, "required", false);
		doc_text(d, "datatype_description", at->hint);
		doc_int(d, "order", (long long)i + 1);
		doc_text(d, "description", at->hint);
		if (at->values)
			values(d, at->values);
		doc_end(d);
	}
	doc_end(d);
	doc_end(d);
}

void open311_requests_begin(struct doc *d)
{
	doc_array(d, "service_requests");
}

void open311_request(struct doc *d, const struct open311_request *r)
{
	char no[14];

	number_plain(r->no, no);
	doc_object(d, "request");
	doc_text(d, "service_request_id", no);
	doc_text(d, "status", r->open ? "open" : "closed");
	doc_text(d, "status_notes", r->notes);
	doc_text(d, "service_name", r->service_name);
	doc_text(d, "service_code", r->service_code);
	doc_text(d, "description", r->description);
	doc_text(d, "agency_responsible", r->agency);
	doc_text(d, "service_notice", NULL);
	when(d, "requested_datetime", r->requested);
	when(d, "updated_datetime", r->updated);
	when(d, "expected_datetime", r->expected);
	doc_text(d, "address", r->address);
	doc_text(d, "address_id", NULL);
	doc_text(d, "zipcode", NULL);
	doc_real(d, "lat", r->located, r->lat);
	doc_real(d, "long", r->located, r->lng);
	doc_text(d, "media_url", NULL);
	doc_end(d);
}

void open311_receipt(struct doc *d, case_no no, const char *notice, bool as_token)
{
	char id[14];

	number_plain(no, id);
	doc_array(d, "service_requests");
	doc_object(d, "request");
	doc_text(d, "service_request_id", id);
	if (as_token) {
		doc_text(d, "token", id);
	} else {
		doc_text(d, "service_notice", notice);
		doc_text(d, "account_id", NULL);
	}
	doc_end(d);
	doc_end(d);
}

void open311_updates_begin(struct doc *d)
{
	doc_array(d, "service_request_updates");
}

void open311_update(struct doc *d, const struct open311_update *u)
{
	char no[14];

	number_plain(u->no, no);
	doc_object(d, "request_update");
	doc_text(d, "update_id", u->id);
	doc_text(d, "service_request_id", no);
	doc_text(d, "status", u->open ? "OPEN" : "CLOSED");
	when(d, "updated_datetime", u->updated);
	doc_text(d, "description", u->description);
	doc_text(d, "media_url", NULL);
	doc_end(d);
}

void open311_updates_receipt(struct doc *d, const char *update_id)
{
	doc_array(d, "service_request_updates");
	doc_object(d, "request_update");
	doc_text(d, "update_id", update_id);
	doc_end(d);
	doc_end(d);
}

void open311_error(struct doc *d, int status, const char *description)
{
	doc_array(d, "errors");
	doc_object(d, "error");
	doc_int(d, "code", status);
	doc_text(d, "description", description);
	doc_end(d);
	doc_end(d);
}
