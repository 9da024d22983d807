/*
 * The console's way to PostgreSQL and fenbod: implements the port over one connection and one event stream, takes the
 * snapshot, follows the stream or, while fenbod is gone, asks PostgreSQL what happened since; renews the claims.
 */
#ifndef FENBO_TUI_REMOTE_H
#define FENBO_TUI_REMOTE_H

#include <stdbool.h>
#include "conf/options.h"
#include "core/base/clock.h"
#include "tui/console.h"

struct loop;
struct remote; /* opaque */

struct remote_events {
	/* What the console wants of the terminal or of the process (quit, suspend, theme, …). */
	void (*effect)(void *ctx, enum effect e, const char *text);
	/* Something came: the screen may want painting. urgent: an answer to what the person did. */
	void (*news)(void *ctx, bool urgent);
	/* The first connection could not be made; why is for a person. */
	void (*refused)(void *ctx, const struct err *why);
	void *ctx;
	bool patient; /* keep trying while nothing can be reached, however long: nobody is there to start it again */
};

struct remote *remote_new(struct loop *loop, const struct conf *conf, const struct remote_events *events);
/* Ends the session politely if it can, forgets what is under way. The console must still be there. */
void remote_free(struct remote *r);
const struct port *remote_port(void); /* its ctx is the struct remote */
/* Connect; the console is told from now on. */
void remote_start(struct remote *r, struct console *c);
usec_t remote_now(const struct remote *r); /* the server's time; 0 before it is known */
/* Leave: gives claims back or keeps them, calls done once, soon. */
void remote_logout(struct remote *r, bool keep, void (*done)(void *ctx), void *ctx);
const char *remote_session(const struct remote *r); /* "" before login */

#endif
