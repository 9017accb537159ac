/* SPDX-License-Identifier: Apache-2.0
 *
 * lcg.h: a linear congruential generator, x' = A x + C modulo 2^64 (constants
 * of Knuth's MMIX).  Two things make it the one to use here: every step needs
 * the one before, so that neither compiler nor processor can take a short cut
 * through n of them, and yet lcg_jump knows the answer without taking them.
 * The low bits have short periods; take the high ones.
 */
#ifndef LCG_H
#define LCG_H

#include <stdint.h>

#define LCG_A UINT64_C(6364136223846793005)
#define LCG_C UINT64_C(1442695040888963407)

static inline uint64_t lcg_next(uint64_t x)
{
	return LCG_A * x + LCG_C;
}

/* n steps from x, one after the other: work. */
static inline uint64_t lcg_walk(uint64_t x, int64_t n)
{
	while (n-- > 0)
		x = lcg_next(x);
	return x;
}

/* The state n steps after x, in log n: the step, composed with itself. */
static inline uint64_t lcg_jump(uint64_t x, uint64_t n)
{
	uint64_t a = LCG_A, c = LCG_C;

	for (; n; n >>= 1) {
		if (n & 1)
			x = a * x + c;
		c = (a + 1) * c;
		a = a * a;
	}
	return x;
}

#endif
