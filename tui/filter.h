/* The `/` filter of a list of cases: what is typed, and whether a case matches it (Chinese, pinyin, initials, number). */
#ifndef FENBO_TUI_FILTER_H
#define FENBO_TUI_FILTER_H

#include <stdbool.h>
#include "core/appeal/queue.h"
#include "core/base/pinyin.h"
#include "tui/console.h"

struct filter {
	char text[256], digits[24];
	struct pinyin_query query;
};

bool filter_on(const struct filter *f);
const char *filter_text(const struct filter *f);
void filter_set(struct filter *f, const char *text);
bool filter_match(void *ctx, const struct summary *s); /* a queue_match; ctx is a struct filter */
/* Ask for it at the bottom of the screen; the list follows every key. The view and filter must outlive the question. */
void filter_open(struct console *c, struct filter *f, struct queue_view *v);

#endif
