/* The HTTP client at its edges: what is known of a request when its time is up, and answers larger than what is taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <cmocka.h>
#include "core/base/clock.h"
#include "core/feed/client.h"

enum { ANSWER_KB = 80, PEERS = 8 };

struct site {
	struct event_base *base;
	struct evdns_base *dns;
	struct evconnlistener *door;
	struct client *client;
	bool hasty;
	struct bufferevent *peer[PEERS];   /* NULL once it has gone */
	int accepted, done;
	struct err why;
	int status;
	size_t len;
};

/* Answers whatever comes with a page of 80 kB; or, hasty, refuses it as soon as its head has come, and reads no further. */
static void on_request(struct bufferevent *bev, void *ctx)
{
	struct site *s = ctx;
	struct evbuffer *in = bufferevent_get_input(bev), *out = bufferevent_get_output(bev);

	if (evbuffer_search(in, "\r\n\r\n", 4, NULL).pos < 0)
		return;
	if (s->hasty) {
		bufferevent_disable(bev, EV_READ);
		evbuffer_add_printf(out, "HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
		return;
	}
	evbuffer_drain(in, evbuffer_get_length(in));
	evbuffer_add_printf(out, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", ANSWER_KB << 10);
	for (int i = 0; i < ANSWER_KB; i++)
		evbuffer_add_printf(out, "%01024d", i);
}

static void on_gone(struct bufferevent *bev, short what, void *ctx)
{
	struct site *s = ctx;

	if (!(what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)))
		return;
	for (int i = 0; i < PEERS; i++)
		if (s->peer[i] == bev)
			s->peer[i] = NULL;
	bufferevent_free(bev);
}

static void on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *from, int len, void *ctx)
{
	struct site *s = ctx;
	struct bufferevent *bev = bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);

	(void)l, (void)from, (void)len;
	assert_true(s->accepted < PEERS);
	s->peer[s->accepted++] = bev;
	bufferevent_setcb(bev, on_request, NULL, on_gone, s);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

static void begin(struct site *s, int connect_ms)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof any;
	char url[64];
	struct err e;

	*s = (struct site){ .base = event_base_new() };
	s->dns = evdns_base_new(s->base, 0);
	s->door = evconnlistener_new_bind(s->base, on_accept, s, LEV_OPT_CLOSE_ON_FREE, 8, (struct sockaddr *)&any, sizeof any);
	assert_non_null(s->door);
	assert_int_equal(getsockname(evconnlistener_get_fd(s->door), (struct sockaddr *)&any, &len), 0);
	snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(any.sin_port));
	s->client = client_new(s->base, s->dns, &(struct client_options){ .url = url, .connect_ms = connect_ms }, &e);
	assert_non_null(s->client);
}

static void end(struct site *s)
{
	client_free(s->client);
	for (int i = 0; i < PEERS; i++)
		if (s->peer[i])
			bufferevent_free(s->peer[i]);
	evconnlistener_free(s->door);
	event_base_loop(s->base, EVLOOP_NONBLOCK); /* what was freed inside of callbacks goes now */
	evdns_base_free(s->dns, 0);
	event_base_free(s->base);
}

static void on_done(void *ctx, const struct err *e, const struct client_answer *a)
{
	struct site *s = ctx;

	s->done++;
	if (e)
		s->why = *e;
	s->status = a ? a->status : 0;
	s->len = a ? a->len : 0;
	event_base_loopbreak(s->base);
}

/* The loop stands still until the deadline has passed, while the connection is made: in one turn the request is written and its time is up,
 * before anybody was told of the connection. That nothing was sent may not be said of it: it would be sent again. */
static void what_was_written_was_sent(void **state)
{
	struct site s;
	usec_t until;

	(void)state;
	begin(&s, 20);
	evconnlistener_disable(s.door); /* the kernel connects all the same */
	client_send(s.client, &(struct client_request){ .method = "POST", .path = "/", .body = "x", .body_len = 1, .once = true, .deadline_ms = 20 }, on_done, &s);
	for (until = clock_monotonic() + 30000; clock_monotonic() < until;)
		;
	event_base_loop(s.base, 0);
	assert_int_equal(s.done, 1);
	assert_int_equal(s.why.code, ERR_UNAVAILABLE);
	assert_string_equal(s.why.field, "");
	end(&s);
}

static void what_was_not_written_was_not(void **state)
{
	struct site s;

	(void)state;
	begin(&s, 1000);
	evconnlistener_free(s.door);
	client_send(s.client, &(struct client_request){ .method = "POST", .path = "/", .body = "x", .body_len = 1, .once = true }, on_done, &s);
	event_base_dispatch(s.base);
	assert_int_equal(s.done, 1);
	assert_string_equal(s.why.field, "connect");
	s.door = evconnlistener_new_bind(s.base, on_accept, &s, LEV_OPT_CLOSE_ON_FREE, 8, (struct sockaddr *)&(struct sockaddr_in){ .sin_family = AF_INET }, sizeof(struct sockaddr_in));
	end(&s);
}

/* Answered before the request was whole: what is left of it must not be sent, neither from memory that is gone nor as part of the next. */
static void a_hasty_answer_ends_the_connection(void **state)
{
	enum { BODY = 8 << 20 };
	struct site s;
	char *body = calloc(1, BODY);

	(void)state;
	assert_non_null(body);
	begin(&s, 1000);
	s.hasty = true;
	for (int i = 1; i <= 2; i++) {
		client_send(s.client, &(struct client_request){ .method = "POST", .path = "/", .body = body, .body_len = BODY }, on_done, &s);
		event_base_dispatch(s.base);
		assert_int_equal(s.status, 401);
		assert_int_equal(s.accepted, i);
	}
	free(body);
	end(&s);
}

/* A status that was read is not lost because its page is long, where the caller says so. */
static void a_long_page_is_an_answer(void **state)
{
	struct site s;
	struct client_request r = { .path = "/", .answer_max = 64 << 10 };

	(void)state;
	begin(&s, 1000);
	client_send(s.client, &r, on_done, &s);
	event_base_dispatch(s.base);
	assert_int_equal(s.why.code, ERR_TOO_LARGE);
	r.cut = true;
	for (int i = 0; i < 2; i++) {
		client_send(s.client, &r, on_done, &s);
		event_base_dispatch(s.base);
		assert_int_equal(s.status, 200);
		assert_int_equal(s.len, 64 << 10);
	}
	assert_int_equal(s.accepted, 3); /* the rest of a page that was cut is nobody's answer: such a connection is not kept */
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_was_sent), cmocka_unit_test(what_was_not_written_was_not), cmocka_unit_test(a_long_page_is_an_answer),
		cmocka_unit_test(a_hasty_answer_ends_the_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
