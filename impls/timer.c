/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/mman.h>

#include "timer.h"

static inline bool before(const struct sl__timer *a, const struct sl__timer *b)
{
	return a->when < b->when || (a->when == b->when && a->seq < b->seq);
}

static void grow(struct sl__timers *ts)
{
	size_t bytes = ts->bytes ? ts->bytes * 2 : (size_t)sysconf(_SC_PAGESIZE);
	void *p = ts->bytes ? mremap(ts->heap, ts->bytes, bytes, MREMAP_MAYMOVE)
	                    : mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		sl__fatal("sl_sleep: out of memory for %zu timers", ts->n);
	ts->heap = p;
	ts->bytes = bytes;
	ts->cap = bytes / sizeof *ts->heap;
}

void sl__timers_add(struct sl__timers *ts, int64_t when, sl_g *g)
{
	struct sl__timer t = { when, ts->seq++, g };
	size_t i = ts->n;

	if (i == ts->cap)
		grow(ts);
	ts->n++;
	while (i > 0) {
		size_t parent = (i - 1) / 4;

		if (!before(&t, &ts->heap[parent]))
			break;
		ts->heap[i] = ts->heap[parent];
		i = parent;
	}
	ts->heap[i] = t;
}

sl_g *sl__timers_due(struct sl__timers *ts, int64_t now)
{
	struct sl__timer last;
	sl_g *g;
	size_t i = 0;

	if (ts->n == 0 || ts->heap[0].when > now)
		return NULL;
	g = ts->heap[0].g;
	last = ts->heap[--ts->n];
	for (;;) {
		size_t first = 4 * i + 1, least = first;

		if (first >= ts->n)
			break;
		for (size_t c = first + 1; c < first + 4 && c < ts->n; c++)
			if (before(&ts->heap[c], &ts->heap[least]))
				least = c;
		if (!before(&ts->heap[least], &last))
			break;
		ts->heap[i] = ts->heap[least];
		i = least;
	}
	ts->heap[i] = last;
	return g;
}

void sl__timers_fini(struct sl__timers *ts)
{
	if (ts->heap)
		munmap(ts->heap, ts->bytes);
	*ts = (struct sl__timers){ 0 };
}
