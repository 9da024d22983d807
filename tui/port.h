/*
 * What the console needs of the world, as a table of functions: the program plugs in PostgreSQL, fenbod and a terminal, a test
 * plugs in a fake. Nothing in a view knows more than this.
 */
#ifndef FENBO_TUI_PORT_H
#define FENBO_TUI_PORT_H

#include <stddef.h>
#include <stdint.h>
#include "core/appeal/number.h"
#include "core/base/err.h"
#include "db/statement.h"

enum effect {
	EFFECT_QUIT, EFFECT_SUSPEND, EFFECT_REPAINT, EFFECT_THEME,
	EFFECT_COPY,     /* text: to the clipboard */
	EFFECT_BELL,
	EFFECT_PASSWORD, /* text: is this the password of the person logged in? Answered by console_password */
	EFFECT_LOCK      /* text "keep" or "release": what becomes of the claims */
};

/* One result row as texts, "" for NULL, borrowed for the call. */
typedef void (*port_row_fn)(void *who, int columns, const char *const *column);
/* Exactly once, unless forgotten; e is NULL on success. */
typedef void (*port_done_fn)(void *who, const struct err *e, size_t rows);

/* What fenbod answered, as JSON; e says why there is none. */
typedef void (*port_said_fn)(void *who, const struct err *e, const char *json, size_t len);

struct port {
	/* Ask PostgreSQL. args are texts, NULL = SQL NULL; copied. 0 when refused (done was called). */
	uint64_t (*send)(void *ctx, enum statement s, const char *const *args, int nargs,
	    port_row_fn row, port_done_fn done, void *who);
	void (*forget)(void *ctx, uint64_t handle);
	/* Read these cases anew into the queue; what is no longer open leaves it. Then the stage and version given are believed. */
	void (*refresh)(void *ctx, const case_no *no, size_t n);
	void (*effect)(void *ctx, enum effect e, const char *text);
	/* Ask fenbod what it would recommend for this (the body of POST /v1/recommend, copied). One question at a time: asking again, or with
	 * json NULL, forgets the one before, whose `said` is then never called. */
	void (*recommend)(void *ctx, const char *json, port_said_fn said, void *who);
};

#endif
