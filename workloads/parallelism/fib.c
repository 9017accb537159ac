/* SPDX-License-Identifier: Apache-2.0
 *
 * fib: Fibonacci's numbers by the worst of algorithms, where every call above
 * the leaves forks one half and computes the other itself.  There is nothing
 * to do but fork and join, so the time is theirs.
 */
#include "check.h"
#include "workload.h"

enum { N, SERIAL };

static const struct wl_param params[] = {
	{ "n", 20, 2, 45, "the Fibonacci number to compute; fib(n + 1) - 1 tasks" },
	{ "serial", 0, 0, 1, "1: the serial program, whose tasks are calls" },
	{ 0 },
};

struct call {
	int64_t n;
	uint64_t value;
	uint64_t tasks;         /* forked by this call and those below */
};

static uint64_t fib_loop(int64_t n)
{
	uint64_t a = 0, b = 1;

	for (; n > 0; n--) {
		uint64_t c = a + b;

		a = b;
		b = c;
	}
	return a;
}

static int64_t ops(const struct wl *w)
{
	return fib_loop(w->param[N] + 1) - 1;
}

/* If no task ended before the last was forked, all would live at once. */
static int64_t gs(const struct wl *w)
{
	return w->param[SERIAL] ? 1 : ops(w) + 1;
}

static void fib(void *arg)
{
	struct call *c = arg, left, right;
	struct sl_task t;

	if (c->n < 2) {
		c->value = c->n;
		c->tasks = 0;
		return;
	}
	left.n = c->n - 1;
	right.n = c->n - 2;
	sl_fork(&t, fib, &left);
	fib(&right);
	sl_join(&t);
	c->value = left.value + right.value;
	c->tasks = left.tasks + right.tasks + 1;
}

struct result { uint64_t value, tasks; };

/* The same as a plain recursive function, a call for each task: a compiler that put
 * some levels of them into one would leave tasks out, and Go's does not. */
static __attribute__((noinline)) struct result fib_serially(int64_t n)
{
	struct result left, right;

	if (n < 2)
		return (struct result){ (uint64_t)n, 0 };
	left = fib_serially(n - 1);
	right = fib_serially(n - 2);
	return (struct result){ left.value + right.value, left.tasks + right.tasks + 1 };
}

static void run(struct wl *w)
{
	struct call c = { .n = w->param[N] };
	struct result r;

	if (w->param[SERIAL]) {
		r = fib_serially(c.n);
	} else {
		fib(&c);
		r = (struct result){ c.value, c.tasks };
	}
	w->executed += r.tasks;
	w->checksum += r.value;
}

static bool verify(const struct wl *w, int64_t iterations, char *why, size_t size)
{
	return check_work(w, (uint64_t)iterations * ops(w),
	                  iterations * fib_loop(w->param[N]), why, size);
}

const struct workload wl_fib = {
	.name = "fib",
	.kind = WL_PARALLELISM | WL_CPU_BOUND,
	.summary = "compute a Fibonacci number by recursion, forking one half of each call",
	.question = "What does a forked and joined task cost, and how well does the recursion spread?",
	.metric = "task forked and joined",
	.params = params,
	.needs = WL_FORK_JOIN,
	.gs = gs,
	.ops = ops,
	.run = run,
	.verify = verify,
};
