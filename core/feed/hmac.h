/*
 * HMAC-SHA256 of what leaves the house, so that a receiver knows that we sent it, and when. The signature is over the time (Unix
 * seconds, decimal), a point, and the body as it is sent; fenbo-http(7) shows receivers how to verify it.
 */
#ifndef FENBO_FEED_HMAC_H
#define FENBO_FEED_HMAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HMAC_BYTES = 32 };

/* False when the library cannot (out of memory). */
bool hmac_sha256(const char *secret, size_t secret_len, const void *data, size_t len, unsigned char out[HMAC_BYTES]);
/* "t=1732280000,v1=" and 64 hex digits into out. */
enum { SIGNATURE_SIZE = 100 };
bool hmac_sign(const char *secret, size_t secret_len, int64_t at_s, const char *body, size_t len, char out[SIGNATURE_SIZE]);
/* The receiver's side, for tests and as an example: is `header` a signature of this body, at most window_s old (or early)? */
bool hmac_verify(const char *secret, size_t secret_len, int64_t now_s, int window_s, const char *header, const char *body, size_t len);

#endif
