/* SPDX-License-Identifier: Apache-2.0
 *
 * shares.h: how even are the shares that some had of a thing?  Jain's index says,
 * (sum x)^2 / (n sum x^2): 1 if all had the same, 1/n if one had everything.  Zeroed is
 * empty; the mean is that of the timed iterations.
 */
#ifndef SHARES_H
#define SHARES_H

#include <stdbool.h>
#include <stdint.h>

struct shares {
	double n, sum, squares;         /* of the iteration under way */
	int64_t iterations, permille;   /* the sum of their indices, in thousandths */
};

static inline void shares_add(struct shares *s, uint64_t x)
{
	s->n++;
	s->sum += (double)x;
	s->squares += (double)x * (double)x;
}

/* An iteration is over; it counts if it was timed. */
static inline void shares_end(struct shares *s, bool timed)
{
	if (timed && s->squares > 0) {
		s->iterations++;
		s->permille += (int64_t)(1000 * s->sum * s->sum / (s->n * s->squares) + 0.5);
	}
	s->n = s->sum = s->squares = 0;
}

/* The mean; 0 of none. */
static inline int64_t shares_permille(const struct shares *s)
{
	return s->iterations ? s->permille / s->iterations : 0;
}

#endif
