/*
 * Claims of the most pressing free case by many at once: `next` as the console calls it, and a bare SKIP LOCKED claim of the same
 * rows, in one run. Usage: claims next|bare WORKERS SECONDS, with $BENCH_OWNER_URL (bare) or $BENCH_PERSON_URL (next).
 * Prints rate, median and p99 of one claim as its caller waits for it. Each worker has a connection and, for next, sessions: the shipped policy
 * lets nobody hold more than ten undecided cases, so after as many the worker goes on as the next person would, in another session, made beforehand.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/tools/bench.h"

enum { HAND = 10, SESSIONS = 150 }; /* as conf/routing.ini has balance.most_held; enough for 1,500 claims of one worker */

struct worker {
	pthread_t thread;
	PGconn *conn;
	bool bare;
	char session[40], (*sessions)[40]; /* bare: whose name the claims have; next: those to take, one after another */
	usec_t until;
	struct samples ms;
	long claims, empty;
};

static void
next_session(struct worker *w)
{
	const char *values[1] = { w->sessions[w->claims / HAND % SESSIONS] };

	PQclear(bench_exec(w->conn, "SELECT set_config('fenbo.session', $1, false)", 1, values));
}

/* As many sessions of the benches' person as all workers may need. */
static char (*make_sessions(int n))[40]
{
	char (*out)[40] = calloc((size_t)n, sizeof *out), count[16];
	const char *values[1] = { count };
	PGconn *owner = bench_connect(bench_env("BENCH_OWNER_URL"));
	PGresult *r;

	snprintf(count, sizeof count, "%d", n);
	r = bench_exec(owner, "INSERT INTO fenbo.session (account, client, started_at, alive_until) SELECT 'bench_person', 'bench', now(), now() + interval '1 hour' "
	    "FROM generate_series(1, $1::integer) RETURNING id", 1, values);
	for (int i = 0; i < n; i++)
		snprintf(out[i], sizeof out[i], "%s", PQgetvalue(r, i, 0));
	PQclear(r);
	PQfinish(owner);
	return out;
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	const char *values[1] = { w->session };

	while (clock_monotonic() < w->until) {
		if (!w->bare && w->claims % HAND == 0)
			next_session(w);
		usec_t start = clock_monotonic();
		PGresult *r = PQexecPrepared(w->conn, "claim", w->bare ? 1 : 0, values, NULL, NULL, 0);

		if (PQresultStatus(r) != PGRES_TUPLES_OK)
			bench_die("claim: %s", PQerrorMessage(w->conn));
		if (PQntuples(r) > 0) {
			w->claims++;
			samples_add(&w->ms, (double)(clock_monotonic() - start) / 1000);
		} else
			w->empty++;
		PQclear(r);
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	int n = argc > 2 ? atoi(argv[2]) : 100;
	long seconds = argc > 3 ? atol(argv[3]) : 5, claims = 0, empty = 0;
	bool bare = argc > 1 && strcmp(argv[1], "bare") == 0;
	struct worker *w = calloc((size_t)n, sizeof *w);
	struct samples all = { 0 };
	char *sql = bench_sql(bare ? "bare_claim" : "next"), name[40];
	char (*sessions)[40] = bare ? NULL : make_sessions(n * SESSIONS);
	usec_t start;

	for (int i = 0; i < n; i++) {
		w[i].conn = bench_connect(bench_env(bare ? "BENCH_OWNER_URL" : "BENCH_PERSON_URL"));
		w[i].bare = bare;
		PQclear(PQprepare(w[i].conn, "claim", sql, 0, NULL));
		if (bare)
			snprintf(w[i].session, sizeof w[i].session, "00000000-0000-4000-8000-%012d", i);
		else
			w[i].sessions = sessions + i * SESSIONS;
	}
	start = clock_monotonic();
	for (int i = 0; i < n; i++) {
		w[i].until = start + seconds * USEC_S;
		pthread_create(&w[i].thread, NULL, work, &w[i]);
	}
	for (int i = 0; i < n; i++) {
		pthread_join(w[i].thread, NULL);
		claims += w[i].claims;
		empty += w[i].empty;
		for (size_t k = 0; k < w[i].ms.n; k++)
			samples_add(&all, w[i].ms.v[k]);
		samples_free(&w[i].ms);
		PQfinish(w[i].conn);
	}
	snprintf(name, sizeof name, "claims_%s_per_s", bare ? "bare" : "next");
	bench_put(name, (double)claims / ((double)(clock_monotonic() - start) / (double)USEC_S));
	snprintf(name, sizeof name, "claims_%s_median_ms", bare ? "bare" : "next");
	bench_put(name, samples_at(&all, 0.5));
	snprintf(name, sizeof name, "claims_%s_p99_ms", bare ? "bare" : "next");
	bench_put(name, samples_at(&all, 0.99));
	snprintf(name, sizeof name, "claims_%s_empty", bare ? "bare" : "next");
	bench_put(name, (double)empty);
	samples_free(&all);
	free(sessions);
	free(sql);
	free(w);
	return 0;
}
