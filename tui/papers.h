/*
 * What PostgreSQL says in JSON, one object a row, for the views that are lists of papers: leaders' lists, instructions, bulletins, topics. The old
 * rows stay until the new ones are whole. Texts are cleaned where they are drawn.
 */
#ifndef FENBO_TUI_PAPERS_H
#define FENBO_TUI_PAPERS_H

#include <jansson.h>
#include <stdbool.h>
#include "tui/console.h"

struct papers {
	struct console *c;
	json_t *list, *fresh;     /* owned arrays; list is NULL until something came */
	bool asking;
	uint64_t handle;
	char error[320];          /* "" = none */
};

void papers_init(struct papers *p, struct console *c);
void papers_free(struct papers *p); /* forgets what is being asked */
void papers_ask(struct papers *p, enum statement s, const char *const *args, int nargs);
size_t papers_count(const struct papers *p);
const json_t *papers_at(const struct papers *p, size_t i); /* NULL beyond the end */

/* Members of an object, safe to draw: "" and 0 when they are not there. The text is cleaned into out and returned. */
const char *paper_text(const json_t *o, const char *key, char *out, size_t size);
int64_t paper_int(const json_t *o, const char *key);
bool paper_true(const json_t *o, const char *key);
usec_t paper_time(const json_t *o, const char *key);
case_no paper_case(const json_t *o, const char *key);
/* "11-23 09:00"; "" for none. */
const char *paper_when(const json_t *o, const char *key, char out[24]);

/* A change of a paper: it is sent, what came of it is said, and `done` is called after it was done. */
typedef void (*paper_fn)(struct console *c, void *ctx);
void paper_send(struct console *c, enum statement s, const char *const *args, int nargs, const char *good, paper_fn done, void *ctx);

#endif
