/* SPDX-License-Identifier: MIT */
/* digest.c - SHA-256, random bytes, comparison and base64 from GnuTLS. */
#include "server/digest.h"

#include <assert.h>
#include <string.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

/* A gnutls_hash_hd_t is a pointer to a struct of its own: ours is that pointer by another name. */
static gnutls_hash_hd_t handle_of(struct digest *d)
{
	return (gnutls_hash_hd_t)d;
}

static void to_hex(const uint8_t bytes[SHA256_BYTES], char hex[SHA256_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < SHA256_BYTES; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[SHA256_TEXT - 1] = '\0';
}

struct digest *digest_new(void)
{
	gnutls_hash_hd_t handle = NULL;

	if (gnutls_hash_init(&handle, GNUTLS_DIG_SHA256) < 0)
		return NULL;
	return (struct digest *)handle;
}

void digest_add(struct digest *d, struct span bytes)
{
	if (bytes.len)
		gnutls_hash(handle_of(d), bytes.ptr, bytes.len);
}

void digest_finish(struct digest *d, char hex[SHA256_TEXT])
{
	uint8_t bytes[SHA256_BYTES] = { 0 };

	gnutls_hash_deinit(handle_of(d), bytes);
	to_hex(bytes, hex);
}

void digest_free(struct digest *d)
{
	if (d)
		gnutls_hash_deinit(handle_of(d), NULL);
}

void sha256_hex(struct span bytes, char hex[SHA256_TEXT])
{
	uint8_t out[SHA256_BYTES] = { 0 };

	/* Fails only where the algorithm is missing, which no build of GnuTLS does. */
	int e = gnutls_hash_fast(
		GNUTLS_DIG_SHA256, bytes.len ? (const void *)bytes.ptr : "", bytes.len, out);

	assert(e == 0);
	(void)e;
	to_hex(out, hex);
}

bool sha256_is_hex(const char *text)
{
	return strlen(text) == SHA256_TEXT - 1 &&
		strspn(text, "0123456789abcdef") == SHA256_TEXT - 1;
}

bool digest_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || gnutls_memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool random_bytes(uint8_t *out, size_t len)
{
	return gnutls_rnd(GNUTLS_RND_KEY, out, len) == 0;
}

bool base64_append(struct buf *out, struct span bytes)
{
	gnutls_datum_t in = { (unsigned char *)bytes.ptr, (unsigned)bytes.len };
	gnutls_datum_t text = { 0 };

	if (!bytes.len)
		return true;
	if (gnutls_base64_encode2(&in, &text) < 0)
		return false;
	bool ok = buf_append(out, (struct span){ text.data, text.size });

	gnutls_free(text.data);
	return ok;
}
