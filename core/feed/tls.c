#include "core/feed/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static struct ssl_ctx_st *failed(SSL_CTX *ctx, struct err *e, const char *field, const char *file)
{
	unsigned long code = ERR_get_error();
	const char *why = ERR_reason_error_string(code);

	err_set(e, ERR_INVALID, field, "%.120s: %.100s", file ? file : "TLS", why ? why : "cannot be used");
	ERR_clear_error();
	SSL_CTX_free(ctx);
	return NULL;
}

struct ssl_ctx_st *tls_client(const char *ca_file, struct err *e)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (ctx == NULL || !SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION))
		return failed(ctx, e, "ca_file", NULL);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	if (ca_file && *ca_file ? !SSL_CTX_load_verify_locations(ctx, ca_file, NULL) : !SSL_CTX_set_default_verify_paths(ctx))
		return failed(ctx, e, "ca_file", ca_file);
	return ctx;
}

struct ssl_ctx_st *tls_server(const char *cert_file, const char *key_file, struct err *e)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL || !SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION))
		return failed(ctx, e, "certificate", NULL);
	if (SSL_CTX_use_certificate_chain_file(ctx, cert_file) != 1)
		return failed(ctx, e, "certificate", cert_file);
	if (SSL_CTX_use_PrivateKey_file(ctx, key_file, SSL_FILETYPE_PEM) != 1 || SSL_CTX_check_private_key(ctx) != 1)
		return failed(ctx, e, "certificate_key", key_file);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	return ctx;
}

void tls_free(struct ssl_ctx_st *ctx)
{
	SSL_CTX_free(ctx);
}

struct ssl_st *tls_to(struct ssl_ctx_st *ctx, const char *host)
{
	SSL *ssl = SSL_new(ctx);
	unsigned char addr[16];
	bool numeric = inet_pton(AF_INET, host, addr) == 1 || inet_pton(AF_INET6, host, addr) == 1;

	if (ssl == NULL)
		return NULL;
	if (numeric ? !X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host)
	            : !SSL_set1_host(ssl, host) || !SSL_set_tlsext_host_name(ssl, host)) {
		SSL_free(ssl);
		return NULL;
	}
	return ssl;
}

struct ssl_st *tls_accept(struct ssl_ctx_st *ctx)
{
	return SSL_new(ctx);
}
