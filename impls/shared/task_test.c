/* SPDX-License-Identifier: Apache-2.0 */
#include "conform/conform.h"

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

static void compute_for(int64_t ns)
{
	int64_t until = sl_now() + ns;

	while (sl_now() < until)
		;
}

/* Thief and owner meet at the last task of the deque, over and over. */
TEST(each_task_runs_exactly_once)
{
	int n = conform_can("threads") ? conform_n(300, 20000) : conform_n(12000, 2000000);

	for (int i = 0; i < n; i++) {
		struct sl_task t[2];
		int ran[2] = { 0, 0 };

		sl_fork(&t[0], count_one, &ran[0]);
		sl_fork(&t[1], count_one, &ran[1]);
		/* A thief asks first, and helps itself after 5 µs. */
		compute_for((i % 2 ? 4500 : 0) + random_below(2000));
		sl_join(&t[1]);
		check(__atomic_load_n(&ran[1], __ATOMIC_RELAXED) == 1);
		sl_join(&t[0]);
		/* It may run late what it should not have taken. */
		if (i % 8 == 1)
			compute_for(40000);
		check(__atomic_load_n(&ran[0], __ATOMIC_RELAXED) == 1);
	}
}

static void nothing(void *arg)
{
	(void)arg;
}

/* More than a deque holds; others steal while it overflows. */
TEST(more_tasks_than_fit)
{
	static struct sl_task t[10000];
	static int ran[10000];
	int n = conform_live(10000);

	for (int round = 0; round < conform_n(1, 100); round++) {
		memset(ran, 0, sizeof ran);
		for (int i = 0; i < n; i++)
			sl_fork(&t[i], count_one, &ran[i]);
		for (int i = n - 1; i >= 0; i--) {
			sl_join(&t[i]);
			check(__atomic_load_n(&ran[i], __ATOMIC_RELAXED) == 1);
		}
	}
}

static void block_for_a_while(void *arg)
{
	sl_sleep(random_below(100000));
	count_one(arg);
}

/* In all states that a join can find: not begun, running elsewhere, blocked, done. */
TEST(join_of_tasks_in_every_state)
{
	for (int i = 0; i < conform_n(100, 10000); i++) {
		struct sl_task t[4];
		int ran[4] = { 0 };

		for (int j = 0; j < 4; j++)
			sl_fork(&t[j], j % 2 ? block_for_a_while : count_one, &ran[j]);
		if (i % 4 == 0)
			sl_yield();     /* they become Gs */
		else if (i % 4 == 1)
			burn((void *)(intptr_t)random_below(100000));
		else if (i % 4 == 2)
			sl_sleep(random_below(150000));
		for (int j = 3; j >= 0; j--) {
			sl_join(&t[j]);
			check(__atomic_load_n(&ran[j], __ATOMIC_RELAXED) == 1);
		}
	}
}

TEST_FATAL(join_out_of_order, "sl_join: not the youngest task that this G has forked")
{
	struct sl_task t1, t2;

	sl_fork(&t1, nothing, NULL);
	sl_fork(&t2, nothing, NULL);
	sl_join(&t1);
	sl_join(&t2);
}

static void forks_and_ends(void *arg)
{
	static struct sl_task t;

	sl_fork(&t, nothing, arg);
}

TEST_FATAL(a_task_that_is_not_joined, "fatal error: a G ended before it joined what it had forked")
{
	sl_go(forks_and_ends, NULL);
	sl_sleep(5000000000);           /* it ends the process before */
}

/* The task's own join may not take its parent's task. */
static void joins_its_sibling(void *arg)
{
	sl_join(arg);
}

TEST_FATAL(join_of_anothers_task, "sl_join: not the youngest task that this G has forked")
{
	struct sl_task t1, t2;

	if (!conform_can("threads"))
		conform_skip("the task may be called by the G that forked it");
	sl_fork(&t1, nothing, NULL);
	sl_fork(&t2, joins_its_sibling, &t1);
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
