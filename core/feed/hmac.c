#include "core/feed/hmac.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include "core/base/buf.h"

bool hmac_sha256(const char *secret, size_t secret_len, const void *data, size_t len, unsigned char out[HMAC_BYTES])
{
	unsigned n = 0;

	return HMAC(EVP_sha256(), secret, (int)secret_len, data, len, out, &n) != NULL && n == HMAC_BYTES;
}

bool hmac_sign(const char *secret, size_t secret_len, int64_t at_s, const char *body, size_t len, char out[SIGNATURE_SIZE])
{
	unsigned char sum[HMAC_BYTES];
	struct buf signed_text = { 0 };
	int at;
	bool ok;

	buf_printf(&signed_text, "%" PRId64 ".", at_s);
	buf_add(&signed_text, body, len);
	ok = !signed_text.failed && hmac_sha256(secret, secret_len, buf_text(&signed_text), signed_text.len, sum);
	buf_free(&signed_text);
	if (!ok)
		return false;
	at = snprintf(out, SIGNATURE_SIZE, "t=%" PRId64 ",v1=", at_s);
	for (int i = 0; i < HMAC_BYTES; i++)
		at += snprintf(out + at, (size_t)(SIGNATURE_SIZE - at), "%02x", sum[i]);
	return true;
}

bool hmac_verify(const char *secret, size_t secret_len, int64_t now_s, int window_s, const char *header, const char *body, size_t len)
{
	char want[SIGNATURE_SIZE];
	int64_t at;

	if (strlen(header) >= SIGNATURE_SIZE || sscanf(header, "t=%" SCNd64 ",", &at) != 1 || at < now_s - window_s || at > now_s + window_s ||
	    !hmac_sign(secret, secret_len, at, body, len, want))
		return false;
	return strlen(want) == strlen(header) && CRYPTO_memcmp(want, header, strlen(want)) == 0;
}
