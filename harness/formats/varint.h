/* SPDX-License-Identifier: Apache-2.0
 *
 * varint.h: numbers in as few bytes as they need, seven bits in each, the lowest first,
 * as Protocol Buffers and Go's traces have them.
 */
#ifndef VARINT_H
#define VARINT_H

#include <stddef.h>
#include <stdint.h>

#define VARINT_MAX 10           /* bytes at most */

/* How many bytes it took. */
static inline size_t varint_put(uint8_t *p, uint64_t v)
{
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		p[n++] = (uint8_t)(v | 0x80);
	p[n++] = (uint8_t)v;
	return n;
}

#endif
