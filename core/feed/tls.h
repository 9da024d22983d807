/*
 * TLS contexts for both sides, with OpenSSL's own safe defaults (1.2 and above). Only the daemon's certificate and the
 * console's trust are configured; nothing else can be.
 */
#ifndef FENBO_FEED_TLS_H
#define FENBO_FEED_TLS_H

#include "core/base/err.h"

struct ssl_ctx_st; /* OpenSSL's SSL_CTX */
struct ssl_st;     /* OpenSSL's SSL */

/* NULL with *e set when a file cannot be used. Freed with tls_free. */
struct ssl_ctx_st *tls_client(const char *ca_file, struct err *e); /* NULL: the system's trust */
struct ssl_ctx_st *tls_server(const char *cert_file, const char *key_file, struct err *e);
void tls_free(struct ssl_ctx_st *ctx);
/* A client's connection that will accept only a certificate of this host. NULL when memory is gone. */
struct ssl_st *tls_to(struct ssl_ctx_st *ctx, const char *host);
struct ssl_st *tls_accept(struct ssl_ctx_st *ctx);

#endif
