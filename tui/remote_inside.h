/* The inside of the console's way to the world, for remote.c and follow.c only. */
#ifndef FENBO_TUI_REMOTE_INSIDE_H
#define FENBO_TUI_REMOTE_INSIDE_H

#include "core/base/clock.h"
#include "core/feed/client.h"
#include "core/feed/sse_client.h"
#include "db/conn.h"
#include "tui/remote.h"

struct request;
struct remote {
	struct loop *loop;
	const struct conf *conf;
	struct remote_events events;
	struct console *c;
	struct db *db;
	struct sse_client *feed;
	struct request *requests;
	struct clock_skew skew;
	char session[40], cursor[64], why[256];
	char feed_url[1024], consult_url[1024];
	bool logged_in, snapshot, since, stop;
	int top_rows;
	usec_t started, feed_lost; /* monotonic */
	struct event *renew, *poll;
	struct check { struct db *db; struct remote *r; } check; /* of a password */
	struct event *check_done;
	bool check_right;
	char check_why[160];
	void (*left)(void *ctx);
	void *left_ctx;
	struct event *leaving;
	/* The question to fenbod: the ticket it is asked with, what is to be asked as soon as there is one, and who wants to know. */
	struct {
		struct client *client;
		struct client_call *call;
		char ticket[80], *json;
		usec_t ticket_at;  /* monotonic; 0 = there is none */
		bool asking_ticket, tried_again;
		port_said_fn said;
		void *who;
	} consult;
};

/* consult.c: what the machine would recommend */
void consult_ask(void *ctx, const char *json, port_said_fn said, void *who); /* as port.recommend; ctx is the remote */
void consult_free(struct remote *r);

/* remote.c */
void remote_tell_links(struct remote *r);
void remote_ignore(void *ctx, const struct err *e, size_t rows); /* a done that does nothing */

/* follow.c: what keeps the queue up to date */
void follow_snapshot(struct remote *r);                          /* read the whole queue, then follow from there */
void follow_row(void *ctx, const struct db_row *row);            /* a row of a queue statement; ctx is the remote */
void follow_poll(int fd, short what, void *ctx);                 /* timer: fenbod is gone, PostgreSQL is asked */

#endif
