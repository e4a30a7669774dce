/* SPDX-License-Identifier: MIT */
/* digest.h - SHA-256 and random bytes (GnuTLS), comparison in constant time, base64. Any thread. */
#ifndef BENCHD_SERVER_DIGEST_H
#define BENCHD_SERVER_DIGEST_H

#include "protocol/bytes.h"

#define SHA256_BYTES 32
#define SHA256_TEXT 65

struct digest;                   /* a SHA-256 being made */
struct digest *digest_new(void); /* NULL: no memory */
void digest_add(struct digest *d, struct span bytes);
/* Writes lower-case hex and frees d. */
void digest_finish(struct digest *d, char hex[SHA256_TEXT]);
void digest_free(struct digest *d); /* NULL is fine */

void sha256_hex(struct span bytes, char hex[SHA256_TEXT]);
/* 64 lower-case hex digits? */
bool sha256_is_hex(const char *text);
/* Equal, told in a time that does not depend on where they differ; lengths are public. */
bool digest_equal(struct span a, struct span b);
/* false: the system has no random bytes to give. */
bool random_bytes(uint8_t *out, size_t len);
/* Appends base64 (RFC 4648, padded). */
bool base64_append(struct buf *out, struct span bytes);

#endif /* BENCHD_SERVER_DIGEST_H */
