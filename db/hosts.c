/*
 * Where to connect to. libpq would look names up while the loop waits, and would spend one time-out on all hosts together, so
 * the host list is taken apart here: every name is resolved by evdns, every address becomes a candidate with a
 * time-out of its own, and target_session_attrs is asked of each.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <event2/dns.h>
#include <event2/util.h>
#include "db/pg.h"

enum { HOSTS_MAX = 64, PARAMS_MAX = 80 };

void
hosts_free(struct hosts *h)
{
	for (int i = 0; i < h->count; i++) {
		free(h->at[i].host);
		free(h->at[i].address);
		free(h->at[i].port);
	}
	free(h->at);
	*h = (struct hosts){ 0 };
}

static char *
dup_or_null(const char *s)
{
	return s != NULL && *s != '\0' ? strdup(s) : NULL;
}

static void
hosts_add(struct hosts *h, const char *host, const char *address, const char *port)
{
	struct host *at;

	if (h->count >= HOSTS_MAX || (at = realloc(h->at, (size_t)(h->count + 1) * sizeof *at)) == NULL)
		return;
	h->at = at;
	h->at[h->count++] = (struct host){ dup_or_null(host), dup_or_null(address), dup_or_null(port) };
}

static const char *
option(const PQconninfoOption *info, const char *keyword)
{
	for (; info != NULL && info->keyword != NULL; info++)
		if (strcmp(info->keyword, keyword) == 0)
			return info->val != NULL && *info->val != '\0' ? info->val : NULL;
	return NULL;
}

/* Element i of a comma list, in out; the last one is repeated when `repeat`. False beyond the end. */
static bool
element(const char *list, int i, bool repeat, char *out, size_t size)
{
	const char *end;

	*out = '\0';
	if (list == NULL)
		return false;
	for (; i > 0; i--) {
		const char *comma = strchr(list, ',');

		if (comma == NULL)
			return repeat && element(list, 0, false, out, size);
		list = comma + 1;
	}
	end = list + strcspn(list, ",");
	if ((size_t)(end - list) >= size)
		return false;
	memcpy(out, list, (size_t)(end - list));
	out[end - list] = '\0';
	return true;
}

bool
hosts_parse(struct db *db, struct err *e)
{
	char *message = NULL;

	if (db->info != NULL)
		return true;
	db->info = PQconninfoParse(db->conninfo, &message);
	if (db->info == NULL) {
		err_set(e, ERR_USAGE, NULL, "the connection string is not understood: %s", message != NULL ? message : "");
		PQfreemem(message);
		return false;
	}
	if (option(db->info, "service") != NULL)
		return err_set(e, ERR_USAGE, "service", "a connection string must name its hosts; service files are not read");
	return true;
}

static bool
is_numeric(const char *host)
{
	unsigned char at[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, at) == 1 || inet_pton(AF_INET6, host, at) == 1;
}

static void
on_addresses(int result, struct evutil_addrinfo *list, void *arg)
{
	struct db *db = arg;
	char host[256], port[16], address[INET6_ADDRSTRLEN];

	if (result == EVUTIL_EAI_CANCEL)
		return;
	db->lookup = NULL;
	element(option(db->info, "host"), db->resolving, false, host, sizeof host);
	element(option(db->info, "port"), db->resolving, true, port, sizeof port);
	if (result != 0)
		err_set(&db->why, ERR_UNAVAILABLE, "host", "PostgreSQL: %s is not found: %s", host, evutil_gai_strerror(result));
	for (struct evutil_addrinfo *a = list; a != NULL; a = a->ai_next) {
		const void *at = a->ai_family == AF_INET6 ? (const void *)&((struct sockaddr_in6 *)a->ai_addr)->sin6_addr
		                                          : (const void *)&((struct sockaddr_in *)a->ai_addr)->sin_addr;

		if (inet_ntop(a->ai_family, at, address, sizeof address) != NULL)
			hosts_add(&db->hosts, host, address, port);
	}
	if (list != NULL)
		evutil_freeaddrinfo(list);
	db->resolving++;
	conn_enter(db);
	hosts_resolve(db);
	conn_leave(db);
}

/* One element of the host list; false when its addresses are being looked up. */
static bool
resolve_one(struct db *db, const char *host, const char *address, const char *port)
{
	struct evutil_addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };

	if (*address != '\0' || *host == '\0' || *host == '/' || *host == '@')
		hosts_add(&db->hosts, host, address, port);
	else if (is_numeric(host))
		hosts_add(&db->hosts, host, host, port);
	else if (db->dns == NULL)
		err_set(&db->why, ERR_UNAVAILABLE, "host", "PostgreSQL: no resolver to find %s with", host);
	else {
		struct evdns_getaddrinfo_request *lookup = evdns_getaddrinfo(db->dns, host, NULL, &hints, on_addresses, db);

		if (lookup != NULL) /* else on_addresses has run already, and gone on */
			db->lookup = lookup;
		return false;
	}
	return true;
}

void
hosts_resolve(struct db *db)
{
	PQconninfoOption *defaults = NULL;
	const char *hosts = option(db->info, "host"), *addresses = option(db->info, "hostaddr"), *ports = option(db->info, "port");
	const char *attrs = option(db->info, "target_session_attrs");
	char host[256], address[64], port[16];

	if (hosts == NULL && addresses == NULL && db->resolving == 0) { /* PGHOST and PGPORT, or the local socket */
		defaults = PQconndefaults();
		hosts = option(defaults, "host");
		element(hosts, 0, false, host, sizeof host);
		element(ports != NULL ? ports : option(defaults, "port"), 0, false, port, sizeof port);
		PQconninfoFree(defaults);
		if (*host == '\0' || *host == '/' || *host == '@' || is_numeric(host))
			hosts_add(&db->hosts, host, *host != '\0' && is_numeric(host) ? host : "", port);
		else
			err_set(&db->why, ERR_USAGE, "host", "the connection string must name its hosts: PGHOST may only be a "
			    "socket directory or an address");
	} else {
		for (;; db->resolving++) {
			bool more = element(hosts, db->resolving, false, host, sizeof host);

			more |= element(addresses, db->resolving, false, address, sizeof address);
			if (!more || db->resolving >= HOSTS_MAX)
				break;
			element(ports, db->resolving, true, port, sizeof port);
			if (!resolve_one(db, host, address, port))
				return;
		}
	}
	db->hosts.two_passes = attrs != NULL && strcmp(attrs, "prefer-standby") == 0;
	hosts_ready(db);
}

void
hosts_stop(struct db *db)
{
	struct evdns_getaddrinfo_request *lookup = db->lookup;

	db->lookup = NULL;
	if (lookup != NULL)
		evdns_getaddrinfo_cancel(lookup);
}

PGconn *
hosts_start(struct db *db)
{
	const char *keys[PARAMS_MAX], *values[PARAMS_MAX];
	const struct host *h = &db->hosts.at[db->host % db->hosts.count];
	static const char *const ours[] = { "host", "hostaddr", "port", "client_encoding", "fallback_application_name" };
	int n = 0;

	for (const PQconninfoOption *i = db->info; i->keyword != NULL && n < PARAMS_MAX - 8; i++) {
		bool own = i->val == NULL;

		for (size_t k = 0; k < sizeof ours / sizeof *ours; k++)
			own |= strcmp(i->keyword, ours[k]) == 0;
		if (own)
			continue;
		keys[n] = i->keyword;
		values[n] = i->val;
		if (db->hosts.two_passes && strcmp(i->keyword, "target_session_attrs") == 0)
			values[n] = db->host < db->hosts.count ? "standby" : "any";
		n++;
	}
#define ADD(k, v) (keys[n] = (k), values[n++] = (v))
	ADD("host", h->host);
	ADD("hostaddr", h->address);
	ADD("port", h->port);
	ADD("client_encoding", "UTF8");
	ADD("fallback_application_name", db->application);
	if (option(db->info, "gssencmode") == NULL)
		ADD("gssencmode", "disable"); /* looking for tickets may ask a KDC, and wait for it */
#undef ADD
	keys[n] = values[n] = NULL;
	return PQconnectStartParams(keys, values, 0);
}
