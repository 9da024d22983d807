#include "core/feed/receivers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/buf.h"
#include "core/base/secret.h"

enum { FILE_MAX = 1 << 20, LINE_MAX_BYTES = 2000, RECEIVERS_MAX = 10000 };

/* Does the path leave its folder, or might a server that decodes it think so? */
static bool strays(const char *path)
{
	static const char *const hidden[] = { "%2e", "%2f", "%5c" };
	size_t len = strcspn(path, "?");

	if (strstr(path, ".."))
		return true;
	for (size_t i = 0; i + 3 <= len; i++)
		for (size_t k = 0; k < sizeof hidden / sizeof hidden[0]; k++)
			if (!strncasecmp(path + i, hidden[k], 3))
				return true;
	return false;
}

bool receiver_split(const char *url, struct url *u, struct receiver_target *t)
{
	char host[300];
	struct err e;
	const char *rest, *query;

	for (const char *s = url; *s; s++)
		if ((unsigned char)*s <= ' ' || (unsigned char)*s >= 0x7F || strchr("#\\\"<>", *s))
			return false;
	rest = strstr(url, "://");
	if (rest == NULL || !url_parse(url, u, &e))
		return false;
	rest += 3;
	query = rest + strcspn(rest, "/?");
	for (const char *s = rest; s < query; s++)
		if (*s == '@')
			return false;
	rest = query;
	if (strlen(rest) >= sizeof t->path - 1 || strays(rest))
		return false;
	url_authority(u, host, sizeof host);
	if ((size_t)snprintf(t->base, sizeof t->base, "%s://%s", u->tls ? "https" : "http", host) >= sizeof t->base)
		return false;
	snprintf(t->path, sizeof t->path, "%s%s", *rest == '/' ? "" : "/", rest);
	return true;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static bool bad(struct err *e, int line, const char *why)
{
	char field[24];

	snprintf(field, sizeof field, "line %d", line);
	return err_set(e, ERR_INVALID, field, "receivers, line %d: %s", line, why);
}

static bool parse_line(char *s, int line, struct receiver *r, struct err *e)
{
	char *save = NULL, *url = strtok_r(s, " \t", &save), *how = strtok_r(NULL, " \t", &save), *secret = strtok_r(NULL, " \t", &save);
	struct receiver_target t;

	if (!url || !how || !secret || strtok_r(NULL, " \t", &save))
		return bad(e, line, "a URL, idempotent or once, and a secret are expected");
	if (!receiver_split(url, &r->url, &t) || strchr(url, '?'))
		return bad(e, line, "this is no http or https address");
	if (strcmp(how, "idempotent") && strcmp(how, "once"))
		return bad(e, line, "idempotent or once is expected after the URL");
	if (strlen(secret) < 16 || strlen(secret) >= sizeof r->secret)
		return bad(e, line, "a secret has 16 to 255 characters");
	r->idempotent = !strcmp(how, "idempotent");
	snprintf(r->secret, sizeof r->secret, "%s", secret);
	return true;
}

bool receivers_parse(const char *text, size_t len, struct receivers *out, struct err *e)
{
	int line = 0;

	*out = (struct receivers){ 0 };
	for (size_t at = 0; at < len;) {
		const char *nl = memchr(text + at, '\n', len - at);
		size_t n = nl ? (size_t)(nl - text) - at : len - at, room = n;
		char one[LINE_MAX_BYTES];
		struct receiver *more;

		line++;
		if (room > 0 && text[at + room - 1] == '\r')
			room--;
		if (room >= sizeof one || memchr(text + at, '\0', room)) {
			receivers_free(out);
			return bad(e, line, "the line is too long");
		}
		memcpy(one, text + at, room);
		one[room] = '\0';
		at += n + (nl != NULL);
		if (one[strspn(one, " \t")] == '\0' || one[strspn(one, " \t")] == '#')
			continue;
		if (out->count == RECEIVERS_MAX) {
			receivers_free(out);
			return bad(e, line, "too many receivers");
		}
		if ((more = realloc(out->list, (out->count + 1) * sizeof *more)) == NULL)
			abort();
		out->list = more;
		out->list[out->count] = (struct receiver){ 0 };
		if (!parse_line(one, line, &out->list[out->count], e)) {
			receivers_free(out);
			return false;
		}
		out->count++;
	}
	return true;
}

bool receivers_load(const char *path, struct receivers *out, struct err *e)
{
	struct buf text = { .limit = FILE_MAX };
	char piece[4096];
	FILE *f;
	size_t n;
	bool ok;

	*out = (struct receivers){ 0 };
	if (path == NULL || *path == '\0')
		return true;
	if ((f = secret_open(path, "outbox.receivers", e)) == NULL)
		return false;
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		buf_add(&text, piece, n);
	ok = !ferror(f) && !text.failed;
	fclose(f);
	ok = ok ? receivers_parse(buf_text(&text), text.len, out, e)
	        : err_set(e, ERR_INVALID, "outbox.receivers", "%.150s cannot be read", path);
	if (text.data)
		explicit_bzero(text.data, text.cap);
	explicit_bzero(piece, sizeof piece);
	buf_free(&text);
	return ok;
}

void receivers_free(struct receivers *r)
{
	if (r->list)
		explicit_bzero(r->list, r->count * sizeof *r->list);
	free(r->list);
	*r = (struct receivers){ 0 };
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

/* Is `path` the folder's own, or below it? */
static bool below(const char *folder, const char *path)
{
	size_t n = strlen(folder);

	return !strncmp(folder, path, n) && (path[n] == '\0' || path[n] == '/' || path[n] == '?');
}

const struct receiver *receivers_find(const struct receivers *r, const char *url, struct receiver_target *t)
{
	const struct receiver *best = NULL;
	struct url u;

	if (!receiver_split(url, &u, t))
		return NULL;
	for (size_t i = 0; i < r->count; i++) {
		const struct receiver *one = &r->list[i];

		if (one->url.tls == u.tls && one->url.port == u.port && !strcasecmp(one->url.host, u.host) && below(one->url.prefix, t->path) &&
		    (best == NULL || strlen(one->url.prefix) > strlen(best->url.prefix)))
			best = one;
	}
	return best;
}
