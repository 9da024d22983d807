/*
 * Intake. Usage: intake http N | bare | one N.
 *
 *   http N  N sample appeals to POST /v1/appeals, 500 lines a body, four connections at once: cleaned, recommended, keyed, event
 *           written, committed. Appeals a second, and what one body takes.
 *   bare    the rows that are in the tables now, taken out as they are, the tables emptied, and put back in bare batches of 500 a
 *           transaction over four connections: what PostgreSQL alone can do with the same rows, indexes and disk.
 *   one N   N single Open311 posts one after another, each until answered; then N bare synchronous transactions of one such case:
 *           one INSERT of its appeal row, and one of all its rows.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "conf/routing.h"
#include "conf/sample.h"
#include "tests/tools/bench.h"

enum { LINES = 500, CONNECTIONS = 4, TABLES = 8 };
static const char *const tables[TABLES] = { "appeal", "citizen", "intake_key", "queue", "clock", "event", "recommendation",
    "repeat_candidate" };

struct job {
	pthread_t thread;
	struct buf *bodies; size_t n;      /* http: bodies */
	char **arrays[TABLES];             /* bare: batches of each table */
	size_t batches;
	size_t first, step;
	struct samples ms;
	long created;
};

static struct sample *
generator(struct routing_doc *doc)
{
	struct sample_options o = { .seed = 20261122, .hostile_per_mille = -1 };
	struct err_list errs = { 0 };
	struct sample *s;
	char prefix[32], why[400];

	if (!routing_load("conf", doc, &errs)) {
		err_item_show(&errs.items[0], why, sizeof why);
		bench_die("conf/ cannot be loaded: %s", why);
	}
	snprintf(prefix, sizeof prefix, "b%d-%ld", (int)getpid(), (long)(clock_now() / USEC_S));
	o.prefix = prefix;
	s = sample_new(doc, &o);
	if (!s)
		bench_die("no sample generator");
	return s;
}

/* --- http -------------------------------------------------------------------------------------------------------------- */

static void *
post(void *arg)
{
	struct job *j = arg;
	struct bench_http h;
	char *key = bench_key();

	bench_http_open(&h);
	for (size_t i = j->first; i < j->n; i += j->step) {
		usec_t start = clock_monotonic();
		int status = bench_http_ask(&h, "POST", "/v1/appeals", key, "application/x-ndjson", j->bodies[i].data, j->bodies[i].len);

		if (status != 200)
			bench_die("POST /v1/appeals: %d %.200s", status, buf_text(&h.in));
		samples_add(&j->ms, (double)(clock_monotonic() - start) / 1000);
		for (const char *p = buf_text(&h.in); (p = strstr(p, "created")); p += 7)
			j->created++;
	}
	bench_http_close(&h);
	free(key);
	return NULL;
}

static void
run(struct job *jobs, void *(*work)(void *), const char *name, double count)
{
	struct samples all = { 0 };
	usec_t start = clock_monotonic();
	long created = 0;
	double s;
	char label[64];

	for (int i = 0; i < CONNECTIONS; i++)
		pthread_create(&jobs[i].thread, NULL, work, &jobs[i]);
	for (int i = 0; i < CONNECTIONS; i++) {
		pthread_join(jobs[i].thread, NULL);
		created += jobs[i].created;
		for (size_t k = 0; k < jobs[i].ms.n; k++)
			samples_add(&all, jobs[i].ms.v[k]);
		samples_free(&jobs[i].ms);
	}
	s = (double)(clock_monotonic() - start) / (double)USEC_S;
	if (created != (long)count)
		fprintf(stderr, "bench: %ld of %.0f created\n", created, count);
	snprintf(label, sizeof label, "intake_%s_per_s", name);
	bench_put(label, (double)created / s);
	snprintf(label, sizeof label, "intake_%s_batch_median_ms", name);
	bench_put(label, samples_at(&all, 0.5));
	snprintf(label, sizeof label, "intake_%s_batch_p99_ms", name);
	bench_put(label, samples_at(&all, 0.99));
	samples_free(&all);
}

static void
http(long n)
{
	struct routing_doc doc = { 0 };
	struct sample *s = generator(&doc);
	struct sample_appeal a = { 0 };
	size_t nbodies = (size_t)(n + LINES - 1) / LINES;
	struct buf *bodies = calloc(nbodies, sizeof *bodies);
	struct job jobs[CONNECTIONS] = { 0 };
	double bytes = 0;

	for (long i = 0; i < n; i++) {
		sample_next(s, &a);
		sample_ndjson(&a, 0, &bodies[i / LINES]);
	}
	for (size_t i = 0; i < nbodies; i++)
		bytes += (double)bodies[i].len;
	for (int i = 0; i < CONNECTIONS; i++)
		jobs[i] = (struct job){ .bodies = bodies, .n = nbodies, .first = (size_t)i, .step = CONNECTIONS };
	run(jobs, post, "http", (double)n);
	bench_put("intake_bytes_a_line", bytes / (double)n);
	for (size_t i = 0; i < nbodies; i++)
		buf_free(&bodies[i]);
	free(bodies);
	sample_appeal_free(&a);
	sample_free(s);
	routing_free(&doc);
}

/* --- bare -------------------------------------------------------------------------------------------------------------- */

static void *
insert(void *arg)
{
	struct job *j = arg;
	PGconn *c = bench_connect(bench_env("BENCH_OWNER_URL"));

	for (size_t i = j->first; i < j->batches; i += j->step) {
		usec_t start = clock_monotonic();

		PQclear(bench_exec(c, "BEGIN", 0, NULL));
		for (int t = 0; t < TABLES; t++) {
			char sql[128];
			const char *values[1] = { j->arrays[t][i] };
			PGresult *r;

			if (!values[0])
				continue;
			snprintf(sql, sizeof sql, "INSERT INTO fenbo.%s SELECT * FROM unnest($1::fenbo.%s[])", tables[t], tables[t]);
			r = bench_exec(c, sql, 1, values);
			if (t == 0)
				j->created += atol(PQcmdTuples(r));
			PQclear(r);
		}
		PQclear(bench_exec(c, "COMMIT", 0, NULL));
		samples_add(&j->ms, (double)(clock_monotonic() - start) / 1000);
	}
	PQfinish(c);
	return NULL;
}

/* The rows of every table as arrays of 500 cases. */
static size_t
take(PGconn *c, char ***arrays, long each)
{
	char *sql = bench_sql("take_rows");
	size_t batches = 0;

	for (int t = 0; t < TABLES; t++) {
		struct buf q = { 0 };
		char size[16];
		PGresult *r;

		snprintf(size, sizeof size, "%ld", each);
		for (const char *p = sql; *p; p++) /* the table's name stands as % in the file, the batch as # */
			if (*p == '%')
				buf_puts(&q, tables[t]);
			else if (*p == '#')
				buf_puts(&q, size);
			else
				buf_putc(&q, *p);
		r = bench_exec(c, buf_text(&q), 0, NULL);
		if (t == 0)
			batches = (size_t)PQntuples(r);
		arrays[t] = calloc(batches + 1, sizeof **arrays);
		for (int i = 0; i < PQntuples(r); i++) {
			long batch = atol(PQgetvalue(r, i, 0));

			if (batch >= 0 && (size_t)batch < batches)
				arrays[t][batch] = strdup(PQgetvalue(r, i, 1));
		}
		PQclear(r);
		buf_free(&q);
	}
	free(sql);
	return batches;
}

static void
empty(PGconn *c)
{
	char *sql = bench_sql("empty_rows");

	PQclear(bench_exec(c, sql, 0, NULL));
	free(sql);
}

static void
bare(void)
{
	PGconn *c = bench_connect(bench_env("BENCH_OWNER_URL"));
	char **arrays[TABLES];
	size_t batches = take(c, arrays, LINES);
	PGresult *r = bench_exec(c, "SELECT count(*) FROM fenbo.appeal", 0, NULL);
	double n = atof(PQgetvalue(r, 0, 0));
	struct job jobs[CONNECTIONS] = { 0 };

	PQclear(r);
	empty(c);
	for (int i = 0; i < CONNECTIONS; i++) {
		jobs[i] = (struct job){ .batches = batches, .first = (size_t)i, .step = CONNECTIONS };
		memcpy(jobs[i].arrays, arrays, sizeof arrays);
	}
	run(jobs, insert, "bare", n);
	PQfinish(c);
}

/* --- one at a time ------------------------------------------------------------------------------------------------------ */

static void
one(long n)
{
	struct routing_doc doc = { 0 };
	struct sample *s = generator(&doc);
	struct sample_appeal a = { 0 };
	struct bench_http h;
	char *key = bench_key();
	PGconn *c = bench_connect(bench_env("BENCH_OWNER_URL"));
	char **arrays[TABLES];
	struct samples ms = { 0 }, row = { 0 }, all = { 0 };
	char *service = NULL;
	size_t batches;

	bench_http_open(&h);
	if (bench_http_ask(&h, "GET", "/open311/v2/services.json", key, NULL, NULL, 0) == 200) {
		const char *at = strstr(buf_text(&h.in), "\"service_code\"");

		at = at ? strchr(at + 14, ':') : NULL;
		at = at ? strchr(at, '"') : NULL;
		if (at)
			service = strndup(at + 1, strcspn(at + 1, "\""));
	}
	empty(c);
	for (long i = 0; i < n; i++) {
		struct buf body = { 0 };
		usec_t start;
		int status;

		sample_next(s, &a);
		buf_printf(&body, "service_code=%s&address_string=", service ? service : "");
		for (const char *p = a.address[0] ? a.address : "1"; *p; p++)
			buf_printf(&body, "%%%02X", (unsigned char)*p);
		buf_puts(&body, "&description=");
		for (const char *p = buf_text(&a.text); *p; p++)
			buf_printf(&body, "%%%02X", (unsigned char)*p);
		start = clock_monotonic();
		status = bench_http_ask(&h, "POST", "/open311/v2/requests.json", key, "application/x-www-form-urlencoded", body.data, body.len);
		if (status != 200 && status != 201)
			bench_die("POST /open311/v2/requests.json: %d %.300s", status, buf_text(&h.in));
		samples_add(&ms, (double)(clock_monotonic() - start) / 1000);
		buf_free(&body);
	}
	bench_put("open311_median_ms", samples_at(&ms, 0.5));
	bench_put("open311_p99_ms", samples_at(&ms, 0.99));
	batches = take(c, arrays, 1);
	for (int t = 0; t < TABLES; t++) { /* prepared: the peer shall not pay for parsing */
		char sql[128];

		snprintf(sql, sizeof sql, "INSERT INTO fenbo.%s SELECT * FROM unnest($1::fenbo.%s[])", tables[t], tables[t]);
		PQclear(PQprepare(c, tables[t], sql, 0, NULL));
	}
	for (int all_rows = 0; all_rows < 2; all_rows++) {
		empty(c);
		for (size_t i = 0; i < batches; i++) {
			usec_t start = clock_monotonic();

			if (all_rows)
				PQclear(bench_exec(c, "BEGIN", 0, NULL));
			for (int t = 0; t < (all_rows ? TABLES : 1); t++) {
				const char *values[1] = { arrays[t][i] };
				PGresult *r = values[0] ? PQexecPrepared(c, tables[t], 1, values, NULL, NULL, 0) : NULL;

				if (r && PQresultStatus(r) != PGRES_COMMAND_OK)
					bench_die("%s: %s", tables[t], PQerrorMessage(c));
				PQclear(r);
			}
			if (all_rows)
				PQclear(bench_exec(c, "COMMIT", 0, NULL));
			samples_add(all_rows ? &all : &row, (double)(clock_monotonic() - start) / 1000);
		}
	}
	bench_put("insert_one_row_median_ms", samples_at(&row, 0.5));
	bench_put("insert_one_case_median_ms", samples_at(&all, 0.5));
	PQfinish(c);
	bench_http_close(&h);
	sample_appeal_free(&a);
	sample_free(s);
	routing_free(&doc);
	free(service);
	free(key);
}

int
main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	long n = argc > 2 ? atol(argv[2]) : 1000;

	if (strcmp(mode, "http") == 0)
		http(n);
	else if (strcmp(mode, "bare") == 0)
		bare();
	else if (strcmp(mode, "one") == 0)
		one(n);
	else
		bench_die("usage: intake http N | bare | one N");
	return 0;
}
