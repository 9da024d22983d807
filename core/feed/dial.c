#include "core/feed/dial.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include "core/feed/tls.h"

enum { LOST_MS = 2000 };

struct bufferevent *dial_open(struct event_base *base, struct evdns_base *dns, struct ssl_ctx_st *tls, const struct url *u,
    void (*prepare)(struct bufferevent *bev, void *ctx), void *ctx)
{
	struct bufferevent *bev;
	struct ssl_st *ssl = NULL;

	if (u->tls) {
		if ((ssl = tls_to(tls, u->host)) == NULL)
			return NULL;
		bev = bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_CONNECTING,
		    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
		if (bev)
			bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
		else
			SSL_free(ssl);
	} else {
		/* Deferred callbacks: nothing calls back from within the caller's own call. */
		bev = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	}
	if (bev == NULL)
		return NULL;
	prepare(bev, ctx);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
	if (bufferevent_socket_connect_hostname(bev, dns, AF_UNSPEC, u->host, u->port) != 0) {
		bufferevent_free(bev);
		return NULL;
	}
	return bev;
}

void dial_connected(struct bufferevent *bev)
{
	int fd = bufferevent_getfd(bev), one = 1, probes = 2;
	unsigned lost_ms = LOST_MS;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	/* A stream that only listens sends nothing, so keep-alive asks each second whether the other end is there. */
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &lost_ms, sizeof lost_ms);
}

void dial_why(struct bufferevent *bev, short what, char *out, size_t size)
{
	int dns = bufferevent_socket_get_dns_error(bev), fault = EVUTIL_SOCKET_ERROR();
	unsigned long tls = bufferevent_get_openssl_error(bev);

	if (dns)
		snprintf(out, size, "%s", evutil_gai_strerror(dns));
	else if (tls && ERR_reason_error_string(tls))
		snprintf(out, size, "TLS: %s", ERR_reason_error_string(tls));
	else if (what & BEV_EVENT_EOF)
		snprintf(out, size, "the server closed the connection");
	else
		snprintf(out, size, "%s", fault ? evutil_socket_error_to_string(fault) : "connection lost");
}
