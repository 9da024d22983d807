/*
 * Open311 GeoReport v2, and mySociety's servicerequestupdates: what the paths and forms mean, and what the answers look like
 * in JSON and XML. Where requests come from and go to is the daemon's affair. The standard: wiki.open311.org/GeoReport_v2.
 */
#ifndef FENBO_FEED_OPEN311_H
#define FENBO_FEED_OPEN311_H

#include <stdbool.h>
#include <stddef.h>
#include "core/appeal/number.h"
#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/feed/doc.h"
#include "core/feed/appeal.h"
#include "core/feed/form.h"

enum open311_what {
	OPEN311_NONE, OPEN311_DISCOVERY, OPEN311_SERVICES, OPEN311_SERVICE, OPEN311_REQUESTS, OPEN311_REQUEST, OPEN311_TOKEN,
	OPEN311_UPDATES
};
struct open311_path {
	enum open311_what what;
	enum doc_form form; /* by the suffix, else by Accept, else JSON */
	char id[256];       /* service code, request id or token */
};
/* False when the path does not begin with /open311/; what is OPEN311_NONE when nothing of the kind exists. */
bool open311_route(const char *path, const char *accept, struct open311_path *out);

/* The service of whatever no duty item was picked for. */
#define OPEN311_GENERAL "general"

/* --- what comes in ------------------------------------------------------------------------------------------------ */

enum { OPEN311_IDS_MAX = 1000, OPEN311_PAGE_MAX = 1000, OPEN311_DAYS = 90 };

/* Filters of GET requests and GET servicerequestupdates. */
struct open311_filter {
	int ids;          /* when given, nothing else filters */
	case_no *id;
	int codes;
	const char **code;
	bool open, closed; /* both unless asked otherwise */
	usec_t from, until;
	int page, page_size; /* page counts from 1 */
};
bool open311_filter(struct arena *a, const struct form *q, usec_t now, struct open311_filter *out, struct err *e);

/* A new request: the appeal it makes, less external_id. `service_name` stands in for a description that is not given. */
struct open311_post {
	const char *service_code;
	struct appeal_in appeal;
	const char *email;
	const char *address_id;
	bool placed; /* lat and long, address_string or address_id were given */
};
bool open311_post(struct arena *a, const struct form *f, size_t text_most, struct open311_post *out, struct err *e);
/* The text of a post: the description, what attributes we have no field for, and the media URL; name when there is nothing. */
bool open311_post_text(struct arena *a, const struct form *f, const char *service_name, size_t text_most,
    struct open311_post *post, struct err *e);

struct open311_update_post {
	case_no no;
	const char *update_id, *description;
	bool reopen; /* status says open */
};
bool open311_update_post(struct arena *a, const struct form *f, size_t text_most, struct open311_update_post *out,
    struct err *e);

/* --- what goes out ------------------------------------------------------------------------------------------------ */

struct open311_service { const char *code, *name, *description, *keywords, *group; };
struct open311_request {
	case_no no;
	bool open, located;
	const char *notes, *service_name, *service_code, *description, *agency, *address;
	usec_t requested, updated, expected; /* expected 0 = not known */
	double lat, lng;
};
struct open311_update { const char *id; case_no no; bool open; usec_t updated; const char *description; };

/* base: the URL of /open311/v2 as the outside sees it. */
void open311_discovery(struct doc *d, const char *base, const char *contact, usec_t changed);
void open311_services_begin(struct doc *d);
void open311_service(struct doc *d, const struct open311_service *s);
void open311_definition(struct doc *d, const char *service_code);
void open311_requests_begin(struct doc *d);
void open311_request(struct doc *d, const struct open311_request *r);
void open311_receipt(struct doc *d, case_no no, const char *notice, bool as_token);
void open311_updates_begin(struct doc *d);
void open311_update(struct doc *d, const struct open311_update *u);
void open311_updates_receipt(struct doc *d, const char *update_id);
void open311_error(struct doc *d, int status, const char *description);
/* Status of an error as the standard has it: a key that is missing or wrong is 403. */
int open311_status(enum err_code code);

#endif
