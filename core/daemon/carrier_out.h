/*
 * How a message goes out: from what the database says of it to one HTTP request, for a webhook or for the gateway of short messages.
 */
#ifndef FENBO_DAEMON_CARRIER_OUT_H
#define FENBO_DAEMON_CARRIER_OUT_H

#include <stdbool.h>
#include "conf/options.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/feed/client.h"
#include "core/feed/receivers.h"

enum { OUT_HEADERS = 16, OUT_HEADER_BYTES = 1000 };

/* What of the configuration is needed to send; owns all of it. */
struct out_conf {
	struct receivers receivers;
	char gateway_base[300], gateway_path[1200]; /* path with its query pattern; base "" = no gateway */
	char gateway_body[2000], gateway_accepted[300], gateway_again[300], ca_file[900];
	bool gateway_get, gateway_json, gateway_idempotent;
	char headers[OUT_HEADERS][OUT_HEADER_BYTES];
	int nheaders, parts, deadline_ms;
};
/* False with *e set, and nothing in *out. */
bool out_conf_load(struct out_conf *out, const struct conf *conf, struct err *e);
void out_conf_free(struct out_conf *o);

struct out_letter {
	const char *key, *kind, *address, *template, *fields, *payload;
};
/* A request made ready, and to whom. */
struct out_request {
	char base[300];
	bool once, sms;
	struct buf path, body, header[OUT_HEADERS + 2];
	const char *list[OUT_HEADERS + 3];
	struct client_request request; /* points into the above, and to the letter's key */
};
enum out_way { OUT_SEND, OUT_REFUSED, OUT_UNADDRESSED };
/* Make the request that carries the letter; `now` is signed. When there is none, why says so. Freed with out_request_free whatever it answers. */
enum out_way out_request_make(const struct out_conf *conf, const struct out_letter *l, usec_t now, struct out_request *r, struct buf *why);
void out_request_free(struct out_request *r);
/* Is a receiver at this address known to act once for each key? */
bool out_once(const struct out_conf *conf, const char *address);
/* What the receiver said is kept without the number it was about, which gateways like to repeat. */
void out_hide(const char *address, char *said);
/* Does what the gateway said, when it did not accept a message, mean that it may later? */
bool out_later(const struct out_conf *conf, const char *said);

#endif
