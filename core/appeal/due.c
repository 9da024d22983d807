#include "core/appeal/due.h"

#include <stdio.h>

#define HOUR_S INT64_C(3600)
#define DAY_S  (24 * HOUR_S)

enum due_class
due_class(usec_t due_at, usec_t started_at, usec_t now)
{
	if (due_at == 0)
		return DUE_NONE;
	usec_t left = due_at - now;
	if (left <= 0)
		return DUE_LATE;
	if (left < DUE_SOON_S * USEC_S)
		return DUE_SOON;
	if (started_at != 0 && started_at < due_at && left < (due_at - started_at) / 4)
		return DUE_SOON;
	return DUE_OK;
}

/* Whole seconds shown: up while they are left, down once they are past. */
static int64_t
seconds(usec_t due_at, usec_t now)
{
	usec_t left = due_at - now;

	return left > 0 ? left / USEC_S + (left % USEC_S > 0) : -(left / USEC_S);
}

void
due_text(usec_t due_at, usec_t now, const char *day, const char *hour, char out[DUE_TEXT])
{
	if (due_at == 0) {
		*out = '\0';
		return;
	}
	long long s = seconds(due_at, now);
	const char *sign = due_at <= now ? "-" : "";
	if (s >= DAY_S)
		snprintf(out, DUE_TEXT, "%s%lld%s%02lld%s", sign, s / DAY_S, day != NULL ? day : "d",
		    s % DAY_S / HOUR_S, hour != NULL ? hour : "h");
	else if (s >= HOUR_S)
		snprintf(out, DUE_TEXT, "%s%lld:%02lld:%02lld", sign, s / HOUR_S, s % HOUR_S / 60, s % 60);
	else
		snprintf(out, DUE_TEXT, "%s%02lld:%02lld", sign, s / 60, s % 60);
}

usec_t
due_next(usec_t due_at, usec_t now)
{
	if (due_at == 0)
		return 0;
	int64_t s = seconds(due_at, now), step = s >= DAY_S ? HOUR_S : 1, shown = s / step * step;
	/* Counting down, the text goes with the first second below what it shows; counting up, with the next step. */
	return due_at > now ? due_at - (shown - 1) * USEC_S : due_at + (shown + step) * USEC_S;
}
