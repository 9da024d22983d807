/* Case numbers and times out of any bytes: what is accepted comes back the same when it is shown and read again. */
#include <stdlib.h>
#include <string.h>

#include "core/appeal/number.h"
#include "core/base/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(what) do { if (!(what)) abort(); } while (0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *s = (const char *)data;
	case_no no, again = 0;
	char shown[16], plain[14], text[40];
	usec_t t, back = 0;

	if (number_parse(s, len, &no)) {
		number_show(no, shown);
		number_plain(no, plain);
		MUST(strlen(shown) == 15 && strlen(plain) == 13);
		MUST(number_parse(shown, 15, &again) && again == no && number_parse(plain, 13, &again) && again == no);
		MUST(number_check(plain, 13) == 0);
	}
	/* Offsets are shown in minutes only; UTC has no others. */
	MUST(clock_zone("UTC"));
	if (clock_parse(s, len, &t) && t < INT64_C(253402214400) * USEC_S) {
		clock_rfc3339(t, text);
		MUST(clock_parse(text, strlen(text), &back) && back == t);
	}
	return 0;
}
