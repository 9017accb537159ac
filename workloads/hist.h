/* SPDX-License-Identifier: Apache-2.0
 *
 * hist.h: a distribution of whole numbers from 0 to INT64_MAX, of nanoseconds
 * for instance, in constant space.  Each power of two is cut into 64 equal
 * buckets (numbers below 128 have one each), so a quantile is at most one part
 * in 64 too large.  Zeroed is empty.
 */
#ifndef HIST_H
#define HIST_H

#include <stdint.h>

#define HIST_BUCKETS (64 * 58)

struct hist {
	int64_t count, max;
	int64_t bucket[HIST_BUCKETS];
};

/* A number below 0 counts as 0. */
void hist_add(struct hist *h, int64_t v);

/* The smallest number that is no smaller than so many thousandths of them, or
 * a little more, but never more than the largest; 0 of none. */
int64_t hist_quantile(const struct hist *h, int permille);

#endif
