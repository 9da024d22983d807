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
	struct paper_cursor { int *at; const char *inside, *head; const char *key[3]; } cursor; /* .at NULL = none */
	usec_t lost;              /* monotonic; when the row under the cursor was last found to be gone */
};

void papers_init(struct papers *p, struct console *c);
void papers_free(struct papers *p); /* forgets what is being asked */
void papers_ask(struct papers *p, enum statement s, const char *const *args, int nargs);
size_t papers_count(const struct papers *p);
const json_t *papers_at(const struct papers *p, size_t i); /* NULL beyond the end */
/* The cursor `at` stays on its row when the list is read anew: on the row whose members `key` (up to the first NULL) are the same. With
 * `inside` the rows are that member of the first row, as long as its member `head` says that it is the same list. */
void papers_follow(struct papers *p, struct paper_cursor cursor);
/* May one key decide about the row under the cursor? Not in the moment after the row that stood there has gone, and another slid under the
 * key; said then. */
bool papers_sure(const struct papers *p);

/* What a question is about, as it stood when it was asked: by the time of the answer the list may have been read anew. Owned references. */
struct paper_about { json_t *head, *row; };
void paper_about_set(struct paper_about *a, const json_t *head, const json_t *row); /* lets go what it held; NULLs: only that */

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
/* One that answers in JSON, a row each: `told` gets all rows, as an array, once it was done; a refusal is said here. It outlives the view that
 * sent it: `told` looks for its view. */
typedef void (*paper_told_fn)(struct console *c, const json_t *rows);
void paper_send_told(struct console *c, enum statement s, const char *const *args, int nargs, paper_told_fn told);

#endif
