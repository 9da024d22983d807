/* Appeals as channels send them: what passes is clean and within its bounds, what does not says why. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/feed/appeal.h"
#include "core/feed/ndjson.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void check(const struct appeal_in *in)
{
	must(in->external_id[0] != '\0' && utf8_count(in->external_id, strlen(in->external_id)) <= APPEAL_ID);
	must(in->text_len > 0 && strlen(in->text) == in->text_len && clean_is(in->text, in->text_len, CLEAN_TEXT));
	must(clean_is(in->title, strlen(in->title), CLEAN_LINE) && clean_is(in->address, strlen(in->address), CLEAN_LINE));
	must(clean_is(in->name, strlen(in->name), CLEAN_LINE) && clean_is(in->phone, strlen(in->phone), CLEAN_LINE));
	must(!in->located || (in->lat >= -90 && in->lat <= 90 && in->lng >= -180 && in->lng <= 180));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct appeal_limits limits = { .line_bytes = 4096, .text = 500 };
	struct arena a = { 0 };
	struct ndjson_line line;
	size_t at = 0;
	int number = 0, last = 0;

	while (ndjson_next((const char *)data, size, &at, &number, &line)) {
		struct appeal_in in;
		struct err e = { 0 };

		must(line.number > last && line.bytes >= (const char *)data && line.bytes + line.len <= (const char *)data + size);
		last = line.number;
		if (appeal_parse(&a, line.bytes, line.len, &limits, &in, &e))
			check(&in);
		else
			must(e.code != ERR_OK && e.message[0] != '\0');
	}
	must(at == size);
	arena_free(&a);
	return 0;
}
