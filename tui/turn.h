/*
 * The shift that is on and one's own count of today, for the line at the top: asked at log-in, when the shift or the day ends, and now and then
 * between, because somebody may have undone or corrected what was counted here.
 */
#ifndef FENBO_TUI_TURN_H
#define FENBO_TUI_TURN_H

#include <stdbool.h>
#include <stdint.h>
#include "core/base/clock.h"

struct console;

struct turn {
	usec_t ends_at;   /* server's time; 0 = not known, or there are no shifts */
	usec_t asked;     /* monotonic */
	bool asking;
	uint64_t handle;
};

/* Between turns of the loop: ask if it is time. */
void turn_work(struct console *c);
void turn_free(struct console *c);

#endif
