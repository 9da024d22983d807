/*
 * Who is calling: an API key (its sha256 is all that leaves this module) or a one-minute ticket for the stream. What
 * PostgreSQL said of a key is believed for two seconds, so that a revoked key is out by then; each key has its rate.
 */
#ifndef FENBO_DAEMON_AUTH_H
#define FENBO_DAEMON_AUTH_H

#include <stdbool.h>
#include "core/base/clock.h"
#include "core/base/err.h"

struct pool;
struct auth; /* opaque */

enum key_right {
	KEY_INTAKE = 1, KEY_READ = 2, KEY_FEED = 4, KEY_ACT = 8, KEY_NOPLACE = 16, KEY_BACKDATE = 32, KEY_METRICS = 64
};
/* A plain value; copied wherever it is needed. */
struct key {
	int id;          /* 0: a ticket */
	char hash[65];   /* hex */
	char name[100], channel[100], channel_name[200], channel_place[64], unit[64];
	unsigned rights; /* enum key_right */
	int rate;        /* requests a minute, 0 = no limit */
};
/* What a ticket's holder may see, as lines "desk:x\nunit:y"; "" when whole. */
struct ticket {
	bool whole;
	char *tags; /* borrowed */
	const char *account, *role; /* borrowed */
};

struct auth *auth_new(struct pool *pool);
void auth_free(struct auth *a);

/* Check a bearer's key. `done` may be called at once. e: ERR_UNKNOWN_KEY, ERR_FORBIDDEN (lacks `right`; 0 asks for none),
 * ERR_TOO_MANY with the seconds to wait, ERR_UNAVAILABLE. The key is borrowed for the call. */
typedef void (*auth_done_fn)(void *ctx, const struct key *k, const struct err *e, int retry_after_s);
void auth_check(struct auth *a, const char *bearer, enum key_right right, auth_done_fn done, void *ctx);

typedef void (*auth_ticket_fn)(void *ctx, const struct ticket *t, const struct err *e);
void auth_ticket(struct auth *a, const char *bearer, auth_ticket_fn done, void *ctx);

/* For what changes nothing and tells nothing of cases out of one's scope: any key, or the ticket of somebody of the centre (key.id 0, key.name the
 * account), who is held to a rate of his own however many tickets he takes. ERR_FORBIDDEN for the ticket of a unit's desk. */
void auth_asker(struct auth *a, const char *bearer, auth_done_fn done, void *ctx);

#endif
