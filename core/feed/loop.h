/*
 * The event loop every program stands on: a libevent base with evdns beside it, libevent's own words sent to our log
 * (it must never write on a console's screen), and signals as callbacks. One loop per program; nothing on it blocks.
 */
#ifndef FENBO_FEED_LOOP_H
#define FENBO_FEED_LOOP_H

#include <stdbool.h>

struct event_base;
struct evdns_base;
struct event;

struct loop {
	struct event_base *base; /* owned */
	struct evdns_base *dns;  /* owned */
};

/* Sets the process up for sockets as well (SIGPIPE ignored). With `threads`, the base may be woken from another thread.
 * False when memory or descriptors are gone. */
bool loop_open(struct loop *l, bool threads);
void loop_close(struct loop *l); /* whoever holds events on it frees them first */

/* One-shot timer: made by loop_timer, armed by loop_after (again and again), freed with event_free. */
struct event *loop_timer(struct event_base *base, void (*fn)(void *ctx), void *ctx);
void loop_after(struct event *timer, int ms);

/* A resolver for a loop that somebody else owns; evdns_base_free ends it. */
struct evdns_base *loop_dns(struct event_base *base);

#endif
