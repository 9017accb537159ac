/* SPDX-License-Identifier: Apache-2.0
 *
 * matmul: C = A B by quadrants: each of C's four is two products of quadrants,
 * added one after the other, so that no memory is needed but C; the four are
 * computed at the same time, down to blocks of 32 by 32.  Numbers are whole,
 * modulo 2^64, so that the result has no rounding, and is checked with two
 * vectors: u (C v) is (u A) (B v), which takes n^2 steps, not n^3.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "lcg.h"
#include "workload.h"

enum { LOG2_N, SERIAL };

static const struct wl_param params[] = {
	{ "log2_n", 8, 5, 13, "the matrices have 2^this rows and columns; 10 is 1024" },
	{ "serial", 0, 0, 1, "1: the same recursion, which forks nothing" },
	{ 0 },
};

#define BASE 32

struct state {
	int64_t n;
	uint64_t expected;
	uint64_t *a, *b, *c;            /* n by n, row after row */
	uint64_t *u, *v;
};

struct product {                        /* c += a b, each size by size in rows of n */
	const uint64_t *a, *b;
	uint64_t *c;
	int64_t size, n;
	uint64_t blocks;                /* of BASE by BASE multiplied, so far */
	bool serial;
};

static int64_t ops(const struct wl *w)
{
	return INT64_C(1) << (3 * w->param[LOG2_N]);
}

/* Four for each product of quadrants of which C has two by two. */
static int64_t gs(const struct wl *w)
{
	int64_t n = INT64_C(1) << w->param[LOG2_N];

	return w->param[SERIAL] ? 1 : 2 * (n / BASE) * (n / BASE) + 2;
}

/* x C y, and with times: x A B y. */
static uint64_t between(const uint64_t *x, const uint64_t *m, const uint64_t *y, int64_t n)
{
	uint64_t sum = 0;

	for (int64_t i = 0; i < n; i++) {
		uint64_t row = 0;

		for (int64_t k = 0; k < n; k++)
			row += m[i * n + k] * y[k];
		sum += x[i] * row;
	}
	return sum;
}

static uint64_t expect(const struct state *st)
{
	uint64_t sum = 0;

	for (int64_t k = 0; k < st->n; k++) {
		uint64_t ua = 0, bv = 0;

		for (int64_t i = 0; i < st->n; i++) {
			ua += st->u[i] * st->a[i * st->n + k];
			bv += st->b[k * st->n + i] * st->v[i];
		}
		sum += ua * bv;
	}
	return sum;
}

static int setup(struct wl *w)
{
	int64_t n = INT64_C(1) << w->param[LOG2_N], all = 3 * n * n + 2 * n;
	struct state *st = calloc(1, sizeof *st);
	uint64_t x = w->seed;

	if (!st)
		return -ENOMEM;
	st->a = malloc((size_t)all * sizeof *st->a);
	if (!st->a) {
		free(st);
		return -ENOMEM;
	}
	for (int64_t i = 0; i < all; i++)
		st->a[i] = (x = lcg_next(x)) >> 32;
	st->n = n;
	st->b = st->a + n * n;
	st->c = st->b + n * n;
	st->u = st->c + n * n;
	st->v = st->u + n;
	st->expected = expect(st);
	w->state = st;
	return 0;
}

static void multiply_block(struct product *p)
{
	const int64_t n = p->n;

	for (int i = 0; i < BASE; i++) {
		const uint64_t *a = p->a + i * n;
		uint64_t *c = p->c + i * n;

		for (int k = 0; k < BASE; k++) {
			const uint64_t x = a[k], *b = p->b + k * n;

			for (int j = 0; j < BASE; j++)
				c[j] += x * b[j];
		}
	}
	p->blocks++;
}

static void multiply(void *arg)
{
	struct product *p = arg, quadrant[4];
	struct sl_task task[3];
	int64_t half = p->size / 2;

	if (p->size == BASE) {
		multiply_block(p);
		return;
	}
	for (int i = 0; i < 4; i++)
		quadrant[i] = (struct product){ .c = p->c + (i / 2) * half * p->n + (i % 2) * half,
		                                .size = half, .n = p->n, .serial = p->serial };
	for (int inner = 0; inner < 2; inner++) {
		for (int i = 0; i < 4; i++) {
			quadrant[i].a = p->a + (i / 2) * half * p->n + inner * half;
			quadrant[i].b = p->b + inner * half * p->n + (i % 2) * half;
		}
		for (int i = 0; i < 3; i++) {
			if (p->serial)
				multiply(&quadrant[i]);
			else
				sl_fork(&task[i], multiply, &quadrant[i]);
		}
		multiply(&quadrant[3]);
		for (int i = 2; i >= 0 && !p->serial; i--)
			sl_join(&task[i]);
	}
	for (int i = 0; i < 4; i++)
		p->blocks += quadrant[i].blocks;
}

static void run(struct wl *w)
{
	struct state *st = w->state;
	struct product whole = { .a = st->a, .b = st->b, .c = st->c, .size = st->n, .n = st->n,
	                         .serial = w->param[SERIAL] };

	memset(st->c, 0, (size_t)(st->n * st->n) * sizeof *st->c);
	multiply(&whole);
	w->executed += whole.blocks * BASE * BASE * BASE;
	w->checksum += between(st->u, st->c, st->v, st->n);
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	const struct state *st = w->state;

	return check_work(w, (uint64_t)iterations * ops(w), iterations * st->expected, why, size);
}

static void teardown(struct wl *w)
{
	struct state *st = w->state;

	free(st->a);
	free(st);
}

const struct workload wl_matmul = {
	.name = "matmul",
	.kind = WL_PARALLELISM | WL_CPU_BOUND,
	.summary = "multiply two matrices by quadrants, forking down to blocks of 32 by 32",
	.question = "Does work that shares memory, but never the same part of it, double on two processors?",
	.metric = "multiplication and addition",
	.params = params,
	.needs = WL_FORK_JOIN,
	.gs = gs,
	.ops = ops,
	.setup = setup,
	.run = run,
	.verify = verify,
	.teardown = teardown,
};
