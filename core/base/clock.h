/*
 * Time as the programs need it: instants in microseconds since 1970 (UTC), as RFC 3339 text with offset outside. The
 * centre has one time zone; it is named by PostgreSQL at login and set once with clock_zone. Business time is the
 * server's: `struct clock_skew` keeps what the server said against the local monotonic clock.
 */
#ifndef FENBO_BASE_CLOCK_H
#define FENBO_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t usec_t; /* microseconds since the epoch; 0 = "none" */
#define USEC_S INT64_C(1000000)

usec_t clock_now(void);       /* wall clock */
usec_t clock_monotonic(void); /* for intervals only */

/* The server's time, from what it last said and the monotonic clock since; a local wall clock that is set does not move
 * it. A zeroed one knows nothing yet and gives the local wall clock. */
struct clock_skew {
	usec_t ahead; /* server minus monotonic */
	bool known;
};
void clock_skew_set(struct clock_skew *k, usec_t server, usec_t monotonic);
usec_t clock_skew_now(const struct clock_skew *k, usec_t monotonic);

/* Parse RFC 3339 or PostgreSQL's ISO form ("2026-11-22 17:42:08.123+08"); date-only and values without offset are
 * refused. Returns false on anything else, also out of the years 1970–9999. */
bool clock_parse(const char *s, size_t len, usec_t *out);
usec_t clock_read(const char *s); /* the same of a whole text; 0 when it is none, or NULL */
/* "2026-11-22T17:42:08+08:00" in the zone; out has room for 40 bytes. Seconds, or microseconds if there are any. */
void clock_rfc3339(usec_t t, char out[40]);
void clock_hms(usec_t t, char out[9]);              /* 17:42:08 in the zone */
void clock_local(usec_t t, int *year, int *month, int *day, int *hour, int *minute, int *second);
                                                    /* in the zone; any may be NULL */
/* The instant of a wall clock in the zone; days and hours beyond their ends run on into the next month or day (day 0 is the last of
 * the month before). False out of the years 1970–9999. */
bool clock_make(int year, int month, int day, int hour, int minute, int second, usec_t *out);
bool clock_is_date(int year, int month, int day);   /* a day of the Gregorian calendar */
bool clock_zone(const char *iana);                  /* sets TZ for this process; false if unknown */

#endif
