/*
 * Opens a connection to the server of a URL as a bufferevent: plain or TLS, the name resolved by evdns, keep-alive set so
 * that a vanished machine is noticed within two seconds.
 */
#ifndef FENBO_FEED_DIAL_H
#define FENBO_FEED_DIAL_H

#include <stddef.h>
#include "core/feed/url.h"

struct event_base;
struct evdns_base;
struct bufferevent;
struct ssl_ctx_st;

/* Begins to connect; NULL when memory or descriptors are gone. tls is needed when url->tls. The caller sets the callbacks
 * before (by `prepare`) so that an immediate failure is told too; bufferevent_free ends it. */
struct bufferevent *dial_open(struct event_base *base, struct evdns_base *dns, struct ssl_ctx_st *tls, const struct url *u,
    void (*prepare)(struct bufferevent *bev, void *ctx), void *ctx);
/* To be called at BEV_EVENT_CONNECTED. */
void dial_connected(struct bufferevent *bev);
/* Why a connection failed, for people; `what` are the BEV_EVENT_ bits. */
void dial_why(struct bufferevent *bev, short what, char *out, size_t size);

#endif
