/*
 * Two-session tests: sessions of people on one database, one of which is made to wait for another. Who waits is read from
 * PostgreSQL (pg_blocking_pids), so nothing here depends on how fast the machine is.
 */
#ifndef FENBO_TESTS_TOOLS_RACE_H
#define FENBO_TESTS_TOOLS_RACE_H

#include <stdbool.h>
#include <stdint.h>
#include <libpq-fe.h>

struct person { PGconn *conn; int pid; };

/* The answer to one action on one case. Texts are "" where SQL has none. */
struct answer {
	bool ok;
	int64_t id;
	char error[32], by[64], stage[32], message[256];
};

bool race_start(void);                               /* fixture in place; false: there is no database to test on */
void race_stop(void);
PGconn *race_owner(void);
struct person person_open(const char *account);      /* connected and logged in */
void person_close(struct person *p);

int64_t case_make(const char *name);
int64_t case_named(const char *name);                /* 0 when there is none */
int case_version(int64_t no);
long owner_number(const char *sql);                  /* first column of the first row; fails the test without one */
void owner_do(const char *format, ...) __attribute__((format(printf, 1, 2)));

void run(struct person *p, const char *sql);         /* must succeed */
/* Send one action on one case at this version (0 = as it is now) and do not wait. args: JSON, NULL = none. */
void act_send(struct person *p, const char *action, int64_t no, int version, const char *args);
struct answer act_answer(struct person *p);          /* waits for it */
struct answer act(struct person *p, const char *action, int64_t no, int version, const char *args);
void assert_done(struct answer a);
void assert_refused(struct answer a, const char *error, const char *by);
void wait_blocked(const struct person *p);           /* until p waits for a lock; fails the test after 20 s */
/* `first` acts and keeps its transaction open; `second` acts on the version both saw, and waits; `first` commits. */
struct answer one_after_other(struct person *first, const char *a1, const char *args1, struct person *second, const char *a2, const char *args2,
    int64_t no);

#endif
