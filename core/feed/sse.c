#include "core/feed/sse.h"

#include <stdlib.h>
#include <string.h>

/* --- encoder ------------------------------------------------------------------------------------------------------ */

bool sse_encode(struct buf *out, const char *id, const char *event, const char *data, size_t len)
{
	if ((id && strpbrk(id, "\r\n")) || (event && strpbrk(event, "\r\n")))
		return false;
	if (id)
		buf_printf(out, "id: %s\n", id);
	if (event)
		buf_printf(out, "event: %s\n", event);
	for (;;) {
		size_t n = 0;

		while (n < len && data[n] != '\n' && data[n] != '\r')
			n++;
		buf_puts(out, "data: ");
		buf_add(out, data, n);
		buf_putc(out, '\n');
		if (n == len)
			break;
		if (data[n] == '\r' && n + 1 < len && data[n + 1] == '\n')
			n++;
		data += n + 1;
		len -= n + 1;
	}
	buf_putc(out, '\n');
	return !out->failed;
}

void sse_encode_comment(struct buf *out, const char *text)
{
	buf_printf(out, ": %s\n\n", text);
}

/* --- decoder ------------------------------------------------------------------------------------------------------ */

void sse_decoder_init(struct sse_decoder *d, bool (*event)(void *ctx, const struct sse_event *ev), void *ctx)
{
	*d = (struct sse_decoder){ .event = event, .ctx = ctx, .retry_ms = -1 };
	d->line.limit = d->data.limit = SSE_LINE_MAX;
}

void sse_decoder_reset(struct sse_decoder *d)
{
	buf_reset(&d->line);
	buf_reset(&d->data);
	buf_reset(&d->name);
	buf_reset(&d->next_id);
	buf_add(&d->next_id, buf_text(&d->id), d->id.len);
	d->after_cr = d->begun = d->stopped = d->has_data = false;
	d->bom = 0;
}

void sse_decoder_free(struct sse_decoder *d)
{
	buf_free(&d->line);
	buf_free(&d->data);
	buf_free(&d->name);
	buf_free(&d->id);
	buf_free(&d->next_id);
}

static bool dispatch(struct sse_decoder *d)
{
	struct sse_event ev = { 0 };
	bool go_on = true;

	/* The id takes force with the blank line, also when the event is empty. */
	buf_reset(&d->id);
	buf_add(&d->id, buf_text(&d->next_id), d->next_id.len);
	if (d->has_data) {
		ev.id = buf_text(&d->id);
		ev.event = d->name.len ? buf_text(&d->name) : "message";
		ev.data = buf_text(&d->data);
		ev.data_len = d->data.len;
		go_on = d->event(d->ctx, &ev);
	}
	buf_reset(&d->data);
	buf_reset(&d->name);
	d->has_data = false;
	return go_on;
}

static bool field(struct sse_decoder *d, const char *name, size_t n, const char *value, size_t len)
{
	if (n == 4 && !memcmp(name, "data", 4)) {
		if (d->has_data)
			buf_putc(&d->data, '\n');
		buf_add(&d->data, value, len);
		d->has_data = true;
		return !d->data.failed;
	}
	if (n == 5 && !memcmp(name, "event", 5)) {
		buf_reset(&d->name);
		buf_add(&d->name, value, len);
	} else if (n == 2 && !memcmp(name, "id", 2) && !memchr(value, '\0', len)) {
		buf_reset(&d->next_id);
		buf_add(&d->next_id, value, len);
	} else if (n == 5 && !memcmp(name, "retry", 5) && len > 0 && len < 8 && strspn(value, "0123456789") >= len) {
		d->retry_ms = atoi(value);
	}
	return true;
}

/* One whole line, without its end; d->line ends in a NUL. */
static bool line_done(struct sse_decoder *d)
{
	const char *s = buf_text(&d->line), *colon = memchr(s, ':', d->line.len);
	size_t n = colon ? (size_t)(colon - s) : d->line.len;
	const char *value = colon ? colon + 1 : s + n;
	size_t len = d->line.len - (size_t)(value - s);
	bool ok = true;

	if (d->line.failed)
		return false;
	if (d->line.len == 0)
		ok = dispatch(d);
	else if (n > 0)
		ok = len > 0 && *value == ' ' ? field(d, s, n, value + 1, len - 1) : field(d, s, n, value, len);
	buf_reset(&d->line);
	return ok;
}

/* Swallow a byte order mark at the very beginning; what turns out not to be one is given back to the line. */
static bool skip_bom(struct sse_decoder *d, char c)
{
	static const char mark[] = "\xEF\xBB\xBF";

	if (d->begun)
		return false;
	if (c == mark[d->bom]) {
		d->begun = ++d->bom == 3;
		return true;
	}
	buf_add(&d->line, mark, d->bom);
	d->begun = true;
	return false;
}

bool sse_decode(struct sse_decoder *d, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len && !d->stopped;) {
		size_t n = 0;

		if (!d->begun && skip_bom(d, bytes[i])) {
			i++;
			continue;
		}
		if (d->after_cr && bytes[i] == '\n') {
			d->after_cr = false;
			i++;
			continue;
		}
		d->after_cr = false;
		while (i + n < len && bytes[i + n] != '\n' && bytes[i + n] != '\r')
			n++;
		buf_add(&d->line, bytes + i, n);
		i += n;
		if (d->line.failed) {
			d->stopped = true;
		} else if (i < len) {
			d->after_cr = bytes[i++] == '\r';
			d->stopped = !line_done(d);
		}
	}
	return !d->stopped;
}
