/* SPDX-License-Identifier: Apache-2.0
 *
 * sort: random numbers put in order, in two ways.  Merge sort by fork and join:
 * the halves of a piece are sorted at the same time, and so are the halves of a
 * merge.  And bubble sort, cut into chunks with a G each, which are merged by
 * one G at the end: the example that is used to teach that work which never
 * waits gains nothing from Gs on one processor.  It does, for chunks of a
 * quadratic algorithm are less work.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { N, BUBBLE, SERIAL };

static const struct wl_param params[] = {
	{ "n", 200000, 1, 100000000, "numbers to sort, 4 bytes each" },
	{ "bubble", 0, 0, 10000, "0: merge sort; else bubble sort in so many chunks, a G each (1: no other G)" },
	{ "serial", 0, 0, 1, "1: the same merge sort, which forks nothing" },
	{ 0 },
};

/* Pieces of fewer numbers are not worth a task: some 20 us. */
#define CUTOFF 2048

struct piece {                          /* of merge sort, or a chunk of bubble sort's */
	struct state *st;
	uint32_t *v, *spare;
	int64_t n;
	bool serial;
};

struct merge {
	const uint32_t *a, *b;
	int64_t na, nb;
	uint32_t *out;
	bool serial;
};

struct state {
	struct sl_wg wg;
	uint32_t *input, *v, *spare;
	uint64_t expected;
	struct piece chunk[];
};

static int64_t ops(const struct wl *w)
{
	return w->param[N];
}

/* Of merge sort: a task for each piece of CUTOFF or more, and for each of a merge. */
static int64_t gs(const struct wl *w)
{
	if (w->param[BUBBLE])
		return w->param[BUBBLE] + 1;
	return w->param[SERIAL] ? 1 : 4 * w->param[N] / CUTOFF + 2;
}

/* The sum of all numbers, each times its place from 1: no other order of
 * different numbers that is likely to come from a mistake has it. */
static uint64_t place_sum(const uint32_t *v, int64_t n)
{
	uint64_t sum = 0;

	for (int64_t i = 0; i < n; i++)
		sum += (uint64_t)(i + 1) * v[i];
	return sum;
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	free(st->input);
	free(st->v);
	free(st->spare);
	free(st);
}

static int setup(struct wl *w)
{
	int64_t n = w->param[N], chunks = w->param[BUBBLE];
	struct state *st = calloc(1, sizeof *st + chunks * sizeof *st->chunk);
	uint64_t x = w->seed;

	if (!st)
		return -ENOMEM;
	st->input = malloc(n * sizeof *st->input);
	st->v = malloc(n * sizeof *st->v);
	st->spare = malloc(n * sizeof *st->spare);
	w->state = st;
	if (!st->input || !st->v || !st->spare) {
		teardown(w);
		return -ENOMEM;
	}
	for (int64_t i = 0; i < n; i++)
		st->input[i] = (uint32_t)((x = lcg_next(x)) >> 32);
	for (int64_t i = 0; i < chunks; i++) {
		int64_t from = i * n / chunks;

		st->chunk[i] = (struct piece){ .st = st, .v = st->v + from,
		                               .n = (i + 1) * n / chunks - from };
	}
	/* The known answer is the C library's. */
	memcpy(st->v, st->input, n * sizeof *st->v);
	qsort(st->v, (size_t)n, sizeof *st->v, by_value);
	st->expected = place_sum(st->v, n);
	return 0;
}

/* ---- Merge sort ---------------------------------------------------------- */

static int64_t lower_bound(const uint32_t *v, int64_t n, uint32_t x)
{
	int64_t low = 0;

	while (n > 0) {
		int64_t half = n / 2;

		if (v[low + half] < x) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return low;
}

static void merge_serially(const struct merge *m)
{
	const uint32_t *a = m->a, *a_end = a + m->na;
	uint32_t *out = m->out;

	for (const uint32_t *b = m->b; b < m->b + m->nb; b++) {
		while (a < a_end && *a <= *b)
			*out++ = *a++;
		*out++ = *b;
	}
	memcpy(out, a, (size_t)(a_end - a) * sizeof *out);
}

/* Two merges at the same time: of what is below the middle of the longer, and
 * of the rest. */
static void merge(void *arg)
{
	const struct merge *m = arg;
	struct merge low, high;
	struct sl_task task;

	if (m->na + m->nb < 2 * CUTOFF || m->serial) {
		merge_serially(m);
		return;
	}
	low = high = *m;
	if (m->na >= m->nb) {
		low.na = m->na / 2;
		low.nb = lower_bound(m->b, m->nb, m->a[low.na]);
	} else {
		low.nb = m->nb / 2;
		low.na = lower_bound(m->a, m->na, m->b[low.nb]);
	}
	high.a += low.na;
	high.b += low.nb;
	high.na -= low.na;
	high.nb -= low.nb;
	high.out += low.na + low.nb;
	sl_fork(&task, merge, &low);
	merge(&high);
	sl_join(&task);
}

static void insertion_sort(uint32_t *v, int64_t n)
{
	for (int64_t i = 1; i < n; i++) {
		uint32_t x = v[i];
		int64_t k = i;

		for (; k > 0 && v[k - 1] > x; k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
}

/* Sorts p->v, into p->spare and back. */
static void merge_sort(void *arg)
{
	const struct piece *p = arg;
	struct piece left = *p, right = *p;
	struct sl_task task;

	if (p->n <= 16) {
		insertion_sort(p->v, p->n);
		return;
	}
	left.n = p->n / 2;
	right.v += left.n;
	right.spare += left.n;
	right.n -= left.n;
	if (p->serial || p->n < CUTOFF) {
		left.serial = right.serial = true;
		merge_sort(&left);
		merge_sort(&right);
	} else {
		sl_fork(&task, merge_sort, &left);
		merge_sort(&right);
		sl_join(&task);
	}
	memcpy(p->spare, p->v, (size_t)p->n * sizeof *p->v);
	merge(&(struct merge){ p->spare, p->spare + left.n, left.n, right.n, p->v,
	                       p->serial || p->n < CUTOFF });
}

/* ---- Bubble sort --------------------------------------------------------- */

static void bubble_sort(uint32_t *v, int64_t n)
{
	for (bool swapped = true; swapped; n--) {
		swapped = false;
		for (int64_t i = 1; i < n; i++) {
			uint32_t x = v[i];

			if (v[i - 1] <= x)
				continue;
			v[i] = v[i - 1];
			v[i - 1] = x;
			swapped = true;
		}
	}
}

static void bubble_chunk(void *arg)
{
	struct piece *p = arg;

	bubble_sort(p->v, p->n);
	sl_wg_done(&p->st->wg);
}

static void bubble_in_chunks(struct state *st, int64_t chunks)
{
	sl_wg_add(&st->wg, (int)chunks);
	for (int64_t i = 0; i < chunks; i++)
		sl_go(bubble_chunk, &st->chunk[i]);
	sl_wg_wait(&st->wg);
	for (int64_t i = 1; i < chunks; i++) {
		const struct piece *next = &st->chunk[i];
		int64_t sorted = next->v - st->v;

		memcpy(st->spare, st->v, (size_t)(sorted + next->n) * sizeof *st->v);
		merge_serially(&(struct merge){ st->spare, st->spare + sorted, sorted, next->n, st->v, true });
	}
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	int64_t n = w->param[N], chunks = w->param[BUBBLE];

	memcpy(st->v, st->input, (size_t)n * sizeof *st->v);
	if (chunks > 1)
		bubble_in_chunks(st, chunks);
	else if (chunks == 1)
		bubble_sort(st->v, n);
	else
		merge_sort(&(struct piece){ st, st->v, st->spare, n, w->param[SERIAL] });
	w->executed += n;
	w->checksum += place_sum(st->v, n);
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	return check_work(w, (uint64_t)iterations * ops(w), iterations * st->expected, why, size);
}

const struct workload wl_sort = {
	.name = "sort",
	.kind = WL_PARALLELISM | WL_CPU_BOUND,
	.summary = "sort numbers: by merging, forking halves, or by bubble sort in chunks, a G each",
	.question = "Does a task of some 20 us pay for itself, and is sorting in chunks less work?",
	.metric = "number sorted",
	.params = params,
	.needs = WL_FORK_JOIN,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
