/*
 * How slowly a request may come: evhttp closes a connection that is silent, but one that sends a byte now and then keeps its place for ever.
 * A request, head and body, has a time to be whole, and more for what it has brought at the lowest rate; beyond that the other end gets
 * a 408 and the connection ends. Sockets are known by number and by the cookie the kernel gave them, so nothing of evhttp's is held.
 */
#ifndef FENBO_FEED_PACE_H
#define FENBO_FEED_PACE_H

#include <stdbool.h>

struct event_base;
struct bufferevent;
struct pace; /* opaque */

struct pace *pace_new(struct event_base *base); /* NULL when memory is gone */
void pace_free(struct pace *p);                 /* after the server and its connections */
/* A request has within_ms, and a second more for each bytes_per_s it has brought. 0 ms = any time. */
void pace_configure(struct pace *p, int within_ms, int bytes_per_s);
/* A connection that has just been made; its socket may be set later in this turn of the loop. */
void pace_watch(struct pace *p, struct bufferevent *bev, bool tls);
void pace_whole(struct pace *p, int fd);        /* the request has come: no hurry until it is answered */
void pace_answered(struct pace *p, int fd, bool more); /* more: the next one has begun already */

#endif
