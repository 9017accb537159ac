/* SPDX-License-Identifier: Apache-2.0 */
#include "conform/conform.h"
#include "shared/sync/sync.h"

static struct sl_mutex mutex;
static struct sl_wg wg;
static int64_t counter;
static int inside;

static void add(void *arg)
{
	for (int i = 0; i < (int)(intptr_t)arg; i++) {
		int64_t before;

		sl_mutex_lock(&mutex);
		check(inside++ == 0);
		before = counter;
		/* The holder changes places, and threads, with the mutex held. */
		if (random_below(32) == 0)
			jitter();
		counter = before + 1;
		check(--inside == 0);
		sl_mutex_unlock(&mutex);
		if (random_below(8) == 0)
			jitter();
	}
	sl_wg_done(&wg);
}

TEST(mutex_excludes)
{
	int n = conform_n(500, 50000);

	sl_wg_add(&wg, 16);
	for (int i = 0; i < 16; i++)
		sl_go(add, (void *)(intptr_t)n);
	sl_wg_wait(&wg);
	check(counter == 16 * (int64_t)n);
}

static void try_add(void *arg)
{
	for (int i = 0; i < (int)(intptr_t)arg;) {
		if (sl_mutex_trylock(&mutex)) {
			check(inside++ == 0);
			counter++;
			jitter();
			check(--inside == 0);
			sl_mutex_unlock(&mutex);
			i++;
		}
		sl_yield();
	}
	sl_wg_done(&wg);
}

TEST(mutex_trylock)
{
	sl_mutex_lock(&mutex);
	check(!sl_mutex_trylock(&mutex));
	sl_mutex_unlock(&mutex);
	sl_wg_add(&wg, 8);
	for (int i = 0; i < 4; i++) {
		sl_go(try_add, (void *)200);
		sl_go(add, (void *)200);
	}
	sl_wg_wait(&wg);
	check(counter == 8 * 200);
}

static _Atomic bool over;
static int64_t greedy_turns;

/* Holds the mutex nearly all the time, and takes it again at once. */
static void greedy(void *arg)
{
	(void)arg;
	while (!over) {
		int64_t until;

		sl_mutex_lock(&mutex);
		__atomic_store_n(&greedy_turns, greedy_turns + 1, __ATOMIC_RELAXED);
		for (until = sl_now() + 200000; sl_now() < until;)
			;
		if (greedy_turns % 4 == 0)
			sl_yield();
		sl_mutex_unlock(&mutex);
	}
	sl_wg_done(&wg);
}

TEST(mutex_a_starving_waiter_gets_it)
{
	int n = conform_n(20, 500), late = 0;

	sl_wg_add(&wg, 2);
	sl_go(greedy, NULL);
	sl_go(greedy, NULL);
	sl_sleep(1000000);
	for (int i = 0; i < n; i++) {
		int64_t before = __atomic_load_n(&greedy_turns, __ATOMIC_RELAXED);

		sl_mutex_lock(&mutex);
		/* 1 ms is five turns, and then one for who waited before. */
		late += greedy_turns - before > 20;
		sl_mutex_unlock(&mutex);
		sl_sleep(100000);
	}
	/* Unless the kernel let this one wait, too. */
	check(late <= n / 4);
	over = true;
	sl_wg_wait(&wg);
}

static int waiters(void)
{
	int n = 0;

	sl__lock(&mutex.lock);
	for (struct sl__waiter *w = mutex.q.head; w; w = w->next)
		n++;
	sl__unlock(&mutex.lock);
	return n;
}

/* With every holder keeping it for longer than the limit, each unlock hands
 * over: the waiters get it in the order in which they came. */
static int order[8], ordered;

static void sign(void *arg)
{
	sl_mutex_lock(&mutex);
	order[ordered++] = (int)(intptr_t)arg;
	sl_sleep(2000000);
	sl_mutex_unlock(&mutex);
	sl_wg_done(&wg);
}

TEST(mutex_starving_waiters_are_served_in_order)
{
	sl_mutex_lock(&mutex);
	sl_wg_add(&wg, 8);
	for (intptr_t i = 0; i < 8; i++) {
		sl_go(sign, (void *)i);
		while (waiters() <= i)
			sl_sleep(100000);
	}
	sl_sleep(2000000);
	sl_mutex_unlock(&mutex);
	sl_wg_wait(&wg);
	for (int i = 0; i < 8; i++)
		check(order[i] == i);
}

static void sign_once(void *arg)
{
	sl_mutex_lock(&mutex);
	order[ordered++] = (int)(intptr_t)arg;
	sl_mutex_unlock(&mutex);
	sl_wg_done(&wg);
}

/* A waiter that was woken, and found the mutex taken again, keeps its place. */
TEST(mutex_a_waiter_overtaken_keeps_its_place)
{
	if (conform.procs > 1 || conform_can("preemptive"))
		conform_skip("who overtakes whom is certain on one P only");
	sl_mutex_lock(&mutex);
	sl_wg_add(&wg, 4);
	for (intptr_t i = 0; i < 4; i++) {
		sl_go(sign_once, (void *)i);
		sl_yield();
	}
	sl_mutex_unlock(&mutex);
	sl_mutex_lock(&mutex);
	sl_yield();
	sl_yield();
	sl_mutex_unlock(&mutex);
	sl_wg_wait(&wg);
	for (int i = 0; i < 4; i++)
		check(order[i] == i);
}

TEST_FATAL(mutex_unlock_of_unlocked, "fatal error: unlock of an unlocked mutex")
{
	sl_mutex_lock(&mutex);
	sl_mutex_unlock(&mutex);
	sl_mutex_unlock(&mutex);
}
