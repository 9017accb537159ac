/* SPDX-License-Identifier: Apache-2.0
 *
 * sha1.h: SHA-1 of short messages (FIPS 180-4), as a piece of honest CPU work.
 * Broken as a cryptographic hash; do not use it as one.
 */
#ifndef SHA1_H
#define SHA1_H

#include <stddef.h>

#define SHA1_SIZE 20

void sha1(const void *msg, size_t len, unsigned char digest[SHA1_SIZE]);

#endif
