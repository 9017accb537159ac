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

static inline void put(struct sl__timers *ts, size_t i, struct sl__timer t)
{
	ts->heap[i] = t;
	if (sl__unlikely(t.what & 1))
		((struct sl__timeout *)(t.what - 1))->at = i + 1;
}

/* Puts t in at place i, which is free, or above it. */
static void sift_up(struct sl__timers *ts, size_t i, struct sl__timer t)
{
	while (i > 0) {
		size_t parent = (i - 1) / 4;

		if (!before(&t, &ts->heap[parent]))
			break;
		put(ts, i, ts->heap[parent]);
		i = parent;
	}
	put(ts, i, t);
}

/* Puts t in at place i, which is free, or below it. */
static void sift_down(struct sl__timers *ts, size_t i, struct sl__timer t)
{
	for (;;) {
		size_t first = 4 * i + 1, least = first;

		if (first >= ts->n)
			break;
		for (size_t c = first + 1; c < first + 4 && c < ts->n; c++)
			if (before(&ts->heap[c], &ts->heap[least]))
				least = c;
		if (!before(&ts->heap[least], &t))
			break;
		put(ts, i, ts->heap[least]);
		i = least;
	}
	put(ts, i, t);
}

static void add(struct sl__timers *ts, int64_t when, uintptr_t what)
{
	if (ts->n == ts->cap)
		grow(ts);
	sift_up(ts, ts->n++, (struct sl__timer){ when, ts->seq++, what });
}

void sl__timers_add(struct sl__timers *ts, int64_t when, sl_g *g)
{
	add(ts, when, (uintptr_t)g);
}

void sl__timers_add_timeout(struct sl__timers *ts, int64_t when, struct sl__timeout *t)
{
	add(ts, when, (uintptr_t)t + 1);
}

void sl__timers_remove(struct sl__timers *ts, struct sl__timeout *t)
{
	size_t i = t->at - 1;
	struct sl__timer last;

	if (!t->at)
		return;
	t->at = 0;
	last = ts->heap[--ts->n];
	if (i == ts->n)
		return;
	/* The last entry need not come from below this place. */
	if (i > 0 && before(&last, &ts->heap[(i - 1) / 4]))
		sift_up(ts, i, last);
	else
		sift_down(ts, i, last);
}

sl_g *sl__timers_due(struct sl__timers *ts, int64_t now)
{
	sl_g *g = NULL;

	while (!g && ts->n > 0 && ts->heap[0].when <= now) {
		uintptr_t what = ts->heap[0].what;
		struct sl__timer last = ts->heap[--ts->n];

		if (ts->n > 0)
			sift_down(ts, 0, last);
		if (what & 1) {
			struct sl__timeout *t = (struct sl__timeout *)(what - 1);

			t->at = 0;
			g = t->expire(t);
		} else {
			g = (sl_g *)what;
		}
	}
	return g;
}

void sl__timers_fini(struct sl__timers *ts)
{
	if (ts->heap)
		munmap(ts->heap, ts->bytes);
	*ts = (struct sl__timers){ 0 };
}

void sl__park_until(bool (*commit)(sl_g *, void *), void *arg, const char *reason,
                    int64_t when, struct sl__timeout *t)
{
	if (when < SL_NEVER)
		sl__timeout_start(t, when);
	sl_park(commit, arg, reason);
	if (when < SL_NEVER)
		sl__timeout_stop(t);
	if (t->woken)
		t->woken(t);
}
