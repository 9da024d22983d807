#include "core/feed/answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include "core/base/clock.h"

enum { LINE_MAX_BYTES = 16 * 1024, HEADERS_MAX = 200, RETRY_MAX_S = 86400 };

void answer_init(struct answer *a, bool (*body)(void *ctx, const char *bytes, size_t len), void *ctx)
{
	*a = (struct answer){ .body = body, .ctx = ctx };
	a->line.limit = LINE_MAX_BYTES;
}

void answer_free(struct answer *a)
{
	buf_free(&a->line);
}

bool answer_head_done(const struct answer *a)
{
	return a->state >= ANSWER_LENGTH && a->state != ANSWER_BAD;
}

static bool bad(struct answer *a)
{
	a->state = ANSWER_BAD;
	return false;
}

static bool status_line(struct answer *a, const char *s)
{
	if (strncmp(s, "HTTP/1.", 7) || (s[7] != '0' && s[7] != '1') || s[8] != ' ' || strspn(s + 9, "0123456789") != 3)
		return bad(a);
	a->keep_alive = s[7] == '1';
	a->status = atoi(s + 9);
	a->state = ANSWER_HEADERS;
	return true;
}

static bool whole_number(const char *s, int base, uint64_t *out)
{
	char *end;

	if (!strchr(base == 16 ? "0123456789abcdefABCDEF" : "0123456789", *s) || *s == '\0' || strlen(s) > 18)
		return false;
	*out = strtoull(s, &end, base);
	while (*end == ' ' || *end == '\t')
		end++;
	return *end == '\0' || (base == 16 && *end == ';');
}

/* Seconds, or a time such as "Sun, 22 Nov 2026 09:42:08 GMT"; at most a day, 0 for what is neither. */
static int retry_after(const char *s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm = { 0 };
	char month[4] = "";
	const char *at;
	uint64_t n;
	time_t wait;

	if (whole_number(s, 10, &n))
		return n < RETRY_MAX_S ? (int)n : RETRY_MAX_S;
	if (sscanf(s, "%*3s, %2d %3s %4d %2d:%2d:%2d GMT", &tm.tm_mday, month, &tm.tm_year, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6 ||
	    (at = strstr(months, month)) == NULL || (at - months) % 3 != 0 || strlen(month) != 3)
		return 0;
	tm.tm_mon = (int)(at - months) / 3;
	tm.tm_year -= 1900;
	wait = timegm(&tm) - (time_t)(clock_now() / USEC_S);
	return wait <= 0 ? 0 : wait < RETRY_MAX_S ? (int)wait : RETRY_MAX_S;
}

static bool header(struct answer *a, char *s)
{
	char *value = strchr(s, ':'), *end;

	if (value == NULL || value == s || ++a->headers > HEADERS_MAX)
		return bad(a);
	*value++ = '\0';
	value += strspn(value, " \t");
	for (end = value + strlen(value); end > value && (end[-1] == ' ' || end[-1] == '\t');)
		*--end = '\0';
	if (!strcasecmp(s, "content-length")) {
		uint64_t before = a->left;

		if (!whole_number(value, 10, &a->left) || (a->has_length && before != a->left))
			return bad(a);
		a->has_length = true;
	} else if (!strcasecmp(s, "transfer-encoding")) {
		if (strcasecmp(value, "chunked"))
			return bad(a);
		a->chunked = true;
	} else if (!strcasecmp(s, "connection")) {
		a->keep_alive = strcasecmp(value, "close") && (a->keep_alive || !strcasecmp(value, "keep-alive"));
	} else if (!strcasecmp(s, "retry-after")) {
		a->retry_after_s = retry_after(value);
	} else if (!strcasecmp(s, "content-type")) {
		a->type[0] = '\0';
		strncat(a->type, value, sizeof a->type - 1);
	}
	return true;
}

static void head_done(struct answer *a)
{
	if (a->status < 200) { /* 100 Continue: the real one follows */
		struct buf line = a->line;

		buf_reset(&line);
		answer_init(a, a->body, a->ctx);
		a->line = line;
		return;
	}
	if (a->status == 204 || a->status == 304 || (!a->chunked && a->has_length && a->left == 0))
		a->state = ANSWER_DONE;
	else if (a->chunked)
		a->state = ANSWER_CHUNK_SIZE;
	else if (a->has_length)
		a->state = ANSWER_LENGTH;
	else {
		a->state = ANSWER_UNTIL_CLOSE;
		a->keep_alive = false;
	}
}

static bool line_done(struct answer *a)
{
	char *s;

	if (a->line.failed)
		return bad(a);
	if (a->line.len > 0 && a->line.data[a->line.len - 1] == '\r')
		a->line.data[--a->line.len] = '\0';
	s = a->line.data ? a->line.data : (char[]){ "" };
	switch (a->state) {
	case ANSWER_STATUS:
		return status_line(a, s);
	case ANSWER_HEADERS:
		if (*s)
			return header(a, s);
		head_done(a);
		return true;
	case ANSWER_CHUNK_SIZE:
		if (!whole_number(s, 16, &a->left))
			return bad(a);
		a->state = a->left ? ANSWER_CHUNK : ANSWER_TRAILERS;
		return true;
	case ANSWER_CHUNK_END:
		if (*s)
			return bad(a);
		a->state = ANSWER_CHUNK_SIZE;
		return true;
	case ANSWER_TRAILERS:
		if (*s == '\0')
			a->state = ANSWER_DONE;
		return ++a->headers <= HEADERS_MAX || bad(a);
	default:
		return bad(a);
	}
}

static bool in_body(const struct answer *a)
{
	return a->state == ANSWER_LENGTH || a->state == ANSWER_CHUNK || a->state == ANSWER_UNTIL_CLOSE;
}

static size_t take_body(struct answer *a, const char *bytes, size_t len)
{
	size_t n = a->state == ANSWER_UNTIL_CLOSE || a->left > len ? len : (size_t)a->left;

	if (!a->body(a->ctx, bytes, n)) {
		a->state = ANSWER_BAD;
	} else if (a->state != ANSWER_UNTIL_CLOSE && (a->left -= n) == 0) {
		a->state = a->state == ANSWER_CHUNK ? ANSWER_CHUNK_END : ANSWER_DONE;
	}
	return n;
}

bool answer_take(struct answer *a, const char *bytes, size_t len)
{
	while (len > 0 && a->state < ANSWER_DONE) {
		size_t n;

		if (in_body(a)) {
			n = take_body(a, bytes, len);
		} else {
			const char *nl = memchr(bytes, '\n', len);

			n = nl ? (size_t)(nl - bytes) + 1 : len;
			buf_add(&a->line, bytes, nl ? n - 1 : n);
			if (a->line.failed)
				return bad(a);
			if (nl) {
				line_done(a);
				buf_reset(&a->line);
			}
		}
		bytes += n;
		len -= n;
	}
	return a->state != ANSWER_BAD;
}

bool answer_end(struct answer *a)
{
	if (a->state == ANSWER_UNTIL_CLOSE)
		a->state = ANSWER_DONE;
	return a->state == ANSWER_DONE;
}
