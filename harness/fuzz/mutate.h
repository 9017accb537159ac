/* SPDX-License-Identifier: Apache-2.0
 *
 * mutate.h: text made slightly wrong.
 */
#ifndef MUTATE_H
#define MUTATE_H

#include <stddef.h>
#include <stdint.h>

struct text {
	char *s;
	size_t n;
};

/* A copy of the text with some changes, the caller's to free, of max bytes at most:
 * bits, bytes, pieces of it or of the other, lines, and above all numbers and strings,
 * which become such as readers get wrong.  The same seed makes the same changes. */
struct text mutate(const struct text *, const struct text *other, uint64_t seed, size_t max);

#endif
