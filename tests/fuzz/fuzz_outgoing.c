/* Letters, gateway calls and addresses out of any bytes: the first line is the template or address, the rest a value. What a value says changes
 * nothing but its own place; what comes out is text; an address that is let through has the server of its line. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/feed/gateway.h"
#include "core/feed/letter.h"
#include "core/feed/receivers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(what) do { if (!(what)) abort(); } while (0)

static void letters(const char *template, const char *value, int parts)
{
	json_t *fields = json_pack("{s:o, s:s}", "title", json_stringn_nocheck(value, strlen(value)), "number", "1");
	struct buf b = { 0 };
	struct sms_size z;

	letter_write(&b, template, fields, parts);
	MUST(!b.failed);
	z = sms_measure(buf_text(&b), b.len);
	MUST(parts == 0 || z.parts <= parts);
	buf_reset(&b);
	letter_write(&b, "<【title】>", fields, 0);
	MUST(clean_is(buf_text(&b), b.len, CLEAN_LINE) && !strstr(buf_text(&b), "【") && !strstr(buf_text(&b), "】"));
	MUST(utf8_valid(buf_text(&b), b.len) && b.len >= 2 && b.data[0] == '<' && b.data[b.len - 1] == '>');
	buf_free(&b);
	json_decref(fields);
}

static void gateways(const char *value)
{
	const struct gateway_message m = { "13800000001", value, "k" };
	struct buf b = { 0 };
	json_t *j;

	gateway_fill(&b, "p={phone}&t={text}&k={key}", GATEWAY_QUERY, &m);
	MUST(!strncmp(buf_text(&b), "p=13800000001&t=", 16));
	MUST(strchr(buf_text(&b) + 16, '&') == strrchr(buf_text(&b), '&') && !strpbrk(buf_text(&b), "\r\n \"<>{}"));
	buf_reset(&b);
	if (utf8_valid(value, strlen(value))) {
		gateway_fill(&b, "{\"to\":\"{phone}\",\"text\":\"{text}\"}", GATEWAY_JSON, &m);
		j = json_loads(buf_text(&b), JSON_REJECT_DUPLICATES, NULL);
		MUST(j && json_object_size(j) == 2 && !strcmp(json_string_value(json_object_get(j, "text")), value));
		json_decref(j);
	}
	buf_free(&b);
}

static void addresses(const char *url)
{
	static const char lines[] = "https://zj.example/fenbo idempotent 0123456789abcdef\nhttp://10.0.0.7:8080/ once 0123456789abcdef\n";
	struct receivers r;
	struct receiver_target t;
	struct err e;
	const struct receiver *found;

	MUST(receivers_parse(lines, sizeof lines - 1, &r, &e));
	found = receivers_find(&r, url, &t);
	if (found) {
		MUST(!strcmp(t.base, found == &r.list[0] ? "https://zj.example:443" : "http://10.0.0.7:8080") ||
		    !strcasecmp(t.base, "https://zj.example:443"));
		MUST(t.path[0] == '/' && !strpbrk(t.path, "\r\n \t#") && !strstr(t.path, ".."));
		MUST(found != &r.list[0] || !strncmp(t.path, "/fenbo", 6));
	}
	receivers_free(&r);
	if (receivers_parse(url, strlen(url), &r, &e))
		receivers_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const uint8_t *nl = memchr(data, '\n', len);
	size_t first = nl ? (size_t)(nl - data) : len;
	char *a = calloc(1, first + 1), *b = calloc(1, len + 1);

	if (!a || !b)
		abort();
	memcpy(a, data, first);
	if (nl)
		memcpy(b, nl + 1, len - first - 1);
	letters(a, b, 0);
	letters(a, b, 1 + (int)(len % 4));
	gateways(b);
	addresses(a);
	free(a);
	free(b);
	return 0;
}
