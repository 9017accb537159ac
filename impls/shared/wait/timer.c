/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/mman.h>

#include "shared/wait/timer.h"

/* An array of *cap timers becomes one of at least twice as many. */
static struct sl__timer *grow(struct sl__timer *array, size_t *cap)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = *cap * sizeof *array;
	size_t bytes = size ? 2 * ((size + page - 1) & -page) : page;
	void *p = size ? mremap(array, size, bytes, MREMAP_MAYMOVE)
	               : mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		sl__fatal("sl_sleep: out of memory for %zu timers", *cap);
	*cap = bytes / sizeof *array;
	return p;
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

		if (!sl__timer_before(&t, &ts->heap[parent]))
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
			if (sl__timer_before(&ts->heap[c], &ts->heap[least]))
				least = c;
		if (!sl__timer_before(&ts->heap[least], &t))
			break;
		put(ts, i, ts->heap[least]);
		i = least;
	}
	put(ts, i, t);
}

static void add(struct sl__timers *ts, struct sl__timer t)
{
	if (ts->n == ts->cap)
		ts->heap = grow(ts->heap, &ts->cap);
	sift_up(ts, ts->n++, t);
}

static void append(struct sl__timers *ts, struct sl__timer t)
{
	if (ts->head == ts->tail)
		ts->head = ts->tail = 0;
	if (ts->tail == ts->run_cap) {
		if (ts->head > ts->tail / 2) {
			ts->tail -= ts->head;
			memcpy(ts->run, ts->run + ts->head, ts->tail * sizeof t);
			ts->head = 0;
		} else {
			ts->run = grow(ts->run, &ts->run_cap);
		}
	}
	ts->run[ts->tail++] = t;
}

/* Of two that come out of order the later goes to the heap, so that a long sleep does
 * not keep short ones out of the run. */
void sl__timers_add(struct sl__timers *ts, int64_t when, sl_g *g)
{
	struct sl__timer t = { when, ts->seq++, (uintptr_t)g };
	size_t n = ts->tail - ts->head;

	if (n > 0 && when < ts->run[ts->tail - 1].when) {
		if (n > 1 && when < ts->run[ts->tail - 2].when) {
			add(ts, t);
			return;
		}
		add(ts, ts->run[--ts->tail]);
	}
	append(ts, t);
}

void sl__timers_add_timeout(struct sl__timers *ts, int64_t when, struct sl__timeout *t)
{
	t->in = ts;
	add(ts, (struct sl__timer){ when, ts->seq++, (uintptr_t)t + 1 });
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
	if (i > 0 && sl__timer_before(&last, &ts->heap[(i - 1) / 4]))
		sift_up(ts, i, last);
	else
		sift_down(ts, i, last);
}

/* Takes out the first of all: a G or a time-out. */
static uintptr_t take(struct sl__timers *ts, const struct sl__timer *first)
{
	uintptr_t what = first->what;

	if (first != ts->heap) {
		ts->head++;
	} else {
		struct sl__timer last = ts->heap[--ts->n];

		if (ts->n > 0)
			sift_down(ts, 0, last);
	}
	return what;
}

sl_g *sl__timers_due(struct sl__timers *ts, int64_t now)
{
	const struct sl__timer *first;
	sl_g *g = NULL;

	while (!g && (first = sl__timers_first(ts)) && first->when <= now) {
		uintptr_t what = take(ts, first);

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
		munmap(ts->heap, ts->cap * sizeof *ts->heap);
	if (ts->run)
		munmap(ts->run, ts->run_cap * sizeof *ts->run);
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
