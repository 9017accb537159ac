/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "conform/conform.h"

static struct sl_once once;
static struct sl_wg wg;
static _Atomic int begun;
static int ended;               /* what the once protects */

static void initialise(void *arg)
{
	begun++;
	if (random_below(2) == 0)
		sl_sleep(random_below(100000));
	ended += (int)(intptr_t)arg;
}

static void call(void *arg)
{
	jitter();
	sl_once_do(&once, initialise, arg);
	check(begun == 1 && ended == 42);
	sl_wg_done(&wg);
}

TEST(once_one_runs_and_the_others_wait)
{
	for (int round = 0; round < conform_n(conform_can("threads") ? 20 : 100, 10000); round++) {
		once = (struct sl_once){ 0 };
		begun = ended = 0;
		sl_wg_add(&wg, 20);
		for (int i = 0; i < 20; i++)
			sl_go(call, (void *)42);
		sl_wg_wait(&wg);
		check(begun == 1);
	}
}

static void never(void *arg)
{
	(void)arg;
	check(false);
}

TEST(once_is_done_for_good)
{
	sl_once_do(&once, initialise, (void *)1);
	sl_once_do(&once, never, NULL);
	sl_once_do(&once, initialise, (void *)1);
	check(begun == 1 && ended == 1);
}

static void again(void *arg)
{
	(void)arg;
	sl_once_do(&once, again, NULL);
}

TEST_FATAL(once_inside_itself, "once")
{
	sl_once_do(&once, again, NULL);
}

/* ---- The end of the G that runs it -------------------------------------- */

static void end(void *arg)
{
	begun++;
	if (arg)
		sl_sleep(1000000);
	sl_goexit();
}

static _Atomic int came_back;

static void call_and_end(void *arg)
{
	sl_once_do(&once, end, arg);
	/* Only those that have not run it come so far. */
	came_back++;
	sl_wg_done(&wg);
}

/* It counts as done, as in Go: nobody waits for ever, or runs it again. */
TEST(once_goexit_inside_is_done)
{
	struct sl_wg over = { 0 };

	for (int round = 0; round < conform_n(20, 1000); round++) {
		once = (struct sl_once){ 0 };
		begun = came_back = 0;
		sl_wg_add(&wg, 7);
		for (int i = 0; i < 8; i++)
			sl_wg_go(&over, call_and_end, (void *)1);
		sl_wg_wait(&wg);
		sl_wg_wait(&over);
		sl_once_do(&once, never, NULL);
		check(begun == 1 && came_back == 7);
	}
}

static struct sl_once outer, inner;

static void end_inside(void *arg)
{
	sl_once_do(&inner, end, arg);
	check(false);
}

static void end_inside_both(void *arg)
{
	struct sl_once before = { 0 };

	/* What has returned by then is left alone. */
	sl_once_do(&before, initialise, (void *)1);
	sl_once_do(&outer, end_inside, arg);
	check(false);
}

TEST(once_goexit_inside_of_two_is_both_done)
{
	sl_wg_go(&wg, end_inside_both, (void *)1);
	while (begun < 2)
		sl_yield();
	sl_once_do(&outer, never, NULL);
	sl_wg_wait(&wg);
	sl_once_do(&inner, never, NULL);
}

static void check_done(void *arg)
{
	while (begun == 0)
		sl_yield();
	sl_once_do(&once, never, arg);
	fflush(stdout);
	exit(0);
}

static void end_the_initial_one(void *arg)
{
	sl_go(check_done, NULL);
	sl_once_do(&once, end, arg);
}

TEST_BARE(once_goexit_of_the_initial_g_inside)
{
	struct sl_config cfg = { .procs = conform.procs };

	check(sl_run(&cfg, end_the_initial_one, (void *)1) == 0);
	check(false);
}
