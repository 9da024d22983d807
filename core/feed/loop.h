/*
 * The event loop every program stands on: a libevent base with evdns beside it, libevent's own words sent to our log
 * (it must never write on a console's screen). One loop per program; nothing on it blocks.
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

/* Sets the process up for sockets as well (SIGPIPE ignored). False when memory or descriptors are gone. */
bool loop_open(struct loop *l);
void loop_close(struct loop *l); /* whoever holds events on it frees them first */

/* Event priorities; NORMAL is the default, SLICES is for long work done in turns. */
enum { LOOP_URGENT, LOOP_NORMAL, LOOP_SLICES };

/* Arm a timer made by evtimer_new, once, in so many milliseconds. */
void loop_after(struct event *timer, int ms);

/* A resolver for a loop that somebody else owns; evdns_base_free ends it. NULL when memory is gone. */
struct evdns_base *loop_dns(struct event_base *base);

#endif
