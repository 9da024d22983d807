/* Numbers of other cases out of any bytes: within their bounds, each once, and every one of ours is a case number. */
#include <stdlib.h>
#include <string.h>

#include "core/machine/quoted.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(what) do { if (!(what)) abort(); } while (0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct quoted q;
	char plain[14];
	case_no no;

	quoted_find((const char *)data, len, &q);
	MUST(q.owns >= 0 && q.owns <= QUOTED_MAX && q.tickets >= 0 && q.tickets <= QUOTED_MAX);
	for (int i = 0; i < q.owns; i++) {
		number_plain(q.own[i], plain);
		MUST(number_parse(plain, 13, &no) && no == q.own[i]);
		for (int k = 0; k < i; k++)
			MUST(q.own[k] != q.own[i]);
	}
	for (int i = 0; i < q.tickets; i++) {
		size_t n = strlen(q.ticket[i]);

		MUST(n >= QUOTED_SHORTEST && n < QUOTED_TICKET && q.ticket[i][0] != '-' && q.ticket[i][n - 1] != '-');
		MUST(strspn(q.ticket[i], "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == n);
	}
	return 0;
}
