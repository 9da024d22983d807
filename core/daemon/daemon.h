/*
 * fenbod as one struct: what it is made of, made in main and passed down. No module knows another but through what it is
 * given here.
 */
#ifndef FENBO_DAEMON_DAEMON_H
#define FENBO_DAEMON_DAEMON_H

#include <stdbool.h>
#include "conf/options.h"
#include "core/daemon/auth.h"
#include "core/daemon/carrier.h"
#include "core/daemon/feedlog.h"
#include "core/daemon/gather.h"
#include "core/daemon/hot.h"
#include "core/daemon/intake.h"
#include "core/daemon/leader.h"
#include "core/daemon/memory.h"
#include "core/daemon/metrics.h"
#include "core/daemon/pool.h"
#include "core/daemon/roller.h"
#include "core/daemon/rules.h"
#include "core/daemon/think.h"
#include "core/daemon/tutor.h"
#include "core/daemon/worker.h"
#include "core/feed/http.h"
#include "core/feed/hub.h"
#include "core/feed/loop.h"

struct daemon {
	struct conf conf;
	struct loop loop;
	struct metrics metrics;
	struct worker *worker;
	struct pool *pool;      /* intake and queries */
	struct db *feed_db;     /* the reader of the log */
	struct db *lead_db;     /* holds the lock when this fenbod leads */
	struct auth *auth;
	struct rules *routing;
	struct memory *memory;
	struct gather *gather;  /* of cases just come in */
	struct hot *hot;        /* what rises where */
	struct tutor *tutor;
	struct think *think;
	struct intake *intake;
	struct leader *leader;
	struct carrier *carrier; /* of the outbox */
	struct roller *roller;
	struct feedlog *feedlog;
	struct hub *hub;
	struct http *http;
	struct event *on_term, *on_int, *on_hup, *stop_timer, *gauge_timer;
	bool stopping;
	usec_t stop_by;         /* monotonic */
	struct { char why[160]; usec_t at; } said[3]; /* why a connection was lost, when the log last said so: work, log, lead */
	bool account_said; /* who we are was asked, and said if it is nobody for a fenbod */
};

/* Everything but the configuration, which is loaded already. False with *e set. */
bool daemon_open(struct daemon *d, struct err *e);
void daemon_run(struct daemon *d); /* until SIGTERM or SIGINT */
void daemon_close(struct daemon *d);

#endif
