/* The stream decoder: any bytes, in pieces of any size, give the same events as in one piece. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/feed/sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool note(void *ctx, const struct sse_event *ev)
{
	struct buf *out = ctx;

	buf_printf(out, "%s|%s|%zu|", ev->id, ev->event, ev->data_len);
	buf_add(out, ev->data, ev->data_len);
	if (ev->data[ev->data_len] != '\0')
		abort();
	return true;
}

static void decode(const char *bytes, size_t len, size_t step, struct buf *out)
{
	struct sse_decoder d;

	sse_decoder_init(&d, note, out);
	for (size_t i = 0; i < len; i += step)
		if (!sse_decode(&d, bytes + i, len - i < step ? len - i : step))
			break;
	sse_decoder_free(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = { 0 }, pieces = { 0 };

	decode((const char *)data, size, size ? size : 1, &whole);
	decode((const char *)data, size, size ? data[0] % 7 + 1u : 1, &pieces);
	if (whole.len != pieces.len || memcmp(buf_text(&whole), buf_text(&pieces), whole.len))
		abort();
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
