#include "core/feed/url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <event2/http.h>

bool url_parse(const char *text, struct url *out, struct err *e)
{
	struct evhttp_uri *uri = text ? evhttp_uri_parse(text) : NULL;
	const char *scheme = uri ? evhttp_uri_get_scheme(uri) : NULL;
	const char *host = uri ? evhttp_uri_get_host(uri) : NULL;
	const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
	bool ok = scheme && host && *host && (!strcasecmp(scheme, "http") || !strcasecmp(scheme, "https"));
	size_t len;

	*out = (struct url){ 0 };
	if (ok) {
		out->tls = !strcasecmp(scheme, "https");
		out->port = evhttp_uri_get_port(uri);
		if (out->port <= 0)
			out->port = out->tls ? 443 : 80;
		len = strlen(host);
		if (*host == '[' && len > 2 && host[len - 1] == ']') {
			host++;
			len -= 2;
		}
		ok = len < sizeof out->host && out->port <= 65535;
		if (ok)
			memcpy(out->host, host, len);
		len = path ? strlen(path) : 0;
		while (len > 0 && path[len - 1] == '/')
			len--;
		ok = ok && len < sizeof out->prefix;
		if (ok && len > 0)
			memcpy(out->prefix, path, len);
	}
	if (uri)
		evhttp_uri_free(uri);
	return ok || err_set(e, ERR_INVALID, "url", "not an http or https address: %.150s", text ? text : "");
}

void url_authority(const struct url *u, char *out, size_t size)
{
	struct buf b = { .limit = size };
	bool six = strchr(u->host, ':') != NULL;

	buf_printf(&b, "%s%s%s:%d", six ? "[" : "", u->host, six ? "]" : "", u->port);
	out[0] = '\0';
	strncat(out, buf_text(&b), size - 1);
	buf_free(&b);
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool url_unescape(struct buf *out, const char *text, size_t len, bool plus)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '%') {
			int hi, lo;

			if (len - i < 3)
				return false;
			hi = hex(text[i + 1]);
			lo = hex(text[i + 2]);
			if (hi < 0 || lo < 0)
				return false;
			c = (char)(hi << 4 | lo);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\0')
			return false;
		buf_putc(out, c);
	}
	return !out->failed;
}

void url_escape(struct buf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || strchr("-._~", c))
			buf_putc(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}
