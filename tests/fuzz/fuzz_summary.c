/* A frame of any bytes is decoded or refused; what is decoded can be put into the queue. */
#include <stdlib.h>
#include <string.h>

#include "core/appeal/queue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define MUST(what) do { if (!(what)) abort(); } while (0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct summary s;
	struct summary_hold *hold;
	struct err e = { .code = ERR_OK };

	if (!summary_decode((const char *)data, len, &s, &hold, &e)) {
		MUST(hold == NULL && e.code != ERR_OK && *e.message != '\0');
		return 0;
	}
	MUST(s.no > 0 && s.version >= 0 && s.title != NULL && s.top_unit != NULL && s.top_p >= 0 && s.top_p <= 1);
	struct queue *q = queue_new();
	MUST(q != NULL);
	enum queue_change change = queue_apply(q, &s);
	MUST((change == QUEUE_ADDED) == (queue_find(q, s.no) != NULL));
	MUST(queue_apply(q, &s) == QUEUE_OLD);
	queue_free(q);
	summary_release(hold);
	return 0;
}
