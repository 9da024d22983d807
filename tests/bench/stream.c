/*
 * The event stream. Usage: stream READERS SECONDS CHANGES-A-SECOND. READERS connections follow GET /v1/feed; one dispatcher claims and
 * gives back cases through PostgreSQL at the rate given. Measured: from the moment the action is sent to PostgreSQL until its
 * frame has been read, at every twentieth reader (the others only drain, or this program would be what is measured); what the
 * readers add to fenbod's memory ($BENCH_FENBOD_PID) and to PostgreSQL's connections. With no readers it only makes the changes.
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tests/tools/bench.h"

enum { WATCHED = 20, ACTIONS_MAX = 100000 };

struct change { long long no; int version; usec_t at; };
struct bench {
	struct event_base *base;
	struct change *change;
	_Atomic int changes;
	_Atomic bool done;
	long seconds, rate;
	struct samples ms;
	long frames, opened, lost;
};
struct reader { struct bench *b; struct bench_http h; struct event *ev; bool watched, open; struct buf line; };

/* A frame's data holds "id": "…" and "version": n in any order of members. */
static void
frame(struct bench *b, const char *line)
{
	const char *id = strstr(line, "\"id\":"), *version = strstr(line, "\"version\":");
	long long no;
	int v;

	if (!id || !version)
		return;
	id += 5;
	while (*id == ' ' || *id == '"')
		id++;
	no = atoll(id);
	v = atoi(version + 10);
	b->frames++;
	for (int i = atomic_load(&b->changes) - 1; i >= 0 && i > atomic_load(&b->changes) - 2000; i--)
		if (b->change[i].no == no && b->change[i].version == v) {
			samples_add(&b->ms, (double)(clock_monotonic() - b->change[i].at) / 1000);
			return;
		}
}

static void
on_read(evutil_socket_t fd, short what, void *arg)
{
	struct reader *r = arg;
	char chunk[65536];
	ssize_t n;

	(void)what;
	while ((n = recv(fd, chunk, sizeof chunk, MSG_DONTWAIT)) > 0) {
		if (!r->open) {
			r->open = true;
			r->b->opened++;
			if (strncmp(chunk + 9, "200", 3) != 0)
				bench_die("GET /v1/feed: %.80s", chunk);
		}
		if (!r->watched)
			continue;
		for (ssize_t i = 0; i < n; i++)
			if (chunk[i] == '\n') {
				if (strncmp(buf_text(&r->line), "data:", 5) == 0)
					frame(r->b, buf_text(&r->line));
				buf_reset(&r->line);
			} else
				buf_putc(&r->line, chunk[i]);
	}
	if (n == 0) {
		r->b->lost++;
		event_del(r->ev);
	}
}

static void *
act(void *arg)
{
	struct bench *b = arg;
	PGconn *c = bench_connect(bench_env("BENCH_PERSON_URL")), *owner = bench_connect(bench_env("BENCH_OWNER_URL"));
	char *some = bench_sql("some_cases"), *sql = bench_sql("act");
	PGresult *cases = bench_exec(owner, some, 0, NULL);
	int n = PQntuples(cases), *version = calloc((size_t)n + 1, sizeof *version);
	bool *held = calloc((size_t)n + 1, sizeof *held);
	usec_t start = clock_monotonic();

	if (n == 0)
		bench_die("no open cases to act on");
	PQclear(bench_exec(c, "SELECT session FROM fenbo.login('bench', NULL)", 0, NULL));
	PQclear(PQprepare(c, "act", sql, 0, NULL));
	for (int i = 0; i < n; i++)
		version[i] = atoi(PQgetvalue(cases, i, 1));
	for (long k = 0; k < b->seconds * b->rate && k < ACTIONS_MAX; k++) {
		int i = (int)(k % n), at;
		char v[16];
		const char *values[3] = { held[i] ? "release" : "claim", PQgetvalue(cases, i, 0), v };
		usec_t due = start + k * USEC_S / b->rate, now;
		PGresult *r;

		while ((now = clock_monotonic()) < due)
			usleep((useconds_t)(due - now));
		snprintf(v, sizeof v, "%d", version[i]);
		at = atomic_load(&b->changes);
		b->change[at] = (struct change){ atoll(values[1]), version[i] + 1, clock_monotonic() };
		atomic_store(&b->changes, at + 1);
		r = PQexecPrepared(c, "act", 3, values, NULL, NULL, 0);
		if (PQresultStatus(r) != PGRES_TUPLES_OK)
			bench_die("act: %s", PQerrorMessage(c));
		if (strcmp(PQgetvalue(r, 0, 0), "t") != 0)
			bench_die("act %s %s: %s", values[0], values[1], PQgetvalue(r, 0, 2));
		version[i] = atoi(PQgetvalue(r, 0, 1));
		held[i] = !held[i];
		PQclear(r);
	}
	usleep(500000); /* the last frames */
	atomic_store(&b->done, true);
	PQfinish(c);
	PQfinish(owner);
	return NULL;
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct bench *b = arg;

	(void)fd;
	(void)what;
	if (atomic_load(&b->done))
		event_base_loopbreak(b->base);
}

static double
connections(PGconn *owner)
{
	char *sql = bench_sql("connections");
	PGresult *r = bench_exec(owner, sql, 0, NULL);
	double n = atof(PQgetvalue(r, 0, 0));

	PQclear(r);
	free(sql);
	return n;
}

static void
ask(struct reader *r, const char *key)
{
	struct buf out = { 0 };

	bench_http_open(&r->h);
	buf_printf(&out, "GET /v1/feed HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\nAuthorization: Bearer %s\r\n\r\n", r->h.host, key);
	if (send(r->h.fd, out.data, out.len, MSG_NOSIGNAL) != (ssize_t)out.len)
		bench_die("send: %s", strerror(errno));
	buf_free(&out);
	r->ev = event_new(r->b->base, r->h.fd, EV_READ | EV_PERSIST, on_read, r);
	event_add(r->ev, NULL);
}

int
main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1000;
	struct bench b = { .base = event_base_new(), .seconds = argc > 2 ? atol(argv[2]) : 10, .rate = argc > 3 ? atol(argv[3]) : 50 };
	struct reader *readers = calloc((size_t)n, sizeof *readers);
	struct timeval tick = { 0, 20000 };
	struct event *timer = event_new(b.base, -1, EV_PERSIST, on_tick, &b);
	PGconn *owner = bench_connect(bench_env("BENCH_OWNER_URL"));
	pid_t fenbod = (pid_t)bench_number("BENCH_FENBOD_PID", 0);
	long before = bench_rss_kib(fenbod), peak;
	double had = connections(owner), cpu;
	char *key = bench_key(), name[64];
	pthread_t thread;
	usec_t start;

	b.change = calloc(ACTIONS_MAX + 1, sizeof *b.change);
	for (int i = 0; i < n; i++) {
		readers[i].b = &b;
		readers[i].watched = i % WATCHED == 0;
		ask(&readers[i], key);
		if (i % 50 == 49)
			event_base_loop(b.base, EVLOOP_NONBLOCK);
	}
	start = clock_monotonic();
	while (b.opened < n && clock_monotonic() - start < 30 * USEC_S)
		event_base_loop(b.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	if (b.opened < n)
		bench_die("%ld of %d readers were answered", b.opened, n);
	event_add(timer, &tick);
	cpu = bench_cpu_s(fenbod);
	start = clock_monotonic();
	pthread_create(&thread, NULL, act, &b);
	event_base_dispatch(b.base);
	pthread_join(thread, NULL);
	if (n == 0) /* nothing but the changes, for somebody else to watch */
		return 0;
	peak = bench_rss_kib(fenbod);
	snprintf(name, sizeof name, "stream_%d_median_ms", n);
	bench_put(name, samples_at(&b.ms, 0.5));
	snprintf(name, sizeof name, "stream_%d_p99_ms", n);
	bench_put(name, samples_at(&b.ms, 0.99));
	snprintf(name, sizeof name, "stream_%d_missed", n);
	bench_put(name, (double)(b.changes * ((n + WATCHED - 1) / WATCHED)) - (double)b.ms.n);
	snprintf(name, sizeof name, "stream_%d_readers_lost", n);
	bench_put(name, (double)b.lost);
	if (fenbod > 0) {
		snprintf(name, sizeof name, "stream_%d_added_mib", n);
		bench_put(name, (double)(peak - before) / 1024);
		snprintf(name, sizeof name, "stream_%d_fenbod_core_share", n);
		bench_put(name, (bench_cpu_s(fenbod) - cpu) / ((double)(clock_monotonic() - start) / (double)USEC_S));
	}
	snprintf(name, sizeof name, "stream_%d_added_connections", n);
	bench_put(name, connections(owner) - had);
	PQfinish(owner);
	free(key);
	return 0;
}
