/* SPDX-License-Identifier: Apache-2.0 */
#include "conform.h"

static void fib(void *arg)
{
	int64_t *n = arg, a = *n - 1, b = *n - 2;
	struct sl_task t;

	if (*n < 2)
		return;
	sl_fork(&t, fib, &a);
	fib(&b);
	sl_join(&t);
	*n = a + b;
}

TEST(join_returns_what_the_tasks_did)
{
	bool threads = conform_can("threads");
	int64_t n = threads ? 12 : conform_n(22, 30);

	fib(&n);
	check(n == (threads ? 144 : conform_n(17711, 832040)));
}

/* A task that blocks, and a G that blocks between fork and join. */
static struct sl_chan *a, *b;

static void exchange(void *arg)
{
	int64_t v;

	check(sl_chan_recv(a, &v));
	v += (intptr_t)arg;
	sl_chan_send(b, &v);
}

TEST(tasks_and_their_forkers_may_block)
{
	a = sl_chan_make(8, 0);
	b = sl_chan_make(8, 0);
	for (int64_t i = 0; i < 300; i++) {
		struct sl_task t1, t2;
		int64_t v = i, w;

		sl_fork(&t1, exchange, (void *)1);
		sl_fork(&t2, exchange, (void *)1);
		jitter();
		/* Only the tasks can take this: they must run before the join. */
		sl_chan_send(a, &v);
		check(sl_chan_recv(b, &w) && w == i + 1);
		sl_chan_send(a, &v);
		check(sl_chan_recv(b, &w) && w == i + 1);
		sl_join(&t2);
		sl_join(&t1);
	}
	sl_chan_free(a);
	sl_chan_free(b);
}

static void tree(void *arg)
{
	int64_t *n = arg, left, right;
	struct sl_task t1, t2;

	if (*n <= 1) {
		if (random_below(4) == 0)
			jitter();
		return;
	}
	left = *n / 2;
	right = *n - left;
	sl_fork(&t1, tree, &left);
	sl_fork(&t2, tree, &right);
	if (random_below(16) == 0)
		jitter();
	sl_join(&t2);
	sl_join(&t1);
	*n = left + right;
}

TEST(tasks_count_every_leaf_under_jitter)
{
	int64_t leaves = conform_live(conform_n(2000, 200000)) / 4, n;

	for (int i = 0; i < 5; i++) {
		n = leaves;
		tree(&n);
		check(n == leaves);
	}
}

static struct sl_wg wg;

static void forks(void *arg)
{
	int64_t n = 64;

	(void)arg;
	tree(&n);
	check(n == 64);
	sl_wg_done(&wg);
}

TEST(many_gs_fork)
{
	sl_wg_add(&wg, 8);
	for (int i = 0; i < 8; i++)
		sl_go(forks, NULL);
	sl_wg_wait(&wg);
}

static void burn(void *arg)
{
	int64_t until = sl_now() + (intptr_t)arg;

	while (sl_now() < until)
		;
}

/* Long enough to be stolen for certain where anybody can steal. */
TEST(stolen_tasks_are_joined)
{
	struct sl_task t[4];

	for (int i = 0; i < 4; i++)
		sl_fork(&t[i], burn, (void *)2000000);
	burn((void *)10000000);
	for (int i = 3; i >= 0; i--)
		sl_join(&t[i]);
}

static void count_one(void *arg)
{
	__atomic_add_fetch((int *)arg, 1, __ATOMIC_RELAXED);
}

/* Thief and owner meet at the last task of the deque, over and over. */
TEST(each_task_runs_exactly_once)
{
	int n = conform_can("threads") ? conform_n(300, 20000) : conform_n(10000, 2000000);

	for (int i = 0; i < n; i++) {
		struct sl_task t[2];
		int ran[2] = { 0, 0 };
		int64_t until;

		sl_fork(&t[0], count_one, &ran[0]);
		sl_fork(&t[1], count_one, &ran[1]);
		for (until = sl_now() + random_below(2000); sl_now() < until;)
			;
		sl_join(&t[1]);
		check(__atomic_load_n(&ran[1], __ATOMIC_RELAXED) == 1);
		sl_join(&t[0]);
		check(__atomic_load_n(&ran[0], __ATOMIC_RELAXED) == 1);
	}
}

static void nothing(void *arg)
{
	(void)arg;
}

/* More than a deque holds. */
TEST(more_tasks_than_fit)
{
	static struct sl_task t[10000];
	int n = conform_live(10000);

	for (int i = 0; i < n; i++)
		sl_fork(&t[i], nothing, NULL);
	for (int i = n - 1; i >= 0; i--)
		sl_join(&t[i]);
}

TEST_FATAL(join_out_of_order, "sl_join: not the youngest task that this G has forked")
{
	struct sl_task t1, t2;

	sl_fork(&t1, nothing, NULL);
	sl_fork(&t2, nothing, NULL);
	sl_join(&t1);
	sl_join(&t2);
}

static void exits(void *arg)
{
	(void)arg;
	sl_goexit();
}

TEST_FATAL(goexit_inside_a_task, "sl_goexit inside a forked task")
{
	struct sl_task t;

	sl_fork(&t, exits, NULL);
	sl_join(&t);
}
