/*
 * The stream end to end in one process: server, hub and clients on one loop; the past comes from an array that stands for
 * the database.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include <event2/event.h>
#include "core/base/clock.h"
#include "core/feed/client.h"
#include "core/feed/http.h"
#include "core/feed/hub.h"
#include "core/feed/loop.h"
#include "core/feed/sse_client.h"

enum { FRAMES = 5000, RING = 700, DEADLINE_S = 30 };

struct rig {
	struct loop loop;
	struct http *http;
	struct hub *hub;
	struct sse_client *client;
	const struct hub_scope *scope;
	char url[80], last[64];
	int added, got, wrong, reconnects, gone, base_down;
	unsigned seed;
	bool odd_only, restart;
	enum err_code down_code;
	struct event *tick;
};

static void cursor_of(int i, char out[64])
{
	snprintf(out, 64, "abc-%d-%d", 100 + i / 3, i);
}

static const char *tags_of(int i)
{
	return i % 2 ? "unit:odd\0" : "unit:even\0";
}

static void add(struct rig *g)
{
	char cursor[64], data[64];

	cursor_of(++g->added, cursor);
	snprintf(data, sizeof data, "{\"n\":%d}", g->added);
	hub_add(g->hub, cursor, "claim", data, strlen(data), tags_of(g->added), strlen(tags_of(g->added)) + 2);
}

/* The past, as the database would give it: at most 100 frames after the cursor. */
static void older(void *ctx, uint64_t reader, const char *after)
{
	struct rig *g = ctx;
	const char *last = strrchr(after, '-');
	int from = atoi(last + 1), n = 0;
	char cursor[64], data[64];
	struct err e;

	if (from < 10 && strstr(after, "-1-")) { /* a stand-in for "older than what is kept" */
		err_set(&e, ERR_GONE, "", "gone");
		hub_older_done(g->hub, reader, 0, &e);
		return;
	}
	for (int i = from + 1; i <= g->added && n < 100; i++, n++) {
		cursor_of(i, cursor);
		snprintf(data, sizeof data, "{\"n\":%d}", i);
		hub_older_frame(g->hub, reader, cursor, "claim", data, strlen(data), tags_of(i));
	}
	hub_older_done(g->hub, reader, (size_t)n, NULL);
}

static void handle(void *ctx, struct http_request *r)
{
	struct rig *g = ctx;
	const char *last = http_header(r, "Last-Event-ID");
	struct err e;
	size_t len;

	if (!strcmp(http_path(r), "/feed")) {
		hub_join(g->hub, r, g->scope, last ? last : form_get(http_query(r, &e), "after"), 0);
	} else if (!strcmp(http_path(r), "/echo")) {
		const char *body = http_body(r, &len);

		http_answer(r, 200, "text/plain", body, len);
	} else {
		err_set(&e, ERR_NOT_FOUND, "path", "nothing here");
		http_fail(r, &e);
	}
}

static int set_up(void **state)
{
	struct rig *g = calloc(1, sizeof *g);
	struct err e;

	assert_true(loop_open(&g->loop));
	g->hub = hub_new(g->loop.base, &(struct hub_options){ .ring_frames = RING, .behind_bytes = 64 * 1024, .keepalive_ms = 15000,
	    .readers = 100, .older = older, .ctx = g });
	g->http = http_new(g->loop.base, &(struct http_options){ .address = "127.0.0.1", .body_bytes = 1000, .under_way = 100,
	    .handle = handle, .ctx = g }, &e);
	assert_non_null(g->http);
	snprintf(g->url, sizeof g->url, "http://127.0.0.1:%d", http_port(g->http));
	hub_start(g->hub, "abc-100-0");
	g->scope = hub_scope(g->hub, true, NULL, 0);
	g->seed = 7;
	*state = g;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *g = *state;

	sse_client_free(g->client);
	hub_free(g->hub);
	http_free(g->http);
	if (g->tick)
		event_free(g->tick);
	loop_close(&g->loop);
	free(g);
	return 0;
}

static bool turn_until(struct rig *g, bool (*done)(struct rig *g))
{
	usec_t until = clock_monotonic() + DEADLINE_S * USEC_S;

	while (!done(g)) {
		struct timeval tv = { .tv_usec = 20000 };

		if (clock_monotonic() > until)
			return false;
		event_base_loopexit(g->loop.base, &tv);
		event_base_loop(g->loop.base, EVLOOP_ONCE);
	}
	return true;
}

/* --- exact resume ----------------------------------------------------------------------------------------------------- */

static void on_event(void *ctx, const struct sse_event *ev)
{
	struct rig *g = ctx;
	int n = atoi(ev->data + 5);
	int want = g->odd_only ? g->got * 2 + 1 : g->got + 1;

	g->wrong += n != want || strcmp(ev->event, "claim") || !strstr(ev->id, "abc-");
	g->got++;
	snprintf(g->last, sizeof g->last, "%s", ev->id);
	/* Now and then the reader goes away in the middle, and comes back with what it last saw. */
	if (rand_r(&g->seed) % 97 == 0)
		g->restart = true;
}

static void on_state(void *ctx, enum sse_state s, const struct err *why)
{
	struct rig *g = ctx;

	if (s == SSE_DOWN && why) {
		g->base_down++;
		g->down_code = why->code;
	}
}

static void on_gone(void *ctx)
{
	struct rig *g = ctx;

	g->gone++;
}

static void follow(struct rig *g, const char *after)
{
	char url[100];
	struct err e;

	snprintf(url, sizeof url, "%s/feed", g->url);
	g->client = sse_client_new(g->loop.base, g->loop.dns, &(struct sse_options){ .url = url, .after = after, .event = on_event,
	    .state = on_state, .gone = on_gone, .retry_min_ms = 10, .retry_max_ms = 50, .ctx = g }, &e);
	assert_non_null(g->client);
}

static void produce(evutil_socket_t fd, short what, void *ctx)
{
	struct rig *g = ctx;

	(void)fd, (void)what;
	for (int i = 0; i < 20 && g->added < FRAMES; i++)
		add(g);
	hub_flush(g->hub);
	if (g->restart) {
		g->restart = false;
		g->reconnects++;
		sse_client_free(g->client);
		follow(g, g->last);
	}
	loop_after(g->tick, 1);
}

static bool all_got(struct rig *g)
{
	return g->got >= (g->odd_only ? FRAMES / 2 : FRAMES) || g->wrong;
}

static void a_reader_that_reconnects_at_random_misses_and_repeats_nothing(void **state)
{
	struct rig *g = *state;

	g->tick = evtimer_new(g->loop.base, produce, g);
	follow(g, "abc-100-0");
	loop_after(g->tick, 1);
	assert_true(turn_until(g, all_got));
	assert_int_equal(g->wrong, 0);
	assert_int_equal(g->got, FRAMES);
	assert_true(g->reconnects > 20);
}

static void a_scope_sees_its_own_and_in_order(void **state)
{
	struct rig *g = *state;

	g->scope = hub_scope(g->hub, false, (const char *const[]){ "unit:odd", "unit:other" }, 2);
	g->odd_only = true;
	g->tick = evtimer_new(g->loop.base, produce, g);
	follow(g, "abc-100-0");
	loop_after(g->tick, 1);
	assert_true(turn_until(g, all_got));
	assert_int_equal(g->wrong, 0);
	assert_ptr_equal(g->scope, hub_scope(g->hub, false, (const char *const[]){ "unit:other", "unit:odd" }, 2));
}

static bool past_got(struct rig *g)
{
	return g->got == 3000 || g->wrong;
}

static void what_is_older_than_memory_comes_from_the_past(void **state)
{
	struct rig *g = *state;

	while (g->added < 3000)
		add(g);
	g->seed = 0; /* no restarts: there is no producer to see to them */
	follow(g, "abc-100-0");
	assert_true(turn_until(g, past_got));
	assert_int_equal(g->wrong, 0);
}

static bool told_gone(struct rig *g)
{
	return g->gone > 0;
}

static void another_history_is_gone(void **state)
{
	struct rig *g = *state;

	follow(g, "xyz-1-1");
	assert_true(turn_until(g, told_gone));
	assert_int_equal(g->down_code, ERR_GONE);
}

static void too_old_a_cursor_is_gone(void **state)
{
	struct rig *g = *state;

	while (g->added < 2 * RING)
		add(g);
	follow(g, "abc-1-1");
	assert_true(turn_until(g, told_gone));
}

/* --- a slow reader ---------------------------------------------------------------------------------------------------- */

static bool cut(struct rig *g)
{
	struct hub_counts c;
	char data[512];

	hub_counts(g->hub, &c);
	memset(data, 'x', sizeof data - 1);
	data[sizeof data - 1] = '\0';
	for (int i = 0; i < 50; i++) {
		char cursor[64];

		cursor_of(++g->added, cursor);
		hub_add(g->hub, cursor, "claim", data, sizeof data - 1, "all\0", 5);
	}
	hub_flush(g->hub);
	return c.cut > 0;
}

static bool joined(struct rig *g)
{
	struct hub_counts c;

	hub_counts(g->hub, &c);
	return c.readers == 1 && http_streams(g->http) == 1;
}

static void a_reader_that_takes_nothing_is_cut_and_costs_little(void **state)
{
	struct rig *g = *state;
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(g->http)),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	static const char ask[] = "GET /feed HTTP/1.1\r\nHost: x\r\n\r\n";
	int fd = socket(AF_INET, SOCK_STREAM, 0), small = 4096;
	struct hub_counts c;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(write(fd, ask, sizeof ask - 1), sizeof ask - 1);
	assert_true(turn_until(g, joined));
	assert_true(turn_until(g, cut));
	hub_counts(g->hub, &c);
	assert_int_equal(c.readers, 0);
	close(fd);
}

/* --- the client ------------------------------------------------------------------------------------------------------- */

struct answer { int calls, status; char body[2000]; enum err_code code; };

static void answered(void *ctx, const struct err *e, const struct client_answer *a)
{
	struct answer *out = ctx;

	out->calls++;
	out->code = e ? e->code : ERR_OK;
	out->status = a ? a->status : 0;
	snprintf(out->body, sizeof out->body, "%s", a ? a->body : "");
}

static struct answer ask(struct rig *g, struct client *c, const char *method, const char *path, const char *body)
{
	struct answer out = { 0 };
	usec_t until = clock_monotonic() + DEADLINE_S * USEC_S;

	client_send(c, &(struct client_request){ .method = method, .path = path, .body = body, .body_len = body ? strlen(body) : 0,
	    .deadline_ms = 5000 }, answered, &out);
	while (out.calls == 0 && clock_monotonic() < until)
		event_base_loop(g->loop.base, EVLOOP_ONCE);
	assert_int_equal(out.calls, 1);
	return out;
}

static void the_client_asks_and_is_told(void **state)
{
	struct rig *g = *state;
	struct err e;
	struct client *c = client_new(g->loop.base, g->loop.dns, &(struct client_options){ .url = g->url }, &e);
	struct answer a;
	char big[1500];

	a = ask(g, c, "POST", "/echo", "hello");
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body, "hello");
	a = ask(g, c, NULL, "/nothing?x=1", NULL);
	assert_int_equal(a.status, 404);
	assert_false(client_answer_ok(&(struct client_answer){ .status = 404, .body = a.body, .len = strlen(a.body) }, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_string_equal(e.field, "path");
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	a = ask(g, c, "POST", "/echo", big);
	assert_int_equal(a.status, 413);
	a = ask(g, c, "POST", "/echo", "again"); /* after the server closed the connection */
	assert_int_equal(a.status, 200);
	a = ask(g, c, NULL, "/x\r\nEvil: 1", NULL);
	assert_int_equal(a.code, ERR_INVALID);
	client_free(c);
	c = client_new(g->loop.base, g->loop.dns, &(struct client_options){ .url = "http://127.0.0.1:1" }, &e);
	assert_int_equal(ask(g, c, NULL, "/", NULL).code, ERR_UNAVAILABLE);
	client_free(c);
	assert_null(client_new(g->loop.base, g->loop.dns, &(struct client_options){ .url = "ftp://x" }, &e));
}

static bool is_open(struct rig *g)
{
	return sse_client_state(g->client) == SSE_OPEN;
}

static bool is_down(struct rig *g)
{
	return g->base_down > 0;
}

static void a_lost_server_is_noticed_and_found_again(void **state)
{
	struct rig *g = *state;
	int port = http_port(g->http);
	usec_t begun;
	struct err e;

	follow(g, "abc-100-0");
	assert_true(turn_until(g, is_open));
	begun = clock_monotonic();
	hub_end_all(g->hub);
	http_free(g->http);
	assert_true(turn_until(g, is_down));
	assert_true(clock_monotonic() - begun < 2 * USEC_S);
	g->http = http_new(g->loop.base, &(struct http_options){ .address = "127.0.0.1", .port = port, .body_bytes = 1000,
	    .under_way = 100, .handle = handle, .ctx = g }, &e);
	assert_non_null(g->http);
	assert_true(turn_until(g, is_open));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_reader_that_reconnects_at_random_misses_and_repeats_nothing), TEST(a_scope_sees_its_own_and_in_order),
		TEST(what_is_older_than_memory_comes_from_the_past), TEST(another_history_is_gone), TEST(too_old_a_cursor_is_gone),
		TEST(a_reader_that_takes_nothing_is_cut_and_costs_little), TEST(the_client_asks_and_is_told),
		TEST(a_lost_server_is_noticed_and_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
