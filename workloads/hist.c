/* SPDX-License-Identifier: Apache-2.0 */
#include "hist.h"

/* From 128 on a number is shifted until its highest bit is worth 64: a shift
 * for each power of two, and 64 buckets for what then is left. */
static int bucket_of(int64_t v)
{
	int shift = v < 128 ? 0 : 57 - __builtin_clzll((uint64_t)v);

	return 64 * shift + (int)(v >> shift);
}

static int64_t last_of(int bucket)
{
	int shift = bucket < 128 ? 0 : bucket / 64 - 1;
	uint64_t next = (uint64_t)(bucket - 64 * shift + 1) << shift;

	return (int64_t)(next - 1);
}

void hist_add(struct hist *h, int64_t v)
{
	if (v < 0)
		v = 0;
	h->bucket[bucket_of(v)]++;
	h->count++;
	if (v > h->max)
		h->max = v;
}

int64_t hist_quantile(const struct hist *h, int permille)
{
	int64_t below = 0, v;

	for (int i = 0; i < HIST_BUCKETS; i++) {
		below += h->bucket[i];
		if (below > 0 && below * 1000 >= h->count * permille) {
			v = last_of(i);
			return v < h->max ? v : h->max;
		}
	}
	return 0;
}
