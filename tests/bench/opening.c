/*
 * Opening the queue, as PostgreSQL sees it. Usage: opening NAME N. N times: a new connection, log in, the snapshot's cursor, the top of the
 * queue, all of the queue, with the console's own statements. Run on an empty history and on years of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/tools/bench.h"

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "opening";
	long n = argc > 2 ? atol(argv[2]) : 20, rows = 0;
	char *login = bench_sql("db/sql/login"), *top = bench_sql("db/sql/queue_top"), *all = bench_sql("db/sql/queue_all"), label[96];
	struct samples first = { 0 }, whole = { 0 };

	for (long i = 0; i < n; i++) {
		const char *who[2] = { "bench", NULL }, *many[1] = { "100" };
		usec_t start = clock_monotonic();
		PGconn *c = bench_connect(bench_env("BENCH_PERSON_URL"));
		PGresult *r;

		PQclear(bench_exec(c, login, 2, who));
		PQclear(bench_exec(c, top, 1, many));
		samples_add(&first, (double)(clock_monotonic() - start) / 1000);
		r = bench_exec(c, all, 0, NULL);
		rows = PQntuples(r);
		samples_add(&whole, (double)(clock_monotonic() - start) / 1000);
		PQclear(r);
		PQfinish(c);
	}
	snprintf(label, sizeof label, "%s_top_median_ms", name);
	bench_put(label, samples_at(&first, 0.5));
	snprintf(label, sizeof label, "%s_all_median_ms", name);
	bench_put(label, samples_at(&whole, 0.5));
	snprintf(label, sizeof label, "%s_rows", name);
	bench_put(label, (double)rows);
	free(login);
	free(top);
	free(all);
	return 0;
}
