/* SPDX-License-Identifier: Apache-2.0 */
#include "conform/conform.h"

static struct sl_wg wg, gate;
static _Atomic int count;

static void work(void *arg)
{
	(void)arg;
	jitter();
	count++;
	sl_wg_done(&wg);
}

TEST(wg_waits_for_all_and_is_reusable)
{
	for (int round = 0; round < conform_n(40, 10000); round++) {
		count = 0;
		sl_wg_add(&wg, 20);
		for (int i = 0; i < 20; i++)
			sl_go(work, NULL);
		sl_wg_wait(&wg);
		check(count == 20 && wg.state == 0);
	}
}

TEST(wg_of_zero_does_not_wait)
{
	sl_wg_wait(&wg);
	sl_wg_add(&wg, 2);
	sl_wg_add(&wg, -2);
	sl_wg_wait(&wg);
}

static void wait_too(void *arg)
{
	(void)arg;
	sl_wg_wait(&gate);
	count++;
	sl_wg_done(&wg);
}

TEST(wg_wakes_every_waiter)
{
	sl_wg_add(&gate, 1);
	sl_wg_add(&wg, 50);
	for (int i = 0; i < 50; i++)
		sl_go(wait_too, NULL);
	sl_sleep(2000000);
	check(count == 0);
	sl_wg_done(&gate);
	sl_wg_wait(&wg);
	check(count == 50);
}

static void add_arg(void *arg)
{
	jitter();
	count += (int)(intptr_t)arg;
}

static void add_and_leave(void *arg)
{
	(void)arg;
	/* Add while main waits, with the count above zero all the time. */
	for (int i = 0; i < 10; i++) {
		sl_wg_add(&wg, 1);
		sl_go(work, NULL);
		jitter();
	}
	sl_wg_done(&wg);
}

TEST(wg_add_during_wait)
{
	for (int round = 0; round < conform_n(20, 2000); round++) {
		count = 0;
		sl_wg_add(&wg, 1);
		sl_go(add_and_leave, NULL);
		sl_wg_wait(&wg);
		check(count == 10);
	}
}

TEST(wg_go_is_add_go_done)
{
	for (int round = 0; round < conform_n(20, 2000); round++) {
		count = 0;
		for (int i = 0; i < 20; i++)
			sl_wg_go(&wg, add_arg, (void *)(intptr_t)i);
		sl_wg_wait(&wg);
		check(count == 190);
	}
}

static void leave_early(void *arg)
{
	add_arg(arg);
	sl_goexit();
}

TEST(wg_go_counts_down_for_those_that_exit_early)
{
	for (int round = 0; round < conform_n(20, 2000); round++) {
		count = 0;
		for (int i = 0; i < 20; i++)
			sl_wg_go(&wg, i % 2 ? add_arg : leave_early, (void *)1);
		sl_wg_wait(&wg);
		check(count == 20);
	}
}

static _Atomic int turn;

static void pause_for(uint32_t n)
{
	for (volatile uint32_t i = 0; i < n; i++)
		;
}

static void done_in_turn(void *arg)
{
	for (int i = 1; i <= (int)(intptr_t)arg; i++) {
		/* Mostly without letting go, so that the two are on two Ps. */
		for (int n = 1; turn != i; n++)
			if (n % 256 == 0)
				sl_yield();
		pause_for(random_below(100));
		sl_wg_done(&wg);
	}
	sl_wg_done(&gate);
}

/* The count comes to zero just as somebody begins to wait for that. */
TEST(wg_done_against_wait)
{
	int n = conform_n(5000, 3000000);

	sl_wg_add(&gate, 1);
	sl_go(done_in_turn, (void *)(intptr_t)n);
	for (int i = 1; i <= n; i++) {
		sl_wg_add(&wg, 1);
		turn = i;
		pause_for(random_below(100));
		sl_wg_wait(&wg);
		check(wg.state == 0);
	}
	sl_wg_wait(&gate);
}

TEST_FATAL(wg_negative, "fatal error: negative WaitGroup counter")
{
	sl_wg_add(&wg, 1);
	sl_wg_done(&wg);
	sl_wg_done(&wg);
}

static void forget(void *arg)
{
	(void)arg;
}

TEST_FATAL(wg_forgotten_done, "fatal error: all goroutines are asleep - deadlock!")
{
	sl_wg_add(&wg, 1);
	sl_go(forget, NULL);
	sl_wg_wait(&wg);
}
