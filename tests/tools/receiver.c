#include "tests/tools/receiver.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <jansson.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include "core/feed/tls.h"

struct receiver {
	struct event_base *base;
	struct ssl_ctx_st *tls;
	const char *dir;
	json_t *times; /* key → how often */
	int n;
};

static void path_of(const struct receiver *r, const char *name, char *out, size_t size)
{
	snprintf(out, size, "%s/%s", r->dir, name);
}

static void read_how(const struct receiver *r, char *out, size_t size)
{
	char path[300];
	FILE *f;

	path_of(r, "how", path, sizeof path);
	snprintf(out, size, "200");
	if ((f = fopen(path, "r")) == NULL)
		return;
	if (fgets(out, (int)size, f))
		out[strcspn(out, "\n")] = '\0';
	fclose(f);
}

static void copy_header(const char *head, const char *name, char *out, size_t size)
{
	const char *at = strcasestr(head, name);

	out[0] = '\0';
	if (at == NULL)
		return;
	at += strlen(name);
	at += strspn(at, " ");
	snprintf(out, size, "%.*s", (int)strcspn(at, "\r\n"), at);
}

static void write_down(struct receiver *r, const char *head, const char *body)
{
	static const char *const names[][2] = { { "key", "\nIdempotency-Key:" }, { "event", "\nFenbo-Event:" }, { "signature", "\nFenbo-Signature:" },
		{ "type", "\nContent-Type:" }, { "auth", "\nAuthorization:" } };
	char path[300], value[600], method[16] = "", target[2000] = "";
	json_t *o = json_object();
	FILE *f;
	char *text;

	sscanf(head, "%15s %1999s", method, target);
	json_object_set_new(o, "n", json_integer(++r->n));
	json_object_set_new(o, "method", json_string(method));
	json_object_set_new(o, "path", json_string(target));
	json_object_set_new(o, "body", json_string(body));
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		copy_header(head, names[i][1], value, sizeof value);
		json_object_set_new(o, names[i][0], json_string(value));
		if (i == 0) {
			json_int_t times = json_integer_value(json_object_get(r->times, value)) + 1;

			json_object_set_new(r->times, value, json_integer(times));
			json_object_set_new(o, "times", json_integer(times));
		}
	}
	path_of(r, "log", path, sizeof path);
	if ((f = fopen(path, "a")) != NULL && (text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS)) != NULL) {
		fprintf(f, "%s\n", text);
		free(text);
	}
	if (f)
		fclose(f);
	json_decref(o);
}

static void answer(struct receiver *r, struct bufferevent *bev, const char *head, const char *body)
{
	char how[400], *rest;
	int status;

	read_how(r, how, sizeof how);
	write_down(r, head, body);
	if (!strcmp(how, "hang"))
		return;
	if (!strcmp(how, "cut")) {
		bufferevent_free(bev);
		return;
	}
	status = (int)strtol(how, &rest, 10);
	rest += strspn(rest, " ");
	evbuffer_add_printf(bufferevent_get_output(bev), "HTTP/1.1 %d Told\r\nContent-Length: 12\r\nConnection: keep-alive\r\n%s%s\r\n{\"code\": %3d}", status,
	    rest, *rest ? "\r\n" : "", status);
}

static void on_read(struct bufferevent *bev, void *ctx)
{
	struct evbuffer *in = bufferevent_get_input(bev);

	while (1) {
		struct evbuffer_ptr end = evbuffer_search(in, "\r\n\r\n", 4, NULL);
		char length[32], *head, *body;
		size_t n, want;

		if (end.pos < 0)
			return;
		n = (size_t)end.pos + 4;
		if ((head = calloc(1, n + 1)) == NULL)
			abort();
		evbuffer_copyout(in, head, n);
		copy_header(head, "\nContent-Length:", length, sizeof length);
		want = strtoul(length, NULL, 10);
		if (evbuffer_get_length(in) < n + want) {
			free(head);
			return;
		}
		evbuffer_drain(in, n);
		if ((body = calloc(1, want + 1)) == NULL)
			abort();
		evbuffer_remove(in, body, want);
		answer(ctx, bev, head, body);
		free(head);
		free(body);
		return; /* one request at a time; the client sends none ahead */
	}
}

static void on_event(struct bufferevent *bev, short what, void *ctx)
{
	(void)ctx;
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		bufferevent_free(bev);
}

static void on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *from, int len, void *ctx)
{
	struct receiver *r = ctx;
	struct bufferevent *bev = r->tls
	    ? bufferevent_openssl_socket_new(r->base, fd, tls_accept(r->tls), BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS)
	    : bufferevent_socket_new(r->base, fd, BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);

	(void)l, (void)from, (void)len;
	bufferevent_setcb(bev, on_read, NULL, on_event, r);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

static void on_stop(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd, (void)what;
	event_base_loopbreak(ctx);
}

int receiver_serve(const char *dir)
{
	struct receiver r = { .base = event_base_new(), .dir = dir, .times = json_object() };
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) }, at;
	socklen_t len = sizeof at;
	char cert[300], key[300], path[300], temp[310];
	struct evconnlistener *l;
	struct event *stop;
	struct err e;
	FILE *f;

	path_of(&r, "cert.pem", cert, sizeof cert);
	path_of(&r, "key.pem", key, sizeof key);
	if (access(cert, R_OK) == 0 && (r.tls = tls_server(cert, key, &e)) == NULL) {
		fprintf(stderr, "%s\n", e.message);
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	l = evconnlistener_new_bind(r.base, on_accept, &r, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 64, (struct sockaddr *)&any, sizeof any);
	if (l == NULL || getsockname(evconnlistener_get_fd(l), (struct sockaddr *)&at, &len) != 0)
		return 1;
	path_of(&r, "port", path, sizeof path);
	snprintf(temp, sizeof temp, "%s.new", path);
	if ((f = fopen(temp, "w")) == NULL)
		return 1;
	fprintf(f, "%d\n", ntohs(at.sin_port));
	fclose(f);
	rename(temp, path);
	stop = evsignal_new(r.base, SIGTERM, on_stop, r.base);
	evsignal_add(stop, NULL);
	event_base_dispatch(r.base);
	event_free(stop);
	evconnlistener_free(l);
	event_base_free(r.base);
	tls_free(r.tls);
	json_decref(r.times);
	return 0;
}

bool receiver_certificate(const char *dir)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	X509_EXTENSION *ext;
	char path[300];
	FILE *f;
	bool ok;

	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_set_version(x, 2);
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400L * 3650);
	X509_set_pubkey(x, pkey);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const unsigned char *)"127.0.0.1", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	ext = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "IP:127.0.0.1");
	X509_add_ext(x, ext, -1);
	X509_EXTENSION_free(ext);
	ok = X509_sign(x, pkey, EVP_sha256()) > 0;
	snprintf(path, sizeof path, "%s/cert.pem", dir);
	ok = ok && (f = fopen(path, "w")) != NULL && PEM_write_X509(f, x) && fclose(f) == 0;
	snprintf(path, sizeof path, "%s/key.pem", dir);
	ok = ok && (f = fopen(path, "w")) != NULL && PEM_write_PrivateKey(f, pkey, NULL, NULL, 0, NULL, NULL) && fclose(f) == 0;
	X509_free(x);
	EVP_PKEY_free(pkey);
	return ok;
}
