/*
 * What fenbod answers over HTTP: one table of routes, each with the right a key needs; the handlers are in api_*.c. A call is
 * answered exactly once.
 */
#ifndef FENBO_DAEMON_API_H
#define FENBO_DAEMON_API_H

#include "core/daemon/daemon.h"
#include "core/feed/doc.h"
#include "core/feed/open311.h"

/* One request on its way. Lives in the request's arena. */
struct api_call {
	struct daemon *daemon;
	struct http_request *req;
	struct key key;               /* once it has been checked */
	const char *id, *verb;        /* parts of the path */
	bool open311;
	struct open311_path path;     /* open311 */
	struct form form;             /* open311 POST: the body */
	void (*handle)(struct api_call *c);
};

void api_handle(void *daemon, struct http_request *r); /* for http_options.handle */
void api_answered(void *daemon, const struct http_request *r, int status, usec_t took_us);

/* Answer with an error in the form the caller expects. */
void api_fail(struct api_call *c, const struct err *e);
/* 200 with what is in b, which is freed. */
void api_json(struct api_call *c, struct buf *b);
void api_doc(struct api_call *c, int status, struct doc *d); /* frees d */
/* The number in the path; false when it was answered 404. */
bool api_case(struct api_call *c, const char *text, case_no *no);

/* Handlers. */
void api_appeals(struct api_call *c);
void api_recommend(struct api_call *c);
void api_chase(struct api_call *c);
void api_rating(struct api_call *c);
void api_tasks(struct api_call *c);
void api_task_act(struct api_call *c);
void api_feed(struct api_call *c);
void api_metrics(struct api_call *c);
void api_healthz(struct api_call *c);
void api_open311(struct api_call *c);      /* GET; the key has been checked where one is needed */
void api_open311_post(struct api_call *c);

#endif
