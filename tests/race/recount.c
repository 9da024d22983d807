/*
 * recount URL: every clock, its rungs, and the counts of every case from the event log alone, compared with what stands in the database (tests/tools/clock_log.h,
 * tests/race/recount.sql). Prints what differs; exit status 1 if anything does. Nothing may be written meanwhile, and the sweeps must have had their say.
 */
#include <stdio.h>
#include <stdlib.h>
#include "tests/tools/clock_log.h"

static int counts(PGconn *db)
{
	static char sql[32768];
	FILE *f = fopen("tests/race/recount.sql", "r");
	PGresult *r;
	int n;

	if (!f) {
		perror("tests/race/recount.sql");
		return -1;
	}
	sql[fread(sql, 1, sizeof sql - 1, f)] = '\0';
	fclose(f);
	r = PQexec(db, sql);
	n = PQresultStatus(r) == PGRES_TUPLES_OK ? PQntuples(r) : -1;
	if (n < 0)
		fprintf(stderr, "%s", PQerrorMessage(db));
	for (int i = 0; i < n; i++)
		puts(PQgetvalue(r, i, 0));
	PQclear(r);
	return n;
}

int main(int argc, char **argv)
{
	PGconn *db = PQconnectdb(argc > 1 ? argv[1] : "");
	struct clock_log log;
	int differing;

	if (PQstatus(db) != CONNECTION_OK) {
		fprintf(stderr, "%s", PQerrorMessage(db));
		return 2;
	}
	if (!clock_log_check(db, true, &log)) {
		fprintf(stderr, "%s\n", log.first);
		return 2;
	}
	fputs(log.first, stdout);
	differing = counts(db);
	printf("recount: %ld cases, %ld events, %ld clocks, %ld rungs: %ld differences in clocks and rungs, %d in counts\n", log.cases, log.events, log.clocks,
	    log.rungs, log.differences, differing);
	PQfinish(db);
	return differing < 0 ? 2 : log.differences > 0 || differing > 0;
}
