/* The answer of a server that may be anybody: pieces of any size give the same body as one piece. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/feed/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool body(void *ctx, const char *bytes, size_t len)
{
	buf_add(ctx, bytes, len);
	return true;
}

static enum answer_state take(const char *bytes, size_t len, size_t step, struct buf *out)
{
	struct answer a;
	enum answer_state state;

	answer_init(&a, body, out);
	for (size_t i = 0; i < len; i += step)
		if (!answer_take(&a, bytes + i, len - i < step ? len - i : step))
			break;
	answer_end(&a);
	state = a.state;
	answer_free(&a);
	return state;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = { 0 }, pieces = { 0 };
	enum answer_state a = take((const char *)data, size, size ? size : 1, &whole);
	enum answer_state b = take((const char *)data, size, size ? data[size - 1] % 5 + 1u : 1, &pieces);

	if (a != b || whole.len != pieces.len || memcmp(buf_text(&whole), buf_text(&pieces), whole.len))
		abort();
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}
