/*
 * What the benchmarks share: samples and their percentiles, results as `name=value` lines for tests/bench/run.sh, SQL from
 * tests/bench/sql, a small blocking HTTP client, facts about a process. Errors end the program: a benchmark that goes on
 * after one measures something else.
 */
#ifndef FENBO_TESTS_BENCH_H
#define FENBO_TESTS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <libpq-fe.h>
#include "core/base/buf.h"
#include "core/base/clock.h"

struct samples { double *v; size_t n, cap; };
void samples_add(struct samples *s, double v);
double samples_at(struct samples *s, double share); /* 0.5 = median; sorts */
void samples_free(struct samples *s);

void bench_put(const char *name, double value);     /* name=value on stdout, at once */
_Noreturn void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *bench_env(const char *name);            /* dies when it is not set */
long bench_number(const char *name, long otherwise);/* from the environment */
/* tests/bench/sql/NAME.sql, or with a / in it NAME.sql; owned by the caller. */
char *bench_sql(const char *name);
/* libpq, blocking: a benchmark has no loop to keep. Both die on errors. */
PGconn *bench_connect(const char *url);
PGresult *bench_exec(PGconn *c, const char *sql, int n, const char *const *values); /* PQclear it */

/* HTTP/1.1 on one kept connection to $FENBO_URL. */
struct bench_http { int fd; char host[128], port[8]; struct buf in; };
void bench_http_open(struct bench_http *h);
/* Returns the status; the body stands in h->in until the next call. `type` NULL = GET. */
int bench_http_ask(struct bench_http *h, const char *method, const char *path, const char *key, const char *type,
    const char *body, size_t len);
void bench_http_close(struct bench_http *h);
char *bench_key(void);                              /* the key in $FENBO_KEY_FILE, without the newline */

long bench_rss_kib(pid_t pid);
double bench_cpu_s(pid_t pid);                      /* user and system time so far */
/* Processor time of the calling thread: what else the machine does meanwhile is not what is measured. */
double bench_cpu_us(void);

#endif
