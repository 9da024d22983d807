/* What tutor.c, tutor_track.c and tutor_write.c know of each other; nobody else includes this. All of it lives on the loop; a thread gets
 * what it works on handed over, and hands it back. */
#ifndef FENBO_DAEMON_TUTOR_INSIDE_H
#define FENBO_DAEMON_TUTOR_INSIDE_H

#include <pthread.h>
#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/daemon/leader.h"
#include "core/daemon/metrics.h"
#include "core/daemon/pool.h"
#include "core/daemon/rules.h"
#include "core/daemon/tutor.h"
#include "core/daemon/worker.h"
#include "core/machine/model.h"

enum { TUTOR_AWAITED = 1000, TUTOR_PAGE = 200, TUTOR_PART = 1 << 20, TUTOR_SHA = 65, TUTOR_MODEL_MOST = 1 << 30 };

/* A saved model, shared by who keeps it and who writes it. */
struct saved {
	struct buf bytes;
	int base, uses;
	int64_t seq;
	usec_t at;               /* monotonic */
	char sha[TUTOR_SHA];
};

/* One step of the log; texts are its page's. */
struct step {
	int64_t seq, of_seq, forgotten; /* 0 = none */
	struct model_lesson lesson;
	int rank;                /* -1 = nothing had been recommended */
	usec_t at;
};
struct page { struct arena arena; struct step step[TUTOR_PAGE]; int n; };

/* What moved the weights of the sources, and what they were before: so that it can be taken back. */
struct taught {
	int64_t seq;             /* 0 = free */
	float weight;
	struct blend before;
	struct recommend_heard heard; /* owned */
};
enum { TUTOR_TAUGHT = 400 };     /* what is taken back later than that stays in the weights, among so many others */

/* A model on its way along the lesson log. There is the one that is asked, and at times another that is made ready to take its place. */
struct track {
	struct tutor *tutor;
	struct model *model;
	int base;
	int64_t base_seq;        /* what lies up to here was trained into the base, and cannot be forgotten */
	int64_t start;           /* where this track began: base or checkpoint */
	int64_t *skip; size_t skips, room; /* steps passed over because they are taken back later in the log */
	struct ruling *teach;    /* held while a page is learnt by who leads: the sources are weighed with it; else NULL */
	bool asked;              /* it is the one that is asked: changes need the lock */
	bool broken;             /* its base could not be read: it began with nothing */
	bool tainted;            /* it learnt what has been taken back since: another must be made */
	bool busy, again;        /* reading, learning, or being saved; look again afterwards */
	bool head;               /* it has come to the end of the log */
	usec_t asking, knows;    /* all events passed by then (monotonic) are in what is being read, in what it has learnt */
	struct page *page;
};

struct tutor {
	struct pool *pool;
	struct worker *worker;
	const struct leader *leader;
	struct db *lead;
	struct event *tick;
	int checkpoint_lessons, checkpoint_ms;
	pthread_rwlock_t lock;   /* of `known`, and of the learners it names */
	struct recommend_model known;
	struct blend voices;     /* how much each source counts; the leader's word, kept in the database */
	int voices_base; int64_t voices_seq;
	bool voices_asked, voices_moved; /* moved: here, and not kept yet */
	struct taught taught[TUTOR_TAUGHT]; int ntaught; /* oldest first */
	struct rules *rules;
	struct track *live, *next;
	struct load *load;       /* under way */
	int missed;              /* the model a part of which was not there when it was asked for, -1 = none */
	int fallback;            /* 0 = newest checkpoint, 1 = the base, 2 = nothing */
	bool want;               /* make another when this one is done */
	usec_t wait_until, looked, asked_base, asked_week; /* monotonic */
	int eager;               /* quick looks left */
	/* Saving. */
	bool saving;
	usec_t save_after, learnt_at;
	char state[TUTOR_SHA]; int64_t state_seq;
	struct saved *kept;      /* to go back to without asking the database */
	struct saved *putting; int put_number, put_part;
	int64_t put_seq; usec_t put_at; /* the last checkpoint written here */
	bool learning;
	usec_t written;          /* all events passed by then (monotonic) are in the lesson log */
	struct awaited { case_no no; usec_t since; tutor_then_fn fn; void *ctx; } awaited[TUTOR_AWAITED]; /* a ring */
	int first_awaited, nawaited;
	/* Counts. */
	int64_t last;            /* the newest step there is, as far as we know */
	uint64_t rebuilt, failures, checkpoints, decided[5]; /* by rank 1 to 3, none of them, nothing recommended */
	struct metrics_times delay;
	int64_t week[4]; double week_ece; int64_t flags; bool week_known;
	bool ended;
};

/* --- tutor_track.c --- */
void track_free(struct track *k);
void track_look(struct track *k);               /* read on, unless it does already */
void tutor_begin(struct tutor *t);              /* make another model, from the newest start that holds */
/* --- tutor.c --- */
void tutor_reached(struct track *k);            /* it has nothing more to do for now */
void tutor_learnt(struct track *k, const struct page *p);
void tutor_publish(struct tutor *t);            /* name and learners of the one that is asked; the lock is held for writing */
void tutor_drop_model(struct tutor *t, struct model *m); /* on a thread */
bool tutor_leads(const struct tutor *t);        /* and may write */
/* --- tutor_voices.c --- */
void tutor_voices_begin(struct tutor *t, int base);   /* as at the start, unless the database knows better; the lock is held for writing */
void tutor_voices_ask(struct tutor *t);               /* what has been kept */
void tutor_voices_teach(struct tutor *t, const struct ruling *g, const struct step *s, struct arena *a); /* on a thread; the lock is held for writing */
void tutor_voices_keep(struct tutor *t);              /* who leads */
void tutor_voices_end(struct tutor *t);
void hex_bytes(struct buf *out, const char *hex, size_t len); /* \x… as PostgreSQL writes it */
/* --- tutor_write.c --- */
void tutor_learn(struct tutor *t);              /* who leads: the next steps of the log */
bool tutor_save_due(const struct tutor *t);
void tutor_save(struct tutor *t);
void saved_release(struct saved *s);

#endif
